import Model

/// The evidence in a span itself.
enum Signals {
    /// Latency above which a call counts as slow.
    static let slowNanoseconds: Int64 = 30_000_000_000

    /// Returns the evidence of one span; a few comparisons settle the common case, a successful span.
    ///
    /// Takes a pointer, because copying a span costs more than evaluating it.
    static func evidence(_ span: UnsafePointer<SpanEvidence>, traceKeepsCost: Bool) -> Evidence {
        var bits: Evidence = []
        if span.pointee.status == .error || span.pointee.level.map(isErrorLevel) == true { bits.insert(.explicit) }
        if let field = span.pointee.errorField, hasValue(field) { bits.insert(.field) }
        if span.pointee.status != .ok {
            if let type = span.pointee.errorType, hasValue(type) { bits.insert(.field) }
            if let status = span.pointee.httpStatus, status >= 400, span.pointee.kind.isCall { bits.insert(.field) }
            if span.pointee.status == .cancelled || span.pointee.httpStatus == 499 { bits.insert(.soft) }
        }
        if span.pointee.isBrokenStream { bits.insert(.stream) }
        var isFiltered = false
        for reason in span.pointee.finishReasons {
            let reason = FinishReason(reason)
            if reason.isSoft { bits.insert(.soft) }
            if reason == .filtered { isFiltered = true }
            // The provider says by this that no answer came that anybody can use. A filtered answer is degraded where the source
            // shows what came through; where it does not, the provider's word is all there is.
            if reason == .failed
                || reason == .filtered && !span.pointee.keepsOutputs && !span.pointee.hasOutput && !span.pointee.hasToolCalls
            {
                bits.insert(.field)
            }
        }
        if !bits.isEmpty, ControlFlow.hasSteered(span.pointee) { return [] }
        if span.pointee.exceptionType.map(isCancellation) == true { bits.insert(.soft) }
        guard span.pointee.kind.isCall, span.pointee.end != nil else { return bits }
        if span.pointee.isCutStream { bits.insert(.stream) }

        let isSlow = isSlow(span)
        if isSlow { bits.insert(.slow) }
        guard bits.isDisjoint(with: .default) else { return bits }
        let hasNoOutputTokens = span.pointee.outputTokens.map { $0 == 0 } ?? span.pointee.countsOutputTokens
        // An answer withheld by a filter is explained: it is soft evidence, with or without text.
        if span.pointee.kind == .llm, hasNoOutputTokens, !span.pointee.hasOutput, span.pointee.keepsOutputs, !isFiltered,
            !span.pointee.hasToolCalls, span.pointee.status != .inProgress, span.pointee.status != .cancelled,
            span.pointee.exceptionType.map(isCancellation) != true
        {
            bits.insert(.empty)
        }
        if span.pointee.cost == nil, traceKeepsCost, let tokens = span.pointee.inputTokens, tokens > 0 { bits.insert(.anomaly) }
        if span.pointee.kind == .llm, span.pointee.outputTokens == 0, isSlow { bits.insert(.anomaly) }
        return bits
    }

    /// Returns true when the span took longer than the limit.
    static func isSlow(_ span: UnsafePointer<SpanEvidence>) -> Bool {
        span.pointee.latency.map { $0.inNanoseconds > slowNanoseconds } ?? false
    }

    /// Returns true for ERROR and more severe levels; WARNING is not an error.
    static func isErrorLevel(_ level: String) -> Bool {
        switch level {
        case "DEFAULT", "DEBUG", "INFO", "WARNING", "": false
        case "ERROR", "error": true
        default:
            switch level.lowercased() {
            case "error", "err", "fatal", "critical", "alert", "emergency", "panic", "severe": true
            default: false
            }
        }
    }

    /// Returns false for values of an error field that mean no error.
    static func hasValue(_ field: String) -> Bool {
        guard field.utf8.count <= 12 else { return field.utf8.contains { $0 > 0x20 } }
        switch field.lowercased().filter({ !$0.isWhitespace }) {
        case "", "null", "none", "nil", "false", "0", "{}", "[]", "\"\"", "''", "ok", "undefined": return false
        default: return true
        }
    }

    /// Returns true for the exception classes with which a runtime cancels a task.
    static func isCancellation(_ exceptionClass: String) -> Bool {
        let name =
            exceptionClass.utf8.lastIndex(of: 0x2E).map { exceptionClass[exceptionClass.utf8.index(after: $0)...] }
            ?? exceptionClass[...]
        switch name {
        case "CancelledError", "CanceledError", "AbortError", "APIUserAbortError", "OperationCanceledException",
            "TaskCanceledException",
            "CancellationException", "GeneratorExit", "ClientDisconnect", "ClientDisconnected", "KeyboardInterrupt":
            return true
        default: return false
        }
    }
}

/// The finish reason of a model, as far as it matters for errors.
enum FinishReason {
    case well, length, filtered, cancelled, failed

    var isSoft: Bool { self != .well }

    /// Parses a provider's word.
    init(_ word: String) {
        switch word {
        case "stop", "end_turn", "tool_calls", "STOP": self = .well
        default:
            switch word.lowercased() {
            case "length", "max_tokens", "max_output_tokens", "model_length", "incomplete", "max_length",
                "model_context_window_exceeded":
                self = .length
            case "content_filter", "content_filtered", "safety", "recitation", "blocklist", "prohibited_content", "spii",
                "refusal",
                "image_safety", "guardrail_intervened", "content-filter", "sensitive", "error_toxic":
                self = .filtered
            case "malformed_function_call", "malformed_tool_use", "malformed_tool_call", "malformed_model_output",
                "malformed_response",
                "unexpected_tool_call", "invalid_tool_call", "invalid_function_call", "too_many_tool_calls",
                "missing_thought_signature",
                "error", "failed", "network_error", "unknown_error", "engine_error", "server_error", "model_error", "tool_error",
                "no_image", "finish_reason_error":
                self = .failed
            case "cancelled", "canceled", "abort", "aborted", "user_cancel", "cancel": self = .cancelled
            default: self = .well
            }
        }
    }
}
