import Glibc
import Model
import Testing

@testable import LocalStore
@testable import Monitoring
@testable import Notebook
@testable import Platform

@Suite("where watching begins")
struct FirstEvaluationTests {
    private let folder = TemporaryFolder()

    private func makeSession(_ store: String, at time: String) throws -> Session {
        var environment = testEnvironment()
        environment.pinnedNow = TimeText.parse("2026-11-21T\(time)Z")
        return try openSession(store, environment)
    }

    /// A store with six errors at the beginnings of these minutes after 13:00.
    private func store(_ minutes: [Int]) throws -> String {
        let path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        let lines = minutes.flatMap { minute in
            (1...6).map { second in
                #"{"provider":"openai","timestamp":"2026-11-21T13:\#(minute < 10 ? "0" : "")\#(minute):0\#(second)Z","error_type":"APIError","status_code":500,"error_message":"failed \#(minute) \#(second)"}"#
                    + "\n"
            }
        }
        #expect(try openSession(path).importPaths([folder.write("a.jsonl", lines.joined())], showsAllProblems: false).exit == .ok)
        return path
    }

    private func begun() throws -> [String] {
        try StateStore.open(path: folder.file("store.db.state")).firings().map {
            String(TimeText.iso($0.startedAt).dropFirst(11).prefix(5))
        }
        .sorted()
    }

    private let rule = "when errors over 5m having count > 5 do log"

    @Test("a rule need not fire for what was before it was made; from then on nothing is lost, however late watching begins")
    func sinceMade() throws {
        let store = try store([2, 20, 40])
        _ = try makeSession(store, at: "13:10:30").run("alert create q \(rule)")
        let reply = try makeSession(store, at: "13:55:00").run("alert watch")
        #expect(try begun() == ["13:21", "13:41"], "\(reply.shown)")
        #expect(try Files.text(of: Sender.log(besideStore: folder.file("store.db"))).split(separator: "\n").count == 4)
    }

    @Test("what holds when the rule is made fires at its first evaluation")
    func holdsAlready() throws {
        let store = try store([2])
        _ = try makeSession(store, at: "13:04:30").run("alert create q \(rule)")
        _ = try makeSession(store, at: "13:04:40").run("alert watch")
        #expect(try begun() == ["13:04"])
    }

    @Test("a rule that was switched off need not fire for that time; an edited one begins anew")
    func switchedOn() throws {
        let store = try store([2, 20, 40, 50])
        _ = try makeSession(store, at: "13:01:00").run("alert create q \(rule)")
        _ = try makeSession(store, at: "13:09:00").run("alert watch")
        _ = try makeSession(store, at: "13:09:30").run("alert disable q")
        _ = try makeSession(store, at: "13:30:00").run("alert enable q")
        _ = try makeSession(store, at: "13:46:00").run("alert watch")
        #expect(try begun() == ["13:03", "13:41"])
        _ = try makeSession(store, at: "13:47:30").run("alert edit q when errors over 5m having count > 4 do log")
        _ = try makeSession(store, at: "13:58:00").run("alert watch")
        #expect(try begun() == ["13:03", "13:41", "13:51"])
    }
}
