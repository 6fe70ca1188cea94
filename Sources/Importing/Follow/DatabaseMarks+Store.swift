import Ingest
import SQLite

/// The marks of followed databases, as the store keeps them.
extension DatabaseMarks {
    /// The marks of a source; nil when none were noted.
    init?(of source: Int64, on connection: Connection) throws(SQLError) {
        self.init()
        let statement = try connection.statement("SELECT name, row, identity, updated FROM follow_mark WHERE source = ?")
        statement.bind(source)
        defer { statement.reset() }
        while try statement.step() {
            tables[statement.text(0) ?? ""] = Mark(
                row: statement.integer(1), identity: statement.text(2), updated: statement.text(3))
        }
        if tables.isEmpty { return nil }
    }

    /// Notes the marks in the place of others.
    func write(of source: Int64, on connection: Connection) throws(SQLError) {
        let drop = try connection.statement("DELETE FROM follow_mark WHERE source = ?")
        drop.bind(source)
        try drop.run()
        let statement = try connection.statement(
            "INSERT INTO follow_mark(source, name, row, identity, updated) VALUES(?, ?, ?, ?, ?)")
        for (name, mark) in tables.sorted(by: { $0.key < $1.key }) {
            statement.bind(source)
            statement.bind(name)
            statement.bind(mark.row)
            statement.bind(mark.identity)
            statement.bind(mark.updated)
            try statement.run()
        }
    }
}
