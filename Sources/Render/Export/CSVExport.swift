import Model

/// Comma-separated values (RFC 4180): CRLF, a header, quotes where needed.
struct CSVExport: RowWriter {
    let header: String
    let footer = ""

    init(_ columns: [ResultColumn]) { header = CSVExport.line(columns.distinctNames.map(FormulaGuard.guarded)) }

    func row(_ values: [Value]) -> String { CSVExport.line(values.map(FormulaGuard.cell)) }

    private static func line(_ cells: [String]) -> String {
        // A lone empty cell would read back as no record at all.
        if cells == [""] { return "\"\"\r\n" }
        return cells.map(quoted).joined(separator: ",") + "\r\n"
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
    ) { CSVExport($0) }
}
