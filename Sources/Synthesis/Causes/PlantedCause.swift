import Model

/// What makes calls fail in a planted history, beyond a base rate that is the same for all of them.
public enum PlantedCause: String, CaseIterable, Sendable {
    /// Nothing: calls fail by chance.
    case nothing
    /// One value of one field.
    case oneValue
    /// Two values of two fields, only where they occur together.
    case twoValues
    /// One value; most calls with it also have a value of another field, which does no harm by itself.
    case decoy
    /// The rate rises slowly over the whole window, for all calls alike.
    case drift
    /// The traffic rises and falls with the hour and the weekday; the rate stays the same.
    case season
}

/// What was planted into a history.
public struct PlantedTruth: Sendable, Equatable {
    public var cause: PlantedCause
    /// The values that make calls fail, by field; empty if no value does.
    public var values: [String: String] = [:]
    /// The value that correlates with the cause, by field; empty if there is none.
    public var decoy: [String: String] = [:]
    /// The instant from which calls with the values fail; nil if nothing began.
    public var began: Timestamp?
}

/// A call of a planted history.
public struct PlantedCall: Sendable, Equatable {
    public var time: Timestamp
    /// The values in the order of `PlantedHistory.fields`.
    public var values: [String]
    public var hasFailed: Bool
}
