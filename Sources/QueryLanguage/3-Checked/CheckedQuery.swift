import Model

/// A condition whose fields are known and whose values are of their types.
public indirect enum CheckedPredicate: Hashable, Sendable {
    /// Always or never true.
    case always(Bool)
    /// The field's stored value equals one of these.
    case isOneOf(Field, [StoredValue])
    /// The field's stored value stands in this relation to the value; only orderings.
    case ordered(Field, Comparison, StoredValue)
    /// The field's text matches the glob (`*` any text, nothing else is special).
    case glob(Field, String)
    /// The field's text contains the text; ASCII letters match in either case.
    case has(Field, String)
    /// The field's text matches the regular expression somewhere.
    case matches(Field, String)
    /// The field's value does not occur in the store before the query's window.
    case isNew(Field)
    /// The field has no value.
    case isMissing(Field)
    /// The flag is set.
    case flag(Field)
    /// Of a trace: the condition, which is about this field alone, holds for one of its calls, or of its errors when only
    /// errors have the field.
    case someRow(Field, CheckedPredicate)
    case not(CheckedPredicate)
    case and([CheckedPredicate])
    case or([CheckedPredicate])

    /// The fields it looks at.
    var fields: Set<Field> {
        switch self {
        case .always: []
        case .isOneOf(let field, _), .ordered(let field, _, _), .glob(let field, _), .has(let field, _), .matches(let field, _),
            .isNew(let field), .isMissing(let field), .flag(let field), .someRow(let field, _):
            [field]
        case .not(let inner): inner.fields
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.fields) }
        }
    }

    /// The conditions that must all hold.
    public var conjuncts: [CheckedPredicate] {
        switch self {
        case .and(let parts): parts.flatMap(\.conjuncts)
        case .always(true): []
        default: [self]
        }
    }

    /// The conditions of which one must hold.
    var disjuncts: [CheckedPredicate] {
        if case .or(let parts) = self { parts.flatMap(\.disjuncts) } else { [self] }
    }

    /// All of these; true when there are none.
    public static func all(_ parts: [CheckedPredicate]) -> CheckedPredicate {
        parts.isEmpty ? .always(true) : parts.count == 1 ? parts[0] : .and(parts)
    }
}

/// A condition over the measures of a group, applied to finished rows.
public indirect enum HavingPredicate: Hashable, Sendable {
    /// The measure's magnitude compared with any of these; a missing value compares false.
    case comparison(Measure, Comparison, [Double])
    /// The measure has no value.
    case isMissing(Measure)
    case not(HavingPredicate)
    case and(HavingPredicate, HavingPredicate)
    case or(HavingPredicate, HavingPredicate)

    /// The measures it looks at, in order.
    var measures: [Measure] {
        switch self {
        case .comparison(let measure, _, _), .isMissing(let measure): [measure]
        case .not(let inner): inner.measures
        case .and(let a, let b), .or(let a, let b): a.measures + b.measures
        }
    }
}

/// How wide the buckets of time are.
public enum BucketWidth: Hashable, Sendable {
    /// Of equal length; below a day.
    case fixed(Duration)
    /// Calendar days, ISO weeks from Monday, calendar months.
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

    /// About how long a bucket is.
    var approximateLength: Duration {
        switch self {
        case .fixed(let length): length
        case .days(let n): .days(Int64(n))
        case .weeks(let n): .days(Int64(7 * n))
        case .months(let n): .days(Int64(30 * n))
        }
    }
}

/// What the rows are ordered by.
public struct SortKey: Hashable, Sendable {
    /// What to order by.
    public enum Subject: Hashable, Sendable {
        case field(Field)
        case measure(Measure)
    }

    public var subject: Subject
    public var isDescending: Bool
}

/// How many rows are wanted.
public enum RowLimit: Hashable, Sendable {
    /// The default: 50 rows of a listing, all groups.
    case standard
    case rows(Int)
    case all
}

/// A query whose names, types and times are all known; nothing of the text is needed any more.
public struct CheckedQuery: Hashable, Sendable {
    public var noun: Noun
    /// The shown measures; empty for a listing.
    public var measures: [Measure] = []
    /// The columns of a listing.
    public var columns: [Field] = []
    /// What to group by.
    public var keys: [Field] = []
    public var bucket: BucketWidth?
    /// The window asked for; nil for everything.
    public var window: Window?
    public var predicate: CheckedPredicate = .always(true)
    public var having: HavingPredicate?
    public var sort: [SortKey] = []
    public var top: Int?
    public var limit: RowLimit = .standard
    /// The picture or format asked for; nil for the default.
    public var form: String?
    /// Which row of which result the rows stand behind, in words; nil when behind none.
    public var drilled: String?
    /// Where to write it; nil for the terminal.
    public var path: String?
    /// True when the statement mentions `kind` and so covers every kind of span.
    public var coversEveryKind = false
    public var evidence: Evidence = .default
    public var zone: Zone = .utc
    /// What `vs` compares with; nil without.
    public var versus: Versus?
    /// The window that `vs` compares with.
    public var baseline: Window?
    /// True when that window has the clock times of the own one, so that its hours stand beside the same hours.
    public var alignsByClock = false
    /// The measure that `change` is about.
    public var changed: Measure?
    /// Of a rule: the length of time that every value is taken over; queries carry it in their measures.
    public var ruleLength: Duration?
    /// The instant up to which recoveries are known; nil when all are.
    public var knownUntil: Timestamp?
    /// How `trend` looks at the buckets; nil for other questions.
    public var trend: Trend.Method?

    /// The window that `vs` compares with.
    public enum Versus: Hashable, Sendable {
        case previous
        case ago(Duration)

        /// How it is named in columns and sentences.
        var name: String {
            switch self {
            case .previous: "before"
            case .ago(let length): "\(Units.spelling(length)) ago"
            }
        }
    }

    /// Makes a question about all rows of a noun.
    public init(noun: Noun) { self.noun = noun }

    /// True when rows are listed rather than counted.
    public var isListing: Bool { measures.isEmpty }

    /// Gives shown differences the type of what they are the difference of.
    mutating func giveDelta(type: ValueType?) {
        measures = measures.map { if case .delta = $0 { .delta(type == .ratio ? .number : type ?? .number) } else { $0 } }
    }

    /// Every measure it looks at: shown, of `having`, of `sort`.
    var allMeasures: [Measure] {
        measures + (having?.measures ?? [])
            + sort.compactMap { if case .measure(let measure) = $0.subject { measure } else { nil } }
    }

    /// What the reader must know of the question itself.
    var remarks: [String] {
        var remarks = drilled.map { [$0] } ?? []
        // A trace's errors, type and outcome are computed when it is imported.
        if noun.isTrace && evidence != .default {
            remarks.append("errors and failures of traces are told by the default evidence")
        }
        let fields = fieldsOfFailureAlone.map { "`\($0.name)`" }
        if !fields.isEmpty, allMeasures.contains(where: \.isRate) {
            remarks.append(
                "only failed calls meet the condition on \(fields.joined(separator: " and ")), so the error rate is 100% by construction"
            )
        }
        return remarks
    }
}
