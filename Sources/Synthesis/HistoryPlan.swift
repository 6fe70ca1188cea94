import Model

/// What a synthetic history is to be: how many calls, over how long, ending when.
///
/// Equal plans give equal histories, byte for byte, on every machine.
public struct HistoryPlan: Sendable, Hashable {
    /// The days a history can span.
    public static let possibleDays = 1...3660
    /// The calls a history can have.
    public static let possibleCalls = 0...1_000_000_000

    /// The ends a history can have: the years 1990 to 2200.
    public static let possibleEnds = Timestamp(seconds: 631_152_000)...Timestamp(seconds: 7_289_654_400)

    /// Calls to models (spans of kind llm or embedding) in the whole history.
    public let calls: Int
    /// Length of the history in days of 24 hours.
    public let days: Int
    /// The first instant after the history; no span ends later.
    public let end: Timestamp
    /// Chooses among the histories of this shape.
    public let seed: UInt64
    /// What goes wrong and when, in order of time. May be emptied for a history with ordinary errors only.
    public var incidents: [Incident]

    /// Plans a history with its incidents; those that do not fit into a short one are left out.
    /// - Parameters:
    ///   - calls: Within `possibleCalls`.
    ///   - days: Within `possibleDays`.
    ///   - end: Within `possibleEnds`.
    public init(calls: Int = 100_000, days: Int = 30, end: Timestamp, seed: UInt64 = 1) {
        precondition(HistoryPlan.possibleCalls.contains(calls), "calls lie outside the possible range")
        precondition(HistoryPlan.possibleDays.contains(days), "days lie outside the possible range")
        precondition(HistoryPlan.possibleEnds.contains(end), "the end lies outside the possible range")
        self.calls = calls
        self.days = days
        self.end = end
        self.seed = seed
        incidents = IncidentRow.place(days: days, end: end)
    }

    /// The time that the history spans.
    public var window: Window { Window(from: end - .days(Int64(days)), to: end) }
}
