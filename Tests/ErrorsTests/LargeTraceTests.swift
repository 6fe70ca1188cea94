import Model
import TestSupport
import Testing

@testable import Errors

/// A trace drawn at random: small, with every kind of tie, gap and contradiction.
private struct RandomTrace {
    var spans: [SpanEvidence] = []
    var events: [EventEvidence] = []

    private static let messages = [
        "", "", "Request timed out.", "RateLimitError: 429 slow down, order 17", "RateLimitError: 429 slow down, order 23",
        "litellm.Timeout: Request timed out. gave up after 3", "KeyError: 'answer'", "Connection reset by peer",
        "'str' object has no attribute 'choices'",
    ]
    private static let kinds: [SpanKind] = [.llm, .llm, .embedding, .tool, .agent, .chain, .span, .unknown]
    private static let models = ["gpt-4o", "gpt-4o-2024-08-06", "claude-3"]
    private static let classes = [nil, nil, "RateLimitError", "ValueError", "openai.RateLimitError"]

    init(_ random: inout SeededGenerator) {
        let count = Int.random(in: 1...40, using: &random)
        // Of long chains, of bushes, and of trees that are torn.
        let spread = [1, 3, count].randomElement(using: &random)!
        for number in 0..<count {
            var span = SpanEvidence(spanID: "s\(number)", kind: RandomTrace.kinds.randomElement(using: &random)!)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: span.parentID = nil
            case 1: span.parentID = "absent"
            case 2: span.parentID = "s\(Int.random(in: 0..<count, using: &random))"
            default: span.parentID = number == 0 ? nil : "s\(max(0, number - Int.random(in: 1...spread, using: &random)))"
            }
            let start = Double(Int.random(in: 0...12, using: &random))
            if Int.random(in: 0..<12, using: &random) > 0 { span.start = second(start) }
            if Int.random(in: 0..<8, using: &random) > 0 {
                span.end = second(start + Double(Int.random(in: 0...12, using: &random)))
            }
            span.status = [.error, .error, .ok, .unset, .unknown].randomElement(using: &random)!
            span.hasOutput = span.status == .ok
            span.keepsOutputs = Bool.random(using: &random)
            if span.status == .error {
                span.statusMessage = RandomTrace.messages.randomElement(using: &random)!
                span.exceptionType = RandomTrace.classes.randomElement(using: &random)!
                span.httpStatus = [nil, 429, 500].randomElement(using: &random)!
            }
            span.model = [nil, RandomTrace.models.randomElement(using: &random)].randomElement(using: &random)!
            span.name = [nil, "chat gpt-4o", "step"].randomElement(using: &random)!
            span.inputDigest = [nil, 1, 2].randomElement(using: &random)!
            span.attempt = [nil, nil, 1, 2].randomElement(using: &random)!
            if Int.random(in: 0..<6, using: &random) == 0 { span.retryOf = "s\(Int.random(in: 0..<count, using: &random))" }
            if Int.random(in: 0..<8, using: &random) == 0 { span.fallbackFrom = RandomTrace.models.randomElement(using: &random) }
            spans.append(span)
        }
        for number in 0..<Int.random(in: 0...6, using: &random) {
            var event = EventEvidence(
                eventID: "e\(number)", kind: [.fallback, .retry, .error].randomElement(using: &random)!,
                spanID: Bool.random(using: &random) ? "s\(Int.random(in: 0..<count, using: &random))" : nil,
                parentID: Bool.random(using: &random) ? "s\(Int.random(in: 0..<count, using: &random))" : nil,
                time: Int.random(in: 0..<6, using: &random) == 0 ? nil : second(Double(Int.random(in: 0...24, using: &random))))
            event.model = [nil, RandomTrace.models.randomElement(using: &random)].randomElement(using: &random)!
            event.message = RandomTrace.messages.randomElement(using: &random)!
            events.append(event)
        }
        spans.shuffle(using: &random)
    }

    var graph: TraceGraph { TraceGraph(spans) }

    var bits: [Evidence] {
        spans.withUnsafeBufferPointer { spans in
            spans.indices.map { Signals.evidence(spans.baseAddress! + $0, traceKeepsCost: false) }
        }
    }

    func texts(_ bits: [Evidence]) -> [Int: FailureText] {
        var texts: [Int: FailureText] = [:]
        for index in spans.indices where !bits[index].isDisjoint(with: .default) { texts[index] = FailureText(spans[index]) }
        return texts
    }
}

@Suite("Large traces")
struct LargeTraceTests {
    @Test("propagation equals the span-by-span reference", arguments: 0..<8)
    func propagation(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<150 {
            let trace = RandomTrace(&random), graph = trace.graph, bits = trace.bits, texts = trace.texts(bits)
            let inner = Wrappers.innerCalls(trace.spans) { graph.parent[$0] }
            let quick = Propagation(graph, bits: bits, texts: texts, inner: inner)
            let plain = PlainPropagation(graph, bits: bits, texts: texts, inner: inner)
            #expect(quick.isPropagated == plain.isPropagated, "seed \(seed), round \(round)")
            for index in trace.spans.indices {
                #expect(quick.passers(of: index) == plain.passedOnBy[index] ?? [], "seed \(seed), round \(round), span \(index)")
                #expect(quick.texts[index]?.message == plain.texts[index]?.message, "seed \(seed), round \(round), span \(index)")
                #expect(quick.texts[index]?.httpStatus == plain.texts[index]?.httpStatus, "seed \(seed), round \(round)")
            }
        }
    }

    @Test("recovery equals the call-by-call reference", arguments: 0..<8)
    func recovery(seed: UInt64) {
        var random = SeededGenerator(seed: 100 + seed)
        for round in 0..<150 {
            let trace = RandomTrace(&random), graph = trace.graph, bits = trace.bits
            let wrappers = Set(trace.spans.indices.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
            let quick = Recoveries(graph, bits: bits, events: trace.events, wrappers: wrappers)
            let plain = PlainRecoveries(graph, bits: bits, events: trace.events, wrappers: wrappers)
            // Only what failed is asked about.
            func hasFailed(_ index: Int) -> Bool { !bits[index].isDisjoint(with: .default) }
            for index in trace.spans.indices where hasFailed(index) {
                let passers = graph.ancestors(of: index).filter { $0 % 3 == 0 && hasFailed($0) }
                let found = quick.recovery(of: index, passers: passers), expected = plain.recovery(of: index, passedOnBy: passers)
                #expect(found == expected, "seed \(seed), round \(round), span \(index)")
            }
            for event in trace.events {
                #expect(quick.recovery(of: event) == plain.recovery(of: event), "seed \(seed), round \(round), \(event.eventID)")
            }
        }
    }

    @Test("answer parsing errors equal the span-by-span reference", arguments: 0..<4)
    func reading(seed: UInt64) {
        var random = SeededGenerator(seed: 200 + seed)
        for round in 0..<150 {
            let graph = RandomTrace(&random).graph, quick = AnswerReading(graph)
            for index in graph.spans.indices {
                #expect(
                    quick.isOfAnswer(index) == PlainAnswerReading.isOfAnswer(index, in: graph),
                    "seed \(seed), round \(round), span \(index)")
            }
        }
    }

    /// Comparisons of texts for a chain of failed spans that say what `message` gives.
    private func comparisons(_ count: Int, _ message: (Int) -> String) -> Int { chain(count, message).comparisons }

    private func chain(_ count: Int, _ message: (Int) -> String) -> Propagation {
        let spans = (0..<count).map { number in
            failed(
                "s\(number)", .agent, in: number == 0 ? nil : "s\(number - 1)", at: 0...Double(count - number), message(number))
        }
        let graph = TraceGraph(spans)
        var texts: [Int: FailureText] = [:]
        for index in spans.indices { texts[index] = FailureText(spans[index]) }
        let propagation = Propagation(
            graph, bits: Array(repeating: .explicit, count: count), texts: texts,
            inner: Wrappers.innerCalls(spans) { graph.parent[$0] })
        for index in spans.indices { _ = propagation.passers(of: index) }
        return propagation
    }

    @Test("in a chain of equal failures, each span is compared once, at any depth")
    func chainOfEqualFailures() {
        #expect(comparisons(1200) { _ in "Request timed out." } < 4 * 1200)
        #expect(comparisons(2400) { _ in "" } < 4 * 2400)
    }

    @Test("of a deep chain of different failures few texts are read, and each pair is compared once")
    func chainOfDifferentFailures() {
        // Letters only, because signatures leave out numbers.
        func different(_ number: Int) -> String {
            var random = SeededGenerator(seed: UInt64(number))
            let letters = (0..<Int.random(in: 6...12, using: &random)).map { _ in
                Character(UnicodeScalar(UInt8.random(in: 0x61...0x7A, using: &random)))
            }
            return "the step called \(String(letters)) gave up"
        }
        for count in [1200, 2400] {
            let chain = chain(count, different)
            #expect(!chain.isPropagated.contains(true))
            // A span is compared with those at most `reach` above it.
            #expect(chain.comparisons <= count * TraceGraph.reach && chain.readings < count / 10, "\(chain.readings)")
        }
        // One that holds the text of a span far below passes it on.
        let wrapped = chain(900) {
            $0 == 20 ? "step 20: no alpha nor alpha nor lima" : $0 == 899 ? "no alpha nor alpha nor lima" : different($0)
        }
        #expect(wrapped.isPropagated.indices.filter { wrapped.isPropagated[$0] } == [20] && wrapped.passers(of: 899) == [20])
    }

    @Test("the work of deep chains and of wide trees of different failures grows in proportion to the trace")
    func growth() {
        func different(_ number: Int) -> String {
            var random = SeededGenerator(seed: UInt64(number))
            return
                "the step called \(String((0..<8).map { _ in Character(UnicodeScalar(UInt8.random(in: 0x61...0x7A, using: &random))) })) gave up"
        }
        // Twice as long, twice the work: a chain longer than `reach` compares each span with `reach` others.
        let chains = [2000, 4000, 8000].map { comparisons($0, different) }
        #expect(zip(chains, chains.dropFirst()).allSatisfy { 2 * $0 <= $1 && $1 <= 3 * $0 }, "\(chains)")
        #expect(chains[2] <= 8000 * TraceGraph.reach)
        let equal = [2000, 4000, 8000].map { comparisons($0) { _ in "Request timed out." } }
        #expect(zip(equal, equal.dropFirst()).allSatisfy { $1 <= 2 * $0 + 8 }, "\(equal)")
    }

    @Test("a retry chain is followed once, for any number of failed attempts")
    func retryChain() {
        let count = 2000
        let spans =
            (0..<count).map { number in
                failed("s\(number)", at: Double(number)...Double(number), "Request timed out.") {
                    if number > 0 { $0.retryOf = "s\(number - 1)" }
                }
            } + [span("end", at: 5000...5001) { $0.retryOf = "s\(count - 1)" }]
        let result = Assessor().assess(spans: spans, events: [])
        #expect(result.findings.count == count)
        #expect(result.findings.allSatisfy { $0.recovery == .explicit && $0.recoveredAt == second(5001) })
    }
}
