import Glibc
import Model
import Synthesis
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import Notebook
@testable import Platform

/// Statements of every kind, executed over a store whose values lie at the ends of what can be stored: none may trap, and none
/// may fail but with a mistake that points into its text.
@Suite("Statements over extreme values")
struct StatementFuzzTests {
    /// How many times as many statements are run: `STATEMENT_ROUNDS=2500` makes a million.
    private static let rounds = getenv("STATEMENT_ROUNDS").flatMap { UInt64(String(cString: $0)) } ?? 1

    private static let times: [Int64] = [
        .min, .min + 1, -9_214_560_000_000_000_000, -9_000_000_000_000_000_000, -86_400_000_000_000, -1, 0, 1, 999_999_999,
        1_795_219_200_000_000_000, 1_795_219_200_000_000_001, 1_795_262_400_000_000_000, 9_000_000_000_000_000_000,
        9_214_646_399_999_999_999, 9_214_646_400_000_000_000, .max - 1, .max,
    ]

    /// The store, made once.
    private static let store = Stores.made("extreme.db") { store in
        var random = SeededGenerator(seed: 7)
        let numbers: [Int64] = [0, 1, 17, -1, Int64(Int32.max), .max - 1, .max, .min]
        let texts = [
            "", "gpt-4o", "日本語", String(repeating: "x", count: 3000), "a\u{0}b\u{1B}[31m", "-9223372036854775808", "%", "'",
        ]
        func some<T>(_ values: [T]) -> T? { random.chance(40) ? nil : random.pick(values) }
        let traces = (0..<160).map { number -> (TraceRecord, [SpanRecord], [EventRecord]) in
            var record = TraceRecord(traceID: "abcdef\(number)")
            (record.name, record.user, record.session) = (some(texts), some(texts), some(texts))
            record.tags = random.chance(30) ? [random.pick(texts)] : []
            var spans: [SpanRecord] = [], events: [EventRecord] = []
            for place in 0..<1 + random.next() % 4 {
                var span = SpanRecord(
                    spanID: "\(number)-\(place)", kind: random.pick([.llm, .llm, .llm, .embedding, .tool, .agent]))
                span.traceID = record.traceID
                span.parentID = place > 0 && random.chance(50) ? "\(number)-0" : nil
                span.start = some(StatementFuzzTests.times).map { Timestamp(nanoseconds: $0) }
                span.end = some(StatementFuzzTests.times).map { Timestamp(nanoseconds: $0) }
                span.firstToken = some(StatementFuzzTests.times).map { Timestamp(nanoseconds: $0) }
                span.reportedLatency = some(StatementFuzzTests.times).map { .nanoseconds($0) }
                (span.modelRequested, span.provider, span.agent) = (some(texts), some(texts), some(texts))
                (span.name, span.promptName, span.release) = (some(texts), some(texts), some(["1.0", "1.10"]))
                (span.inputTokens, span.outputTokens) = (some(numbers), some(numbers))
                (span.totalTokens, span.attemptsMade) = (some(numbers), some(numbers).map(Int.init))
                span.cost = some([0, 1, -1, Int64.max, .min, .max / 2]).map { Money(units: $0) }
                (span.input, span.output) = (some(texts), some(texts))
                span.status = random.pick([.ok, .error, .unknown])
                span.statusMessage =
                    span.status == .error ? some(["Error code: 429 - rate limit", "Request timed out.", ""]) : nil
                span.httpStatus = some([0, 200, 429, 503, .max])
                span.attributes = some(["{}", #"{"n":1e308,"team":"a"}"#, #"{"n":-9223372036854775808}"#])
                spans.append(span)
            }
            if random.chance(30) {
                var event = EventRecord(eventID: "e\(number)", kind: random.pick([.error, .fallback, .retry, .log]))
                event.time = some(StatementFuzzTests.times).map { Timestamp(nanoseconds: $0) }
                (event.message, event.model, event.traceID) = (some(texts), some(texts), random.chance(70) ? record.traceID : nil)
                events.append(event)
            }
            return (record, spans, events)
        }
        try store.load(traces, now: Stores.now)
    }

    // MARK: Statements

    private struct Maker {
        var random: SeededGenerator

        private static let nouns = ["errors", "calls", "traces", "failures", "events"]
        private static let fields = [
            "type", "class", "severity", "status", "provider", "model", "agent", "name", "kind", "outcome", "message",
            "signature",
            "latency", "ttft", "cost", "tokens", "input_tokens", "attempts", "retries", "recovered", "failed", "user", "tag",
            "hour", "weekday", "day", "week", "month", "duration", "trace", "event", "metadata.n", "release", "time",
        ]
        private static let measures = [
            "count", "calls", "errors", "error_rate", "reliability", "share", "cost", "tokens", "traces", "users", "models",
            "recovered", "recovery_time", "new", "sample", "first_seen", "last_seen", "change", "delta", "share(retries > 0)",
            "count(failed)", "sum(latency)", "avg(latency)", "p95(latency)", "p50(cost)", "max(tokens)", "min(ttft)",
            "avg(retries)",
            "common(type)", "common(model)", "distinct(day)", "per_minute(count)", "per_second(cost)", "per_minute(tokens)",
            "p99(duration)", "share(new)",
        ]
        private static let ranges = [
            "all", "last 1ns", "last 24h", "last 7d", "last 15250w", "last 106751d", "since 1678-01-01", "since 1677-01-01",
            "from 1678-01-01 to 2261-12-31", "from 2261-12-01 to 2262-01-01", "from 2262-04-01 to 2262-04-11", "on 1678-01",
            "on 2261-12-31", "on 2261-W52", "on 2026-11-21", "today", "yesterday", "around 2261-12-31 +- 9000d",
            "around 1678-01-02 +- 1d", "on $1[1]", "until 1700-01-01", "since 106751d", "from 14:00 to 13:00", "",
        ]
        private static let widths = [
            "1ns", "7m", "1h", "90m", "2h", "5h", "36h", "1d", "3d", "1w", "7w", "1mo", "120mo", "3660d", "100d", "15250w",
        ]
        private static let values = [
            "0", "1", "-1", "9223372036854775807", "1e18", "10k", "1ns", "292y", "106751d", "$0.1", "$92233720368", "5%", "5xx",
            "mon", "2026-11-21", "2262-04-11", "1677-09-21", "gpt-4o", "timeout", "(none)", "\"\"", "日本語", "23", "2261-W52",
        ]
        private static let forms = [
            "table", "csv", "json", "ndjson", "markdown", "bars", "line", "stack", "heatmap", "histogram", "scatter", "spark",
        ]

        mutating func statement() -> String {
            switch random.next() % 16 {
            case 0: return "trend " + query(by: random.chance(20), every: true)
            case 1: return "summary " + range()
            case 2: return "compare \(field()) \(value()), \(value()) " + range()
            case 3: return "why " + query(by: false, every: false)
            case 4: return "explain " + query(by: random.chance(50), every: random.chance(50))
            case 5: return "alert test when \(rule()) \(range()) \(random.chance(30) ? "step \(random.pick(Maker.widths))" : "")"
            case 6: return "trace " + random.pick(["abcdef1", "abcdef20", "$1[1]", "$1[2]", "1-0"])
            case 7:
                return random.pick(["$1", "$1[1]", "$2[3]", "$"]) + " " + clauses(by: random.chance(50), every: random.chance(30))
            case 8: return "set range " + random.pick(["106751d", "24h", "all", "1ns", "15250w"])
            case 9: return "as of " + random.pick(["now", "1677-09-22", "2262-04-11", "2026-11-21", "1970-01-01"])
            case 10:
                return "set tz "
                    + random.pick(["UTC", "Europe/Berlin", "Antarctica/Troll", "Australia/Lord_Howe", "America/St_Johns"])
            case 11: return "set detect " + random.pick(["+slow", "-slow", "+soft", "explicit", "+anomaly"])
            default: return query(by: random.chance(60), every: random.chance(40))
            }
        }

        private mutating func noun() -> String { random.pick(Maker.nouns) }
        private mutating func field() -> String { random.pick(Maker.fields) }
        private mutating func measure() -> String { random.pick(Maker.measures) }
        private mutating func value() -> String { random.pick(Maker.values) }
        private mutating func range() -> String { random.pick(Maker.ranges) }

        private mutating func condition() -> String {
            let sign = random.pick(["=", "!=", "<", ">=", "~", "is missing", "is present", "is new", "has", "in $1", ""])
            switch sign {
            case "is missing", "is present", "is new", "in $1", "": return "\(field()) \(sign)"
            case "~": return "\(field()) ~ /[a-z0-9]+/"
            case "has": return "\(field()) has \"a\""
            default: return "\(field()) \(sign) \(value())"
            }
        }

        private mutating func rule() -> String {
            let length = random.pick(["1ns", "5m", "1h", "7d", "106751d"])
            return
                "\(noun()) \(random.chance(40) ? "by \(field())" : "") \(random.chance(30) ? "where \(condition())" : "") over \(length) having \(measure()) > \(value()) \(random.chance(30) ? "for 5m" : "")"
        }

        private mutating func query(by: Bool, every: Bool) -> String { noun() + " " + clauses(by: by, every: every) }

        private mutating func clauses(by: Bool, every: Bool) -> String {
            var parts = [range()]
            if by { parts.append("by " + (0...random.next() % 2).map { _ in field() }.joined(separator: ", ")) }
            if every { parts.append("every " + random.pick(Maker.widths)) }
            if every, random.chance(15) { parts.append("over " + random.pick(Maker.widths)) }
            if random.chance(75) {
                let isListing = !by && !every && random.chance(30)
                parts.append(
                    "show " + (0...random.next() % 3).map { _ in isListing ? field() : measure() }.joined(separator: ", "))
            }
            if random.chance(40) { parts.append("where " + (random.chance(20) ? "not " : "") + condition()) }
            if random.chance(20) { parts.append("where " + condition() + random.pick([" and ", " or "]) + condition()) }
            if by || every, random.chance(20) { parts.append("having \(measure()) \(random.pick([">", "<=", "="])) \(value())") }
            if random.chance(25) { parts.append("vs " + random.pick(["previous", "1d", "7d", "1ns", "106751d", "1w"])) }
            if random.chance(30) {
                parts.append("sort " + random.pick([measure(), field()]) + random.pick(["", " asc", " desc"]))
            }
            if by, random.chance(30) { parts.append("top \(1 + random.next() % 5)") }
            if random.chance(20) { parts.append("limit " + random.pick(["1", "3", "all", "9223372036854775807"])) }
            if random.chance(15) { parts.append("as " + random.pick(Maker.forms)) }
            return parts.joined(separator: " ")
        }
    }

    private static let zones = ["UTC", "Europe/Berlin", "Antarctica/Troll", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]

    @Test("no statement traps or fails for another reason than a mistake in it")
    func statements() throws {
        for round in 0..<20 * StatementFuzzTests.rounds {
            var maker = Maker(random: SeededGenerator(seed: round))
            var environment = testEnvironment(width: 20 + Int(maker.random.next() % 140))
            environment.pinnedNow = Timestamp(
                nanoseconds: maker.random.pick(StatementFuzzTests.times + [Stores.now.nanoseconds]))
            let session = try openSession(StatementFuzzTests.store, environment)
            if let zone = environment.locations.zone(named: maker.random.pick(StatementFuzzTests.zones)) {
                session.settings.zone = zone
            }
            for number in 0..<20 {
                let text = maker.statement()
                if getenv("STATEMENT_TRACE") != nil { Output.write("\(round).\(number) \(text)\n", to: 2) }
                let reply: Reply = session.run(text)
                if reply.exit == .trouble {
                    let now = environment.pinnedNow?.nanoseconds ?? 0
                    Issue.record("round \(round), statement \(number), now \(now): \(text)\n\(reply.narration)")
                }
            }
        }
    }
}
