import Glibc
import Model
import QueryLanguage
import Render
import Platform

/// `watch [DURATION] STATEMENT [until P]`: a statement asked again and again, as long as the condition is true for no row of its
/// result.
struct WatchStatement: Statement {
    let watched: any Statement
    let every: Name?
    let until: PredicateSyntax?

    static let entry = StatementEntry(
        "watch", "watch [DURATION] QUERY [until P]",
        "re-run a query, every 10s by default, and mark what changed, until P is true for a row; Ctrl-C ends it",
        example: "watch 1s errors by type last 7d until rows >= 0", role: .cell, traits: .asksStore)

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.words(["10s", "1m"]))
        if parser.token.kind == .word, Units.duration(parser.token.value) != nil {
            let word = parser.advance()
            every = Name(word.folded, word.span)
        } else {
            every = nil
        }
        parser.offer(.noun)
        guard parser.token.kind != .end else {
            parser.report(Mistake.expected("a query", at: parser.token, closest: "watch 10s errors by type last 15m"))
            throw ParseStop()
        }
        // The condition is taken off before the statement is read, so that every kind of statement can be watched.
        let condition = WatchStatement.placeOfUntil(parser).map { parser.cutOff(at: $0) }
        let watched = Statements.read(&parser).statement
        if let condition {
            parser.resume(with: condition)
            let known = parser.diagnostics.count
            until = parser.predicate(of: .column)
            if parser.diagnostics.count == known { parser.end() }
        } else {
            if watched != nil { parser.offer(.words(["until"])) }
            until = nil
        }
        guard let watched else { throw ParseStop() }
        self.watched = watched
    }

    /// Where the `until` stands that begins the condition; nil when there is none.
    private static func placeOfUntil(_ parser: Parser) -> Int? {
        let tokens = parser.tokens, open = tokens.count - 2
        let isRange = tokens.contains { $0.isWord("since") }
        if open > parser.at, tokens[open].isWord("until"), !isRange { return open }
        return tokens.indices.last { $0 > parser.at && beginsCondition(behindUntilAt: $0, in: tokens) }
    }

    /// True for an `until` that begins a condition, not the end of a range: no time begins with a letter, but for two words.
    private static func beginsCondition(behindUntilAt place: Int, in tokens: [Token]) -> Bool {
        guard tokens[place].isWord("until"), place + 1 < tokens.count else { return false }
        let next = tokens[place + 1]
        if next.isMark("(") || next.isWord("not") { return true }
        guard next.kind == .word, next.value.first?.isLetter == true else { return false }
        return !["today", "yesterday", "ago", "now"].contains(next.folded)
    }

    var effects: StatementEffects { watched.effects }

    func check(in session: Session, as written: StatementText) throws { try watched.check(in: session, as: written) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard type(of: watched).entry.traits.contains(.canBeWatched) else {
            throw written.mistake(
                "not-watched", at: TextSpan(0, 5), "only queries can be watched", closest: "watch errors by type")
        }
        return try session.watch(self, written)
    }
}

/// The rounds of `watch`.
extension Session {
    fileprivate func watch(_ statement: WatchStatement, _ written: StatementText) throws -> Outcome {
        let text = written.text, until = statement.until
        var interval = Duration.seconds(10)
        if let every = statement.every {
            guard let length = Units.duration(every.text), length >= .milliseconds(100), length <= .hours(24) else {
                throw Diagnostics(
                    text: text,
                    [
                        Diagnostic(
                            "bad-duration", at: every.span, "`\(every.text)` is not between 100ms and 24h", closest: "10s, 1m")
                    ])
            }
            interval = length
        }
        // Each answer is compared with the one before.
        let outer = console.keepsRows
        console.keepsRows = true
        defer { console.keepsRows = outer }
        var screen = WatchScreen(self), last: Outcome?
        var asked = 0
        while true {
            let news = asked == 0 ? "" : try readFollowed()
            clock.statement = Clock.nextSecond()
            var outcome = answered(text) { try statement.watched.run(in: self, as: StatementText(text: text)) }
            outcome.reply.narration += news
            guard outcome.reply.exit == .ok else {
                if outcome.reply.exit == .interrupted, let last { return finished(last, screen, asked: asked, "stopped") }
                return outcome
            }
            asked += 1
            screen.show(outcome, now: now)
            last = outcome
            if let until {
                guard let answer = outcome.result?.answer else {
                    throw Diagnostics(
                        text: text, [Diagnostic("no-rows", at: until.span, "no rows for `until` to check")])
                }
                if try holds(until, answer, text) { return finished(outcome, screen, asked: asked, "the condition is true") }
            }
            if !rights.writesFiles { return finished(outcome, screen, asked: asked, "a replay runs it once") }
            if !pause(interval) { return finished(outcome, screen, asked: asked, "stopped") }
        }
    }

    private func finished(_ outcome: Outcome, _ screen: WatchScreen, asked: Int, _ reason: String) -> Outcome {
        var outcome = outcome
        if screen.isLive { outcome.reply = Reply() }
        // The terminal has written ^C where the cursor stood.
        if stopFlag.isRaised, environment.traits.errorIsTerminal { outcome.reply.narration += "\n" }
        outcome.reply.narration += "asked \(asked.counted("times")): \(reason)\n"
        stopFlag.reset()
        return outcome
    }

    /// Waits; false when Ctrl-C came.
    private func pause(_ interval: Duration) -> Bool {
        let end = Clock.ticks() + interval
        while Clock.ticks() < end {
            if stopFlag.isRaised { return false }
            usleep(UInt32(max(1000, min(50_000, (end - Clock.ticks()).inNanoseconds / 1000))))
        }
        return !stopFlag.isRaised
    }

    private func holds(_ until: PredicateSyntax, _ answer: Answer, _ text: String) throws(Diagnostics) -> Bool {
        var reader = RowCondition.Reader(answer.table, now: now, zone: settings.zone)
        guard let condition = reader.condition(until), reader.mistakes.isEmpty else {
            throw Diagnostics(text: text, reader.mistakes)
        }
        let count = ExpectationCheck(CellResult(answer: answer), style: style).count
        return condition.looksAtRows
            ? answer.table.rows.contains { condition.holds($0, count: count) } : condition.holds([], count: count)
    }
}

/// What is watched, shown in place on a terminal and one after another elsewhere; what changed is marked and told.
struct WatchScreen {
    /// True when answers are shown as they come.
    let isLive: Bool
    private let session: Session
    private let isTerminal: Bool
    private var shownLines: [String] = []
    private var rowsOnScreen = 0
    private var table: ResultTable?

    init(_ session: Session) {
        self.session = session
        isLive = session.console.emit != nil
        let traits = session.environment.traits
        isTerminal = traits.outputIsTerminal && !traits.isDumb
    }

    /// Shows an answer in place of the last one.
    mutating func show(_ outcome: Outcome, now: Timestamp) {
        guard isLive else { return }
        let style = session.style
        var lines = outcome.reply.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        let changes = table.flatMap { old in outcome.result.map { Changes(from: old, to: $0.answer.table.redacted, style: style) }
        }
        let plain = lines
        if let changes, !changes.sentences.isEmpty {
            if isTerminal { lines = Changes.mark(lines, against: shownLines, theme: style.theme) }
            lines += wrap("changed: " + changes.sentences.joined(separator: "; "), width: style.widthInColumns, hanging: 2)
        } else if table != nil {
            lines.append("no change")
        }
        let time = ValueText(style).time(now)
        lines.insert(style.theme.paint("watched at \(time) · Ctrl-C ends", .dim), at: 0)
        shownLines = plain
        table = outcome.result?.answer.table.redacted ?? table
        var reply = Reply()
        if isTerminal {
            let height = session.environment.traits.height
            if lines.count > height - 1 {
                let hidden = lines.count - (height - 2)
                lines = Array(lines.prefix(height - 2)) + [style.theme.paint("… \(hidden.counted("more lines"))", .dim)]
            }
            reply.replacedRows = rowsOnScreen
            rowsOnScreen = lines.count
        }
        reply.output = lines.map { $0 + "\n" }.joined()
        reply.isDrawn = outcome.reply.isDrawn
        session.console.emit?(reply)
    }
}

/// What is other in one table than in the one before.
struct Changes {
    /// One for each change, the first few.
    private(set) var sentences: [String] = []

    private static let most = 6

    init(from old: ResultTable, to new: ResultTable, style: Style) {
        let keys = new.columns.prefix { [.text, .time].contains($0.type) }.count
        func name(_ row: [Value]) -> String {
            row.prefix(keys).map { $0.isMissing ? "(none)" : ValueText(style).text($0) }.joined(separator: ", ")
        }
        guard old.columns == new.columns, keys < new.columns.count || !new.rows.isEmpty else { return }
        var before: [[Value]: [Value]] = [:]
        for row in old.rows { before[Array(row.prefix(keys))] = row }
        let text = ValueText(style)
        var found: [String] = [], others: [String] = [], first: Int?
        for row in new.rows {
            let key = Array(row.prefix(keys))
            guard let earlier = before.removeValue(forKey: key) else {
                others.append("new: \(name(row))")
                continue
            }
            for column in keys..<new.columns.count where row[column] != earlier[column] {
                let (then, now) = (text.text(earlier[column]), text.text(row[column]))
                // Shares and rates move with the counts; the first column that moves speaks for all.
                guard then != now, first == nil || first == column else { continue }
                first = column
                let label = [name(row), new.columns[column].name].filter { !$0.isEmpty }.joined(separator: " ")
                found.append("\(label) \(then) to \(now)")
            }
        }
        found += others
        for row in old.rows where before[Array(row.prefix(keys))] != nil { found.append("gone: \(name(row))") }
        let more = found.count - Changes.most
        sentences = Array(found.prefix(Changes.most)) + (more > 0 ? ["and \(more) more"] : [])
    }

    /// The lines with every number painted that is other than in the same line before.
    static func mark(_ lines: [String], against old: [String], theme: Theme) -> [String] {
        lines.enumerated().map { index, line in
            guard index >= old.count || old[index] != line, !line.contains("\u{1B}") || theme == .colour else { return line }
            let before = Set(index < old.count ? numbers(old[index]) : [])
            var marked = "", number = ""
            func flush(_ isNew: Bool) -> String { isNew ? theme.paint(number, .warning) : number }
            var isEscape = false
            for character in line {
                if character == "\u{1B}" { isEscape = true }
                if !isEscape, character.isNumber || (!number.isEmpty && ".,".contains(character)) {
                    number.append(character)
                    continue
                }
                if !number.isEmpty {
                    marked += flush(!before.contains(number))
                    number = ""
                }
                marked.append(character)
                if isEscape, character.isLetter { isEscape = false }
            }
            return marked + flush(!number.isEmpty && !before.contains(number))
        }
    }

    private static func numbers(_ line: String) -> [String] {
        var numbers: [String] = [], number = "", isEscape = false
        for character in line + " " {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape, character.isNumber || (!number.isEmpty && ".,".contains(character)) {
                number.append(character)
                continue
            }
            if !number.isEmpty { numbers.append(number) }
            number = ""
            if isEscape, character.isLetter { isEscape = false }
        }
        return numbers
    }
}
