import Ingest
import Model

/// A table that `sql` offers: what it is called, what its rows are, and its columns with the way to get them.
///
/// One declaration makes the views, the help and the tests.
public struct SQLView: Sendable {
    /// A column, and the expression over the store's own tables that gives it.
    public struct Column: Sendable {
        public let name: String
        /// A phrase for people.
        public let meaning: String
        let expression: String

        init(_ name: String, _ meaning: String, _ expression: String = "") {
            self.name = name
            self.meaning = meaning
            self.expression = expression
        }
    }

    public let name: String
    /// What a row is, for people.
    public let meaning: String
    public let columns: [Column]
    /// What the expressions are taken from; nil for a table that is filled from elsewhere.
    let source: String?

    /// Everything that `sql` offers, in the order of the help.
    public static let all: [SQLView] = [
        PublicViews.errorLogs, PublicViews.generations, PublicViews.traces, PublicViews.events, alertRules, alertHistory,
    ]

    /// A time as the tables have it.
    public static func time(_ instant: Timestamp) -> String { LLMMetricsDatabase.time(instant) }

    /// The statement that makes the table on a connection, for that connection alone.
    var sql: String {
        guard let source else {
            return "CREATE TEMP TABLE \(name)(\(columns.map(\.name).joined(separator: ", ")));"
        }
        let list = columns.map { "\($0.expression) AS \($0.name)" }.joined(separator: ",\n")
        return "CREATE TEMP VIEW \(name) AS SELECT\n\(list)\n\(source);"
    }

    /// The alert rules that are kept, in the columns of other programs' table of that name.
    public static let alertRules = SQLView(
        name: "alert_rules", meaning: "alert rules that are kept",
        columns: [
            Column("id", "number of the rule in the order of creation"), Column("rule_name", "name"),
            Column("error_type", "type that it counts; NULL for every type, and for rules that say more"),
            Column("severity", "severity that it counts; NULL for every one"),
            Column("threshold_type", "measure that is compared, such as count or rate"),
            Column("threshold_value", "number that it is compared with"),
            Column("time_window_minutes", "length of the window in minutes"), Column("action", "what a firing does"),
            Column("is_active", "1 while the rule is enabled"), Column("created_at", "time of creation, UTC"),
            Column("last_triggered", "time of the latest firing, UTC"), Column("rule_text", "the rule as it is kept"),
        ], source: nil)

    /// What alert rules did.
    public static let alertHistory = SQLView(
        name: "alert_history", meaning: "firings of alert rules",
        columns: [
            Column("id", "number of the firing"), Column("rule_id", "`id` of its rule in alert_rules; NULL when that is deleted"),
            Column("triggered_at", "time of the firing, UTC"), Column("error_count", "errors in the window"),
            Column("message", "what the rule has to say"), Column("acknowledged", "1 when somebody acknowledged it"),
            Column("rule_name", "name of the rule"), Column("labels", "labels of the series, a JSON object"),
            Column("severity", "severity of the firing"), Column("resolved_at", "time of the end, UTC; NULL while it fires"),
        ], source: nil)
}

extension Store {
    /// Rows of the tables of `sql` that lie in no table of the store: `alert_rules` and `alert_history`.
    public struct AlertRows: Sendable {
        public var rules: [[StoredValue]], history: [[StoredValue]]

        /// Makes the rows; each has the columns of its table.
        public init(rules: [[StoredValue]], history: [[StoredValue]]) {
            self.rules = rules
            self.history = history
        }
    }

    /// Makes the tables that `sql` offers; `alerts` is asked for its rows when the statement may read them. `NOW()` is `now`.
    ///
    /// They belong to this connection alone and are gone with it.
    public func offerTables(for statement: String, now: Timestamp, alerts: () throws -> AlertRows) throws {
        sqlClock.now = now
        let reads = statement.lowercased().contains("alert_")
        guard reads || !hasTables else { return }
        let rows = reads ? try alerts() : nil
        try making {
            if !hasTables {
                for view in SQLView.all { try reader.execute(view.sql) }
                hasTables = true
            }
            guard let rows else { return }
            for (view, rows) in [(SQLView.alertRules, rows.rules), (SQLView.alertHistory, rows.history)] {
                try reader.execute("DELETE FROM \(view.name)")
                let places = [String](repeating: "?", count: view.columns.count).joined(separator: ", ")
                let insert = try reader.prepare("INSERT INTO temp.\(view.name) VALUES(\(places))")
                for row in rows {
                    for value in row { insert.bind(value) }
                    try insert.run()
                }
            }
        }
    }
}
