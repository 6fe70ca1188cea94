import Model
import QueryLanguage
import Testing

@testable import Notebook

@Suite("Statements of the language's tables")
struct StatementTests {
    /// Every example of the tables that feed parser, completion and help; each must run.
    static let examples: [String] =
        (Words.nouns + Statements.entries + Words.clauses).map(\.example).filter {
            // They need files to read, write one where the tests run, or wait for what comes.
            !["import ", "report ", "follow ", "unfollow ", "export ", "listen "].contains(where: $0.hasPrefix)
        }
        + MeasureTable.all.map(\.example)
        + FieldTable.all.map {
            ($0.isTraceOnly ? "traces where " : $0.isEventOnly ? "events where " : "errors where ") + $0.example + " all"
        }
        + ErrorType.allCases.map { "errors where type = \($0.name)" }

    @Test("every example runs without a mistake", arguments: examples)
    func example(_ statement: String) throws {
        let session = try openSession()
        // What looks back needs something to look at.
        _ = session.run("errors by type last 7d")
        let reply = session.run(statement)
        #expect(reply.exit == .ok, "\(statement)\n\(reply.narration)")
        let isTold = ["set ", "let ", "watch ", "note ", "as of ", "save ", "forget "].contains(where: statement.hasPrefix)
        #expect(reply.narration.isEmpty || isTold, "\(reply.narration)")
        #expect(reply.quits == (statement == "quit"))
        if !reply.quits && !isTold { #expect(reply.output.utf8.last == 0x0A) }
    }

    @Test("no line of an answer is wider than asked for", arguments: [40, 80, 120])
    func width(_ width: Int) throws {
        let session = try openSession(Stores.small, testEnvironment(width: width))
        // Examples are shown whole, so that they can be copied; data and SQL are as wide as they are.
        for statement in StatementTests.examples
        where !["explain", "help", "sql", "slo", "run "].contains(where: statement.hasPrefix) {
            for line in session.run(statement).output.split(separator: "\n") {
                #expect(line.count <= width, "\(statement)\n\(line)")
            }
        }
    }

    @Test("an empty line, blanks and a comment answer nothing", arguments: ["", "  ", "# only prose", " \n "])
    func nothing(_ statement: String) throws {
        let reply = try openSession().run(statement)
        #expect(reply.exit == .ok && reply.shown.isEmpty)
    }

    @Test("habits of other shells are understood", arguments: [".help", "\\help", "help;", "?", "fields ;", "errors last 1h;"])
    func habits(_ statement: String) throws { #expect(try openSession().run(statement).exit == .ok) }

    @Test("what ends the session", arguments: ["quit", "exit", "q", ".quit", "\\q", "quit;"])
    func quits(_ statement: String) throws { #expect(try openSession().run(statement).quits) }

    // MARK: Help

    @Test("there is help on every topic, and it names the topic", arguments: Array(Set(Help.topics)).sorted())
    func help(_ topic: String) throws {
        let reply = try openSession().run("help \(topic)")
        #expect(reply.exit == .ok && reply.output.split(separator: "\n").count >= 2, "\(reply.shown)")
        #expect(reply.output.contains(topic), "\(reply.output)")
    }

    @Test("`help` alone lists every noun, clause and statement")
    func overview() throws {
        let output = try openSession().run("help").output
        for entry in Words.nouns + Statements.entries + Words.clauses { #expect(output.contains("  \(entry.word)")) }
    }

    @Test("a topic that does not exist is a mistake with the nearest one")
    func unknownTopic() throws {
        let reply = try openSession().run("help wehre")
        #expect(reply.exit == .wrong && reply.narration.contains("     ^^^^^") && reply.narration.contains("try: help where"))
        #expect(try openSession().run("fields latencyy").narration.contains("closest: latency"))
    }

    @Test("`fields` lists every field with an example, `fields NAME` tells of one")
    func fields() throws {
        let output = try openSession().run("fields").output
        for row in FieldTable.all { #expect(output.contains(row.id.rawValue)) }
        #expect(try openSession().run("fields latency").output.contains("latency > 30s"))
    }

    @Test("`sources` tells what was imported")
    func sources() throws {
        let output = try openSession().run("sources").output
        #expect(output.contains("synthetic") && output.contains("witness"))
    }

    // MARK: The empty store

    @Test(
        "an empty store answers every question, and says that it is empty",
        arguments: ["errors", "errors by type last 7d", "calls last 1h", "failures", "traces all", "errors \"x\" all"])
    func emptyListing(_ statement: String) throws {
        let reply = try openSession(Stores.empty).run(statement)
        #expect(reply.exit == .ok && reply.output.contains("the store is empty") && reply.output.contains("import"))
    }

    @Test("numbers and buckets over an empty store are there, without a rate")
    func emptyNumbers() throws {
        let session = try openSession(Stores.empty)
        for statement in [
            "calls show count, error_rate, p95(latency)", "errors every 1h last 6h", "errors by type over time last 7d",
        ] {
            let reply = session.run(statement)
            #expect(reply.exit == .ok && !reply.output.isEmpty, "\(statement): \(reply.shown)")
        }
        #expect(session.run("calls show count, error_rate as csv").output == "count,error_rate\r\n0,\r\n")
        #expect(session.run("sources").output.contains("nothing imported yet"))
        #expect(session.run("trace 3f2a").exit == .wrong)
        #expect(session.run("sql SELECT count(*) AS n FROM span").output.contains("0"))
    }

    @Test("a window without data says where data is")
    func emptyWindow() throws {
        let reply = try openSession().run("errors on 2020-01-01")
        #expect(reply.exit == .ok && reply.output.contains("nothing in this window") && reply.output.contains("try: errors all"))
        #expect(try openSession().run("errors where model = gpt-4o and latency > 9d all").output.contains("no errors match"))
    }

    // MARK: The same bytes

    @Test("equal statements give equal bytes, in one session and in another")
    func deterministic() throws {
        let first = try openSession(), second = try openSession()
        for statement in StatementTests.examples where statement != "sources" && !statement.hasPrefix("save") {
            let reply = first.run(statement)
            #expect(reply.shown == second.run(statement).shown, "\(statement)")
        }
    }
}
