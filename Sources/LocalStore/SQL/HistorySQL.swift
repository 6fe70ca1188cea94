import Model
import QueryLanguage
import SQLite

/// A history as SQL: its rows one by one, or by whole minutes of a rollup, and how packed segments stand for them.
struct HistorySQL {
    let request: HistoryRequest
    /// The rollup of minutes that the rows come from; nil for rows with their own times.
    let rollup: Rollup?

    init(_ request: HistoryRequest) {
        self.request = request
        let isCounted = request.relation == .calls && request.fields.isEmpty && request.conditions.isEmpty
        rollup = isCounted && request.allowsMinutes ? HistorySQL.minutes(request) : nil
    }

    private var keys: [Field] { request.keys }
    private var predicate: CheckedPredicate { request.predicate }

    /// The statement of a part of the window. Its columns: time in nanoseconds; for rows of minutes the number of rows, those on
    /// the minute's first instant, the failed ones of all and of those; else whether the call failed, the instant at which it was
    /// recovered (both NULL where they have no meaning), and its `HistoryColumns.Life`; then keys, fields and conditions. Ordered by
    /// time.
    func statement(of window: Window) -> SQLStatement {
        var part = request
        part.scope = request.scope.moved(to: window)
        let sql = HistorySQL(part)
        return (rollup.map(sql.byMinute) ?? sql.rowByRow()).statement()
    }

    /// The statement that finds each group of the window once, with the first instant at which it was known. Its columns are
    /// those of rows with their own times.
    var groups: SQLStatement { (rollup.map(groupsByMinute) ?? groupsOfRows()).statement() }

    /// The window that `statement` reads: whole minutes where these are read.
    var window: Window {
        guard let width = rollup?.widthInNanoseconds else { return request.window }
        return Window(
            from: Timestamp(nanoseconds: request.window.from.nanoseconds.flooredStopping(to: width)),
            to: Timestamp(
                nanoseconds: (floorDivide(request.window.to.nanoseconds, width) + 1).multipliedStopping(by: width)))
    }

    /// What is taken of packed segments in place of rows.
    enum Packing {
        /// Errors of the kinds that this statement gives: in place of a row's time stands the kind's id, all else is as in a row.
        case kinds(SQLStatement)
        /// All minutes.
        case minutes
    }

    /// How the rows are found in packed segments; nil when only the statement finds them.
    var packing: Packing? {
        if let rollup { return rollup.dimensions.isEmpty ? .minutes : nil }
        let asked = (request.conditions + [predicate]).reduce(Set(keys)) { $0.union($1.fields) }
        guard request.relation == .errors, request.fields.isEmpty, asked.allSatisfy(HistorySQL.isOfKinds),
            !(request.conditions + [predicate]).contains(where: \.looksBack)
        else { return nil }
        return .kinds(ofKinds().statement())
    }

    /// For each key that is read as the number of a dictionary's row: ids and texts.
    var dictionaries: [SQLStatement?] {
        let sql = compiler().fields(request.relation, rollup: rollup)
        return keys.map { field in
            guard let key = dictionary(sql, field) else { return nil }
            let names: SQLFragment = "SELECT d.id, \(key.value("d")) FROM \(raw: key.table) AS d"
            return names.statement()
        }
    }

    /// The dictionary by whose numbers a key is read: their texts are looked up once, not for each row.
    private func dictionary(_ sql: FieldSQL, _ field: Field) -> FieldSQL.DictionaryKey? {
        // What only errors have stands in another table for calls.
        sql.relation == .calls && field.row.isErrorOnly ? nil : sql.dictionary(field)
    }

    /// A key as it is read, and the tables it needs.
    private func key(_ sql: FieldSQL, _ field: Field) -> (SQLFragment, Set<FieldSQL.Join>) {
        dictionary(sql, field).map { ($0.column, []) } ?? sql.known(field)
    }

    /// The rollup of minutes that knows all that is asked for; nil when none does.
    private static func minutes(_ request: HistoryRequest) -> Rollup? {
        guard request.scope.evidence == .default, !request.scope.coversEveryKind else { return nil }
        let dimensions = request.predicate.fields.union(request.keys).map { Rollup.dimension(of: $0) }
        guard dimensions.allSatisfy({ $0 == .model || $0 == .agent }) else { return nil }
        return Rollup.all.first { rollup in
            rollup.facts == .calls && rollup.widthInSeconds == 60 && dimensions.allSatisfy { rollup.dimensions.contains($0!) }
        }
    }

    private func compiler(knownUntil: Timestamp? = nil) -> SQLCompiler {
        var scope = request.scope
        if let knownUntil { scope.knownUntil = knownUntil }
        return SQLCompiler(scope: scope)
    }

    /// Rows with their own times. Where the question asks whether errors were recovered, a row that was counts as open until
    /// then, and as recovered from then on: it comes once for each of the two that the question takes.
    private func rowByRow() -> SQLFragment {
        guard asksForRecovery(keys + request.fields, request.conditions + [predicate]) else {
            return exact(life: .whole) + " ORDER BY 1"
        }
        return exact(life: .untilRecovered) + " UNION ALL " + exact(life: .sinceRecovered) + " ORDER BY 1"
    }

    /// True when it matters whether a row was recovered, of errors or calls.
    private func asksForRecovery(_ fields: [Field], _ conditions: [CheckedPredicate]) -> Bool {
        guard request.relation == .errors || request.relation == .calls else { return false }
        return conditions.reduce(Set(fields)) { $0.union($1.fields) }.contains { $0.id == .recovered || $0.id == .outcome }
    }

    private func exact(life: HistoryColumns.Life) -> SQLFragment {
        let beginning = Timestamp(nanoseconds: .min), relation = request.relation
        let compiler = compiler(knownUntil: life == .untilRecovered ? beginning : nil)
        let sql = compiler.fields(relation, rollup: nil), x = sql.error
        var needs: Set<FieldSQL.Join> = []
        func value(_ found: (SQLFragment, Set<FieldSQL.Join>)) -> SQLFragment {
            needs.formUnion(found.1)
            return found.0
        }
        func holds(_ predicate: CheckedPredicate, _ sql: FieldSQL) -> SQLFragment {
            var written = PredicateSQL(sql)
            defer { needs.formUnion(written.joins) }
            return written.sql(predicate)
        }
        var columns: [SQLFragment] = [sql.time], extra: [SQLFragment] = []
        switch relation {
        case .errors: columns += ["(f.scope < 2)", "CASE WHEN f.recovery > 0 THEN f.recovered_at END"]
        case .calls where life != .whole:
            needs.insert(.error)
            columns += [value(sql.known(Field(.failed))), "CASE WHEN x.recovery > 0 THEN x.recovered_at END"]
        case .calls: columns += [value(sql.known(Field(.failed))), "NULL"]
        case .traces: columns += ["r.failed", "NULL"]
        case .events: columns += ["0", "NULL"]
        }
        if life == .sinceRecovered {
            let before = self.compiler(knownUntil: beginning).fields(relation, rollup: nil)
            columns.append(
                "CASE WHEN \(holds(predicate, before)) THEN \(raw: String(HistoryColumns.Life.sinceRecovered.rawValue)) ELSE \(raw: String(HistoryColumns.Life.onlySinceRecovered.rawValue)) END"
            )
            extra = ["\(raw: x).recovery > 0 AND \(raw: x).recovered_at IS NOT NULL"]
        } else {
            columns.append("\(raw: String(life.rawValue))")
        }
        columns += keys.map { value(key(sql, $0)) } + request.fields.map { value(sql.known($0)) }
        columns += request.conditions.map { "CASE WHEN \(holds($0, sql)) THEN 1 ELSE 0 END" }
        let source = compiler.source(request.relation, predicate, compiler.facts, sql, needs: needs, and: extra)
        return "SELECT \(.joined(columns, ", "))\(source)"
    }

    // The groups of a window, each once: what a rule about silence must know of the time before it looks back. The columns are
    // those of rows; the time is the first at which the group was known.

    private func groupsOfRows() -> SQLFragment {
        guard asksForRecovery(keys, [predicate]) else { return groups(life: .whole) }
        return groups(life: .untilRecovered) + " UNION ALL " + groups(life: .sinceRecovered)
    }

    private func groups(life: HistoryColumns.Life) -> SQLFragment {
        let relation = request.relation,
            compiler = compiler(knownUntil: life == .untilRecovered ? Timestamp(nanoseconds: .min) : nil)
        let sql = compiler.fields(relation, rollup: nil), recovered: SQLFragment = "\(raw: sql.error).recovered_at"
        var needs: Set<FieldSQL.Join> = life == .whole || relation != .calls ? [] : [.error]
        let names = keys.map { field -> SQLFragment in
            let (value, joins) = key(sql, field)
            needs.formUnion(joins)
            return value
        }
        var known = sql.time, extra: [SQLFragment] = []
        switch life {
        case .whole: break
        case .untilRecovered:
            // What was recovered at once was never open.
            extra = ["(\(recovered) IS NULL OR \(raw: sql.error).recovery = 0 OR \(recovered) > \(sql.time))"]
        case .sinceRecovered, .onlySinceRecovered:
            known = "CASE WHEN \(recovered) > \(sql.time) THEN \(recovered) ELSE \(sql.time) END"
            extra = ["\(raw: sql.error).recovery > 0 AND \(recovered) IS NOT NULL"]
        }
        let source = compiler.source(request.relation, predicate, compiler.facts, sql, needs: needs, and: extra)
        return grouped(known, names, source)
    }

    private func groupsByMinute(_ rollup: Rollup) -> SQLFragment {
        let compiler = compiler(), sql = compiler.fields(.calls, rollup: rollup)
        var needs: Set<FieldSQL.Join> = []
        let names = keys.map { field -> SQLFragment in
            let (value, joins) = key(sql, field)
            needs.formUnion(joins)
            return value
        }
        let width = rollup.widthInNanoseconds
        let layer = Layer(
            rollup: rollup, from: floorDivide(request.window.from.nanoseconds, width) * width,
            to: floorDivide(request.window.to.nanoseconds, width) * width)
        return grouped(sql.time, names, compiler.source(.calls, predicate, layer, sql, needs: needs))
    }

    private func grouped(_ known: SQLFragment, _ names: [SQLFragment], _ source: SQLFragment) -> SQLFragment {
        let places = names.indices.map { String($0 + 5) }.joined(separator: ", ")
        return "SELECT min(\(known)), 0, NULL, 0, \(.joined(names, ", "))\(source) GROUP BY \(raw: places)"
    }

    /// True for fields that all errors of a kind have in common: columns of `error_kind`, and what dictionaries say of them.
    private static func isOfKinds(_ field: Field) -> Bool {
        switch field.id {
        case .type, .class, .severity, .origin, .evidence, .status, .failed, .model, .provider, .agent, .kind, .name,
            .environment,
            .release, .service, .project:
            true
        default: false
        }
    }

    /// The kinds of errors that are asked for, in the columns of rows; in place of the time stands the kind's id.
    private func ofKinds() -> SQLFragment {
        let compiler = compiler(), sql = compiler.fields(.errors, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        var columns: [SQLFragment] = ["f.id", "(f.scope < 2)", "NULL", "0"]
        for field in keys {
            let (value, joins) = key(sql, field)
            columns.append(value)
            needs.formUnion(joins)
        }
        for condition in request.conditions {
            var written = PredicateSQL(sql)
            columns.append("CASE WHEN \(written.sql(condition)) THEN 1 ELSE 0 END")
            needs.formUnion(written.joins)
        }
        let source = compiler.source(
            .errors, predicate, Layer(rollup: nil, from: nil, to: nil), sql, needs: needs, facts: "error_kind")
        return "SELECT \(.joined(columns, ", "))\(source) ORDER BY 1"
    }

    private func byMinute(_ rollup: Rollup) -> SQLFragment {
        let compiler = compiler(), sql = compiler.fields(.calls, rollup: rollup)
        var needs: Set<FieldSQL.Join> = []
        let names = keys.map { field -> SQLFragment in
            let (value, joins) = key(sql, field)
            needs.formUnion(joins)
            return value
        }
        // Whole minutes around the window: those that no evaluation looks at are harmless.
        let layer = Layer(rollup: rollup, from: window.from.nanoseconds, to: window.to.nanoseconds)
        let source = compiler.source(.calls, predicate, layer, sql, needs: needs)
        let sums: [SQLFragment] = ["sum(f.calls)", "sum(f.calls_on)", "sum(f.errors)", "sum(f.errors_on)"]
        // By the bucket itself, in whose order the rollup lies: nothing is sorted for it.
        let group = (["f.bucket"] + names.indices.map { String($0 + 6) }).joined(separator: ", ")
        return "SELECT \(.joined([sql.time] + sums + names, ", "))\(source) GROUP BY \(raw: group) ORDER BY f.bucket"
    }
}

extension CheckedPredicate {
    /// True when it asks what was before the window.
    fileprivate var looksBack: Bool {
        switch self {
        case .isNew: true
        case .not(let inner), .someRow(_, let inner): inner.looksBack
        case .and(let parts), .or(let parts): parts.contains(where: \.looksBack)
        default: false
        }
    }
}
