import Model
import QueryLanguage
import Render
import Platform

/// Answers as replies: the picture or format asked for, and the receipt.
package struct AnswerPresenter {
    let style: Style
    /// The time taken; nil leaves it out of the receipt.
    var elapsed: Duration?
    /// True for a file: the receipt leaves out what changes though the answer does not.
    var isForFile = false

    package init(_ style: Style, elapsed: Duration? = nil, isForFile: Bool = false) {
        self.style = style
        self.elapsed = elapsed
        self.isForFile = isForFile
    }

    /// The reply to a query.
    /// - Parameter emptyResult: Why nothing was found, when nothing was.
    func reply(_ answer: Answer, to query: CheckedQuery, coverage: Window?, emptyResult: EmptyResult? = nil) -> Reply {
        var answer = answer
        let leaves = query.path != nil || query.form.map { ExportFormat(rawValue: $0) != nil } == true
        if !style.showsSecrets || leaves { answer.table = answer.table.redacted }
        var reply = Reply()
        if let form = query.form, let format = ExportFormat(rawValue: form) {
            reply.output = format.text(answer.table, style: style)
            if answer.receipt.isCut {
                reply.narration = AnswerPresenter.cutNotice(answer.receipt, shown: answer.table.rows.count)
            }
            return reply
        }
        cutGroups(&answer, query)
        let lines = isEmpty(answer) ? emptyNotice(answer, query, coverage, emptyResult) : picture(answer, query)
        return Reply(lines + receipt(answer))
    }

    private func receipt(_ answer: Answer) -> [String] {
        var renderer = ReceiptRenderer(style)
        renderer.isForFile = isForFile
        return renderer.lines(answer.receipt, rows: rowCount(answer), elapsed: elapsed)
    }

    /// The reply to a plain table, whose texts hold no secrets.
    func plain(_ table: ResultTable, form: String?) -> Reply {
        if let form, let format = ExportFormat(rawValue: form) {
            return Reply(data: format.text(table, style: style))
        }
        return Reply(TableRenderer(style).lines(SQLText.spelledOut(table)))
    }

    /// The reply to a table of the program's own. `empty` says that it has no rows; data then are the names of the columns, and
    /// it is narrated.
    package func table(_ table: ResultTable, form: String?, empty: String? = nil) -> Reply {
        Reply(table, form: form, style, empty: empty)
    }

    /// Groups that a picture shows unless `limit` says otherwise: a field with thousands of values would flood the terminal.
    private static let mostGroups = 100

    private func cutGroups(_ answer: inout Answer, _ query: CheckedQuery) {
        guard case .groups = answer.shape, query.limit == .standard, answer.foldedGroups == 0,
            answer.table.rows.count > AnswerPresenter.mostGroups,
            // A week of hours is one picture.
            !query.keys.allSatisfy({ [.weekday, .hour].contains($0.id) })
        else { return }
        answer.receipt.found = answer.receipt.found ?? Int64(answer.table.rows.count)
        answer.receipt.isCut = true
        answer.table.rows.removeLast(answer.table.rows.count - AnswerPresenter.mostGroups)
        answer.receipt.remarks.append(
            "only the first \(AnswerPresenter.mostGroups) groups are shown; `limit all` shows every one, `top 20` folds the rest")
    }

    /// What is said beside data that was cut.
    static func cutNotice(_ receipt: Receipt, shown: Int) -> String {
        let rows = receipt.found.map { "\(shown.grouped) of \($0.counted("rows"))" } ?? shown.counted("rows")
        return "only \(rows); `limit all` gives every one\n"
    }

    private func picture(_ answer: Answer, _ query: CheckedQuery) -> [String] {
        AnswerRenderer(style).lines(answer, title: AnswerPresenter.title(query), total: total(answer, query), form: query.form)
    }

    /// What is asked, in few words: `errors by type`.
    static func title(_ query: CheckedQuery) -> String {
        let noun = query.noun.rawValue
        // Pictures show the first measure that is an amount; times and names stand beside it.
        let drawn = query.measures.first { ResultColumn($0.name, $0.type).isAmount } ?? query.measures.first
        let measure = drawn.map { $0 == .count ? noun : "\($0.name) of \(noun)" } ?? noun
        return query.keys.isEmpty ? measure : measure + " by " + query.keys.map(\.name).joined(separator: ", ")
    }

    /// The row of totals under counted groups: counts add up, shares make a whole.
    private func total(_ answer: Answer, _ query: CheckedQuery) -> [Value]? {
        guard case .groups(let keys) = answer.shape, answer.table.rows.count > 1, query.measures.first == .count,
            !answer.receipt.isCut, query.having == nil
        else { return nil }
        var total: [Value] = [.text("total")] + Array(repeating: .missing, count: keys - 1)
        var count: Int64 = 0
        for row in answer.table.rows { if case .count(let n) = row[keys] { count += n } }
        for measure in query.measures {
            switch measure {
            case .count: total.append(.count(count))
            case .share: total.append(Ratio(count, of: count).map { .ratio($0) } ?? .missing)
            default: total.append(.missing)
            }
        }
        return total
    }

    /// The rows of a listing, and of a series that was cut.
    private func rowCount(_ answer: Answer) -> Int? {
        switch answer.shape {
        case .listing: answer.table.rows.count
        case .series, .groupedSeries: answer.receipt.isCut ? answer.table.rows.count : nil
        case .numbers, .groups: nil
        }
    }

    // MARK: Nothing found

    func isEmpty(_ answer: Answer) -> Bool {
        switch answer.shape {
        case .listing, .groups: answer.table.rows.isEmpty
        default: false
        }
    }

    /// Zero rows is a message too: says whether the store has data in the window at all, and what to ask instead.
    private func emptyNotice(_ answer: Answer, _ query: CheckedQuery, _ coverage: Window?, _ emptyResult: EmptyResult?)
        -> [String]
    {
        let noun = query.noun.rawValue
        guard let coverage else { return ["no \(noun): the store is empty; `import PATH` adds traces"] }
        let text = ValueText(style)
        if let window = query.window, window.intersection(coverage).isEmpty {
            let last = Timestamp(nanoseconds: coverage.to.nanoseconds.subtractingStopping(1))
            return [
                "no \(noun): the store has nothing in this window; its records run from \(text.time(coverage.from)) to \(text.time(last))",
                "try: \(noun) all",
            ]
        }
        return ["no \(noun) match"] + (emptyResult?.lines(noun: noun, style: style) ?? [])
    }
}
