import Engine
import Model
import QueryLanguage
import SQLite

/// The embedded store answers planned questions.
extension Store: Engine {
    /// It can do all.
    public var capabilities: Capabilities { Capabilities() }

    /// What a query needs to know of the store.
    public func overview() throws -> QueryFacts { try queryFacts() }

    /// The rows of a statement, from the cheapest exact sources.
    public func rows(for statement: PlannedStatement) throws -> [[StoredValue]] {
        // Another form of a listing is much cheaper when it ends soon.
        if let walk = SQLCompiler.walk(statement), let found = try rows(walk, within: walkingSteps) { return found }
        return try rows(SQLCompiler.statement(statement))
    }

    /// Hands the rows of a statement to `take` one after another; those of a listing are read one at a time.
    public func eachRow(for statement: PlannedStatement, _ take: ([StoredValue]) throws -> Void) throws {
        if let walk = SQLCompiler.walk(statement), let found = try rows(walk, within: walkingSteps) {
            return try found.forEach(take)
        }
        _ = try eachRow(of: SQLCompiler.statement(statement), take)
    }

    /// True when rollups know its numbers, or its window is short.
    public func isCheap(_ statement: PlannedStatement) -> Bool { RollupChoice(statement).isCheap }

    /// Reads histories of a window from tables, rollups and packed segments.
    public func histories(in window: Window) -> any HistoryReader { StoreHistory(self, in: window) }

    /// How a statement is answered: its SQL, and SQLite's plan for it, one line a step, indented by depth.
    public func explain(_ statement: PlannedStatement) throws -> ExplainedStatement {
        let sql = SQLCompiler.statement(statement)
        return ExplainedStatement(text: sql.text, bindings: sql.bindings, steps: try plan(of: sql)) {
            try self.rows(sql).count
        }
    }

    /// How long a walk may take by default: some thousand traces, a few milliseconds. Walks that find enough mostly find it in a
    /// tenth of that.
    static let standardWalkingSteps = 120_000
}
