import Model

/// A form in which a result leaves the program for others.
///
/// All formats but Markdown use `MachineText`, whatever the style; Markdown uses display formatting.
public struct ExportFormat: Sendable {
    /// The word after `as`, its meaning, and the endings of file names.
    public let form: AnswerForm
    private let layout: Layout

    private enum Layout: Sendable {
        /// Row by row.
        case rows(@Sendable ([ResultColumn]) -> any RowWriter)
        /// All rows at once, such as columns that are as wide as their widest cell.
        case whole(@Sendable (ResultTable, Style) -> String)
    }

    init(_ form: AnswerForm, rows writer: @escaping @Sendable ([ResultColumn]) -> any RowWriter) {
        (self.form, layout) = (form, .rows(writer))
    }

    init(_ form: AnswerForm, whole write: @escaping @Sendable (ResultTable, Style) -> String) {
        (self.form, layout) = (form, .whole(write))
    }

    /// Finds a format by name; nil when there is none.
    public init?(rawValue name: String) {
        guard let found = AnswerForms.exports.first(where: { $0.form.name == name }) else { return nil }
        self = found
    }

    /// Finds the format that a file's name asks for; nil when it asks for none.
    public init?(ofFile name: String) {
        let name = name.lowercased()
        guard let found = AnswerForms.exports.first(where: { $0.form.endings.contains(where: name.hasSuffix) }) else {
            return nil
        }
        self = found
    }

    /// Every format.
    public static var allCases: [ExportFormat] { AnswerForms.exports }

    /// Returns the whole table as text that ends with a line break.
    public func text(_ table: ResultTable, style: Style = Style()) -> String {
        switch layout {
        case .whole(let write): return write(table, style)
        case .rows(let make):
            var writer = make(table.columns), text = writer.header
            for (index, row) in table.rows.enumerated() {
                if StopFlag.stops(atRow: index) { break }
                text += writer.row(row)
            }
            return text + writer.footer
        }
    }

    /// Returns a writer for rows one after another; nil if the format needs all rows at once.
    public func writer(of columns: [ResultColumn]) -> (any RowWriter)? {
        switch layout {
        case .rows(let make): make(columns)
        case .whole: nil
        }
    }
}

/// Writes a table row by row: the header, each row in order and the footer make up the whole text.
public protocol RowWriter {
    /// The text before the rows.
    var header: String { get }
    /// Returns the text of the next row.
    mutating func row(_ values: [Value]) -> String
    /// The text after the rows written so far.
    var footer: String { get }
}

/// Prevents spreadsheets from running text as a formula.
enum FormulaGuard {
    /// Prefixes `text` with `'` when a spreadsheet would read it as a formula (OWASP, CSV Injection; full-width forms included).
    static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return text }
        switch first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": return "'" + text
        default: return text
        }
    }

    /// Returns a cell: text guarded, other values as `MachineText`, missing values empty.
    static func cell(_ value: Value) -> String {
        if case .text(let text) = value { return guarded(text) }
        return MachineText.text(value) ?? ""
    }
}

extension [ResultColumn] {
    /// The column names, made unique: `a`, `a_2`.
    var distinctNames: [String] {
        var seen: Set<String> = [], names: [String] = []
        for column in self {
            var name = column.name, number = 2
            while !seen.insert(name).inserted {
                name = "\(column.name)_\(number)"
                number += 1
            }
            names.append(name)
        }
        return names
    }
}
