import Errors
import Model
import SQLite

/// Secrets of one kind in one column of the store.
public struct StoredSecrets: Hashable, Sendable {
    /// The table and column, such as `message.text`.
    public var place: String
    public var kind: SecretKind
    /// How many there are.
    public var count: Int64
    /// True for what answers are made of, which holds none unless redaction failed. False for records, which are copies of the
    /// sources and are redacted when they are shown.
    public var isFact: Bool
}

extension Store {
    /// The secrets that the store holds, facts before records, then by place and kind; empty when there are none.
    ///
    /// Reads every text once: seconds for each gigabyte. Ctrl-C stops it like any statement.
    public func secrets() throws(StoreError) -> [StoredSecrets] {
        try StoreError.about(path) {
            var found: [StoredSecrets] = []
            for (table, columns, isFact) in Store.textColumns {
                var counts: [String: [SecretKind: Int64]] = [:]
                let sql = "SELECT \(columns.joined(separator: ", ")) FROM \(table)"
                _ = try eachRow(of: SQLStatement(text: sql)) { row in
                    for (column, value) in zip(columns, row) {
                        guard let text = value.text else { continue }
                        for kind in Redactor.kinds(in: text) { counts[column, default: [:]][kind, default: 0] += 1 }
                    }
                }
                for column in columns {
                    for kind in SecretKind.allCases {
                        guard let count = counts[column]?[kind] else { continue }
                        let place = "\(table).\(column.filter { $0 != "\"" })"
                        found.append(StoredSecrets(place: place, kind: kind, count: count, isFact: isFact))
                    }
                }
            }
            return found
        }
    }

    /// Where texts of users lie: what facts refer to, then records.
    private static let textColumns: [(table: String, columns: [String], isFact: Bool)] = [
        ("message", ["text"], true), ("signature", ["text"], true), ("err", ["code"], true),
        ("trace", ["name", "user", "session", "tags"], false),
        ("trace_content", ["input", "output", "metadata"], false),
        (
            "span",
            [
                "name", "user", "session", "tags", "status_message", "exception_message", "error_field", "error_code",
                "error_type",
            ],
            false
        ),
        ("span_content", ["input", "output", "stack", "parameters", "attributes"], false),
        ("event", ["message", "stack", "attributes", "error_code"], false), ("score", ["text", "comment"], false),
    ]
}
