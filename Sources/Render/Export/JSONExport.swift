import Model

/// Results as JSON (RFC 8259): objects with the column names as keys, in column order; full precision, missing values null.
public enum JSONExport {
    /// Returns an array with one object per line.
    static func array(_ table: ResultTable) -> String {
        let objects = objects(table)
        return objects.isEmpty ? "[]\n" : "[\n" + objects.map { "  " + $0 }.joined(separator: ",\n") + "\n]\n"
    }

    /// Returns one object per line (JSON Lines).
    static func lines(_ table: ResultTable) -> String { objects(table).map { $0 + "\n" }.joined() }

    private static func objects(_ table: ResultTable) -> [String] {
        let keys = table.distinctNames.map { $0.quotedAsJSON(.printable) }
        return table.rows.map { row in
            "{" + zip(keys, row).map { "\($0): \(value($1))" }.joined(separator: ", ") + "}"
        }
    }

    private static func value(_ value: Value) -> String {
        guard let text = MachineText.text(value) else { return "null" }
        switch value {
        case .text, .time, .range: return text.quotedAsJSON(.printable)
        default: return text
        }
    }
}

extension ExportFormat {
    /// An array of objects.
    public static let json = ExportFormat(
        AnswerForm("json", "a JSON array with one object per row", isData: true, endings: [".json"])
    ) { table, _ in JSONExport.array(table) }

    /// One object per line.
    public static let ndjson = ExportFormat(
        AnswerForm("ndjson", "one JSON object per line", isData: true, endings: [".ndjson", ".jsonl"])
    ) { table, _ in JSONExport.lines(table) }
}
