import Model
import Testing

@testable import Errors

/// Made-up secrets, put together from parts, so that no scanner of repositories takes them for real ones.
private enum Made {
    static let tail = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2"
    static let hex = String(repeating: "0a1b2c3d", count: 4)
    static let longHex = String(repeating: hex, count: 2)
    static let letters = String(tail.prefix(22))
    static let upper = "ABCDEFGH12345678"
    static func of(_ count: Int) -> String { String(String(repeating: tail, count: 4).prefix(count)) }
}

@Suite("Keys with known prefixes")
struct SecretShapeTests {
    /// Heads and tails apart: together each is a key.
    private static let keys: [(head: String, tail: String)] = [
        ("sk-", Made.tail), ("sk-proj-", Made.tail), ("sk-ant-api03-", Made.tail), ("sk-or-v1-", Made.longHex),
        ("sk-lf-", "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"), ("pk-lf-", "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"),
        ("gsk_", Made.tail), ("hf_", Made.tail), ("xai-", Made.tail), ("nvapi-", Made.tail), ("pplx-", Made.tail),
        ("csk-", Made.tail), ("r8_", Made.tail), ("tgp_v1_", Made.tail), ("jina_", Made.tail), ("pa-", Made.of(43)),
        ("lsv2_pt_", Made.hex + "_0a1b2c3d4e"), ("lsv2_sk_", Made.hex), ("ls__", Made.hex), ("fw_", Made.letters),
        ("pcsk_", Made.tail), ("tvly-", Made.tail), ("tvly-dev-", Made.tail), ("wandb_v1_", Made.tail), ("e2b_", Made.hex),
        ("ak-", Made.letters), ("as-", Made.letters), ("fc-", Made.hex),
        ("AIza", Made.tail), ("GOCSPX-", Made.of(28)), ("ya29.", Made.tail), ("AKIA", Made.upper), ("ASIA", Made.upper),
        ("ABSK", Made.of(96)), ("dop_v1_", Made.longHex), ("LTAI", Made.of(20)), ("dapi", Made.hex),
        ("sbp_", Made.hex + "0a1b2c3d"),
        ("vcp_", Made.tail), ("hvs.", Made.tail), ("hvb.", Made.tail), ("dp.pt.", Made.of(43)), ("ops_eyJ", Made.of(80)),
        ("AGE-SECRET-KEY-1", String(repeating: "QPZRY9X8GF2TVDW0", count: 3)),
        ("ghp_", Made.tail), ("github_pat_", Made.tail), ("glpat-", Made.of(20)), ("glrt-", Made.of(20)), ("gldt-", Made.of(20)),
        ("GR1348941", Made.of(20)), ("npm_", Made.tail), ("pypi-", Made.of(60)), ("dckr_pat_", Made.of(27)),
        ("ATATT3", Made.of(60)), ("xoxb-123456789012-", Made.tail), ("xoxe.xoxp-1-", Made.tail), ("xapp-1-A0-", Made.tail),
        ("SK", Made.hex), ("SG.", Made.letters + "." + Made.of(43)), ("key-", Made.hex), ("re_", "Ab1Cd2Ef_" + Made.of(24)),
        ("sk_live_", Made.letters), ("rk_live_", Made.letters), ("whsec_", Made.hex), ("shpat_", Made.hex), ("ntn_", Made.of(46)),
        ("secret_", Made.of(43)), ("lin_api_", Made.of(40)), ("figd_", Made.of(40)), ("PMAK-", Made.of(24) + "-" + Made.of(34)),
        ("sntrys_", "ey" + Made.of(80)), ("glsa_", Made.of(32) + "_0a1b2c3d"), ("glc_", Made.of(60)), ("NRAK-", Made.of(27)),
        ("pscale_tkn_", Made.of(43)), ("sq0atp-", Made.of(22)),
    ]

    @Test("a key is found alone, in a sentence, in quotes, after `=`, escaped, percent-encoded and coloured")
    func everywhere() {
        for (head, tail) in SecretShapeTests.keys {
            let key = head + tail
            let frames = [
                ("", ""), ("refused ", " by the server"), ("\"", "\""), ("x=", "&y=1"), ("(", ")"), ("line\\n", "\\n"),
                ("a%3D", "%26b"), ("\\u003d", "\\u0022"), ("\u{1B}[31m", "\u{1B}[0m"), ("see ", "."), ("{'k': '", "'}"),
            ]
            for (before, after) in frames {
                let shown = Redactor.redact(before + key + after)
                #expect(
                    !shown.contains(tail.prefix(12)) && shown.contains("[redacted "), "\(before)\(key)\(after) shows \(shown)")
                #expect(shown.hasPrefix(before) && shown.hasSuffix(after), "\(before)\(key)\(after) shows \(shown)")
            }
        }
    }

    @Test("webhooks keep their host, bot tokens are removed")
    func messengers() {
        let cases = [
            (
                "POST https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/\(Made.letters) 404",
                "POST https://hooks.slack.com/services/[redacted key] 404"
            ),
            (
                "https://discord.com/api/webhooks/123456789012345678/\(Made.of(68))",
                "https://discord.com/api/webhooks/[redacted key]"
            ),
            ("bot " + "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".Gh4Ij5." + Made.of(38), "bot [redacted token]"),
            (
                "api.telegram.org/bot123456789:" + "AA" + Made.of(33) + "/sendMessage",
                "api.telegram.org/bot[redacted token]/sendMessage"
            ),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test("user and password of a URL are removed, whatever characters the password has")
    func addresses() {
        let cases = [
            ("postgres://app:p@ss:w0rd@db:5432/x", "postgres://[redacted password]@db:5432/x"),
            ("redis://:hunter2@cache", "redis://[redacted password]@cache"),
            ("https://\(Made.hex)@o1.ingest.sentry.io/2", "https://[redacted key]@o1.ingest.sentry.io/2"),
            ("https://oauth2:\(Made.tail)@git.example/x", "https://[redacted password]@git.example/x"),
            ("https://ann@host/x", "https://ann@host/x"), ("see https://a.b/c?d=e@f", "see https://a.b/c?d=e@f"),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }
}

@Suite("Values after names")
struct SecretNameTests {
    @Test("a value is removed because of its name, in every notation")
    func notations() {
        let key = "[redacted key]", token = "[redacted token]", password = "[redacted password]"
        let cases = [
            ("api_key=abc123", "api_key=\(key)"), ("secret=abc", "secret=\(key)"), ("token=abcdef123456", "token=\(token)"),
            ("master_key: sk-1234", "master_key: \(key)"), ("api_key: abc123", "api_key: \(key)"),
            ("{\"api_key\": \"abc\"}", "{\"api_key\": \"\(key)\"}"),
            ("{\\\"api_key\\\": \\\"abc\\\"}", "{\\\"api_key\\\": \\\"\(key)\\\"}"),
            ("{\\\\\\\"apiKey\\\\\\\":\\\\\\\"abc12\\\\\\\"}", "{\\\\\\\"apiKey\\\\\\\":\\\\\\\"\(key)\\\\\\\"}"),
            ("{\\u0022api_key\\u0022:\\u0022abc1\\u0022}", "{\\u0022api_key\\u0022:\\u0022\(key)\\u0022}"),
            ("&quot;api_key&quot;: &quot;abc1&quot;", "&quot;api_key&quot;: &quot;\(key)&quot;"),
            ("openaiApiKey='abc1'", "openaiApiKey='\(key)'"), ("AZURE_OPENAI_API_KEY=\(Made.hex)", "AZURE_OPENAI_API_KEY=\(key)"),
            ("x-api-key: abc123", "x-api-key: \(key)"), ("api-key: \(Made.hex)", "api-key: \(key)"),
            ("?a=1&key=\(Made.letters)&b=2", "?a=1&key=\(key)&b=2"), ("u%3Fkey%3Dabc123def456%26b", "u%3Fkey%3D\(key)%26b"),
            ("api_key%3Dabc123%26x", "api_key%3D\(key)%26x"), ("--api-key abc123 -v", "--api-key \(key) -v"),
            ("['--token', 'abcdef1234567890']", "['--token', '\(token)']"), ("--password=hunter2", "--password=\(password)"),
            ("curl -u ann:hunter2 x", "curl -u \(password) x"),
            ("AccountName=x;AccountKey=\(Made.tail)==;EndpointSuffix=y", "AccountName=x;AccountKey=\(key);EndpointSuffix=y"),
            ("?sv=2024&sig=\(Made.of(40))%3D&se=1", "?sv=2024&sig=\(key)&se=1"),
            ("aws_secret_access_key = \(Made.of(40))", "aws_secret_access_key = \(key)"),
            ("aws_session_token=\(Made.of(90))", "aws_session_token=\(token)"),
            ("DD_API_KEY=\(Made.hex)", "DD_API_KEY=\(key)"), ("COHERE_API_KEY: \(Made.of(40))", "COHERE_API_KEY: \(key)"),
            ("\"routing_key\": \"\(Made.hex)\"", "\"routing_key\": \"\(key)\""),
            ("LANGFUSE_SECRET_KEY=abc", "LANGFUSE_SECRET_KEY=\(key)"), ("GITHUB_TOKEN=abc12345", "GITHUB_TOKEN=\(token)"),
            (
                "\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n\"",
                "\"private_key\": \"[redacted private key]\\n\""
            ),
            ("\"password\": \"two words 1!\"", "\"password\": \"\(password)\""), ("'api_key' => 'abc1'", "'api_key' => '\(key)'"),
            ("api_key := \"abc1\"", "api_key := \"\(key)\""), ("{'api_key': b'abc1'}", "{'api_key': b'\(key)'}"),
            ("API key: abc123", "API key: \(key)"),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test("short credentials and cookies in headers are removed")
    func headers() {
        let token = "[redacted token]"
        let cases = [
            ("Authorization: Bearer abc", "Authorization: Bearer \(token)"),
            ("Authorization: Basic YTpi", "Authorization: Basic \(token)"),
            ("{'authorization': 'Bearer abc123'}", "{'authorization': 'Bearer \(token)'}"),
            ("sent Basic dXNlcjpwYXNz to it", "sent Basic \(token) to it"), ("with Bearer abc123 it", "with Bearer \(token) it"),
            ("Authorization: Token abc1", "Authorization: Token \(token)"),
            ("Proxy-Authorization: Basic YTpi", "Proxy-Authorization: Basic \(token)"),
            ("Cookie: sid=abc; theme=dark\nHost: x", "Cookie: [redacted cookie]\nHost: x"),
            ("\"set-cookie\": \"a=b; Path=/\"", "\"set-cookie\": \"[redacted cookie]\""),
            ("X-Vault-Token: s.\(Made.of(24))", "X-Vault-Token: \(token)"),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test("headers lose their values in the notations of Python, JavaScript, Go, Ruby and of recorded requests")
    func printedHeaders() {
        let key = "[redacted key]", token = "[redacted token]", cookie = "[redacted cookie]"
        let cases = [
            ("('x-api-key','abc')", "('x-api-key','\(key)')"), ("('x-api-key', 'abc')", "('x-api-key', '\(key)')"),
            ("[(b'x-api-key', b'abc'), (b'host', b'x')]", "[(b'x-api-key', b'\(key)'), (b'host', b'x')]"),
            ("Headers([('api-key', 'abc'), ('accept', '*/*')])", "Headers([('api-key', '\(key)'), ('accept', '*/*')])"),
            ("[[\"x-api-key\",\"abc\"]]", "[[\"x-api-key\",\"\(key)\"]]"),
            ("[[\\\"x-api-key\\\",\\\"abc\\\"]]", "[[\\\"x-api-key\\\",\\\"\(key)\\\"]]"),
            ("{\"x-goog-api-key\", \"abc\"}", "{\"x-goog-api-key\", \"\(key)\"}"),
            ("('Authorization', 'Bearer abc')", "('Authorization', 'Bearer \(token)')"),
            ("('authorization', 'abc')", "('authorization', '\(token)')"),
            ("[ 'Cookie', 'sid=abc; theme=dark' ]", "[ 'Cookie', '\(cookie)' ]"),
            ("rawHeaders: [ 'x-api-key', 'abc123', 'accept', '*/*' ]", "rawHeaders: [ 'x-api-key', '\(key)', 'accept', '*/*' ]"),
            ("{\"name\": \"x-api-key\", \"value\": \"abc\"}", "{\"name\": \"x-api-key\", \"value\": \"\(key)\"}"),
            (
                "{\"key\":\"http.request.header.authorization\",\"value\":{\"stringValue\":\"Token abc\"}}",
                "{\"key\":\"http.request.header.authorization\",\"value\":{\"stringValue\":\"Token \(token)\"}}"
            ),
            ("curl -H 'X-Api-Key: abc' x", "curl -H 'X-Api-Key: \(key)' x"),
            ("authorization=Bearer%20abc&x=1", "authorization=Bearer%20\(token)&x=1"),
            ("secret_key_base: abc123def", "secret_key_base: \(key)"),
            ("{'x-api-key': ['abc']}", "{'x-api-key': ['\(key)']}"), ("\"X-Api-Key\"=>[\"abc\"]", "\"X-Api-Key\"=>[\"\(key)\"]"),
            ("Headers { 'x-api-key' => 'abc' }", "Headers { 'x-api-key' => '\(key)' }"),
            ("map[Accept:[*/*] X-Api-Key:[abc]]", "map[Accept:[*/*] X-Api-Key:[\(key)]]"),
            ("map[Authorization:[Bearer abc] Host:[x]]", "map[Authorization:[Bearer \(token)] Host:[x]]"),
            (
                "http.Header{\"X-Api-Key\":[]string{\"abc\"}}", "http.Header{\"X-Api-Key\":[]string{\"\(key)\"}}"
            ),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test("`pass` and its kin, run-on names, and passwords behind options of commands are removed")
    func passwords() {
        let password = "[redacted password]", key = "[redacted key]"
        let cases = [
            ("pass=hunter2", "pass=\(password)"), ("DB_PASS=hunter2", "DB_PASS=\(password)"),
            ("\"pass\": \"hunter2\"", "\"pass\": \"\(password)\""), ("smtp_pass: 's3cr3t!'", "smtp_pass: '\(password)'"),
            ("user=ann pass=letmein", "user=ann pass=\(password)"),
            ("{\"user\":\"ann\",\"pass\":\"letmein\"}", "{\"user\":\"ann\",\"pass\":\"\(password)\"}"),
            ("pw=hunter2", "pw=\(password)"), ("PGPASSWORD=hunter2", "PGPASSWORD=\(password)"),
            ("openaiapikey=abc1", "openaiapikey=\(key)"), ("sshpass -p hunter2 ssh x", "sshpass -p \(password) ssh x"),
            ("mysql -u root -phunter2 db", "mysql -u root -p\(password) db"),
            ("redis-cli -a hunter2", "redis-cli -a \(password)"),
            ("ALTER USER x WITH PASSWORD 'hunter2'", "ALTER USER x WITH PASSWORD '\(password)'"),
            ("IDENTIFIED BY 'hunter2'", "IDENTIFIED BY '\(password)'"),
            ("login y password hunter2", "login y password \(password)"),
            ("the password is hunter2", "the password is \(password)"),
            ("API key abc123def456 is invalid", "API key \(key) is invalid"), ("ENV API_KEY abc123def", "ENV API_KEY \(key)"),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test("values are removed in the notations of Elixir, Erlang, Clojure, Rust, PHP and XML")
    func printedValues() {
        let password = "[redacted password]", key = "[redacted key]", token = "[redacted token]"
        let cases = [
            ("[:authorization, \"Bearer abc\"]", "[:authorization, \"Bearer \(token)\"]"),
            ("{:api_key, \"abc\"}", "{:api_key, \"\(key)\"}"), ("{:\"x-api-key\", \"abc\"}", "{:\"x-api-key\", \"\(key)\"}"),
            ("[:password, \"hunter2\"]", "[:password, \"\(password)\"]"),
            ("{<<\"x-api-key\">>, <<\"abc\">>}", "{<<\"x-api-key\">>, <<\"\(key)\">>}"),
            ("{<<\"authorization\">>,<<\"Bearer abc\">>}", "{<<\"authorization\">>,<<\"Bearer \(token)\">>}"),
            ("{:api-key \"abc\"}", "{:api-key \"\(key)\"}"),
            ("(:authorization . \"Bearer abc\")", "(:authorization . \"Bearer \(token)\")"),
            ("[authorization, Bearer abc]", "[authorization, Bearer \(token)]"),
            ("[\"api_key\"]=> string(3) \"abc\"", "[\"api_key\"]=> string(3) \"\(key)\""),
            ("[api_key] => abc", "[api_key] => \(key)"),
            ("s:7:\"api_key\";s:3:\"abc\";", "s:7:\"api_key\";s:3:\"\(key)\";"),
            ("headers['x-api-key'] = 'abc'", "headers['x-api-key'] = '\(key)'"),
            ("api_key: Some(\"abc\")", "api_key: Some(\"\(key)\")"), ("api_key=SecretStr('abc')", "api_key=SecretStr('\(key)')"),
            ("<password>hunter2</password>", "<password>\(password)</password>"),
            ("<ns:ApiKey>abc</ns:ApiKey>", "<ns:ApiKey>\(key)</ns:ApiKey>"),
            ("<Password type=\"text\">hunter2</Password>", "<Password type=\"text\">\(password)</Password>"),
            ("<password><![CDATA[hunter2]]></password>", "<password><![CDATA[\(password)]]></password>"),
            ("&lt;password&gt;hunter2&lt;/password&gt;", "&lt;password&gt;\(password)&lt;/password&gt;"),
            ("--header=x-api-key:abc", "--header=x-api-key:\(key)"),
            ("Host: x\nx-auth-key: abc\nVia: y", "Host: x\nx-auth-key: \(key)\nVia: y"),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test("a value is removed when its name stands in another member, before or behind it")
    func members() {
        let password = "[redacted password]", key = "[redacted key]", token = "[redacted token]"
        let cases = [
            ("{\"value\": \"abc\", \"name\": \"x-api-key\"}", "{\"value\": \"\(key)\", \"name\": \"x-api-key\"}"),
            (
                "{\"value\":{\"stringValue\":\"Bearer abc\"},\"key\":\"http.request.header.authorization\"}",
                "{\"value\":{\"stringValue\":\"Bearer \(token)\"},\"key\":\"http.request.header.authorization\"}"
            ),
            (
                "{\n  \"value\": \"hunter2\",\n  \"type\": \"string\",\n  \"key\": \"password\"\n}",
                "{\n  \"value\": \"\(password)\",\n  \"type\": \"string\",\n  \"key\": \"password\"\n}"
            ),
            (
                "{\"name\":\"API_KEY\",\"in\":\"header\",\"value\":\"abc\"}",
                "{\"name\":\"API_KEY\",\"in\":\"header\",\"value\":\"\(key)\"}"
            ),
            (
                "{\\\"value\\\":\\\"abc\\\",\\\"name\\\":\\\"api_key\\\"}",
                "{\\\"value\\\":\\\"\(key)\\\",\\\"name\\\":\\\"api_key\\\"}"
            ),
            ("<add key=\"ApiKey\" value=\"abc\"/>", "<add key=\"ApiKey\" value=\"\(key)\"/>"),
            ("<property value='hunter2' name='password'/>", "<property value='\(password)' name='password'/>"),
            ("{Key:api_key Value:abc}", "{Key:api_key Value:\(key)}"),
        ]
        for (text, shown) in cases { #expect(Redactor.redact(text) == shown, "\(text)") }
    }

    @Test(
        "ids, hashes, names, counts and prose are kept",
        arguments: [
            "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f", "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
            "commit ccbeb3f1a9dacc86483852b66f89892a47dd0123", "sha256:" + Made.longHex, "md5 " + Made.hex,
            "etag \"\(Made.hex)\"", "chatcmpl-" + Made.letters, "req_011CabcDEF1234567890", "resp_" + Made.hex,
            "msg_01AbCdEf2345",
            "toolu_01A09q90qw90lq917835lq9", "call_" + Made.letters, "thread_abc123DEF456ghi789", "asst_abc123DEF456ghi789",
            "run_abc123DEF456ghi789", "org-JZzdIYLhOCtvrCzFm0987654", "proj_abc123DEF456ghi7", "file-abc123DEF456ghi789",
            "batch_abc123DEF456", "ftjob-abc123DEF456", "gen-000279", "sess_abc123DEF456ghi", "run-20261121-140500-abcd1234",
            "claude-sonnet-4-5-20250929", "gpt-4o-mini-2024-07-18", "gemini-2.5-pro-preview-05-06",
            "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
            "meta-llama/Llama-3.3-70B-Instruct-Turbo", "ft:gpt-4o-2024-08-06:acme::Abc12345", "text-embedding-3-large",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/x", "projects/p-123456/locations/us-central1",
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk", "token: 512", "tokens: 512",
            "max_tokens=100", "tokens=1024", "prompt_tokens=12345678", "max_completion_tokens: 4096", "token=512", "token=<s>",
            "pad_token=token_00000042x7", "next_page_token=abc123def456ghi789jkl0", "eos_token_id: 128009", "key=value",
            "key: name",
            "sort_key=created_at_2026_11_21_xyz99", "cache_key=" + Made.hex, "idempotency-key: " + Made.hex,
            "KeyError: 'choices'",
            "secret santa", "secret: santa", "the secret is out", "Basic plan", "basic gpt-4o-mini-2024-07-18 pricing",
            "bearer token missing",
            "Authorization: Bearer token missing", "authorization header required", "password: required", "password is required",
            "--password is required", "--api-key is missing", "api_key=settings.OPENAI_API_KEY", "api_key=os.environ",
            "api_key=os.getenv('X')",
            "api_key=YOUR_API_KEY", "api_key=None", "api_key=null,", "api_key=${KEY}", "api_key=<your key>", "api_key=xxxx",
            "secret=required",
            "{\"api_key\": \"Field required\"}", "{\"key\": \"traces/2026-11-21/0af7651916cd43dd.json\"}",
            "{\"token\": \"hello\", \"logprob\": -0.1}",
            "{\"type\": \"api_key\"}", "invalid api key", "invalid x-api-key", "cookie: none", "cookies are disabled",
            "disk-space-is-low-on-the-large-machine", "task-force-of-three-people", "re_run_of_the_job_number_12_done",
            "as-of-2026-11-20T14:00:00Z",
            "v1.2.3-rc.4+build.5", "10.0.0.5:8080", "2026-11-21T14:05:00.123456Z", "http://host:8080/a:b@c", "user@host",
            "docker run -u 1000:1000 x",
            "tool_call_id: call_abc123DEF456", "x-request-id: " + Made.hex, "cf-ray: 8f1a2b3c4d5e6f70-FRA",
            "span_id=00f067aa0ba902b7",
            "session_id: 0a1b2c3d4e5f", "service-key-rotation",
            "missing: ['api_key', 'model']", "KeyError: ('api_key', 'model')", "required: [\"password\", \"email\"]",
            "allow-headers: [\"authorization\", \"x-api-key\", \"content-type\"]", "('token', 'session')",
            "{\"password\": [\"This password is too short.\"]}", "{\"api_key\": [\"This field may not be blank.\"]}",
            "{\"name\": \"api_key\", \"value\": null}", "('x-request-id', 'abc123def456')", "'key', 'value'",
            "first pass: gpt-4o", "pass: 12, fail: 3", "pass=0.95", "second pass gpt4o", "passport=ab12cd34", "bypass=ab12cd34",
            "password sha256 hash", "the api key is invalid", "api key req_011CabcDEF1234567890 rejected", "mysql -port 3306",
            "docker run -p 8080:80 x1", "[:api_key, \"is missing\"]", "[\"password\" \"email\"]", "{:key, \"value\"}",
            ":token \"hello\"",
            "<token>hello</token>", "<password>required</password>", "<Key>traces/2026-11-21/0af7651916cd43dd.json</Key>",
            "counts[key] = " + Made.hex, "d[\"request_id\"] = \"req_011CabcDEF1234567890\"", "api_key: str", "x-api-key: invalid",
            "{\"key\":\"cache_key\",\"value\":{\"stringValue\":\"\(Made.hex)\"}}",
            "{\"key\": \"trace_id\", \"value\": \"\(Made.hex)\"}",
            "[{\"name\":\"a\",\"value\":\"x1\"},{\"name\":\"password\"}]",
            "{\"field\": \"password\", \"value\": \"too short to be used\"}",
            "{\"value\": 512, \"name\": \"token\"}", "{\"name\":\"password\",\"value\":\"required\"}",
            "public_key=" + Made.longHex, "AC" + Made.hex, "skipped 12 of 40",
        ])
    func harmless(text: String) {
        #expect(Redactor.redact(text) == text)
    }
}

@Suite("Cost of redaction")
struct RedactionWorkTests {
    /// Beginnings of secrets that never become one, and what they are joined by.
    private static let pieces = [
        "sk-", "sk-a", "key=", "token:", "token: ", "eyJ-", "eyJa.", "api_key%3D", "key%3D", "password=", "\"password\": \"a ",
        "@", "a@", "a@b.",
        "://", "a://b:", "a://b@", "--", "--a", "--key ", "-u a:", "-----BEGIN ", "-----BEGIN A", "Bearer ", "bearer a",
        "Basic a", "cookie:",
        "Cookie: a=", "authorization: bearer ", "4", "4111 ", "41", "SG.", "hvs.", "M", "MTIzNDU2Nzg5MDEyMzQ1Njc4.", "1:AA",
        "12345678:AA",
        "\\n", "\\u003d", "%", "%3D", "\\", "\"", ".", "key=.", "token=a", "xoxb-/", "hooks.slack.com/services/",
        "key provided: ", "=", ":", "-",
        "\u{1B}[3", "api_key = \"", "&quot;", "\\u0022:", "'key',", "(\"x-api-key\",\"", ",", "','",
        "\"value\":", "key\",\"value\":[", "\"value\":\"a\",", "\"name\":\"api_key\",", "\"name\":\"api_key\",\"a\":\"",
        "<password>", "<a ",
        ">", "&gt;", "&lt;key&gt;", "pass=", "user pass=", "-p", "-pa1 ", ";s:1:\"", ":key \"", "{:api_key, \"",
        "API_KEY a1b2c3 ",
        "password: [", "x-api-key:", "[key] = ", "key=1&", "secret=a.", "key=key%3D",
    ]

    @Test("redaction of a long text ends when it is stopped, and nothing of the text is shown")
    func stopped() {
        let secret = "password=hunter2hunter2 ", long = String(repeating: secret, count: 20_000), stop = StopFlag()
        stop.raise()
        stop.governing {
            #expect(Redactor.redact(long) == Redactor.stopped)
            #expect(Redactor.redact(secret) == StopFlag.ignored { Redactor.redact(secret) })
        }
        #expect(!Redactor.redact(long).contains("hunter2"))
    }

    @Test("redaction is linear: at most 24 bytes are read per byte of text, for any repetition", arguments: pieces)
    func linear(piece: String) {
        for after in ["", "x", " ", "1A"] {
            for count in [500, 4000] {
                var text = String(repeating: piece + after, count: count)
                let length = text.utf8.count
                let steps = text.withUTF8 { bytes in
                    var scanner = SecretScanner(bytes: bytes)
                    _ = scanner.finds()
                    return scanner.steps
                }
                #expect(steps <= 24 * length + 4096, "\(piece)\(after) × \(count): \(steps) steps for \(length) bytes")
            }
        }
    }
}
