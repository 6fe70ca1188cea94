import Model

/// The state of one rule and label set between evaluations.
public struct AlertState: Hashable, Sendable {
    /// The instant since which the condition has held; nil if the alert is inactive.
    public private(set) var activeAt: Timestamp?
    /// The evaluation at which it began to fire; nil if it is not firing.
    public private(set) var firingFrom: Timestamp?
    /// The first evaluation at which the condition no longer held, while `keep` extends the firing.
    public private(set) var keepSince: Timestamp?

    /// The state of an alert whose condition does not hold.
    public static let inactive = AlertState()

    /// Creates a state, such as a stored one; inactive by default.
    public init(activeAt: Timestamp? = nil, firingFrom: Timestamp? = nil, keepSince: Timestamp? = nil) {
        self.activeAt = activeAt
        self.firingFrom = firingFrom
        self.keepSince = keepSince
    }

    public var isFiring: Bool { firingFrom != nil }

    /// The effect of an evaluation.
    public enum Transition: Hashable, Sendable {
        /// The condition began to hold and must hold for `for` before the alert fires.
        case pending
        case fired
        case resolved
        /// The condition stopped holding before the alert fired.
        case dropped
    }

    /// Evaluates the condition at one instant.
    ///
    /// - Returns: The transition; nil if nothing changed. A condition that fires immediately is `fired`.
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
