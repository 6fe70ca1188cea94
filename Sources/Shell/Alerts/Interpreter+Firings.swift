import Model
import QueryLanguage
import Render
import Storage

/// `firings [range] [show …] [sort …] [limit N] [as FORM [to PATH]]`: what rules fired, as it was recorded.
extension Interpreter {
    func firings(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Outcome {
        var view = syntax, range: ClauseSyntax?
        view.clauses = []
        for clause in syntax.clauses {
            if case .range = clause.kind { range = clause } else { view.clauses.append(clause) }
        }
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        let window = try window(range, text), state = try alertState()
        let found = try state.firings(in: Window(from: window.from, to: window.to + .nanoseconds(1)))
        let table = Interpreter.table(of: found, now: now)
        var receipt = Receipt(window: window, zone: settings.zone)
        receipt.rules = try facts().rules
        receipt.newest = try facts().newest
        let result = CellResult(answer: Answer(table: table, shape: .listing, receipt: receipt))
        let shown = ResultView(view, of: result, number: 0, text: text)
        let answer = try shown.answer()
        let form = shown.form ?? settings.form
        func reply(_ style: Style) -> Reply {
            let table = answer.table.redacted
            if let export = form.flatMap(ExportFormat.init(rawValue:)) {
                var reply = Reply()
                reply.output = export.text(table, style: style)
                return reply
            }
            guard !table.rows.isEmpty else {
                return Reply(["no firings"] + ReceiptRenderer(style).lines(answer.receipt, rows: 0, elapsed: nil))
            }
            return Reply(
                TableRenderer(style).lines(table)
                    + ReceiptRenderer(style).lines(answer.receipt, rows: table.rows.count, elapsed: nil))
        }
        var outcome = Outcome(try deliver(reply(style), rows: answer.table.rows.count, to: shown.path, form: form))
        outcome.picture = { reply($0).output }
        outcome.result = CellResult(answer: answer)
        return outcome
    }

    /// Firings as a table, in their order.
    static func table(of firings: [FiringEntry], now: Timestamp) -> ResultTable {
        let names: [(String, ValueType)] = [
            ("firing", .count), ("alert", .text), ("series", .text), ("severity", .text), ("start", .time), ("end", .time),
            ("length", .duration), ("peak", .number), ("errors", .count), ("acked", .flag), ("notice", .text), ("note", .text),
        ]
        return ResultTable(
            columns: names.map { ResultColumn($0.0, $0.1) },
            rows: firings.map { firing in
                let series = LabelText.series(firing)
                let note = firing.note.map { LabelText.labels($0).pairs.map(\.value).joined(separator: "; ") } ?? ""
                let notice = firing.noticedAt == nil ? "suppressed" : firing.wasLate ? "late" : "sent"
                return [
                    .count(firing.id), .text(firing.rule), series.isEmpty ? .missing : .text(series), .text(firing.severity.name),
                    .time(firing.startedAt), firing.endedAt.map { .time($0) } ?? .missing,
                    .duration(max((firing.endedAt ?? now) - firing.startedAt, .zero)), .number(firing.peak),
                    .count(firing.errors),
                    .flag(firing.acknowledgedAt != nil), .text(notice), note.isEmpty ? .missing : .text(note),
                ]
            })
    }

    /// What fires now, for the overview; empty when nothing does or nothing was ever watched.
    func activeAlertLines(_ style: Style) -> [String] {
        guard Files.exists(StateStore.path(besideStore: store.path)), let active = try? state?.activeFirings(), !active.isEmpty
        else { return [] }
        let table = Interpreter.table(of: active, now: now)
        let wanted = ["firing", "alert", "series", "severity", "start", "peak", "errors", "acked"]
        let places = wanted.compactMap { table.index(of: $0) }.filter { place in table.rows.contains { !$0[place].isMissing } }
        let shown = ResultTable(columns: places.map { table.columns[$0] }, rows: table.rows.map { row in places.map { row[$0] } })
        return ["alerts that fire now"] + TableRenderer(style).lines(shown.redacted)
    }
}
