import Glibc
import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import Notebook
@testable import Platform

@Suite("Export")
struct ExportStatementTests {
    private func lines(_ text: String) -> [Substring] { text.split(separator: "\r\n") }
    private func count(_ query: String, _ session: Session) throws -> Int64 {
        let output = session.run(query + " as csv").output
        return try #require(lines(output).last.flatMap { Int64($0) }, "\(query) answers \(output)")
    }

    // MARK: Rows

    @Test("a listing is exported with every field of its rows; columns of its own stay as they are")
    func fields() throws {
        let session = try NotebookTests.openSession()
        let reply = session.run("export errors all")
        #expect(reply.exit == .ok && reply.narration.isEmpty)
        let header = try #require(lines(reply.output).first).split(separator: ",").map(String.init)
        for name in ["trace", "span", "time", "type", "severity", "model", "message", "signature", "recovered"] {
            #expect(header.contains(name), "\(name) in \(header)")
        }
        #expect(session.run("errors show \(header.joined(separator: ", ")) all as csv").output == reply.output)
        for query in ["errors show time, type all", "errors by type all", "calls show count all", "errors vs previous last 3d"] {
            #expect(session.run("export \(query)").output == session.run("\(query) as csv").output, "\(query)")
        }
        for noun in ["calls", "failures", "traces"] {
            #expect(session.run("export \(noun) all limit 3 as ndjson").output.split(separator: "\n").count == 3, "\(noun)")
        }
    }

    @Test("an export that the user stopped writes no file")
    func stopped() throws {
        let folder = TemporaryFolder(), session = try NotebookTests.openSession()
        #expect(session.run("errors by type all").exit == .ok)
        session.stopFlag.raise()
        let reply = session.run("$1 as csv to \"\(folder.file("stopped.csv"))\"")
        #expect(reply.exit == .interrupted && reply.narration == "interrupted\n", "\(reply.shown)")
        #expect(Files.mode(of: folder.file("stopped.csv")) == nil)
        session.stopFlag.reset()
        #expect(session.run("$1 as csv to \"\(folder.file("whole.csv"))\"").exit == .ok)
        #expect(Files.mode(of: folder.file("whole.csv")) != nil)
    }

    @Test("the form is the one said, else the one of the file's name, else the session's, else CSV")
    func forms() throws {
        let folder = TemporaryFolder(), session = try NotebookTests.openSession()
        func exported(_ statement: String, _ name: String) throws -> String {
            let reply = session.run("export errors show time, type all \(statement) to \"\(folder.file(name))\"")
            #expect(reply.exit == .ok && reply.output.isEmpty && reply.narration.contains("rows written to"), "\(reply.shown)")
            return try Files.text(of: folder.file(name))
        }
        #expect(try exported("", "a.json").hasPrefix("[\n") && exported("", "a.ndjson").hasPrefix("{"))
        #expect(try exported("", "a").hasPrefix("time,type\r\n") && exported("", "a.tsv").hasPrefix("time\ttype\t") == false)
        #expect(try exported("as json", "a.csv").hasPrefix("[\n") && exported("as ndjson", "b").hasPrefix("{"))
        _ = session.run("set form json")
        #expect(try exported("", "c").hasPrefix("[\n") && exported("", "c.csv").hasPrefix("time,"))
        #expect(session.run("export errors show time all").output.hasPrefix("[\n"))
    }

    @Test("10,000 rows are written unless the query says limit all, and the cut is told")
    func bound() throws {
        let folder = TemporaryFolder(), store = try Store.open(path: folder.file("store.db"), create: true)
        let spans = (0..<10_020).map { number -> Record in
            var span = SpanRecord(spanID: String(number), kind: .llm)
            (span.traceID, span.status) = ("t\(number / 100)", .ok)
            (span.start, span.end) = (Stores.now - .seconds(Int64(number) + 10), Stores.now - .seconds(Int64(number)))
            return .span(span)
        }
        _ = try Importer(store).importRecords("many", format: "test", now: Stores.now, spans)
        let session = try Session(store: store, environment: testEnvironment())
        let cut = session.run("export calls show time all")
        #expect(lines(cut.output).count == 10_001 && cut.narration.contains("limit all"))
        #expect(lines(session.run("export calls show time all limit all").output).count == 10_021)
    }

    @Test("a result is exported from memory, bound names stand where values may, and a replay leaves exports out")
    func inSession() throws {
        let folder = TemporaryFolder(), session = try NotebookTests.openSession()
        let types = session.run("errors by type all as csv").output
        #expect(session.run("export $1").output == types)
        _ = session.run("let kinds = rate_limit, timeout")
        #expect(
            session.run("export errors show type all where type in $kinds").output
                == session.run("errors show type all where type in (rate_limit, timeout) as csv limit 10000").output)
        session.rights.writesFiles = false
        for what in ["errors all", "metrics"] {
            #expect(session.run("export \(what) to \"\(folder.file("none"))\"").narration.contains("not written in a replay"))
        }
        #expect(!Files.exists(folder.file("none")))
        #expect(Statements.parse("export errors to \"x.csv\"").effects == .of(.writesFiles))
    }

    @Test("rows are their owner's alone, metrics are for a collector to read, and a file that is there keeps its mode")
    func modes() throws {
        let folder = TemporaryFolder(), session = try NotebookTests.openSession()
        func mode(_ what: String, _ name: String) -> mode_t? {
            #expect(session.run("export \(what) to \"\(folder.file(name))\"").exit == .ok)
            return Files.mode(of: folder.file(name))
        }
        let mask = umask(0o022)
        defer { umask(mask) }
        #expect(mode("errors all", "rows.csv") == 0o600)
        #expect(mode("metrics", "metrics.prom") == 0o644)
        chmod(folder.file("rows.csv"), 0o640)
        chmod(folder.file("metrics.prom"), 0o600)
        #expect(mode("errors all", "rows.csv") == 0o640)
        #expect(mode("metrics", "metrics.prom") == 0o600)
    }

    @Test("a file takes an old one's place whole, and is left as it was when it cannot be written")
    func files() throws {
        let folder = TemporaryFolder(), session = try NotebookTests.openSession()
        let path = folder.write("metrics.prom", "old")
        for what in ["metrics", "errors all"] {
            #expect(session.run("export \(what) to \(path)").exit == .ok)
        }
        #expect(session.run("export metrics to \"\(folder.file("none/x.prom"))\"").exit == .trouble)
        struct Broken: Error {}
        let before = try Files.text(of: path)
        #expect(throws: Broken.self) {
            try Files.write(to: path, mode: 0o600) { write in
                try write("half")
                throw Broken()
            }
        }
        #expect(try Files.text(of: path) == before && Files.names(in: folder.path) == ["metrics.prom"])
    }

    // MARK: Counters

    private func totals(_ session: Session, _ statement: String = "export metrics") throws -> [OpenMetricsReader.Sample] {
        let reply = session.run(statement)
        #expect(reply.exit == .ok && reply.narration.isEmpty, "\(reply.narration)")
        return try OpenMetricsReader(reply.output).samples
    }

    private func sum(_ samples: [OpenMetricsReader.Sample], _ name: String, _ labels: [String: String] = [:]) -> Int64 {
        samples.filter { sample in sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value } }
            .reduce(0) { $0 + $1.value }
    }

    @Test("counters are what the store counts, by every label", arguments: [Stores.small, Stores.tour])
    func equalCounts(_ store: String) throws {
        let session = try NotebookTests.openSession(store), samples = try totals(session)
        #expect(try sum(samples, "llm_errors_total") == count("errors show count all", session))
        #expect(try sum(samples, "llm_requests_total") == count("calls show count all", session))
        #expect(try sum(samples, "llm_errors_recovered_total") == count("errors show count all where recovered", session))
        #expect(try sum(samples, "llm_errors_failed_total") == count("errors show count all where not recovered", session))
        #expect(
            try sum(samples, "llm_rate_limits_total") == count("errors show count all where type = rate_limit", session))
        #expect(sum(samples, "llm_fallback_triggered_total") > 0)
        let fields = ["error_type": "type", "model": "model", "provider": "provider", "agent": "agent", "severity": "severity"]
        for (label, field) in fields {
            for value in Set(samples.filter { $0.name == "llm_errors_total" }.compactMap { $0.labels[label] }) {
                let query = "errors show count all where \(field) = \"\(value)\""
                #expect(try sum(samples, "llm_errors_total", [label: value]) == count(query, session), "\(query)")
            }
        }
        for model in Set(samples.filter { $0.name == "llm_requests_total" }.compactMap { $0.labels["model"] }) {
            let query = "calls show count all where model = \"\(model)\""
            #expect(try sum(samples, "llm_requests_total", ["model": model]) == count(query, session), "\(query)")
        }
    }

    @Test("samples are the totals as of each instant", arguments: ["1h", "90s"])
    func samples(_ step: String) throws {
        let session = try NotebookTests.openSession()
        let samples = try totals(session, "export metrics last 6h every \(step)")
        let times = Set(samples.compactMap(\.time)).sorted()
        #expect(times.count >= 6 && times.allSatisfy { $0 <= Stores.now.nanoseconds })
        for time in [times[0], times[times.count / 2], times[times.count - 1]] {
            session.settings.asOf = Timestamp(nanoseconds: time)
            var expected = try totals(session)
            for place in expected.indices { expected[place].time = time }
            #expect(samples.filter { $0.time == time && $0.value > 0 } == expected)
        }
    }

    @Test("an empty store has counters without series")
    func empty() throws {
        let text = try NotebookTests.openSession(Stores.empty).run("export metrics").output
        let read = try OpenMetricsReader(text)
        #expect(read.samples.isEmpty && read.families.count == 6)
    }

    @Test("no export holds a secret")
    func secrets() throws {
        let session = try NotebookTests.openSession(Stores.leaking)
        for what in [
            "metrics", "metrics last 1h every 1m", "errors all", "calls all as json", "traces all as ndjson", "events all as tsv",
        ] {
            let reply = session.run("export \(what)")
            #expect(reply.exit == .ok && !reply.output.isEmpty)
            for secret in Witness.secrets { #expect(!reply.shown.contains(secret), "\(what) shows \(secret)") }
        }
        #expect(try !totals(session).isEmpty)
    }

    @Test(
        "what cannot be exported is a mistake with its place",
        arguments: [
            ("export", "export what?"), ("export to x.csv", "export what?"), ("export sources", "only a query"),
            ("export nonsense", "nonsense"), ("export errors by nonsense", "nonsense"),
            ("export metrics last 7d", "a range needs a step"), ("export metrics by model", "takes a range with a step"),
            ("export metrics last 7d every 1ms", "at least a second"), ("export metrics all every 1s", "too many"),
            ("export metrics last 7d every", "every"), ("export $9", "no cell"),
        ])
    func mistakes(_ statement: String, _ words: String) throws {
        let reply = try NotebookTests.openSession().run(statement)
        #expect(reply.exit == .wrong && reply.output.isEmpty && reply.narration.contains(words), "\(reply.narration)")
        #expect(reply.narration.contains(statement), "the statement is shown as it was typed: \(reply.narration)")
    }
}
