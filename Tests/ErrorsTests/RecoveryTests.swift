import Errors
import Model
import TestSupport
import Testing

@Suite("Recovery and failed traces")
struct RecoveryTests {
    let assessor = Assessor()

    @Test("the next call of the same parent and operation recovers")
    func inferred() throws {
        let result = assessor.assess(
            spans: [
                span("root", .agent, at: 0...9, status: .unset),
                failed("a", in: "root", at: 1...2, name: "chat gpt-4o", "Connection error.") { $0.model = "gpt-4o" },
                span("b", in: "root", at: 3...4, name: "chat gpt-4o-mini") { $0.model = "gpt-4o-mini" },
            ], events: [])
        let finding = try #require(result.findings.first)
        #expect(finding.recovery == .inferred && finding.recoveredAt == second(4) && finding.settledAt == nil)
        #expect(!result.failed)
    }

    @Test("with sibling calls only, a trace failed if any error stayed open")
    func flat() {
        func call(_ id: String, _ from: Double, in parent: String? = nil, fails: Bool) -> SpanEvidence {
            span(id, in: parent, at: from...(from + 1), name: "chat", status: fails ? .error : .ok) {
                $0.statusMessage = fails ? "Request timed out." : nil
            }
        }
        for parent in [nil, "absent"] {
            func isFailed(_ fails: [Bool]) -> Bool {
                let calls = fails.enumerated().map { call("c\($0)", Double(2 * $0), in: parent, fails: $1) }
                return assessor.assess(spans: calls, events: []).failed
            }
            #expect(!isFailed([true, false]), "the first recovered")
            #expect(!isFailed([false, true, false]), "a later one recovered")
            #expect(isFailed([false, true]), "the last one stayed open")
            #expect(isFailed([true]) && !isFailed([false]))
        }
        // A span around the others speaks for them, with or without links to it.
        let around = span("agent", .agent, at: 0...20, status: .ok)
        #expect(!assessor.assess(spans: [around, call("a", 1, fails: false), call("b", 3, fails: true)], events: []).failed)
        #expect(
            !assessor.assess(
                spans: [span("agent", .agent, at: 0...1, status: .ok), call("a", 1, in: "agent", fails: true)], events: []
            ).failed)
    }

    @Test("other operations, inputs, parents and overlapping calls do not recover")
    func notRecovered() {
        let broken = failed("a", in: "root", at: 1...2, name: "pick", "Connection error.") { $0.inputDigest = 7 }
        for other in [
            span("b", in: "root", at: 3...4, name: "answer"),
            span("b", in: "root", at: 3...4, name: "pick") { $0.inputDigest = 8 },
            span("b", in: "elsewhere", at: 3...4, name: "pick"), span("b", in: "root", at: 1.5...4, name: "pick"),
            span("b", .tool, in: "root", at: 3...4, name: "pick"), span("b", in: "root", at: 0...1, name: "pick"),
            failed("b", in: "root", at: 3...4, name: "pick", "Request timed out."),
            span("b", in: "root", at: 3...4, name: "pick", status: .cancelled),
        ] {
            let result = assessor.assess(spans: [span("root", .agent, at: 0...9, status: .unset), broken, other], events: [])
            #expect(result.findings.allSatisfy { $0.recovery == .open && $0.settledAt == second(9) }, "\(other)")
            #expect(result.failed)
        }
    }

    @Test("an immediate successor with another model is a fallback, despite a different input")
    func otherModel() {
        func call(_ id: String, _ from: Double, _ model: String, digest: Int64, fails: Bool) -> SpanEvidence {
            span(id, in: "p", at: from...(from + 1), name: "ChatCompletion", status: fails ? .error : .ok) {
                $0.model = model
                $0.inputDigest = digest
            }
        }
        let turned = assessor.assess(
            spans: [call("a", 1, "m-1", digest: 1, fails: true), call("b", 3, "m-2", digest: 2, fails: false)], events: [])
        #expect(turned.findings.first?.recovery == .inferred)
        let later = assessor.assess(
            spans: [
                call("a", 1, "m-1", digest: 1, fails: true), call("b", 3, "m-1", digest: 5, fails: false),
                call("c", 5, "m-2", digest: 2, fails: false),
            ], events: [])
        #expect(later.findings.first?.recovery == .open)
    }

    @Test("links between attempts give explicit recovery, up to the first success")
    func links() {
        let result = assessor.assess(
            spans: [
                failed("a", in: "p", at: 1...2, "Connection error."),
                failed("b", in: "q", at: 2...3, "Connection error.") { $0.retryOf = "a" },
                span("c", in: "r", at: 3...4) { $0.fallbackFrom = "b" },
            ], events: [])
        #expect(result.findings.map(\.recovery) == [.explicit, .explicit])
        #expect(result.findings.map(\.recoveredAt) == [second(4), second(4)])
    }

    @Test("attempt numbers and fallback events make a recovery explicit")
    func told() {
        let counted = assessor.assess(
            spans: [
                failed("a", in: "p", at: 1...2, "Connection error.") { $0.attempt = 1 },
                span("b", in: "p", at: 3...4) { $0.attempt = 2 },
            ], events: [])
        #expect(counted.findings.first?.recovery == .explicit)
        let turned = assessor.assess(
            spans: [
                failed("a", in: "p", at: 1...2, "Connection error.") { $0.model = "m-1" },
                span("b", in: "p", at: 3...4) { $0.model = "m-2" },
            ],
            events: [event("f", .fallback, of: "p", 2.5) { $0.model = "m-1" }])
        #expect(turned.findings.first?.recovery == .explicit)
    }

    @Test("repeating a failed step recovers the errors in it")
    func stepRepeated() {
        let result = assessor.assess(
            spans: [
                span("root", .agent, at: 0...9), failed("s1", .chain, in: "root", at: 1...3, name: "plan", "Request timed out."),
                failed("c1", in: "s1", at: 1...2, "Request timed out."), span("s2", .chain, in: "root", at: 4...6, name: "plan"),
                span("c2", in: "s2", at: 4...5),
            ], events: [])
        #expect(result.spans == [2])
        #expect(result.findings.first?.recovery == .inferred && result.findings.first?.recoveredAt == second(6))
    }

    @Test("a root with status OK handled its errors, a failed one did not, and without a status its errors decide")
    func failedTraces() {
        func isFailed(_ root: SpanStatus, _ call: SpanEvidence) -> Bool {
            assessor.assess(spans: [span("root", .agent, at: 0...9, status: root), call], events: []).failed
        }
        let broken = failed("a", in: "root", at: 1...2, "Connection error.")
        #expect(!isFailed(.ok, broken))
        #expect(isFailed(.error, broken))
        #expect(isFailed(.error, span("a", in: "root", at: 1...2)))
        #expect(isFailed(.unset, broken))
        #expect(isFailed(.unknown, broken))
        #expect(!isFailed(.unset, failed("t", .tool, in: "root", at: 1...2, "no city")))
        #expect(!isFailed(.unset, span("a", in: "root", at: 0...40)))
    }

    @Test("findings are sorted by time, then id")
    func order() {
        let result = assessor.assess(
            spans: [
                failed("z", at: 5...6, "b"), failed("y", at: 5...6, "c"), failed("x", at: 0...9, "d"),
                failed("w", at: 1...2, "a"),
            ], events: [])
        #expect(result.spans == [3, 1, 0, 2])
    }

    @Test("a trace with many failed spans and events is assessed in reasonable time")
    func large() {
        var spans = [span("root", .agent, at: 0...9000, status: .unset)], events: [EventEvidence] = []
        for index in 0..<250 {
            let time = Double(index)
            spans.append(failed("m\(index)", .span, in: "root", at: time...(time + 1), "mark \(index) failed"))
            spans.append(failed("c\(index)", in: "m\(index)", at: time...(time + 0.5), "Connection error \(index)."))
            events.append(event("e\(index)", .error, time, "log line \(index)") { $0.model = "m-\(index)" })
        }
        let result = assessor.assess(spans: spans, events: events)
        #expect(result.failed && result.findings.count >= 250)
    }

    @Test("the result does not depend on the order of spans and events", arguments: 0..<120)
    func shuffled(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) &+ 77)
        let (spans, events) = randomTrace(&random)
        let expected = named(assessor.assess(spans: spans, events: events), spans, events)
        for _ in 0..<3 {
            let other = spans.shuffled(using: &random), others = events.shuffled(using: &random)
            let found = named(assessor.assess(spans: other, events: others), other, others)
            #expect(found == expected, "seed \(seed)")
        }
    }

    /// The result with ids in the place of indices.
    private func named(_ result: TraceFindings, _ spans: [SpanEvidence], _ events: [EventEvidence]) -> [String] {
        var lines = result.findings.map { finding in
            var finding = finding
            let id: String
            switch finding.subject {
            case .span(let index): id = spans[index].spanID
            case .event(let index): id = events[index].eventID
            }
            finding.subject = .span(0)
            return "\(id) \(finding)"
        }
        lines.append("wrappers \(result.wrapperSpans.map { spans[$0].spanID }.sorted())")
        lines.append("failed \(result.failed) root \(result.root.map { spans[$0].spanID } ?? "")")
        return lines
    }

    private func randomTrace(_ random: inout SeededGenerator) -> ([SpanEvidence], [EventEvidence]) {
        let messages = ["Connection error.", "Request timed out.", "RateLimitError: Too many requests", "", "KeyError: 'x'"]
        let kinds: [SpanKind] = [.llm, .llm, .llm, .agent, .chain, .tool, .span, .embedding]
        let count = Int.random(in: 1...40, using: &random)
        var spans: [SpanEvidence] = [], events: [EventEvidence] = []
        for index in 0..<count {
            let parent = Int.random(in: 0..<(count + 3), using: &random)
            let from = Double(Int.random(in: 0...20, using: &random)),
                status = [SpanStatus.ok, .error, .unset, .error].randomElement(using: &random)!
            spans.append(
                span(
                    "s\(index)", kinds.randomElement(using: &random)!,
                    in: parent == index || Bool.random(using: &random) ? nil : "s\(parent)",
                    at: from...(from + Double(Int.random(in: 0...20, using: &random))),
                    name: ["chat m-1", "pick", nil].randomElement(using: &random)!,
                    status: status
                ) { span in
                    span.model = ["m-1", "m-2", nil].randomElement(using: &random)!
                    if status == .error { span.statusMessage = messages.randomElement(using: &random)! }
                    if Int.random(in: 0..<6, using: &random) == 0 {
                        span.retryOf = "s\(Int.random(in: 0..<count, using: &random))"
                    }
                })
        }
        for index in 0..<Int.random(in: 0...6, using: &random) {
            events.append(
                event(
                    "e\(index)", [.error, .exception, .fallback].randomElement(using: &random)!,
                    of: Bool.random(using: &random) ? "s\(Int.random(in: 0..<count, using: &random))" : nil,
                    Double(Int.random(in: 0...20, using: &random)), messages.randomElement(using: &random)!
                ) { $0.model = ["m-1", nil].randomElement(using: &random)! })
        }
        return (spans, events)
    }
}
