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
}

extension QueryEngine {
    /// Reads all rows before it hands over the first one.
    public func eachRow(for statement: PlannedStatement, _ take: ([StoredValue]) throws -> Void) throws {
        for row in try rows(for: statement) { try take(row) }
    }
}

/// Reads histories of one window.
public protocol HistoryReader: AnyObject {
    /// The rows of a history in their order. Its window is that of the reader, or for groups any.
    func history(for request: HistoryRequest) throws -> RuleColumns
}
