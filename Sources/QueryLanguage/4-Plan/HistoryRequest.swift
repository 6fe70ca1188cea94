import Model

/// Rows in the order of time that an engine is asked for, in columns: what walks over long intervals of the past reads.
public struct HistoryRequest: Hashable, Sendable {
    public var relation: Relation
    /// The keys of each row's group.
    public var keys: [Field]
    /// The fields whose values the rows carry.
    public var fields: [Field]
    /// The conditions that each row satisfies or not; of more than 32 the first count.
    public var conditions: [CheckedPredicate]
    /// Which rows are asked for.
    public var predicate: CheckedPredicate
    /// Their window, and how clocks show their times.
    public var scope: StatementScope
    /// True when calls that are only counted may come by whole minutes: all of the minutes that the window touches.
    public var allowsMinutes: Bool
    /// True when each group is asked for once, with the first instant at which it was known, and without fields and conditions.
    public var asksForGroups = false

    /// The window; a history always has one.
    public var window: Window {
        guard let window = scope.window else { preconditionFailure("a history has a window") }
        return window
    }

    /// The groups of a window, each once, at the first instant at which it was known.
    public func groups(of window: Window) -> HistoryRequest {
        var groups = self
        groups.asksForGroups = true
        groups.scope = scope.moved(to: window)
        return groups
    }
}
