import Model

/// Tab-separated values, one line per row; tabs, line breaks and backslashes in text are written `\t`, `\n`, `\r`, `\\`.
struct TSVExport: RowWriter {
    let header: String
    let footer = ""

    init(_ columns: [ResultColumn]) { header = TSVExport.line(columns.distinctNames.map(FormulaGuard.guarded)) }

    func row(_ values: [Value]) -> String { TSVExport.line(values.map(FormulaGuard.cell)) }

    private static func line(_ cells: [String]) -> String { cells.map(escaped).joined(separator: "\t") + "\n" }

    private static func escaped(_ cell: String) -> String {
        guard cell.utf8.contains(where: { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || $0 == 0x5C }) else { return cell }
        var text = String.UnicodeScalarView()
        for scalar in cell.unicodeScalars {
            switch scalar {
            case "\t": text.append(contentsOf: "\\t".unicodeScalars)
            case "\n": text.append(contentsOf: "\\n".unicodeScalars)
            case "\r": text.append(contentsOf: "\\r".unicodeScalars)
            case "\\": text.append(contentsOf: "\\\\".unicodeScalars)
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}

extension ExportFormat {
    /// Tab-separated values.
    public static let tsv = ExportFormat(
        AnswerForm("tsv", "tab-separated values", isData: true, endings: [".tsv"])
    ) { TSVExport($0) }
}
