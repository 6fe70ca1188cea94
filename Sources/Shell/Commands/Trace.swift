import Model
import QueryLanguage
import Render
import Storage

/// `trace ID`, `trace $3[2]`.
extension Interpreter {
    /// The one trace that an id, the beginning of one, or a row of a result means.
    func findTrace(_ id: Name, text: String) throws -> (StoredTrace, TraceMatch) {
        let wanted = try id.text.hasPrefix("$") ? tracedID(id, text) : id.text
        let matches = try store.findTraces(prefix: wanted, limit: 9)
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
        guard let trace = try store.trace(match.traceID, project: match.project.isEmpty ? nil : match.project) else {
            throw StoreError.damaged(path: store.path, reason: "trace \(match.traceID) was found and is gone")
        }
        return (trace, match)
    }

    func trace(_ id: Name, form: Name?, text: String) throws -> Outcome {
        let (trace, match) = try findTrace(id, text: text)
        let form = form?.text ?? settings.form
        if let form, form != "json", ExportFormat(rawValue: form) != nil {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "trace-form", at: id.span, "a trace is no table; it leaves as json", closest: "trace \(id.text) as json")
                ])
        }
        let draw: (Style) -> Reply = { style in
            guard form == "json" else { return Reply(TracePresenter(style: style).lines(trace, foundBy: match)) }
            var reply = Reply()
            reply.output = TraceJSON.text(trace) + "\n"
            return reply
        }
        var outcome = Outcome(draw(style))
        outcome.picture = { draw($0).output }
        outcome.evidence = CellEvidence(rows: nil, result: ResultHash.of(TraceJSON.text(trace))) {
            var records = trace
            // What was found out about the spans is meaning, not data.
            records.errors = []
            records.errorCount = 0
            records.isFailed = false
            return ResultHash.of(TraceJSON.text(records))
        }
        if !id.text.hasPrefix("$"), id.text != match.id { outcome.wholeText = replacing(id.span, with: match.id, in: text) }
        return outcome
    }

    private func replacing(_ span: TextSpan, with text: String, in statement: String) -> String {
        var bytes = Array(statement.utf8)
        bytes.replaceSubrange(span.start..<span.end, with: Literal.spelling(text).utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id that a row of a result names.
    private func tracedID(_ name: Name, _ text: String) throws(Diagnostics) -> String {
        guard case .query(let syntax) = Parser.parse(name.text).statement, let reference = syntax.result else {
            preconditionFailure("only names of results come here")
        }
        let cell = try cell(reference, at: name.span, text)
        guard let table = cell.outcome.result?.answer.table else { preconditionFailure("the cell was chosen for its result") }
        let number = cell.number
        guard let row = reference.row ?? (table.rows.count == 1 ? 1 : nil) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "which-row", at: name.span, "cell \(number) has \(table.rows.count.grouped) rows; name one",
                        closest: "trace $\(number)[1]")
                ])
        }
        guard table.rows.indices.contains(row - 1) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "no-row", at: name.span, "cell \(number) has no row \(row)",
                        closest: table.rows.isEmpty ? "it has no rows at all" : "rows 1 to \(table.rows.count.grouped)")
                ])
        }
        for column in ["trace", "sample", "span", "request_id"] {
            if let place = table.index(of: column), case .text(let id) = table.rows[row - 1][place], !id.isEmpty { return id }
        }
        // Behind a group stand rows that name theirs: the newest of them is shown.
        if cell.outcome.result?.question != nil,
            case .query(let drill) = Parser.parse("$\(number)[\(row)] show time, trace limit 1").statement,
            let newest = try? ask(drill, text, [], context: context()).result?.answer.table,
            let place = newest.index(of: "trace"), case .text(let id)? = newest.rows.first?[place]
        {
            return id
        }
        throw Diagnostics(
            text: text,
            [
                Diagnostic(
                    "no-trace", at: name.span, "row \(row) of cell \(number) names no trace",
                    closest: "a listing with `show …, trace`")
            ])
    }
}
