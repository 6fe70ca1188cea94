import Model
import SQLite

/// How far the tables of a followed database were read.
package struct DatabaseMarks: Equatable {
    /// The newest row of a table.
    package struct Mark: Equatable {
        package var row: Int64
        /// The row's own id, which tells whether the numbers of rows still mean what they meant.
        package var identity: String?
        /// The latest change among the newest rows, as the table spells it; nil when it does not tell.
        package var updated: String?

        package init(row: Int64, identity: String? = nil, updated: String? = nil) {
            (self.row, self.identity, self.updated) = (row, identity, updated)
        }
    }

    /// By the name of the table.
    package var tables: [String: Mark] = [:]

    /// Rows before the newest one that are looked through for later changes.
    static let looksBack: Int64 = 20_000

    /// Rows before the newest one among which unfinished ones are awaited.
    static let awaits: Int64 = 1000

    /// Makes marks of nothing.
    package init() {}

    /// The newest row of a table; `identity` is the column with the row's own id, `updated` the one with its last change.
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

    /// Notes how far the rows of a query reach, those that change other rows, and where the first unfinished one is.
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

    /// The name of the mark of a table's first unfinished row.
    static func awaited(_ table: String) -> String { table + " awaited" }

    /// True when the row of each mark is still the one it was, or was written anew behind it: else rows were renumbered or
    /// taken away.
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
    /// The rows behind the marks, and those before them that may have changed; `?1` stands for the last change noted.
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
