import Engine
import LocalStore
import Model
import QueryLanguage
import Render

/// A trace that was asked for, with how it was found.
struct FoundTrace {
    var trace: StoredTrace
    var match: TraceMatch
    /// The row of a result that it was asked for by; nil for an id.
    var subject: RowSubject?
}

/// `trace ID`, `trace $3[2]`.
extension Interpreter {
    /// The one trace that an id, the beginning of one, or a row of a result means.
    func findTrace(_ id: Name, text: String) throws -> FoundTrace {
        let subject = try id.text.hasPrefix("$") ? rowSubject(id, text) : nil
        let wanted = subject?.id ?? id.text
        var matches = try engine.findTraces(prefix: wanted, limit: 9)
        // A row tells of which project its trace is, and its id is whole.
        if let project = subject?.project, matches.count > 1 { matches.removeAll { $0.project != project } }
        guard let match = matches.first else {
            throw Diagnostics(
                text: text,
                [Diagnostic("no-trace", at: id.span, "no trace, span or request has an id that begins with `\(wanted)`")])
        }
        guard matches.count == 1 else {
            let shown = matches.prefix(4).map(\.traceID).joined(separator: ", ")
            let more = matches.count > 8 ? "more than 8" : "\(matches.count)"
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "ambiguous-id", at: id.span, "\(more) traces have an id that begins with `\(wanted)`", closest: shown)
                ])
        }
        guard let trace = try engine.trace(match.traceID, project: match.project.isEmpty ? nil : match.project) else {
            throw StoreError.damaged(path: store.path, reason: "trace \(match.traceID) was found and is gone")
        }
        return FoundTrace(trace: trace, match: match, subject: subject)
    }

    func trace(_ id: Name, form: Name?, text: String) throws -> Outcome {
        let found = try findTrace(id, text: text), trace = found.trace, match = found.match
        let form = form?.text ?? settings.form
        if let form, form != "json", ExportFormat(rawValue: form) != nil {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "trace-form", at: id.span, "a trace is no table; it leaves as json", closest: "trace \(id.text) as json")
                ])
        }
        let draw: (Style) throws(Interrupted) -> Reply = { style throws(Interrupted) in
            guard form == "json" else { return Reply(try TracePresenter(style: style).lines(found)) }
            var reply = Reply()
            reply.output = try TraceJSON.text(trace) + "\n"
            return reply
        }
        var outcome = Outcome(try draw(style))
        outcome.picture = { style in StopFlag.ignored { (try? draw(style))?.output ?? "" } }
        outcome.evidence = CellEvidence(rows: nil, result: ResultHash.of(try TraceJSON.text(trace))) {
            var records = trace
            // What was found out about the spans is meaning, not data.
            records.errors = []
            records.errorCount = 0
            records.isFailed = false
            return ResultHash.of(try TraceJSON.text(records))
        }
        if !id.text.hasPrefix("$"), id.text != match.id { outcome.wholeText = replacing(id.span, with: match.id, in: text) }
        return outcome
    }

    private func replacing(_ span: TextSpan, with text: String, in statement: String) -> String {
        var bytes = Array(statement.utf8)
        bytes.replaceSubrange(span.start..<span.end, with: Literal.spelling(text).utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}
