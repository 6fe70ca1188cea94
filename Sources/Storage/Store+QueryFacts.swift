import Model
import QueryLanguage

extension Store {
    /// What a query needs to know of the store; a few rows are read, whatever the store's size.
    public func queryFacts() throws(StoreError) -> QueryFacts {
        let sources = try sources()
        let known = sources.compactMap(\.coverage)
        var coverage: Window?
        if let from = known.map(\.from).min(), let to = known.map(\.to).max() { coverage = Window(from: from, to: to) }
        return QueryFacts(
            coverage: coverage, newest: coverage.map { Timestamp(nanoseconds: $0.to.nanoseconds - 1) },
            keepsSuccesses: sources.isEmpty || sources.contains(where: \.keepsSuccesses), rules: try meta("rules") ?? "")
    }

    /// The names of the columns that a statement gives.
    public func columns(of statement: SQLStatement) throws -> [String] {
        let prepared = try reader.prepare(statement.text)
        return (0..<prepared.columnCount).map(prepared.columnName)
    }

    /// What SQLite finds wrong with the file; empty when it is whole.
    public func integrityProblems() throws(StoreError) -> [String] {
        try StoreError.about(path) {
            let check = try writer().prepare("PRAGMA integrity_check(20)")
            var problems: [String] = []
            while try check.step() { if let text = check.text(0), text != "ok" { problems.append(text) } }
            return problems
        }
    }
}
