import Model
import QueryLanguage
import SQLite

extension Store {
    /// What a query needs to know of the store; a few rows are read, whatever the store's size.
    public func queryFacts() throws(StoreError) -> QueryFacts {
        let sources = try sources()
        let known = sources.compactMap(\.coverage)
        var coverage: Window?
        if let from = known.map(\.from).min(), let to = known.map(\.to).max() { coverage = Window(from: from, to: to) }
        var facts = QueryFacts(
            coverage: coverage, newest: sources.compactMap(\.newest).max(),
            keepsSuccesses: sources.isEmpty || sources.contains(where: \.keepsSuccesses), rules: try meta("rules") ?? "")
        facts.gaps = Store.gaps(between: known)
        return facts
    }

    /// What lies between the windows that sources cover, ascending.
    static func gaps(between windows: [Window]) -> [Window] {
        var gaps: [Window] = [], end: Timestamp?
        for window in windows.sorted(by: { $0.from < $1.from }) {
            if let end, window.from > end { gaps.append(Window(from: end, to: window.from)) }
            end = max(end ?? window.to, window.to)
        }
        return gaps
    }

    /// The names of the columns that a statement gives.
    public func columns(of statement: SQLStatement) throws -> [String] {
        let prepared = try reader.prepare(statement.text)
        return (0..<prepared.columnCount).map(prepared.columnName)
    }

    /// What is wrong with the file, and where derived tables do not add up to what they are made of; empty when all is well.
    public func integrityProblems() throws(StoreError) -> [String] {
        try StoreError.about(path) {
            let check = try Connection.reading(path).prepare("PRAGMA integrity_check(20)")
            var problems: [String] = []
            while try check.step() { if let text = check.text(0), text != "ok" { problems.append(text) } }
            return problems.isEmpty ? try derivedProblems() : problems
        }
    }

    /// Rollups whose counts differ from those of the facts, and facts whose number differs from that of the spans.
    private func derivedProblems() throws -> [String] {
        func number(_ sql: String) throws -> Int64 { try rows(SQLStatement(text: sql)).first?.first?.integer ?? 0 }
        let counted = "evidence & \(Evidence.default.rawValue) != 0"
        let calls = try number("SELECT count(*) FROM call WHERE scope = 0")
        let failed = try number("SELECT count(*) FROM call WHERE scope = 0 AND \(counted)")
        let errors = try number("SELECT count(*) FROM err WHERE \(counted)")
        let latencies = try number("SELECT count(*) FROM call WHERE scope = 0 AND lat IS NOT NULL")
        var problems: [String] = []
        func compare(_ table: String, _ what: String, _ found: Int64, _ expected: Int64) {
            guard found != expected else { return }
            problems.append(
                "\(table) has \(found) \(what) instead of \(expected); `faultline doctor --rebuild` rebuilds it")
        }
        for rollup in Rollup.all {
            switch rollup.facts {
            case .calls:
                compare(rollup.name, "calls", try number("SELECT sum(calls) FROM \(rollup.name)"), calls)
                compare(rollup.name, "failed calls", try number("SELECT sum(errors) FROM \(rollup.name)"), failed)
            case .errors: compare(rollup.name, "errors", try number("SELECT sum(errors) FROM \(rollup.name)"), errors)
            case .latencies: compare(rollup.name, "latencies", try number("SELECT sum(n) FROM \(rollup.name)"), latencies)
            }
        }
        let always = Window(from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max))
        let days = try errorColumns(in: always), minutes = try minuteColumns(in: always)
        func packed(_ sql: String, unit: Int64, in stretches: [Window]) throws -> Int64 {
            try stretches.reduce(0) { sum, stretch in
                let bounds = [stretch.from, stretch.to].map { StoredValue.integer(floorDivide($0.nanoseconds, unit)) }
                return sum + (try rows(SQLStatement(text: sql, bindings: bounds)).first?.first?.integer ?? 0)
            }
        }
        compare(
            "error_day", "errors", Int64(days.times.count),
            try packed("SELECT count(*) FROM err WHERE t >= ? AND t < ?", unit: 1, in: days.stretches))
        compare(
            "call_day", "calls", minutes.calls.reduce(0, +),
            try packed(
                "SELECT sum(calls) FROM call_minute WHERE bucket >= ? AND bucket < ?", unit: 60_000_000_000, in: minutes.stretches
            ))
        let timed = try number("SELECT count(*) FROM span WHERE coalesce(\"end\", start) IS NOT NULL")
        compare("call", "spans", try number("SELECT count(*) FROM call"), timed)
        return problems
    }
}
