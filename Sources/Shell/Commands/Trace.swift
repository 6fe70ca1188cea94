import Model
import QueryLanguage
import Render
import Storage

/// `trace ID`.
extension Interpreter {
    /// The one trace that an id, or the beginning of one, means.
    func findTrace(_ id: Name, text: String) throws -> (StoredTrace, TraceMatch) {
        let matches = try store.findTraces(prefix: id.text, limit: 9)
        guard let match = matches.first else {
            throw Diagnostics(
                text: text,
                [Diagnostic("no-trace", at: id.span, "no trace, span or request has an id that begins with `\(id.text)`")])
        }
        guard matches.count == 1 else {
            let shown = matches.prefix(4).map(\.traceID).joined(separator: ", ")
            let more = matches.count > 8 ? "more than 8" : "\(matches.count)"
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "ambiguous-id", at: id.span, "\(more) traces have an id that begins with `\(id.text)`", closest: shown)
                ])
        }
        guard let trace = try store.trace(match.traceID, project: match.project.isEmpty ? nil : match.project) else {
            throw StoreError.damaged(path: store.path, reason: "trace \(match.traceID) was found and is gone")
        }
        return (trace, match)
    }

    func trace(_ id: Name, form: Name?, text: String) throws -> Reply {
        let (trace, match) = try findTrace(id, text: text)
        let presenter = TracePresenter(style: style)
        let wanted = form?.text ?? settings.form
        if let wanted, wanted != "json", ExportFormat(rawValue: wanted) != nil {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "trace-form", at: id.span, "a trace is no table; it leaves as json", closest: "trace \(id.text) as json")
                ])
        }
        if wanted == "json" {
            var reply = Reply()
            reply.output = TraceJSON.text(trace) + "\n"
            return reply
        }
        return Reply(presenter.lines(trace, foundBy: match))
    }
}
