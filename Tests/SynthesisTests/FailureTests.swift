import Model
import Testing

@testable import Synthesis

@Suite("Failures of a synthetic history")
struct FailureTests {
    @Test("about three calls of a hundred fail", arguments: [2, 3])
    func shareIsRealistic(seed: UInt64) {
        var failed = 0
        for trace in History(HistoryPlan(calls: 12_000, days: 30, end: Histories.end, seed: seed)) {
            failed += trace.failures.count { $0.kind.isCall }
        }
        #expect((300...480).contains(failed), "2.5 to 4 per cent of 12,000")
    }

    @Test("the truth file agrees with the records")
    func truthAgrees() {
        var wrong: [String] = []
        for trace in Histories.month {
            let failures = Dictionary(uniqueKeysWithValues: trace.failures.map { ($0.spanID, $0) })
            let events = Set(trace.events.filter(\.kind.isError).compactMap(\.spanID))
            var found = 0
            for span in trace.spans {
                let evidence = FailureTests.evidence(of: span, hasErrorEvent: events.contains(span.spanID))
                if let failure = failures[span.spanID] {
                    found += 1
                    let isSame =
                        failure.evidence == evidence && failure.time == span.end && failure.agent == span.agent
                        && failure.model == span.modelRequested && failure.provider == span.provider && failure.kind == span.kind
                        && failure.traceID == span.traceID
                    if !isSame { wrong.append(span.spanID) }
                } else if !evidence.isEmpty && (span.kind.isCall || span.kind == .tool) {
                    // Only an ancestor of a failed span may show a failure that is not its own.
                    wrong.append(span.spanID)
                }
            }
            if found != trace.failures.count { wrong.append(trace.trace.traceID) }
        }
        #expect(wrong == [])
    }

    private static func evidence(of span: SpanRecord, hasErrorEvent: Bool) -> Evidence {
        var evidence: Evidence = []
        if span.status == .error { evidence.insert(.explicit) }
        if hasErrorEvent { evidence.insert(.event) }
        if span.errorField != nil { evidence.insert(.field) }
        if span.isBrokenStream { evidence.insert(.stream) }
        if span.kind == .llm && span.output == "" && span.outputTokens == 0 { evidence.insert(.empty) }
        return evidence
    }

    @Test("exactly the recovered failures have a later success of the same operation under the same parent")
    func recoveryIsTrue() {
        var wrong: [String] = []
        for trace in Histories.month {
            let failed = Set(trace.failures.map(\.spanID))
            for failure in trace.failures {
                guard let span = trace.spans.first(where: { $0.spanID == failure.spanID }) else { continue }
                let work = FailureTests.operation(of: span)
                let good = trace.spans.contains { other in
                    other.parentID == span.parentID && FailureTests.operation(of: other) == work
                        && !failed.contains(other.spanID) && other.status != .cancelled
                        && (other.start ?? Histories.end) >= (span.end ?? Histories.end)
                }
                if good != failure.isRecovered { wrong.append(span.spanID) }
            }
        }
        #expect(wrong == [])
    }

    /// The operation of a span without the model.
    private static func operation(of span: SpanRecord) -> String {
        guard let name = span.name else { return "" }
        return span.kind.isCall ? String(name.split(separator: " ")[0]) : name
    }

    @Test("every kind of evidence, recovery and soft failure occurs")
    func isVaried() {
        for evidence in [Evidence.explicit, .event, .field, .stream, .empty] {
            #expect(Histories.failures.contains { $0.evidence == evidence })
        }
        #expect(Set(Histories.failures.map(\.type)).isSuperset(of: Set(ErrorType.allCases).subtracting([.cancelled])))
        #expect(Histories.failures.contains(where: \.isRecovered) && Histories.failures.contains { !$0.isRecovered })
        #expect(Histories.failures.contains { $0.kind == .embedding } && Histories.failures.contains { $0.kind == .tool })
        let reasons = Set(Histories.calls.flatMap(\.finishReasons))
        #expect(reasons.isSuperset(of: ["length", "max_tokens", "MAX_TOKENS", "content_filter"]))
        #expect(Histories.calls.contains { $0.status == .cancelled })
        #expect(Histories.calls.contains { $0.retryOf != nil } && Histories.calls.contains { $0.fallbackFrom != nil })
        let kinds = Set(Histories.month.flatMap { $0.events.map(\.kind) })
        #expect(kinds == [.error, .fallback, .retry])
        let slow = Histories.calls.count { call in
            guard let start = call.start, let end = call.end else { return false }
            return end - start > .seconds(30)
        }
        #expect((30...1500).contains(slow))
    }

    @Test("a propagated error has the same text on every ancestor")
    func errorsPropagate() {
        var propagated = 0
        for trace in Histories.month {
            let failed = Set(trace.failures.map(\.spanID))
            for span in trace.spans where span.status == .error && !failed.contains(span.spanID) {
                propagated += 1
                let text = span.exceptionMessage ?? span.statusMessage
                #expect(
                    trace.spans.contains {
                        $0.parentID == span.spanID && $0.status == .error && ($0.exceptionMessage ?? $0.statusMessage) == text
                    })
            }
        }
        #expect(propagated > 50)
    }

    @Test("messages vary, some contain secrets, and none has an unfilled placeholder")
    func messagesAreVaried() {
        var shapes: Set<String> = [], secrets = 0, unfilled: [String] = []
        let wanted = ["sk-proj-", "sk-ant-", "AIza", "gsk_", "ghp_", "AKIA", "Bearer ", "@example.com"]
        for trace in Histories.month {
            let texts =
                trace.spans.compactMap { $0.statusMessage ?? $0.exceptionMessage ?? $0.errorField }
                + trace.events.compactMap(\.message)
            for text in texts {
                if text.utf8.contains(0x25) { unfilled.append(text) }
                shapes.insert(String(text.filter { $0.isLetter }.prefix(60)))
                if wanted.contains(where: text.contains) { secrets += 1 }
            }
        }
        #expect(unfilled == [])
        #expect(shapes.count > 80)
        #expect(secrets > 5)
    }

    @Test("every failure row can be rendered, and every provider has its own rows of the types that incidents need")
    func tableIsWhole() {
        var random = RandomSource(seed: 7)
        for row in FailureRow.all + FailureRow.tools {
            let text = row.text.text(Template.Facts(model: "m", agent: "a", tool: "t", host: "h"), &random)
            #expect(text.isEmpty == (row.shape == .empty))
            #expect(row.http.map { (400...599).contains($0) } ?? true)
        }
        for incident in Histories.plan.incidents {
            for provider in Provider.allCases where incident.provider == provider.rawValue {
                #expect(FailureTable.shared.draw(provider, incident.type, &random) != nil)
            }
        }
    }
}
