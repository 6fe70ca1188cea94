import Model
import TestSupport

/// A small seeded heap of records: traces in pieces, several versions of one row, failures, lone events, odd values.
struct RandomRecords {
    private var random: SeededGenerator
    private static let models = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "llama-3"]
    private static let messages = [
        "Error code: 429 - Rate limit reached", "Connection error.", "Request timed out.",
        "Error code: 400 - prompt is too long: 210000 tokens > 200000 maximum",
    ]
    /// A midnight, so that hours and days have first instants among the times.
    static let start: Int64 = 1_763_683_200_000_000_000

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    private mutating func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }

    private mutating func instant() -> Timestamp {
        // A third on first instants of minutes, hours or days.
        let nanoseconds = Int64.random(in: 0..<172_800_000_000_000, using: &random)
        let grid: Int64 = pick([1, 1, 1, 1, 60_000_000_000, 3_600_000_000_000, 86_400_000_000_000])
        return Timestamp(nanoseconds: RandomRecords.start + nanoseconds / grid * grid)
    }

    /// All versions of all rows of `traces` traces, in no useful order.
    mutating func records(traces: Int) -> [Record] {
        var records: [Record] = []
        for number in 0..<traces {
            let trace = "trace\(number)", project = pick(["", "", "shop"])
            for index in 0..<Int.random(in: 1...6, using: &random) {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    var record = span(trace, index)
                    record.project = project
                    records.append(.span(record))
                }
            }
            if chance(0.5) {
                for _ in 0..<Int.random(in: 1...2, using: &random) { records.append(.trace(self.trace(trace, project))) }
            }
            if chance(0.4) {
                for index in 0..<Int.random(in: 1...2, using: &random) {
                    var event = event("\(trace)-event\(index)")
                    event.project = project
                    event.traceID = trace
                    if chance(0.5) { event.spanID = "span\(Int.random(in: 0..<6, using: &random))" }
                    records.append(.event(event))
                    if chance(0.3) {
                        event.message = "longer: " + (event.message ?? "")
                        records.append(.event(event))
                    }
                }
            }
            if chance(0.2) {
                var event = event("lone\(number)")
                records.append(.event(event))
                if chance(0.5) {
                    event.time = event.time.map { $0 + .seconds(1) }
                    records.append(.event(event))
                }
            }
            if chance(0.2) {
                var score = ScoreRecord(scoreID: "score\(number)", name: "helpful")
                score.traceID = trace
                score.number = Double.random(in: 0...1, using: &random)
                score.time = instant()
                records.append(.score(score))
            }
            if chance(0.1) {
                var alone = span("", number)
                alone.traceID = nil
                records.append(.span(alone))
            }
        }
        return records.shuffled(using: &random)
    }

    private mutating func span(_ trace: String, _ index: Int) -> SpanRecord {
        var span = SpanRecord(spanID: "span\(index)", kind: pick([.llm, .llm, .llm, .tool, .agent, .chain, .embedding]))
        span.traceID = trace
        if index > 0, chance(0.8) { span.parentID = "span\(Int.random(in: 0..<6, using: &random))" }
        if chance(0.95) { span.start = instant() }
        if let start = span.start, chance(0.9) { span.end = start + .milliseconds(Int64.random(in: -5...40_000, using: &random)) }
        if chance(0.2) { span.reportedLatency = .milliseconds(Int64.random(in: 0...9000, using: &random)) }
        span.name = pick(["chat", "answer", nil])
        if span.kind.isCall || chance(0.2) { span.modelRequested = pick(RandomRecords.models) }
        if chance(0.3) { span.provider = pick(["openai", "azure"]) }
        if chance(0.4) { span.agent = pick(["support", "research", "billing"]) }
        if chance(0.3) { span.environment = pick(["production", "staging"]) }
        if chance(0.3) { span.user = pick(["ann", "bob"]) }
        if chance(0.7) { span.inputTokens = Int64.random(in: 0...5000, using: &random) }
        if chance(0.7) { span.outputTokens = Int64.random(in: 0...900, using: &random) }
        if chance(0.6) { span.cost = Money(units: Int64.random(in: 0...9_000_000, using: &random)) }
        if chance(0.03) { span.totalTokens = .max }
        if chance(0.7) { span.input = "question \(Int.random(in: 0...9, using: &random))" }
        if chance(0.6) { span.output = "answer \(Int.random(in: 0...9, using: &random))" }
        if chance(0.2) { span.finishReasons = [pick(["stop", "length", "content_filter"])] }
        if chance(0.2) { span.tags = ["vip", "a \"quoted\", one"] }
        span.status = pick([.ok, .ok, .unset, .unset, .error])
        if span.status == .error { span.statusMessage = pick(RandomRecords.messages) }
        if chance(0.1) { span.httpStatus = pick([200, 429, 500]) }
        if chance(0.5) { span.updatedAt = Timestamp(nanoseconds: RandomRecords.start + Int64.random(in: 0...3, using: &random)) }
        if chance(0.2) { span.attributes = "{\"n\":\(Int.random(in: 0...9, using: &random))}" }
        return span
    }

    private mutating func trace(_ id: String, _ project: String) -> TraceRecord {
        var trace = TraceRecord(traceID: id)
        trace.project = project
        if chance(0.7) { trace.name = pick(["checkout", "support"]) }
        if chance(0.7) { trace.start = instant() }
        if chance(0.5) { trace.user = pick(["carl", "dora"]) }
        if chance(0.5) { trace.environment = pick(["production", "staging"]) }
        if chance(0.3) { trace.tags = ["eu"] }
        if chance(0.3) { trace.input = "hello" }
        if chance(0.5) { trace.updatedAt = Timestamp(nanoseconds: RandomRecords.start + Int64.random(in: 0...3, using: &random)) }
        return trace
    }

    private mutating func event(_ id: String) -> EventRecord {
        var event = EventRecord(eventID: id, kind: pick([.log, .error, .error, .exception, .fallback, .retry]))
        event.time = instant()
        event.name = pick(["llm_call_failed", "note"])
        event.message = pick(RandomRecords.messages)
        event.model = pick(RandomRecords.models)
        return event
    }

    /// Cuts records into files of random sizes, in a random order.
    mutating func files(_ records: [Record]) -> [[Record]] {
        var files: [[Record]] = [], rest = records.shuffled(using: &random)[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...60, using: &random))
            files.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return files
    }
}
