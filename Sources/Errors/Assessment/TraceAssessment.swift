import Model

/// The assessment of a trace with possible failures.
struct TraceAssessment {
    private let graph: TraceGraph
    private let events: [EventEvidence]
    private let classifier: Classifier
    private var bits: [Evidence]
    private let join: EventJoin
    private let propagation: Propagation
    private let reading: AnswerReading
    private let wrappers: [Int]

    private var spans: [SpanEvidence] { graph.spans }

    init(_ spans: [SpanEvidence], _ events: [EventEvidence], _ keepsCost: Bool, _ classifier: Classifier) {
        let graph = TraceGraph(spans)
        var bits = spans.withUnsafeBufferPointer { spans in
            spans.indices.map { index in
                spans.baseAddress.map { Signals.evidence($0 + index, traceKeepsCost: keepsCost) } ?? []
            }
        }
        let join = EventJoin(graph, events, bits: &bits)
        var texts: [Int: FailureText] = [:]
        // The result of a stopped assessment is discarded.
        for index in spans.indices where !bits[index].isDisjoint(with: .default) && !StopFlag.isRaised {
            var text = FailureText(spans[index])
            for event in join.ofSpan[index] ?? [] { text.fill(from: FailureText(events[event])) }
            texts[index] = text
        }
        let inner = Wrappers.innerCalls(spans) { graph.parent[$0] }
        let propagation = Propagation(graph, bits: bits, texts: texts, inner: inner)
        self.graph = graph
        self.events = events
        self.classifier = classifier
        self.bits = bits
        self.join = join
        self.propagation = propagation
        reading = AnswerReading(graph)
        let around = TraceAssessment.wrappers(spans, inner) {
            !bits[$0].isDisjoint(with: [.explicit, .event, .field, .stream]) && !propagation.isPropagated[$0]
        }
        wrappers = TraceAssessment.adding(copies: Wrappers.copies(in: spans), to: around) { !bits[$0].isDisjoint(with: .default) }
    }

    /// Adds copies of calls to the wrappers, ascending; of two records of a call, the only one with a failure is kept.
    static func adding(copies: [(copy: Int, original: Int)], to wrappers: [Int], hasFailed: (Int) -> Bool) -> [Int] {
        guard !copies.isEmpty else { return wrappers }
        return Set(wrappers + copies.map { hasFailed($0.copy) && !hasFailed($0.original) ? $0.original : $0.copy }).sorted()
    }

    /// Returns the spans that only repeat a call, ascending: the outer one, unless the inner one is its echo.
    ///
    /// A span with its own error is a separate call.
    static func wrappers(_ spans: [SpanEvidence], _ inner: [Int: [Int]], isError: (Int) -> Bool) -> [Int] {
        var found: Set<Int> = []
        for (outer, below) in inner {
            if below.count == 1, let only = below.first, Wrappers.isEcho(spans[only], of: spans[outer]), !isError(only) {
                found.insert(only)
            } else if !isError(outer) {
                found.insert(outer)
            }
        }
        return found.sorted()
    }

    func findings() -> TraceFindings {
        var result = TraceFindings()
        result.root = graph.root
        result.wrapperSpans = wrappers
        let isWrapper = Set(wrappers)
        let recoveries = Recoveries(graph, bits: bits, events: events, wrappers: isWrapper)
        let end = lastInstant()

        var found: [(time: Timestamp?, id: String, finding: Finding)] = []
        for index in spans.indices where !bits[index].isEmpty && !propagation.isPropagated[index] && !isWrapper.contains(index) {
            if StopFlag.isRaised { return result }
            var finding = describe(index)
            (finding.recovery, finding.recoveredAt) = recoveries.recovery(
                of: index, passers: propagation.passers(of: index))
            if finding.recovery == .open { finding.settledAt = end }
            found.append((spans[index].end ?? spans[index].start, spans[index].spanID, finding))
        }
        for index in join.lone {
            var finding = describe(FailureText(events[index]), .event, subject: .event(index), kind: nil, origin: .unknown)
            (finding.recovery, finding.recoveredAt) = recoveries.recovery(of: events[index])
            if finding.recovery == .open { finding.settledAt = end }
            found.append((events[index].time, events[index].eventID, finding))
        }
        found.sort { a, b in
            if a.time != b.time {
                guard let first = a.time, let second = b.time else { return a.time != nil }
                return first < second
            }
            return a.id < b.id
        }
        result.findings = found.map(\.finding)
        result.failed = hasFailed(result)
        return result
    }

    private func hasFailed(_ result: TraceFindings) -> Bool {
        // One of several sibling spans does not speak for the trace.
        if let root = result.root, graph.isAbove(root) {
            if !bits[root].isDisjoint(with: .default) { return true }
            if spans[root].status == .ok { return false }
        }
        return result.findings.contains { finding in
            guard finding.recovery == .open, !finding.evidence.isDisjoint(with: .default) else { return false }
            if case .span(let index) = finding.subject { return spans[index].kind.isCall }
            return true
        }
    }

    private func lastInstant() -> Timestamp? {
        var last: Timestamp?
        for time in spans.lazy.map({ $0.end ?? $0.start }) {
            if let time, last.map({ time > $0 }) ?? true { last = time }
        }
        for time in events.lazy.map(\.time) {
            if let time, last.map({ time > $0 }) ?? true { last = time }
        }
        return last
    }

    // MARK: What it is

    private func describe(_ index: Int) -> Finding {
        let span = spans[index], evidence = bits[index]
        let said = propagation.texts[index]
        let isOnlyAReason = said.map(\.isEmpty) ?? true && evidence.isDisjoint(with: [.explicit, .event, .stream])
        if !evidence.isDisjoint(with: [.explicit, .event, .field, .stream]), !isOnlyAReason || !QuietEvidence.hasReason(span) {
            return describe(
                propagation.texts[index] ?? FailureText(span), evidence, subject: .span(index), kind: span.kind,
                origin: span.origin)
        }
        let quiet = QuietEvidence(span, evidence)
        return Finding(
            subject: .span(index), evidence: evidence, type: quiet.type, severity: quiet.severity, rule: quiet.rule,
            origin: span.origin == .unknown ? quiet.type.usualOrigin : span.origin, httpStatus: span.httpStatus, code: nil,
            message: quiet.message, signature: quiet.message, recovery: .open, recoveredAt: nil, settledAt: nil)
    }

    private func describe(
        _ text: FailureText, _ evidence: Evidence, subject: FindingSubject, kind: SpanKind?, origin: ErrorOrigin
    ) -> Finding {
        var message = text.message
        if message.isEmpty {
            message = text.exceptionClass ?? text.code ?? text.type ?? text.httpStatus.map { "HTTP \($0)" } ?? ""
        }
        var found =
            classifier.classify(
                ErrorText(
                    text: message, httpStatus: text.httpStatus, exceptionClass: text.exceptionClass, code: text.code,
                    providerType: text.type, isKnownFailure: true)) ?? .unknown(httpStatus: text.httpStatus, code: text.code)
        if found.type == .unknown, evidence.contains(.stream) {
            (found.type, found.severity, found.rule) = (.networkError, ErrorType.networkError.severity, "evidence.stream")
        }
        if found.type == .unknown, kind == .tool {
            (found.type, found.severity, found.rule, found.origin) = (
                .toolError, ErrorType.toolError.severity, "evidence.tool", .tool
            )
        }
        if found.rule == AnswerReading.rule, case .span(let index) = subject, reading.isOfAnswer(index) {
            (found.type, found.severity, found.rule) = (.parseError, ErrorType.parseError.severity, "evidence.answer")
        }
        // Redacted before truncation, so that no part of a secret remains.
        let shown = TraceAssessment.cut(Redactor.redact(TraceAssessment.cut(message, at: 4 * TraceAssessment.messageLimit)))
        return Finding(
            subject: subject, evidence: evidence, type: found.type, severity: found.severity, rule: found.rule,
            origin: origin == .unknown ? found.origin : origin, httpStatus: found.httpStatus,
            code: found.code.map(Redactor.redact), message: shown,
            signature: signature(of: shown, text.exceptionClass), recovery: .open, recoveredAt: nil, settledAt: nil)
    }

    /// Returns the signature; for a message without text, such as that of `KeyError('order-7')`, prefixed with the class.
    private func signature(of message: String, _ exceptionClass: String?) -> String {
        let signature = Signature.of(message)
        guard let exceptionClass, !signature.isEmpty, !signature.utf8.contains(where: { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }),
            !signature.unicodeScalars.contains(where: { $0.value > 0x7F && $0 != "…" })
        else { return signature }
        return Signature.of("\(FailureText.lastPart(exceptionClass)): \(message)")
    }

    /// Maximum length of a finding's message, in bytes.
    static let messageLimit = 4096

    /// Returns the text truncated to `limit` bytes, not inside a character.
    static func cut(_ text: String, at limit: Int = messageLimit) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: limit - 3)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end]) + "…"
    }
}

/// The error type of evidence without a message.
private struct QuietEvidence {
    var type: ErrorType, severity: Severity, rule: String, message: String

    init(_ span: SpanEvidence, _ evidence: Evidence) {
        let reason = span.finishReasons.map { FinishReason($0) }.first { $0.isSoft }
        if reason == .failed, let word = span.finishReasons.first(where: { FinishReason($0) == .failed }) {
            let isOfTool = ["tool", "function", "malformed"].contains { word.lowercased().contains($0) }
            self.init(
                isOfTool ? .parseError : .serverError, isOfTool ? ErrorType.parseError.severity : ErrorType.serverError.severity,
                "evidence.finish", "the model stopped with the reason \(word)")
        } else if reason == .filtered {
            self.init(.contentFilter, .warning, "evidence.finish", "the answer was cut off by a content filter")
        } else if !evidence.isDisjoint(with: [.empty, .anomaly]), evidence.contains(.slow), span.outputTokens == 0 {
            self.init(
                .timeout, ErrorType.timeout.severity, "evidence.timeout",
                "the call took longer than 30 s and gave no output tokens")
        } else if evidence.contains(.empty) {
            self.init(.parseError, .warning, "evidence.empty", "the call ended without any output")
        } else if evidence.contains(.soft), reason == .length {
            self.init(.unknown, .info, "evidence.finish", "the answer was cut off at its greatest length")
        } else if evidence.contains(.soft) {
            self.init(.cancelled, .info, "evidence.cancelled", "the call was cancelled")
        } else if evidence.contains(.slow) {
            self.init(.timeout, .warning, "evidence.slow", "the call took longer than 30 s")
        } else {
            self.init(.unknown, .info, "evidence.anomaly", "input tokens were counted, but no cost")
        }
    }

    /// True when the reason for which the model stopped says what failed.
    static func hasReason(_ span: SpanEvidence) -> Bool {
        span.finishReasons.contains { [.failed, .filtered].contains(FinishReason($0)) }
    }

    private init(_ type: ErrorType, _ severity: Severity, _ rule: String, _ message: String) {
        self.type = type
        self.severity = severity
        self.rule = rule
        self.message = message
    }
}
