import Model

/// A form in which a result leaves the program for others.
///
/// All formats but Markdown use `MachineText`, whatever the style; Markdown uses display formatting.
public struct ExportFormat: Sendable {
    /// The word after `as`, its meaning, and the endings of file names.
    public let form: AnswerForm
    private let write: @Sendable (ResultTable, Style) -> String

    init(_ form: AnswerForm, _ write: @escaping @Sendable (ResultTable, Style) -> String) {
        (self.form, self.write) = (form, write)
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
    public func text(_ table: ResultTable, style: Style = Style()) -> String { write(table, style) }
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

extension ResultTable {
    /// The column names, made unique: `a`, `a_2`.
    var distinctNames: [String] {
        var seen: Set<String> = [], names: [String] = []
        for column in columns {
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
