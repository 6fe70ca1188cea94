import LocalStore
import Model
import QueryLanguage
import Render

/// `firings {clause}`: what rules fired, as it was recorded.
///
/// They lie in the small file beside the store and are few: they are selected, counted and sorted in memory.
extension Interpreter {
    func firings(_ syntax: QuerySyntax, _ text: String, _ found: [Diagnostic]) throws -> Outcome {
        let question = try firingQuestion(syntax, text, found)
        let (keys, items, wanted, isCounted) = (question.keys, question.items, question.conditions, question.isCounted)
        let window = try window(question.range, text), state = try alertState()
        var table = FiringTable.table(
            of: try rows(of: try state.firings(in: Window(from: window.from, to: window.to + .nanoseconds(1)))))
        let count = Int64(table.rows.count)
        table.rows.removeAll { row in !wanted.allSatisfy { $0.holds(row, count: count) } }
        var receipt = Receipt(window: window, zone: settings.zone)
        receipt.rules = try facts().rules
        receipt.newest = try facts().newest
        let all =
            isCounted
            ? FiringGroups(table, by: keys, show: items).answer(receipt)
            : Answer(table: table, shape: .listing, receipt: receipt)
        let shown = ResultView(question.view, of: CellResult(answer: all), number: 0, text: text)
        let answer = try shown.answer()
        let place = table.index(of: "notification")
        let waits = table.rows.contains { row in place.map { !FiringRow.settled.contains(row[$0]) } ?? false }
        let undelivered = waits && !isCounted ? try undeliveredLines() : ""
        let form = shown.form ?? settings.form, peaks = peakWords()
        func reply(_ style: Style) -> Reply {
            let table = answer.table.redacted
            if let export = form.flatMap(ExportFormat.init(rawValue:)) {
                return Reply(data: export.text(table, style: style))
            }
            let isListing = if case .listing = answer.shape { true } else { false }
            let receipt = ReceiptRenderer(style).lines(answer.receipt, rows: isListing ? table.rows.count : nil, elapsed: nil)
            guard !table.rows.isEmpty else { return Reply([wanted.isEmpty ? "no firings" : "no firings match"] + receipt) }
            if isListing {
                var reply = Reply(TableRenderer(style).lines(peaks.shown(table)) + receipt)
                reply.narration = undelivered
                return reply
            }
            var drawn = answer
            drawn.table = table
            let names = keys.map(\.text).joined(separator: ", ")
            let title = names.isEmpty ? "firings" : "firings by \(names)"
            return Reply(AnswerRenderer(style).lines(drawn, title: title, total: nil, form: form) + receipt)
        }
        var outcome = Outcome(try deliver(reply(style), rows: answer.table.rows.count, to: shown.path, form: form))
        outcome.picture = { reply($0).output }
        outcome.result = CellResult(answer: answer)
        return outcome
    }

    /// What `firings` asks for; throws every mistake.
    func firingQuestion(_ syntax: QuerySyntax, _ text: String, _ found: [Diagnostic]) throws(Diagnostics) -> FiringQuestion {
        var view = syntax, range: ClauseSyntax?, mistakes = found
        var conditions: [PredicateSyntax] = [], keys: [Name] = [], items: [ItemSyntax] = []
        view.clauses = []
        if let words = syntax.text {
            mistakes.append(
                Diagnostic("clause-not-here", at: words.span, "firings have no message", closest: "where note has \"…\""))
        }
        for clause in syntax.clauses {
            switch clause.kind {
            case .range: range = clause
            case .where(let predicate): conditions.append(predicate)
            case .by(let names): keys += names
            case .show(let shown): items += shown
            case .sort, .limit, .as: view.clauses.append(clause)
            case .every, .overTime, .over, .versus, .having, .top:
                mistakes.append(
                    Diagnostic(
                        "clause-not-here", at: clause.span, "`firings` does not take `\(Parser.name(of: clause.kind))`",
                        closest: FiringTable.clauses.joined(separator: ", ")))
            }
        }
        let isCounted = !keys.isEmpty || items.contains(where: FiringGroups.isMeasure)
        if !isCounted, !items.isEmpty {
            view.clauses.insert(ClauseSyntax(kind: .show(items), span: items[0].span), at: 0)
        }
        var reader = RowCondition.Reader(FiringTable.table(of: []), now: now, zone: settings.zone)
        let wanted = conditions.compactMap { reader.condition($0) }
        mistakes += reader.mistakes
        if isCounted {
            mistakes += FiringGroups(FiringTable.table(of: []), by: keys, show: items).mistakes
        }
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        return FiringQuestion(view: view, range: range, conditions: wanted, keys: keys, items: items, isCounted: isCounted)
    }

    private func rows(of firings: [FiringEntry]) throws -> [FiringRow] {
        let notifications = try alertState().notifications(ofFirings: firings)
        return firings.map { FiringRow(firing: $0, notifications: notifications[$0.id] ?? [], now: now) }
    }

    /// What fires now, for the overview; empty when nothing does or nothing was ever watched.
    func activeAlertLines(_ style: Style) -> [String] {
        guard hasAlertState, let active = try? state?.activeFirings(), !active.isEmpty
        else { return [] }
        guard let rows = try? rows(of: active) else { return [] }
        let table = FiringTable.table(of: rows)
        let wanted = ["firing", "alert", "series", "severity", "start", "peak", "errors", "acked"]
        let places = wanted.compactMap { table.index(of: $0) }.filter { place in table.rows.contains { !$0[place].isMissing } }
        let shown = ResultTable(columns: places.map { table.columns[$0] }, rows: table.rows.map { row in places.map { row[$0] } })
        return ["alerts that fire now"] + TableRenderer(style).lines(peakWords().shown(shown.redacted))
    }
}

/// What `firings` asks for: which rows, counted by what, shown how.
struct FiringQuestion {
    /// The clauses that only choose, sort and cut.
    var view: QuerySyntax
    var range: ClauseSyntax?
    var conditions: [RowCondition]
    var keys: [Name]
    var items: [ItemSyntax]
    var isCounted: Bool
}
