import Model
import QueryLanguage
import Platform

/// Every statement of the notebook. This is the only list of them.
package enum Statements {
    /// In the order in which help lists them. Queries begin with nouns, which the language lists itself.
    static let all: [any Statement.Type] = [
        TraceStatement.self, SummaryStatement.self, CompareStatement.self, TrendStatement.self, CorrelateStatement.self,
        SLOStatement.self, WhyStatement.self, ChangesStatement.self,
        UnknownStatement.self, RulesStatement.self, AlertTestStatement.self, AlertTuneStatement.self, AlertStatement.self,
        FiringsStatement.self, IncidentStatement.self, AsOfStatement.self, ExplainStatement.self, UserSQLStatement.self,
        WatchStatement.self, ExpectStatement.self, LetStatement.self, NoteStatement.self, RerunStatement.self,
        EditStatement.self, SaveStatement.self, RunStatement.self, ReplayStatement.self, SessionsStatement.self,
        QueriesStatement.self, ReportStatement.self, HistoryStatement.self, FieldsStatement.self, SourcesStatement.self,
        ImportStatement.self,
        ExportStatement.self, FollowStatement.self, ListenStatement.self, UnfollowStatement.self, ForgetStatement.self,
        DoctorStatement.self,
        SetStatement.self, HelpStatement.self, QuitStatement.self,
    ]

    /// Word, grammar, meaning and example of each.
    static let entries = all.map { $0.entry.words }

    /// The statements by the first of their words; those of more words before those of fewer.
    private static let byFirstWord: [String: [(rest: [String], type: any Statement.Type)]] = {
        var found: [String: [(rest: [String], type: any Statement.Type)]] = [:]
        for type in all {
            let words = type.entry.words.word.split(separator: " ").map(String.init)
            for first in [words[0]] + type.entry.synonyms { found[first, default: []].append((Array(words.dropFirst()), type)) }
        }
        return found.mapValues { $0.sorted { $0.rest.count > $1.rest.count } }
    }()

    /// The statement that the words at the parser's place begin, with the number of these words.
    private static func type(at parser: Parser) -> (type: any Statement.Type, words: Int)? {
        guard let first = parser.wordHere else { return nil }
        return byFirstWord[first]?.first { found in
            found.rest.enumerated().allSatisfy { parser.ahead($0.offset + 1).isWord($0.element) }
        }.map { ($0.type, $0.rest.count + 1) }
    }

    /// How the text of a statement with this first word is read; nil for a query, and where no statement begins so.
    static func reading(ofFirstWord word: String) -> StatementEntry.Reading? {
        byFirstWord[word.lowercased()]?.first?.type.entry.reading
    }

    /// Reads one statement, in which `$name` stands for the values bound to the name.
    package static func parse(_ text: String, bindings: Bindings = [:]) -> ParsedStatement {
        var parser = Parser(text)
        return parse(&parser, bindings: bindings)
    }

    /// What may stand at the end of a text.
    static func expected(behind text: String, bindings: Bindings = [:]) -> [Expected] {
        var parser = Parser(text)
        guard parser.token.kind != .end else { return [.statement] }
        _ = parse(&parser, bindings: bindings)
        return parser.offers
    }

    private static func parse(_ parser: inout Parser, bindings: Bindings) -> ParsedStatement {
        let text = parser.text
        parser.passHabits()
        let isOfLanguage = type(at: parser).map { $0.type.entry.reading == .language } ?? true
        if isOfLanguage {
            parser.expand(bindings)
            // Only here do quotes have the language's meaning; SQL and paths have their own.
            parser.reportUnclosedTexts()
        }
        let (statement, type) = read(&parser)
        return ParsedStatement(statement: statement, type: type, written: StatementText(text: text, mistakes: parser.diagnostics))
    }

    /// Reads the statement at the parser's place; nil when there is none, or none that could be read.
    static func read(_ parser: inout Parser) -> (statement: (any Statement)?, type: (any Statement.Type)?) {
        guard let (type, words) = type(at: parser) else {
            if let begun = parser.wordHere.flatMap({ byFirstWord[$0] }) {
                parser.offer(behind: 1, [.words(begun.compactMap(\.rest.first))])
            }
            let query = parser.queryStatement(besides: entries.map(\.word))
            return (query.map { QueryStatement(syntax: $0) }, QueryStatement.self)
        }
        for _ in 0..<words { parser.advance() }
        return (try? type.init(parsing: &parser), type)
    }
}

/// A text that was read as a statement.
package struct ParsedStatement {
    /// The statement as far as it was understood; nil for an empty text, and for what could not be read.
    var statement: (any Statement)?
    /// What it was read as.
    let type: (any Statement.Type)?
    let written: StatementText

    init(statement: (any Statement)?, type: (any Statement.Type)?, written: StatementText) {
        (self.statement, self.type, self.written) = (statement, type, written)
    }

    /// A statement that nobody typed; `text` is how it would be written, for places of mistakes.
    init(_ statement: any Statement, text: String) {
        self.init(statement: statement, type: Swift.type(of: statement), written: StatementText(text: text))
    }

    /// True for nothing but blanks and comments.
    var isEmpty: Bool { statement == nil && written.mistakes.isEmpty }

    /// What it is to a session. What could not be read is a cell that failed, where a question was meant.
    var role: StatementRole {
        if let statement { return statement.role }
        guard let entry = type?.entry, entry.reading == .words || entry.reading == .paths else { return .cell }
        return entry.role
    }

    /// What it does besides answering.
    var effects: StatementEffects { statement?.effects ?? .none }

    /// Runs it.
    func run(in session: Session) throws -> Outcome {
        guard let statement else {
            guard written.mistakes.isEmpty else { throw Diagnostics(text: written.text, written.mistakes) }
            return Outcome()
        }
        guard written.mistakes.isEmpty || Swift.type(of: statement).entry.traits.contains(.reportsOwnMistakes) else {
            throw Diagnostics(text: written.text, written.mistakes)
        }
        return try statement.run(in: session, as: written)
    }

    /// Throws what would keep it from being run: its mistakes, or trouble of the world.
    func check(in session: Session) throws {
        guard let statement else {
            guard written.mistakes.isEmpty else { throw Diagnostics(text: written.text, written.mistakes) }
            return
        }
        guard written.mistakes.isEmpty || Swift.type(of: statement).entry.traits.contains(.reportsOwnMistakes) else {
            throw Diagnostics(text: written.text, written.mistakes)
        }
        try statement.check(in: session, as: written)
    }
}
