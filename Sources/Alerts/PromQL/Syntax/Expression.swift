/// A comparison operator.
enum Relation: String, Hashable, Sendable, CaseIterable {
    case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

    func holds(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    /// The operator with its operands swapped.
    var mirrored: Relation {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }

    /// True if small values satisfy it, so that the smallest value is the worst.
    var isBelow: Bool { self == .less || self == .lessOrEqual }
}

/// `+ - * /`.
enum Arithmetic: String, Hashable, Sendable {
    case plus = "+", minus = "-", times = "*", over = "/"

    func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .plus: a + b
        case .minus: a - b
        case .times: a * b
        case .over: a / b
        }
    }
}

/// A label matcher of a selector, such as `model="gpt-4o"`.
struct Matcher: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable { case equal = "=", notEqual = "!=", matches = "=~", matchesNot = "!~" }

    var label: Label
    var kind: Kind
    var value: String
}

/// A counter with label matchers and an offset.
struct Selector: Hashable, Sendable {
    var counter: Counter
    var matchers: [Matcher] = []
    /// The offset into the past in nanoseconds, at least 0.
    var offset: Int64 = 0
}

/// A function of range vectors.
enum RangeFunction: String, Hashable, Sendable, CaseIterable {
    case rate, increase, irate, delta
    case sumOverTime = "sum_over_time", averageOverTime = "avg_over_time", minOverTime = "min_over_time"
    case maxOverTime = "max_over_time", countOverTime = "count_over_time"

    /// True if it counts events rather than samples.
    var countsEvents: Bool { self == .rate || self == .increase || self == .delta }
}

/// The labels by which series are grouped or matched.
struct Grouping: Hashable, Sendable {
    /// True for `by` and `on` (only these labels); false for `without` and `ignoring` (all but these).
    var keeps: Bool
    var labels: Set<Label>

    /// All labels.
    static let all = Grouping(keeps: false, labels: [])
    /// No labels.
    static let none = Grouping(keeps: true, labels: [])

    /// Returns the labels among `names` that this grouping keeps.
    func selected(from names: some Sequence<Label>) -> Set<Label> {
        Set(names.filter { labels.contains($0) == keeps })
    }
}

/// How the series of two vectors are matched.
struct VectorMatching: Hashable, Sendable {
    var grouping = Grouping.all
    /// The labels copied from the right side when several series on the left may share a partner (`group_left`).
    var groupLeft: Set<Label>?
}

enum SetOperation: String, Hashable, Sendable { case and, or, unless }

enum Aggregation: Hashable, Sendable {
    case sum, min, max, average, count
    case topk(Int)

    var name: String {
        switch self {
        case .sum: "sum"
        case .min: "min"
        case .max: "max"
        case .average: "avg"
        case .count: "count"
        case .topk: "topk"
        }
    }
}

/// A function of a time in seconds since 1970.
enum ClockFunction: String, Hashable, Sendable {
    case hour
    case dayOfWeek = "day_of_week"
}

/// A checked expression of the PromQL subset: names are resolved and operands have the right types.
indirect enum Expression: Hashable, Sendable {
    case number(Double)
    case selector(Selector)
    /// The window is positive, in nanoseconds.
    case range(RangeFunction, Selector, window: Int64)
    case absent(Expression)
    case scalar(Expression)
    case vector(Expression)
    case time
    case clock(ClockFunction, Expression)
    case clampMin(Expression, Expression)
    case clampMax(Expression, Expression)
    case aggregate(Aggregation, Grouping, Expression)
    case negative(Expression)
    case arithmetic(Arithmetic, Expression, Expression, VectorMatching)
    /// With `isBool`, the result is 1 or 0 instead of a filter.
    case comparison(Relation, Expression, Expression, VectorMatching, isBool: Bool)
    case set(SetOperation, Expression, Expression, VectorMatching)

    /// True if it is a single number at every instant rather than a set of series.
    var isScalar: Bool {
        switch self {
        case .number, .scalar, .time: true
        case .negative(let inner): inner.isScalar
        case .arithmetic(_, let a, let b, _), .comparison(_, let a, let b, _, _): a.isScalar && b.isScalar
        default: false
        }
    }

    /// The operands.
    var parts: [Expression] {
        switch self {
        case .number, .selector, .range, .time: []
        case .absent(let a), .scalar(let a), .vector(let a), .clock(_, let a), .aggregate(_, _, let a), .negative(let a): [a]
        case .clampMin(let a, let b), .clampMax(let a, let b), .arithmetic(_, let a, let b, _),
            .comparison(_, let a, let b, _, _),
            .set(_, let a, let b, _):
            [a, b]
        }
    }

    /// This expression and all its subexpressions, operands first.
    var all: [Expression] { parts.flatMap(\.all) + [self] }

    /// The constant value of the expression; nil if it depends on data or time.
    var constant: Double? {
        switch self {
        case .number(let value): value
        case .negative(let inner): inner.constant.map { -$0 }
        case .arithmetic(let operation, let a, let b, _):
            if let a = a.constant, let b = b.constant { operation.apply(a, b) } else { nil }
        case .comparison(let relation, let a, let b, _, isBool: true):
            if let a = a.constant, let b = b.constant { relation.holds(a, b) ? 1 : 0 } else { nil }
        default: nil
        }
    }
}
