import Model
import QueryLanguage
import Render
import Platform

/// `expect P`, `expect rows = 3`, `expect no firings`: an assertion over the last result.
struct ExpectStatement: Statement {
    private enum Expectation {
        /// Holds for every row; `rows` is the number of rows.
        case condition(PredicateSyntax)
        /// `no firings`: there are none of these.
        case nothing(Name)
    }

    private let expectation: Expectation

    static let entry = StatementEntry(
        "expect", "expect P | expect rows = N | expect no NOUN",
        "an assertion on the last result: P is true for every row; a script with a failed assertion exits with code 1",
        example: "expect rows >= 0", role: .cell)

    init(parsing parser: inout Parser) throws(ParseStop) {
        if parser.token.isWord("no") { parser.offer(behind: 1, [.words(["rows", "firings"]), .noun]) }
        if parser.token.isWord("no"), parser.next.kind == .word {
            parser.advance()
            let name = parser.advance()
            parser.end()
            expectation = .nothing(Name(name.folded, name.span))
            return
        }
        parser.offer(.column, .words(["no"]))
        guard parser.token.kind != .end else {
            let expected = "a condition on the last result"
            parser.report(Mistake.expected(expected, at: parser.token, closest: "expect error_rate < 5%"))
            throw ParseStop()
        }
        let known = parser.diagnostics.count
        guard let predicate = parser.predicate(of: .column) else { throw ParseStop() }
        if parser.diagnostics.count == known { parser.end() }
        expectation = .condition(predicate)
    }

    func check(in session: Session, as written: StatementText) throws {
        guard let result = session.cells.lastResult()?.outcome.result else { throw NotRunnable() }
        switch expectation {
        case .condition(let syntax):
            var reader = RowCondition.Reader(result.answer.table, now: session.now, zone: session.settings.zone)
            _ = reader.condition(syntax)
            guard reader.mistakes.isEmpty else { throw Diagnostics(text: written.text, reader.mistakes) }
        case .nothing(let name): try ExpectStatement.checkNoun(name, result, written)
        }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        if let failed = failedQuestion(in: session) {
            throw written.mistake(
                "failed-question", at: TextSpan(0, 6), "cell \(failed) failed, so there is nothing to check",
                closest: "fix cell \(failed) first")
        }
        guard let cell = session.cells.lastResult(), let result = cell.outcome.result else {
            throw written.mistake(
                "no-result", at: TextSpan(0, 6), "no result yet",
                closest: "a query first, such as `errors show count`")
        }
        let style = Style(widthInColumns: 80, zone: session.settings.zone, now: session.clock.pinned)
        let problem: String?
        switch expectation {
        case .condition(let syntax):
            var reader = RowCondition.Reader(result.answer.table, now: session.now, zone: session.settings.zone)
            guard let condition = reader.condition(syntax), reader.mistakes.isEmpty else {
                throw Diagnostics(text: written.text, reader.mistakes)
            }
            problem = ExpectationCheck(result, style: style).problem(condition)
        case .nothing(let name): problem = try nothing(name, result, written, style)
        }
        var outcome = Outcome()
        let number = session.cells.count + 1
        if let problem {
            outcome.reply = Reply(exit: .wrong)
            outcome.reply.narration = "cell \(number): expectation failed: \(problem)\n"
            outcome.picture = { _ in "expectation failed: \(problem)\n" }
        } else {
            outcome.reply = Reply(["holds"])
        }
        var hash = ResultHash()
        hash.add(problem == nil ? "holds" : "fails")
        // What it was asserted of decides whether the data moved.
        let data = cell.outcome.evidence?.data ?? { 0 }
        outcome.evidence = CellEvidence(rows: nil, result: hash.value, data: data)
        return outcome
    }

    /// The cell that should have been judged: the last one that is no expectation itself, when it failed.
    private func failedQuestion(in session: Session) -> Int? {
        var number = session.cells.count
        while let cell = session.cells[number] {
            number -= 1
            if Statements.parse(cell.text, bindings: session.bindings).statement is ExpectStatement { continue }
            return cell.exit == .wrong && cell.outcome.result == nil ? cell.number : nil
        }
        return nil
    }

    /// `expect no NOUN`: what is there in spite of it; nil when there is nothing.
    private func nothing(
        _ name: Name, _ result: CellResult, _ written: StatementText, _ style: Style
    ) throws(Diagnostics) -> String? {
        let noun = result.question?.query.noun.rawValue
        try ExpectStatement.checkNoun(name, result, written)
        let answer = result.answer
        switch answer.shape {
        case .numbers, .series, .groupedSeries:
            let counts = answer.table.rows.flatMap { row in row.compactMap { if case .count(let n) = $0 { n } else { nil } } }
            let sum = counts.reduce(0 as Int64) { $0.addingReportingOverflow($1).partialValue }
            return sum == 0 ? nil : "found \(sum.counted(name.text))"
        case .listing, .groups:
            let count = ExpectationCheck(result, style: style).count
            let rows = count.counted("rows")
            return count == 0 ? nil : "found " + (name.text == "rows" || noun == nil ? rows : "\(rows) of \(name.text)")
        }
    }

    /// What `expect no NOUN` names: something that the last result is about.
    private static func checkNoun(_ name: Name, _ result: CellResult, _ written: StatementText) throws(Diagnostics) {
        let noun = result.question?.query.noun.rawValue
        let known = ["firings", "rows"] + Words.nouns.map(\.word)
        guard known.contains(name.text) else {
            let best = NearestName.best(for: name.text, among: known)
            throw written.mistake(
                "unknown-noun", at: name.span, "`\(name.text)` is not a kind of result",
                closest: best ?? known.joined(separator: ", "), replacement: best)
        }
        if name.text != "rows", let noun, noun != name.text {
            throw written.mistake(
                "other-noun", at: name.span, "the last result is about \(noun), not \(name.text)", closest: noun,
                replacement: noun)
        }
    }
}

/// Looks for rows that a condition does not hold for.
struct ExpectationCheck {
    private let answer: Answer
    private let isWhole: Bool
    private let style: Style

    init(_ result: CellResult, style: Style) {
        answer = result.answer
        isWhole = result.isOfAskedSize || !answer.receipt.isCut
        self.style = style
    }

    /// Rows of the result, those that were cut off included as far as they are known.
    var count: Int64 {
        isWhole
            ? Int64(answer.table.rows.count)
            : answer.receipt.found ?? Int64(answer.table.rows.count) + (answer.receipt.isCut ? 1 : 0)
    }

    /// What is wrong, in words; nil when the condition is true for every row.
    func problem(_ condition: RowCondition) -> String? {
        guard condition.looksAtRows else {
            if condition.holds([], count: count) { return nil }
            let more = !isWhole && answer.receipt.found == nil
            return "rows is \(more ? "at least " : "")\(Int(count).grouped)"
        }
        let rows = answer.table.redacted.rows
        let failing = answer.table.rows.indices.filter { !condition.holds(answer.table.rows[$0], count: count) }
        if rows.isEmpty { return "no rows to check; use `expect no rows` where none are expected" }
        guard let first = failing.first else {
            if isWhole { return nil }
            return "true for the \(rows.count.counted("rows")) shown of \(Int(count).grouped); `limit all` checks every row"
        }
        var text = "row \(first + 1)" + name(of: rows[first]).map { " (\($0))" }.joined()
        let values = condition.subjects.compactMap { subject -> String? in
            guard let column = subject.column else { return nil }
            return "\(subject.name) is \(value(rows[first][column]))"
        }
        var seen: Set<String> = []
        text += ": " + values.filter { seen.insert($0).inserted }.joined(separator: ", ")
        if failing.count > 1 { text += "; \(failing.count.grouped) of \(answer.table.rows.count.counted("rows"))" }
        return text
    }

    private func value(_ value: Value) -> String {
        if case .missing = value { return "missing" }
        if case .ratio(let ratio) = value { return ValueText(style).rate(ratio) }
        return ValueText(style).text(value)
    }

    /// What names the row; empty when nothing does.
    private func name(of row: [Value]) -> [String] {
        let keys: Int
        switch answer.shape {
        case .groups(let count): keys = count
        case .series: keys = 1
        case .groupedSeries(_, let count): keys = count + 1
        case .listing, .numbers: return []
        }
        return [row.prefix(keys).map { $0.isMissing ? "(none)" : ValueText(style).text($0) }.joined(separator: ", ")]
    }
}
