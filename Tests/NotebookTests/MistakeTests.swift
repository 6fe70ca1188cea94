import Model
import QueryLanguage
import Testing

@testable import Notebook

@Suite("Mistakes in statements")
struct StatementMistakeTests {
    @Test(
        "a mistake ends with code 1, shows carets under the word, and offers a line that runs",
        arguments: [
            ("errors by tpye last 24h", "          ^^^^", "try: errors by type last 24h"),
            ("errrs last 24h", "^^^^^", "try: errors last 24h"),
            ("errors lsat 24h", "       ^^^^", "try: errors last 24h"),
            ("calls show p95(latncy) last 7d", "               ^^^^^^", "try: calls show p95(latency) last 7d"),
            ("errors where severty = ERROR", "             ^^^^^^^", "try: errors where severity = ERROR"),
            ("errors by type as cvs", "                  ^^^", "try: errors by type as csv"),
            ("explain errors by modle all", "                  ^^^^^", "try: explain errors by model all"),
        ])
    func carets(_ statement: String, _ carets: String, _ correction: String) throws {
        let session = try openSession()
        let reply = session.run(statement)
        #expect(reply.exit == .wrong && reply.output.isEmpty)
        let lines = reply.narration.split(separator: "\n").map(String.init)
        #expect(lines.count >= 4 && lines[0] == statement && lines[1] == carets, "\(reply.narration)")
        #expect(lines.last == correction)
        #expect(session.run(String(correction.dropFirst(5))).exit == .ok)
    }

    @Test("independent mistakes come together, a value that no call has among them")
    func together() throws {
        let reply = try openSession().run("errors by tpye last 7d where model=gpt4o")
        #expect(reply.narration.contains("[unknown-field]") && reply.narration.contains("[no-value]"))
        #expect(reply.narration.contains("          ^^^^                     ^^^^^"))
        #expect(reply.narration.contains("calls)"))
        #expect(reply.narration.hasSuffix("try: errors by type last 7d where model=gpt-4o\n"))
    }

    @Test("values are known per store: what one has, the other misses")
    func values() throws {
        #expect(try openSession(Stores.small).run("errors where model = gpt-4o-mini all").exit == .ok)
        let other = try openSession(Stores.leaking).run("errors where model = gpt-4o-mini all")
        #expect(other.exit == .wrong && other.narration.contains("[no-value]"), "\(other.shown)")
    }

    @Test(
        "commands without their words are mistakes too",
        arguments: [
            "import", "trace", "sql", "explain", "explain sql SELECT 1", "errors by", "errors where", "errors last", "nonsense",
        ])
    func incomplete(_ statement: String) throws {
        let reply = try openSession().run(statement)
        #expect(reply.exit == .wrong && reply.output.isEmpty && reply.narration.contains("^"), "\(reply.shown)")
    }

    @Test("control characters of a statement are shown, not sent")
    func control() throws {
        let reply = try openSession().run("errors by \u{1B}[31mtpye\u{7}")
        #expect(reply.exit == .wrong)
        #expect(!reply.narration.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test("carets stand under the right word in every line of a cell, and behind wide characters")
    func linesAndWidth() throws {
        let cell = try openSession().run("errors by type\n  where mdoel = gpt-4o\n  last 24h")
        #expect(cell.narration.contains("  where mdoel = gpt-4o\n        ^^^^^\n"))
        let wide = try openSession().run("errors \"日本\" by tpye")
        #expect(wide.narration.contains("\n                 ^^^^\n"))
    }
}
