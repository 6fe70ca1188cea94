import Model
import QueryLanguage
import SQLite

/// Translates conditions to SQL over one relation.
struct PredicateSQL {
    let fields: FieldSQL
    /// The tables that the conditions need joined; grows as conditions are translated.
    private(set) var joins: Set<FieldSQL.Join> = []
    /// True if each row is tested on its own, for which a few lookups are cheap; false if the matching dictionary rows are first
    /// collected as a set.
    private let judgesEachRow: Bool

    init(_ fields: FieldSQL, judgesEachRow: Bool = false) {
        self.fields = fields
        self.judgesEachRow = judgesEachRow
    }

    /// The condition; true or not true for every row.
    mutating func sql(_ predicate: CheckedPredicate) -> SQLFragment {
        switch predicate {
        case .always(let truth): return truth ? "1" : "0"
        case .and(let parts): return balanced(parts.map { sql($0) }[...], " AND ")
        case .or(let parts): return balanced(parts.map { sql($0) }[...], " OR ")
        case .not(let inner): return SQLiteDialect.isNotTrue(sql(inner))
        case .someRow(let field, let inner): return someRow(inner, field)
        case .isNew(let field): return isNew(field)
        case .isOneOf(let field, _), .ordered(let field, _, _), .glob(let field, _), .has(let field, _), .matches(let field, _),
            .isMissing(let field), .flag(let field):
            return condition(predicate, field)
        }
    }

    /// Joins conditions as a balanced tree, so that a thousand of them nest ten levels deep rather than a thousand.
    private func balanced(_ parts: ArraySlice<SQLFragment>, _ word: String) -> SQLFragment {
        guard parts.count > 8 else { return "(" + .joined(Array(parts), word) + ")" }
        let middle = parts.startIndex + parts.count / 2
        return "(" + balanced(parts[..<middle], word) + SQLFragment(stringLiteral: word) + balanced(parts[middle...], word) + ")"
    }

    private mutating func condition(_ predicate: CheckedPredicate, _ field: Field) -> SQLFragment {
        // There are about as many messages as errors: finding all that match costs more than testing one.
        let isLookedAt = judgesEachRow && field.id == .message
        if !isLookedAt, let key = fields.dictionary(field) {
            let isOfErrorOfCall = !fields.isRollup && fields.relation == .calls && field.row.isErrorOnly
            if isOfErrorOfCall { joins.insert(.error) }
            let isListed: SQLFragment = "\(key.column) IN (\(rows(of: key, predicate, field)))"
            // A call without an error has no dictionary row at all.
            if isOfErrorOfCall, case .isMissing = predicate { return "(\(key.column) IS NULL OR \(isListed))" }
            return isListed
        }
        let (value, needed) = fields.value(field)
        joins.formUnion(needed)
        return test(predicate, field, value)
    }

    /// Returns a query for the ids of the dictionary rows that satisfy the condition.
    private func rows(of key: FieldSQL.DictionaryKey, _ predicate: CheckedPredicate, _ field: Field) -> SQLFragment {
        let test = test(predicate, field, key.value(key.table))
        // The message index narrows a text search; its results are checked against the text itself.
        if field.id == .message, case .has(_, let part) = predicate,
            let candidates = SQLiteDialect.messageCandidates(containing: part)
        {
            return "SELECT id FROM message WHERE id IN (\(candidates)) AND \(test)"
        }
        return "SELECT id FROM \(raw: key.table) WHERE \(test)"
    }

    /// Returns the condition applied to a value of the field.
    private func test(_ predicate: CheckedPredicate, _ field: Field, _ value: SQLFragment) -> SQLFragment {
        if field.type == .tags {
            switch predicate {
            case .isMissing, .ordered: return plainTest(predicate, value)
            default: return SQLiteDialect.anyElement(of: value) { plainTest(predicate, $0) }
            }
        }
        if field.id == .evidence, case .isOneOf(_, let bits) = predicate {
            return "(\(value) & \(.integer(bits.compactMap(\.integer).reduce(0, |)))) <> 0"
        }
        // Ordered comparisons are numeric, all others compare text.
        if field.id == .metadata, case .ordered = predicate {
            return plainTest(predicate, SQLiteDialect.jsonNumber(fields.attributes, key: field.key))
        }
        // An empty text is displayed as missing, so it counts as missing.
        if field.type == .text, !field.isCalendarText, case .isMissing = predicate { return "coalesce(\(value), '') = ''" }
        // Classes are compared by their types, which indexes and rollups contain.
        if field.id == .class, case .isOneOf(_, let types) = predicate {
            let type: SQLFragment = if case .traces = fields.relation { "r.type" } else { "\(raw: fields.error).type" }
            return isOneOf(type, types)
        }
        return plainTest(predicate, value)
    }

    private func plainTest(_ predicate: CheckedPredicate, _ value: SQLFragment) -> SQLFragment {
        switch predicate {
        case .isOneOf(_, let values): return isOneOf(value, values)
        case .ordered(_, let comparison, let bound): return "\(value) \(raw: comparison.rawValue) \(bound)"
        case .glob(_, let glob): return SQLiteDialect.matchesGlob(value, glob)
        case .has(_, let part): return SQLiteDialect.contains(value, part)
        case .matches(_, let pattern): return SQLiteDialect.matchesPattern(value, pattern)
        case .isMissing: return "\(value) IS NULL"
        case .flag: return value
        case .always, .not, .and, .or, .someRow, .isNew: preconditionFailure("joined conditions were taken apart before")
        }
    }

    private func isOneOf(_ value: SQLFragment, _ values: [StoredValue]) -> SQLFragment {
        values.count == 1 ? "\(value) = \(values[0])" : "\(value) IN (\(.joined(values.map { "\($0)" }, ", ")))"
    }

    /// Returns the condition that no call (or error, for error-only fields) before the window has the value.
    private mutating func isNew(_ field: Field) -> SQLFragment {
        guard let from = fields.scope.window?.from.nanoseconds else { return "1" }
        let relation: Relation = fields.relation == .events ? .events : field.row.isErrorOnly ? .errors : .calls
        let earlier = FieldSQL(relation, fields.scope)
        let scope = SQLCompiler.scope(relation, coversEveryKind: true, evidence: fields.scope.evidence)
        let table = relation == .events ? "event" : relation == .errors ? "err" : "call"
        if let key = fields.dictionary(field), let known = earlier.dictionary(field) {
            if !fields.isRollup && fields.relation == .calls && field.row.isErrorOnly { joins.insert(.error) }
            let value = key.value(key.table)
            var ids: SQLFragment = "SELECT \(known.column) FROM \(raw: table) AS f WHERE \(scope) AND f.t < \(.integer(from))"
            if let rollup = Rollup.all.first(where: {
                $0.facts == .calls && $0.widthInSeconds == 3600 && $0.dimensions.map(\.rawValue) == [key.table]
            }),
                fields.scope.evidence == .default
            {
                // Whole hours of calls are in the hourly rollup.
                let hour = rollup.widthInNanoseconds, whole = floorDivide(from, hour)
                ids = """
                    SELECT \(raw: key.table) FROM \(raw: rollup.name) WHERE bucket < \(.integer(whole)) UNION \
                    SELECT \(known.column) FROM call AS f WHERE f.scope = 0 AND f.t >= \(.integer(whole.multipliedStopping(by: hour))) AND f.t < \(.integer(from))
                    """
            }
            return """
                \(key.column) IN (SELECT id FROM \(raw: key.table) WHERE coalesce(\(value), '') <> '' AND \(value) NOT IN \
                (SELECT \(value) FROM \(raw: key.table) WHERE coalesce(\(value), '') <> '' AND id IN (\(ids))))
                """
        }
        let (value, needed) = fields.known(field)
        joins.formUnion(needed)
        let (before, beforeJoins) = earlier.known(field)
        let joined = SQLCompiler.joins(beforeJoins, relation, evidence: fields.scope.evidence)
        return """
            (\(value) IS NOT NULL AND \(value) NOT IN (SELECT \(before) FROM \(raw: table) AS f\(joined) WHERE \(scope) \
            AND f.t < \(.integer(from)) AND \(before) IS NOT NULL))
            """
    }

    /// Returns the condition that one of a trace's errors (for error-only fields) or calls satisfies the condition.
    private func someRow(_ predicate: CheckedPredicate, _ field: Field) -> SQLFragment {
        let relation: Relation = field.isOfErrorsOfTraces ? .errors : .calls
        let inner = FieldSQL(relation, fields.scope)
        var condition = PredicateSQL(inner, judgesEachRow: judgesEachRow)
        let test = condition.sql(predicate)
        let scope = SQLCompiler.scope(relation, coversEveryKind: field.id == .kind, evidence: fields.scope.evidence)
        let table = relation == .errors ? "err" : "call"
        let joins = SQLCompiler.joins(condition.joins, relation, evidence: fields.scope.evidence)
        // Within a trace's own rows, the alias `r` must still refer to the trace.
        if judgesEachRow, !condition.joins.contains(.trace) {
            let rows: SQLFragment =
                relation == .errors
                ? "err AS f\(joins) WHERE f.trace = r.id"
                : """
                span AS w CROSS JOIN call AS f ON f.scope IN (0, 1) AND f.t = coalesce(w."end", w.start) AND f.id = w.id\(joins) \
                WHERE w.trace = r.id
                """
            return "EXISTS (SELECT 1 FROM \(rows) AND \(scope) AND \(test))"
        }
        return "r.id IN (SELECT f.trace FROM \(raw: table) AS f\(joins) WHERE \(scope) AND \(test))"
    }
}
