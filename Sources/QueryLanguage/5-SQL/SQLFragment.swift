/// A value as a SQL engine takes and gives it.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    /// The integer; nil for every other kind.
    public var integer: Int64? { if case .integer(let n) = self { n } else { nil } }
    /// The text; nil for every other kind.
    public var text: String? { if case .text(let s) = self { s } else { nil } }
}

/// A piece of SQL whose values are apart from its text, so that no value can become text.
///
/// Written as a string literal with interpolation: `"t >= \(.integer(5))"` makes a binding; another fragment is spliced in.
/// A plain string cannot be interpolated; identifiers come from the schema as fragments or through `\(raw:)`.
public struct SQLFragment: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// A part of the text or a place for a value.
    public enum Segment: Hashable, Sendable {
        case sql(String)
        case binding(SQLValue)
    }

    /// The parts in order.
    public private(set) var segments: [Segment]

    /// Makes a fragment of text without values.
    public init(stringLiteral value: String) { segments = value.isEmpty ? [] : [.sql(value)] }

    /// Makes a fragment from a literal with interpolations.
    public init(stringInterpolation: StringInterpolation) { segments = stringInterpolation.segments }

    /// Builds the segments of an interpolated fragment.
    public struct StringInterpolation: StringInterpolationProtocol {
        var segments: [Segment] = []

        /// Prepares for the parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            segments.reserveCapacity(2 * interpolationCount + 1)
        }

        /// Adds text of the program's own.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { segments.append(.sql(literal)) }
        }

        /// Adds a value, bound and never text.
        public mutating func appendInterpolation(_ value: SQLValue) { segments.append(.binding(value)) }

        /// Splices another fragment in.
        public mutating func appendInterpolation(_ fragment: SQLFragment) { segments += fragment.segments }

        /// Adds an identifier or other text that the program itself made; never text from a user or from data.
        public mutating func appendInterpolation(raw: String) { segments.append(.sql(raw)) }
    }

    /// The fragments one after another with `separator` between them.
    public static func joined(_ parts: [SQLFragment], _ separator: String) -> SQLFragment {
        var joined: SQLFragment = ""
        for (index, part) in parts.enumerated() {
            if index > 0 { joined.segments.append(.sql(separator)) }
            joined.segments += part.segments
        }
        return joined
    }

    /// This fragment with another one behind it.
    public static func + (a: SQLFragment, b: SQLFragment) -> SQLFragment {
        var sum = a
        sum.segments += b.segments
        return sum
    }

    /// True when there is neither text nor value.
    public var isEmpty: Bool { segments.isEmpty }

    /// The statement to send: placeholders chosen by `placeholder` (1-based), and the values in their order.
    public func statement(placeholder: (Int) -> String = { "?\($0)" }) -> SQLStatement {
        var text = "", bindings: [SQLValue] = []
        for segment in segments {
            switch segment {
            case .sql(let sql): text += sql
            case .binding(let value):
                bindings.append(value)
                text += placeholder(bindings.count)
            }
        }
        return SQLStatement(text: text, bindings: bindings)
    }
}

/// A statement ready to be sent: text with placeholders, and as many values.
public struct SQLStatement: Hashable, Sendable {
    public var text: String
    public var bindings: [SQLValue]

    /// Makes a statement.
    public init(text: String, bindings: [SQLValue] = []) {
        self.text = text
        self.bindings = bindings
    }
}

/// Anything that answers SQL: rows behind one face, so that a second engine needs no change above it.
public protocol QueryEngine: AnyObject {
    /// All rows of the statement, in the statement's order.
    func rows(_ statement: SQLStatement) throws -> [[SQLValue]]
}
