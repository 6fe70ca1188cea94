import Model
import TestSupport
import Testing

@testable import QueryLanguage

private func query(_ text: String) throws -> QuerySyntax {
    let (query, found) = Parser.query(text)
    #expect(found.isEmpty, "\(text): \(found.map(\.message))")
    guard let query else {
        Issue.record("no query: \(text)")
        throw Diagnostics(text: text, found)
    }
    return query
}

private func condition(_ text: String) throws -> String {
    for clause in try query("errors where " + text).clauses {
        if case .where(let predicate) = clause.kind { return PredicatePrinter.text(predicate) }
    }
    return ""
}

@Suite struct ParserTests {
    @Test("the order of clauses does not change the meaning")
    func anyOrder() throws {
        let clauses = [
            "show count, error_rate", "by model, type", "every 1h", "last 7d", "where provider = openai", "having count > 5",
            "sort count desc", "top 3", "limit 10", "as csv to \"x.csv\"",
        ]
        let expected = try compile("errors " + clauses.joined(separator: " ")).query
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            let text = "errors " + clauses.shuffled(using: &random).joined(separator: " ")
            #expect(try compile(text).query == expected, "seed \(seed): \(text)")
        }
    }

    @Test("a statement can span several lines, contain comments and end with a semicolon")
    func layout() throws {
        let expected = try compile("errors by type where model = gpt-4o and not recovered last 24h").query
        #expect(
            try compile("# what is it\nerrors by type\n  where model = gpt-4o # the big one\n and not recovered\n last 24h ;")
                .query == expected)
        #expect(try compile("errors by type where model = gpt-4o and not recovered \\\n last 24h;;").query == expected)
        #expect(try compile("ERRORS BY Type WHERE Model = gpt-4o AND NOT Recovered LAST 24H").query == expected)
        #expect(try compile("\\errors by type where model = gpt-4o and not recovered last 24h").query == expected)
        #expect(try compile(".errors by type where model = gpt-4o and not recovered last 24h").query == expected)
    }

    @Test("a leading dot does not change the noun")
    func leadingDot() throws {
        #expect(try compile(".calls by model").query.noun == .calls)
    }

    @Test("`not` binds more tightly than `and`, and `and` more tightly than `or`; parentheses group")
    func precedence() throws {
        #expect(try condition("not failed and model = a or provider = b") == "not failed and model = a or provider = b")
        #expect(try condition("failed and (model = a or provider = b)") == "failed and (model = a or provider = b)")
        #expect(try condition("not (failed and recovered)") == "not (failed and recovered)")
        #expect(try condition("not not failed") == "not not failed")
        #expect(try condition("((failed))") == "failed")
    }

    @Test("lists of values and `in`, with their negations, are equivalent")
    func values() throws {
        #expect(try condition("model = a, b") == "model in (a, b)")
        #expect(try condition("model in (a, b)") == "model in (a, b)")
        #expect(try condition("model in (a b)") == "model in (a, b)")
        #expect(try condition("model != a, \"b c\"") == "model not in (a, \"b c\")")
        #expect(try condition("model not in ('x')") == "model != \"x\"")
        #expect(try condition("cost = $0.1, $0.2") == "cost in ($0.1, $0.2)")
        #expect(try condition("model = a, (none)") == "model in (a, (none))")
        #expect(try condition("model = (none)") == "model = (none)")
    }

    @Test("synonyms and case are printed in canonical form; metadata keys keep their case")
    func canonical() throws {
        #expect(try condition("ERROR_TYPE == timeout and Status_Code<>500") == "type = timeout and status != 500")
        #expect(try condition("metadata.Team = Search") == "metadata.Team = Search")
        #expect(try condition("user is not missing and session is not present") == "user is present and session is missing")
        #expect(try condition("message has \"a\\\"b\" and time > 3h ago") == "message has \"a\\\"b\" and time > 3h ago")
    }

    @Test("a printed condition parses to the same condition")
    func printedIsReadBack() throws {
        for seed in UInt64(0)..<2000 {
            var random = SeededGenerator(seed: seed)
            let text = random.condition(depth: 3)
            let printed = try condition(text)
            #expect(try condition(printed) == printed, "seed \(seed): \(text)")
        }
    }

    @Test("`+-` and `±` need no spaces around them")
    func plusMinus() throws {
        let expected = try compile("errors around 14:00 +- 30m").query.window
        for text in ["around 14:00+-30m", "around 14:00 +-30m", "around 14:00+- 30m", "around 14:00±30m", "around 14:00 ± 30m"] {
            #expect(try compile("errors " + text).query.window == expected, "\(text)")
        }
        #expect(expected?.length == .hours(1))
    }

    @Test("no field or measure bears a reserved word")
    func reservedWords() {
        let names = Array(FieldTable.ids.keys) + Array(MeasureTable.names.keys)
        #expect(
            names.filter { Words.reserved.contains($0) || Words.isNoun($0) && !["errors", "calls", "traces"].contains($0) } == [])
    }

    @Test("every example in the tables is a valid statement")
    func examples() throws {
        for entry in Words.nouns + Words.clauses {
            #expect(mistakes(entry.example).all.isEmpty, "\(entry.example): \(mistakes(entry.example).all)")
        }
        for row in FieldTable.all {
            let noun = row.isTraceOnly ? "traces" : row.isEventOnly ? "events" : "errors"
            #expect(mistakes("\(noun) where \(row.example)").all.isEmpty, "\(row.example)")
        }
        for row in MeasureTable.all { #expect(mistakes(row.example).all.isEmpty, "\(row.example): \(mistakes(row.example).all)") }
    }
}
