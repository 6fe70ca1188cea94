import Model
import QueryLanguage
import Testing

@testable import Notebook
@testable import Platform

@Suite("Reports, and the way back")
struct ReportTests {
    let folder = TemporaryFolder()

    private static let statements = [
        "note Checkout outage", "note It began at noon, see `errors` & <b>others</b>", "errors by type last 7d",
        "calls show count, error_rate, cost all",
        "errors every 1d last 7d", "errors last 7d limit 3", "errors by type, model all", "trace 3f2a", "errors by tpye",
        "note ## What now\n- one\n- **two**", "set tz Europe/Berlin",
        "sources", "summary last 7d", "calls\n  where model = gpt-4o\n  show count all", "errors by signature last 7d",
    ]

    private func report(_ name: String, on path: String = Stores.small, _ statements: [String] = ReportTests.statements) throws
        -> String
    {
        let session = try openSession(path)
        for statement in statements { _ = session.run(statement) }
        let reply = session.run("report \"\(folder.file(name))\"")
        #expect(reply.exit == .ok && reply.narration.contains("written to"), "\(reply.shown)")
        #expect(Files.mode(of: folder.file(name)) == 0o600)
        return try Files.text(of: folder.file(name))
    }

    @Test("a report as Markdown holds prose, statements, pictures and tables")
    func markdown() throws {
        let text = try report("r.md")
        #expect(text.hasPrefix("# Checkout outage\n\n*asked at 2026-11-21T14:00:00Z · zone Europe/Berlin · store small · rules "))
        #expect(text.contains("It began at noon, see `errors` & &lt;b>others&lt;/b>\n"))
        #expect(text.contains("**1**\n\n```faultline\nerrors by type last 7d\n```\n\n```text\nerrors by type: "))
        #expect(text.contains(" time |") && text.contains("\n## What now\n- one\n- **two**\n"))
        #expect(text.contains("```faultline\ncalls\n  where model = gpt-4o\n  show count all\n```"))
        #expect(!text.contains("witness") && !text.contains("\u{1B}"))
    }

    @Test("a report as HTML is one file that fetches nothing, with light and dark, tables and pictures")
    func html() throws {
        let text = try report("r.html")
        #expect(text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">") && text.contains("<title>Checkout outage</title>"))
        #expect(text.contains("<p>It began at noon, see <code>errors</code> &amp; &lt;b&gt;others&lt;/b&gt;</p>"))
        #expect(
            text.contains("<code class=\"statement\">errors by type last 7d</code>")
                && text.contains("<table class=\"sortable\">"))
        #expect(text.contains("<td class=\"bar\"><i style=\"width:100.0%\"></i></td>") && text.contains("<dl class=\"cards\">"))
        #expect(
            text.contains("<h3>What now</h3>\n<ul><li>one</li><li><b>two</b></li></ul>")
                && text.contains("<section id=\"cell-7\" class=\"failed\">"))
        #expect(text.contains("prefers-color-scheme: dark") && text.contains("Content-Security-Policy"))
        // Nothing of another place, and nothing that is not closed.
        for word in ["href=\"http", "src=", "@import", "url(", "<link", "<img", "<iframe"] {
            #expect(!text.contains(word), "\(word)")
        }
        for tag in [
            "section", "table", "tr", "td", "th", "pre", "p", "h2", "h3", "ul", "li", "dl", "dt", "dd", "details", "code", "main",
            "body", "html", "style", "script",
        ] {
            let opened = text.split(separator: "<\(tag)", omittingEmptySubsequences: false).dropFirst().count {
                $0.first == ">" || $0.first == " "
            }
            let closed = text.split(separator: "</\(tag)>", omittingEmptySubsequences: false).count - 1
            #expect(opened == closed, "\(tag): \(opened) opened, \(closed) closed")
        }
        #expect(try report("again.html") == text)
    }

    @Test("nothing of the data is obeyed, and no secret is shown")
    func escaping() throws {
        let store = Stores.copy(Stores.empty, in: folder)
        let log = folder.write(
            "log.jsonl",
            #"{"provider":"openai","timestamp":"2026-11-21T10:00:00Z","error_type":"APIError","error_message":"</pre><script>alert(1)</script> ``` | x"}"#
                + "\n")
        let statements = [
            "note <script>alert(2)</script>", "import \"\(log)\"", "errors all", "errors by signature all",
            "errors \"<img src=x>\" all", "errors \"a```b\" all",
        ]
        let html = try report("x.html", on: store, statements)
        #expect(html.split(separator: "<script", omittingEmptySubsequences: false).count == 2 && !html.contains("<img"))
        let markdown = try report("x.md", on: store, statements)
        // Inside a fence nothing is obeyed; what is there cannot end it.
        var isFenced = false
        for line in markdown.split(separator: "\n") {
            if line.hasPrefix("```") { isFenced.toggle() } else if !isFenced { #expect(!line.contains("<script"), "\(line)") }
        }
        #expect(!isFenced && markdown.contains("````faultline\n"))
        for name in ["s.html", "s.md"] {
            let text = try report(
                name, on: Stores.leaking,
                ["errors all", "traces show name, user, session all", "trace 5ec2e7", "errors \"\(Witness.secrets[0])\" all"])
            for secret in Witness.secrets { #expect(!text.contains(secret), "\(name)") }
        }
    }

    @Test(
        "what `report` refuses",
        arguments: [("report", "missing-path"), ("report x.pdf", "report-form"), ("report x", "report-form")])
    func refusals(_ statement: String, _ id: String) throws {
        let session = try openSession()
        #expect(session.run("report x.md").narration.contains("[nothing-to-report]"))
        _ = session.run("errors by type all")
        #expect(session.run(statement).narration.contains("[\(id)]"))
        #expect(session.run("report \"\(folder.path)/no/x.md\"").exit == .trouble)
    }

    // MARK: The way back

    @Test("statements come back out of both kinds of report and out of a session's file")
    func back() throws {
        let asked = ReportTests.statements.filter { !$0.hasPrefix("note ") }.map {
            $0.replacing("trace 3f2a", with: "trace 3f2a0000000000000000000000000017")
        }
        for name in ["r.md", "r.html"] { #expect(ScriptRecovery.statements(in: try report(name)) == asked, "\(name)") }
        #expect(ScriptRecovery.statements(in: NotebookFileTests.sample).count == 3)
    }

    @Test("statements come back out of a terminal's scroll-back, with colours, numbers and dropped lines")
    func scrollBack() {
        let text = """
            faultline · /data/store.db
            records from 14 Nov to 21 Nov
            \u{1B}[2m1 \u{1B}[0m\u{1B}[36mfaultline> \u{1B}[0merrors by type last 24h\r
            type     count\r
            timeout     12\r
            2 faultline> errors by provider^C\r
            2 faultline> errors where (type = timeout or\r
                  ...> type = rate_limit)\r
            > no echo
            3 faultline> \r
            > 4 faultline> $1 as csv
            """
        #expect(
            ScriptRecovery.statements(in: text) == [
                "errors by type last 24h", "errors where (type = timeout or\ntype = rate_limit)", "$1 as csv",
            ])
        #expect(
            ScriptRecovery.script(from: text)
                == "errors by type last 24h\nerrors where (type = timeout or\n  type = rate_limit)\n$1 as csv\n")
        let script = ScriptRecovery.script(from: text)
        #expect(StatementSplitter.pieces(of: script).count == 3)
    }

    @Test("statements come back out of what a script printed, and out of a chat")
    func others() {
        #expect(
            ScriptRecovery.statements(
                in: "A tour\n\n> errors by type last 30d\nerrors by type: 5\n3 > calls last 1h\n> not a statement\n") == [
                    "errors by type last 30d", "calls last 1h",
                ])
        let chat =
            "hi, try this:\nerrors by type last 24h where model = gpt-4o\nthe errors are bad today\n  and then\ntrace 3f2a\nquit\ncalls are fine\nhelp me\n"
        #expect(ScriptRecovery.statements(in: chat) == ["errors by type last 24h where model = gpt-4o", "trace 3f2a"])
        #expect(ScriptRecovery.statements(in: "nothing here").isEmpty && ScriptRecovery.statements(in: "").isEmpty)
        #expect(
            ScriptRecovery.script(from: "1 faultline> errors \"\(Witness.secrets[0])\"\n").contains(Witness.secrets[0]) == false)
    }
}
