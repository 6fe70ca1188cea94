import Model
import SQLite

/// What facts add to and take from the rollups, collected in memory until `flush`.
///
/// The one place that knows how a fact becomes keys and measures; `Rollup.all` says for which tables.
struct RollupDeltas {
    private var calls: [RollupTable]
    private var errors: [RollupTable]
    private var latencies: [RollupTable]

    init() {
        calls = Rollup.all.filter { $0.facts == .calls }.map(RollupTable.init)
        errors = Rollup.all.filter { $0.facts == .errors }.map(RollupTable.init)
        latencies = Rollup.all.filter { $0.facts == .latencies }.map(RollupTable.init)
    }

    /// How many rows of rollups wait to be written.
    var count: Int { (calls + errors + latencies).reduce(0) { $0 + $1.keys.count } }

    /// Adds a call with `sign` 1, takes it away with −1. Only scope 0 is summed up.
    mutating func add(_ fact: CallFact, sign: Int64) {
        let core = fact.core
        guard core.scope == 0 else { return }
        let isError: Int64 = core.countsByDefault ? sign : 0
        for index in calls.indices {
            let bucket = floorDivide(core.t, calls[index].bucketWidth)
            let isOn: Int64 = bucket &* calls[index].bucketWidth == core.t ? 1 : 0
            let row = calls[index].row(RollupDeltas.key(bucket, calls[index], core))
            calls[index].add(sign, at: row)
            calls[index].add(sign * isOn, at: row + 1)
            calls[index].add(isError, at: row + 2)
            calls[index].add(isError * isOn, at: row + 3)
            calls[index].addSums(core, digest: fact.digest, sign: sign, at: row + 4)
        }
        guard let latency = core.latency else { return }
        let cell = Int64(LatencyCell.cell(of: latency))
        for index in latencies.indices {
            let bucket = floorDivide(core.t, latencies[index].bucketWidth)
            let row = latencies[index].row(RollupDeltas.key(bucket, latencies[index], core, cell: cell))
            latencies[index].add(sign, at: row)
        }
    }

    /// Adds an error with `sign` 1, takes it away with −1. Only what counts by default is summed up.
    mutating func add(_ fact: ErrorFact, sign: Int64) {
        let core = fact.core
        guard core.countsByDefault else { return }
        for index in errors.indices {
            let bucket = floorDivide(core.t, errors[index].bucketWidth)
            let row = errors[index].row(RollupDeltas.key(bucket, errors[index], core, fact))
            errors[index].add(sign, at: row)
            errors[index].add(bucket &* errors[index].bucketWidth == core.t ? sign : 0, at: row + 1)
            errors[index].addSums(core, digest: fact.digest, sign: sign, at: row + 2)
        }
    }

    @inline(__always)
    private static func key(
        _ bucket: Int64, _ table: RollupTable, _ core: FactCore, _ error: ErrorFact? = nil, cell: Int64 = 0
    ) -> RollupKey {
        func value(_ dimension: Rollup.Dimension?) -> Int64 {
            switch dimension {
            case nil: 0
            case .scope: core.scope
            case .model: core.model
            case .agent: core.agent
            case .type: error?.type ?? 0
            case .signature: error?.signature ?? 0
            case .recovery: error?.recovery ?? 0
            case .cell: cell
            }
        }
        return RollupKey(bucket: bucket, first: value(table.first), second: value(table.second), third: value(table.third))
    }

    // MARK: writing

    /// Writes all changes, and forgets them. Rows that no fact stands behind any more are deleted.
    mutating func flush(to connection: Connection) throws(SQLError) {
        for tables in [calls, errors, latencies] {
            for table in tables where !table.keys.isEmpty { try RollupDeltas.write(table, to: connection) }
        }
        for index in calls.indices { calls[index].clear() }
        for index in errors.indices { errors[index].clear() }
        for index in latencies.indices { latencies[index].clear() }
    }

    private static func write(_ table: RollupTable, to connection: Connection) throws(SQLError) {
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
        func bind(_ key: RollupKey, to statement: Statement) {
            statement.bind(key.bucket)
            if rollup.dimensions.count > 0 { statement.bind(key.first) }
            if rollup.dimensions.count > 1 { statement.bind(key.second) }
            if rollup.dimensions.count > 2 { statement.bind(key.third) }
        }
        // In key order the tree is written from left to right.
        for row in table.keys.indices.sorted(by: { table.keys[$0] < table.keys[$1] }) {
            let key = table.keys[row], measures = table.measures[row * table.width..<(row + 1) * table.width]
            if measures.allSatisfy({ $0 == 0 }) { continue }
            bind(key, to: upsert)
            for measure in measures { upsert.bind(measure) }
            try upsert.run()
            if measures[measures.startIndex] <= 0 {
                bind(key, to: sweep)
                try sweep.run()
            }
        }
    }
}

extension RollupTable {
    /// Adds the sums of known values, how many are known, and the digest, in the order of `Rollup.measures`.
    @inline(__always)
    fileprivate mutating func addSums(_ core: FactCore, digest: Int64, sign: Int64, at start: Int) {
        addKnown(core.latency, sign, at: start)
        addKnown(core.cost, sign, at: start + 2)
        addKnown(core.inputTokens, sign, at: start + 4)
        addKnown(core.outputTokens, sign, at: start + 6)
        addKnown(core.tokens, sign, at: start + 8)
        add(sign &* digest, at: start + 10)
    }

    @inline(__always)
    private mutating func addKnown(_ value: Int64?, _ sign: Int64, at place: Int) {
        guard let value else { return }
        add(sign &* value, at: place)
        add(sign, at: place + 1)
    }
}
