import Model

/// What names a group: the decoded keys and the place of its bucket (0 without buckets).
struct GroupKey: Hashable {
    var values: [Value]
    var bucket: Int
}

/// The numbers of every group of a query, gathered from the rows of its statements.
struct Groups {
    /// One statement's partials or statistics, by group.
    struct Table {
        let statement: PlannedStatement
        /// Positions in the query's keys of the keys that this statement has.
        let keyPositions: [Int]
        /// True when its rows are told apart by all keys and buckets of the query, as the query itself tells them apart.
        let isKeyedAlike: Bool
        var rows: [GroupKey: [SQLValue]] = [:]
    }

    let plan: Plan
    private(set) var tables: [Table] = []
    /// Where the partials of a role are found: its table, and the place of each in the table's rows.
    private var tablesOfRoles: [PlannedStatement.Role: Int] = [:]
    private var partialPlaces: [[Partial: Int]] = []
    private let placeOfBucket: [Int64: Int]

    /// Gathers the rows, one set for each statement of the plan, in its order.
    init(_ plan: Plan, rows: [[[SQLValue]]]) {
        self.plan = plan
        var places: [Int64: Int] = [:]
        for (place, key) in (plan.buckets?.keys ?? []).enumerated() { places[key] = place }
        placeOfBucket = places
        for (statement, rows) in zip(plan.statements, rows) {
            tables.append(table(statement, rows))
            var known: [Partial: Int] = [:]
            if case .partials(let partials) = statement.task {
                for (place, partial) in partials.enumerated() where known[partial] == nil { known[partial] = place }
                if tablesOfRoles[statement.role] == nil { tablesOfRoles[statement.role] = tables.count - 1 }
            }
            partialPlaces.append(known)
        }
    }

    private func table(_ statement: PlannedStatement, _ rows: [[SQLValue]]) -> Table {
        let positions = statement.keys.map { plan.query.keys.firstIndex(of: $0)! }
        let isKeyedAlike = positions == Array(plan.query.keys.indices) && (statement.hasBuckets || plan.buckets == nil)
        var table = Table(statement: statement, keyPositions: positions, isKeyedAlike: isKeyedAlike)
        let keyCount = statement.keys.count
        for row in rows {
            let keys = statement.keys.indices.map { FieldCodec.value(statement.keys[$0], row[$0]) }
            var place = 0
            if statement.hasBuckets {
                // A row without bucket is the empty sum of a statement without keys; one outside the axis is none of ours.
                guard let number = row[keyCount].integer, let found = placeOfBucket[number] else { continue }
                place = found
            }
            let values = Array(row.dropFirst(keyCount + (statement.hasBuckets ? 1 : 0)))
            let key = GroupKey(values: keys, bucket: place)
            if let known = table.rows[key] {
                table.rows[key] = Groups.merge(statement.task, known, values)
            } else {
                table.rows[key] = values
            }
        }
        return table
    }

    /// Two rows that show the same key (an empty text and none, say) are one group.
    private static func merge(_ task: PlannedStatement.Task, _ a: [SQLValue], _ b: [SQLValue]) -> [SQLValue] {
        guard case .partials(let partials) = task else { return a }
        return partials.indices.map { union(partials[$0].union, a[$0], b[$0]) }
    }

    /// Parts put together; none and a value is the value.
    static func union(_ union: Partial.Union, _ a: SQLValue, _ b: SQLValue) -> SQLValue {
        guard let x = a.integer, let y = b.integer else { return a == .null ? b : a }
        switch union {
        case .sum: return .integer(x &+ y)
        case .min: return .integer(min(x, y))
        case .max: return .integer(max(x, y))
        }
    }

    /// The groups that there are, in no order: those of the noun's own rows, and those of the calls or errors beside them
    /// where a measure of those is shown.
    func keys(with roles: Set<PlannedStatement.Role>) -> Set<GroupKey> {
        var keys = Set(tables[0].rows.keys)
        for table in tables.dropFirst() where roles.contains(table.statement.role) {
            guard table.keyPositions.count == plan.query.keys.count, case .partials = table.statement.task else { continue }
            keys.formUnion(table.rows.keys)
        }
        return keys
    }

    /// True when the plan asked for these numbers.
    func has(_ role: PlannedStatement.Role) -> Bool { tablesOfRoles[role] != nil }

    /// The table of a role and the place of a partial in its rows; nil when the plan did not ask for it.
    private func place(_ partial: Partial, _ role: PlannedStatement.Role) -> (table: Int, place: Int)? {
        guard let table = tablesOfRoles[role], let place = partialPlaces[table][partial] else { return nil }
        return (table, place)
    }

    /// A partial of a group; nil when the statement has no row for it.
    func partial(_ partial: Partial, of key: GroupKey, _ role: PlannedStatement.Role = .own) -> SQLValue? {
        guard let (table, place) = place(partial, role) else { return nil }
        return row(of: key, in: table)?[place]
    }

    /// The row of a group in a table that may know fewer keys.
    private func row(of key: GroupKey, in table: Int) -> [SQLValue]? {
        tables[table].isKeyedAlike ? tables[table].rows[key] : tables[table].rows[reduced(key, tables[table])]
    }

    /// A partial over all groups; nil when it was not asked for.
    func total(_ partial: Partial, _ role: PlannedStatement.Role = .own) -> Int64? {
        guard let (table, place) = place(partial, role) else { return nil }
        return tables[table].rows.values.reduce(0) { $0 &+ ($1[place].integer ?? 0) }
    }

    /// A percentile or distinct count of a group.
    func statistic(of key: GroupKey, where matches: (PlannedStatement.Task) -> Int?) -> SQLValue? {
        for index in tables.indices {
            guard let place = matches(tables[index].statement.task) else { continue }
            return row(of: key, in: index)?[place]
        }
        return nil
    }

    private func reduced(_ key: GroupKey, _ table: Table) -> GroupKey {
        GroupKey(values: table.keyPositions.map { key.values[$0] }, bucket: table.statement.hasBuckets ? key.bucket : 0)
    }
}
