import Glibc
import Importing
import LocalStore
import Model
import QueryLanguage
import ShippedScripts
import Synthesis
import Testing
import TestSupport

@testable import Notebook
@testable import Platform

@Suite("What is shipped: scripts and recorded sessions")
struct ShippedTests {
    static let scripts = Files.names(in: Fixtures.root + "/queries").filter { $0.hasSuffix(".flq") }
    static let sessions = Files.names(in: Fixtures.root + "/sessions").filter { $0.hasSuffix(".flq") }

    private func text(_ script: String) throws -> String { try Files.text(of: Fixtures.root + "/queries/" + script) }

    @Test("the scripts that are promised are there, and each says when to use it and what to look for")
    func promised() throws {
        let names = [
            "tour", "overview", "trends", "models", "recovery", "openai", "anthropic", "gemini", "patterns", "daily", "weekly",
            "monthly", "incident",
        ]
        #expect(Set(names.map { $0 + ".flq" }).isSubset(of: ShippedTests.scripts))
        for script in ShippedTests.scripts where script != "tour.flq" {
            let text = try text(script)
            #expect(text.contains("# When to use it: ") && text.split(separator: "\n").first?.contains(": ") == true, "\(script)")
            // Prose is read in a terminal, too.
            for line in text.split(separator: "\n") { #expect(line.count <= 130, "\(script): \(line)") }
        }
        #expect(ShippedTests.sessions.count >= 4)
    }

    @Test("the program carries every script of the folder, as it is there")
    func carried() throws {
        #expect(ShippedScripts.names.map { $0 + ".flq" } == ShippedTests.scripts)
        for name in ShippedScripts.names {
            let path = try #require(ShippedScripts.path(of: name))
            #expect(try ShippedScripts.text(at: path) == text(name + ".flq"))
        }
        #expect(ShippedScripts.path(of: "../tour") == nil && ShippedScripts.text(at: "queries/tour.flq") == nil)
    }

    @Test("every statement of every script runs; recorded and replayed, every cell is the same", arguments: scripts)
    func script(_ script: String) throws {
        let folder = TemporaryFolder()
        let session = try openSession(Stores.tour, testEnvironment(["FAULTLINE_SESSIONS": folder.path]))
        let reply = session.run("run \(script)")
        #expect(reply.exit == .ok, "\(reply.narration)")
        #expect(session.cells.count > 3)
        #expect(session.run("save x").exit == .ok)
        let replay = try openSession(Stores.tour, testEnvironment(["FAULTLINE_SESSIONS": folder.path], width: 132)).run(
            "replay x --check")
        #expect(
            replay.exit == .ok && replay.output.contains("\(session.cells.count) cells: \(session.cells.count) same"),
            "\(replay.output)")
    }

    @Test(
        "a script with parameters takes other values",
        arguments: [
            "run overview window=7d", "run trends window=14d width=12h", "run models model=o3-mini against=gpt-4o window=30d",
            "run daily start=2026-11-19 end=2026-11-20",
            "run incident at=2026-11-20T12:00 span=6h", "run incident at=\"5h ago\"", "run openai window=30d",
        ])
    func parameters(_ statement: String) throws {
        let reply = try openSession(Stores.tour).run(statement)
        #expect(reply.exit == .ok && !reply.output.isEmpty, "\(reply.narration)")
    }

    @Test("the recorded sessions hold on the demonstration's store, and find its incidents", .enabled(if: !sessions.isEmpty))
    func recordedSessions() throws {
        let session = try openSession(Stores.demonstration)
        for name in ShippedTests.sessions {
            let path = Fixtures.root + "/sessions/" + name
            // A session that was written by hand has nothing to compare with.
            guard try NotebookFile.read(path).pins != nil else { continue }
            if getenv("RECORD") != nil {
                _ = session.run("replay \"\(path)\" --update")
                Issue.record("recorded \(name): read it, then run without RECORD")
            }
            let reply = session.run("replay \"\(path)\" --check")
            // Drawn otherwise is no drift.
            #expect(reply.exit == .ok && !reply.output.contains(" new") && !reply.output.contains(" skipped"), "\(reply.output)")
            #expect(try Files.text(of: path).contains("\nexpect "), "\(name) asserts what it found")
        }
    }
}

extension Stores {
    /// The history that `faultline demo` makes: 100,000 calls of 30 days.
    static let demonstration = made("demo.db") { store in
        let plan = HistoryPlan(calls: 100_000, days: 30, end: now, seed: 1)
        try store.load(History(plan).lazy.map { ($0.trace, $0.spans, $0.events) }, now: plan.end)
        try store.setClock(plan.end)
        try store.setMeta("demo", "a test")
    }
}
