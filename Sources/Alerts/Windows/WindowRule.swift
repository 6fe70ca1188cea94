import Model

/// A class of rows to count, identified by a flag bit.
public struct RowClass: Hashable, Sendable {
    /// The index of the family.
    public var family: Int
    /// The flag bit, 0...31.
    public var bit: Int

    /// Creates a class.
    public init(family: Int, bit: Int) {
        precondition((0..<32).contains(bit), "rows have 32 flags")
        self.family = family
        self.bit = bit
    }
}

/// A column whose values are summed or ranked.
public struct RowColumn: Hashable, Sendable {
    /// The unit of a column's integers.
    public enum Unit: Hashable, Sendable {
        case count
        /// Nanoseconds; conditions use seconds.
        case duration
        /// Units of 10⁻⁸ USD; conditions use dollars.
        case money

        /// Converts to the unit used in conditions.
        func magnitude(_ number: Double) -> Double {
            switch self {
            case .count: number
            case .duration: number / 1e9
            case .money: number / 1e8
            }
        }
    }

    public var family: Int
    /// The index of the column in its family.
    public var index: Int
    public var unit: Unit

    /// Creates a column.
    public init(family: Int, index: Int, unit: Unit) {
        self.family = family
        self.index = index
        self.unit = unit
    }
}

/// A number computed over the rows of a group in `(t − offset − length, t − offset]`.
public struct WindowMeasure: Hashable, Sendable {
    /// The computed quantity.
    public enum Quantity: Hashable, Sendable {
        /// The number of rows in a class; 0 if there are none.
        case count(RowClass)
        /// The ratio of two classes; no value if the second is empty.
        case ratio(RowClass, of: RowClass)
        /// One minus the ratio.
        case rest(RowClass, of: RowClass)
        /// The group's share of the rows of all groups.
        case share(RowClass)
        /// The sum of known values; 0 if there are none.
        case total(RowColumn)
        /// An aggregate of known values; no value if there are none.
        case sum(RowColumn), mean(RowColumn), least(RowColumn), greatest(RowColumn)
        /// The nearest-rank percentile of known values, 1...100.
        case percentile(RowColumn, Int)
        /// The number of distinct known values; the column contains their ids.
        case distinct(RowColumn)
        /// The relative change between two other measures, given by index; no value if the second is 0 or missing.
        case change(now: Int, before: Int)
    }

    public var quantity: Quantity
    public var length: Duration
    public var offset: Duration
    /// The interval in seconds to which the value is normalised: 60 for `per_minute`.
    public var perSeconds: Double?
    /// The measure in the query language.
    public var name: String

    /// Creates a measure.
    public init(_ quantity: Quantity, over length: Duration, offset: Duration = .zero, perSeconds: Double? = nil, name: String) {
        self.quantity = quantity
        self.length = length
        self.offset = offset
        self.perSeconds = perSeconds
        self.name = name
    }
}

extension WindowMeasure {
    /// The power of ten of the steps in which people write such values: percent, seconds, cents; nil for any.
    var unit: Int? {
        switch quantity {
        case .ratio, .rest, .share, .change: -2
        case .sum(let column), .mean(let column), .least(let column), .greatest(let column), .percentile(let column, _),
            .total(let column):
            switch column.unit {
            case .duration: 0
            case .money: -2
            case .count: nil
            }
        case .count, .distinct: nil
        }
    }
}

/// A condition over measures, which are given by index.
///
/// A comparison with a missing value is neither true nor false; nothing that depends on it fires, and its negation is not
/// true either.
public indirect enum WindowCondition: Hashable, Sendable {
    /// A comparison operator.
    public enum Comparison: String, Hashable, Sendable {
        case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

        /// The negated operator: for a known value, exactly one of the two holds.
        var denied: Comparison {
            switch self {
            case .equal: .notEqual
            case .notEqual: .equal
            case .less: .greaterOrEqual
            case .lessOrEqual: .greater
            case .greater: .lessOrEqual
            case .greaterOrEqual: .less
            }
        }

        /// Returns whether the comparison holds for a known value.
        func holds(_ number: Double, _ bounds: [Double]) -> Bool {
            switch self {
            case .equal: bounds.contains(number)
            case .notEqual: !bounds.contains(number)
            case .less: bounds.contains { number < $0 }
            case .lessOrEqual: bounds.contains { number <= $0 }
            case .greater: bounds.contains { number > $0 }
            case .greaterOrEqual: bounds.contains { number >= $0 }
            }
        }
    }

    /// Holds for any of the bounds, `notEqual` for none of them; ordering operators have a single bound.
    case comparison(measure: Int, Comparison, [Double])
    /// Holds if the measure has no value.
    case isMissing(measure: Int)
    case not(WindowCondition)
    case and(WindowCondition, WindowCondition)
    case or(WindowCondition, WindowCondition)
    /// Always holds, or never.
    case always(Bool)

    /// Evaluates the condition; nil if it depends on a missing value, which is `absent`.
    func holds(_ values: [Double]) -> Bool? {
        switch self {
        case .always(let holds): return holds
        case .isMissing(let measure): return values[measure].isAbsent
        case .not(let inner): return inner.holds(values).map { !$0 }
        case .and(let a, let b):
            let x = a.holds(values)
            if x == false { return false }
            let y = b.holds(values)
            return y == false ? false : x == nil ? nil : y
        case .or(let a, let b):
            let x = a.holds(values)
            if x == true { return true }
            let y = b.holds(values)
            return y == true ? true : x == nil ? nil : y
        case .comparison(let measure, let comparison, let bounds):
            let number = values[measure]
            return number.isAbsent ? nil : comparison.holds(number, bounds)
        }
    }

    /// Returns the condition with its first comparison replaced by a constant; unchanged if it has no comparison.
    func replacingFirst(with value: Bool) -> (condition: WindowCondition, isReplaced: Bool) {
        switch self {
        case .comparison: return (.always(value), true)
        case .isMissing, .always: return (self, false)
        case .not(let inner):
            let found = inner.replacingFirst(with: value)
            return (.not(found.condition), found.isReplaced)
        case .and(let a, let b), .or(let a, let b):
            var first = a.replacingFirst(with: value), second: (condition: WindowCondition, isReplaced: Bool) = (b, true)
            if !first.isReplaced { second = b.replacingFirst(with: value) }
            if case .and = self {
                first.condition = .and(first.condition, second.condition)
            } else {
                first.condition = .or(first.condition, second.condition)
            }
            return (first.condition, first.isReplaced || second.isReplaced)
        }
    }

    /// The first comparison in the condition.
    var first: (measure: Int, comparison: Comparison, bounds: [Double])? {
        switch self {
        case .comparison(let measure, let comparison, let bounds): (measure, comparison, bounds)
        case .isMissing, .always: nil
        case .not(let inner): inner.first
        case .and(let a, let b), .or(let a, let b): a.first ?? b.first
        }
    }
}

/// A native rule: a condition over measures of sliding windows.
public struct WindowRule: Sendable {
    public var name: String
    /// The rule in the query language.
    public var text: String
    public var measures: [WindowMeasure]
    public var condition: WindowCondition
    /// The rule's `for` and `keep`.
    public var hold: Duration, keep: Duration
    /// The minimum time between two notifications.
    public var cooldown: Duration
    /// The severity label of every alert; nil for none.
    public var severity: Severity?
    /// The name of the label for the severity.
    public var severityName: String
    /// The rows that are the errors behind a firing.
    public var errors: RowClass

    /// Creates a rule.
    public init(
        name: String, text: String, measures: [WindowMeasure], condition: WindowCondition, hold: Duration = .zero,
        keep: Duration = .zero, cooldown: Duration = .zero, severity: Severity? = nil,
        severityName: String = "severity", errors: RowClass
    ) {
        self.name = name
        self.text = text
        self.measures = measures
        self.condition = condition
        self.hold = hold
        self.keep = keep
        self.cooldown = cooldown
        self.severity = severity
        self.severityName = severityName
        self.errors = errors
    }

    /// How far back its measures look.
    public var reach: Duration { measures.map { $0.offset + $0.length }.max() ?? .zero }

    /// Returns true if per-minute rows give the same results as individual times.
    public func allowsMinutes(on grid: Grid) -> Bool {
        grid.isOfWholeMinutes && measures.allSatisfy { Grid.isWholeMinutes($0.length) && Grid.isWholeMinutes($0.offset) }
    }
}

extension Grid {
    /// True if every instant is the start of a minute.
    public var isOfWholeMinutes: Bool {
        startInNanoseconds % 60_000_000_000 == 0 && (Grid.isWholeMinutes(step) || count == 1)
    }

    /// Returns true for a whole number of minutes.
    public static func isWholeMinutes(_ length: Duration) -> Bool { length.inNanoseconds % 60_000_000_000 == 0 }
}
