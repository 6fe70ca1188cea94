import Model
import Testing

@testable import LocalStore
@testable import Monitoring
@testable import SQLite
@testable import Notebook

@Suite("loading alert rules")
struct AlertLoadTests {
    private let folder = TemporaryFolder()
    private let noon = "2026-11-21T12:00:00Z"

    private func ruleFile(_ rules: [String], _ name: String = "rules.yaml") -> String {
        folder.write(name, "groups:\n  - name: g\n    rules:\n" + rules.map { "      - \($0)\n" }.joined())
    }

    private let burst = #"{alert: burst, expr: "sum(increase(llm_errors_total[5m])) > 5"}"#

    @Test("a file does not overwrite a rule of its alert's name that was typed by hand or comes from another file")
    func otherOrigin() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        try scene.run("alert create burst when errors over 5m having count > 50", at: noon)
        let file = ruleFile([burst, #"{alert: other, expr: "sum(increase(llm_errors_total[5m])) > 5"}"#])
        let reply = try scene.run("alert load \"\(file)\"", at: noon)
        #expect(reply.exit == .wrong)
        #expect(reply.narration.contains("rule `burst`: a rule of this name already exists, typed by hand"), "\(reply.shown)")
        #expect(reply.narration.contains("1 rule kept"))
        #expect(try scene.run("alert show burst", at: noon).output.contains("count > 50"))
        let second = ruleFile([#"{alert: other, expr: "sum(increase(llm_errors_total[5m])) > 9"}"#], "second.yaml")
        #expect(try scene.run("alert load \"\(second)\"", at: noon).narration.contains("loaded from \(file)"))
        #expect(try scene.run("alert show other", at: noon).output.contains("> 5"))
        // Its own file may change it.
        _ = ruleFile([#"{alert: other, expr: "sum(increase(llm_errors_total[5m])) > 7"}"#])
        #expect(try scene.run("alert load \"\(file)\"", at: noon).exit == .ok)
        #expect(try scene.run("alert show other", at: noon).output.contains("> 7"))
    }

    @Test("a disabled rule stays disabled when its file is loaded again, changed or not")
    func disabledStays() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let file = ruleFile([burst])
        try scene.run("alert load \"\(file)\"", at: noon)
        try scene.run("alert disable burst", at: noon)
        #expect(try scene.run("alert load \"\(file)\"", at: noon).narration.contains("0 rules kept, 1 rule there already"))
        #expect(try scene.run("alert list", at: noon).output.contains("disabled"))
        _ = ruleFile([burst.replacing("> 5", with: "> 6")])
        #expect(try scene.run("alert load \"\(file)\"", at: noon).narration.contains("1 rule kept"))
        #expect(try scene.run("alert list", at: noon).output.contains("disabled"))
    }

    @Test("two alerts of one name are kept under two, the renaming is told, and receivers hear the alert's own name")
    func sharedName() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let file = ruleFile([
            #"{alert: A, expr: "sum(increase(llm_errors_total[5m])) > 2", labels: {severity: warning}}"#,
            #"{alert: A, expr: "sum(increase(llm_errors_total[5m])) > 5", labels: {severity: critical}}"#,
        ])
        let reply = try scene.run("alert load \"\(file)\"", at: noon)
        #expect(
            reply.exit == .ok && reply.narration.contains("another alert has the name `A`; this one is saved as `A_2`"),
            "\(reply.shown)")
        let watched = try scene.run("alert watch", at: "2026-11-21T12:11:00Z")
        #expect(watched.output.contains("FIRING A {") || watched.output.contains("FIRING A ·"), "\(watched.shown)")
        #expect(watched.output.contains("FIRING A_2"), "\(watched.shown)")
        let session = try scene.makeSession(at: noon)
        let rule = try #require(try session.stateFile.open().rule(named: "A_2"))
        #expect(try session.monitor.read(rule).alertName == "A")
        // It goes on from one round to the next, and ends.
        try scene.run("alert watch", at: "2026-11-21T12:13:00Z")
        try scene.run("alert watch", at: "2026-11-21T12:20:00Z")
        #expect(try scene.firings().count == 2)
        #expect(try scene.firings().allSatisfy { !$0.hasSuffix("– ") })
    }

    @Test("receivers of an alert that is kept under another name hear its own")
    func ownName() {
        var firing = FiringEntry(
            rule: "A_2", labels: "{}", severity: .error, pendingFrom: Stores.now, startedAt: Stores.now, endedAt: nil, peak: 1,
            value: 1, errors: 1, note: nil)
        firing.condition = FiringCondition(alert: "A").json
        func body(_ kind: String) -> String {
            NotificationText.body(firing, .fired, NotificationReceiver(kind: kind, target: "http://example.org"))
        }
        #expect(body("webhook").contains(#""alertname":"A""#), "\(body("webhook"))")
        #expect(body("log").contains("FIRING A_2"))
    }

    private func table(_ rows: String) throws -> String {
        let path = folder.file("rules.db")
        let connection = try Connection(path: path, mode: .readWrite(create: true))
        try connection.execute(
            """
            CREATE TABLE alert_rules(rule_name TEXT, error_type TEXT, severity TEXT, threshold_type TEXT, threshold_value REAL,
                time_window_minutes INTEGER, action TEXT, is_active);
            INSERT INTO alert_rules VALUES \(rows);
            """)
        return path
    }

    @Test("rows of a table of rules are read as their dashboards mean them, and what is not taken over is told")
    func tableWords() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let path = try table(
            """
            ('a', 'RateLimitError', 'HIGH', 'count', 3, 5, 'log,email', 'true'),
            ('b', 'rate_limit_error', 'MEDIUM', 'count', 3, 5, 'slack', 'false'),
            ('c', 'timeout', 'LOW', 'count', 3, 5, 'log, ops@example.org', '1'),
            ('d', 'Timeout', NULL, 'count', 3, 5, 'https://example.org/hook', 0),
            (NULL, NULL, NULL, 'count', 3, 5, 'log', 1),
            ('e', NULL, NULL, 'count', NULL, 5, 'log', 1)
            """)
        let reply = try scene.run("alert load \"\(path)\"", at: noon)
        #expect(reply.exit == .wrong, "\(reply.shown)")
        for sentence in [
            "rule `a`: errors of type `RateLimitError` are `rate_limit` here", "rule `a`: severity HIGH is ERROR here",
            "rule `a`: errors of type `rate_limit` are WARNING here",
            "rule `a`: the action `email` has no address: the rule only logs", "rule `b`: the action `slack`",
            "a rule has no name", "rule `e`: it has no threshold", "4 rules kept",
        ] { #expect(reply.narration.contains(sentence), "\(sentence)\n\(reply.shown)") }
        func text(_ name: String) throws -> String {
            try #require(try StateStore.open(path: scene.folder.file("store.db.state")).rule(named: name)).text
        }
        #expect(try text("a") == "when errors where type = rate_limit and severity = ERROR over 5m having count >= 3 do log")
        #expect(try text("b") == "when errors where type = rate_limit and severity = WARNING over 5m having count >= 3 do log")
        #expect(
            try text("c")
                == #"when errors where type = timeout and severity = INFO over 5m having count >= 3 do log, email "ops@example.org""#
        )
        #expect(
            try text("d") == #"when errors where type = timeout over 5m having count >= 3 do webhook "https://example.org/hook""#)
        let rules = try StateStore.open(path: scene.folder.file("store.db.state")).rules()
        #expect(rules.map(\.isEnabled) == [true, false, true, false])
    }

    @Test("what `alert show` prints can be pasted: the cut address of a receiver becomes the whole one again")
    func cutAddress() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let rule = #"when errors over 5m having count > 5 do slack "https://hooks.example.org/T1/secret", log"#
        #expect(try scene.run("alert create q \(rule)", at: noon).exit == .ok)
        let shown = try scene.run("alert show q", at: noon).output.split(separator: "\n")[0]
        #expect(shown.contains("https://hooks.example.org/…") && !shown.contains("secret"))
        let edited = String(shown).replacing("count > 5", with: "count > 7")
        #expect(try scene.run(edited, at: noon).exit == .ok)
        #expect(
            try StateStore.open(path: scene.folder.file("store.db.state")).rule(named: "q")?.text
                == rule.replacing("count > 5", with: "count > 7"))
        // Nobody knows what stands behind this one.
        let other = try scene.run(edited.replacing("hooks.", with: "other."), at: noon)
        #expect(other.exit == .wrong && other.narration.contains("is a shortened address"), "\(other.shown)")
        let fresh = try scene.run(edited.replacing("alert edit q", with: "alert create r"), at: noon)
        #expect(fresh.exit == .wrong && fresh.narration.contains("[cut-address]"), "\(fresh.shown)")
    }
}
