import Glibc
import PtySupport
import Testing

/// The notebook on a terminal, with its own store.
private struct Prompt {
    static let prompt = "faultline> "
    let folder: Folder
    let session: PtySession

    init(_ folder: Folder = Folder(), _ changes: [String: String] = [:], columns: Int = 80) throws {
        self.folder = folder
        let store = folder.file("store.db")
        if Folder.mode(store) == nil { _ = Made.copyOfStore(in: folder) }
        let environment = [
            "TERM": "xterm", "LANG": "C.UTF-8", "HOME": folder.path, "EDITRC": "/dev/null", "PATH": "/usr/bin:/bin",
            "NO_COLOR": "1", "PAGER": "off",
            "SWIFT_BACKTRACE": "enable=no",
        ].merging(changes) { $1 }
        session = try PtySession(Tool.path, arguments: ["--store", store], environment: environment, columns: columns)
    }

    /// Waits for the prompt and types.
    func type(_ text: String) throws {
        try session.waitForPrompt(Prompt.prompt)
        try session.send(text)
    }

    /// Enters a statement and waits for these texts, in order.
    func enter(_ statement: String, shows texts: String...) throws {
        try type(statement + "\r")
        for text in texts { try session.expect(text) }
    }

    func leave() throws {
        try session.waitForPrompt(Prompt.prompt)
        // Text typed between two lines, in line mode, may be lost: then it is typed again.
        for _ in 0..<5 {
            try session.send("\u{4}")
            if let end = try? session.waitForEnd(within: .seconds(4)) {
                #expect(end == .exited(0))
                return
            }
        }
        Issue.record("Ctrl-D did not end the session")
    }
}

@Suite("The prompt", .serialized)
struct PromptTests {
    @Test("the banner shows the store and its contents, and a query is answered with a chart")
    func query() throws {
        let prompt = try Prompt()
        for shown in ["faultline · ", "store.db", "records from ", "help", "now stands at 2026-11-21T14:00:00Z"] {
            try prompt.session.expect(shown)
        }
        try prompt.enter("errors by type last 7d", shows: "errors by type: ", "█", "total", "errors of ")
        try prompt.enter("calls every 1d last 7d", shows: "calls", "┤", "┼")
        try prompt.enter("help where", shows: "where PREDICATE")
        try prompt.leave()
    }

    @Test("answers are coloured on capable terminals, and the terminal is restored")
    func colour() throws {
        let prompt = try Prompt(Folder(), ["NO_COLOR": ""])
        try prompt.session.expect("faultline>")
        try prompt.session.waitUntilRaw()
        try prompt.session.send("errors by type last 7d\r")
        try prompt.session.expect("\u{1B}[")
        try prompt.session.expect("faultline>")
        try prompt.session.waitUntilRaw()
        try prompt.session.send("quit\r")
        #expect(try prompt.session.waitForEnd() == .exited(0))
        #expect(prompt.session.isCooked)
    }

    @Test("Tab completes a clause, a field and a live value")
    func completion() throws {
        let prompt = try Prompt()
        try prompt.type("calls by age\t")
        try prompt.session.expect("nt ")
        try prompt.session.send("las\t")
        try prompt.session.expect("t ")
        try prompt.session.send("7d wh\tmodel = claude-so\t")
        try prompt.session.expect("nnet-4-5 ")
        try prompt.session.send("show count\r")
        // One model, but all agents that used it.
        try prompt.session.expect("calls by agent")
        try prompt.session.expect("newest")
        // Several values are listed with their number of calls.
        try prompt.type("errors where model = gpt\t\t")
        try prompt.session.expect("gpt-4o")
        try prompt.session.expect(" calls")
        try prompt.session.send("\u{3}")
        try prompt.session.expect("^C")
        try prompt.leave()
    }

    @Test("an error is shown with carets and a corrected line, and the session continues")
    func mistake() throws {
        let prompt = try Prompt()
        try prompt.enter("errors by tpye", shows: "          ^^^^", "unknown field `tpye`", "try: errors by type")
        try prompt.enter("errors by type all", shows: "total")
        try prompt.leave()
    }

    @Test("Ctrl-C discards the line")
    func dropLine() throws {
        let prompt = try Prompt()
        try prompt.type("nonsense that is never run\u{3}")
        try prompt.enter("calls show count all as csv", shows: "400")
        #expect(!prompt.session.screenText.contains("no statement begins"))
        try prompt.leave()
    }

    @Test("Ctrl-C interrupts a long query, and the session continues")
    func interrupt() throws {
        let prompt = try Prompt()
        for _ in 0..<2 {
            try prompt.type("sql WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n\r")
            try prompt.session.waitUntilCooked()
            usleep(150_000)
            try prompt.session.send("\u{3}")
            try prompt.session.expect("interrupted")
        }
        try prompt.enter("calls show count all as csv", shows: "400")
        try prompt.leave()
    }

    @Test("`quit` and Ctrl-D exit with 0 and restore the terminal")
    func ends() throws {
        for keys in ["quit\r", "\u{4}", "exit;\r"] {
            let prompt = try Prompt()
            try prompt.type(keys)
            #expect(try prompt.session.waitForEnd() == .exited(0))
            #expect(prompt.session.isCooked)
        }
    }

    @Test("the history is available in the next session, without pasted keys, and readable only by its owner")
    func history() throws {
        let folder = Folder()
        let first = try Prompt(folder)
        try first.enter("errors \"sk-proj-Qm7dPz2LxV9aKt4RbYc8NwEu3HsJf6Gi\" all show count as csv", shows: "count")
        try first.enter("calls show count all as csv", shows: "400")
        try first.leave()
        let file = folder.file("store.db.history")
        #expect(
            Folder.mode(file) == 0o600 && Folder.text(file).contains("calls show count") && !Folder.text(file).contains("sk-proj")
        )
        let second = try Prompt(folder)
        try second.type("\u{1B}[A")
        try second.session.expect("calls show count all as csv")
        try second.session.send("\r")
        try second.session.expect("400")
        try second.leave()
    }

    @Test("charts follow the terminal's width")
    func resize() throws {
        let prompt = try Prompt(columns: 100)
        func widest() throws -> Int {
            try prompt.enter("errors by type all", shows: "errors by type: ")
            try prompt.session.expect("newest")
            let shown = prompt.session.screenText
            let start = shown.range(ofLast: "errors by type: ")
            return shown[start...].split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.filter { $0.contains("█") }.map(\.count)
                .max() ?? 0
        }
        let first = try widest()
        #expect(80 < first && first <= 100)
        prompt.session.resize(rows: 24, columns: 60)
        let second = try widest()
        #expect(40 < second && second <= 60)
        try prompt.leave()
    }

    @Test("two statements pasted at once are both answered")
    func paste() throws {
        let prompt = try Prompt()
        try prompt.type("\u{1B}[200~calls show count all as csv\nerrors by tpye all\u{1B}[201~\r")
        try prompt.session.expect("400")
        try prompt.session.expect("^^^^")
        try prompt.leave()
    }

    @Test("a statement continues over lines until it is complete")
    func cell() throws {
        let prompt = try Prompt()
        try prompt.type("errors where (type = timeout or\r")
        try prompt.session.expect("...> ")
        try prompt.session.send("type = rate_limit) all show count as csv\r")
        try prompt.session.expect("count")
        try prompt.leave()
    }

    @Test("control characters from data never reach the terminal")
    func control() throws {
        let folder = Folder()
        let message = #"\u001b]0;owned\u0007\u001b[2Jboom"#
        folder.write(
            "log.jsonl",
            #"{"provider":"openai","timestamp":"2026-11-21T10:00:00Z","error_type":"APIError","error_message":"\#(message)"}"#
                + "\n")
        #expect(Tool(folder).run("import", "--store", "store.db", "log.jsonl").code == 0)
        let prompt = try Prompt(folder)
        try prompt.enter("errors all", shows: "boom")
        #expect(!prompt.session.screenText.contains("\u{1B}]0;owned") && !prompt.session.screenText.contains("\u{1B}[2Jboom"))
        try prompt.leave()
    }
}

extension String {
    /// Returns the last occurrence of `part`; the end when there is none.
    fileprivate func range(ofLast part: String) -> String.Index { indices.last { self[$0...].hasPrefix(part) } ?? endIndex }
}
