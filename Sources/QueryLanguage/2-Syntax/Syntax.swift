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

    /// Where the byte of the text with this offset stands in the statement: behind the quote or slash, before the flags.
    func place(of offset: Int) -> Int {
        guard isQuoted else { return min(span.start + offset, span.end) }
        // The lexer keeps the flag behind a closing slash in front of the pattern.
        let isFlagged = span.end - span.start - text.utf8.count == -1
        return min(max(span.start + offset + (isFlagged ? -3 : 1), span.start), span.end)
    }

    /// Makes a value.
    public init(text: String, span: TextSpan, isQuoted: Bool, isMoney: Bool = false) {
        self.text = text
        self.span = span
        self.isQuoted = isQuoted
        self.isMoney = isMoney
    }
}

/// `$3`, `$3[2]`, `$`: the result of a cell, or the rows behind one of its rows.
public struct ResultReference: Hashable, Sendable {
    /// The cell's number; nil for the last one.
    public var cell: Int?
    /// The row, from 1; nil for the whole result.
    public var row: Int?
    public var span: TextSpan

    /// Makes a reference.
    public init(cell: Int?, row: Int?, span: TextSpan) {
        self.cell = cell
        self.row = row
        self.span = span
    }

    /// How it is written: `$3[2]`.
    public var text: String { "$" + (cell.map(String.init) ?? "") + (row.map { "[\($0)]" } ?? "") }
}

/// A measure or field in `show`, `sort` or `having`: `count`, `p95(latency)`, `share(latency > 30s)`.
public struct ItemSyntax: Hashable, Sendable {
    public var name: Name
    /// What stands between the parentheses; nil without parentheses.
    public var argument: Argument?
    /// In `having`: the length of `over D`, over which the measure is taken; nil for the query's own window.
    public var over: Name?
    public var span: TextSpan

    /// Makes an item.
    public init(name: Name, argument: Argument?, over: Name? = nil, span: TextSpan) {
        self.name = name
        self.argument = argument
        self.over = over
        self.span = span
    }

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
    /// The value first occurs in the store within the window.
    case isNew(ItemSyntax, negated: Bool, TextSpan)
    /// The value occurs in a result.
    case inResult(ItemSyntax, ResultReference, negated: Bool, TextSpan)
    case bare(ItemSyntax)
    case not(PredicateSyntax, TextSpan)
    case and(PredicateSyntax, PredicateSyntax)
    case or(PredicateSyntax, PredicateSyntax)

    /// The stretch of text that the condition covers.
    public var span: TextSpan {
        switch self {
        case .comparison(_, _, _, let span), .has(_, _, let span), .isMissing(_, _, let span), .isNew(_, _, let span),
            .inResult(_, _, _, let span), .not(_, let span):
            span
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
    /// The stretch of time that a row of a result covers.
    case onResult(ResultReference)
}

/// What `vs` compares with.
public enum VersusSyntax: Hashable, Sendable {
    /// The window before.
    case previous
    /// The window that long ago.
    case ago(Name)
}

/// One clause of a query, with its place.
public struct ClauseSyntax: Hashable, Sendable {
    public var kind: Kind
    public var span: TextSpan

    /// Makes a clause.
    public init(kind: Kind, span: TextSpan) {
        self.kind = kind
        self.span = span
    }

    /// What the clause says.
    public enum Kind: Hashable, Sendable {
        case show([ItemSyntax])
        case by([Name])
        case every(Name)
        case overTime
        /// Each value over this length of time up to the bucket's end, or to an alert's instant.
        case over(Name)
        case versus(VersusSyntax)
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
    /// The result that stands where a noun stands; the noun's text is then as it is written.
    public var result: ResultReference?
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
    /// `summary [range] [where …]`: a query of calls with these clauses.
    case summary(QuerySyntax)
    /// `compare FIELD A, B …`: the values side by side; the query is of calls, with the other clauses.
    case compare(Name, [Literal], QuerySyntax)
    /// `trend [method=M] QUERY-with-every`.
    case trend(QuerySyntax, method: Name?)
    /// `why ID` or `why $3[2]`: how an error was classified.
    case why(Name, ResultReference?)
    case alert(AlertSyntax)
    case incident(IncidentSyntax)
    /// `firings`: the clauses of a listing, its range among them.
    case firings(QuerySyntax)
    /// `as of T`; nil for `as of now`.
    case asOf(TimeSyntax?)
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
