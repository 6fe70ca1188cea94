import Model
import QueryLanguage
import SQLite

/// Planned statements to SQL with bound values.
struct SQLCompiler {
    /// Which rows the statements are about, and how clocks show their times.
    let scope: StatementScope

    /// The SQL of a statement.
    static func statement(_ statement: PlannedStatement) -> SQLStatement {
        SQLCompiler(scope: statement.scope).sql(statement).statement()
    }

    /// A statement in the form that goes through rows in the order of the answer and judges each by itself, until there are
    /// enough; nil where no gain is seen in it. It gives the same rows in the same order.
    ///
    /// Whether the first rows are found soonest so depends on how many satisfy the condition, which is not known before.
    static func walk(_ statement: PlannedStatement) -> SQLStatement? {
        guard case .listing(let columns, let sort, let limit) = statement.task, limit != nil,
            statement.predicate.hasRowConditions
        else { return nil }
        // A condition on a trace's errors or calls holds for many of its newest traces, or for few of all.
        if let first = sort.first, !first.isDescending || first.subject != .field(Field(.time)) { return nil }
        return SQLCompiler(scope: statement.scope).listing(statement, columns, sort, limit, judgesEachRow: true).statement()
    }

    private func sql(_ statement: PlannedStatement) -> SQLFragment {
        switch statement.task {
        case .partials(let partials): self.partials(statement, partials)
        case .percentiles(let quantity, let percents):
            percentileSQL(statement, quantity, percents)
        case .distinct(let field): distinct(statement, field)
        case .common(let field): common(statement, field)
        case .sample: sample(statement)
        case .listing(let columns, let sort, let limit): listing(statement, columns, sort, limit)
        }
    }

    // MARK: Shared parts of statements

    func fields(_ relation: Relation, rollup: Rollup?) -> FieldSQL {
        let time: SQLFragment
        if let rollup {
            time = "(f.bucket * \(raw: String(rollup.widthInNanoseconds)))"
        } else if case .traces = relation {
            time = "r.t"
        } else {
            time = "f.t"
        }
        return FieldSQL(relation, scope, time: time, isRollup: rollup != nil)
    }

    /// The rows themselves, over the whole window.
    var facts: Layer { Layer(rollup: nil, from: scope.window?.from.nanoseconds, to: scope.window?.to.nanoseconds) }

    /// The condition that a row's evidence counts.
    private static func counts(_ alias: String, _ evidence: Evidence) -> SQLFragment {
        "(\(raw: alias).evidence & \(raw: String(evidence.rawValue))) <> 0"
    }

    /// The condition that selects the relation's rows from the facts.
    static func scope(_ relation: Relation, coversEveryKind: Bool, evidence: Evidence) -> SQLFragment {
        switch relation {
        case .calls: return coversEveryKind ? "f.scope IN (0, 1)" : "f.scope = 0"
        case .errors:
            let counts = counts("f", evidence)
            return coversEveryKind ? counts : "f.scope IN (0, 2) AND \(counts)"
        case .traces(let failedOnly): return failedOnly ? "r.failed = 1" : "1"
        case .events: return "f.t IS NOT NULL"
        }
    }

    /// Returns the joins of a statement over facts, in dependency order. All are outer joins, even those with dictionaries, whose
    /// rows always exist: otherwise an engine could start from a dictionary and lose the order of the facts.
    static func joins(_ joins: Set<FieldSQL.Join>, _ relation: Relation, evidence: Evidence) -> SQLFragment {
        var sql: SQLFragment = ""
        let x = relation == .errors ? "f" : "x"
        let owner: String
        switch relation {
        case .traces, .events: owner = "r"
        case .errors, .calls: owner = "f"
        }
        for join in FieldSQL.Join.allCases where joins.contains(join) {
            switch join {
            case .error:
                // A row that does not count as an error has no type, severity or message either.
                sql =
                    sql
                    + " LEFT JOIN err AS x ON x.t = f.t AND x.scope = f.scope AND x.id = f.id AND \(counts("x", evidence))"
            case .model: sql = sql + " LEFT JOIN model AS m ON m.id = f.model"
            case .agent: sql = sql + " LEFT JOIN agent AS a ON a.id = \(raw: owner).agent"
            case .operation: sql = sql + " LEFT JOIN operation AS o ON o.id = f.operation"
            case .deployment: sql = sql + " LEFT JOIN deployment AS d ON d.id = \(raw: owner).deployment"
            case .signature: sql = sql + " LEFT JOIN signature AS g ON g.id = \(raw: x).signature"
            case .message: sql = sql + " LEFT JOIN message AS t ON t.id = \(raw: x).message"
            case .trace: sql = sql + " LEFT JOIN trace AS r ON r.id = f.trace"
            case .span:
                sql =
                    sql
                    + (relation == .errors
                        ? " LEFT JOIN span AS s ON s.id = f.id AND f.scope < 2" : " LEFT JOIN span AS s ON s.id = f.id")
            case .content: sql = sql + " LEFT JOIN span_content AS c ON c.span = s.id"
            case .event: sql = sql + " LEFT JOIN event AS v ON v.id = f.id AND f.scope = 2"
            }
        }
        return sql
    }

    /// Returns `FROM … WHERE …` for the rows of a layer that satisfy the conditions, with the joins that they and the caller
    /// need.
    func source(
        _ statement: PlannedStatement, _ layer: Layer, _ fields: FieldSQL, needs: Set<FieldSQL.Join>,
        and extra: [SQLFragment] = [], enteredBy index: String? = nil, judgesEachRow: Bool = false
    ) -> SQLFragment {
        source(
            statement.relation, statement.predicate, layer, fields, needs: needs, and: extra, enteredBy: index,
            judgesEachRow: judgesEachRow)
    }

    /// The same for rows of a relation that satisfy a condition; errors may be read from another table than `err`.
    func source(
        _ relation: Relation, _ condition: CheckedPredicate, _ layer: Layer, _ fields: FieldSQL, needs: Set<FieldSQL.Join>,
        and extra: [SQLFragment] = [], enteredBy index: String? = nil, judgesEachRow: Bool = false, facts: String = "err"
    ) -> SQLFragment {
        var predicate = PredicateSQL(fields, judgesEachRow: judgesEachRow)
        var conditions: [SQLFragment] = []
        let table: String, column: String
        if let rollup = layer.rollup {
            (table, column) = ("\(rollup.name) AS f", "f.bucket")
            if rollup.dimensions.contains(.scope) {
                conditions.append(scope.coversEveryKind ? "f.scope >= 0" : "f.scope IN (0, 2)")
            }
        } else {
            switch relation {
            case .errors: (table, column) = ("\(facts) AS f", "f.t")
            case .calls: (table, column) = ("call AS f", "f.t")
            case .traces: (table, column) = ("trace AS r", "r.t")
            case .events: (table, column) = ("event AS f", "f.t")
            }
            conditions.append(
                SQLCompiler.scope(relation, coversEveryKind: scope.coversEveryKind, evidence: scope.evidence))
        }
        let width = layer.rollup?.widthInNanoseconds ?? 1
        if let from = layer.from { conditions.append("\(raw: column) >= \(.integer(from / width))") }
        if let to = layer.to { conditions.append("\(raw: column) < \(.integer(to / width))") }
        if layer.rollup == nil, case .traces = relation { conditions.append("r.t IS NOT NULL") }
        for conjunct in condition.conjuncts { conditions.append(predicate.sql(conjunct)) }
        conditions += extra
        if conditions.isEmpty { conditions = ["1"] }
        let joins = SQLCompiler.joins(
            predicate.joins.union(needs), relation, evidence: scope.evidence)
        let hint: SQLFragment = index.map { SQLiteDialect.entered(by: $0) } ?? ""
        return " FROM \(raw: table)\(hint)\(joins) WHERE \(.joined(conditions, " AND "))"
    }

    /// A key as grouped within a layer, and as displayed: dictionary ids are looked up after grouping.
    private struct Key {
        let inner: SQLFragment
        let joins: Set<FieldSQL.Join>
        let outer: SQLFragment
        let outerJoin: SQLFragment
    }

    private func keys(_ statement: PlannedStatement, _ fields: FieldSQL) -> [Key] {
        statement.keys.enumerated().map { index, field in
            let name = "k\(index)"
            if let dictionary = fields.dictionary(field) {
                let needed: Set<FieldSQL.Join> =
                    !fields.isRollup && fields.relation == .calls && field.row.isErrorOnly ? [.error] : []
                return Key(
                    inner: dictionary.column, joins: needed, outer: dictionary.value("d\(index)"),
                    outerJoin:
                        " LEFT JOIN \(raw: dictionary.table) AS d\(raw: String(index)) ON d\(raw: String(index)).id = p.\(raw: name)"
                )
            }
            let (value, joins) = fields.value(field)
            return Key(inner: value, joins: joins, outer: "p.\(raw: name)", outerJoin: "")
        }
    }

    func groupBy(_ count: Int) -> SQLFragment {
        count == 0 ? "" : " GROUP BY \(raw: (1...count).map { String($0) }.joined(separator: ", "))"
    }

    // MARK: Partials

    private func partials(_ statement: PlannedStatement, _ partials: [Partial]) -> SQLFragment {
        var pieces: [SQLFragment] = []
        var outerKeys: [Key] = []
        for layer in RollupChoice(statement).layers {
            let fields = fields(statement.relation, rollup: layer.rollup)
            let keys = keys(statement, fields)
            outerKeys = keys
            var needs = keys.reduce(into: Set<FieldSQL.Join>()) { $0.formUnion($1.joins) }
            var columns = keys.enumerated().map { "\($1.inner) AS k\(raw: String($0))" as SQLFragment }
            if let buckets = statement.buckets { columns.append("\(fields.bucket(buckets)) AS b") }
            let groups = columns.count
            for (index, partial) in partials.enumerated() {
                columns.append("\(self.partial(partial, statement, fields, &needs)) AS v\(raw: String(index))")
            }
            let grouping = keyOrder(statement, layer) ?? groupBy(groups)
            pieces.append("SELECT \(.joined(columns, ", "))\(source(statement, layer, fields, needs: needs))\(grouping)")
        }
        if pieces.isEmpty { return emptyResult(statement, partials.count) }
        var columns = outerKeys.map(\.outer)
        if statement.buckets != nil { columns.append("p.b") }
        let groups = columns.count
        for (index, partial) in partials.enumerated() {
            let function = partial.union == .min ? "min" : partial.union == .max ? "max" : "sum"
            columns.append("\(raw: function)(p.v\(raw: String(index)))")
        }
        let joins = SQLFragment.joined(outerKeys.map(\.outerJoin), "")
        return "SELECT \(.joined(columns, ", ")) FROM (\(.joined(pieces, " UNION ALL "))) AS p\(joins)\(groupBy(groups))"
    }

    /// Groups a rollup's rows in the order of its key, only as finely as the keys need, so that nothing needs sorting; the outer
    /// query combines them. Returns nil if time is not among the keys, which would give many more rows than groups, and if the
    /// rows would be those of the rollup.
    private func keyOrder(_ statement: PlannedStatement, _ layer: Layer) -> SQLFragment? {
        guard let rollup = layer.rollup,
            statement.buckets != nil || statement.keys.contains(where: { $0.isOfCalendar })
        else { return nil }
        let places = statement.keys.compactMap(Rollup.dimension(of:)).compactMap { rollup.dimensions.firstIndex(of: $0) }
        let dimensions = rollup.dimensions[..<((places.max() ?? -1) + 1)]
        guard dimensions.count < rollup.dimensions.count else { return nil }
        return " GROUP BY \(raw: (["bucket"] + dimensions.map(\.rawValue)).map { "f." + $0 }.joined(separator: ", "))"
    }

    /// Returns a statement without rows but with the right columns: an empty window needs no table.
    private func emptyResult(_ statement: PlannedStatement, _ values: Int) -> SQLFragment {
        let columns = statement.keys.count + (statement.buckets != nil ? 1 : 0) + values
        return "SELECT \(raw: Array(repeating: "NULL", count: columns).joined(separator: ", ")) WHERE 0"
    }

    private func partial(
        _ partial: Partial, _ statement: PlannedStatement, _ fields: FieldSQL, _ needs: inout Set<FieldSQL.Join>
    ) -> SQLFragment {
        let isErrors = statement.relation == .errors
        let count: SQLFragment = isErrors ? "f.errors" : "f.calls"
        func condition(_ predicate: CheckedPredicate) -> SQLFragment {
            var sql = PredicateSQL(fields)
            let condition = sql.sql(predicate)
            needs.formUnion(sql.joins)
            return condition
        }
        func value(_ field: Field) -> SQLFragment {
            let (value, joins) = fields.value(field)
            needs.formUnion(joins)
            return value
        }
        switch (partial, fields.isRollup) {
        case (.rows, true): return "sum(\(count))"
        case (.rows, false): return "count(*)"
        case (.failedCalls, true): return isErrors ? "sum(CASE WHEN f.scope < 2 THEN f.errors ELSE 0 END)" : "sum(f.errors)"
        case (.failedCalls, false): return isErrors ? "sum(f.scope < 2)" : "sum(\(value(Field(.failed))))"
        case (.recovered, true): return "sum(CASE WHEN f.recovery > 0 THEN f.errors ELSE 0 END)"
        case (.recovered, false): return "sum(\(value(Field(.recovered))))"
        case (.matching(let predicate), true): return "sum(CASE WHEN \(condition(predicate)) THEN \(count) ELSE 0 END)"
        case (.matching(let predicate), false): return "sum(CASE WHEN \(condition(predicate)) THEN 1 ELSE 0 END)"
        case (.sum(let field), true): return "sum(f.\(raw: Rollup.column(summing: field)!)_sum & 4294967295)"
        case (.sum(let field), false): return "sum(\(value(field)) & 4294967295)"
        case (.carry(let field), true): return "sum(f.\(raw: Rollup.column(summing: field)!)_sum >> 32)"
        case (.carry(let field), false): return "sum(\(value(field)) >> 32)"
        case (.known(let field), true): return "sum(f.\(raw: Rollup.column(summing: field)!)_n)"
        case (.known(let field), false): return "count(\(value(field)))"
        case (.least(let field), _): return "min(\(value(field)))"
        case (.greatest(let field), _): return "max(\(value(field)))"
        }
    }

    // MARK: Listings

    private func listing(
        _ statement: PlannedStatement, _ columns: [Field], _ sort: [SortKey], _ limit: Int?, judgesEachRow: Bool = false
    ) -> SQLFragment {
        let fields = fields(statement.relation, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        func value(_ field: Field) -> SQLFragment {
            let (value, joins) = fields.value(field)
            needs.formUnion(joins)
            return value
        }
        let selected = columns.map { value($0) }
        var order: [SQLFragment] = []
        for key in sort {
            guard case .field(let field) = key.subject else { continue }
            // Missing values come last in both directions.
            let (place, joins) = fields.order(field)
            needs.formUnion(joins)
            order.append("\(place) \(raw: key.isDescending ? "DESC" : "ASC") NULLS LAST")
        }
        order.append("\(fields.time) DESC")
        // Equal times are ordered by id, so that the order does not depend on the store.
        let isTrace: Bool
        if case .traces = statement.relation { isTrace = true } else { isTrace = false }
        if isTrace {
            order += ["r.trace_id", "r.id"]
        } else if statement.relation == .events {
            needs.insert(.trace)
            order += ["f.event_id", "r.trace_id", "f.id"]
        } else {
            needs.formUnion([.span, .trace])
            if statement.relation == .errors {
                needs.insert(.event)
                order.append("coalesce(s.span_id, v.event_id)")
            } else {
                order.append("s.span_id")
            }
            order += ["r.trace_id", "f.scope", "f.id"]
        }
        let source = source(statement, facts, fields, needs: needs, judgesEachRow: judgesEachRow)
        let cut: SQLFragment = limit.map { " LIMIT \(.integer(Int64($0)))" } ?? ""
        return "SELECT \(.joined(selected, ", "))\(source) ORDER BY \(.joined(order, ", "))\(cut)"
    }
}
