import Model

/// A question, answered in three ways.
struct Question: Sendable {
    /// The statement for this program.
    enum Wording: Sendable {
        case statement(String)
        /// A trace, by its id, with everything that belongs to it.
        case trace
    }

    /// Its number in the list of typical questions.
    let id: String
    let title: String
    let wording: Wording
    /// Length in hours of the window of the hand-written SQL, up to now.
    let hours: Int64
    /// The column whose sum is compared with the column `total` of the hand-written answer; nil when only rows are compared.
    let total: String?
    /// The best known SQL over facts and rollups for the same rows and numbers: first the groups, then what the receipt needs.
    let byHand: [String]
    /// SQL over `span`, `trace` and `event` alone, as written without knowing the facts: it finds errors by their own fields and
    /// classifies roughly, so its numbers are approximate.
    let raw: [String]
}

/// Placeholders of the hand-written statements.
enum Placeholders {
    /// Returns `:from` and `:to` in nanoseconds, and the whole minutes, hours and days in between, numbered since 1970.
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
