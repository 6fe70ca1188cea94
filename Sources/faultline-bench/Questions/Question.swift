import Model

/// One question, asked in three ways.
struct Question: Sendable {
    /// How this program is asked.
    enum Wording: Sendable {
        case statement(String)
        /// A trace with everything that belongs to it, by its id.
        case trace
    }

    /// Its number in the list of typical questions.
    let id: String
    let title: String
    let wording: Wording
    /// The window of the hand-written forms, up to now.
    let hours: Int64
    /// The column of this program's answer whose sum is compared with the column `total` of the hand-written answers; nil when
    /// only rows are.
    let total: String?
    /// SQL over facts and rollups in the best form known, giving the same rows and numbers: groups first, then what the receipt
    /// needs.
    let byHand: [String]
    /// SQL over `span`, `trace`, `event` alone, as somebody writes it who has no facts: it finds errors by their own fields
    /// and classifies roughly, so its numbers come near and no nearer.
    let raw: [String]
}

/// The placeholders of the hand-written statements.
enum Placeholders {
    /// `:from` and `:to` in nanoseconds, and the whole minutes, hours and days that lie between, by their numbers since 1970.
    static func values(from: Timestamp, to: Timestamp) -> [String: PlainStatement.Cell] {
        var values: [String: PlainStatement.Cell] = ["from": .integer(from.nanoseconds), "to": .integer(to.nanoseconds)]
        for (name, seconds) in [("minute", 60), ("hour", 3600), ("day", 86_400)] as [(String, Int64)] {
            let width = seconds * 1_000_000_000
            values[name + "0"] = .integer(-floorDivide(-from.nanoseconds, width))
            values[name + "1"] = .integer(floorDivide(to.nanoseconds, width))
        }
        return values
    }
}
