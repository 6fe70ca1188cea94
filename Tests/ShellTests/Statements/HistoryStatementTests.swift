import Model
import Testing

@testable import Shell

@Suite("The latest statements of a session")
struct HistoryStatementTests {
    @Test("`history` lists statements with their numbers, times and how they ended, oldest first")
    func list() throws {
        let interpreter = try session()
        #expect(interpreter.run("history").output == "no statements yet\n")
        _ = interpreter.run("errors by type all")
        _ = interpreter.run("errors by nonsense")
        _ = interpreter.run("calls all limit 1")
        interpreter.setForm("csv")
        let rows = interpreter.run("history").output.split(separator: "\r\n").map { $0.split(separator: ",") }
        #expect(rows.map(\.first) == ["cell", "1", "2", "3"])
        #expect(rows.dropFirst().map { $0[2] } == ["errors by type all", "errors by nonsense", "calls all limit 1"])
        #expect(rows.dropFirst().map(\.last) == ["ok", "failed", "ok"])
    }

    @Test("a number limits the list to the latest; `history` itself takes no number and is not listed")
    func limit() throws {
        let interpreter = try session()
        for _ in 0..<3 { _ = interpreter.run("calls all limit 1") }
        interpreter.setForm("csv")
        _ = interpreter.run("history")
        let rows = interpreter.run("history 2").output.split(separator: "\r\n").map { $0.split(separator: ",").first }
        #expect(rows == ["cell", "2", "3"])
        #expect(interpreter.run("history 0").exit == .wrong && interpreter.run("history many").exit == .wrong)
    }

    @Test("secrets that were typed are not shown")
    func secrets() throws {
        let interpreter = try session()
        _ = interpreter.run("errors \"sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD\" all")
        #expect(!interpreter.run("history").output.contains("abcdefghijklmnop"))
    }
}
