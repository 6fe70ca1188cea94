import Glibc
import PtySupport
import Testing

/// A store with data up to the current time, watched on a terminal.
private struct Watched {
    let folder = Folder()
    var store: String { folder.file("store.db") }

    /// - Parameter rule: A rule to save in the store.
    init(_ rule: String) {
        folder.write("errors.jsonl", Watched.lines(ago: [90, 80, 75, 70, 66, 62]))
        #expect(Tool(folder).run("import", "--store", "store.db", "errors.jsonl").code == 0)
        #expect(Tool(folder).run("query", "--store", "store.db", rule).code == 0)
    }

    /// Adds errors this many seconds ago.
    static func lines(ago seconds: [Int]) -> String {
        let now = Int(time(nil))
        return seconds.map { second in
            var instant = time_t(now - second), civil = tm()
            gmtime_r(&instant, &civil)
            var text = [CChar](repeating: 0, count: 40)
            strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &civil)
            let stamp = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return
                #"{"provider":"openai","timestamp":"\#(stamp)","error_type":"APIError","status_code":500,"error_message":"failed \#(second)"}"#
                + "\n"
        }.joined()
    }

    func session(_ arguments: String...) throws -> PtySession {
        try PtySession(
            Tool.path, arguments: arguments + ["--store", store],
            environment: [
                "TERM": "xterm", "LANG": "C.UTF-8", "HOME": folder.path, "EDITRC": "/dev/null", "PATH": "/usr/bin:/bin",
                "NO_COLOR": "1", "PAGER": "off", "SWIFT_BACKTRACE": "enable=no",
            ])
    }
}

@Suite("Alerts on a terminal", .serialized)
struct AlertPromptTests {
    private let rule = "alert create burst when errors over 15m having count > 5 do log"

    @Test("a firing is printed above the line being typed; repeating `alert watch` stops watching")
    func background() throws {
        let watched = Watched(rule), session = try watched.session()
        try session.waitForPrompt("faultline> ")
        try session.send("alert watch\r")
        try session.waitForPrompt("faultline> ")
        // The line being typed when the firing arrives.
        try session.send("errors by ty")
        try session.expect("FIRING burst")
        try session.send("pe last 1h\r")
        try session.expect("errors by type: ")
        try session.waitForPrompt("faultline> ")
        try session.send("alert watch\r")
        try session.expect("stopped watching alerts")
        try session.waitForPrompt("faultline> ")
        try session.send("firings last 1h show alert, acked as csv\r")
        try session.expect("burst,")
        try session.waitForPrompt("faultline> ")
        try session.send("quit\r")
        #expect(try session.waitForEnd() == .exited(0))
        #expect(session.isCooked)
        #expect(Folder.text(watched.folder.file("store.db.alerts.log")).split(separator: "\n").count == 1)
    }

    @Test("in the foreground, it lists the rules, reports firings, and stops on Ctrl-C")
    func foreground() throws {
        let watched = Watched(rule), session = try watched.session("alert", "watch")
        try session.expect("1 rule")
        try session.expect("FIRING burst")
        try session.send("\u{3}")
        try session.expect("stopped watching")
        #expect(try session.waitForEnd() == .exited(0))
        #expect(Folder.text(watched.folder.file("store.db.alerts.log")).contains("FIRING burst"))
    }

    @Test("Ctrl-C ends a long test on history, and the session continues")
    func interrupted() throws {
        let watched = Watched(rule)
        // Forty rules with a value for every second of ten days.
        let rules = (0..<40).map { "      - {alert: R\($0), expr: hour() + \($0) > 100}\n" }
        watched.folder.write("rules.yaml", "groups:\n  - name: g\n    rules:\n" + rules.joined())
        let session = try watched.session()
        try session.waitForPrompt("faultline> ")
        try session.send("alert test \"\(watched.folder.file("rules.yaml"))\" since 10d ago step 1s\r")
        try session.waitUntilCooked()
        usleep(120_000)
        try session.send("\u{3}")
        try session.expect("interrupted")
        try session.waitForPrompt("faultline> ")
        try session.send("calls show count all as csv\r")
        try session.expect("count")
        try session.waitForPrompt("faultline> ")
        try session.send("quit\r")
        #expect(try session.waitForEnd() == .exited(0))
    }
}
