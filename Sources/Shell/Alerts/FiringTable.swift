import Model
import Storage

/// What the language knows of a column of `firings`; feeds the answer, completion and help.
struct FiringColumn: Sendable {
    let name: String
    let type: ValueType
    /// One line for people.
    let meaning: String
    /// Whether `by` groups by it, and whether sums and means are taken of it.
    var groups = false, isMeasured = false
    let value: @Sendable (FiringEntry, _ now: Timestamp) -> Value
}

/// The columns of `firings`, in the order in which a listing shows them.
enum FiringTable {
    static let columns: [FiringColumn] = [
        FiringColumn(name: "firing", type: .count, meaning: "its number, which `alert ack` takes") { firing, _ in
            .count(firing.id)
        },
        FiringColumn(name: "alert", type: .text, meaning: "the rule that fired", groups: true) { firing, _ in .text(firing.rule)
        },
        FiringColumn(name: "series", type: .text, meaning: "the labels of what fired; none for rules without `by`", groups: true)
        {
            firing, _ in
            let series = LabelText.series(firing)
            return series.isEmpty ? .missing : .text(series)
        },
        FiringColumn(name: "severity", type: .text, meaning: "how grave the rule says it is", groups: true) { firing, _ in
            .text(firing.severity.name)
        },
        FiringColumn(name: "start", type: .time, meaning: "the first evaluation that fired") { firing, _ in
            .time(firing.startedAt)
        },
        FiringColumn(name: "end", type: .time, meaning: "the first evaluation after it that did not; none while it fires") {
            firing, _ in firing.endedAt.map { .time($0) } ?? .missing
        },
        FiringColumn(name: "length", type: .duration, meaning: "from start to end, or to now", isMeasured: true) { firing, now in
            .duration(max((firing.endedAt ?? now) - firing.startedAt, .zero))
        },
        FiringColumn(name: "peak", type: .number, meaning: "the worst value", isMeasured: true) { firing, _ in
            .number(firing.peak)
        },
        FiringColumn(name: "errors", type: .count, meaning: "errors in the windows of its evaluations", isMeasured: true) {
            firing, _ in .count(firing.errors)
        },
        FiringColumn(name: "acked", type: .flag, meaning: "somebody knows of it: `alert ack`", groups: true) { firing, _ in
            .flag(firing.acknowledgedAt != nil)
        },
        FiringColumn(
            name: "notice", type: .text, meaning: "sent, late (found by rows that came late), or suppressed", groups: true
        ) {
            firing, _ in .text(firing.noticedAt == nil ? "suppressed" : firing.wasLate ? "late" : "sent")
        },
        FiringColumn(name: "note", type: .text, meaning: "what the rule has to say") { firing, _ in
            let note = firing.note.map { LabelText.labels($0).pairs.map(\.value).joined(separator: "; ") } ?? ""
            return note.isEmpty ? .missing : .text(note)
        },
    ]

    /// The clauses that `firings` takes.
    static let clauses = ["show", "by", "where", "sort", "limit", "as"]

    /// Firings as a table, in their order.
    static func table(of firings: [FiringEntry], now: Timestamp) -> ResultTable {
        ResultTable(
            columns: columns.map { ResultColumn($0.name, $0.type) },
            rows: firings.map { firing in columns.map { $0.value(firing, now) } })
    }
}
