import Glibc
import PtySupport
import Testing

@Suite("Exit codes, streams and options")
struct ExitTests {
    let tool = Tool()

    @Test("an answer goes to standard output with exit code 0 and no message")
    func answer() {
        let outcome = tool.run("query", "--store", Made.store, "errors by type all")
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.contains("errors by type") && outcome.output.contains("total"))
        // Not a terminal: no colour, no prompt, 80 columns.
        #expect(!outcome.output.contains("\u{1B}") && outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("an invalid statement exits with 1 and explains only on standard error")
    func wrong() {
        let outcome = tool.run("query", "--store", Made.store, "errors by tpye")
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("          ^^^^") && outcome.errors.contains("try: errors by type"))
    }

    @Test("the time zone is TZ by default, and an invalid TZ is reported")
    func environmentZone() {
        let text = "calls every 1d show count on 2026-11-20 as csv"
        func outcome(_ zone: String?, _ options: String...) -> Tool.Outcome {
            Tool(tool.folder, zone.map { ["TZ": $0] } ?? [:]).start(["query", "--store", Made.store, text] + options).wait()
        }
        let utc = outcome(nil), kolkata = outcome(nil, "--tz", "Asia/Kolkata")
        #expect(utc.output != kolkata.output && utc.errors.isEmpty)
        for zone in ["Asia/Kolkata", ":Asia/Kolkata", "IST-5:30"] { #expect(outcome(zone).output == kolkata.output, "\(zone)") }
        #expect(outcome("Asia/Kolkata", "--tz", "UTC").output == utc.output)
        let unknown = outcome("nonsense")
        #expect(unknown.output == utc.output && unknown.errors.contains("TZ: unknown time zone `nonsense`"))
    }

    @Test("a store problem exits with 3 and names the store")
    func trouble() {
        let missing = tool.run("query", "--store", "nowhere.db", "errors")
        #expect(missing.code == 3 && missing.output.isEmpty && missing.errors.contains("nowhere.db: no store here"))
        #expect(Folder.mode(tool.folder.file("nowhere.db")) == nil)
        tool.folder.write("text.db", "this is no database, but long enough to be looked at as one")
        let text = tool.run("query", "--store", "text.db", "errors")
        #expect(text.code == 3 && text.errors.contains("text.db is not a Faultline store"))
        tool.folder.write("cut.db", Array(Folder.bytes(Made.store).prefix(5000)))
        let cut = tool.run("query", "--store", "cut.db", "errors by type all")
        #expect(cut.code == 3 && cut.errors.contains("cut.db"), "\(cut)")
        #expect(tool.run("query", "--store", tool.folder.path, "errors").code == 3)
        #expect(tool.run("run", "--store", Made.store, "no-such-script").code == 3)
        #expect(tool.run("generate", "--calls", "10", "--store", "text.db").code == 3)
    }

    @Test("without a store, the message names the demo store, or how to create one")
    func missing() {
        let home = tool.folder.file("home")
        let here = Tool(tool.folder, ["XDG_DATA_HOME": home])
        let none = here.run("query", "errors")
        #expect(none.code == 3 && none.errors.contains("`faultline import FILE` creates one"), "\(none)")
        mkdir(home, 0o700)
        mkdir(home + "/faultline", 0o700)
        tool.folder.write("home/faultline/demo.db", Folder.bytes(Made.store))
        let demo = here.run("query", "errors")
        #expect(
            demo.code == 3 && demo.errors.contains("add `--store \(home)/faultline/demo.db`, or set FAULTLINE_STORE"), "\(demo)")
        #expect(here.run("queries").code == 0)
    }

    @Test("without a subcommand, the argument is a statement")
    func bareStatement() {
        let bare = tool.run("--store", Made.store, "errors by type all")
        #expect(bare.code == 0 && bare.output == tool.run("query", "--store", Made.store, "errors by type all").output)
        #expect(tool.run("--store", Made.store, "errors", "by", "type", "all").output == bare.output)
        let wrong = tool.run("--store", Made.store, "improt", "x.json")
        #expect(wrong.code == 1 && wrong.errors.contains("closest: import"), "\(wrong)")
    }

    @Test(
        "a usage error exits with 64 and changes nothing",
        arguments: [
            ["query", "--format", "cvs", "errors"], ["query", "--now", "soon", "errors"],
            ["query", "--tz", "Mars/Olympus", "errors"],
            ["query", "--width", "5", "errors"], ["query", "--width", "wide", "errors"], ["--nonsense"], ["import"], ["generate"],
            ["generate", "--calls", "-1", "--store", "x.db"], ["generate", "--days", "0", "--store", "x.db"],
            ["generate", "--end", "yesterday", "--store", "x.db"], ["generate", "--seed", "-1", "--store", "x.db"],
            ["classify", "--format", "bars"],
        ])
    func usage(_ arguments: [String]) {
        let outcome = tool.start(arguments).wait()
        #expect(outcome.code == 64 && outcome.output.isEmpty && !outcome.errors.isEmpty, "\(arguments): \(outcome)")
        #expect(Folder.mode(tool.folder.file("x.db")) == nil)
    }

    @Test(
        "help and version go to standard output",
        arguments: ["--help", "--version", "help query", "query --help", "import --help"])
    func help(_ arguments: String) {
        let outcome = tool.start(arguments.split(separator: " ").map(String.init)).wait()
        #expect(outcome.code == 0 && !outcome.output.isEmpty && outcome.errors.isEmpty)
    }

    @Test("Ctrl-C ends a long query with 130 and leaves nothing behind")
    func interruptQuery() {
        let endless = "sql WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let running = tool.start(["query", "--store", Made.store, endless])
        running.work(milliseconds: 500)
        running.signal(SIGINT)
        let outcome = running.wait()
        #expect(outcome.code == 130 && outcome.output.isEmpty && outcome.errors == "interrupted\n", "\(outcome)")
    }

    // MARK: Pipes

    @Test("statements on standard input are answered one by one; the first failure sets the exit code")
    func pipe() {
        let script = "calls show count all as csv\n# prose\nerrors by tpye all\nerrors show count all\n  as csv\n"
        let outcome = tool.run("query", "--store", Made.store, input: script)
        #expect(outcome.code == 1)
        #expect(outcome.output.hasPrefix("count\r\n400\r\ncount\r\n"))
        #expect(outcome.errors.contains("^^^^"))
        // The same without a subcommand.
        let bare = tool.run("--store", Made.store, input: script)
        #expect(bare.output == outcome.output && bare.errors == outcome.errors && bare.code == 1)
        #expect(tool.run("query", "--store", Made.store, input: "quit\nerrors\n").output.isEmpty)
        #expect(tool.run("query", "--store", Made.store, input: "").code == 0)
        #expect(tool.run("query", "--store", Made.store, input: "calls show count all as csv\r\nsources\r\n").code == 0)
    }

    @Test(
        "a reader that closes the pipe early ends the program silently",
        arguments: ["limit all as csv", "limit all as json", "limit all"])
    func headLeaves(_ form: String) {
        let outcome = tool.shell("\"$faultline\" query --store \(Made.store) 'calls all \(form)' | head -n 2")
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.split { $0 == "\n" || $0 == "\r\n" }.count == 2)
        let lines = tool.shell("\"$faultline\" generate --calls 2000 --days 7 --jsonl - | head -n 1")
        #expect(lines.code == 0 && lines.errors.isEmpty && lines.output.hasPrefix("{"), "\(lines.errors)")
    }

    @Test("invalid UTF-8 does not trap")
    func rawInput() {
        tool.folder.write("raw", [0xFF, 0xFE, 0x00, 0x80, 0x0A, 0xC3, 0x28, 0x0A, 0xED, 0xA0, 0x80])
        let outcome = tool.shell("\"$faultline\" query --store \(Made.store) < raw")
        #expect(outcome.code == 1 && outcome.output.isEmpty && !outcome.errors.isEmpty)
        #expect(tool.shell("\"$faultline\" classify raw").code == 0)
    }

    // MARK: Options

    @Test("colour is for terminals unless forced; NO_COLOR wins")
    func colour() {
        let words = ["query", "--store", Made.store, "errors by type all"]
        let plain = tool.start(words).wait().output
        #expect(!plain.contains("\u{1B}["))
        #expect(Tool(tool.folder, ["CLICOLOR_FORCE": "1"]).start(words).wait().output.contains("\u{1B}["))
        #expect(Tool(tool.folder, ["CLICOLOR_FORCE": "0"]).start(words).wait().output == plain)
        #expect(Tool(tool.folder, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).start(words).wait().output == plain)
    }

    @Test("charts are ASCII on request, and in locales without Unicode")
    func ascii() {
        let words = ["query", "--store", Made.store, "errors by provider every 1d all"]
        let unicode = tool.start(words).wait().output
        let plain = tool.start(words + ["--ascii"]).wait().output
        #expect(!unicode.allSatisfy(\.isASCII) && plain.allSatisfy(\.isASCII))
        #expect(Tool(tool.folder, ["LANG": "C"]).start(words).wait().output == plain)
        #expect(Tool(tool.folder, ["TERM": "dumb"]).start(words).wait().output == plain)
    }

    @Test("`--format` and `as` give the same output", arguments: ["csv", "tsv", "json", "ndjson", "markdown", "table", "bars"])
    func formats(_ form: String) {
        let option = tool.run("query", "--store", Made.store, "--format", form, "errors by type all")
        let clause = tool.run("query", "--store", Made.store, "errors by type all as \(form)")
        #expect(option.code == 0 && !option.output.isEmpty && option.output == clause.output && option.errors.isEmpty)
    }

    @Test("--now, --tz and --width apply, and a statement may be unquoted")
    func surroundings() {
        let early = tool.run("query", "--store", Made.store, "--now", "2026-11-16T00:00:00Z", "calls show count last 1d as csv")
        let late = tool.run("query", "--store", Made.store, "calls show count last 1d as csv")
        #expect(early.code == 0 && early.output != late.output)
        let zone = tool.run("query", "--store", Made.store, "--tz", "Europe/Berlin", "errors all limit 1")
        #expect(zone.code == 0 && zone.output.contains("Europe/Berlin"))
        let wide = tool.run("query", "--store", Made.store, "--width", "120", "errors by type all").output
        #expect(wide.split(separator: "\n").contains { (81...120).contains($0.count) })
        let columns = Tool(tool.folder, ["COLUMNS": "120"]).run("query", "--store", Made.store, "errors by type all")
        #expect(columns.output == wide)
        #expect(tool.run("query", "--store", Made.store, "errors", "by", "type", "all").output.contains("errors by type"))
    }

    @Test("the store is --store, else $FAULTLINE_STORE, else a private one in the data folder")
    func whichStore() {
        let named = Tool(tool.folder, ["FAULTLINE_STORE": Made.store])
        #expect(named.run("query", "calls show count all as csv").output.contains("400"))
        #expect(named.run("query", "--store", "nowhere.db", "calls").code == 3)
        let data = tool.folder.file("data")
        let fresh = Tool(tool.folder, ["XDG_DATA_HOME": data])
        #expect(fresh.run("query", "calls").code == 3)
        #expect(fresh.run(input: "sources\n").output.contains("nothing imported yet"))
        #expect(Folder.mode(data + "/faultline/store.db") == 0o600 && Folder.mode(data + "/faultline") == 0o700)
    }

    @Test("a script outputs only data unless echoed; its errors are reported by file and line")
    func script() {
        tool.folder.write(
            "look.flq", "# First look\ncalls show count all as csv\n\nerrors by tpye all\ncalls show count all as csv\n")
        let quiet = tool.run("run", "--store", Made.store, "look.flq")
        #expect(quiet.code == 1 && quiet.output == "count\r\n400\r\ncount\r\n400\r\n")
        let outcome = tool.run("run", "--echo", "--store", Made.store, "look.flq")
        #expect(outcome.code == 1)
        #expect(outcome.output.hasPrefix("First look\n\n> calls show count all as csv\ncount\r\n400\r\n"))
        #expect(outcome.errors.hasPrefix("look.flq:4:\n") && outcome.errors.contains("^^^^"))
    }

    @Test("doctor passes an intact store, rebuilds derived tables, and detects damage")
    func doctor() {
        let copy = Made.copyOfStore(in: tool.folder)
        let question = ["query", "--store", copy, "errors by type, model all show count, error_rate, p95(latency) as csv"]
        let before = tool.start(question).wait().output
        #expect(tool.run("doctor", "--store", copy).output.hasSuffix("the store is intact\n"))
        #expect(tool.run("doctor", "--rebuild", "--store", copy).code == 0)
        #expect(tool.start(question).wait().output == before)
        var bytes = Folder.bytes(copy)
        for place in stride(from: bytes.count / 2, to: bytes.count, by: 97) { bytes[place] ^= 0x5A }
        tool.folder.write("damaged.db", bytes)
        let damaged = tool.run("doctor", "--store", "damaged.db")
        #expect(damaged.code == 3, "\(damaged)")
    }
}
