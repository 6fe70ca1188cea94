import Model
import Testing

@testable import Notebook

@Suite("The latest statements of a session")
struct HistoryStatementTests {
    @Test("`history` lists statements with their numbers, times and how they ended, oldest first")
    func list() throws {
        let session = try openSession()
        #expect(session.run("history").output == "no statements yet\n")
        _ = session.run("errors by type all")
        _ = session.run("errors by nonsense")
        _ = session.run("calls all limit 1")
        session.setForm("csv")
        let rows = session.run("history").output.split(separator: "\r\n").map { $0.split(separator: ",") }
        #expect(rows.map(\.first) == ["cell", "1", "2", "3"])
        #expect(rows.dropFirst().map { $0[2] } == ["errors by type all", "errors by nonsense", "calls all limit 1"])
        #expect(rows.dropFirst().map(\.last) == ["ok", "failed", "ok"])
    }

    @Test("a number limits the list to the latest; `history` itself takes no number and is not listed")
    func limit() throws {
        let session = try openSession()
        for _ in 0..<3 { _ = session.run("calls all limit 1") }
        session.setForm("csv")
        _ = session.run("history")
        let rows = session.run("history 2").output.split(separator: "\r\n").map { $0.split(separator: ",").first }
        #expect(rows == ["cell", "2", "3"])
        #expect(session.run("history 0").exit == .wrong && session.run("history many").exit == .wrong)
    }

    @Test("secrets that were typed are not shown")
    func secrets() throws {
        let session = try openSession()
        _ = session.run("errors \"sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD\" all")
        #expect(!session.run("history").output.contains("abcdefghijklmnop"))
    }
}
