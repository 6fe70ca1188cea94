import Model
import TestSupport

/// Traces made to be awkward: times on the boundaries of buckets and equal times, missing values everywhere, error events
/// that belong to no call, several kinds of evidence at once, spans that are no calls, texts in many scripts.
struct AwkwardHistory {
    typealias Trace = (TraceRecord, [SpanRecord], [EventRecord])

    /// Places in time: two nights in which clocks change in Europe, a plain one, and the first day of 1970.
    static let spring: Int64 = 1_774_738_800  // 2026-03-28T23:00:00Z
    static let autumn: Int64 = 1_792_886_400  // 2026-10-25T00:00:00Z
    static let november: Int64 = 1_795_219_200  // 2026-11-21T00:00:00Z
    static let epoch: Int64 = 0
    static let places = [spring, autumn, november, epoch]

    private var random: SeededGenerator
    private var spanCount = 0
    private var times: [Int64] = []

    static func traces(seed: UInt64, count: Int) -> [Trace] {
        var history = AwkwardHistory(random: SeededGenerator(seed: seed))
        return (0..<count).map { history.trace($0) }
    }

    private init(random: SeededGenerator) { self.random = random }

    private mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int(random.next() % UInt64(choices.count))] }

    /// One of these, or nothing.
    private mutating func some<T>(_ choices: [T]) -> T? { chance(30) ? nil : pick(choices) }

    /// A time near one of the places: on a boundary, just beside one, equal to an earlier one, or anywhere.
    private mutating func time() -> Int64 {
        let second: Int64 = 1_000_000_000
        let place = pick(
            chance(15) ? [AwkwardHistory.epoch] : [AwkwardHistory.spring, AwkwardHistory.autumn, AwkwardHistory.november])
        let spread: Int64 = chance(80) ? 30 * 3600 : 12 * 86_400
        let around = (place + Int64(random.next() % UInt64(2 * spread)) - spread) * second
        func floored(_ width: Int64) -> Int64 { floorDivide(around, width * second) * width * second }
        switch random.next() % 10 {
        case 0: return floored(60)
        case 1: return floored(3600)
        case 2: return floored(86_400)
        case 3: return floored(3600) - 1
        case 4: return floored(1800) + 1
        case 5 where !times.isEmpty: return pick(times)
        default: return around + Int64(random.next() % 1_000_000_000)
        }
    }

    private mutating func trace(_ number: Int) -> Trace {
        var record = TraceRecord(traceID: String(number, radix: 16) + "abcdef0")
        record.project = pick(["", "", "alpha"])
        record.name = some(["checkout", "Übersetzung", "rag"])
        record.user = some(["u1", "u2", "ü3", "u4"])
        record.session = some(["s1", "s2"])
        record.environment = some(["production", "staging"])
        record.release = some(["1.9", "1.10"])
        record.service = some(["web", "batch"])
        record.tags = pick([[], [], ["vip"], ["vip", "beta"], ["日本"]])
        record.status = pick([.unknown, .unknown, .ok, .error])
        let start = time()
        times.append(start)
        var spans: [SpanRecord] = [], events: [EventRecord] = []
        for _ in 0..<(1 + random.next() % 5) {
            spans.append(span(near: start, parents: spans.map(\.spanID), project: record.project, trace: record.traceID))
        }
        for _ in 0..<(chance(30) ? 1 + random.next() % 2 : 0) {
            var event = self.event(near: start, spans: spans.map(\.spanID))
            event.project = record.project
            event.traceID = chance(80) ? record.traceID : nil
            events.append(event)
        }
        return (record, spans, events)
    }

    private mutating func span(near start: Int64, parents: [String], project: String, trace: String) -> SpanRecord {
        spanCount += 1
        var span = SpanRecord(
            spanID: "5" + String(repeating: "0", count: 8 - String(spanCount).count) + String(spanCount),
            kind: pick([.llm, .llm, .llm, .llm, .embedding, .tool, .agent, .chain]))
        span.project = project
        span.traceID = trace
        span.parentID = chance(60) ? parents.first : nil
        span.name = some(["chat", "chat gpt-4o", "suche nach Ägypten", "tool.call"])
        let begin = chance(70) ? start + Int64(random.next() % 120) * 500_000_000 : time()
        let length: Int64 = pick([
            0, 1, 999_999, 10_000_000, 1_500_000_000, 1_500_000_000, 29_999_999_999, 30_000_000_000, 45_000_000_001,
        ])
        if chance(92) { span.start = Timestamp(nanoseconds: begin) }
        if chance(92) { span.end = Timestamp(nanoseconds: begin + length) }
        if span.start == nil || span.end == nil, chance(40) { span.reportedLatency = .nanoseconds(length) }
        if let start = span.start, chance(30) { span.firstToken = start + .milliseconds(Int64(random.next() % 900)) }
        span.modelRequested = some(["gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "通义千问", "GPT-4o"])
        span.provider = some(["openai", "anthropic", "openai"])
        span.host = some(["azure", "api.openai.com"])
        span.agent = some(["planner", "writer", "Prüfer"])
        span.user = chance(20) ? "u9" : nil
        span.session = chance(20) ? "s9" : nil
        span.tags = chance(10) ? ["span-tag"] : []
        span.promptName = chance(20) ? "answer" : nil
        span.promptVersion = chance(20) ? pick(["3", "4-beta"]) : nil
        span.cachedInputTokens = chance(20) ? pick([0, 16, 90_000]) : nil
        span.reasoningTokens = chance(10) ? pick([0, 300]) : nil
        span.attempt = chance(15) ? Int(1 + random.next() % 3) : nil
        span.retryOf = chance(8) ? "span-of-a-retry" : nil
        span.finishReasons = chance(60) ? [pick(["stop", "stop", "length", "content_filter"])] : []
        span.inputTokens = some([0, 1, 17, 120_000])
        span.outputTokens = some([0, 5, 5, 800])
        span.totalTokens = chance(10) ? 42 : nil
        span.cost = some([0, 1, 2_000_000, 5_000_001]).map { Money(units: $0) }
        span.input = some(["frage", "question"])
        span.output = chance(70) ? "an answer that says something" : nil
        span.requestID = chance(30) ? "req_\(spanCount)" : nil
        span.attemptsMade = chance(20) ? Int(1 + random.next() % 3) : nil
        span.fallbackFrom = chance(8) ? "gpt-4o" : nil
        span.attributes = metadata()
        if chance(40) { fail(&span) }
        return span
    }

    private mutating func metadata() -> String? {
        pick([
            nil, nil, "{}", #"{"team":"search","n":5}"#, #"{"team":"ads","n":2.5,"flag":true}"#, #"{"a":{"b":"deep"},"team":""}"#,
            #"{"a.b":"flat","n":"many","flag":false}"#, #"{"team":null,"n":-3,"日本":"東京"}"#,
        ])
    }

    private static let failures: [(String, Int?)] = [
        ("Rate limit exceeded for requests", 429), ("insufficient_quota: you exceeded your current quota", 429),
        ("Incorrect API key provided", 401), ("This model's maximum context length is 8192 tokens", 400),
        ("The server had an error while processing your request", 500), ("Overloaded", 529), ("Request timed out.", nil),
        ("Connection reset by peer", nil), ("Ungültige Antwort: 100% kaputt_wirklich", nil), ("とても悪いエラー", 418), ("", nil),
    ]

    private mutating func fail(_ span: inout SpanRecord) {
        let (message, status) = pick(AwkwardHistory.failures)
        switch random.next() % 7 {
        case 0, 1:
            span.status = .error
            span.statusMessage = message.isEmpty ? nil : message
        case 2:
            span.exceptionType = pick(["RateLimitError", "TimeoutError", "CancelledError"])
            span.exceptionMessage = message.isEmpty ? nil : message
            span.status = .error
        case 3: span.errorField = message.isEmpty ? "failed" : message
        case 4: span.isBrokenStream = true
        case 5:
            span.status = .error
            span.errorField = message.isEmpty ? nil : message
            span.isBrokenStream = chance(50)
        default:
            span.output = nil
            span.input = "frage"
            span.outputTokens = nil
        }
        span.httpStatus = chance(70) ? status : nil
        span.errorCode = chance(30) ? pick(["insufficient_quota", "rate_limit_exceeded", "E42"]) : nil
    }

    private mutating func event(near start: Int64, spans: [String]) -> EventRecord {
        spanCount += 1
        var event = EventRecord(eventID: "e\(spanCount)", kind: pick([.error, .error, .exception, .log, .fallback]))
        event.time = chance(95) ? Timestamp(nanoseconds: chance(60) ? start : time()) : nil
        event.spanID = chance(40) ? spans.first : nil
        let (message, status) = pick(AwkwardHistory.failures)
        event.message = message.isEmpty ? nil : message
        event.httpStatus = status
        event.model = some(["gpt-4o", "only-in-events"])
        event.provider = some(["openai", "events-only"])
        event.name = some(["fallback", "Fehler"])
        return event
    }
}
