import Model
import QueryLanguage
import Platform
import Testing

@testable import Notebook

@Suite("Settings")
struct SettingsTests {
    private func run(_ statements: String..., path: String = Stores.small) throws -> (Session, Reply) {
        let session = try openSession(path)
        let replies = statements.map { session.run($0) }
        return (session, replies[replies.count - 1])
    }

    @Test("`set` alone shows every setting with its value and meaning")
    func list() throws {
        let (_, reply) = try run("set")
        #expect(reply.exit == .ok)
        for row in Settings.rows { #expect(reply.output.contains(row.name)) }
        #expect(reply.output.contains("24h") || reply.output.contains("1d"))
        #expect(reply.output.contains("explicit event field stream empty"))
    }

    @Test(
        "each setting says what it is now",
        arguments: [
            ("set tz Europe/Berlin", "tz is Europe/Berlin"), ("set TZ = utc", "tz is UTC"),
            ("set timezone UTC", "timezone is UTC"),
            ("set range 7d", "range is 1w"), ("set range 90m", "range is 1h30m"), ("set range last 36h", "range is 1d12h"),
            ("set range all", "range is all"), ("set detect +slow", "detect is explicit event field stream empty slow"),
            ("set detect +slow +soft -empty", "detect is explicit event field stream slow soft"),
            ("set detect slow explicit", "detect is explicit slow"),
            ("set detect default", "detect is explicit event field stream empty"),
            ("set form csv", "form is csv"), ("set form AUTO", "form is auto"),
        ])
    func each(_ statement: String, _ said: String) throws {
        let (_, reply) = try run(statement)
        #expect(reply.exit == .ok)
        #expect(reply.narration == said + "\n")
        #expect(reply.output.isEmpty)
    }

    @Test(
        "each mistake stands under the word that is wrong, and changes nothing",
        arguments: [
            ("set tz Mars/Olympus", 7, 12, "unknown-zone"), ("set tz ../../etc/passwd", 7, 16, "unknown-zone"),
            ("set tz /etc/passwd", 7, 11, "unknown-zone"), ("set range soon", 10, 4, "bad-duration"),
            ("set range 24", 10, 2, "bad-duration"),
            ("set range 0s", 10, 2, "bad-duration"), ("set detect +lousy", 11, 6, "unknown-value"),
            ("set detect", 4, 6, "missing-value"),
            ("set form cvs", 9, 3, "unknown-form"), ("set colour on", 4, 6, "unknown-setting"), ("set tz", 4, 2, "missing-value"),
            ("set detect -explicit -event -field -stream -empty", 11, 9, "no-evidence"),
        ])
    func mistakes(_ statement: String, _ column: Int, _ width: Int, _ id: String) throws {
        let (session, reply) = try run(statement)
        #expect(reply.exit == .wrong && reply.output.isEmpty)
        let lines = reply.narration.split(separator: "\n").map(String.init)
        #expect(lines.first == statement)
        #expect(lines.dropFirst().first == String(repeating: " ", count: column) + String(repeating: "^", count: width))
        #expect(reply.narration.contains("[\(id)]"))
        #expect(session.settings == Settings())
    }

    @Test("a near form and a near setting are offered")
    func closest() throws {
        #expect(try run("set form cvs").1.narration.contains("csv"))
        #expect(try run("set rnage 7d").1.narration.contains("set range 7d"))
    }

    @Test("the zone rules the days of buckets and the times shown")
    func zone() throws {
        let utc = try run("errors show count every 1d last 3d as csv").1
        let (_, berlin) = try run("set tz Europe/Berlin", "errors show count every 1d last 3d as csv")
        #expect(utc.output != berlin.output)
        #expect(berlin.output.contains("+01:00") || berlin.output.contains("T23:00"))
        let (_, table) = try run("set tz Europe/Berlin", "errors last 7d limit 1")
        #expect(table.output.contains("Europe/Berlin"))
    }

    @Test("the range rules statements that name none")
    func range() throws {
        let (_, narrow) = try run("set range 1s", "calls show count as csv")
        let (_, wide) = try run("set range all", "calls show count as csv")
        #expect(narrow.output == "count\r\n0\r\n" || narrow.output == "count\n0\n")
        #expect(wide.output.contains("302"))
        let (_, named) = try run("set range 1s", "calls all show count as csv")
        #expect(named.output == wide.output)
    }

    @Test("the evidence that counts changes the number of errors and is said under the answer")
    func evidence() throws {
        let plain = try run("errors show count all").1
        let (_, more) = try run("set detect +slow +soft", "errors show count all")
        #expect(plain.output != more.output)
        #expect(more.output.contains("slow"))
        let (_, back) = try run("set detect +slow +soft", "set detect default", "errors show count all")
        #expect(back.output == plain.output)
    }

    @Test("the form holds for statements that name none, for tables of the shell too")
    func form() throws {
        let (session, reply) = try run("set form json", "errors by type all")
        #expect(reply.output.hasPrefix("["))
        #expect(session.run("sql SELECT 1 AS one").output.hasPrefix("["))
        #expect(session.run("errors by type all as csv").output.hasPrefix("type,count"))
        #expect(session.run("sources").output.hasPrefix("["))
        #expect(session.run("set").exit == .ok)
    }
}
