import Model
import QueryLanguage
import SQLite

/// Percentiles, distinct counts and other statistics that cannot be combined from parts of the window.
extension SQLCompiler {
    func percentileSQL(
        _ statement: PlannedStatement, _ quantity: PlannedStatement.Quantity, _ percents: [Int]
    ) -> SQLFragment {
        let cells = RollupChoice(statement).cellLayers
        return cells.isEmpty ? rankedPercentiles(statement, quantity, percents) : cellPercentiles(statement, cells, percents)
    }

    /// Ranks every known value; the percentile is the value at rank ⌈p·n⌉.
    private func rankedPercentiles(
        _ statement: PlannedStatement, _ quantity: PlannedStatement.Quantity, _ percents: [Int]
    ) -> SQLFragment {
        let (inner, count) = ranked(statement, quantity)
        let names = groupNames(statement)
        var columns = names.map { "q.\(raw: $0)" as SQLFragment }
        for percent in percents {
            columns.append("max(CASE WHEN q.rank = (\(raw: String(percent)) * q.n + 99) / 100 THEN q.value END)")
        }
        return "SELECT \(.joined(columns, ", ")) FROM (\(inner)) AS q\(groupBy(count))"
    }

    private func groupNames(_ statement: PlannedStatement) -> [String] {
        statement.keys.indices.map { "k\($0)" } + (statement.buckets != nil ? ["b"] : [])
    }

    /// Returns keys, bucket, value, its rank within the group and the size of the group, for every row with a known value.
    private func ranked(_ statement: PlannedStatement, _ quantity: PlannedStatement.Quantity) -> (SQLFragment, groups: Int) {
        let fields = fields(statement.relation, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        var value: SQLFragment
        switch quantity {
        case .field(let field):
            let found = fields.value(field)
            value = found.sql
            needs = found.joins
        case .recoveryTime:
            value = "(f.recovered_at - f.t)"
            if let known = scope.knownUntil {
                value = "(CASE WHEN f.recovered_at <= \(.integer(known.nanoseconds)) THEN f.recovered_at - f.t END)"
            }
        }
        let columns = groupColumns(statement, fields, &needs)
        let names = groupNames(statement)
        let source = source(statement, facts, fields, needs: needs, and: ["\(value) IS NOT NULL"])
        let rows: SQLFragment = "SELECT \(.joined(columns + ["\(value) AS value"], ", "))\(source)"
        let partition = names.isEmpty ? "" : "PARTITION BY \(names.joined(separator: ", "))"
        let all = names.map { $0 + ", " }.joined()
        return (
            """
            SELECT \(raw: all)value, row_number() OVER (\(raw: partition) ORDER BY value) AS rank, \
            count(*) OVER (\(raw: partition)) AS n FROM (\(rows))
            """, names.count
        )
    }

    /// Returns the display values of the keys, and the bucket, as columns of single rows.
    private func groupColumns(_ statement: PlannedStatement, _ fields: FieldSQL, _ needs: inout Set<FieldSQL.Join>)
        -> [SQLFragment]
    {
        var columns: [SQLFragment] = []
        for (index, field) in statement.keys.enumerated() {
            let (value, joins) = fields.known(field)
            needs.formUnion(joins)
            columns.append("\(value) AS k\(raw: String(index))")
        }
        if let buckets = statement.buckets { columns.append("\(fields.bucket(buckets)) AS b") }
        return columns
    }

    /// Computes percentiles of latency from cell counts: the counts identify the cell that contains the rank, and an index on
    /// latencies gives the value within it. The result is exact; only the counts and the rows of one cell are read.
    private func cellPercentiles(
        _ statement: PlannedStatement, _ layers: [Layer], _ percents: [Int]
    ) -> SQLFragment {
        var pieces: [SQLFragment] = []
        for layer in layers {
            let fields = fields(.calls, rollup: layer.rollup)
            if layer.rollup != nil {
                let source = source(statement, layer, fields, needs: [])
                pieces.append("SELECT f.model AS model, f.cell AS cell, sum(f.n) AS n\(source) GROUP BY 1, 2")
            } else {
                let source = source(statement, layer, fields, needs: [], and: ["f.lat IS NOT NULL"])
                let cell: SQLFragment = "(SELECT id FROM latency_cell WHERE low <= f.lat ORDER BY low DESC LIMIT 1)"
                pieces.append("SELECT f.model AS model, \(cell) AS cell, count(*) AS n\(source) GROUP BY 1, 2")
            }
        }
        let keyed = statement.keys.enumerated().map { index, field in
            "m.\(raw: field.id == .provider ? "provider" : "name") AS k\(raw: String(index))" as SQLFragment
        }
        let names = groupNames(statement)
        let list = names.map { $0 + ", " }.joined()
        let partition = names.isEmpty ? "" : "PARTITION BY \(names.joined(separator: ", "))"
        // The models of a group by id, so that the index on (model, latency) can be used.
        let isGroup = statement.keys.enumerated().map { index, field in
            "\(raw: field.id == .provider ? "provider" : "name") IS h.k\(raw: String(index))" as SQLFragment
        }
        let models: SQLFragment =
            isGroup.isEmpty ? "SELECT id FROM model" : "SELECT id FROM model WHERE \(.joined(isGroup, " AND "))"
        let whole = facts
        var within = statement
        within.keys = []
        let source = source(
            within, whole, fields(.calls, rollup: nil), needs: [],
            and: ["f.model IN (\(models))", "f.lat >= w.low", "f.lat < w.high"], enteredBy: "call_latency")
        var columns = names.map { "h.\(raw: $0)" as SQLFragment }
        for percent in percents {
            let rank = "((\(percent) * h.total + 99) / 100)"
            columns.append(
                """
                max(CASE WHEN h.before < \(raw: rank) AND \(raw: rank) <= h.before + h.n THEN (SELECT value FROM (SELECT f.lat AS value, \
                row_number() OVER (ORDER BY f.lat) AS rank\(source)) WHERE rank = \(raw: rank) - h.before) END)
                """)
        }
        return """
            WITH cells AS (SELECT \(.joined(keyed + ["p.cell AS cell", "sum(p.n) AS n"], ", ")) FROM (\(.joined(pieces, " UNION ALL "))) AS p \
            JOIN model AS m ON m.id = p.model GROUP BY \(raw: list)cell), \
            h AS (SELECT \(raw: list)cell, n, sum(n) OVER (\(raw: partition) ORDER BY cell) - n AS before, \
            sum(n) OVER (\(raw: partition)) AS total FROM cells) \
            SELECT \(.joined(columns, ", ")) FROM h JOIN latency_cell AS w ON w.id = h.cell\(groupBy(names.count))
            """
    }

    /// Returns the most frequent known value of each group; ties by the order of values.
    func common(_ statement: PlannedStatement, _ field: Field) -> SQLFragment {
        let fields = fields(statement.relation, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        let columns = groupColumns(statement, fields, &needs)
        let (value, joins) = fields.known(field)
        needs.formUnion(joins)
        let (order, orderJoins) = fields.order(field)
        needs.formUnion(orderJoins)
        let names = groupNames(statement)
        let source = source(statement, facts, fields, needs: needs, and: ["\(value) IS NOT NULL"])
        let counted: SQLFragment = """
            SELECT \(.joined(columns + ["\(value) AS value", "\(order) AS place", "count(*) AS n"], ", "))\(source)\
            \(groupBy(columns.count + 2))
            """
        let partition = names.isEmpty ? "" : "PARTITION BY \(names.joined(separator: ", "))"
        let shown = (names.map { "q.\($0)" } + ["q.value"]).joined(separator: ", ")
        return """
            SELECT \(raw: shown) FROM (SELECT *, row_number() OVER (\(raw: partition) ORDER BY n DESC, place, value) AS rank \
            FROM (\(counted))) AS q WHERE q.rank = 1
            """
    }

    /// Returns the times of each group's latest row with a trace: few rows have one of these times, and the latest row of each
    /// group is among them.
    private func newest(_ statement: PlannedStatement, _ fields: FieldSQL) -> SQLFragment {
        var needs: Set<FieldSQL.Join> = []
        var keys = statement.keys.map { identified($0, "k", fields, &needs).inner }
        if let buckets = statement.buckets { keys.append(fields.bucket(buckets)) }
        var hasTrace: SQLFragment = "f.trace IS NOT NULL AND f.trace NOT IN (SELECT id FROM trace WHERE trace_id = '')"
        if case .traces = statement.relation { hasTrace = "r.trace_id <> ''" }
        let source = source(statement, facts, fields, needs: needs, and: [hasTrace])
        let grouping: SQLFragment = keys.isEmpty ? "" : " GROUP BY \(.joined(keys, ", "))"
        return "SELECT max(\(fields.time))\(source)\(grouping)"
    }

    /// Returns the trace id of the latest row of each group; for equal times, the smallest id.
    func sample(_ statement: PlannedStatement) -> SQLFragment {
        let fields = fields(statement.relation, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        let columns = groupColumns(statement, fields, &needs)
        let (trace, joins) = fields.known(Field(.trace))
        needs.formUnion(joins)
        let names = groupNames(statement)
        let source = source(
            statement, facts, fields, needs: needs,
            and: ["\(fields.time) IN (\(newest(statement, fields)))", "\(trace) IS NOT NULL"])
        let partition = names.isEmpty ? "" : "PARTITION BY \(names.joined(separator: ", "))"
        let shown = (names.map { "q.\($0)" } + ["q.trace"]).joined(separator: ", ")
        return """
            SELECT \(raw: shown) FROM (SELECT *, row_number() OVER (\(raw: partition) ORDER BY t DESC, trace) AS rank \
            FROM (SELECT \(.joined(columns + ["\(trace) AS trace", "\(fields.time) AS t"], ", "))\(source))) AS q WHERE q.rank = 1
            """
    }

    /// Counts distinct values: pairs of group and value are deduplicated by id, and only the remaining ones are looked up and
    /// counted.
    func distinct(_ statement: PlannedStatement, _ field: Field) -> SQLFragment {
        let fields = fields(statement.relation, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        let keys = statement.keys.enumerated().map { identified($1, "k\($0)", fields, &needs) }
        var value: Identified
        if field.id == .trace {
            // Traces are identified by their row; counting them does not need the text of the id.
            var own: SQLFragment = "f.trace"
            if case .traces = statement.relation { own = "r.id" }
            value = Identified(inner: own, outer: "p.v", outerJoin: "")
        } else {
            value = identified(field, "v", fields, &needs)
        }
        var inner = keys.enumerated().map { "\($1.inner) AS k\(raw: String($0))" as SQLFragment }
        var columns = keys.map(\.outer)
        if let buckets = statement.buckets {
            inner.append("\(fields.bucket(buckets)) AS b")
            columns.append("p.b")
        }
        let groups = columns.count
        let source = source(statement, facts, fields, needs: needs)
        let joins = SQLFragment.joined((keys + [value]).map(\.outerJoin), "")
        return """
            SELECT \(.joined(columns + ["count(DISTINCT \(value.outer))"], ", ")) FROM (SELECT DISTINCT \
            \(.joined(inner + ["\(value.inner) AS v"], ", "))\(source)) AS p\(joins)\(groupBy(groups))
            """
    }

    /// A field in the form that is fastest to compare: its id if it is in a dictionary. `outer` is the display value in terms of
    /// a table `p` whose column `name` is `inner`.
    private struct Identified {
        let inner: SQLFragment
        let outer: SQLFragment
        let outerJoin: SQLFragment
    }

    private func identified(_ field: Field, _ name: String, _ fields: FieldSQL, _ needs: inout Set<FieldSQL.Join>) -> Identified {
        guard let dictionary = fields.dictionary(field) else {
            let (value, joins) = fields.known(field)
            needs.formUnion(joins)
            return Identified(inner: value, outer: "p.\(raw: name)", outerJoin: "")
        }
        if fields.relation == .calls && field.row.isErrorOnly { needs.insert(.error) }
        let value = dictionary.value("d\(name)")
        return Identified(
            inner: dictionary.column, outer: field.type == .text ? "nullif(\(value), '')" : value,
            outerJoin: " LEFT JOIN \(raw: dictionary.table) AS d\(raw: name) ON d\(raw: name).id = p.\(raw: name)")
    }
}
