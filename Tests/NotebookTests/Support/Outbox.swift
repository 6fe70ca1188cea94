import Model

@testable import LocalStore
@testable import Monitoring
@testable import Notebook

/// State files whose outbox holds notifications.
enum Outbox {
    /// A receiver, and what is sent to it.
    typealias Message = (kind: String, target: String, body: String)

    /// Makes one in a folder, with these notifications of one firing, all due at `start`.
    static func state(in folder: TemporaryFolder, _ messages: [Message], at start: Timestamp) throws -> StateStore {
        let state = try StateStore.open(path: folder.file("store.db.state"))
        let rule = StoredRule(name: "r", form: .own, text: "when errors over 15m having count > 5", createdAt: start, evidence: 1)
        _ = try state.keep([rule], at: start, limit: 50, NotificationText.body)
        try fire(state, messages, from: start, to: nil)
        return state
    }

    /// Adds a firing of a series with these notifications, the RESOLVED with an `!` behind each body.
    static func fire(
        _ state: StateStore, _ messages: [Message], from start: Timestamp, to end: Timestamp?, labels: String = "{}"
    ) throws {
        guard let rule = try state.rule(named: "r") else { return }
        var round = AlertRound(rule, at: end ?? start)
        round.receivers = messages.map { NotificationReceiver(kind: $0.kind, target: $0.target) }
        round.firings = [
            FiringEntry(
                rule: "r", labels: labels, severity: .error, pendingFrom: start, startedAt: start, endedAt: end, peak: 6,
                value: 6,
                errors: 6, note: nil)
        ]
        _ = try state.commit(round, at: start) { _, event, receiver in
            let body = messages.first { $0.kind == receiver.kind && $0.target == receiver.target }?.body ?? ""
            return body + (event == .resolved ? "!" : "")
        }
    }
}
