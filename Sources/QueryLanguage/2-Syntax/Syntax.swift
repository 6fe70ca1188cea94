import Model

/// A name with its span; names are in lower case, values as written.
public struct Name: Hashable, Sendable {
    public var text: String
    public var span: TextSpan

    /// Creates a name.
    public init(_ text: String, _ span: TextSpan) {
        self.text = text
        self.span = span
    }
}

/// A value as written: a bare word, a quoted string, money, or a pattern. The field's type interprets it.
public struct Literal: Hashable, Sendable {
    public var text: String
    public var span: TextSpan
    /// True for quoted strings, which are never globs and have no units.
    public var isQuoted: Bool
    /// True after a dollar sign.
    public var isMoney = false

    /// Returns the position in the statement of a byte of the text, skipping the opening quote or slash.
    func place(of offset: Int) -> Int {
        guard isQuoted else { return min(span.start + offset, span.end) }
        // The lexer moves a flag after the closing slash to the front of the pattern.
        let isFlagged = span.end - span.start - text.utf8.count == -1
        return min(max(span.start + offset + (isFlagged ? -3 : 1), span.start), span.end)
    }

    /// Creates a value.
    public init(text: String, span: TextSpan, isQuoted: Bool, isMoney: Bool = false) {
        self.text = text
        self.span = span
        self.isQuoted = isQuoted
        self.isMoney = isMoney
    }
}

/// A reference to a result (`$3`, `$`) or to the rows behind one of its rows (`$3[2]`).
public struct ResultReference: Hashable, Sendable {
    /// The number of the cell; nil for the last one.
    public var cell: Int?
    /// The 1-based row; nil for the whole result.
    public var row: Int?
    public var span: TextSpan

    /// Creates a reference.
    public init(cell: Int?, row: Int?, span: TextSpan) {
        self.cell = cell
        self.row = row
        self.span = span
    }

    /// The source form: `$3[2]`.
    public var text: String { "$" + (cell.map(String.init) ?? "") + (row.map { "[\($0)]" } ?? "") }
}

/// A measure or field in `show`, `sort` or `having`: `count`, `p95(latency)`, `share(latency > 30s)`.
public struct ItemSyntax: Hashable, Sendable {
    public var name: Name
    /// The argument in parentheses; nil without parentheses.
    public var argument: Argument?
    /// In `having`, the measure's own window (`over D`); nil for that of the query.
    public var over: Name?
    public var span: TextSpan

    /// Creates an item.
    public init(name: Name, argument: Argument?, over: Name? = nil, span: TextSpan) {
        self.name = name
        self.argument = argument
        self.over = over
        self.span = span
    }

    /// The argument of a measure.
    public indirect enum Argument: Hashable, Sendable {
        case item(ItemSyntax)
        case predicate(PredicateSyntax)
        case star
    }
}

/// A comparison operator.
public enum Comparison: String, Hashable, Sendable {
    case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case matches = "~", notMatches = "!~"

    /// True for operators that need an order.
    public var isOrdering: Bool {
        switch self {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }
}

/// The syntax of a condition. In `having` the subject is a measure.
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

    /// The source span of the condition.
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

/// A time as written: one or two words (`2026-11-20 14:00`), or `3h ago`.
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
    /// The window of a row in a result.
    case onResult(ResultReference)
}

/// The baseline of `vs`.
public enum VersusSyntax: Hashable, Sendable {
    /// The preceding window.
    case previous
    /// The window this long ago.
    case ago(Name)
}

/// A clause of a query with its span.
public struct ClauseSyntax: Hashable, Sendable {
    public var kind: Kind
    public var span: TextSpan

    /// Creates a clause.
    public init(kind: Kind, span: TextSpan) {
        self.kind = kind
        self.span = span
    }

    /// The kind and content of a clause.
    public enum Kind: Hashable, Sendable {
        case show([ItemSyntax])
        case by([Name])
        case every(Name)
        case overTime
        /// Computes each value over this length up to the end of the bucket, or up to an alert's evaluation.
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

/// A key of `sort`; without a direction, the default of the key's type applies.
public struct SortSyntax: Hashable, Sendable {
    public var item: ItemSyntax
    public var isDescending: Bool?
}

/// The syntax of a query.
public struct QuerySyntax: Hashable, Sendable {
    public var noun: Name
    /// The result used as a noun; the noun's text is then the reference.
    public var result: ResultReference?
    /// The string after the noun: short for `where message has`.
    public var text: Literal?
    public var clauses: [ClauseSyntax]
}

extension QuerySyntax {
    /// A question of the program's own, behind which no text stands.
    /// - Parameter result: The result that is asked on from, in the place of the noun.
    public init(_ noun: Noun, of result: ResultReference? = nil, _ clauses: ClauseSyntax.Kind...) {
        let nowhere = TextSpan(0, 0)
        self.init(
            noun: Name(result?.text ?? noun.rawValue, nowhere), result: result, text: nil,
            clauses: clauses.map { ClauseSyntax(kind: $0, span: nowhere) })
    }
}

extension ItemSyntax {
    /// A field or measure in a question of the program's own.
    public init(_ name: String) { self.init(name: Name(name, TextSpan(0, 0)), argument: nil, span: TextSpan(0, 0)) }
}

extension Literal {
    /// A text of the program's own, or of the command line, whatever is in it.
    public init(_ text: String) { self.init(text: text, span: TextSpan(0, 0), isQuoted: true) }
}
