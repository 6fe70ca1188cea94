import Model
import Testing

@testable import LocalStore

@Suite("the outbox of notifications")
struct OutboxTests {
    private let folder = TemporaryFolder()
    private let log = NotificationReceiver(kind: "log", target: "")
    private let hook = NotificationReceiver(kind: "webhook", target: "http://127.0.0.1/")

    private func at(_ minute: Int64) -> Timestamp { Timestamp(seconds: 1_795_269_600 + 60 * minute) }

    private func opened() throws -> StateStore {
        let state = try StateStore.open(path: folder.file("state.db"))
        let rule = StoredRule(
            name: "quota", form: .own, text: "when errors over 15m having count > 5", createdAt: at(0), evidence: 1)
        #expect(try state.keep([rule], at: at(0), limit: 50, body) != nil)
        return state
    }

    private func body(_ firing: FiringEntry, _ event: FiringEvent, _ receiver: NotificationReceiver) -> String {
        "\(receiver.kind) \(firing.labels) \(event)"
    }

    /// Commits a round in which a series fired from one minute to another, or still fires.
    private func fire(_ state: StateStore, _ start: Int64, to end: Int64?, labels: String = "{}") throws {
        var round = AlertRound(try #require(try state.rule(named: "quota")), at: at(end ?? start))
        round.receivers = [log, hook]
        round.firings = [
            FiringEntry(
                rule: "quota", labels: labels, severity: .error, pendingFrom: at(start), startedAt: at(start),
                endedAt: end.map(at), peak: 6, value: 6, errors: 6, note: nil)
        ]
        #expect(try state.commit(round, at: at(end ?? start), body) != nil)
    }

    private func due(_ state: StateStore, at minute: Int64) throws -> [String] {
        try state.dueNotifications(at: at(minute)).map(\.body)
    }

    /// The first notification for a receiver that is due.
    private func first(_ state: StateStore, _ receiver: NotificationReceiver, at minute: Int64) throws -> QueuedNotification {
        try #require(try state.dueNotifications(at: at(minute)).first { $0.receiver == receiver })
    }

    @Test("a RESOLVED is due once its FIRING was sent; other receivers and series do not wait for it")
    func order() throws {
        let state = try opened()
        try fire(state, 1, to: 2)
        try fire(state, 3, to: nil, labels: #"{"a":"b"}"#)
        let all = [
            "log {} fired", "webhook {} fired", #"log {"a":"b"} fired"#, #"webhook {"a":"b"} fired"#,
        ]
        #expect(try due(state, at: 3) == all)
        try state.noteSent(try first(state, log, at: 3).id, at: at(3))
        #expect(try due(state, at: 3) == [all[1], "log {} resolved", all[2], all[3]])
        // What failed blocks its queue until its time comes, and then again.
        let failed = try first(state, hook, at: 3)
        try state.noteFailure(failed.id, problem: "HTTP 500", nextAt: at(4))
        #expect(try due(state, at: 3) == ["log {} resolved", all[2], all[3]])
        #expect(try due(state, at: 4).first == all[1])
        try state.noteSent(failed.id, at: at(4))
        #expect(try due(state, at: 4).first == "webhook {} resolved" || due(state, at: 4).contains("webhook {} resolved"))
    }

    @Test("later firings of a series wait for earlier ones, one at a time")
    func series() throws {
        let state = try opened()
        for start in [1, 3, 5] as [Int64] { try fire(state, start, to: start + 1) }
        var sent: [Int64] = []
        for _ in 0..<6 {
            let next = try state.dueNotifications(at: at(9)).filter { $0.receiver == hook }
            #expect(next.count == 1)
            sent += next.map { 2 * $0.firing + $0.event.rawValue }
            try state.noteSent(next[0].id, at: at(9))
        }
        #expect(sent == sent.sorted() && Set(sent).count == 6)
    }

    @Test("a FIRING that is given up takes its RESOLVED with it; resending sends both in order")
    func givenUp() throws {
        let state = try opened()
        try fire(state, 1, to: nil)
        let firing = try first(state, hook, at: 1)
        try state.noteFailure(firing.id, problem: "HTTP 500", nextAt: nil)
        // Its end is found later.
        try fire(state, 1, to: 2)
        // The next firing is not blocked.
        try fire(state, 3, to: 4)
        let hooks = try state.undeliveredNotifications().filter { $0.receiver == hook }
        #expect(hooks.map(\.state) == [.gaveUp, .gaveUp, .queued, .queued])
        #expect(hooks[1].problem == "its FIRING was not delivered")
        #expect(try state.resendNotifications(ofRule: "other", at: at(5)).count == 0)
        #expect(try state.resendNotifications(ofRule: nil, at: at(5)).count == 2)
        for expected in hooks {
            let next = try first(state, hook, at: 5)
            #expect(next.id == expected.id)
            try state.noteSent(next.id, at: at(5))
        }
    }

    @Test("a FIRING that is given up while its RESOLVED waits takes it along; what waits behind both goes on")
    func givenUpTogether() throws {
        let state = try opened()
        try fire(state, 1, to: 2)
        try fire(state, 3, to: nil)
        try state.noteFailure(try first(state, hook, at: 3).id, problem: "HTTP 500", nextAt: nil)
        let hooks = try state.undeliveredNotifications().filter { $0.receiver == hook }
        #expect(hooks.map(\.state) == [.gaveUp, .gaveUp, .queued])
        #expect(try first(state, hook, at: 3).id == hooks[2].id)
    }

    @Test("what was given up is not sent after a later one of its series, and a RESOLVED never without its FIRING")
    func outdated() throws {
        let state = try opened()
        try fire(state, 1, to: 2)
        try state.noteFailure(try first(state, hook, at: 2).id, problem: "HTTP 500", nextAt: nil)
        try fire(state, 3, to: nil)
        try state.noteSent(try first(state, hook, at: 3).id, at: at(3))
        let (count, outdated) = try state.resendNotifications(ofRule: nil, at: at(4))
        #expect(count == 0 && outdated == 2)
        #expect(try state.discardNotifications(ofRule: nil) == 2)
        #expect(try state.undeliveredNotifications().allSatisfy { $0.receiver == log })
    }

    @Test("a firing whose FIRING was discarded sends no RESOLVED")
    func discarded() throws {
        let state = try opened()
        try fire(state, 1, to: nil)
        try state.noteFailure(try first(state, hook, at: 1).id, problem: "HTTP 500", nextAt: nil)
        #expect(try state.discardNotifications(ofRule: "quota") == 1)
        try fire(state, 1, to: 2)
        #expect(try state.undeliveredNotifications().map(\.body) == ["log {} fired", "log {} resolved"])
    }

    @Test("a notification that another process has sent or put off is not due any more")
    func checkedAgain() throws {
        let state = try opened(), other = try StateStore.open(path: folder.file("state.db"))
        try fire(state, 1, to: nil)
        let (a, b) = (try first(state, hook, at: 1), try first(state, log, at: 1))
        #expect(try state.dueNotification(a.id, at: at(1)) == a)
        try other.noteFailure(a.id, problem: "HTTP 500", nextAt: at(2))
        try other.noteSent(b.id, at: at(1))
        #expect(try state.dueNotification(a.id, at: at(1)) == nil)
        #expect(try state.dueNotification(a.id, at: at(2))?.attempts == 1)
        #expect(try state.dueNotification(b.id, at: at(9)) == nil)
        // A late word about what is sent changes nothing.
        try state.noteFailure(b.id, problem: "HTTP 500", nextAt: at(3))
        #expect(try state.dueNotification(b.id, at: at(9)) == nil)
    }
}
