import Errors
import Model
import TestSupport
import Testing

@Suite("Redaction")
struct RedactorTests {
    /// Made-up secrets are put together here, so that no scanner of repositories takes them for real ones.
    private static let tail = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2"

    @Test("keys, tokens, passwords, e-mail addresses and card numbers are removed")
    func secrets() {
        let tail = Self.tail
        let cases: [(String, String)] = [
            ("Incorrect API key provided: sk-\(tail).", "Incorrect API key provided: [redacted key]."),
            ("x sk-ant-api03-\(tail)_x y", "x [redacted key] y"), ("AIza\(tail)", "[redacted key]"),
            ("(gsk_\(tail))", "([redacted key])"),
            ("hf_\(tail)", "[redacted key]"), ("AKIA" + "ABCDEFGH12345678", "[redacted key]"), ("ghp_\(tail)", "[redacted key]"),
            ("xoxb-123456789012-\(tail)", "[redacted token]"),
            ("Authorization: Bearer \(tail)", "Authorization: Bearer [redacted token]"),
            ("eyJhbGciOi.eyJzdWIiOiIx.\(tail)", "[redacted token]"),
            ("https://user:pa55@host/x", "https://[redacted password]@host/x"),
            ("api_key=\(tail)&x=1", "api_key=[redacted key]&x=1"),
            ("{\"api_key\": \"abcdef123456\"}", "{\"api_key\": \"[redacted key]\"}"),
            ("OPENAI_API_KEY=\(tail)", "OPENAI_API_KEY=[redacted key]"), ("password=hunter2!", "password=[redacted password]"),
            ("'client_secret': 'a1b2c3d4e5f6'", "'client_secret': '[redacted key]'"),
            ("write to ann.lee@mail.example.com now", "write to [redacted email] now"),
            ("card 4111 1111 1111 1111 declined", "card [redacted card] declined"),
            ("card 5500-0000-0000-0004", "card [redacted card]"),
            ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest", "[redacted private key]\nrest"),
            ("?access_token=\(tail)", "?access_token=[redacted token]"),
        ]
        for (text, expected) in cases { #expect(Redactor.redact(text) == expected, "\(text)") }
    }

    @Test(
        "counts, ids and masked keys are kept",
        arguments: [
            "token: 512", "max_tokens=4096, tokens: 140321", "total_tokens: 18446744073709551615",
            "trace_id=0af7651916cd43dd8448eb211c80319c",
            "request_id: 'req_011CabcDEF1234567890'", "id: 123e4567-e89b-12d3-a456-426614174000", "sk-proj-****************abcd",
            "sk-abcdefgh********************1234", "Bearer token missing", "invalid api_key: please set one", "the api key: none",
            "key=value",
            "api_key=<API-KEY>", "api_key=$OPENAI_API_KEY", "card 4111 1111 1111 1112", "order id: 4111111111111111",
            "1760173200004000000",
            "https://host:8080/path", "user@host", "pkg@1.2.3", "node_modules/@scope/pkg", "risk-of-something-long-and-boring",
            "password required",
            "span 4bf92f3577b34da6a3ce929d0e0e4736", "secret santa", "tokens per min (TPM): Limit 30000",
            "basic authentication required",
        ])
    func harmless(text: String) {
        #expect(Redactor.redact(text) == text)
    }

    @Test("redaction is idempotent, for any bytes", arguments: 0..<40)
    func idempotent(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<50 {
            let text = randomText(&random)
            let once = Redactor.redact(text)
            #expect(Redactor.redact(once) == once, "seed \(seed): \(text)")
        }
    }
}

@Suite("Signatures")
struct SignatureTests {
    @Test("variable parts are masked, class names and statuses are kept")
    func masks() {
        let cases: [(String, String)] = [
            ("Request timed out.", "Request timed out."),
            ("prompt is too long: 210500 tokens > 200000 maximum", "prompt is too long: # tokens > # maximum"),
            (
                "Error code: 429 - Rate limit reached for gpt-4o in organization org-Ab12 on tokens per min: Limit 30,000",
                "Error code: 429 - Rate limit reached for # in organization # on tokens per min: Limit #"
            ),
            ("The model `gpt-x` does not exist", "The model `…` does not exist"),
            ("HTTP 503 from https://api.example.com/v1/x?y=1", "HTTP 503 from <url>"),
            ("took 1500 ms, 429 tokens", "took # ms, # tokens"), ("File /app/lib/x.py not found", "File <path> not found"),
            ("don't do it, it's 5 o'clock", "don't do it, it's # o'clock"),
            ("at 2031-05-27T05:21:44.162Z it broke", "at # it broke"),
            ("span 4bf92f3577b34da6 of req_011CabcDEF", "span # of #"), ("KeyError: 'choices'", "KeyError: '…'"),
            (
                "openai.RateLimitError: Error code: 429 - {'error': {'message': 'Slow down', 'code': None}}",
                "openai.RateLimitError: Error code: 429 - Slow down"
            ),
        ]
        for (text, expected) in cases { #expect(Signature.of(text) == expected, "\(text)") }
    }

    @Test("clients that print the body and clients that do not share a signature")
    func versions() {
        let message = "Rate limit reached for m-1 in organization org-1a2b on requests per min. Limit: 3, please wait."
        let old = "Error code: 429 - {'error': {'message': '\(message)', 'type': 'requests', 'code': 'rate_limit_exceeded'}}"
        #expect(Signature.of(old) == Signature.of("Error code: 429 - \(message)"))
    }

    @Test("ids without digits are masked like ids with digits")
    func idsWithoutDigits() {
        for (a, b) in [
            ("org-JZzdIYLhOCtvrCzFm", "org-a1B2c3D4e5F6g7H8"), ("org-FaBUYsAjInDrGNqX", "org-9kLmN2pQ"),
            ("proj_cOgaaiNAKDmxxpVb", "proj_x7Yz81Kq02LmPq"), ("req_qXvBnWzKtRmPdGhL", "req_011CSHoEeqs5C35K"),
            ("chatcmpl-BxQwZtRkLmNpVdGhJsTf", "chatcmpl-9aBcD1eF2gH3"), ("file-hGtRwQzXvBnMkLpD", "file-a8B7c6D5e4"),
            ("BxQwZtRkLmNpVdGhJsTf", "Bx9wZt7kLm5pVd3h"),
        ] {
            func text(_ id: String) -> String { "Rate limit reached in organization \(id) on tokens per min" }
            #expect(Signature.of(text(a)) == Signature.of(text(b)), "\(a)")
            #expect(Signature.of(text(a)) == "Rate limit reached in organization # on tokens per min")
        }
    }

    @Test(
        "plain words and camel-case names are not ids",
        arguments: [
            "APIConnectionError", "ResourceExhausted", "OpenAIException", "HTTPSConnectionPool", "InvalidRequestError",
            "ContentPolicyViolationError", "McpRpcHttpError", "XMLHttpRequest", "getUserByIdOrNil", "org-wide",
            "org-administrators",
            "user-friendly", "user_not_found", "call_tool_failed", "run_in_terminal", "file-system-error",
            "thread_pool_exhausted",
            "request-timeout", "session-expired", "insufficient_quota", "context_length_exceeded", "project-specific",
            "ProvisionedThroughputExceededException", "gen-assistant", "message_stop", "ECONNREFUSED", "UNAVAILABLE",
            "model_not_found", "key-management", "step_functions", "Geschwindigkeitsbeschraenkung", "id_provider_unavailable",
        ])
    func plainWords(_ word: String) {
        #expect(Signature.of("the \(word) was seen") == "the \(word) was seen")
    }

    @Test("the same failure with different values has the same signature")
    func folds() {
        #expect(
            Signature.of("dial tcp 10.0.0.5:443: connection refused")
                == Signature.of("dial tcp 192.168.7.21:8443: connection refused"))
        #expect(Signature.of("Error code: 429 - no") != Signature.of("Error code: 500 - no"))
        #expect(Signature.of("job 17 of run a1b2c3d4e5f6 failed") == Signature.of("job 903 of run ffeeddccbb00 failed"))
        #expect(Signature.of("") == "")
    }

    @Test("a signature is short, one line, and idempotent in shape, for any bytes", arguments: 0..<40)
    func properties(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let classifier = Classifier()
        for _ in 0..<50 {
            let text = randomText(&random)
            let signature = Signature.of(text)
            #expect(signature.utf8.count <= Signature.limit + 3)
            #expect(!signature.contains("\n"))
            #expect(signature == Signature.of(text))
            _ = classifier.classify(ErrorText(text: text, exceptionClass: text, code: text))
        }
    }
}

/// Fragments of real shapes, broken pieces and random bytes.
func randomText(_ random: inout SeededGenerator) -> String {
    let fragments = [
        "sk-", "sk-ant-", "AIza", "Bearer ", "api_key=", "password: \"", "token: 512", "@", "a@b.co", "://", "https://u:p@h",
        "eyJabcdefghij.", "\"", "'", "`", "\\", "\\n",
        "\n", " ", "{'error': {'message': '", "\"message\": \"", "}}", "[", "]", "429", "4111111111111111", "4111 1111 1111 1111",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----", "[redacted key]", "***", "é", "余额", "\u{1B}[31m", "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8",
        "0123456789abcdef", "=", ":", "=[", "request_id", "…", "’",
        "Error code: ", "Traceback (most recent call last)", "\n  at x", "status", "-", "_", ".", ",", "/", "Basic ", "secret",
        "xoxb-", "id: ",
    ]
    if Int.random(in: 0..<5, using: &random) == 0 {
        let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        return String(decoding: bytes, as: UTF8.self)
    }
    return (0..<Int.random(in: 0...25, using: &random)).map { _ in fragments.randomElement(using: &random)! }.joined()
}
