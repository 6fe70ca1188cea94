import Model

/// A condition with resolved fields and typed values.
public indirect enum CheckedPredicate: Hashable, Sendable {
    /// Always true or always false.
    case always(Bool)
    /// The field's stored value equals one of these.
    case isOneOf(Field, [StoredValue])
    /// The field's stored value compared with the value by an ordering operator.
    case ordered(Field, Comparison, StoredValue)
    /// The field's text matches the glob (`*` matches any text; nothing else is special).
    case glob(Field, String)
    /// The field's text contains the text, ignoring the case of ASCII letters.
    case has(Field, String)
    /// Part of the field's text matches the regular expression.
    case matches(Field, String)
    /// The field's value does not occur in the store before the query's window.
    case isNew(Field)
    /// The field has no value.
    case isMissing(Field)
    /// The flag is set.
    case flag(Field)
    /// For a trace: the condition, which is about this field only, holds for one of its calls, or one of its errors if only
    /// errors have the field.
    case someRow(Field, CheckedPredicate)
    case not(CheckedPredicate)
    case and([CheckedPredicate])
    case or([CheckedPredicate])

    /// The fields in the condition.
    package var fields: Set<Field> {
        switch self {
        case .always: []
        case .isOneOf(let field, _), .ordered(let field, _, _), .glob(let field, _), .has(let field, _), .matches(let field, _),
            .isNew(let field), .isMissing(let field), .flag(let field), .someRow(let field, _):
            [field]
        case .not(let inner): inner.fields
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.fields) }
        }
    }

    /// The conjuncts of the condition.
    public var conjuncts: [CheckedPredicate] {
        switch self {
        case .and(let parts): parts.flatMap(\.conjuncts)
        case .always(true): []
        default: [self]
        }
    }

    /// The disjuncts of the condition.
    var disjuncts: [CheckedPredicate] {
        if case .or(let parts) = self { parts.flatMap(\.disjuncts) } else { [self] }
    }

    /// Returns the conjunction of the conditions; true if there are none.
    public static func all(_ parts: [CheckedPredicate]) -> CheckedPredicate {
        parts.isEmpty ? .always(true) : parts.count == 1 ? parts[0] : .and(parts)
    }
}

/// A condition on the measures of a group, applied to computed rows.
public indirect enum HavingPredicate: Hashable, Sendable {
    /// The measure's magnitude compared with any of these; a missing value makes it false.
    case comparison(Measure, Comparison, [Double])
    /// The measure has no value.
    case isMissing(Measure)
    case not(HavingPredicate)
    case and(HavingPredicate, HavingPredicate)
    case or(HavingPredicate, HavingPredicate)

    /// The measures in the condition, in order.
    var measures: [Measure] {
        switch self {
        case .comparison(let measure, _, _), .isMissing(let measure): [measure]
        case .not(let inner): inner.measures
        case .and(let a, let b), .or(let a, let b): a.measures + b.measures
        }
    }
}

/// The width of time buckets.
public enum BucketWidth: Hashable, Sendable {
    /// Buckets of equal length, shorter than a day.
    case fixed(Duration)
    /// Calendar days, ISO weeks from Monday, or calendar months.
    case days(Int), weeks(Int), months(Int)

    /// The canonical spelling: `5m`, `1d`, `2w`, `1mo`.
    public var spelling: String {
        switch self {
        case .fixed(let length): Units.spelling(length)
        case .days(let n): "\(n)d"
        case .weeks(let n): "\(n)w"
        case .months(let n): "\(n)mo"
        }
    }

    /// The approximate length of a bucket.
    var approximateLength: Duration {
        switch self {
        case .fixed(let length): length
        case .days(let n): .days(Int64(n))
        case .weeks(let n): .days(Int64(7 * n))
        case .months(let n): .days(Int64(30 * n))
        }
    }
}

/// A sort key.
public struct SortKey: Hashable, Sendable {
    /// The field or measure to sort by.
    public enum Subject: Hashable, Sendable {
        case field(Field)
        case measure(Measure)
    }

    public var subject: Subject
    public var isDescending: Bool

    package init(subject: Subject, isDescending: Bool) { (self.subject, self.isDescending) = (subject, isDescending) }
}

/// The number of rows to return.
public enum RowLimit: Hashable, Sendable {
    /// The default: 50 rows of a listing, all groups.
    case standard
    case rows(Int)
    case all
}

/// A query with resolved names, types and times, independent of its source text.
public struct CheckedQuery: Hashable, Sendable {
    public var noun: Noun
    /// The displayed measures; empty for a listing.
    public var measures: [Measure] = []
    /// The columns of a listing.
    public var columns: [Field] = []
    /// The fields to group by.
    public var keys: [Field] = []
    public var bucket: BucketWidth?
    /// The requested window; nil for no restriction.
    public var window: Window?
    public var predicate: CheckedPredicate = .always(true)
    public var having: HavingPredicate?
    public var sort: [SortKey] = []
    public var top: Int?
    public var limit: RowLimit = .standard
    /// The requested chart or format; nil for the default.
    public var form: String?
    /// A description of the result row behind which the rows are; nil if there is none.
    public var drilled: String?
    /// The output path; nil for the terminal.
    public var path: String?
    /// True if the statement mentions `kind` and therefore covers all kinds of spans.
    public var coversEveryKind = false
    public var evidence: Evidence = .default
    public var zone: Zone = .utc
    /// The baseline of `vs`; nil without `vs`.
    public var versus: Versus?
    /// The window of the baseline.
    public var baseline: Window?
    /// True if the baseline has the same clock times, so that equal hours are compared.
    public var alignsByClock = false
    /// The measure of `change`.
    public var changed: Measure?
    /// For a rule, the window of every value; in queries the measures have it.
    public var ruleLength: Duration?
    /// The time up to which recoveries are known; nil for all.
    public var knownUntil: Timestamp?
    /// The method of `trend`; nil for other queries.
    public var trend: Trend.Method?

    /// The kind of baseline for `vs`.
    public enum Versus: Hashable, Sendable {
        case previous
        case ago(Duration)

        /// The name in column headers and messages.
        var name: String {
            switch self {
            case .previous: "before"
            case .ago(let length): "\(Units.spelling(length)) ago"
            }
        }
    }

    /// Creates a query for all rows of a noun.
    public init(noun: Noun) { self.noun = noun }

    /// True if rows are listed rather than aggregated.
    public var isListing: Bool { measures.isEmpty }

    /// Sets the type of displayed differences to that of their measure.
    mutating func giveDelta(type: ValueType?) {
        measures = measures.map { if case .delta = $0 { .delta(type == .ratio ? .number : type ?? .number) } else { $0 } }
    }

    /// All measures: displayed, in `having` and in `sort`.
    var allMeasures: [Measure] {
        measures + (having?.measures ?? [])
            + sort.compactMap { if case .measure(let measure) = $0.subject { measure } else { nil } }
    }

    /// Remarks about the query itself.
    var remarks: [String] {
        var remarks = drilled.map { [$0] } ?? []
        // The errors, type and outcome of a trace are computed at import.
        if noun.isTrace && evidence != .default {
            remarks.append("errors and failures of traces use the default evidence")
        }
        let fields = fieldsOfFailureAlone.map { "`\($0.name)`" }
        if !fields.isEmpty, allMeasures.contains(where: \.isRate) {
            remarks.append(
                "only failed calls satisfy the condition on \(fields.joined(separator: " and ")), so the error rate is 100% by construction"
            )
        }
        return remarks
    }
}
