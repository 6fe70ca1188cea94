import Ingest
import LocalStore
import Model
import SQLite

/// What the store notes of a followed source: how far it was read.
struct FollowRow {
    var source: Int64
    var path: String
    /// The instant from which the source is followed, in nanoseconds.
    var since: Int64
    /// Of a file of lines: up to where it was read.
    var place: FilePlace?
    /// Of a database: what its files were like at the last reading. Of a file of lines: files that it was before it was rotated.
    var state: String?
    /// Why it could not be read; nil when it could.
    var problem: String?
    /// The instant up to which the source is known, in nanoseconds; nil before the first reading.
    var checked: Int64?

    static let columns =
        "f.source, s.path, f.since, f.device, f.inode, f.position, f.lines, f.mark, f.state, f.problem, f.checked"

    /// Every followed source, in the order of the first import.
    static func all(on connection: Connection) throws(SQLError) -> [FollowRow] {
        let statement = try connection.statement(
            "SELECT \(columns) FROM follow f JOIN source s ON s.id = f.source ORDER BY f.source")
        defer { statement.reset() }
        var rows: [FollowRow] = []
        while try statement.step() {
            var place: FilePlace?
            if let inode = statement.optionalInteger(4) {
                place = FilePlace(
                    device: statement.integer(3), inode: inode, offset: statement.integer(5), lines: statement.integer(6),
                    mark: statement.integer(7))
            }
            rows.append(
                FollowRow(
                    source: statement.integer(0), path: statement.text(1) ?? "", since: statement.integer(2), place: place,
                    state: statement.text(8), problem: statement.text(9), checked: statement.optionalInteger(10)))
        }
        return rows
    }

    /// The row of one source; nil when it is not followed.
    static func of(_ source: Int64, on connection: Connection) throws(SQLError) -> FollowRow? {
        try all(on: connection).first { $0.source == source }
    }

    /// Notes the row; `checked` is the instant up to which the source is known, nil when it could not be read.
    func write(on connection: Connection, checked: Timestamp?) throws(SQLError) {
        let statement = try connection.statement(
            """
            INSERT INTO follow(source, since, checked, device, inode, position, lines, mark, state, problem)
            VALUES(?1, ?2, ifnull(?3, ?2), ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT(source) DO UPDATE SET checked = max(checked, ifnull(?3, checked)), device = ?4, inode = ?5, position = ?6,
            lines = ?7, mark = ?8, state = ?9, problem = ?10
            """)
        statement.bind(source)
        statement.bind(since)
        statement.bind(checked?.nanoseconds)
        statement.bind(place?.device)
        statement.bind(place?.inode)
        statement.bind(place?.offset)
        statement.bind(place?.lines)
        statement.bind(place?.mark)
        statement.bind(state)
        statement.bind(problem)
        try statement.run()
    }
}
