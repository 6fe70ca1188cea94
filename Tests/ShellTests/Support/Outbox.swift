import Model

@testable import Shell
@testable import Storage

/// State files whose outbox holds notices of one firing.
enum Outbox {
    /// Makes one in a folder, with these notices, all due at `start`.
    static func state(in folder: TemporaryFolder, _ notices: [NewNotice], at start: Timestamp) throws -> StateStore {
        let state = try StateStore.open(path: folder.file("state.db"))
        let rule = KeptRule(name: "r", form: .own, text: "when errors over 15m having count > 5", createdAt: start, evidence: 1)
        _ = try state.keep([rule], at: start, limit: 50)
        var round = AlertRound(rule, at: start)
        round.firings = [
            FiringEntry(
                rule: "r", labels: "{}", severity: .error, pendingFrom: start, startedAt: start, endedAt: nil, peak: 6, value: 6,
                errors: 6, note: nil)
        ]
        _ = try state.commit(round, at: start) { _, _ in notices }
        return state
    }
}
