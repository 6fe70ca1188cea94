import Model

/// Results as JSON (RFC 8259): objects with the column names as keys, in column order; full precision, missing values null.
public enum JSONExport {
    /// Returns the column names as keys, for `object`.
    fileprivate static func keys(_ columns: [ResultColumn]) -> [String] {
        columns.distinctNames.map { $0.quotedAsJSON(.printable) }
    }

    fileprivate static func object(_ keys: [String], _ values: [Value]) -> String {
        "{" + zip(keys, values).map { "\($0): \(value($1))" }.joined(separator: ", ") + "}"
    }

    private static func value(_ value: Value) -> String {
        guard let text = MachineText.text(value) else { return "null" }
        switch value {
        case .text, .time, .range: return text.quotedAsJSON(.printable)
        default: return text
        }
    }
}

/// An array with one object per line.
struct JSONArrayExport: RowWriter {
    let header = "["
    private let keys: [String]
    private var isEmpty = true

    init(_ columns: [ResultColumn]) { keys = JSONExport.keys(columns) }

    mutating func row(_ values: [Value]) -> String {
        defer { isEmpty = false }
        return (isEmpty ? "\n  " : ",\n  ") + JSONExport.object(keys, values)
    }

    var footer: String { isEmpty ? "]\n" : "\n]\n" }
}

/// One object per line (JSON Lines).
struct JSONLinesExport: RowWriter {
    let header = "", footer = ""
    private let keys: [String]

    init(_ columns: [ResultColumn]) { keys = JSONExport.keys(columns) }

    func row(_ values: [Value]) -> String { JSONExport.object(keys, values) + "\n" }
}

extension ExportFormat {
    /// An array of objects.
    public static let json = ExportFormat(
        AnswerForm("json", "a JSON array with one object per row", isData: true, endings: [".json"])
    ) { JSONArrayExport($0) }

    /// One object per line.
    public static let ndjson = ExportFormat(
        AnswerForm("ndjson", "one JSON object per line", isData: true, endings: [".ndjson", ".jsonl"])
    ) { JSONLinesExport($0) }
}
