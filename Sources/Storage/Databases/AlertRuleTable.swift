import Model

/// One row of a table `alert_rules`, as other programs keep them.
public struct AlertRuleRow: Hashable, Sendable {
    /// Nil when the row has none.
    public var name: String?
    /// What is counted, such as `quota_exceeded`; nil for every error.
    public var errorType: String?
    public var severity: String?
    /// `count`, `rate` …; nil means a count.
    public var thresholdType: String?
    /// Nil when the row has none.
    public var threshold: Double?
    public var windowInMinutes: Double?
    public var action: String?
    public var isActive: Bool
}

/// A database with rows of `alert_rules`; only read.
public enum AlertRuleTable {
    /// Tables say so in numbers or in words; a rule that says nothing is active.
    private static func isActive(_ text: String?) -> Bool {
        let word = (text ?? "").lowercased().filter { !$0.isWhitespace }
        return !["0", "0.0", "false", "f", "no", "n", "off", "inactive", "disabled"].contains(word)
    }

    /// Every row, by name. A copy that reading may need lies beside `store`.
    /// - Throws: When the file is no database, or has no such table.
    public static func rows(path: String, beside store: String) throws(StoreError) -> [AlertRuleRow] {
        try StoreError.about(path) {
            let connection = try SourceDatabase.open(path: path, scratch: store).connection
            var columns: Set<String> = []
            for column in try DatabaseSchema.columns(of: connection) where column.hasPrefix("alert_rules.") {
                columns.insert(String(column.dropFirst("alert_rules.".count)))
            }
            guard columns.contains("rule_name"), columns.contains("threshold_value") else {
                throw StoreError.source(
                    path: path, line: nil, reason: "has no table alert_rules with rule_name and threshold_value")
            }
            func column(_ name: String) -> String { columns.contains(name) ? name : "NULL" }
            let sql = """
                SELECT rule_name, \(column("error_type")), \(column("severity")), \(column("threshold_type")), threshold_value,
                    \(column("time_window_minutes")), \(column("action")), \(column("is_active"))
                FROM alert_rules ORDER BY rule_name
                """
            var rows: [AlertRuleRow] = []
            let statement = try connection.prepare(sql)
            while try statement.step() {
                rows.append(
                    AlertRuleRow(
                        name: statement.text(0), errorType: statement.text(1), severity: statement.text(2),
                        thresholdType: statement.text(3), threshold: statement.optionalReal(4),
                        windowInMinutes: statement.optionalReal(5), action: statement.text(6),
                        isActive: isActive(statement.text(7))))
            }
            return rows
        }
    }
}
