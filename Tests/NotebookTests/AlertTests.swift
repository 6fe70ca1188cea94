import Glibc
import Model
import Testing

@testable import LocalStore
@testable import Monitoring
@testable import SQLite
@testable import Notebook
@testable import Platform

@Suite("alert rules")
struct AlertTests {
    private let folder = TemporaryFolder()

    /// A line of an error log at a minute and second after 13:00 on the day of the tests.
    private func quotaError(_ minute: Int, _ second: Int = 0) -> String {
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        let message = "You exceeded your current quota, please check your plan and billing details."
        return
            #"{"provider":"openai","timestamp":"2026-11-21T13:\#(two(minute)):\#(two(second))Z","error_type":"insufficient_quota","status_code":429,"error_message":"\#(message) \#(minute) \#(second)"}"#
            + "\n"
    }

    private func makeSession(_ store: String, at time: String = "2026-11-21T14:00:00Z") throws -> Session {
        var environment = testEnvironment()
        environment.pinnedNow = TimeText.parse(time)
        return try openSession(store, environment)
    }

    /// A store in which six calls ran into a quota within ten minutes.
    private func quotaStore() throws -> String {
        let path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        let log = folder.write("errors.jsonl", [0, 2, 4, 6, 8, 9].map { quotaError($0) }.joined())
        let session = try openSession(path)
        #expect(session.importPaths([log], showsAllProblems: false).exit == .ok)
        return path
    }

    private let quotaRule = "when errors where type = quota_exceeded over 15m having count > 5 do log"

    @Test("the documented example: six quota errors in ten minutes fire the rule once, and it is logged")
    func documentedExample() throws {
        let store = try quotaStore()
        let session = try makeSession(store)
        #expect(session.run("alert create quota_burst \(quotaRule)").exit == .ok)
        #expect(session.run("alert test quota_burst last 24h").exit == .ok)
        #expect(session.run("expect rows = 1").exit == .ok)
        let errors = session.run("$2[1] as csv").output
        #expect(errors.split(whereSeparator: \.isNewline).count == 7, "\(errors)")
        for minute in 5...30 {
            let time = "2026-11-21T13:\(minute < 10 ? "0" : "")\(minute):30Z"
            _ = try makeSession(store, at: time).watchAlerts(once: true)
        }
        let log = try Files.text(of: Sender.log(besideStore: folder.file("store.db"))).split(separator: "\n")
        #expect(log.count == 2)
        #expect(log.first?.contains("2026-11-21T13:09:00Z FIRING quota_burst · severity WARNING · count 6") == true)
        #expect(log.last?.contains("2026-11-21T13:15:00Z RESOLVED quota_burst") == true)
        let firings = session.run("firings last 24h as csv").output.split(whereSeparator: \.isNewline)
        #expect(firings.count == 2)
        #expect(session.run("alert ack 1").exit == .ok)
        #expect(session.run("alert ack 9").exit == .wrong)
    }

    @Test("check tells what fires now with code 5, and writes nothing")
    func check() throws {
        let store = try quotaStore()
        let session = try makeSession(store, at: "2026-11-21T13:12:00Z")
        #expect(session.run("alert check").exit == .ok)
        _ = session.run("alert create quota_burst \(quotaRule)")
        let reply = session.run("alert check")
        #expect(reply.exit == .firing)
        #expect(reply.output.contains("quota_burst") && reply.output.contains("firing"))
        #expect(session.run("firings all").output.hasPrefix("no firings"))
        #expect(try makeSession(store, at: "2026-11-21T13:40:00Z").run("alert check").exit == .ok)
    }

    @Test("what fires now stands at the head of the overview")
    func overview() throws {
        let store = try quotaStore()
        let session = try makeSession(store, at: "2026-11-21T13:12:00Z")
        _ = session.run("alert create quota_burst \(quotaRule)")
        _ = session.run("alert watch")
        let summary = session.run("summary last 1h").output
        #expect(summary.hasPrefix("alerts that are firing\n"), "\(summary)")
        #expect(summary.contains("quota_burst"))
    }

    @Test("minutes that were missed are made up for: the firing has its own time")
    func missedMinutes() throws {
        let store = try quotaStore()
        _ = try makeSession(store, at: "2026-11-21T13:00:30Z").run("alert create quota_burst \(quotaRule)")
        _ = try makeSession(store, at: "2026-11-21T13:00:30Z").run("alert watch")
        let reply = try makeSession(store, at: "2026-11-21T13:50:00Z").run("alert watch")
        #expect(reply.output.contains("13:09:00Z FIRING") && reply.output.contains("13:15:00Z RESOLVED"), "\(reply.shown)")
    }

    @Test("of several firings that one round makes up for each is recorded by itself, also behind one that was open")
    func severalMissed() throws {
        let path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        let lines = [0, 1, 20, 21, 40, 41].flatMap { minute in [1, 2, 3].map { quotaError(minute, $0) } }
        #expect(try openSession(path).importPaths([folder.write("a.jsonl", lines.joined())], showsAllProblems: false).exit == .ok)
        _ = try makeSession(path, at: "2026-11-21T13:00:00Z").run("alert create q when errors over 5m having count > 5 do log")
        for time in ["13:01:00", "13:03:00", "13:55:00"] {
            _ = try makeSession(path, at: "2026-11-21T\(time)Z").run("alert watch")
        }
        let firings = try StateStore.open(path: folder.file("store.db.state")).firings()
        #expect(
            firings.map { TimeText.iso($0.startedAt) }.sorted()
                == [2, 22, 42].map { "2026-11-21T13:\($0 < 10 ? "0" : "")\($0):00Z" })
        #expect(firings.allSatisfy { $0.errors == 6 && $0.endedAt != nil && !$0.wasLate })
        #expect(try Files.text(of: Sender.log(besideStore: folder.file("store.db"))).split(separator: "\n").count == 6)
    }

    @Test("rows that come late are taken in, and the firing that they show is told as such")
    func lateRows() throws {
        let path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        let early = folder.write("a.jsonl", [0, 2, 4, 6, 8].map { quotaError($0) }.joined())
        #expect(try openSession(path).importPaths([early], showsAllProblems: false).exit == .ok)
        _ = try makeSession(path, at: "2026-11-21T13:01:00Z").run("alert create quota_burst \(quotaRule)")
        _ = try makeSession(path, at: "2026-11-21T13:01:00Z").run("alert watch")
        let quiet = try makeSession(path, at: "2026-11-21T13:30:00Z").run("alert watch")
        #expect(!quiet.output.contains("FIRING"))
        let late = folder.write("b.jsonl", quotaError(9))
        #expect(try openSession(path).importPaths([late], showsAllProblems: false).exit == .ok)
        let reply = try makeSession(path, at: "2026-11-21T13:31:00Z").run("alert watch")
        #expect(reply.narration.contains("late rows arrived"), "\(reply.shown)")
        #expect(reply.output.contains("13:09:00Z FIRING quota_burst") && reply.output.contains("found late"), "\(reply.shown)")
        let again = try makeSession(path, at: "2026-11-21T13:32:00Z").run("alert watch")
        #expect(!again.shown.contains("late"))
        #expect(try StateStore.open(path: folder.file("store.db.state")).firings().count == 1)
    }

    @Test("a rule is kept, shown as it can be typed, edited, switched and deleted")
    func keeping() throws {
        let session = try makeSession(try quotaStore())
        #expect(session.run("alert create q \(quotaRule)").exit == .ok)
        #expect(session.run("alert create q \(quotaRule)").narration.contains("rule `q` already exists"))
        #expect(session.run("alert show q").output.hasPrefix("alert edit q \(quotaRule)\n"))
        #expect(session.run("alert edit q when errors over 5m having count > 50").exit == .ok)
        #expect(session.run("alert show q").output.contains("count > 50"))
        #expect(session.run("alert disable q").exit == .ok)
        #expect(session.run("alert list").output.contains("disabled"))
        #expect(session.run("alert enable q").exit == .ok)
        #expect(session.run("alert show w").narration.contains("no rule `w`"))
        #expect(session.run("alert delete q").exit == .ok)
        #expect(session.run("alert list").output.hasPrefix("no rules yet"))
    }

    @Test("more rules than the setting allows are refused in words")
    func limit() throws {
        let session = try makeSession(try quotaStore())
        _ = session.run("set rules 2")
        _ = session.run("alert create a \(quotaRule)")
        _ = session.run("alert create b \(quotaRule)")
        let reply = session.run("alert create c \(quotaRule)")
        #expect(reply.exit == .wrong && reply.narration.contains("limit of 2 enabled rules reached"), "\(reply.shown)")
        _ = session.run("set rules 3")
        #expect(session.run("alert create c \(quotaRule)").exit == .ok)
    }

    @Test("a rule that means something else without its session is refused")
    func sessionRules() throws {
        let session = try makeSession(try quotaStore())
        _ = session.run("let kind = quota_exceeded")
        let reply = session.run("alert create q when errors where type = $kind over 15m having count > 5")
        #expect(reply.exit == .wrong && reply.narration.contains("a rule cannot use session variables"), "\(reply.shown)")
    }

    @Test("rows of a table of rules are loaded, their thresholds as at least")
    func ruleTable() throws {
        let path = folder.file("rules.db")
        let connection = try Connection(path: path, mode: .readWrite(create: true))
        try connection.execute(
            """
            CREATE TABLE alert_rules(rule_name TEXT, error_type TEXT, severity TEXT, threshold_type TEXT, threshold_value REAL,
                time_window_minutes INTEGER, action TEXT, is_active INTEGER);
            INSERT INTO alert_rules VALUES
                ('Quota Burst', 'quota_exceeded', 'error', 'count', 6, 15, 'log', 1),
                ('any_rate', NULL, NULL, 'rate', 0.05, 10, 'notify', 0),
                ('broken', 'no_such_type', NULL, 'count', 3, 15, 'log', 1);
            """)
        let session = try makeSession(try quotaStore())
        let reply = session.run("alert load \"\(path)\"")
        #expect(
            reply.exit == .wrong && reply.narration.contains("broken") && reply.narration.contains("2 rules kept"),
            "\(reply.shown)")
        let shown = session.run("alert show \"Quota Burst\"").output
        #expect(shown.contains("where type = quota_exceeded and severity = ERROR over 15m having count >= 6 do log"), "\(shown)")
        #expect(session.run("alert show any_rate").output.contains("having error_rate >= 0.05"))
        #expect(session.run("alert list").output.contains("disabled"))
        #expect(session.run("alert load \"\(path)\"").narration.contains("there already"))
    }

    @Test("one bad rule of a file keeps none of the others out, and is told with line and column")
    func ruleFile() throws {
        let path = folder.write(
            "rules.yaml",
            """
            groups:
              - name: g
                rules:
                  - alert: Bad
                    expr: histogram_quantile(0.9, llm_errors_total) > 1
                  - alert: Quota
                    expr: sum by (provider) (increase(llm_errors_total{error_type="quota_exceeded"}[15m])) > 5
                    annotations: {summary: "{{ $labels.provider }} at {{ $value }}"}
            """)
        let store = try quotaStore()
        let session = try makeSession(store)
        let tried = session.run("alert test \"\(path)\" last 24h")
        #expect(tried.exit == .wrong && tried.narration.contains("rules.yaml:5:"), "\(tried.shown)")
        #expect(session.run("expect rows = 1").exit == .ok)
        #expect(session.run("$1[1] show time, type as csv").output.split(whereSeparator: \.isNewline).count == 7)
        #expect(session.run("alert load \"\(path)\"").narration.contains("1 rule kept"))
        let watched = try makeSession(store, at: "2026-11-21T13:12:00Z").run("alert watch")
        #expect(
            watched.output.contains("FIRING Quota {provider=openai}") && watched.output.contains("openai at 6"),
            "\(watched.shown)")
    }

    @Test("incidents tell which rules found them")
    func incidents() throws {
        let session = try makeSession(try quotaStore())
        #expect(session.run("incident add 2026-11-21T13:05 to 2026-11-21T13:20 \"quota\"").exit == .ok)
        #expect(session.run("incident add 13:20 to 13:05").exit == .wrong)
        #expect(session.run("incident list").output.contains("quota"))
        let tried = session.run("alert test \(quotaRule.replacingDo) last 24h").output
        #expect(tried.contains("1 of 1 found, detected after 4m 00s"), "\(tried)")
        #expect(session.run("alert tune \(quotaRule.replacingDo) last 24h aim 1/day").exit == .ok)
        #expect(session.run("incident delete 1").exit == .ok)
        #expect(session.run("incident delete 1").exit == .wrong)
        let truth = folder.write(
            "truth.jsonl",
            #"{"truth":"incident","name":"a","from":"2026-11-20T10:00:00Z","to":"2026-11-20T11:00:00Z"}"# + "\n"
                + #"{"truth":"failure","time":"2026-11-20T10:00:00Z"}"# + "\n")
        #expect(session.run("incident import \"\(truth)\"").narration.contains("1 incident kept"))
    }
}

extension String {
    /// A rule that is tried does nothing.
    fileprivate var replacingDo: String { hasSuffix(" do log") ? String(dropLast(7)) : self }
}
