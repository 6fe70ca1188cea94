import Model

/// A piece of SQL whose values are apart from its text, so that no value can become text.
///
/// Written as a string literal with interpolation: `"t >= \(.integer(5))"` makes a binding; another fragment is spliced in.
/// A plain string cannot be interpolated; identifiers come from the schema as fragments or through `\(raw:)`.
///
/// Text and values are kept as two flat pieces: fragments are put together many times before a statement is whole.
public struct SQLFragment: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The text; `mark` stands where a value belongs.
    private var text: String
    /// The values in the order of their places.
    private var values: [StoredValue]

    /// Stands for a value in the text. The program's own SQL has no such character.
    private static let mark: UInt8 = 1

    /// Makes a fragment of text without values.
    public init(stringLiteral value: String) {
        text = value
        values = []
    }

    /// Makes a fragment from a literal with interpolations.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.fragment }

    /// Builds an interpolated fragment.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var fragment = SQLFragment(stringLiteral: "")

        /// Prepares for the parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            // Short texts need no storage of their own; what is spliced in is about as long as what is written.
            if literalCapacity > 15 { fragment.text.reserveCapacity(literalCapacity + 24 * interpolationCount) }
        }

        /// Adds text of the program's own.
        public mutating func appendLiteral(_ literal: String) { fragment.text += literal }

        /// Adds a value, bound and never text.
        public mutating func appendInterpolation(_ value: StoredValue) {
            fragment.text.unicodeScalars.append(Unicode.Scalar(SQLFragment.mark))
            fragment.values.append(value)
        }

        /// Splices another fragment in.
        public mutating func appendInterpolation(_ fragment: SQLFragment) { self.fragment.append(fragment) }

        /// Adds an identifier or other text that the program itself made; never text from a user or from data.
        public mutating func appendInterpolation(raw: String) { fragment.text += raw }
    }

    private mutating func append(_ other: SQLFragment) {
        text += other.text
        if !other.values.isEmpty { values += other.values }
    }

    /// The fragments one after another with `separator` between them.
    public static func joined(_ parts: [SQLFragment], _ separator: String) -> SQLFragment {
        guard var joined = parts.first else { return "" }
        for part in parts.dropFirst() {
            joined.text += separator
            joined.append(part)
        }
        return joined
    }

    /// This fragment with another one behind it.
    public static func + (a: SQLFragment, b: SQLFragment) -> SQLFragment {
        var sum = a
        sum.append(b)
        return sum
    }

    /// True when there is neither text nor value.
    public var isEmpty: Bool { text.isEmpty }

    /// The statement to send: placeholders chosen by `placeholder` (1-based), and the values in their order.
    public func statement(placeholder: (Int) -> String = { "?\($0)" }) -> SQLStatement {
        guard !values.isEmpty else { return SQLStatement(text: text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 3 * values.count)
        var number = 0
        var text = text
        text.withUTF8 { utf8 in
            var rest = utf8[...]
            while let place = rest.firstIndex(of: SQLFragment.mark) {
                number += 1
                bytes += rest[..<place]
                bytes += placeholder(number).utf8
                rest = rest[(place + 1)...]
            }
            bytes += rest
        }
        precondition(number == values.count, "each value of a fragment has one place in its text")
        return SQLStatement(text: String(decoding: bytes, as: UTF8.self), bindings: values)
    }
}

/// A statement ready to be sent: text with placeholders, and as many values.
public struct SQLStatement: Hashable, Sendable {
    public var text: String
    public var bindings: [StoredValue]

    /// Makes a statement.
    public init(text: String, bindings: [StoredValue] = []) {
        self.text = text
        self.bindings = bindings
    }
}

/// Anything that answers SQL: rows behind one face, so that a second engine needs no change above it.
public protocol QueryEngine: AnyObject {
    /// All rows of the statement, in the statement's order.
    func rows(_ statement: SQLStatement) throws -> [[StoredValue]]

    /// All rows of the statement, in the statement's order; nil when that takes more than about `steps` of the smallest steps
    /// that the engine counts, such as the instructions of a virtual machine.
    func rows(_ statement: SQLStatement, within steps: Int) throws -> [[StoredValue]]?

    /// Hands the rows of the statement to `take` one after another, in the statement's order; none is kept.
    func pass(_ statement: SQLStatement, _ take: (any PassingRow) throws -> Void) throws

    /// The errors of a window with when they were made good, as far as the engine keeps them in columns.
    func errorColumns(in window: Window) throws -> ErrorColumns

    /// The minutes with calls that a window touches, as far as the engine keeps them in columns.
    func minuteColumns(in window: Window) throws -> MinuteColumns
}

/// A row as an engine passes it on: its columns from 0, until the next row comes.
public protocol PassingRow {
    /// The integer; nil for every other value.
    func integer(_ column: Int) -> Int64?
    func value(_ column: Int) -> StoredValue
}

extension [StoredValue]: PassingRow {
    public func integer(_ column: Int) -> Int64? { self[column].integer }
    public func value(_ column: Int) -> StoredValue { self[column] }
}

extension QueryEngine {
    /// An engine that counts no steps takes the time it takes.
    public func rows(_ statement: SQLStatement, within steps: Int) throws -> [[StoredValue]]? { try rows(statement) }

    /// An engine that has all rows at once passes them on.
    public func pass(_ statement: SQLStatement, _ take: (any PassingRow) throws -> Void) throws {
        for row in try rows(statement) { try take(row) }
    }

    /// An engine that keeps none has everything in rows.
    public func errorColumns(in window: Window) throws -> ErrorColumns { ErrorColumns() }

    /// An engine that keeps none has everything in rows.
    public func minuteColumns(in window: Window) throws -> MinuteColumns { MinuteColumns() }
}
