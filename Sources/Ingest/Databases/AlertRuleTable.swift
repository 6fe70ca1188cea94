import Model
import SQLite

/// A row of another program's table `alert_rules`.
public struct AlertRuleRow: Hashable, Sendable {
    /// The row's number, to which the history refers.
    public var id: Int64?
    /// Nil when the row has none.
    public var name: String?
    /// The errors counted, such as `quota_exceeded`; nil for all errors.
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

/// A row of the table `alert_history`: a firing of a rule.
public struct AlertHistoryRow: Hashable, Sendable {
    public var ruleID: Int64
    public var triggeredAt: Timestamp
    public var errorCount: Int64?
    public var message: String?
    public var isAcknowledged: Bool
}

/// A database with a table `alert_rules`, opened read-only.
public enum AlertRuleTable {
    /// Parses a number or word; a rule without a value is active.
    private static func isActive(_ text: String?) -> Bool {
        let word = (text ?? "").lowercased().filter { !$0.isWhitespace }
        return !["0", "0.0", "false", "f", "no", "n", "off", "inactive", "disabled"].contains(word)
    }

    /// Returns all rows, by name. A necessary copy of the database is created beside `store`.
    /// - Throws: When the file is not a database, or has no such table.
    public static func rows(path: String, beside store: String) throws -> [AlertRuleRow] {
        try IngestError.about(path) {
            let connection = try SourceDatabase.open(path: path, scratch: store).connection
            let columns = try columns(of: "alert_rules", connection)
            guard columns.contains("rule_name"), columns.contains("threshold_value") else {
                throw IngestError(path: path, "has no table alert_rules with rule_name and threshold_value")
            }
            func column(_ name: String) -> String { columns.contains(name) ? name : "NULL" }
            let sql = """
                SELECT rule_name, \(column("error_type")), \(column("severity")), \(column("threshold_type")), threshold_value,
                    \(column("time_window_minutes")), \(column("action")), \(column("is_active")), \(column("id"))
                FROM alert_rules ORDER BY rule_name
                """
            var rows: [AlertRuleRow] = []
            let statement = try connection.prepare(sql)
            while try statement.step() {
                rows.append(
                    AlertRuleRow(
                        id: statement.optionalInteger(8), name: statement.text(0), errorType: statement.text(1),
                        severity: statement.text(2),
                        thresholdType: statement.text(3), threshold: statement.optionalReal(4),
                        windowInMinutes: statement.optionalReal(5), action: statement.text(6),
                        isActive: isActive(statement.text(7))))
            }
            return rows
        }
    }

    /// Returns all rows of the history, by time; none when the database has no such table. Rows without a rule or time are
    /// skipped.
    public static func history(path: String) throws -> [AlertHistoryRow] {
        try IngestError.about(path) {
            let connection = try Connection(path: path, mode: .readOnly)
            let columns = try columns(of: "alert_history", connection)
            guard columns.contains("rule_id"), columns.contains("triggered_at") else { return [] }
            func column(_ name: String) -> String { columns.contains(name) ? name : "NULL" }
            let statement = try connection.prepare(
                """
                SELECT rule_id, triggered_at, \(column("error_count")), \(column("message")), \(column("acknowledged"))
                FROM alert_history
                """)
            var rows: [AlertHistoryRow] = []
            while try statement.step() {
                guard let rule = statement.optionalInteger(0), let time = statement.text(1).flatMap(TimeValue.any) else {
                    continue
                }
                rows.append(
                    AlertHistoryRow(
                        ruleID: rule, triggeredAt: time, errorCount: statement.optionalInteger(2), message: statement.text(3),
                        isAcknowledged: statement.integer(4) != 0))
            }
            return rows.sorted { ($0.triggeredAt, $0.ruleID) < ($1.triggeredAt, $1.ruleID) }
        }
    }

    private static func columns(of table: String, _ connection: Connection) throws(SQLError) -> Set<String> {
        var columns: Set<String> = []
        let look = try connection.prepare("SELECT name FROM pragma_table_info('\(table)')")
        while try look.step() { columns.insert(look.text(0) ?? "") }
        return columns
    }
}
