import Model

/// Rows of one kind that are counted: a bit of each row says whether it is one of them.
public struct RowClass: Hashable, Sendable {
    /// Which family of rows.
    public var family: Int
    /// Which bit of their flags, 0...31.
    public var bit: Int

    /// Makes a class.
    public init(family: Int, bit: Int) {
        precondition((0..<32).contains(bit), "rows have 32 flags")
        self.family = family
        self.bit = bit
    }
}

/// A field whose values are summed or ranked.
public struct RowColumn: Hashable, Sendable {
    /// What the whole numbers of a column are.
    public enum Unit: Hashable, Sendable {
        case count
        /// Nanoseconds; magnitudes are seconds.
        case duration
        /// Units of 10⁻⁸ USD; magnitudes are dollars.
        case money

        /// The number that stands in conditions.
        func magnitude(_ number: Double) -> Double {
            switch self {
            case .count: number
            case .duration: number / 1e9
            case .money: number / 1e8
            }
        }
    }

    public var family: Int
    /// The column's place in the family.
    public var index: Int
    public var unit: Unit

    /// Makes a column.
    public init(family: Int, index: Int, unit: Unit) {
        self.family = family
        self.index = index
        self.unit = unit
    }
}

/// A number computed over the rows of a group in `(t − offset − length, t − offset]`.
public struct WindowMeasure: Hashable, Sendable {
    /// What is computed.
    public enum Quantity: Hashable, Sendable {
        /// Rows of a class; 0 without any.
        case count(RowClass)
        /// The first as a share of the second; no value without any of the second.
        case ratio(RowClass, of: RowClass)
        /// One minus that share.
        case rest(RowClass, of: RowClass)
        /// The group's part of the rows of all groups.
        case share(RowClass)
        /// The sum of known values; 0 without any.
        case total(RowColumn)
        /// Of known values; no value without any.
        case sum(RowColumn), mean(RowColumn), least(RowColumn), greatest(RowColumn)
        /// By nearest rank, 1...100 per cent, of known values.
        case percentile(RowColumn, Int)
        /// How many different known values; the column holds their numbers.
        case distinct(RowColumn)
        /// The relative difference of two other measures, by their places; no value when the second is 0 or has none.
        case change(now: Int, before: Int)
    }

    public var quantity: Quantity
    public var length: Duration
    public var offset: Duration
    /// The value is taken for each so many seconds of the length: 60 for `per_minute`.
    public var perSeconds: Double?
    /// Its text in the language.
    public var name: String

    /// Makes a measure.
    public init(_ quantity: Quantity, over length: Duration, offset: Duration = .zero, perSeconds: Double? = nil, name: String) {
        self.quantity = quantity
        self.length = length
        self.offset = offset
        self.perSeconds = perSeconds
        self.name = name
    }
}

extension WindowMeasure {
    /// The power of ten of the steps in which people write its numbers: per cent, seconds, cents; nil for any.
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

/// A condition over measures, by their places.
///
/// A measure without a value makes a comparison neither true nor false, and nothing that depends on it fires: `not` of it is
/// not true either.
public indirect enum WindowCondition: Hashable, Sendable {
    /// How a measure is compared.
    public enum Comparison: String, Hashable, Sendable {
        case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

        /// What holds for a known value exactly when this does not.
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

        /// Whether it holds for a value that is known.
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

    /// With any of the bounds; `notEqual` with none of them; orderings have one bound.
    case comparison(measure: Int, Comparison, [Double])
    /// The measure has no value.
    case isMissing(measure: Int)
    case not(WindowCondition)
    case and(WindowCondition, WindowCondition)
    case or(WindowCondition, WindowCondition)
    /// Holds always or never.
    case always(Bool)

    /// True, false, or nil when a value that it depends on is missing. Values that are missing are absent.
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

    /// The condition with its first comparison taken as true or false; unchanged and false when it has none.
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

    /// The first comparison in it.
    var first: (measure: Int, comparison: Comparison, bounds: [Double])? {
        switch self {
        case .comparison(let measure, let comparison, let bounds): (measure, comparison, bounds)
        case .isMissing, .always: nil
        case .not(let inner): inner.first
        case .and(let a, let b), .or(let a, let b): a.first ?? b.first
        }
    }
}

/// A rule of our own: a condition over measures of sliding windows.
public struct WindowRule: Sendable {
    public var name: String
    /// What it asks, in the language.
    public var text: String
    public var measures: [WindowMeasure]
    public var condition: WindowCondition
    /// `for` and `keep`.
    public var hold: Duration, keep: Duration
    /// How long after a notice the next one is held back.
    public var cooldown: Duration
    /// Written into every alert; nil for none.
    public var severity: Severity?
    /// The label that carries it.
    public var severityName: String
    /// The rows that are the errors behind a firing.
    public var errors: RowClass

    /// Makes a rule.
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

    /// True when rows that stand for whole minutes are as good as rows with their own times.
    public func allowsMinutes(on grid: Grid) -> Bool {
        grid.isOfWholeMinutes && measures.allSatisfy { Grid.isWholeMinutes($0.length) && Grid.isWholeMinutes($0.offset) }
    }
}

extension Grid {
    /// True when every instant is the first of a minute.
    public var isOfWholeMinutes: Bool {
        startInNanoseconds % 60_000_000_000 == 0 && (Grid.isWholeMinutes(step) || count == 1)
    }

    /// True for a whole number of minutes.
    public static func isWholeMinutes(_ length: Duration) -> Bool { length.inNanoseconds % 60_000_000_000 == 0 }
}
