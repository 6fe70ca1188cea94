import SQLite

/// What errors have in common: a row of `error_kind`.
struct ErrorKind: Hashable {
    var scope: Int64, model: Int64, agent: Int64, operation: Int64, deployment: Int64
    var evidence: Int64, type: Int64, severity: Int64, status: Int64?, origin: Int64

    /// The columns, which `err` and `error_kind` both have.
    static let columns = "scope, model, agent, operation, deployment, evidence, type, severity, status, origin"

    /// Selects the errors between two times, these included, in their order: the time, when each was recovered, when it was known
    /// that nothing will, and the columns of its kind.
    static let errorsBetween = """
        SELECT t, CASE WHEN recovery > 0 THEN recovered_at END, CASE WHEN recovery = 0 THEN coalesce(settled_at, t) END, \(columns)
        FROM err WHERE t BETWEEN ? AND ? ORDER BY t, scope, id
        """

    /// Reads the columns of a row.
    init(_ row: Statement, from first: Int32) {
        (scope, model, agent) = (row.integer(first), row.integer(first + 1), row.integer(first + 2))
        (operation, deployment, evidence) = (row.integer(first + 3), row.integer(first + 4), row.integer(first + 5))
        (type, severity) = (row.integer(first + 6), row.integer(first + 7))
        (status, origin) = (row.optionalInteger(first + 8), row.integer(first + 9))
    }
}

/// The numbers of kinds of errors; new kinds are added to the store.
final class ErrorKinds {
    private var ids: [ErrorKind: Int64] = [:]
    private var last: Int64 = 0
    private let put: Statement

    /// Reads the kinds that a store has.
    init(on connection: Connection) throws(SQLError) {
        put = try connection.prepare("INSERT INTO error_kind(id, \(ErrorKind.columns)) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let rows = try connection.prepare("SELECT id, \(ErrorKind.columns) FROM error_kind")
        while try rows.step() {
            ids[ErrorKind(rows, from: 1)] = rows.integer(0)
            last = max(last, rows.integer(0))
        }
    }

    /// The kind's number, given out when it is new.
    func id(of kind: ErrorKind) throws(SQLError) -> Int64 {
        if let id = ids[kind] { return id }
        last += 1
        ids[kind] = last
        put.bind(last)
        for value in [
            kind.scope, kind.model, kind.agent, kind.operation, kind.deployment, kind.evidence, kind.type, kind.severity,
            kind.status, kind.origin,
        ] { put.bind(value) }
        try put.run()
        return last
    }
}
