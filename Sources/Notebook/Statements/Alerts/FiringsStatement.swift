import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `firings {clause}`: what rules fired, as it was recorded.
struct FiringsStatement: Statement {
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "firings", "firings [RANGE] [where P] [by FIELD] [show ITEM] [sort KEY] [limit N] [as FORM]",
        "firings of watched rules, latest first, or counted by alert, series, severity, acked, notification",
        example: "firings by alert show count, sum(length) last 7d",
        // What was recorded is the machine's own history.
        role: .machine, traits: .reportsOwnMistakes)

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.clausesOffered = FiringTable.clauses + Expected.rangeWords
        syntax = parser.query(Name("errors", parser.wordRead.span))
        parser.offers = parser.offers.map(FiringTable.offered)
    }

    var effects: StatementEffects { syntax.effects }

    /// The question, and its clauses over firings of which there are none.
    func check(in session: Session, as written: StatementText) throws {
        let question = try session.firingQuestion(syntax, written.text, written.mistakes), table = FiringTable.table(of: [])
        let receipt = Receipt(window: try session.window(question.range, written.text), zone: session.settings.zone)
        let answer =
            question.isCounted
            ? FiringGroups(table, by: question.keys, show: question.items).answer(receipt)
            : Answer(table: table, shape: .listing, receipt: receipt)
        _ = try ResultView(question.view, of: CellResult(answer: answer), number: 0, text: written.text).answer()
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        try session.firings(syntax, written.text, written.mistakes)
    }
}

extension FiringTable {
    /// What stands here when rows are firings: their own columns where fields would be.
    fileprivate static func offered(_ expected: Expected) -> Expected {
        switch expected {
        case .groupField: .words(columns.filter(\.groups).map(\.name))
        case .measureOrField: .words(["count", "sum(", "avg(", "min(", "max("] + columns.map(\.name))
        case .argument: .words(columns.filter(\.isMeasured).map(\.name))
        case .sortKey: .words(["count"] + columns.map(\.name))
        case .condition: .words(columns.map(\.name) + ["not"])
        case .comparison, .value: .words([])
        default: expected
        }
    }
}

/// Firings lie in the small file beside the store and are few: they are selected, counted and sorted in memory.
extension Session {
    fileprivate func firings(_ syntax: QuerySyntax, _ text: String, _ found: [Diagnostic]) throws -> Outcome {
        let question = try firingQuestion(syntax, text, found)
        let (keys, items, wanted, isCounted) = (question.keys, question.items, question.conditions, question.isCounted)
        let window = try window(question.range, text), state = try stateFile.open()
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
        let undelivered = waits && !isCounted ? try monitor.undeliveredLines() : ""
        let form = shown.form ?? settings.form, peaks = monitor.peakWords()
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
                Diagnostic("clause-not-here", at: words.span, "firings do not have messages", closest: "where note has \"…\""))
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
        let notifications = try stateFile.open().notifications(ofFirings: firings)
        return firings.map { FiringRow(firing: $0, notifications: notifications[$0.id] ?? [], now: now) }
    }

    /// What fires now, for the overview; empty when nothing does or nothing was ever watched.
    func activeAlertLines(_ style: Style) -> [String] {
        guard stateFile.exists, let active = try? state?.activeFirings(), !active.isEmpty
        else { return [] }
        guard let rows = try? rows(of: active) else { return [] }
        let table = FiringTable.table(of: rows)
        let wanted = ["firing", "alert", "series", "severity", "start", "peak", "errors", "acked"]
        let places = wanted.compactMap { table.index(of: $0) }.filter { place in table.rows.contains { !$0[place].isMissing } }
        let shown = ResultTable(columns: places.map { table.columns[$0] }, rows: table.rows.map { row in places.map { row[$0] } })
        return ["alerts that are firing"] + TableRenderer(style).lines(monitor.peakWords().shown(shown.redacted))
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
