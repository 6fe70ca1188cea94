import Model
import SQLite

/// How far a web API was read, as the store keeps it: one for an import that has not ended, one for following.
///
/// It is written in the transaction that brings the records, so that nothing is lost or counted twice whenever a program ends.
struct RemoteMark: Equatable {
    /// The purpose of the reading.
    enum Purpose: String {
        case importing = "import", following = "follow"
    }

    /// The instant up to which everything was read, in time order.
    var reached: Timestamp
    /// Of an import: the beginning of its window. Of following: the instant of the last reading that went far back.
    var since: Timestamp
    /// Of following: no request before this instant.
    var rests = Timestamp(nanoseconds: 0)

    private static func name(_ purpose: Purpose, _ project: String) -> String { "langfuse \(purpose.rawValue) \(project)" }

    /// Returns the mark of a source; nil when there is none.
    static func of(_ path: String, _ purpose: Purpose, project: String, on connection: Connection) throws(SQLError) -> RemoteMark?
    {
        let statement = try connection.statement(
            """
            SELECT m.row, m.identity, m.updated FROM follow_mark m JOIN source s ON s.id = m.source
            WHERE s.path = ? AND m.name = ?
            """)
        defer { statement.reset() }
        statement.bind(path)
        statement.bind(name(purpose, project))
        guard try statement.step(), let since = statement.text(1).flatMap(Int64.init) else { return nil }
        return RemoteMark(
            reached: Timestamp(nanoseconds: statement.integer(0)), since: Timestamp(nanoseconds: since),
            rests: Timestamp(nanoseconds: statement.text(2).flatMap(Int64.init) ?? 0))
    }

    /// Writes the mark of a source in place of an earlier one.
    func write(_ source: Int64, _ purpose: Purpose, project: String, on connection: Connection) throws(SQLError) {
        let statement = try connection.statement(
            """
            INSERT INTO follow_mark(source, name, row, identity, updated) VALUES(?, ?, ?, ?, ?)
            ON CONFLICT(source, name) DO UPDATE SET row = excluded.row, identity = excluded.identity, updated = excluded.updated
            """)
        statement.bind(source)
        statement.bind(RemoteMark.name(purpose, project))
        statement.bind(reached.nanoseconds)
        statement.bind(String(since.nanoseconds))
        statement.bind(String(rests.nanoseconds))
        try statement.run()
    }

    /// Removes the mark of a source.
    static func remove(_ path: String, _ purpose: Purpose, project: String, on connection: Connection) throws(SQLError) {
        let statement = try connection.statement(
            "DELETE FROM follow_mark WHERE name = ? AND source = (SELECT id FROM source WHERE path = ?)")
        statement.bind(name(purpose, project))
        statement.bind(path)
        try statement.run()
    }
}
