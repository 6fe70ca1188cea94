import Model
import Testing

@testable import LocalStore
@testable import SQLite

@Suite("what is kept of alerts")
struct AlertStateTests {
    private let folder = TemporaryFolder()
    private func opened() throws -> StateStore { try StateStore.open(path: folder.file("state.db")) }
    private func at(_ minute: Int64) -> Timestamp { Timestamp(seconds: 1_795_269_600 + 60 * minute) }

    private func rule(_ name: String = "quota", enabled: Bool = true) -> StoredRule {
        StoredRule(
            name: name, form: .own, text: "when errors over 15m having count > 5", isEnabled: enabled, createdAt: at(0),
            evidence: 1)
    }

    private func firing(_ start: Int64, end: Int64? = nil, peak: Double = 6, labels: String = "{}") -> FiringEntry {
        FiringEntry(
            rule: "quota", labels: labels, severity: .error, pendingFrom: at(start), startedAt: at(start), endedAt: end.map(at),
            peak: peak, value: 6, errors: 6, note: nil)
    }

    /// Commits a round in which these firings were found.
    private func round(
        _ state: StateStore, at minute: Int64, _ firings: [FiringEntry], cooldown: Duration = .zero,
        to receivers: [NotificationReceiver] = [NotificationReceiver(kind: "log", target: "")]
    ) throws -> [FiringChange] {
        let kept = try #require(try state.rule(named: "quota"))
        var round = AlertRound(kept, at: at(minute))
        round.firings = firings
        round.cooldown = cooldown
        round.receivers = receivers
        return try state.commit(round, at: at(minute), body) ?? []
    }

    private let hook = NotificationReceiver(kind: "webhook", target: "http://h/")

    private func body(_ firing: FiringEntry, _ event: FiringEvent, _ receiver: NotificationReceiver) -> String { "\(event)" }

    /// Keeps rules; false when they are too many.
    private func keep(_ rules: [StoredRule], _ state: StateStore) throws -> Bool {
        try state.keep(rules, at: at(0), limit: 50, body) != nil
    }

    @Test("rules come back as they were kept, by name")
    func rulesAreKept() throws {
        let state = try opened()
        #expect(try keep([rule("b"), rule("a")], state))
        #expect(try opened().rules().map(\.name) == ["a", "b"])
        var kept = rule("a")
        kept.since = at(0)
        #expect(try state.rule(named: "a") == kept)
    }

    @Test("the rule too many is refused, with all that came with it")
    func tooManyRules() throws {
        let state = try opened()
        #expect(try keep((0..<50).map { rule("r\($0)") }, state))
        #expect(try !keep([rule("one"), rule("more")], state))
        #expect(try state.rules().count == 50)
        #expect(try keep([rule("off", enabled: false)], state))
        #expect(try state.setEnabled(true, rule: "off", at: at(0), limit: 50, body) == nil)
        #expect(try state.setEnabled(true, rule: "off", at: at(0), limit: 51, body) != nil)
    }

    @Test("a firing is recorded once, however often it is found")
    func firingsAreRecordedOnce() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        #expect(try round(state, at: 1, [firing(1)]).map(\.event) == [.fired])
        #expect(try round(state, at: 2, [firing(1, peak: 9)]).isEmpty)
        #expect(try round(state, at: 3, [firing(1, end: 3)]).map(\.event) == [.resolved])
        #expect(try round(state, at: 4, [firing(1, end: 3)]).isEmpty)
        let kept = try state.firings()
        #expect(kept.count == 1)
        #expect(kept.first?.peak == 9)
        #expect(kept.first?.endedAt == at(3))
        #expect(try state.undeliveredNotifications().map(\.body) == ["fired", "resolved"])
    }

    @Test("a round that another process overtook writes nothing")
    func overtakenRounds() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        let kept = try #require(try state.rule(named: "quota"))
        _ = try round(state, at: 1, [firing(1)])
        var late = AlertRound(kept, at: at(1))
        late.firings = [firing(1, labels: "{\"a\":\"b\"}")]
        #expect(try state.commit(late, at: at(1), body) == nil)
        #expect(try state.firings().count == 1)
    }

    @Test("a cooldown suppresses notifications, not firings; what still fires when it ends is notified then")
    func cooldown() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        let hour = Duration.hours(1)
        _ = try round(state, at: 1, [firing(1, end: 2)], cooldown: hour)
        #expect(try round(state, at: 10, [firing(10, end: 12)], cooldown: hour).allSatisfy { !$0.isNotified })
        #expect(try round(state, at: 50, [firing(50)], cooldown: hour).map(\.isNotified) == [false])
        #expect(try round(state, at: 60, [firing(50)], cooldown: hour).isEmpty)
        #expect(try round(state, at: 61, [firing(50)], cooldown: hour).map(\.isNotified) == [true])
        #expect(try state.firings().map(\.notifiedAt) == [at(61), nil, at(1)])
        // The first firing with its end, and the last one.
        #expect(try state.undeliveredNotifications().map(\.body) == ["fired", "resolved", "fired"])
    }

    @Test("disabling, changing or deleting a rule resolves what it fires, notifies its receivers and says why; its history stays")
    func endsWithItsRule() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        func fire(_ minute: Int64) throws { _ = try round(state, at: minute, [firing(minute)], to: [hook]) }
        func bodies() throws -> [String] {
            try state.undeliveredNotifications().map { "\($0.receiver.kind) \($0.body)" }
        }
        try fire(1)
        let disabled = try state.setEnabled(false, rule: "quota", at: at(5), limit: 50, body)
        #expect(disabled?.map(\.event) == [.resolved] && disabled?.first?.firing.resolution == "rule disabled")
        #expect(try state.activeFirings().isEmpty)
        #expect(try bodies() == ["webhook fired", "webhook resolved"])
        #expect(try state.setEnabled(true, rule: "quota", at: at(6), limit: 50, body) == [])
        try fire(7)
        #expect(try state.keep([rule()], at: at(8), limit: 50, body)?.map(\.firing.resolution) == ["rule changed"])
        try fire(9)
        #expect(try state.deleteRule("quota", at: at(10), body).map(\.firing.resolution) == ["rule deleted"])
        #expect(try bodies().count == 6)
        #expect(try state.firings().map(\.endedAt) == [at(10), at(8), at(5)])
        #expect(try state.rules().isEmpty)
    }

    @Test("a change that is refused because of too many rules ends no firing")
    func refusedChange() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        _ = try round(state, at: 1, [firing(1)])
        #expect(try state.keep([rule(), rule("more")], at: at(2), limit: 1, body) == nil)
        #expect(try state.activeFirings().count == 1)
        #expect(try state.undeliveredNotifications().count == 1)
    }

    @Test("a rule that cannot be evaluated is disabled, what it fires is resolved, and switching it on forgets the problem")
    func disablesItself() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        _ = try round(state, at: 1, [firing(1)])
        var failed = AlertRound(try #require(try state.rule(named: "quota")), at: at(2))
        (failed.problem, failed.disables) = ("no such column", true)
        #expect(try state.commit(failed, at: at(2), body)?.map(\.firing.resolution) == ["rule disabled: no such column"])
        let kept = try #require(try state.rule(named: "quota"))
        #expect(!kept.isEnabled && kept.problem == "no such column")
        #expect(try state.commit(failed, at: at(3), body) == nil)
        _ = try state.setEnabled(true, rule: "quota", at: at(4), limit: 50, body)
        #expect(try state.rule(named: "quota")?.problem == nil)
    }

    @Test("a firing is acknowledged once, and only one that is there")
    func acknowledging() throws {
        let state = try opened()
        _ = try keep([rule()], state)
        _ = try round(state, at: 1, [firing(1)])
        let id = try #require(try state.firings().first?.id)
        #expect(try state.acknowledge(id, at: at(2)))
        #expect(try state.acknowledge(id, at: at(9)))
        #expect(try !state.acknowledge(99, at: at(2)))
        #expect(try state.firings().map(\.acknowledgedAt) == [at(2)])
    }

    @Test("an incident is kept once")
    func incidents() throws {
        let state = try opened()
        let incident = IncidentEntry(Window(from: at(0), to: at(10)), text: "outage")
        #expect(try state.add([incident, incident]) == 1)
        #expect(try state.incidents(in: Window(from: at(9), to: at(20))).map(\.text) == ["outage"])
        #expect(try state.incidents(in: Window(from: at(10), to: at(20))).isEmpty)
        let id = try #require(try state.incidents().first?.id)
        #expect(try state.deleteIncident(id))
        #expect(try !state.deleteIncident(id))
    }

    @Test("a state file of the version before keeps its outbox: what waits, what was sent and what was given up")
    func outboxMigration() throws {
        let path = folder.file("old.db")
        let connection = try Connection(path: path, mode: .readWrite(create: true))
        let old = Migrations(applicationID: Migrations.state.applicationID, steps: Array(Migrations.state.steps.prefix(4)))
        try old.run(on: connection)
        try connection.execute(
            """
            INSERT INTO alert_history(id, rule, labels, severity, pending, started, peak, value, errors, noticed)
            VALUES(1, 'quota', '{}', 1, 5, 5, 7, 6, 9, 5);
            INSERT INTO notice(firing, event, kind, target, body, made, attempts, next, sent, problem) VALUES
                (1, 0, 'log', '', '', 5, 0, NULL, 6, NULL), (1, 0, 'slack', 's', 'b', 5, 2, 9, NULL, 'HTTP 500'),
                (1, 0, 'webhook', 'w', 'b', 5, 7, NULL, NULL, 'HTTP 500');
            """)
        let state = try StateStore.open(path: path)
        let firing = try #require(try state.firings().first)
        #expect(firing.notifiedAt == Timestamp(nanoseconds: 5) && firing.condition == nil && firing.trace == nil)
        let states = try state.notifications(ofFirings: [firing])[1]?.map(\.state)
        #expect(states == [.sent, .retrying, .gaveUp])
        #expect(try state.dueNotifications(at: Timestamp(nanoseconds: 9)).map(\.receiver.kind) == ["slack"])
    }

    @Test("a state file of the version before gains the tables of alerts and keeps its sessions")
    func migration() throws {
        let path = folder.file("old.db")
        let connection = try Connection(path: path, mode: .readWrite(create: true))
        let old = Migrations(applicationID: Migrations.state.applicationID, steps: Array(Migrations.state.steps.prefix(2)))
        try old.run(on: connection)
        try connection.execute("INSERT INTO session(started_at) VALUES(1)")
        let state = try StateStore.open(path: path)
        #expect(try state.sessions().count == 1)
        #expect(try state.rules().isEmpty)
    }
}
