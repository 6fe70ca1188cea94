import Glibc
import LocalStore
import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Notebook
@testable import Platform

@Suite("Sessions: saved, recorded, run again")
struct SessionTests {
    let folder = TemporaryFolder()

    /// A session whose files lie in the test's own folder.
    private func openSession(_ path: String = Stores.small, width: Int = 80, _ environment: [String: String] = [:]) throws
        -> Session
    {
        let variables = ["FAULTLINE_SESSIONS": folder.path].merging(environment) { $1 }
        return try NotebookTests.openSession(path, testEnvironment(variables, width: width))
    }

    private func text(_ name: String) throws -> String { try Files.text(of: folder.file(name)) }

    // MARK: Save

    @Test("`save` writes prose, statements, answers and hashes, readable by the owner alone")
    func save() throws {
        let session = try openSession()
        for statement in [
            "note Checkout outage", "errors by type last 7d", "note then this", "errors by tpye", "calls\n  show count all",
        ] {
            _ = session.run(statement)
        }
        let reply = session.run("save outage")
        #expect(reply.exit == .ok && reply.narration.hasPrefix("3 cells written to "))
        #expect(Files.mode(of: folder.file("outage.flq")) == 0o600)
        let text = try text("outage.flq")
        #expect(text.hasPrefix("#! faultline 1\n#@ now 2026-11-21T14:00:00Z · tz UTC · width 80 · store small · rules "))
        #expect(text.contains("\n# Checkout outage\n\nerrors by type last 7d\n#> errors by type: "))
        #expect(text.contains("\n# then this\n\nerrors by tpye\n#> errors by tpye\n#>           ^^^^\n"))
        #expect(text.contains("#= failed unknown-field 10-14\n") && text.contains("\ncalls\n  show count all\n"))
        let file = NotebookFile(parsing: text)
        #expect(file.recorded.count == 3 && file.recorded.allSatisfy { $0.machine != nil })
        // No time taken, no path, no colour.
        #expect(!text.contains("\u{1B}") && !text.contains(folder.path) && !text.contains(" ms"))
    }

    @Test("names that are taken, wrong or missing are refused; one's own file is written again")
    func saveNames() throws {
        let session = try openSession(), other = try openSession()
        #expect(session.run("save x").narration.contains("no statements yet"))
        _ = session.run("errors by type all")
        for statement in ["save", "save .x", "save \"a\\nb\"", "save \"\""] {
            #expect(session.run(statement).exit == .wrong, "\(statement)")
        }
        #expect(session.run("save x").exit == .ok && session.run("save x.flq").exit == .ok)
        _ = other.run("calls by model all")
        #expect(other.run("save x").narration.contains("save x over"))
        #expect(other.run("save x over").exit == .ok)
        #expect(try text("x.flq").contains("calls by model all"))
        #expect(session.run("save \"\(folder.path)/sub/y\"").exit == .trouble)
        #expect(session.run("save \"\(folder.path)/y\"").exit == .ok && Files.exists(folder.file("y.flq")))
    }

    @Test("short ids are made whole, secrets are taken out, and what tells of the machine is left out")
    func savedText() throws {
        let session = try openSession()
        for statement in [
            "trace 3f2a", "errors \"sk-proj-Qm7dPz2LxV9aKt4RbYc8NwEu3HsJf6Gi\" all", "sources",
            "note by jane.doe@customer.example",
        ] { _ = session.run(statement) }
        #expect(session.run("save x").exit == .ok)
        let text = try text("x.flq")
        #expect(text.contains("\ntrace 3f2a0000000000000000000000000017\n#> trace 3f2a0000000000000000000000000017"))
        #expect(!text.contains("sk-proj") && !text.contains("jane.doe") && text.contains("redacted"))
        #expect(text.contains("\nsources\n\n#") && !text.contains("witness"))
    }

    @Test("a file does not depend on terminal, width, colours or glyphs", arguments: [40, 120, 200])
    func sameFile(_ width: Int) throws {
        func saved(_ name: String, _ session: Session) throws -> String {
            for statement in [
                "note x", "errors by type last 7d", "calls every 1d last 7d", "trace 3f2a", "errors by tpye", "sql SELECT 1 AS n",
            ] {
                _ = session.run(statement)
            }
            #expect(session.run("save \(name)").exit == .ok)
            return try text(name + ".flq")
        }
        let plain = try saved("plain", openSession())
        var environment = testEnvironment(
            ["FAULTLINE_SESSIONS": folder.path, "LANG": "C", "CLICOLOR_FORCE": "1"], width: width)
        environment.usesASCII = true
        #expect(try saved("other", NotebookTests.openSession(Stores.small, environment)) == plain)
    }

    // MARK: Recording

    @Test("a session is written down as it goes, and its text is the text of a file")
    func recording() throws {
        let path = Stores.copy(Stores.small, in: folder)
        let session = try openSession(path)
        session.beginRecording()
        for statement in ["note Something broke", "errors by type last 7d", "help", "errors by tpye"] {
            _ = session.run(statement)
        }
        let state = try #require(session.state), id = try #require(session.recording.recorder?.id)
        #expect(session.recording.recorder?.problem == nil)
        let recorded = try state.text(ofSession: id)
        #expect(NotebookFile(parsing: recorded).recorded.map(\.text) == ["errors by type last 7d", "errors by tpye"])
        _ = session.run("save x")
        // The saved file has the same cells.
        #expect(
            NotebookFile(parsing: try text("x.flq")).recorded.map(\.machine)
                == NotebookFile(parsing: recorded).recorded.map(\.machine))
        let entry = try #require(try state.sessions().first)
        #expect(
            entry.title == "Something broke" && entry.statements == 2 && entry.endedAt == nil
                && entry.file?.hasSuffix("x.flq") == true)
        #expect(Files.mode(of: StateStore.path(besideStore: path)) == 0o600)
    }

    @Test("what a killed process left is found, told and recovered; what still runs is left alone")
    func recovery() throws {
        let path = Stores.copy(Stores.small, in: folder)
        let lost = try openSession(path)
        lost.beginRecording()
        _ = lost.run("errors by type last 7d")
        _ = lost.run("calls show count all")
        let running = try openSession(path)
        #expect(running.run("sessions").output.contains("open"))
        #expect(running.run("sessions --recover").narration.contains("no interrupted sessions"))
        // The process that recorded it is gone: its number was given to nobody, or to another.
        let state = try #require(running.state), id = try #require(lost.recording.recorder?.id)
        try state.setProcess("1:1", ofSession: id)
        let listed = running.run("sessions")
        #expect(listed.output.contains("cut off") && listed.output.contains("#\(id)") && listed.narration.contains("--recover"))
        let reply = running.run("sessions --recover")
        #expect(reply.exit == .ok && reply.output.contains("recovered-\(id).flq: 2 cells"), "\(reply.shown)")
        let file = NotebookFile(parsing: try text("recovered-\(id).flq"))
        #expect(file.recorded.count == 2 && file.title == "Recovered: errors by type last 7d" && file.pins != nil)
        #expect(running.run("replay recovered-\(id) --check").output.contains("2 cells: 2 same"))
        #expect(running.run("sessions --recover").narration.contains("no interrupted sessions"))
        #expect(running.run("sessions --recover 99").exit == .wrong && running.run("sessions --nonsense").exit == .wrong)
        #expect(running.run("sessions --recover #\(id)").exit == .ok)
    }

    @Test("sessions are listed with title, time, cells and how their last replay ended")
    func list() throws {
        let path = Stores.copy(Stores.small, in: folder)
        let session = try openSession(path)
        #expect(session.run("sessions").output.contains("no sessions yet"))
        _ = session.run("note Checkout outage")
        _ = session.run("errors by type last 7d")
        _ = session.run("save outage")
        #expect(
            session.run("sessions").output.contains("Checkout outage")
                && session.run("sessions").output.contains("not replayed"))
        #expect(session.run("replay outage").exit == .ok)
        #expect(session.run("sessions").output.contains("1 same"), "\(session.run("sessions").output)")
    }

    // MARK: Scripts

    @Test("`queries` lists the shipped scripts with their first line")
    func queries() throws {
        let output = try openSession().run("queries").output
        #expect(output.contains("tour") && output.contains("A tour of Faultline"))
    }

    @Test("the `let`s that begin a script are its parameters, and may be given")
    func parameters() throws {
        let path = folder.write(
            "by.flq",
            "# Calls of a model\nlet model = gpt-4o\nlet window = 7d\n\ncalls show count where model = $model last $window as csv\nlet other = 1\n"
        )
        let script = Script(try NotebookFile.read(path), path: path)
        #expect(script.parameters.map(\.name) == ["model", "window"] && script.purpose == "Calls of a model")
        let session = try openSession()
        func count(_ model: String) -> String { session.run("calls show count where model = \(model) last 7d as csv").output }
        func last(_ statement: String) -> String {
            let reply = session.run(statement)
            #expect(reply.exit == .ok, "\(reply.narration)")
            return reply.output
        }
        #expect(last("run \"\(path)\"") == count("gpt-4o"))
        #expect(last("run \"\(path)\" model=o3-mini") == count("o3-mini"))
        #expect(last("run \"\(path)\" model=(gpt-4o, o3-mini) window=7d") == count("gpt-4o, o3-mini"))
        #expect(last("run \"\(path)\" model=\"o3-mini\"") == count("o3-mini"))
        // The session holds what was run.
        #expect(session.cells.items.count > 8 && session.run("$ as csv").output == count("o3-mini"))
        for (statement, id) in [
            ("run \"\(path)\" modle=x", "unknown-parameter"), ("run \"\(path)\" x", "bad-parameter"), ("run", "missing-path"),
            ("run nonsense", "no-script"),
            ("run tuor", "no-script"),
        ] {
            let reply = session.run(statement)
            #expect(reply.exit == .wrong && reply.narration.contains("[\(id)]"), "\(statement): \(reply.narration)")
        }
        #expect(session.run("run tuor").narration.contains("try: run tour"))
    }

    @Test("in a session a script's cells follow those before it, and its results are its own")
    func inside() throws {
        let path = folder.write(
            "two.flq",
            "errors show count all as csv\ncalls show count all as csv\n$1 as csv\nexpect count > 0\nrerun 2\ncalls where cost > $1 show count all\n"
        )
        let session = try openSession()
        let models = session.run("calls by model all as csv").output
        _ = session.run("errors by type all")
        let alone = try openSession().run("run \"\(path)\"")
        let reply = session.run("run \"\(path)\"")
        // The numbers of the cells that it ran are told where it runs one again.
        #expect(reply.exit == .ok && reply.output.replacing("\n7 > ", with: "\n5 > ") == alone.output, "\(reply.narration)")
        #expect(session.cells[5]?.text == "$3 as csv" && session.cells[8]?.text == "calls where cost > $1 show count all")
        #expect(session.run("$1 as csv").output == models)
        #expect(session.run("save all").exit == .ok)
        #expect(
            session.run("replay all --check").output.contains("9 cells: 9 same"), "\(session.run("replay all").output)")
    }

    @Test("a script that runs itself ends")
    func recursion() throws {
        let path = folder.write("self.flq", "errors show count all\nrun \"\(folder.file("self.flq"))\"\n")
        let reply = try openSession().run("run \"\(path)\"")
        #expect(reply.exit == .wrong && reply.narration.contains("[too-deep]"))
    }

    @Test("a failed expectation ends a script with 1 and is named by file, line and cell; what follows is run all the same")
    func expectation() throws {
        let path = folder.write("expect.flq", "errors by type all\nexpect count < 1\ncalls show count all as csv\n")
        let reply = try openSession().run("run \"\(path)\"")
        #expect(
            reply.exit == .wrong && reply.narration.contains("expect.flq:2:\ncell 2: expectation failed: row 1 ("),
            "\(reply.narration)")
        #expect(reply.output.contains("count\r\n"))
    }
}
