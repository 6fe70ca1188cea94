import LocalStore
import Model

/// What the language knows of a column of `firings`; feeds the answer, completion and help.
package struct FiringColumn: Sendable {
    package let name: String
    package let type: ValueType
    /// One line for people.
    package let meaning: String
    /// Whether `by` groups by it, and whether sums and means are taken of it.
    package var groups = false, isMeasured = false
    package let value: @Sendable (FiringRow) -> Value
}

/// A firing with what became of its notifications.
package struct FiringRow: Sendable {
    package var firing: FiringEntry
    /// In the order in which they were made.
    package var notifications: [QueuedNotification] = []
    /// What lengths of firings that go on are measured to.
    package var now: Timestamp

    /// A firing and its notifications.
    package init(firing: FiringEntry, notifications: [QueuedNotification] = [], now: Timestamp) {
        (self.firing, self.notifications, self.now) = (firing, notifications, now)
    }

    /// States in which nothing waits and nothing was given up.
    package static let settled: Set<Value> = [.text("sent"), .text("suppressed"), .text("none")]

    /// The state of all notifications in a word: the worst of them.
    package var state: String {
        guard firing.notifiedAt != nil else { return "suppressed" }
        let states = Set(notifications.map(\.state))
        if states.contains(.gaveUp) { return "gave up" }
        if states.contains(.retrying) { return "retrying" }
        if states.contains(.queued) { return "queued" }
        return states.isEmpty ? "none" : "sent"
    }

    /// The state of each receiver's notifications; FIRING and RESOLVED apart where they differ.
    package var delivery: String {
        var receivers: [NotificationReceiver] = []
        for notification in notifications where !receivers.contains(notification.receiver) {
            receivers.append(notification.receiver)
        }
        return receivers.map { receiver in
            let own = notifications.filter { $0.receiver == receiver }.sorted { $0.event.rawValue < $1.event.rawValue }
            let words = own.map(\.stateWords)
            let text =
                Set(words).count == 1
                ? words[0] : zip(own, words).map { "\($0.event.word) \($1)" }.joined(separator: ", ")
            return "\(receiver.label): \(text)"
        }.joined(separator: "; ")
    }
}

/// The columns of `firings`, in the order in which a listing shows them.
package enum FiringTable {
    package static let columns: [FiringColumn] = [
        FiringColumn(name: "firing", type: .count, meaning: "its number, for `alert ack`") { row in
            .count(row.firing.id)
        },
        FiringColumn(name: "alert", type: .text, meaning: "the rule that fired", groups: true) { row in .text(row.firing.rule)
        },
        FiringColumn(name: "series", type: .text, meaning: "the labels of the series; none for rules without `by`", groups: true)
        {
            row in
            let series = LabelText.series(row.firing)
            return series.isEmpty ? .missing : .text(series)
        },
        FiringColumn(name: "severity", type: .text, meaning: "the severity of the rule", groups: true) { row in
            .text(row.firing.severity.name)
        },
        FiringColumn(name: "start", type: .time, meaning: "the first evaluation that fired") { row in
            .time(row.firing.startedAt)
        },
        FiringColumn(name: "end", type: .time, meaning: "the first later evaluation that did not fire; none while firing") {
            row in row.firing.endedAt.map { .time($0) } ?? .missing
        },
        FiringColumn(name: "length", type: .duration, meaning: "from start to end, or to now", isMeasured: true) { row in
            .duration(max((row.firing.endedAt ?? row.now) - row.firing.startedAt, .zero))
        },
        FiringColumn(
            name: "notification", type: .text,
            meaning: "sent, queued, retrying, gave up; suppressed by a cooldown, or none for rules without `do`", groups: true
        ) { row in .text(row.state) },
        FiringColumn(name: "peak", type: .number, meaning: "the worst value", isMeasured: true) { row in
            .number(row.firing.peak)
        },
        FiringColumn(name: "errors", type: .count, meaning: "errors in the windows of its evaluations", isMeasured: true) {
            row in .count(row.firing.errors)
        },
        FiringColumn(name: "acked", type: .flag, meaning: "acknowledged with `alert ack`", groups: true) { row in
            .flag(row.firing.acknowledgedAt != nil)
        },
        FiringColumn(name: "late", type: .flag, meaning: "found after late rows arrived", groups: true) { row in
            .flag(row.firing.wasLate)
        },
        FiringColumn(name: "delivery", type: .text, meaning: "the state of the notifications, by receiver") { row in
            row.delivery.isEmpty ? .missing : .text(row.delivery)
        },
        FiringColumn(name: "trace", type: .text, meaning: "a trace with one of its errors") { row in
            row.firing.trace.map { .text($0) } ?? .missing
        },
        FiringColumn(name: "note", type: .text, meaning: "the note or the annotations of the rule") { row in
            let note = row.firing.note.map { LabelText.labels($0).pairs.map(\.value).joined(separator: "; ") } ?? ""
            return note.isEmpty ? .missing : .text(note)
        },
    ]

    /// The clauses that `firings` takes.
    package static let clauses = ["show", "by", "where", "sort", "limit", "as"]

    /// Firings as a table, in their order.
    package static func table(of rows: [FiringRow]) -> ResultTable {
        ResultTable(
            columns: columns.map { ResultColumn($0.name, $0.type) }, rows: rows.map { row in columns.map { $0.value(row) } })
    }
}
