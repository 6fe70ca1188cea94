/// A name whose value is a secret.
struct SecretName: Sendable {
    /// The certainty that the value is a secret.
    enum Sureness: Sendable {
        /// Any value, except for words that mean no value (`none`, `required`).
        case sure
        /// Only a value that looks like a key: `token: 512` and `key: name` are ordinary text.
        case vague
    }

    /// Lower-case letters, without `_` and `-`.
    let letters: [UInt8]
    let kind: SecretKind
    let sureness: Sureness
    /// True when letters may precede the name without a separator: `pgpassword`, `openaiapikey`.
    let endsLongerNames: Bool

    init(_ letters: String, _ kind: SecretKind, _ sureness: Sureness = .sure) {
        (self.letters, self.kind, self.sureness) = (Array(letters.utf8), kind, sureness)
        endsLongerNames = ["password", "passwd", "apikey", "secretkey", "accesstoken", "clientsecret"].contains(letters)
    }

    /// The names by last letter, longest first.
    static let byLastLetter: [[SecretName]] = {
        var table = [[SecretName]](repeating: [], count: 256)
        for name in all.sorted(by: { $0.letters.count > $1.letters.count }) {
            guard let last = name.letters.last else { continue }
            table[Int(last)].append(name)
            if last >= 0x61 { table[Int(last & 0xDF)].append(name) }
        }
        return table
    }()

    private static func each(_ words: String, _ kind: SecretKind, _ sureness: Sureness = .sure) -> [SecretName] {
        words.split(whereSeparator: \.isWhitespace).map { SecretName(String($0), kind, sureness) }
    }

    private static let all: [SecretName] =
        each(
            """
            apikey accountkey secretkey secretaccesskey accesskey subscriptionkey privatekey sharedaccesskey signingkey
            encryptionkey masterkey applicationkey appkey authkey servicekey servicerolekey licensekey integrationkey
            routingkey deploykey hmackey storagekey ingestkey ingestionkey writekey adminkey managementkey consumerkey
            clientsecret clientassertion secretkeybase secret credential credentials
            """, .key)
        + each("key sig signature", .key, .vague)
        + each(
            """
            accesstoken refreshtoken authtoken idtoken sessiontoken bearertoken securitytoken apitoken bottoken vaulttoken
            privatetoken deploytoken servicetoken sastoken csrftoken xsrftoken redisauth authorization
            """, .token)
        + each("token auth", .token, .vague)
        + each(
            """
            password passwd pwd passphrase passcode otp dbpass databasepass userpass adminpass rootpass smtppass mailpass
            emailpass imappass ldappass ftppass sshpass proxypass httppass redispass mysqlpass pgpass postgrespass mongopass
            rabbitmqpass amqppass
            """, .password)
        // `pass: 12` counts tests.
        + each("pass pw psw", .password, .vague)
        + each("cookie setcookie jsessionid phpsessid", .cookie)

    /// Words before `key` and `token` that make them harmless: `cache_key`, `next_page_token`.
    static let harmlessQualifiers: Set<String> = [
        "cache", "idempotency", "primary", "foreign", "partition", "sort", "group", "object", "public", "map", "dedup",
        "deduplication", "hash", "row", "page", "next", "prev", "previous", "continuation", "cursor", "pad", "eos", "bos", "unk",
        "sep", "cls", "mask", "stop", "special", "per",
    ]

    /// Words that mean no value.
    static let noValues: Set<String> = [
        "none", "nil", "null", "true", "false", "undefined", "missing", "invalid", "required", "optional", "empty", "unset",
        "value", "string", "str", "text", "secret", "token", "tokens", "password", "passwd", "key", "authorization", "bearer",
        "basic", "auth", "authentication", "header", "redacted", "hidden", "masked", "not", "is", "was", "has", "must", "should",
        "cannot", "could", "the", "for", "and", "please", "provided", "expired", "incorrect", "wrong", "failed", "error", "env",
        "default", "yes", "santa", "bytes", "int", "integer", "bool", "boolean", "any", "object", "array", "list", "number",
        "md5",
        "sha1", "sha256", "sha512", "bcrypt", "argon2", "base64", "utf8",
    ]

    /// Parts of a value without digits that refer to a secret instead of containing one: `api_key=settings.OPENAI_KEY`.
    static let references = [
        "key", "token", "secret", "passw", "credential", "config", "setting", "environ", "getenv", "your", "example",
        "placeholder",
    ].map { Array($0.utf8) }
}
