import Model

/// The state of one rule and label set between evaluations.
public struct AlertState: Hashable, Sendable {
    /// The first instant of the present stretch in which the condition holds; nil when the alert is inactive.
    public private(set) var activeAt: Timestamp?
    /// The evaluation at which it began to fire; nil while it does not.
    public private(set) var firingFrom: Timestamp?
    /// The first evaluation of the present stretch without the condition, while `keep` prolongs the firing.
    public private(set) var keepSince: Timestamp?

    /// Nothing is going on.
    public static let inactive = AlertState()

    /// Makes a state, such as one that was stored; inactive unless said otherwise.
    public init(activeAt: Timestamp? = nil, firingFrom: Timestamp? = nil, keepSince: Timestamp? = nil) {
        self.activeAt = activeAt
        self.firingFrom = firingFrom
        self.keepSince = keepSince
    }

    public var isFiring: Bool { firingFrom != nil }

    /// What an evaluation changed.
    public enum Transition: Hashable, Sendable {
        /// The condition holds for the first time, and must go on holding.
        case pending
        case fired
        case resolved
        /// It ceased to hold before it had fired.
        case dropped
    }

    /// One evaluation: the condition holds or not at this instant.
    ///
    /// - Returns: What changed; nil when nothing did. A condition that fires at once is `fired`.
    public mutating func evaluate(_ holds: Bool, at instant: Timestamp, hold: Duration, keep: Duration) -> Transition? {
        if holds {
            keepSince = nil
            if isFiring { return nil }
            let wasInactive = activeAt == nil
            let since = activeAt ?? instant
            activeAt = since
            if instant >= since + hold {
                firingFrom = instant
                return .fired
            }
            return wasInactive ? .pending : nil
        }
        guard isFiring else {
            defer { self = .inactive }
            return activeAt == nil ? nil : .dropped
        }
        let since = keepSince ?? instant
        keepSince = since
        if instant < since + keep { return nil }
        self = .inactive
        return .resolved
    }
}
