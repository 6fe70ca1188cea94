import Model

/// Comma-separated values (RFC 4180): CRLF, a header, quotes where needed.
enum CSVExport {
    static func text(_ table: ResultTable) -> String {
        var text = ""
        func append(_ cells: [String]) {
            for (place, cell) in cells.enumerated() {
                if place > 0 { text += "," }
                text += quoted(cell)
            }
            // A lone empty cell would read back as no record at all.
            if cells == [""] { text += "\"\"" }
            text += "\r\n"
        }
        append(table.distinctNames.map(FormulaGuard.guarded))
        for row in table.rows { append(row.map(FormulaGuard.cell)) }
        return text
    }

    private static func quoted(_ cell: String) -> String {
        let needsQuotes = cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        if !needsQuotes { return cell }
        // By scalar: a quote followed by a combining mark is a different Character, but still a quote in the file.
        var text = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { text.append(scalar) }
            text.append(scalar)
        }
        text.append("\"")
        return String(text)
    }
}

extension ExportFormat {
    /// Comma-separated values.
    public static let csv = ExportFormat(
        AnswerForm("csv", "comma-separated values (RFC 4180)", isData: true, endings: [".csv"])
    ) { table, _ in CSVExport.text(table) }
}
