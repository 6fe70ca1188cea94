import Ingest
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `help [TOPIC]`: the language's own tables, read aloud.
struct HelpStatement: Statement {
    let topic: [Literal]

    static let entry = StatementEntry(
        "help", "help [TOPIC]", "help on a statement, clause, field, measure or error type; `help notebook`",
        example: "help where", synonyms: ["?"], reading: .words, role: .replayedAside, traits: .isLikeProse)

    init(topic: Literal) { self.topic = [topic] }

    init(parsing parser: inout Parser) throws(ParseStop) {
        topic = parser.words()
        if topic.isEmpty { parser.offer(.topic) }
    }

    // This only reads, and quickly.
    func check(in session: Session, as written: StatementText) throws { _ = try run(in: session, as: written) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard let first = topic.first else { return Outcome(Reply(session.overview())) }
        // `as of` is a topic of two words.
        let whole = topic.map { $0.text.lowercased() }.joined(separator: " ")
        let word = Help.topics.contains(whole) ? whole : first.text.lowercased()
        if word == NotebookHelp.topic { return Outcome(Reply(NotebookHelp.lines(session.style))) }
        if word == StoreHelp.topic { return Outcome(Reply(StoreHelp.lines(session.style))) }
        let lines = session.topic(word)
        guard lines.isEmpty else { return Outcome(Reply(lines)) }
        let best = NearestName.best(for: word, among: Help.topics)
        throw written.mistake(
            "unknown-topic", at: first.span, "no help on `\(first.text)`",
            closest: best ?? "`help` alone lists the topics", replacement: best)
    }
}

/// The pages of help.
extension Session {
    fileprivate func overview() -> [String] {
        var lines = ["A statement asks about a noun and narrows it by clauses, in any order:", ""]
        lines += ["  errors by type last 24h where model = gpt-4o* and not recovered", ""]
        func section(_ title: String, _ entries: [WordEntry]) {
            lines.append(style.theme.paint(title, .strong))
            for entry in entries { lines += row(entry.grammar, entry.meaning) }
            lines.append("")
        }
        section("nouns", Words.nouns)
        section("clauses", Words.clauses)
        section("statements", Statements.entries)
        lines += wrap(
            "`help WORD` explains a word, a field, a measure or an error type; `help measures`, `help types` and `fields` list them. Tab completes; the right arrow takes the dim suggestion; Ctrl-R searches the history; Ctrl-C clears the line or stops the statement; Ctrl-D leaves.",
            width: style.widthInColumns)
        return lines
    }

    private func row(_ name: String, _ meaning: String) -> [String] {
        let column = min(34, style.widthInColumns / 2)
        let head = DisplayWidth.of(name) < column - 3 ? "  " + DisplayWidth.pad(name, to: column - 2) : nil
        let body = wrap(meaning, width: style.widthInColumns - column)
        let indent = String(repeating: " ", count: column)
        guard let head else { return ["  " + name] + body.map { indent + $0 } }
        return [head + (body.first ?? "")] + body.dropFirst().map { indent + $0 }
    }

    fileprivate func topic(_ word: String) -> [String] {
        var lines: [String] = []
        for entry in Words.nouns + Statements.entries + Words.clauses where entry.word == word {
            if !lines.isEmpty { lines.append("") }
            lines += [entry.grammar, "  " + entry.meaning, "  for example: " + entry.example]
        }
        for measure in MeasureTable.all where measure.name == word || measure.synonyms.contains(word) {
            if !lines.isEmpty { lines.append("") }
            lines += ["measure \(measure.grammar)", "  " + measure.meaning]
            if !measure.synonyms.isEmpty { lines.append("  also: " + measure.synonyms.joined(separator: ", ")) }
            lines.append("  for example: " + measure.example)
        }
        if let field = Field(named: word) ?? (word == FieldID.metadata.rawValue ? Field(.metadata, key: "KEY") : nil) {
            if !lines.isEmpty { lines.append("") }
            lines.append("field \(field.name): \(field.type.meaning)")
            lines += wrap(field.row.meaning, width: style.widthInColumns - 2).map { "  " + $0 }
            if !field.row.synonyms.isEmpty { lines.append("  also: " + field.row.synonyms.joined(separator: ", ")) }
            if case .choice(let words, _) = field.type {
                lines += wrap("values: " + words.joined(separator: " "), width: style.widthInColumns - 2).map { "  " + $0 }
            }
            lines.append("  for example: where \(field.row.example)")
        }
        if ["measures", "show"].contains(word) {
            lines += (lines.isEmpty ? [] : [""]) + ["measures, for show, having and sort"]
            for measure in MeasureTable.all { lines += row(measure.grammar, measure.meaning) }
        }
        if word == "as" {
            lines += ["", style.theme.paint("forms", .strong)]
            for form in AnswerForms.all { lines += row(form.name, form.meaning) }
        }
        if word == "types" {
            lines.append("error types with their severity")
            for type in ErrorType.allCases { lines += row("\(type.name) \(type.severity.name)", type.meaning) }
        }
        if let type = ErrorType(name: word) {
            if !lines.isEmpty { lines.append("") }
            lines += [
                "error type \(type.name): \(type.meaning)", "  severity \(type.severity.name), class \(type.errorClass.rawValue)",
                "  for example: errors where type = \(type.name)",
            ]
            lines += [""] + NextStepLines(type: type).lines(style)
        }
        if word == "import" {
            lines += ["", style.theme.paint("formats, detected by content", .strong)]
            for format in ImportFormats.all { lines += row(format.name, format.summary) }
            for paragraph in ImportHelp.paragraphs { lines += [""] + wrap(paragraph, width: style.widthInColumns) }
        }
        if word == "listen" || word == "follow" {
            for paragraph in ListenHelp.paragraphs { lines += [""] + wrap(paragraph, width: style.widthInColumns) }
        }
        if word == "sql" {
            for view in SQLView.all {
                lines += ["", style.theme.paint("\(view.name): \(view.meaning)", .strong)]
                for column in view.columns { lines += row(column.name, column.meaning) }
            }
            lines += [
                "",
                "functions of SQLite, and DATE_TRUNC(unit, time), NOW(), `matches_pattern(regex, text)`; times are text in UTC",
            ]
        }
        if let setting = Settings.rows.first(where: { $0.name == word }) {
            if !lines.isEmpty { lines.append("") }
            lines += ["setting " + setting.grammar, "  " + setting.meaning]
        }
        if word == "rules" { lines += [""] + RuleFileHelp.lines(style) }
        return lines
    }
}

/// What there is help on.
enum Help {
    static let topics: [String] =
        (Words.nouns + Statements.entries + Words.clauses).map(\.word) + MeasureTable.all.flatMap { [$0.name] + $0.synonyms }
        + FieldTable.all.flatMap { [$0.id.rawValue] + $0.synonyms } + ErrorType.allCases.map(\.name) + Settings.rows.map(\.name)
        + [NotebookHelp.topic, StoreHelp.topic, "measures", "types"]
}
