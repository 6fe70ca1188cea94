import Model

/// The parameters of a synthetic history: the number of calls, the length and the end.
///
/// Equal plans give identical histories, byte for byte, on every machine.
public struct HistoryPlan: Sendable, Hashable {
    /// The valid lengths of a history in days.
    public static let possibleDays = 1...3660
    /// The valid numbers of calls.
    public static let possibleCalls = 0...1_000_000_000

    /// The valid ends of a history: the years 1990 to 2200.
    public static let possibleEnds = Timestamp(seconds: 631_152_000)...Timestamp(seconds: 7_289_654_400)

    /// The number of model calls (spans of kind llm or embedding) in the history.
    public let calls: Int
    /// The length of the history in days of 24 hours.
    public let days: Int
    /// The first instant after the history; no span ends later.
    public let end: Timestamp
    /// The random seed.
    public let seed: UInt64
    /// The incidents in order of time. Remove them for a history with only ordinary errors.
    public var incidents: [Incident]

    /// Creates a plan with its incidents; those that do not fit a short history are omitted.
    /// - Parameters:
    ///   - calls: Within `possibleCalls`.
    ///   - days: Within `possibleDays`.
    ///   - end: Within `possibleEnds`.
    public init(calls: Int = 100_000, days: Int = 30, end: Timestamp, seed: UInt64 = 1) {
        precondition(HistoryPlan.possibleCalls.contains(calls), "the number of calls is out of range")
        precondition(HistoryPlan.possibleDays.contains(days), "the number of days is out of range")
        precondition(HistoryPlan.possibleEnds.contains(end), "the end is out of range")
        self.calls = calls
        self.days = days
        self.end = end
        self.seed = seed
        incidents = IncidentRow.place(days: days, end: end)
    }

    /// The time span of the history.
    public var window: Window { Window(from: end - .days(Int64(days)), to: end) }
}
