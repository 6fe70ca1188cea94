import Engine
import LocalStore
import Model
import QueryLanguage

/// What a row of a result is about: a trace, and within it the span or the event that the row shows.
struct RowSubject: Hashable {
    /// The trace's id, or that of a span or request where the row names no trace.
    var id: String
    /// The trace's project; nil where the row does not tell.
    var project: String?
    /// True for a row about a whole trace.
    var isWholeTrace = false
    /// The span; nil for a whole trace, and for an event that belongs to no call.
    var span: String?
    /// When the row happened, and its message; nil where the row does not tell.
    var time: Timestamp?
    var message: String?
    /// How it is called: `row 3 of $2`, `the newest row behind row 3 of $2`.
    var name: String

    /// The errors of its trace that the row is about: all for a whole trace, else those of its span, or of the event itself.
    func errors(of trace: StoredTrace) -> [StoredError] {
        if isWholeTrace { return trace.errors }
        if let span { return trace.errors.filter { $0.spanID == span } }
        let lone = trace.errors.filter { $0.spanID == nil && $0.time == time }
        let same = lone.filter { $0.message == message }
        return Array((same.isEmpty ? lone : same).prefix(1))
    }

    /// The same name, or none, for a trace shown by several rows.
    func isAbout(_ error: StoredError, of trace: StoredTrace) -> Bool { !isWholeTrace && errors(of: trace).contains(error) }
}

extension Session {
    /// What the row that a reference names is about. Of a group it is the newest row behind it.
    func rowSubject(_ reference: ResultReference, at span: TextSpan, _ text: String) throws(Diagnostics) -> RowSubject {
        let (cell, row) = try namedRow(reference, at: span, text)
        guard let result = cell.outcome.result else { preconditionFailure("the cell has a result") }
        let number = cell.number, table = result.answer.table, called = "row \(row) of $\(number)"
        if let subject = drilledSubject(result, number, row, called) { return subject }
        for column in ["trace", "sample", "span", "request_id"] {
            guard let place = table.index(of: column), case .text(let id) = table.rows[row - 1][place], !id.isEmpty else {
                continue
            }
            return RowSubject(id: id, isWholeTrace: column != "span", span: column == "span" ? id : nil, name: called)
        }
        throw Diagnostics(
            text: text,
            [
                Diagnostic(
                    "no-trace", at: span, "row \(row) of cell \(number) has no trace",
                    closest: "a listing with `show …, trace`")
            ])
    }

    /// Asks for the row itself, or for the newest behind it, with all that tells what it is about; nil where it cannot be asked for.
    private func drilledSubject(_ result: CellResult, _ number: Int, _ row: Int, _ called: String) -> RowSubject? {
        guard let source = result.source else { return nil }
        let noun = source.query.noun, table = result.answer.table, isTrace = noun == .traces || noun == .failures
        var isRow = false
        if case .listing = result.answer.shape, source.behind.isEmpty { isRow = true }
        // Rows that look alike come in the same order again.
        let place = isRow ? table.rows.prefix(row - 1).count { $0 == table.rows[row - 1] } : 0
        let fields = ["time", "trace", "project"] + (isTrace ? [] : ["span"]) + (isTrace || noun == .calls ? [] : ["message"])
        let drill = QuerySyntax(
            noun, of: ResultReference(cell: number, row: row, span: TextSpan(0, 0)), .show(fields.map { ItemSyntax($0) }),
            .limit(place + 1))
        guard let context = try? context(), let found = try? ask(drill, "", [], context: context).result?.answer.table,
            let values = found.rows.last
        else { return nil }
        func text(_ column: String) -> String? {
            guard let index = found.index(of: column), case .text(let text) = values[index], !text.isEmpty else { return nil }
            return text
        }
        guard let id = text("trace") ?? text("span") else { return nil }
        var subject = RowSubject(
            id: id, project: text("project"), isWholeTrace: isTrace, span: text("span"), message: text("message"),
            name: isRow ? called : "the newest row behind \(called)")
        if let index = found.index(of: "time"), case .time(let time) = values[index] { subject.time = time }
        return subject
    }

    /// The cell and the number of the row that a name means; a mistake says which rows there are.
    private func namedRow(
        _ reference: ResultReference, at span: TextSpan, _ text: String
    ) throws(Diagnostics) -> (Cell, Int) {
        let cell = try cell(reference, at: span, text)
        guard let table = cell.outcome.result?.answer.table else { preconditionFailure("the cell has a result") }
        let number = cell.number
        guard let row = reference.row ?? (table.rows.count == 1 ? 1 : nil) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "which-row", at: span, "cell \(number) has \(Int64(table.rows.count).counted("rows")); name one",
                        closest: "$\(number)[1]")
                ])
        }
        guard table.rows.indices.contains(row - 1) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "no-row", at: span, "cell \(number) has no row \(row)",
                        closest: table.rows.isEmpty ? "it has no rows at all" : "rows 1 to \(table.rows.count.grouped)")
                ])
        }
        return (cell, row)
    }
}
