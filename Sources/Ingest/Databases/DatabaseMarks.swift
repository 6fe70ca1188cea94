import Model
import SQLite

/// The position up to which the tables of a followed database were read.
package struct DatabaseMarks: Equatable {
    /// The newest row read of a table.
    package struct Mark: Equatable {
        package var row: Int64
        /// The row's own id, for detecting renumbered rows.
        package var identity: String?
        /// The latest change among the newest rows, as the table writes it; nil when the table has no such column.
        package var updated: String?

        package init(row: Int64, identity: String? = nil, updated: String? = nil) {
            (self.row, self.identity, self.updated) = (row, identity, updated)
        }
    }

    /// Marks by table name.
    package var tables: [String: Mark] = [:]

    /// Number of rows before the newest one that are checked for later changes.
    static let looksBack: Int64 = 20_000

    /// Number of rows before the newest one in which unfinished rows are awaited.
    static let awaits: Int64 = 1000

    /// Creates empty marks.
    package init() {}

    /// Returns the newest row of a table; `identity` is the column with the row's own id, `updated` the one with its last change.
    static func newest(of table: String, identity: String, updated: String?, on connection: Connection) throws(SQLError) -> Mark?
    {
        guard let row = try connection.integer("SELECT max(rowid) FROM \(table)") else { return nil }
        var mark = Mark(row: row)
        mark.identity = try connection.text("SELECT \(identity) FROM \(table) WHERE rowid = \(row)")
        if let updated {
            mark.updated = try connection.text("SELECT max(\(updated)) FROM \(table) WHERE rowid > \(row - looksBack)")
        }
        return mark
    }

    /// Records how far the rows of a query reach, also those that change other rows, and the first unfinished row.
    mutating func note(_ query: RowQuery, on connection: Connection) throws(SQLError) {
        guard
            let newest = try DatabaseMarks.newest(
                of: query.table, identity: query.identity, updated: query.updated, on: connection)
        else { return }
        tables[query.table] = newest
        if let supplement = query.supplement?.table, let row = try connection.integer("SELECT max(rowid) FROM \(supplement)") {
            tables[supplement] = Mark(row: row)
        }
        guard let unfinished = query.unfinished else { return }
        let first = try connection.integer(
            "SELECT min(\(query.short).rowid) FROM \(query.table) \(query.short) "
                + "WHERE \(query.short).rowid > \(newest.row - DatabaseMarks.awaits) AND \(unfinished)")
        if let first { tables[DatabaseMarks.awaited(query.table)] = Mark(row: first) }
    }

    /// Returns the name of the mark for a table's first unfinished row.
    static func awaited(_ table: String) -> String { table + " awaited" }

    /// Returns true when the row of each mark is unchanged or was replaced by a newer row; otherwise rows were renumbered or
    /// deleted.
    func holds(on connection: Connection, identity: [String: String]) throws(SQLError) -> Bool {
        for (table, mark) in tables {
            guard let column = identity[table] else { continue }
            let found = try connection.text("SELECT \(column) FROM \(table) WHERE rowid = \(mark.row)")
            if found == mark.identity { continue }
            guard found == nil, let own = mark.identity else { return false }
            // `INSERT OR REPLACE` gives a row a new number.
            let statement = try connection.prepare("SELECT max(rowid) FROM \(table) WHERE \(column) = ?")
            statement.bind(own)
            guard try statement.step(), let row = statement.optionalInteger(0), row > mark.row else { return false }
        }
        return true
    }
}

extension RowQuery {
    /// Returns the SQL for the rows after the marks, and earlier rows that may have changed; `?1` is the last change recorded.
    func sql(after marks: DatabaseMarks?) -> String {
        guard let marks, let mark = marks.tables[table] else { return sql }
        var any = ["\(short).rowid > \(mark.row)"]
        if let updated {
            any.append("\(short).rowid > \(mark.row - DatabaseMarks.looksBack) AND \(short).\"\(updated)\" >= ?1")
        }
        if let first = marks.tables[DatabaseMarks.awaited(table)] {
            any.append("\(short).rowid BETWEEN \(first.row) AND \(mark.row)")
        }
        if let supplement {
            let known = marks.tables[supplement.table]?.row ?? 0
            any.append("\(short).rowid IN (SELECT n.\"\(supplement.row)\" FROM \(supplement.table) n WHERE n.rowid > \(known))")
        }
        return sql(where: any.joined(separator: " OR "))
    }
}
