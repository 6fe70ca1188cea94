import Model

/// The forms in which a result leaves the program for others: the raw value is the word typed.
public enum ExportFormat: String, CaseIterable, Sendable {
    case csv, tsv, json, ndjson, markdown

    /// The whole table as text that ends with a line break.
    ///
    /// All but Markdown hold the exact machine forms of values (`MachineText`), whatever the style; Markdown holds the forms for people.
    public func text(_ table: ResultTable, style: Style = Style()) -> String {
        switch self {
        case .csv: CSVExport.text(table)
        case .tsv: TSVExport.text(table)
        case .json: JSONExport.array(table)
        case .ndjson: JSONExport.lines(table)
        case .markdown: MarkdownExport.text(table, style)
        }
    }
}

/// What spreadsheets must be kept from: text that they would run as a formula.
enum FormulaGuard {
    /// `text` with `'` before it when it begins as a formula would (OWASP, CSV Injection; full-width forms as well).
    static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return text }
        switch first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": return "'" + text
        default: return text
        }
    }

    /// A cell: texts guarded, other values in their machine form, missing empty.
    static func cell(_ value: Value) -> String {
        if case .text(let text) = value { return guarded(text) }
        return MachineText.text(value) ?? ""
    }
}

extension ResultTable {
    /// The names of the columns, made different where two are the same: `a`, `a_2`.
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
