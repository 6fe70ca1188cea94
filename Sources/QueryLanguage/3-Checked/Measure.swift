import Model

/// An aggregate of a numeric field.
public enum Aggregate: String, CaseIterable, Sendable {
    case sum, avg, min, max, p50, p90, p95, p99

    /// The percentile as an integer in percent; nil for the others.
    package var percent: Int? {
        switch self {
        case .p50: 50
        case .p90: 90
        case .p95: 95
        case .p99: 99
        default: nil
        }
    }
}

/// A value computed for a group of rows.
public indirect enum Measure: Hashable, Sendable {
    /// The number of rows of the noun.
    case count
    /// The number of rows that satisfy a condition; the text is the condition as written.
    case countWhere(CheckedPredicate, String)
    /// The share of the group's rows that satisfy a condition.
    case shareWhere(CheckedPredicate, String)
    /// Calls, or failed calls plus error events without a call, for any noun.
    case calls, errors
    /// The ratio of failed calls to calls.
    case errorRate
    /// One minus the error rate.
    case reliability
    /// The group's share of all rows.
    case share
    case aggregate(Aggregate, Field)
    /// The number of distinct known values.
    case distinct(Field)
    /// The share of errors that were recovered.
    case recovered
    /// The median time from the end of an error to the end of the success that recovered it.
    case recoveryTime
    case firstSeen, lastSeen
    /// A count or sum divided by the length of the window or bucket.
    case perMinute(Measure)
    case perSecond(Measure)
    /// The most frequent known value of a field; ties by the order of values.
    case common(Field)
    /// True if the group's value of the field first occurs in the store within the window.
    case new(Field)
    /// The trace of the latest row.
    case sample
    /// The measure over a window of this length that ends with the bucket or window, including its end but not its beginning.
    case over(Measure, Duration)
    /// The measure in the baseline window of `vs`.
    case before(Measure)
    /// The relative change of the first displayed measure under `vs`, and the absolute difference.
    case change
    case delta(ValueType)

    /// The canonical form, used as the name of the column.
    public var name: String {
        switch self {
        case .count: "count"
        case .countWhere(_, let text): "count(\(text))"
        case .shareWhere(_, let text): "share(\(text))"
        case .calls: "calls"
        case .errors: "errors"
        case .errorRate: "error_rate"
        case .reliability: "reliability"
        case .share: "share"
        case .aggregate(.sum, Field(.cost)): "cost"
        case .aggregate(.sum, Field(.tokens)): "tokens"
        case .aggregate(let aggregate, let field): "\(aggregate.rawValue)(\(field.name))"
        case .distinct(Field(.trace)): "traces"
        case .distinct(Field(.user)): "users"
        case .distinct(Field(.session)): "sessions"
        case .distinct(Field(.model)): "models"
        case .distinct(let field): "distinct(\(field.name))"
        case .recovered: "recovered"
        case .recoveryTime: "recovery_time"
        case .firstSeen: "first_seen"
        case .lastSeen: "last_seen"
        case .perMinute(let measure): "per_minute(\(measure.name))"
        case .perSecond(let measure): "per_second(\(measure.name))"
        case .common(let field): "common(\(field.name))"
        case .new: "new"
        case .sample: "sample"
        case .over(let measure, let length): "\(measure.name) over \(Units.spelling(length))"
        case .before(let measure): "\(measure.name) before"
        case .change: "change"
        case .delta: "delta"
        }
    }

    /// True if its value comes from another query than the one in which it is displayed.
    var isForeign: Bool {
        switch self {
        case .over, .before, .change, .delta: true
        default: false
        }
    }

    /// True if it is computed from calls, for any noun.
    var isOfCalls: Bool {
        switch self {
        case .calls, .errorRate, .reliability: true
        case .perMinute(let inner), .perSecond(let inner), .over(let inner, _), .before(let inner): inner.isOfCalls
        default: false
        }
    }

    /// True if it is computed from errors, for any noun.
    var isOfErrors: Bool {
        switch self {
        case .errors: true
        case .perMinute(let inner), .perSecond(let inner), .over(let inner, _), .before(let inner): inner.isOfErrors
        default: false
        }
    }

    /// True for differences between the first measure and its baseline.
    var isDifference: Bool {
        switch self {
        case .change, .delta: true
        default: false
        }
    }

    /// True for the error rate and its complement.
    var isRate: Bool {
        switch self {
        case .errorRate, .reliability: true
        case .over(let inner, _), .before(let inner): inner.isRate
        default: false
        }
    }

    /// Returns true if the measure applies to rows of the noun.
    ///
    /// This is the single table of nouns and measures: the checker rejects what it denies, and the planner relies on it.
    func isTaken(of noun: Noun) -> Bool {
        switch self {
        case .count, .share, .firstSeen, .lastSeen, .sample, .change, .delta: true
        case .countWhere(let predicate, _), .shareWhere(let predicate, _):
            predicate.fields.allSatisfy { FieldTable.isField($0.id, of: noun) }
        case .calls, .errors: noun != .events
        case .errorRate, .reliability: noun == .errors || noun == .calls
        case .recovered, .recoveryTime: noun == .errors
        case .aggregate(_, let field), .distinct(let field), .common(let field), .new(let field):
            FieldTable.isOwn(field.id, of: noun)
        case .perMinute(let inner), .perSecond(let inner), .over(let inner, _), .before(let inner): inner.isTaken(of: noun)
        }
    }

    /// True if its values over the buckets of a window add up to its value over the window.
    var isAdditive: Bool {
        switch self {
        case .count, .countWhere, .calls, .errors, .aggregate(.sum, _): true
        default: false
        }
    }

    /// The type of its values.
    public var type: ValueType {
        switch self {
        case .count, .countWhere, .calls, .errors, .distinct: .count
        case .errorRate, .reliability, .share, .shareWhere, .recovered: .ratio
        case .aggregate(let aggregate, let field):
            field.type == .count && (aggregate == .avg) ? .number : field.type.valueType
        case .recoveryTime: .duration
        case .firstSeen, .lastSeen: .time
        case .perMinute(let measure), .perSecond(let measure): measure.type == .money ? .money : .number
        case .common(let field): field.type.valueType
        case .over(let measure, _), .before(let measure): measure.type
        case .new: .flag
        case .sample: .text
        case .change: .change
        case .delta(let type): type
        }
    }
}

extension ValueType {
    /// True for numbers with a meaningful relative change.
    var hasChange: Bool {
        switch self {
        case .count, .number, .duration, .money, .ratio: true
        case .text, .time, .flag, .change: false
        }
    }
}

/// The definition of a measure; used by the checker, completion and help.
public struct MeasureRow: Sendable {
    /// The canonical name.
    public let name: String
    public let synonyms: [String]
    /// The grammar.
    public let grammar: String
    /// A one-line description.
    public let meaning: String
    /// An example statement.
    public let example: String
}

/// The measures of the language.
public enum MeasureTable {
    private static func row(_ name: String, _ grammar: String, _ meaning: String, _ example: String, also synonyms: [String] = [])
        -> MeasureRow
    {
        MeasureRow(name: name, synonyms: synonyms, grammar: grammar, meaning: meaning, example: example)
    }

    /// The rows in display order.
    public static let all: [MeasureRow] = [
        row("count", "count | count(P)", "rows, or rows that satisfy P", "calls by model show count(latency > 30s)"),
        row("calls", "calls", "calls under the same filters", "errors by provider show errors, calls"),
        row("errors", "errors", "failed calls, and error events without a call", "calls by agent show errors"),
        row(
            "error_rate", "error_rate", "ratio of failed calls to calls; no value without calls",
            "calls by model show error_rate",
            also: ["rate"]),
        row("reliability", "reliability", "one minus the error rate", "calls by model show reliability"),
        row(
            "share", "share | share(P)",
            "the group's share of all rows, or the share of its rows that satisfy P among those where P is known",
            "errors by type show share"),
        row("sum", "sum(FIELD)", "sum of the known values", "calls by agent show sum(tokens)"),
        row("avg", "avg(FIELD)", "mean of the known values", "calls by model show avg(latency)", also: ["mean", "average"]),
        row("min", "min(FIELD)", "smallest known value", "calls show min(latency)"),
        row("max", "max(FIELD)", "largest known value", "calls show max(latency)"),
        row("p50", "p50(FIELD)", "the median, by nearest rank", "calls show p50(latency)", also: ["median"]),
        row("p90", "p90(FIELD)", "90th percentile, by nearest rank", "calls show p90(latency)"),
        row("p95", "p95(FIELD)", "95th percentile, by nearest rank", "calls by model show p95(latency)"),
        row("p99", "p99(FIELD)", "99th percentile, by nearest rank", "calls show p99(latency)"),
        row("cost", "cost", "sum of the known costs", "calls by model show cost"),
        row("tokens", "tokens", "sum of the known tokens", "calls by agent show tokens"),
        row("distinct", "distinct(FIELD)", "number of distinct values", "errors show distinct(signature)"),
        row("traces", "traces", "number of traces", "errors by type show traces"),
        row("users", "users", "number of users", "errors by type show users"),
        row("models", "models", "number of models", "errors by signature show models"),
        row("sessions", "sessions", "number of sessions", "errors show sessions"),
        row("recovered", "recovered", "share of the errors that were recovered", "errors by provider show recovered"),
        row(
            "recovery_time", "recovery_time", "median time until the success that recovered the error",
            "errors show recovery_time"),
        row(
            "new", "new", "whether the group's value first occurs within the window",
            "errors by signature show count, new"),
        row("sample", "sample", "trace of the latest row", "errors by signature show count, sample"),
        row("first_seen", "first_seen", "time of the first row", "errors by signature show count, first_seen, last_seen"),
        row("last_seen", "last_seen", "time of the last row", "errors by signature show count, last_seen"),
        row(
            "common", "common(FIELD)", "most frequent known value", "errors by model show count, common(type)",
            also: ["mode", "most_common"]),
        row(
            "change", "change", "relative change of the first measure, under `vs`",
            "errors by type show count, change last 24h vs previous"),
        row(
            "delta", "delta", "absolute difference of the first measure, under `vs`",
            "errors by type show count, delta last 24h vs previous sort delta"),
        row("per_minute", "per_minute(MEASURE)", "a count or sum per minute", "calls show per_minute(count)"),
        row("per_second", "per_second(MEASURE)", "a count or sum per second", "calls show per_second(tokens)"),
    ]

    /// All names and synonyms, with their canonical names.
    static let names: [String: String] = Dictionary(
        uniqueKeysWithValues: all.flatMap { row in ([row.name] + row.synonyms).map { ($0, row.name) } })
}
