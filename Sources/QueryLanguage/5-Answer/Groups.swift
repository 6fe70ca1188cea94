import Model

/// A group of a query: the index of its name in `Groups.names`, and that of its bucket (0 without buckets).
struct GroupKey: Hashable {
    var name: Int
    var bucket: Int
}

/// The values of every group of a query, collected from the rows of its statements.
struct Groups {
    /// The partials or statistics of one statement, by group.
    struct Table {
        let statement: PlannedStatement
        /// The partials in column order; empty for statistics.
        let partials: [Partial]
        /// The indices of this statement's keys among the query's keys.
        var keyPositions: [Int]
        /// The number of columns before the values.
        let firstValue: Int
        /// Rows as returned by the engine, by the table's own names, which are those of the groups if it has every key.
        var rows: [GroupKey: [StoredValue]] = [:]
        /// For a table without some keys, its own name for each name of the groups; nil where it has no row.
        var ownNames: [Int?]?
    }

    let plan: Plan
    /// The decoded keys of every group from statements with all keys.
    private(set) var names: [[Value]] = []
    private(set) var tables: [Table] = []
    private let placeOfBucket: [Int64: Int]
    /// The indices of names from other queries.
    private var placesOfFurther: Set<Int> = []

    /// Collects the rows, one set per statement of the plan, in its order.
    /// - Parameter further: Names from other queries, which are groups as well.
    init(_ plan: Plan, rows: [[[StoredValue]]], further: Set<[Value]> = []) {
        self.plan = plan
        var places: [Int64: Int] = [:]
        for (place, key) in (plan.buckets?.keys ?? []).enumerated() { places[key] = place }
        placeOfBucket = places
        // A query without keys has a single group, even without rows.
        var known = Names(plan.query.keys.isEmpty ? [[]] : [])
        var own: [Names?] = []
        for (statement, rows) in zip(plan.statements, rows) {
            let positions = statement.keys.map { plan.query.keys.firstIndex(of: $0)! }
            if positions == Array(plan.query.keys.indices) {
                tables.append(table(statement, positions, rows, &known))
                own.append(nil)
            } else {
                var names = Names([])
                tables.append(table(statement, positions, rows, &names))
                own.append(names)
            }
        }
        for name in further { placesOfFurther.insert(known.place(of: name)) }
        names = known.all
        for (index, own) in own.enumerated() {
            guard let own else { continue }
            let positions = tables[index].keyPositions
            tables[index].ownNames = names.map { name in own.places[positions.map { name[$0] }] }
        }
    }

    /// Names in order of first appearance.
    private struct Names {
        var all: [[Value]] = []
        var places: [[Value]: Int] = [:]

        init(_ names: [[Value]]) { for name in names { _ = place(of: name) } }

        mutating func place(of name: [Value]) -> Int {
            if let place = places[name] { return place }
            all.append(name)
            places[name] = all.count - 1
            return all.count - 1
        }
    }

    private func table(_ statement: PlannedStatement, _ positions: [Int], _ rows: [[StoredValue]], _ names: inout Names) -> Table
    {
        var partials: [Partial] = []
        if case .partials(let summed) = statement.task { partials = summed }
        let keys = statement.keys
        var table = Table(
            statement: statement, partials: partials, keyPositions: positions,
            firstValue: keys.count + (statement.buckets != nil ? 1 : 0))
        table.rows.reserveCapacity(rows.count)
        // Consecutive rows often have the same name: decode it once.
        var last: (keys: ArraySlice<StoredValue>, place: Int)?
        for row in rows {
            var bucket = 0
            if statement.buckets != nil {
                // A row without a bucket is the empty sum of a statement without keys; rows outside the axis are ignored.
                guard let number = row[keys.count].integer, let found = placeOfBucket[number] else { continue }
                bucket = found
            }
            let name: Int
            if let last, last.keys == row[..<keys.count] {
                name = last.place
            } else {
                name = names.place(of: keys.indices.map { FieldCodec.value(keys[$0], row[$0]) })
                last = (row[..<keys.count], name)
            }
            Groups.add(row, to: &table, GroupKey(name: name, bucket: bucket))
        }
        return table
    }

    /// Adds a row; rows with the same display key, such as an empty text and NULL, are one group.
    private static func add(_ row: [StoredValue], to table: inout Table, _ key: GroupKey) {
        guard var known = table.rows.updateValue(row, forKey: key) else { return }
        for (place, partial) in table.partials.enumerated() {
            let column = table.firstValue + place
            known[column] = union(partial.union, known[column], row[column])
        }
        table.rows[key] = known
    }

    /// Returns the folded groups combined: one group per bucket, without keys. A table without some keys cannot distinguish
    /// groups and counts entirely. Percentiles and distinct counts cannot be combined and are omitted.
    func folded(_ isFolded: (Int) -> Bool) -> Groups {
        var folded = self
        folded.names = [[]]
        for index in tables.indices {
            let table = tables[index]
            folded.tables[index].keyPositions = []
            folded.tables[index].ownNames = nil
            folded.tables[index].rows = [:]
            guard case .partials = table.statement.task else { continue }
            for (key, row) in table.rows where table.ownNames != nil || isFolded(key.name) {
                Groups.add(row, to: &folded.tables[index], GroupKey(name: 0, bucket: key.bucket))
            }
        }
        return folded
    }

    /// Combines two partial values; a missing value counts as nothing.
    private static func union(_ union: Partial.Union, _ a: StoredValue, _ b: StoredValue) -> StoredValue {
        guard let x = a.integer, let y = b.integer else { return a == .null ? b : a }
        switch union {
        case .sum: return .integer(x &+ y)
        case .min: return .integer(min(x, y))
        case .max: return .integer(max(x, y))
        }
    }

    /// Returns the indices of the existing names, whether or not they have rows in every bucket: those of the noun's own rows, of
    /// these other roles, and of other queries.
    func places(with roles: Set<PlannedStatement.Role>) -> [Int] {
        var isThere = [Bool](repeating: plan.query.keys.isEmpty, count: names.count)
        for (index, table) in tables.enumerated() where index == 0 || roles.contains(table.statement.role) {
            guard table.ownNames == nil, case .partials = table.statement.task else { continue }
            for key in table.rows.keys { isThere[key.name] = true }
        }
        for place in placesOfFurther { isThere[place] = true }
        return isThere.indices.filter { isThere[$0] }
    }

    /// Returns true if the plan includes this role.
    func has(_ role: PlannedStatement.Role) -> Bool { table(role) != nil }

    private func table(_ role: PlannedStatement.Role) -> Int? {
        tables.firstIndex { $0.statement.role == role && !$0.partials.isEmpty }
    }

    /// Returns the table of a role and the column of a partial; nil if the plan does not include it.
    private func place(_ partial: Partial, _ role: PlannedStatement.Role) -> (table: Int, column: Int)? {
        guard let table = table(role), let place = tables[table].partials.firstIndex(of: partial) else { return nil }
        return (table, tables[table].firstValue + place)
    }

    /// Returns a partial of a group; nil if the statement has no row for it.
    func partial(_ partial: Partial, of key: GroupKey, _ role: PlannedStatement.Role = .own) -> StoredValue? {
        guard let (table, column) = place(partial, role) else { return nil }
        return row(of: key, in: table)?[column]
    }

    /// Returns the row of a group in a table that may have fewer keys.
    private func row(of key: GroupKey, in index: Int) -> [StoredValue]? {
        var key = key
        if let own = tables[index].ownNames {
            guard let name = own[key.name] else { return nil }
            key.name = name
        }
        if tables[index].statement.buckets == nil { key.bucket = 0 }
        return tables[index].rows[key]
    }

    /// Returns a partial summed over all groups; nil if the plan does not include it.
    func total(_ partial: Partial, _ role: PlannedStatement.Role = .own) -> Int64? {
        guard let (table, column) = place(partial, role) else { return nil }
        return tables[table].rows.values.reduce(0) { $0 &+ ($1[column].integer ?? 0) }
    }

    /// Returns a percentile or distinct count of a group.
    func statistic(of key: GroupKey, where matches: (PlannedStatement.Task) -> Int?) -> StoredValue? {
        for index in tables.indices {
            guard let place = matches(tables[index].statement.task) else { continue }
            return row(of: key, in: index)?[tables[index].firstValue + place]
        }
        return nil
    }
}
