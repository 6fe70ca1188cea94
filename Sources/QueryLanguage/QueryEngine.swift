import Model

/// Anything that answers planned questions: the embedded store, a server, the plain reference of the tests.
public protocol QueryEngine: AnyObject {
    /// The rows that answer a statement, in the order of the statement; groups come in any order.
    func rows(for statement: PlannedStatement) throws -> [[StoredValue]]

    /// Hands the rows that answer a statement to `take` one after another, in the order of the statement.
    func eachRow(for statement: PlannedStatement, _ take: ([StoredValue]) throws -> Void) throws

    /// True when an optional statement is answered at next to no cost.
    func isCheap(_ statement: PlannedStatement) -> Bool

    /// Prepares to read histories of one window. What several of them are made of is read once.
    func histories(in window: Window) throws -> any HistoryReader

    /// The rows of a request in columns, in order of time.
    func columns(for request: ColumnRequest) throws -> RowColumns

    /// The keys of metadata that some rows of a window have, by how many of the newest rows have them; at most `limit`.
    func metadataKeys(in scope: StatementScope, limit: Int) throws -> [String]
}

extension QueryEngine {
    /// Reads all rows before it hands over the first one.
    public func eachRow(for statement: PlannedStatement, _ take: ([StoredValue]) throws -> Void) throws {
        for row in try rows(for: statement) { try take(row) }
    }

    /// Reads a listing of the rows, for engines that have no columns of their own.
    public func columns(for request: ColumnRequest) throws -> RowColumns {
        var columns = RowColumns.Reading(request)
        let conditions = try request.conditions.map { try identities(of: request, where: $0) }
        try eachRow(for: request.listing(of: request.identity + request.fields + request.numbers)) { row in
            let identity = Array(row[..<request.identity.count]), values = row[request.identity.count...]
            columns.take(
                time: row[0].integer ?? 0, values: Array(values.prefix(request.fields.count)),
                numbers: values.dropFirst(request.fields.count).map(\.integer),
                conditions: conditions.map { $0.contains(identity) })
        }
        return columns.sorted
    }

    private func identities(of request: ColumnRequest, where condition: CheckedPredicate) throws -> Set<[StoredValue]> {
        var selected = request
        selected.predicate = .all(request.predicate.conjuncts + condition.conjuncts)
        var found: Set<[StoredValue]> = []
        try eachRow(for: selected.listing(of: request.identity)) { found.insert($0) }
        return found
    }

    public func metadataKeys(in scope: StatementScope, limit: Int) throws -> [String] { [] }
}

/// Reads histories of one window.
public protocol HistoryReader: AnyObject {
    /// The rows of a history in their order. Its window is that of the reader, or for groups any.
    func history(for request: HistoryRequest) throws -> HistoryColumns
}
