import Model
import QueryLanguage
import Testing

@testable import LocalStore
@testable import Monitoring
@testable import SQLite
@testable import Notebook
@testable import Platform

@Suite("watching alerts")
struct AlertWatchTests {
    private let rule = "when errors over 5m having count > 5 do log"

    @Test("a state file that is locked ends no watch: the trouble is told once, and a later round makes up for it")
    func locked() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T13:10"])
        try scene.run("alert create q \(rule)", at: "2026-11-21T13:05:00Z")
        let session = try scene.makeSession(at: "2026-11-21T13:09:00Z")
        let path = scene.folder.file("store.db.state")
        let state = try StateStore.open(path: path, busyMilliseconds: 20)
        var trouble = WatchTrouble(scene.store, "evaluated"), told: [String] = []
        func round(_ time: String) throws -> String {
            session.clock.pinned = TimeText.parse(time)
            var monitor = session.monitor
            monitor.file = StateFile(besides: session.store, opened: state)
            let round = try monitor.round(at: session.clockNow, isFirst: false, goesOn: true)
            told.append(try trouble.told(of: round.trouble))
            return round.reply.output
        }
        #expect(try round("2026-11-21T13:09:00Z") == "")
        let other = try Connection(path: path, mode: .readWrite(create: false))
        try other.execute("BEGIN EXCLUSIVE")
        #expect(try round("2026-11-21T13:11:00Z") == "")
        #expect(try round("2026-11-21T13:12:00Z") == "")
        try other.execute("COMMIT")
        #expect(try round("2026-11-21T13:13:00Z").contains("13:11:00Z FIRING q"))
        #expect(try round("2026-11-21T13:14:00Z") == "")
        #expect(told[1].hasPrefix("alerts are not evaluated: ") && told[1].contains("another process is writing"), "\(told)")
        #expect(told[0].isEmpty && told[2].isEmpty && told[4].isEmpty)
        #expect(told[3] == "alerts are evaluated again; missed evaluations are done now\n")
    }

    @Test("what a round did before its trouble is told all the same")
    func partlyDone() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T13:10"])
        try scene.run("alert create a \(rule)", at: "2026-11-21T13:05:00Z")
        try scene.run("alert create b \(rule)", at: "2026-11-21T13:05:00Z")
        let session = try scene.makeSession(at: "2026-11-21T13:12:00Z")
        let state = try session.stateFile.open()
        // The second rule cannot be written.
        try state.connection.execute(
            "CREATE TEMP TRIGGER no_b BEFORE UPDATE ON alert_rule WHEN NEW.name = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END")
        let round = try session.monitor.round(at: session.clockNow, isFirst: false, goesOn: true)
        #expect(round.trouble != nil)
        #expect(round.reply.output.contains("FIRING a") && !round.reply.output.contains("FIRING b"))
    }

    @Test("watching ends where the store is gone")
    func missingStore() throws {
        var trouble = WatchTrouble("/no/such/folder/store.db", "evaluated")
        #expect(throws: StoreError.self) { _ = try trouble.told(of: StoreError.busy(path: "state.db")) }
    }

    @Test("a gap of more than a week loses no firing")
    func longGap() throws {
        let scene = try ErrorBursts(at: ["12:10", "12:30", "12:50", "13:10", "13:50"].map { "2026-11-21T\($0)" })
        try scene.run("alert create q \(rule)", at: "2026-11-21T12:00:00Z")
        try scene.run("alert watch", at: "2026-11-21T12:05:00Z")
        let reply = try scene.run("alert watch", at: "2026-11-30T12:00:00Z")
        #expect(try scene.firings().count == 5, "\(reply.shown)")
    }

    @Test("a firing that was open over a gap of more than a week ends when it ended")
    func openOverGap() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        try scene.run("alert create q \(rule)", at: "2026-11-21T12:00:00Z")
        try scene.run("alert watch", at: "2026-11-21T12:11:30Z")
        try scene.run("alert watch", at: "2026-11-30T12:00:00Z")
        #expect(try scene.firings() == ["2026-11-21T12:11:00Z – 2026-11-21T12:16:00Z"])
    }

    @Test("check tells since when an alert fires that fires longer than a day")
    func longFiring() throws {
        let minutes = (0..<60).map { "2026-11-20T12:\($0 < 10 ? "0" : "")\($0)" }
        let scene = try ErrorBursts(at: minutes)
        try scene.run("alert create q when errors over 10d having count > 10", at: "2026-11-20T12:00:00Z")
        try scene.run("alert watch", at: "2026-11-20T13:00:00Z")
        let reply = try scene.run("alert check", at: "2026-11-22T13:00:00Z")
        #expect(reply.exit == .firing)
        #expect(reply.output.contains("20 Nov 12:02") || reply.output.contains("2026-11-20 12:02"), "\(reply.output)")
    }

    @Test("check, list and test write nothing: not even the small file beside the store")
    func checkWritesNothing() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let before = Files.names(in: scene.folder.path).filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
        #expect(try scene.run("alert check", at: "2026-11-21T12:11:00Z").output == "no rule is enabled at 2026-11-21T12:11:00Z\n")
        #expect(try scene.run("alert list", at: "2026-11-21T12:11:00Z").output.hasPrefix("no rules yet"))
        #expect(try scene.run("alert test q last 1h", at: "2026-11-21T12:11:00Z").exit == .wrong)
        #expect(try scene.run("alert test \(rule) last 1h", at: "2026-11-21T12:11:00Z").exit == .ok)
        #expect(Files.names(in: scene.folder.path).filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted() == before)
    }

    @Test("a suppressed notification is shown as such while watching")
    func suppressed() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10", "2026-11-21T12:30"])
        try scene.run("alert create q when errors over 5m having count > 5 cooldown 1h do log", at: "2026-11-21T12:00:00Z")
        let reply = try scene.run("alert watch", at: "2026-11-21T12:50:00Z")
        let lines = reply.output.split(separator: "\n").filter { $0.contains("FIRING") }
        #expect(lines.count == 2)
        #expect(lines.map { $0.hasSuffix("(no notification: cooldown)") } == [false, true], "\(reply.output)")
        #expect(try Files.text(of: Sender.log(besideStore: scene.folder.file("store.db"))).split(separator: "\n").count == 2)
    }

    @Test("every message names what is measured: error_rate of our own rules, ratio of two counters")
    func measures() throws {
        func words(_ rule: String) throws -> MeasureWords {
            let context = CheckContext(now: Stores.now)
            return try RuleUnderTest(name: "own", own: "when " + rule, context: context).measureWords
        }
        #expect(try words("calls over 5m having error_rate > 5%").text(0.07312) == "error_rate 7.3%")
        #expect(try words("calls over 5m having error_rate > 5%").number(0.07) == "7%")
        #expect(try words("calls over 5m having p95(latency) > 2s").text(2.5) == "p95(latency) 2.5s")
        #expect(try words("errors over 5m having count > 5").text(6) == "count 6")
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let file = scene.folder.write(
            "rules.yaml",
            """
            groups:
              - name: g
                rules:
                  - {alert: Ratio, expr: "sum(increase(llm_errors_total[5m])) / sum(increase(llm_requests_total[5m])) > 0.05"}
                  - {alert: Rate, expr: "sum(rate(llm_errors_total[5m])) > 0.001"}
                  - {alert: Count, expr: "sum(increase(llm_errors_total[5m])) > 1"}
                  - {alert: Hour, expr: "hour() > 3"}
            """)
        let rules = try scene.makeSession(at: "2026-11-21T12:00:00Z").monitor.ruleFile(file).rules
        #expect(rules.map(\.measureWords.name) == ["ratio", "errors/s", "count", "value"])
        try scene.run("alert load \"\(file)\"", at: "2026-11-21T12:00:00Z")
        let reply = try scene.run("alert watch", at: "2026-11-21T12:12:00Z")
        #expect(reply.output.contains("FIRING Rate · severity WARNING · errors/s 0.02 · since"), "\(reply.shown)")
        #expect(reply.output.contains("FIRING Count · severity WARNING · count 6 · since"), "\(reply.shown)")
    }

    @Test("a test shows which notifications a cooldown would have suppressed")
    func suppressedInTests() throws {
        let scene = try ErrorBursts(at: ["12:10", "12:30", "12:50", "13:30"].map { "2026-11-21T\($0)" })
        let rule = "alert test when errors over 5m having count > 5 cooldown 1h last 3h"
        let reply = try scene.run(rule, at: "2026-11-21T14:00:00Z").output
        #expect(reply.contains("- 4 firings, 2 notified: `cooldown 1h` suppresses 2"), "\(reply)")
        let session = try scene.makeSession(at: "2026-11-21T14:00:00Z")
        let csv = session.run(rule).exit == .ok ? session.run("$1 show notification as csv").output : ""
        #expect(csv.split(whereSeparator: \.isNewline) == ["notification", "sent", "suppressed", "suppressed", "sent"], "\(csv)")
        #expect(!session.run("alert test when errors over 5m having count > 5 last 3h").output.contains("notification"))
    }

    @Test("a group's own interval is the step of a test; where another one is typed, that is told")
    func groupInterval() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let file = scene.folder.write(
            "rules.yaml",
            """
            groups:
              - name: g
                interval: 10m
                rules:
                  - {alert: Count, expr: "sum(increase(llm_errors_total[15m])) > 1"}
            """)
        let session = try scene.makeSession(at: "2026-11-21T14:00:00Z")
        let own = session.run("alert test \"\(file)\" last 3h").output
        #expect(own.contains("19 evaluations, 10m apart") && !own.contains("has an interval of"), "\(own)")
        let other = session.run("alert test \"\(file)\" last 3h step 1m").output.split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        #expect(
            other.contains(
                "its group has an interval of 10m, but the replay used 1m; `step 10m` matches the file"),
            "\(other)")
        // What is kept still knows it.
        _ = session.run("alert load \"\(file)\"")
        #expect(session.run("alert test Count last 3h").output.contains("10m apart"))
    }

    @Test("tuning marks the present threshold, and says first where it meets the aim already")
    func tuned() throws {
        let scene = try ErrorBursts(at: ["12:10", "12:30", "12:50"].map { "2026-11-21T\($0)" })
        try scene.add(["2026-11-21T13:20"], count: 9)
        let session = try scene.makeSession(at: "2026-11-21T14:00:00Z")
        let met = session.run("alert tune when errors over 5m having count > 7 last 3h aim 2/hour").output
        let words = met.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains(
                "- 7 fires once: 2 in 1h is already met; the most sensitive round threshold that meets it is 0, which fires 4 times"
            ), "\(met)"
        )
        #expect(met.split(separator: "\n").contains { $0.contains("7  present") }, "\(met)")
        let missed = session.run("alert tune when errors over 5m having count > 3 last 3h aim 1/week").output
        #expect(!missed.contains("already") && missed.contains("instead of 3 fires"), "\(missed)")
        #expect(missed.split(separator: "\n").contains { $0.contains("  recommended") }, "\(missed)")
    }

    @Test("the sentence of a chart counts all firings and evaluations, also where fewer points are drawn")
    func wholeSentence() throws {
        let scene = try ErrorBursts(at: ["12:10", "12:30", "12:50"].map { "2026-11-21T\($0)" })
        let session = try scene.makeSession(at: "2026-11-22T12:00:00Z")
        let output = session.run("alert test when errors over 5m having count > 5 last 3d step 1s").output
        let words = output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains("count, 259,201 evaluations every 1s: 3 firings, 14m 45s in total, longest 4m 55s from "), "\(output)")
    }
}
