/// The name of a column or member, and what it means by its words: a field, and the unit of its numbers.
struct LogName {
    let field: LogField
    /// Nanoseconds in one of a latency's numbers; nil when the name does not tell.
    private(set) var nanoseconds: Double?
    /// True for costs in cents.
    private(set) var isInCents = false

    /// Reads a name; nil when it means nothing that is known.
    init?(_ name: String) {
        if let mapped = ColumnMap.current.field(of: name) {
            self.init(named: mapped, from: name)
            return
        }
        let plain = LogName.plain(name)
        // GELF puts an underscore before names of its own.
        let bare = plain.hasPrefix("_") ? LogName.meaning(String(plain.dropFirst())) : nil
        guard let found = LogName.meaning(plain) ?? bare ?? LogName.behindPrefix(plain) else { return nil }
        self = found
    }

    private init(_ field: LogField, nanoseconds: Double? = nil, isInCents: Bool = false) {
        self.field = field
        self.nanoseconds = nanoseconds
        self.isInCents = isInCents
    }

    /// A name that the user says means `target`, such as `latency`, or `latency_ms`, which tells its unit too.
    private init?(named target: String, from name: String) {
        guard var found = LogName.meaning(target) else { return nil }
        if found.field == .latency, found.nanoseconds == nil {
            found.nanoseconds = LogName.units[LogName.words(LogName.plain(name)).last ?? ""]
        }
        self = found
    }

    /// True when the name is one that a mapping may give: a field's own name, or a quantity with its unit.
    static func isTarget(_ name: String) -> Bool { meaning(plain(name)) != nil }

    /// One spelling of a name: lower case, words of camel case and dotted paths parted by `_`.
    static func plain(_ name: String) -> String {
        var plain: [UInt8] = [], before: UInt8 = 0x5F
        for byte in name.utf8 {
            switch byte {
            case 0x41...0x5A:
                if before >= 0x61 && before <= 0x7A || before >= 0x30 && before <= 0x39 { plain.append(0x5F) }
                plain.append(byte | 0x20)
            case 0x2D, 0x20, 0x2E, 0x2F: if before != 0x5F { plain.append(0x5F) }
            default: plain.append(byte)
            }
            before = [0x2D, 0x20, 0x2E, 0x2F].contains(byte) ? 0x5F : byte
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func words(_ plain: String) -> [String] { plain.split(separator: "_").map(String.init) }

    private static func meaning(_ plain: String) -> LogName? {
        let words = words(plain)
        if let field = LogField.named(plain) {
            // `response_time` may be written with its unit elsewhere; the table has only what is no quantity, and `cost`.
            return LogName(field)
        }
        return latency(words) ?? tokens(words) ?? cost(words)
    }

    // MARK: behind a prefix

    private static let prefixes = [
        "llm_", "gen_ai_", "ai_", "openai_", "anthropic_", "api_", "request_", "response_", "call_", "usage_", "metrics_",
        "http_", "payload_", "result_", "model_", "final_", "upstream_", "provider_", "completion_", "llm_call_", "llm_request_",
        "res_", "resp_", "output_", "tool_", "stats_", "meta_", "metadata_", "data_", "extra_", "context_",
    ]

    private static func behindPrefix(_ plain: String) -> LogName? {
        for prefix in prefixes where plain.hasPrefix(prefix) {
            if let found = meaning(String(plain.dropFirst(prefix.count))), found.field.isSafeBehindPrefix { return found }
        }
        return nil
    }

    /// The meaning of a member of an object such as `response` or `usage`: what stays safe there.
    static func inside(_ object: String, _ name: String) -> LogName? {
        if LogName.plain(object) == "usage" || LogName.plain(object).contains("token") {
            return tokens(words(plain(name)) + ["tokens"]) ?? cost(words(plain(name)))
        }
        guard let found = LogName(name), found.field.isSafeBehindPrefix else { return nil }
        return found
    }

    // MARK: quantities

    /// Nanoseconds in each unit of time.
    static let units: [String: Double] = [
        "ns": 1, "nanos": 1, "nano": 1, "nanosecond": 1, "nanoseconds": 1, "nsec": 1,
        "us": 1e3, "µs": 1e3, "micros": 1e3, "usec": 1e3, "microsecond": 1e3, "microseconds": 1e3,
        "ms": 1e6, "msec": 1e6, "msecs": 1e6, "millis": 1e6, "milli": 1e6, "millisecond": 1e6, "milliseconds": 1e6,
        "s": 1e9, "sec": 1e9, "secs": 1e9, "second": 1e9, "seconds": 1e9, "m": 60e9, "min": 60e9, "mins": 60e9, "minutes": 60e9,
    ]

    /// Words that name a length of time by themselves.
    private static let spans: Set<String> = ["latency", "duration", "elapsed", "took", "runtime", "rtt", "delay", "responsetime"]
    /// Words that, with `time`, name the length of a call.
    private static let works: Set<String> = [
        "response", "processing", "execution", "exec", "taken", "inference", "generation", "total", "run", "llm", "wall", "call",
        "request", "completion", "roundtrip", "api", "e2e", "spent", "elapsed", "model",
    ]
    private static let fillers: Set<String> = ["in", "end", "to", "round", "trip", "ai", "of", "the", "overall", "full"]

    /// `latency_ms`, `duration_sec`, `elapsed_seconds`, `took`, `total_time_s`, `responseTime`.
    private static func latency(_ words: [String]) -> LogName? {
        guard !words.isEmpty else { return nil }
        var words = words
        var unit: Double?
        if words.count > 1, let last = words.last, let found = units[last] {
            unit = found
            words.removeLast()
        }
        guard words.allSatisfy({ spans.contains($0) || works.contains($0) || fillers.contains($0) || $0 == "time" }) else {
            return nil
        }
        let isSpan = words.contains(where: spans.contains)
        let isWork = words.contains("time") && words.contains(where: works.contains)
        guard isSpan || isWork else { return nil }
        // pino's HTTP logger writes milliseconds under this name.
        if words == ["responsetime"] { unit = unit ?? 1e6 }
        return LogName(.latency, nanoseconds: unit)
    }

    /// Words beside `tokens` that make it a limit, a rate or a price, and no count of this call.
    private static let otherTokens: Set<String> = [
        "max", "limit", "budget", "remaining", "per", "estimate", "estimated", "window", "left", "avg", "mean", "rate", "speed",
        "second", "ps", "available", "first", "time", "min", "cost", "price", "id", "type", "allowed", "quota", "saved", "cap",
        "auth", "access", "refresh", "api", "bearer", "csrf", "s",
    ]

    private static func tokens(_ words: [String]) -> LogName? {
        let marks: Set<String> = ["token", "tokens", "tok", "toks"]
        guard words.contains(where: marks.contains), !words.contains(where: otherTokens.contains) else { return nil }
        // A single `token` is a secret or a word.
        if words == ["token"] { return nil }
        func any(_ some: Set<String>) -> Bool { words.contains(where: some.contains) }
        if any(["creation", "write"]) { return nil }
        if any(["cache", "cached"]) { return LogName(.cachedTokens) }
        if any(["reasoning", "thinking", "thoughts"]) { return LogName(.reasoningTokens) }
        if any(["details", "detail"]) { return nil }
        if any(["in", "input", "prompt", "request", "sent", "prompts", "inputs"]) { return LogName(.inputTokens) }
        if any(["out", "output", "completion", "response", "generated", "candidates", "outputs", "completions", "eval"]) {
            return LogName(.outputTokens)
        }
        let rest = Set(words).subtracting(marks)
        return rest.isSubset(of: ["total", "used", "all", "sum", "count", "usage", "llm", "n", "num"])
            ? LogName(.totalTokens) : nil
    }

    /// Words that may stand beside a cost of one call.
    private static let costs: Set<String> = [
        "cost", "usd", "price", "spend", "total", "est", "estimated", "call", "request", "llm", "api", "in", "dollars", "amount",
        "cents", "input", "output", "prompt", "completion", "response", "ai", "openai", "model", "actual", "estimate",
    ]

    private static func cost(_ words: [String]) -> LogName? {
        guard words.contains(where: { ["cost", "price", "spend", "usd"].contains($0) }), words.allSatisfy(costs.contains) else {
            return nil
        }
        let isInCents = words.contains("cents")
        if words.contains("input") || words.contains("prompt") { return LogName(.inputCost, isInCents: isInCents) }
        if words.contains("output") || words.contains("completion") { return LogName(.outputCost, isInCents: isInCents) }
        return LogName(.cost, isInCents: isInCents)
    }
}
