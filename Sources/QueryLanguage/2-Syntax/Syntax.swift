import Model

/// A name as written, with its place; `text` is lower-cased for names, as written for values.
public struct Name: Hashable, Sendable {
    public var text: String
    public var span: TextSpan

    /// Makes a name.
    public init(_ text: String, _ span: TextSpan) {
        self.text = text
        self.span = span
    }
}

/// A value as written: a bare word, a quoted text, money, or a pattern. The field's type reads it.
public struct Literal: Hashable, Sendable {
    public var text: String
    public var span: TextSpan
    /// True for quoted texts, which are never globs and carry no units.
    public var isQuoted: Bool
    /// True behind a dollar sign.
    public var isMoney = false
}

/// A measure or field in `show`, `sort` or `having`: `count`, `p95(latency)`, `share(latency > 30s)`.
public struct ItemSyntax: Hashable, Sendable {
    public var name: Name
    /// What stands between the parentheses; nil without parentheses.
    public var argument: Argument?
    public var span: TextSpan

    /// What a measure is taken of.
    public indirect enum Argument: Hashable, Sendable {
        case item(ItemSyntax)
        case predicate(PredicateSyntax)
        case star
    }
}

/// How a field is compared.
public enum Comparison: String, Hashable, Sendable {
    case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case matches = "~", notMatches = "!~"

    /// True for the comparisons that need an order.
    public var isOrdering: Bool {
        switch self {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }
}

/// A condition as written. `having` uses it too; there the subject is a measure.
public indirect enum PredicateSyntax: Hashable, Sendable {
    case comparison(ItemSyntax, Comparison, [Literal], TextSpan)
    case has(ItemSyntax, Literal, TextSpan)
    case isMissing(ItemSyntax, negated: Bool, TextSpan)
    case bare(ItemSyntax)
    case not(PredicateSyntax, TextSpan)
    case and(PredicateSyntax, PredicateSyntax)
    case or(PredicateSyntax, PredicateSyntax)

    /// The stretch of text that the condition covers.
    public var span: TextSpan {
        switch self {
        case .comparison(_, _, _, let span), .has(_, _, let span), .isMissing(_, _, let span), .not(_, let span): span
        case .bare(let item): item.span
        case .and(let a, let b), .or(let a, let b): a.span.union(b.span)
        }
    }
}

/// A point in time as written: one or two words (`2026-11-20 14:00`), or `3h ago`.
public struct TimeSyntax: Hashable, Sendable {
    public var text: String
    public var isAgo: Bool
    public var span: TextSpan
}

/// A time range as written.
public enum RangeSyntax: Hashable, Sendable {
    case last(Name)
    case today, yesterday, all
    case since(TimeSyntax, until: TimeSyntax?)
    case between(TimeSyntax, TimeSyntax)
    case around(TimeSyntax, Name?)
    case on(Name)
}

/// One clause of a query, with its place.
public struct ClauseSyntax: Hashable, Sendable {
    public var kind: Kind
    public var span: TextSpan

    /// What the clause says.
    public enum Kind: Hashable, Sendable {
        case show([ItemSyntax])
        case by([Name])
        case every(Name)
        case overTime
        case range(RangeSyntax)
        case `where`(PredicateSyntax)
        case having(PredicateSyntax)
        case sort([SortSyntax])
        case top(Int)
        case limit(Int?)
        case `as`(Name, to: Literal?)
    }
}

/// A key of `sort`; a nil direction is the default of the key's type.
public struct SortSyntax: Hashable, Sendable {
    public var item: ItemSyntax
    public var isDescending: Bool?
}

/// A query as written.
public struct QuerySyntax: Hashable, Sendable {
    public var noun: Name
    /// The string right after the noun: `where message has` it.
    public var text: Literal?
    public var clauses: [ClauseSyntax]
}

/// What is asserted of the last result.
public enum ExpectationSyntax: Hashable, Sendable {
    /// Holds for every row; `rows` is the number of rows.
    case condition(PredicateSyntax)
    /// `no firings`: there are none of these.
    case nothing(Name)
}

/// A statement as written.
public indirect enum StatementSyntax: Hashable, Sendable {
    case query(QuerySyntax)
    case explain(QuerySyntax)
    /// The name is an id, or a row of a result: `$3[2]`.
    case trace(Name, form: Name?)
    /// `let NAME = value or list`.
    case bind(Name, [Literal])
    /// `note TEXT`: the rest of the text, verbatim.
    case note(Name)
    case expect(ExpectationSyntax)
    /// A statement asked again and again, as long as the condition holds for no row of its result.
    case watch(StatementSyntax, every: Name?, until: PredicateSyntax?)
    /// `sql SELECT …`: the rest of the text, verbatim.
    case sql(Name)
    /// A statement of words: name (`help`, `set`, `import` …) and its arguments as written.
    case command(Name, [Literal])
    /// Nothing but blanks and comments.
    case empty
}
