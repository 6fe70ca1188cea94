import Model

/// What facts add to and take from the rollups, collected in memory until `flush`.
///
/// The one place that knows how a fact becomes keys and measures; `Rollup.all` says for which tables.
struct RollupDeltas {
    /// One row of a rollup: bucket and up to three dimensions.
    private struct Key: Hashable, Comparable {
        var bucket: Int64
        var first: Int64 = 0
        var second: Int64 = 0
        var third: Int64 = 0

        static func < (a: Key, b: Key) -> Bool {
            (a.bucket, a.first, a.second, a.third) < (b.bucket, b.first, b.second, b.third)
        }
    }

    /// The changes of one rollup: the measures of all rows one after another, and where each row's begin.
    private struct Table {
        let rollup: Rollup
        let width: Int
        var rows: [Key: Int] = [:]
        var measures: [Int64] = []

        init(_ rollup: Rollup) {
            self.rollup = rollup
            width = rollup.measures.count
        }

        @inline(__always)
        mutating func row(_ key: Key) -> Int {
            if let row = rows[key] { return row }
            let row = measures.count
            rows[key] = row
            measures.append(contentsOf: repeatElement(0, count: width))
            return row
        }

        mutating func clear() {
            rows.removeAll(keepingCapacity: rows.count < 50_000)
            measures.removeAll(keepingCapacity: measures.count < 1_000_000)
        }
    }

    private var calls: [Table]
    private var errors: [Table]
    private var latencies: [Table]

    init() {
        precondition(Rollup.all.allSatisfy { $0.dimensions.count <= 3 }, "a rollup's key holds at most three dimensions")
        calls = Rollup.all.filter { $0.facts == .calls }.map(Table.init)
        errors = Rollup.all.filter { $0.facts == .errors }.map(Table.init)
        latencies = Rollup.all.filter { $0.facts == .latencies }.map(Table.init)
    }

    /// How many rows of rollups wait to be written.
    var count: Int { (calls + errors + latencies).reduce(0) { $0 + $1.rows.count } }

    /// Adds a call with `sign` 1, takes it away with −1. Only scope 0 is summed up.
    mutating func add(_ fact: CallFact, sign: Int64) {
        let core = fact.core
        guard core.scope == 0 else { return }
        let isError: Int64 = core.countsByDefault ? sign : 0
        for index in calls.indices {
            let width = calls[index].rollup.widthInNanoseconds
            let bucket = floorDivide(core.t, width)
            let on: Int64 = bucket &* width == core.t ? 1 : 0
            let row = calls[index].row(RollupDeltas.key(bucket, calls[index].rollup, core))
            calls[index].measures[row] &+= sign
            calls[index].measures[row + 1] &+= sign * on
            calls[index].measures[row + 2] &+= isError
            calls[index].measures[row + 3] &+= isError * on
            RollupDeltas.sum(core, digest: fact.digest, sign: sign, into: &calls[index].measures, at: row + 4)
        }
        guard let latency = core.latency else { return }
        let cell = Int64(LatencyCell.cell(of: latency))
        for index in latencies.indices {
            let bucket = floorDivide(core.t, latencies[index].rollup.widthInNanoseconds)
            let row = latencies[index].row(RollupDeltas.key(bucket, latencies[index].rollup, core, cell: cell))
            latencies[index].measures[row] &+= sign
        }
    }

    /// Adds an error with `sign` 1, takes it away with −1. Only what counts by default is summed up.
    mutating func add(_ fact: ErrorFact, sign: Int64) {
        let core = fact.core
        guard core.countsByDefault else { return }
        for index in errors.indices {
            let width = errors[index].rollup.widthInNanoseconds
            let bucket = floorDivide(core.t, width)
            let row = errors[index].row(RollupDeltas.key(bucket, errors[index].rollup, core, fact))
            errors[index].measures[row] &+= sign
            errors[index].measures[row + 1] &+= bucket &* width == core.t ? sign : 0
            RollupDeltas.sum(core, digest: fact.digest, sign: sign, into: &errors[index].measures, at: row + 2)
        }
    }

    @inline(__always)
    private static func key(
        _ bucket: Int64, _ rollup: Rollup, _ core: FactCore, _ error: ErrorFact? = nil, cell: Int64 = 0
    ) -> Key {
        var key = Key(bucket: bucket)
        for (place, dimension) in rollup.dimensions.enumerated() {
            let value =
                switch dimension {
                case .scope: core.scope
                case .model: core.model
                case .agent: core.agent
                case .type: error?.type ?? 0
                case .signature: error?.signature ?? 0
                case .recovery: error?.recovery ?? 0
                case .cell: cell
                }
            switch place {
            case 0: key.first = value
            case 1: key.second = value
            default: key.third = value
            }
        }
        return key
    }

    @inline(__always)
    private static func sum(_ core: FactCore, digest: Int64, sign: Int64, into measures: inout [Int64], at start: Int) {
        var at = start
        func add(_ value: Int64?) {
            if let value {
                measures[at] &+= sign &* value
                measures[at + 1] &+= sign
            }
            at += 2
        }
        add(core.latency)
        add(core.cost)
        add(core.inputTokens)
        add(core.outputTokens)
        add(core.tokens)
        measures[at] &+= sign &* digest
    }

    // MARK: writing

    /// Writes all changes, and forgets them. Rows that no fact stands behind any more are deleted.
    mutating func flush(to connection: Connection) throws(SQLError) {
        for tables in [calls, errors, latencies] {
            for table in tables where !table.rows.isEmpty { try RollupDeltas.write(table, to: connection) }
        }
        for index in calls.indices { calls[index].clear() }
        for index in errors.indices { errors[index].clear() }
        for index in latencies.indices { latencies[index].clear() }
    }

    private static func write(_ table: Table, to connection: Connection) throws(SQLError) {
        let rollup = table.rollup
        let keys = ["bucket"] + rollup.dimensions.map(\.rawValue)
        let columns = keys + rollup.measures
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        let sums = rollup.measures.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
        let condition = keys.map { "\($0) = ?" }.joined(separator: " AND ")
        let upsert = try connection.statement(
            "INSERT INTO \(rollup.name)(\(columns.joined(separator: ", "))) VALUES(\(places))"
                + " ON CONFLICT(\(keys.joined(separator: ", "))) DO UPDATE SET \(sums)")
        let sweep = try connection.statement("DELETE FROM \(rollup.name) WHERE \(condition) AND \(rollup.measures[0]) = 0")
        func bind(_ key: Key, to statement: Statement) {
            statement.bind(key.bucket)
            if rollup.dimensions.count > 0 { statement.bind(key.first) }
            if rollup.dimensions.count > 1 { statement.bind(key.second) }
            if rollup.dimensions.count > 2 { statement.bind(key.third) }
        }
        // In key order the tree is written from left to right.
        for (key, row) in table.rows.sorted(by: { $0.key < $1.key }) {
            let measures = table.measures[row..<row + table.width]
            if measures.allSatisfy({ $0 == 0 }) { continue }
            bind(key, to: upsert)
            for measure in measures { upsert.bind(measure) }
            try upsert.run()
            if measures[row] <= 0 {
                bind(key, to: sweep)
                try sweep.run()
            }
        }
    }
}
