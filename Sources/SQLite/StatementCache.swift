/// Prepared statements by their text, at most `limit`; the one used longest ago leaves first.
///
/// Statements of a query language differ from query to query: without a limit the cache would grow for ever.
package struct StatementCache {
    package let limit: Int
    private var entries: [String: (statement: Statement, used: UInt64)] = [:]
    private var clock: UInt64 = 0

    package init(limit: Int) { self.limit = limit }

    /// How many statements it holds.
    package var count: Int { entries.count }

    /// The statement with this text, marked as used now; nil when there is none or it is in the middle of its rows.
    package mutating func statement(_ sql: String) -> Statement? {
        guard let index = entries.index(forKey: sql) else { return nil }
        clock += 1
        entries.values[index].used = clock
        let statement = entries.values[index].statement
        return statement.isBusy ? nil : statement
    }

    /// Keeps a statement, and lets go of the one used longest ago when there are too many.
    package mutating func keep(_ statement: Statement) {
        guard limit > 0, entries[statement.sql] == nil else { return }
        clock += 1
        if entries.count >= limit, let oldest = entries.min(by: { $0.value.used < $1.value.used }) {
            entries[oldest.key] = nil
        }
        entries[statement.sql] = (statement, clock)
    }

    package mutating func removeAll() { entries = [:] }
}
