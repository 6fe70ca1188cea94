import Engine
import Errors
import LocalStore
import Model
import Render

/// A trace as JSON, whole: header, spans with their texts, events, errors, scores. Texts are redacted.
enum TraceJSON {
    private indirect enum Node {
        case null, text(String), whole(Int64), real(Double), list([Node]), object([(String, Node)])
    }

    static func text(_ trace: StoredTrace) throws(Interrupted) -> String {
        var text = ""
        try write(node(trace), to: &text, indent: 0)
        return text
    }

    private static func text(_ value: String?) -> Node { value.map { .text(Redactor.redact($0)) } ?? .null }
    private static func whole(_ value: Int64?) -> Node { value.map { .whole($0) } ?? .null }
    private static func time(_ value: Timestamp?) -> Node { value.map { .text(TimeText.iso($0)) } ?? .null }
    private static func seconds(_ value: Duration?) -> Node { value.map { .real($0.inSeconds) } ?? .null }
    private static func dollars(_ value: Money?) -> Node { value.map { .real($0.dollars) } ?? .null }
    private static func list(_ values: [String]) -> Node { .list(values.map { .text(Redactor.redact($0)) }) }
    private static func all<T>(_ values: [T], _ node: (T) -> Node) throws(Interrupted) -> Node {
        .list(
            try values.map { value throws(Interrupted) in
                try StopFlag.check()
                return node(value)
            })
    }

    private static func node(_ trace: StoredTrace) throws(Interrupted) -> Node {
        let record = trace.record
        return try .object([
            ("trace", .text(record.traceID)), ("project", text(record.project.isEmpty ? nil : record.project)),
            ("name", text(record.name)),
            ("agent", text(trace.agent)), ("start", time(trace.first)), ("end", time(trace.last)),
            ("outcome", .text(trace.isFailed ? "failed" : trace.errorCount > 0 ? "recovered" : "ok")),
            ("calls", .whole(trace.calls)),
            ("error_count", .whole(trace.errorCount)), ("tokens", whole(trace.tokens)), ("cost_usd", dollars(trace.cost)),
            ("user", text(record.user)),
            ("session", text(record.session)), ("environment", text(record.environment)), ("release", text(record.release)),
            ("service", text(record.service)), ("tags", list(record.tags)), ("input", text(record.input)),
            ("output", text(record.output)),
            ("metadata", text(record.metadata)), ("spans", all(trace.spans, node)),
            ("events", all(trace.events, node)),
            ("errors", all(trace.errors, node)), ("scores", all(trace.scores, node)),
        ])
    }

    private static func node(_ span: StoredSpan) -> Node {
        let record = span.record
        return .object([
            ("span", .text(record.spanID)), ("parent", text(record.parentID)), ("kind", .text(record.kind.name)),
            ("name", text(record.name)),
            ("start", time(record.start)), ("first_token", time(record.firstToken)), ("end", time(record.end)),
            ("latency_seconds", seconds(span.latency)),
            ("model", text(record.modelRequested)), ("model_responded", text(record.modelResponded)),
            ("provider", text(span.provider)),
            ("agent", text(span.agent)), ("input_tokens", whole(record.inputTokens)),
            ("output_tokens", whole(record.outputTokens)),
            ("cost_usd", dollars(record.cost)), ("status", .text(String(describing: record.status))),
            ("message", text(record.statusMessage)),
            ("exception_type", text(record.exceptionType)), ("exception_message", text(record.exceptionMessage)),
            ("http_status", whole(record.httpStatus.map(Int64.init))), ("error_code", text(record.errorCode)),
            ("request_id", text(record.requestID)),
            ("finish", list(record.finishReasons)), ("attempts", whole(record.attemptsMade.map(Int64.init))),
            ("retry_of", text(record.retryOf)),
            ("fallback_from", text(record.fallbackFrom)), ("input", text(record.input)), ("output", text(record.output)),
            ("parameters", text(record.parameters)), ("attributes", text(record.attributes)),
        ])
    }

    private static func node(_ event: EventRecord) -> Node {
        .object([
            ("event", .text(event.eventID)), ("span", text(event.spanID)), ("time", time(event.time)),
            ("kind", .text(event.kind.name)),
            ("name", text(event.name)), ("level", text(event.level)), ("message", text(event.message)),
            ("model", text(event.model)),
            ("fallback_model", text(event.fallbackModel)), ("attributes", text(event.attributes)),
        ])
    }

    private static func node(_ error: StoredError) -> Node {
        .object([
            ("span", text(error.spanID)), ("event", text(error.eventID)), ("time", time(error.time)),
            ("type", .text(error.type.name)),
            ("severity", .text(error.severity.name)), ("evidence", .list(error.evidence.names.map { .text($0) })),
            ("origin", .text(error.origin.name)),
            ("http_status", whole(error.httpStatus.map(Int64.init))), ("code", text(error.code)),
            ("message", text(error.message)),
            ("rule", .text(error.rule)), ("recovery", .text(error.recovery.name)), ("recovered_at", time(error.recoveredAt)),
        ])
    }

    private static func node(_ score: ScoreRecord) -> Node {
        .object([
            ("name", text(score.name)), ("number", score.number.map { .real($0) } ?? .null), ("text", text(score.text)),
            ("comment", text(score.comment)),
            ("span", text(score.spanID)), ("time", time(score.time)),
        ])
    }

    // MARK: Writing

    private static func write(_ node: Node, to text: inout String, indent: Int) throws(Interrupted) {
        switch node {
        case .null: text += "null"
        case .whole(let n): text += String(n)
        case .real(let x): text += x.isFinite ? "\(x)" : "null"
        case .text(let value): text += value.quotedAsJSON(.printable)
        case .list(let nodes):
            guard !nodes.isEmpty else {
                text += "[]"
                return
            }
            try lines(nodes.count, "[", "]", to: &text, indent: indent) { index, text throws(Interrupted) in
                try write(nodes[index], to: &text, indent: indent + 1)
            }
        case .object(let members):
            try lines(members.count, "{", "}", to: &text, indent: indent) { index, text throws(Interrupted) in
                text += members[index].0.quotedAsJSON(.printable)
                text += ": "
                try write(members[index].1, to: &text, indent: indent + 1)
            }
        }
    }

    private static func lines(
        _ count: Int, _ open: String, _ close: String, to text: inout String, indent: Int,
        _ item: (Int, inout String) throws(Interrupted) -> Void
    ) throws(Interrupted) {
        text += open
        for index in 0..<count {
            try StopFlag.check()
            text += (index == 0 ? "\n" : ",\n") + String(repeating: "  ", count: indent + 1)
            try item(index, &text)
        }
        text += "\n" + String(repeating: "  ", count: indent) + close
    }
}
