import Engine
import Model
import SQLite

extension Store {
    /// A number that differs when something was written to the store since this was last asked.
    public func changeMark() throws(StoreError) -> Int64 {
        try StoreError.about(path) { try reader.integer("PRAGMA data_version") ?? 0 }
    }

    /// An order-free hash over the content of all rows of the scope: sums of the digests of calls and errors.
    ///
    /// Whole buckets come from the rollups, which carry the sums, the edges of the window from the facts; so it costs about as
    /// much as counting. It holds what sources told (identity, names, times, lengths, tokens, costs, messages, statuses, codes,
    /// evidence, recovery), not what classification made of it (types, severities, signatures, rules).
    public func fingerprint(of scope: DataScope) throws(StoreError) -> UInt64 {
        try StoreError.about(path) {
            var hash = ContentHash()
            for part in try digests(of: scope.window).joined() { hash.add(part) }
            if scope.coversEveryKind { for part in try sumsOfSpans(scope.window) { hash.add(part) } }
            if scope.coversWeakEvidence { for part in try sumsOfWeakErrors(scope.window) { hash.add(part) } }
            if scope.coversTraces { for part in try sumsOfTraces(scope.window) { hash.add(part) } }
            return hash.value
        }
    }

    /// Sum of digests and number of rows: of the calls of a window, and of its errors.
    func digests(of window: Window?) throws -> [[Int64]] { [try digestOfCalls(window), try digestOfErrors(window)] }

    // MARK: Layers

    /// An interval in nanoseconds, half-open; nil is open.
    private struct Stretch { var from: Int64?, to: Int64? }

    /// Whole buckets of this width, and the intervals that are left before and behind them.
    private func buckets(_ stretch: Stretch, width: Int64) -> (whole: Stretch?, edges: [Stretch]) {
        if let from = stretch.from, let to = stretch.to, from >= to { return (nil, []) }
        let first = stretch.from.map { -floorDivide(-$0, width) * width },
            last = stretch.to.map { floorDivide($0, width) * width }
        if let first, let last, first >= last { return (nil, [stretch]) }
        var edges: [Stretch] = []
        if let from = stretch.from, let first, from < first { edges.append(Stretch(from: from, to: first)) }
        if let to = stretch.to, let last, last < to { edges.append(Stretch(from: last, to: to)) }
        return (Stretch(from: first, to: last), edges)
    }

    /// The condition that `column`, in units of `width` nanoseconds, lies in the interval.
    private func lies(_ column: String, in stretch: Stretch, width: Int64 = 1) -> SQLFragment {
        var parts: [SQLFragment] = []
        if let from = stretch.from { parts.append("\(raw: column) >= \(.integer(floorDivide(from, width)))") }
        if let to = stretch.to { parts.append("\(raw: column) < \(.integer(floorDivide(to, width)))") }
        return parts.isEmpty ? "1" : .joined(parts, " AND ")
    }

    /// The interval of a window; one that reaches to the ends of time is open.
    private func stretch(_ window: Window?) -> Stretch {
        Stretch(
            from: (window?.from.nanoseconds).flatMap { $0 == .min ? nil : $0 },
            to: (window?.to.nanoseconds).flatMap { $0 == .max ? nil : $0 })
    }

    /// The sum of digests and the number of rows of a rollup's whole buckets.
    private func sums(_ rollup: Rollup, _ whole: Stretch) throws -> [Int64] {
        let condition = lies("bucket", in: whole, width: rollup.widthInNanoseconds)
        let sql: SQLFragment = "SELECT sum(digest), sum(\(raw: rollup.measures[0])) FROM \(raw: rollup.name) WHERE \(condition)"
        return try rows(sql.statement()).first?.map { $0.integer ?? 0 } ?? [0, 0]
    }

    /// The sums over the coarsest of these rollups, and at the edges over the finer ones and `edge`.
    private func cover(_ stretch: Stretch, _ rollups: ArraySlice<Rollup>, edge: (Stretch) throws -> [Int64]) throws -> [Int64] {
        guard let rollup = rollups.first else { return try edge(stretch) }
        let (whole, edges) = buckets(stretch, width: rollup.widthInNanoseconds)
        var total = try whole.map { try sums(rollup, $0) } ?? [0, 0]
        for rest in edges { total = added(total, try cover(rest, rollups.dropFirst(), edge: edge)) }
        return total
    }

    private func added(_ a: [Int64], _ b: [Int64]) -> [Int64] { zip(a, b).map { $0 &+ $1 } }

    private func rollups(_ names: [String]) -> ArraySlice<Rollup> {
        names.compactMap { name in Rollup.all.first { $0.name == name } }[...]
    }

    // MARK: Calls and errors

    private func digestOfCalls(_ window: Window?) throws -> [Int64] {
        try cover(stretch(window), rollups(["call_hour_model", "call_minute_model"])) { try digestOfFacts(FactEdge.calls, $0) }
    }

    private func digestOfErrors(_ window: Window?) throws -> [Int64] {
        try cover(stretch(window), rollups(["error_day_signature", "error_hour_type_model"])) {
            try digestOfFacts(FactEdge.errors, $0)
        }
    }

    /// The sum of digests and the number of the facts themselves, by the definition that feeds the rollups.
    private func digestOfFacts(_ edge: FactEdge, _ stretch: Stretch) throws -> [Int64] {
        let statement = try reader.statement(edge.sql)
        defer { statement.reset() }
        statement.bind(stretch.from ?? Int64.min)
        statement.bind(stretch.to ?? Int64.max)
        var digest: Int64 = 0, count: Int64 = 0
        while try statement.step() {
            digest &+= edge.digest(statement)
            count += 1
        }
        return [digest, count]
    }

    // MARK: What rollups do not know

    private func sumsOfSpans(_ window: Window?) throws -> [Int64] {
        let condition = lies("t", in: stretch(window))
        return try sums(
            "SELECT count(*), sum(t & 4294967295), sum(lat & 4294967295), sum(cost & 4294967295), sum(tok & 4294967295), sum(evidence) FROM call WHERE scope = 1 AND \(condition)"
        )
    }

    private func sumsOfWeakErrors(_ window: Window?) throws -> [Int64] {
        let condition = lies("t", in: stretch(window))
        return try sums(
            "SELECT count(*), sum(t & 4294967295), sum(evidence), sum(recovered_at & 4294967295) FROM err WHERE evidence & \(.integer(Int64(Evidence.default.rawValue))) = 0 AND \(condition)"
        )
    }

    private func sumsOfTraces(_ window: Window?) throws -> [Int64] {
        let condition = lies("t", in: stretch(window))
        return try sums(
            "SELECT count(*), sum(t & 4294967295), sum(digest & 4294967295), sum(first & 4294967295), sum(last & 4294967295), sum(spans), sum(calls), sum(cost & 4294967295), sum(tokens & 4294967295) FROM trace WHERE \(condition)"
        )
    }

    private func sums(_ sql: SQLFragment) throws -> [Int64] {
        try rows(sql.statement()).first?.map { $0.integer ?? 0 } ?? []
    }
}

/// Facts at the edge of a window, read with the names that their digests are made of.
private struct FactEdge: Sendable {
    let sql: String
    let digest: @Sendable (Statement) -> Int64

    private static let names = """
        p.name, m.provider, m.name, a.name, o.kind, o.name, d.project, d.service, d.environment, d."release"
        """
    private static let joins = """
        JOIN model m ON m.id = f.model JOIN agent a ON a.id = f.agent JOIN operation o ON o.id = f.operation
        JOIN deployment d ON d.id = f.deployment
        """

    static let calls = FactEdge(
        sql: """
            SELECT \(FactCore.callColumns.map { "f.\($0)" }.joined(separator: ", ")), t.trace_id, s.span_id, \(names)
            FROM call f JOIN span s ON s.id = f.id JOIN trace t ON t.id = f.trace JOIN project p ON p.id = t.project \(joins)
            WHERE f.scope = 0 AND f.t >= ? AND f.t < ?
            """
    ) { row in
        var fact = CallFact(core: FactCore(row))
        fact.seal(FactNames(row, from: Int32(FactCore.callColumns.count)))
        return fact.digest
    }

    static let errors = FactEdge(
        sql: """
            SELECT \((FactCore.callColumns + ErrorFact.columns).map { "f.\($0)" }.joined(separator: ", ")),
                t.trace_id, CASE WHEN f.scope = 2 THEN e.event_id ELSE s.span_id END, \(names), msg.text
            FROM err f LEFT JOIN span s ON f.scope < 2 AND s.id = f.id LEFT JOIN event e ON f.scope = 2 AND e.id = f.id
            LEFT JOIN trace t ON t.id = f.trace LEFT JOIN project p ON p.id = coalesce(t.project, e.project)
            JOIN message msg ON msg.id = f.message \(joins)
            WHERE f.t >= ? AND f.t < ? AND f.evidence & \(Evidence.default.rawValue) != 0
            """
    ) { row in
        var fact = ErrorFact(row)
        let first = Int32(FactCore.callColumns.count + ErrorFact.columns.count)
        fact.seal(FactNames(row, from: first), messageHash: DictionaryTable.hash(.init(first: row.text(first + 12))))
        return fact.digest
    }
}

extension FactNames {
    /// Reads trace, id, project and the names of the dictionaries from a row.
    fileprivate init(_ row: Statement, from first: Int32) {
        func hash(_ columns: Int32..., number: Int32? = nil) -> UInt64 {
            var key = DictionaryTable.Key()
            if let number { key.number = row.integer(first + number) }
            let texts = columns.map { row.text(first + $0) }
            key.first = texts[0]
            if texts.count > 1 { key.second = texts[1] }
            if texts.count > 2 { key.third = texts[2] }
            if texts.count > 3 { key.fourth = texts[3] }
            return DictionaryTable.hash(key)
        }
        self.init(
            identity: FactNames.identity(
                project: row.text(first + 2) ?? "", trace: row.text(first), id: row.text(first + 1) ?? ""),
            model: hash(3, 4), agent: hash(5), operation: hash(7, number: 6), deployment: hash(8, 9, 10, 11))
    }
}
