import Model

/// What the rules of a file need to know of calls, so that a history need not hold each of them.
public struct CallRequirement: Hashable, Sendable {
    /// The labels that some rule can tell apart: calls that agree in these may be counted together. Of tables that know these,
    /// one that also knows `exported` gives sums of rates that agree with an exporter's to the last bit.
    public var needed: Set<Label>
    /// The labels of calls that an exporter would offer.
    public var exported: Set<Label>
    /// True when calls counted by whole minutes are as good as calls with their own times.
    public var allowsMinutes: Bool
    /// How far back windows look before the grid's start; nil when calls count from the beginning of the history.
    public var reach: Duration?

    /// What the rules need; nil when none of them looks at calls.
    ///
    /// - Parameter labels: The labels that counters carry.
    public init?(of rules: [PrometheusRule], on grid: Grid, labels: Set<Label> = Set(Label.allCases)) {
        exported = labels.intersection(Label.ofCalls)
        needed = []
        allowsMinutes = grid.isOfWholeMinutes
        reach = .zero
        var isNeeded = false
        for rule in rules { isNeeded = add(rule.expression, told: exported) || isNeeded }
        if !isNeeded { return nil }
    }

    /// The labels of calls that one rule can tell apart; nil when it does not look at calls.
    ///
    /// - Parameter labels: The labels that counters carry.
    public static func labels(neededBy rule: PrometheusRule, of labels: Set<Label> = Set(Label.allCases)) -> Set<Label>? {
        guard let grid = Grid(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 0)) else { return nil }
        return CallRequirement(of: [rule], on: grid, labels: labels)?.needed
    }

    /// Takes in an expression, of whose series these labels can be told apart; true when it looks at calls.
    private mutating func add(_ expression: Expression, told: Set<Label>) -> Bool {
        switch expression {
        case .selector(let selector) where selector.counter == .requests:
            note(selector, told)
            reach = nil
            return true
        case .range(let function, let selector, let window) where selector.counter == .requests:
            note(selector, told)
            if !Grid.isWholeMinutes(.nanoseconds(window)) { allowsMinutes = false }
            if function.countsEvents, let known = reach {
                reach = max(known, .nanoseconds(window) + .nanoseconds(selector.offset))
            } else {
                reach = nil
            }
            return true
        case .aggregate(.sum, let grouping, .selector(let selector)) where selector.counter == .requests:
            return add(.selector(selector), told: grouping.selected(from: exported))
        case .aggregate(.sum, let grouping, .range(let function, let selector, let window))
        where selector.counter == .requests && function.countsEvents:
            return add(.range(function, selector, window: window), told: grouping.selected(from: exported))
        default:
            var isNeeded = false
            for part in expression.parts { isNeeded = add(part, told: exported) || isNeeded }
            return isNeeded
        }
    }

    private mutating func note(_ selector: Selector, _ told: Set<Label>) {
        needed.formUnion(told)
        needed.formUnion(selector.matchers.map(\.label).filter(exported.contains))
        if !Grid.isWholeMinutes(.nanoseconds(selector.offset)) { allowsMinutes = false }
    }
}
