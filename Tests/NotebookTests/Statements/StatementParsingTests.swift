import Model
import QueryLanguage
import Testing

@testable import Notebook

@Suite("Parsing of statements")
struct StatementParsingTests {
    private func statement<S: Statement>(_ text: String, as type: S.Type) throws -> S {
        let parsed = Statements.parse(text)
        #expect(parsed.written.mistakes.isEmpty, "\(text): \(parsed.written.mistakes.map(\.message))")
        return try #require(parsed.statement as? S, "\(text)")
    }

    private func ids(_ text: String) -> [String] { Statements.parse(text).written.mistakes.map(\.id) }

    @Test("statements of words take them as written, whatever marks a path holds")
    func words() throws {
        func paths(_ text: String) throws -> [String] { try statement(text, as: ImportStatement.self).sources.paths.map(\.text) }
        #expect(
            try paths("import ~/traces/a.jsonl, 'b c.jsonl' [d]*?{e}=(f) # all") == [
                "~/traces/a.jsonl", "b c.jsonl", "[d]*?{e}=(f)",
            ])
        #expect(try paths("import it's.jsonl") == ["it's.jsonl"])
        let set = try statement("set detect +slow;", as: SetStatement.self).change
        #expect(set?.name.text == "detect" && set?.values.map(\.text) == ["+slow"])
        #expect(try statement("help where", as: HelpStatement.self).topic.map(\.text) == ["where"])
        #expect(ids("import \"open") == ["unclosed-string"])
    }

    @Test("habits of other shells are read: `?`, a leading backslash or dot, `q` and `exit`")
    func habits() throws {
        #expect(try statement("?", as: HelpStatement.self).topic.isEmpty)
        for text in ["\\q", ".quit", "exit", "\\quit"] { _ = try statement(text, as: QuitStatement.self) }
    }

    @Test("a comment alone is nothing, and no mistake")
    func nothing() { #expect(Statements.parse("  # nothing").isEmpty) }

    @Test("SQL is handed on verbatim, whatever quotes and comments it holds")
    func sql() throws {
        for text in ["SELECT 'it''s' FROM t -- don't\n WHERE a = \"x", "select 1 # 2"] {
            #expect(try statement("sql  \(text) ; ", as: UserSQLStatement.self).sql.text == text)
        }
    }

    @Test("a trace is named by an id, bare or quoted, or by a row of a result")
    func trace() throws {
        for (text, id, form) in [
            ("trace 3f2a", "3f2a", nil), ("trace \"a b\" as json", "a b", "json"), ("trace A-1:2", "A-1:2", nil),
            ("trace $3[2]", "$3[2]", nil),
        ] as [(String, String, String?)] {
            let trace = try statement(text, as: TraceStatement.self)
            #expect(trace.id.written.text == id && trace.form?.text == form && (trace.id.row != nil) == id.hasPrefix("$"))
        }
    }

    @Test("a path stands behind `to` as it is typed, and dates of a range are no path")
    func exportPath() throws {
        #expect(try statement("export errors to out[1](2).csv", as: ExportStatement.self).path?.text == "out[1](2).csv")
        let range = try statement("export errors from 2026-11-01 to 2026-11-02", as: ExportStatement.self)
        #expect(range.path == nil)
        let both = try statement("export errors from 2026-11-01 to 2026-11-02 to x.csv", as: ExportStatement.self)
        #expect(both.path?.text == "x.csv")
    }

    @Test("every statement begins with its own words, and its synonyms mean the same")
    func registry() {
        #expect(Set(Statements.entries.map(\.word)).count == Statements.all.count)
        for type in Statements.all {
            let words = type.entry.words.word.split(separator: " ").map(String.init)
            for first in [words[0]] + type.entry.synonyms {
                let text = ([first] + words.dropFirst()).joined(separator: " ")
                let read = Statements.parse(text)
                #expect(read.type.map { "\($0)" } == "\(type)", "\(text)")
            }
        }
    }

    @Test("every example is a statement without a mistake, of the type that shows it")
    func examples() {
        for type in Statements.all {
            let parsed = Statements.parse(type.entry.words.example)
            #expect(parsed.written.mistakes.isEmpty, "\(type.entry.words.example)")
            #expect(parsed.type.map { "\($0)" } == "\(type)", "\(type.entry.words.example)")
        }
    }

    @Test("what the grammar of a statement shows as its own words is offered where it may stand")
    func grammarIsOffered() throws {
        let completer = Completer(catalog: try openSession().catalog)
        for type in Statements.all {
            let entry = type.entry.words
            let own = entry.word.split(separator: " ").map(String.init)
            for form in entry.grammar.split(separator: "|").map({ $0.drop { $0 == " " } }) {
                // The word right behind the statement's own, when it is one of the language.
                let words = form.split(separator: " ").map(String.init)
                guard words.starts(with: own), words.count > own.count else { continue }
                let next = words[own.count]
                guard next.allSatisfy({ $0.isLowercase || $0 == "-" }) else { continue }
                let typed = own.joined(separator: " ") + " "
                let offered = completer.completion(of: typed, cursorByte: typed.utf8.count).candidates.map(\.text)
                #expect(offered.contains(next), "`\(form)` shows `\(next)`")
            }
        }
    }
}
