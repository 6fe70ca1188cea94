import Model
import QueryLanguage
import Render

/// `$3 [show …] [sort …] [limit N] [as FORM [to PATH]]`: a result shown again from memory.
extension Session {
    /// The cell that a reference means; a mistake says which cells have results.
    func cell(_ reference: ResultReference, at span: TextSpan, _ text: String) throws(Diagnostics) -> Cell {
        guard let number = reference.cell else {
            if let last = cells.lastResult() { return last }
            throw Diagnostics(text: text, [Diagnostic("no-result", at: span, "no cell has a result yet")])
        }
        if let cell = cells[number], cell.outcome.result != nil { return cell }
        var message = "no cell \(number)"
        if let cell = cells[number] {
            message = cell.exit == .ok ? "cell \(number) has no rows" : "cell \(number) failed and has no rows"
        }
        let last = cells.lastResult()?.number
        throw Diagnostics(
            text: text,
            [
                Diagnostic(
                    "no-result", at: span, message,
                    closest: last.map { "$\($0)" } ?? "a query first, such as `errors by type`")
            ])
    }

    /// Answers a statement whose noun is a result.
    ///
    /// - Parameter keepsRows: As for `query`.
    func showResult(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic], keepsRows: Bool) throws -> Outcome {
        guard let reference = syntax.result else {
            preconditionFailure("only columns of the result can be used here")
        }
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        let cell = try cell(reference, at: syntax.noun.span, text)
        guard let result = cell.outcome.result else { preconditionFailure("the cell has a result") }
        let view = ResultView(syntax, of: result, number: cell.number, text: text)
        if let limit = view.limitToAskFor, let question = result.question {
            return try askAgain(question, limit: limit, view, keepsRows: keepsRows)
        }
        var answer = try view.answer()
        let form = view.form ?? settings.form
        let facts = try facts()
        guard var question = result.question else {
            let isSQL = result.answer.receipt.window == nil
            let presenter = AnswerPresenter(style)
            let reply = isSQL ? presenter.plain(answer.table, form: form) : presenter.table(answer.table, form: form)
            var outcome = Outcome(try deliver(reply, rows: answer.table.rows.count, to: view.path, form: form))
            let table = answer.table
            outcome.picture = {
                isSQL ? AnswerPresenter($0).plain(table, form: form).output : AnswerPresenter($0).table(table, form: form).output
            }
            outcome.result = CellResult(answer: answer)
            outcome.result?.isOfAskedSize = view.hasNumber
            outcome.evidence = cell.outcome.evidence.map { [answer] in
                CellEvidence(rows: answer.table.rows.count, result: ResultHash.of(answer), data: $0.data)
            }
            return outcome
        }
        if !view.isWhole { answer.receipt.remarks.append("from cell \(view.number)") }
        question.query.form = form
        question.query.path = view.path
        if view.limit != nil || view.sortsListing { question.query.limit = .all }
        var outcome = try present(answer, question, coverage: facts.coverage, elapsed: nil)
        outcome.result?.isOfAskedSize = view.hasNumber
        // The rows are those that were read then.
        if let evidence = cell.outcome.evidence { outcome.evidence?.data = evidence.data }
        return outcome
    }

    /// Asks the question of a cell again with another limit, at its own time, and shows it as the view says.
    private func askAgain(
        _ question: CellResult.Question, limit: Int?, _ view: ResultView, keepsRows: Bool
    ) throws -> Outcome {
        var syntax = question.syntax
        syntax.clauses.removeAll { clause in
            switch clause.kind {
            case .limit, .as: true
            default: false
            }
        }
        syntax.clauses.append(ClauseSyntax(kind: .limit(limit), span: syntax.noun.span))
        var context = question.context
        context.results = cells.sources
        context.form = nil
        if !keepsRows, !view.sortsListing {
            let facts = try facts(), compiler = QueryCompiler()
            var query = try compiler.compile(syntax, text: question.text, context: context, facts: facts, catalog: catalog).query
            query.form = view.form ?? settings.form
            query.path = view.path
            let compiled = compiler.compile(query, facts: facts)
            if let reply = try streamed(compiled, columns: view.columns(of: compiled.listedColumns)) { return Outcome(reply) }
        }
        let asked = try ask(syntax, question.text, [], context: context)
        guard let result = asked.result, var again = result.question else { return asked }
        let whole = ResultView(view, of: result)
        var answer = try whole.answer()
        if case .listing = answer.shape, answer.receipt.isCut { answer.receipt.remarks.append("`limit all` gives every row") }
        again.query.form = view.form ?? settings.form
        again.query.path = view.path
        var outcome = try present(answer, again, coverage: facts().coverage, elapsed: nil)
        outcome.result?.isOfAskedSize = view.hasNumber
        return outcome
    }
}

/// Clauses over rows in memory: columns chosen, sorted, cut, in another form.
struct ResultView {
    private(set) var result: CellResult
    /// The number by which the statement calls the cell.
    let number: Int
    private let text: String
    private var shown: [ItemSyntax] = []
    private var order: [SortSyntax] = []
    /// How many rows; an inner nil is `limit all`.
    private(set) var limit: Int??
    /// True when the view says how many rows.
    var hasNumber: Bool { if case .some(.some) = limit { true } else { false } }
    private(set) var form: String?
    private(set) var path: String?
    private var others: [ClauseSyntax] = []

    init(_ syntax: QuerySyntax, of result: CellResult, number: Int, text: String) {
        self.result = result
        self.number = number
        self.text = text
        for clause in syntax.clauses {
            switch clause.kind {
            case .show(let items): shown = items
            case .sort(let keys): order = keys
            case .limit(let count): limit = .some(count)
            case .as(let form, let path):
                self.form = form.text
                self.path = path?.text
            default: others.append(clause)
            }
        }
    }

    /// The same view of another result.
    init(_ view: ResultView, of result: CellResult) {
        self = view
        self.result = result
    }

    private var isListing: Bool { if case .listing = result.answer.shape { true } else { false } }

    /// True when the rows are shown as they are.
    var isWhole: Bool { shown.isEmpty && order.isEmpty && limit == nil }

    /// True when sorting changes what a cut listing shows.
    var sortsListing: Bool { !order.isEmpty }

    /// The limit to ask again with, when a cut listing is exported or more of it is wanted; an inner nil is all rows. Nil when
    /// memory has what is wanted.
    var limitToAskFor: Int?? {
        guard isListing, result.answer.receipt.isCut, result.question != nil else { return nil }
        let held = result.answer.table.rows.count
        switch limit {
        case .some(nil): return .some(nil)
        case .some(let count?): return count > held ? .some(count) : nil
        case nil:
            let isExport = form.map { ExportFormat(rawValue: $0) != nil } ?? false
            return isExport && held < ResultView.mostExportedRows ? .some(ResultView.mostExportedRows) : nil
        }
    }

    /// Rows of an exported listing, unless `limit` says otherwise.
    private static let mostExportedRows = 10_000

    /// The places of the columns that the view shows of a listing; throws every mistake.
    func columns(of columns: [ResultColumn]) throws(Diagnostics) -> [Int] {
        var mistakes = mistakes
        let chosen = chosen(of: ResultTable(columns: columns, rows: []), .listing, &mistakes)
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        return chosen
    }

    /// The rows as the view wants them; throws every mistake.
    func answer() throws(Diagnostics) -> Answer {
        var answer = result.answer
        var mistakes = mistakes
        sort(&answer, &mistakes)
        choose(&answer, &mistakes)
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        if case .some(let count?) = limit, answer.table.rows.count > count {
            answer.receipt.found = answer.receipt.found ?? Int64(answer.table.rows.count)
            answer.receipt.isCut = true
            answer.table.rows.removeLast(answer.table.rows.count - count)
            // A cut axis is no axis any more.
            if answer.foldedGroups > 0 { answer.foldedGroups = 0 }
            flatten(&answer)
        }
        return answer
    }

    /// What is wrong with the clauses and the form, whatever the rows are.
    private var mistakes: [Diagnostic] {
        var mistakes = others.map {
            Diagnostic(
                "clause-not-here", at: $0.span, "a stored result can only be shown, sorted and limited; it is not queried again",
                closest: "show, sort, limit, as")
        }
        if let form, !AnswerForms.names.contains(form) {
            let best = NearestName.best(for: form, among: AnswerForms.names)
            let place = text.isEmpty ? TextSpan(0, 0) : TextSpan(0, text.utf8.count)
            mistakes.append(
                Diagnostic(
                    "unknown-form", at: place, "no form `\(form)`", closest: best ?? AnswerForms.names.joined(separator: ", ")))
        }
        return mistakes
    }

    /// Rows that no longer fill a time axis are a table.
    private func flatten(_ answer: inout Answer) {
        switch answer.shape {
        case .series, .groupedSeries:
            answer.shape = .listing
            answer.trend = nil
        case .listing, .numbers, .groups: break
        }
    }

    private func sort(_ answer: inout Answer, _ mistakes: inout [Diagnostic]) {
        guard !order.isEmpty else { return }
        let columns = ColumnNames(answer.table)
        var keys: [(column: Int, isDescending: Bool)] = []
        for key in order {
            guard let column = columns.index(of: key.item) else {
                mistakes.append(columns.unknown(key.item, to: "sort by"))
                continue
            }
            keys.append((column, key.isDescending ?? (answer.table.columns[column].type != .text)))
        }
        // The row of the folded groups stays last, whatever it adds up to.
        let folded = answer.foldedGroups > 0 ? answer.table.rows.popLast() : nil
        let rows = answer.table.rows
        answer.table.rows = rows.indices.sorted { a, b in
            for key in keys {
                if let isBefore = ValueSorting.isBefore(rows[a][key.column], rows[b][key.column], descending: key.isDescending) {
                    return isBefore
                }
            }
            return a < b
        }.map { rows[$0] }
        if let folded { answer.table.rows.append(folded) }
        if isListing, answer.receipt.isCut {
            answer.receipt.remarks.append("sorted only the \(rows.count.counted("rows")) shown, not all rows")
        }
        flatten(&answer)
    }

    /// The places of the columns that `show` names, in its order, after those that name a row; all without `show`.
    private func chosen(of table: ResultTable, _ shape: AnswerShape, _ mistakes: inout [Diagnostic]) -> [Int] {
        guard !shown.isEmpty else { return Array(table.columns.indices) }
        let columns = ColumnNames(table)
        var kept: [Int] = []
        // What names a row stays with it.
        switch shape {
        case .groups(let keys): kept = Array(0..<keys)
        case .series: kept = [0]
        case .groupedSeries(_, let keys): kept = Array(0...keys)
        case .listing, .numbers: break
        }
        for item in shown {
            guard let column = columns.index(of: item) else {
                mistakes.append(columns.unknown(item, to: "show"))
                continue
            }
            if !kept.contains(column) { kept.append(column) }
        }
        return kept
    }

    private func choose(_ answer: inout Answer, _ mistakes: inout [Diagnostic]) {
        guard !shown.isEmpty else { return }
        let kept = chosen(of: answer.table, answer.shape, &mistakes)
        answer.table = ResultTable(
            columns: kept.map { answer.table.columns[$0] }, rows: answer.table.rows.map { row in kept.map { row[$0] } })
        if var baseline = answer.baseline {
            var places: [Int: Int] = [:]
            for (new, old) in kept.enumerated() { places[old] = new }
            baseline.columns = baseline.columns.reduce(into: [:]) { columns, pair in
                if let value = places[pair.key], let before = places[pair.value] { columns[value] = before }
            }
            answer.baseline = baseline.columns.isEmpty ? nil : baseline
        }
    }
}

/// The order of values in memory: as the language orders what it asks for.
enum ValueSorting {
    /// Whether `a` stands before `b`; nil when neither does. Missing values stand last in both directions.
    static func isBefore(_ a: Value, _ b: Value, descending: Bool) -> Bool? {
        if a == b { return nil }
        if a.isMissing || b.isMissing { return b.isMissing }
        switch (a, b) {
        case (.count(let a), .count(let b)): return descending ? a > b : a < b
        case (.time(let a), .time(let b)): return descending ? a > b : a < b
        case (.duration(let a), .duration(let b)): return descending ? a > b : a < b
        case (.money(let a), .money(let b)): return descending ? a.units > b.units : a.units < b.units
        default: break
        }
        if let a = a.magnitude, let b = b.magnitude { return a == b ? nil : descending ? a > b : a < b }
        if case .text(let a) = a, case .text(let b) = b { return descending ? a > b : a < b }
        return nil
    }
}
