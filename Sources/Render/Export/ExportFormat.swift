import Model

/// The export formats; the raw value is the word typed.
public enum ExportFormat: String, CaseIterable, Sendable {
    case csv, tsv, json, ndjson, markdown

    /// Returns the whole table as text that ends with a line break.
    ///
    /// All formats but Markdown use `MachineText`, whatever the style; Markdown uses display formatting.
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
