import Model
import QueryLanguage
import SQLite

/// Locates the value of a field in a row of a relation.
struct FieldSQL {
    /// A field determined by a dictionary row; facts and rollups contain the row's id.
    struct DictionaryKey {
        /// The column with the id in the facts or in a rollup.
        let column: SQLFragment
        let table: String
        /// The field's value in terms of the dictionary's columns, prefixed with this alias.
        let value: (_ alias: String) -> SQLFragment
    }

    let relation: Relation
    /// Which rows are asked about, and how clocks show their times.
    let scope: StatementScope
    /// The time of the row in nanoseconds.
    let time: SQLFragment
    /// True if the row is from a rollup, which contains ids only.
    let isRollup: Bool

    private var evidence: Evidence { scope.evidence }
    private var offsets: [ZoneOffset] { scope.offsets }

    init(_ relation: Relation, _ scope: StatementScope, time: SQLFragment = "f.t", isRollup: Bool = false) {
        (self.relation, self.scope, self.time, self.isRollup) = (relation, scope, time, isRollup)
    }

    /// Tables that a statement must join, by alias; a set, so that each is joined once.
    enum Join: Int, CaseIterable {
        case trace, error, model, agent, operation, deployment, signature, message, span, content, event
    }

    /// The alias of `err`.
    var error: String { relation == .errors ? "f" : "x" }

    /// The JSON object with the metadata of a row.
    var attributes: SQLFragment { relation == .events ? "f.attributes" : "c.attributes" }

    // MARK: Dictionaries

    /// Returns the dictionary that determines the field; nil for fields of the rows themselves.
    func dictionary(_ field: Field) -> DictionaryKey? {
        // Events contain names rather than ids.
        if relation == .events { return nil }
        func key(_ column: String, _ table: String, _ value: String) -> DictionaryKey {
            DictionaryKey(column: "\(raw: column)", table: table) { "\(raw: $0).\(raw: value)" }
        }
        let owner: String
        switch relation {
        case .traces: owner = "r"
        default: owner = "f"
        }
        switch field.id {
        case .model: return key("f.model", "model", "name")
        case .provider: return key("f.model", "model", "provider")
        case .agent: return key("\(owner).agent", "agent", "name")
        case .kind: return key("f.operation", "operation", "kind")
        case .name where owner == "f": return key("f.operation", "operation", "name")
        case .environment: return key("\(owner).deployment", "deployment", "environment")
        case .release: return key("\(owner).deployment", "deployment", "\"release\"")
        case .service: return key("\(owner).deployment", "deployment", "service")
        case .project: return key("\(owner).deployment", "deployment", "project")
        case .signature: return key("\(error).signature", "signature", "text")
        case .message: return key("\(error).message", "message", "text")
        default: return nil
        }
    }

    // MARK: Values

    /// Returns the field's value as an expression, and the tables that must be joined.
    func value(_ field: Field) -> (sql: SQLFragment, joins: Set<Join>) {
        if field.isBinned {
            let (value, joins) = self.value(Field(field.id, key: field.key))
            return (binned(value, Bins.bounds(of: field)), joins)
        }
        if let calendar = calendar(field) { return (calendar, []) }
        if case .traces = relation, let own = traceValue(field) { return own }
        if relation == .events { return eventValue(field) }
        let x = error
        let errorJoin: Set<Join> = relation == .errors ? [] : [.error]
        switch field.id {
        case .time: return (time, [])
        case .type: return ("\(raw: x).type", isRollup ? [] : errorJoin)
        case .class: return (classNumber("\(raw: x).type"), isRollup ? [] : errorJoin)
        case .severity: return ("\(raw: x).severity", errorJoin)
        case .code: return ("\(raw: x).code", errorJoin)
        case .origin: return ("\(raw: x).origin", errorJoin)
        case .evidence: return ("nullif(f.evidence, 0)", [])
        // An error has the status of its record, or one found in its text.
        case .status where relation == .errors: return ("f.status", [])
        case .status: return ("coalesce(x.status, s.http_status)", errorJoin.union([.span]))
        case .recovered: return (isRollup ? "(f.recovery > 0)" : "(\(isRecovered(x)))", isRollup ? [] : errorJoin)
        case .failed: return ("((f.evidence & \(raw: String(evidence.rawValue))) <> 0)", [])
        case .outcome:
            let mask = String(evidence.rawValue)
            return (
                "(CASE WHEN (f.evidence & \(raw: mask)) = 0 THEN 0 WHEN \(isRecovered(x)) THEN 1 ELSE 2 END)", errorJoin
            )
        case .latency, .duration: return ("f.lat", [])
        case .cost: return ("f.cost", [])
        case .inputTokens: return ("f.tin", [])
        case .outputTokens: return ("f.tout", [])
        case .tokens: return ("f.tok", [])
        case .ttft: return ("(s.first_token - s.start)", [.span])
        case .cachedTokens: return ("s.tin_cached", [.span])
        case .reasoningTokens: return ("s.tout_reasoning", [.span])
        case .attempt: return ("s.attempt", [.span])
        case .attempts: return ("s.attempts_made", [.span])
        case .retries: return ("(s.attempts_made - 1)", [.span])
        case .finish: return ("s.finish", [.span])
        case .fallback: return ("(s.fallback_from IS NOT NULL)", [.span])
        case .fallbackFrom: return ("s.fallback_from", [.span])
        case .retryOf: return ("s.retry_of", [.span])
        case .modelRequested: return ("s.model_requested", [.span])
        case .host: return ("s.host", [.span])
        case .prompt: return ("s.prompt_name", [.span])
        case .promptVersion: return ("s.prompt_version", [.span])
        // An exception event without a call has its class itself.
        case .exceptionType where relation == .errors: return ("coalesce(s.exception_type, v.exception_type)", [.span, .event])
        case .exceptionType: return ("(CASE WHEN x.type IS NOT NULL THEN s.exception_type END)", errorJoin.union([.span]))
        case .tool: return ("(CASE WHEN o.kind = \(raw: String(SpanKind.tool.rawValue)) THEN o.name END)", [.operation])
        case .inputDigest: return ("(CASE WHEN s.input_digest IS NOT NULL THEN printf('%016x', s.input_digest) END)", [.span])
        case .requestID: return ("s.request_id", [.span])
        case .span: return ("s.span_id", [.span])
        case .trace: return ("r.trace_id", [.trace])
        case .user: return ("coalesce(s.user, r.user)", [.span, .trace])
        case .session: return ("coalesce(s.session, r.session)", [.span, .trace])
        case .tag: return ("coalesce(s.tags, r.tags)", [.span, .trace])
        case .errors: return ("r.errors", [.trace])
        case .calls: return ("r.calls", [.trace])
        case .metadata: return (SQLiteDialect.jsonText(attributes, key: field.key), [.span, .content])
        case .model, .provider: return ("m.\(raw: field.id == .model ? "name" : "provider")", [.model])
        case .agent: return ("a.name", [.agent])
        case .name: return ("o.name", [.operation])
        case .kind: return ("o.kind", [.operation])
        case .environment, .service, .project: return ("d.\(raw: field.id.rawValue)", [.deployment])
        case .release: return ("d.\"release\"", [.deployment])
        case .signature: return ("g.text", errorJoin.union([.signature]))
        case .message: return ("t.text", errorJoin.union([.message]))
        case .event: preconditionFailure("only events have a kind of event")
        case .hour, .weekday, .day, .week, .month: preconditionFailure("calendar fields were handled above")
        }
    }

    /// The condition that an error was recovered by the known time.
    private func isRecovered(_ alias: String) -> SQLFragment {
        guard let knownUntil = scope.knownUntil else { return "\(raw: alias).recovery > 0" }
        return "\(raw: alias).recovery > 0 AND \(raw: alias).recovered_at <= \(.integer(knownUntil.nanoseconds))"
    }

    /// Returns the lower bound of the value's bin by binary search; −1 below all bins.
    private func binned(_ value: SQLFragment, _ bounds: [Int64]) -> SQLFragment {
        func search(_ low: Int, _ high: Int) -> String {
            if high - low == 1 { return String(bounds[low]) }
            let middle = (low + high) / 2
            return "CASE WHEN v < \(bounds[middle]) THEN \(search(low, middle)) ELSE \(search(middle, high)) END"
        }
        let tree = search(0, bounds.count)
        return "(SELECT CASE WHEN v IS NULL THEN NULL WHEN v < 0 THEN -1 ELSE \(raw: tree) END FROM (SELECT \(value) AS v))"
    }

    /// Returns the field's value with an empty text as NULL, as it is displayed.
    func known(_ field: Field) -> (sql: SQLFragment, joins: Set<Join>) {
        let (value, joins) = self.value(field)
        guard field.type == .text, !field.isCalendarText, field.id != .metadata else { return (value, joins) }
        return ("nullif(\(value), '')", joins)
    }

    /// Returns the value for an event or its trace. For a fallback, the model is the fallback model.
    private func eventValue(_ field: Field) -> (SQLFragment, Set<Join>) {
        let isFallback: SQLFragment = "f.kind = \(raw: String(EventKind.fallback.rawValue))"
        switch field.id {
        case .time: return (time, [])
        case .event: return ("f.kind", [])
        case .name: return ("f.name", [])
        case .message: return (SQLiteDialect.errorWords("f.message"), [])
        case .model: return ("(CASE WHEN \(isFallback) THEN coalesce(f.fallback_model, f.model) ELSE f.model END)", [])
        case .provider: return ("f.provider", [])
        case .code: return ("f.error_code", [])
        case .status: return ("f.http_status", [])
        case .fallback: return ("(\(isFallback))", [])
        case .fallbackFrom: return ("(CASE WHEN \(isFallback) THEN f.model END)", [])
        case .span: return ("f.span_id", [])
        case .trace: return ("r.trace_id", [.trace])
        case .user: return ("r.user", [.trace])
        case .session: return ("r.session", [.trace])
        case .tag: return ("r.tags", [.trace])
        case .agent: return ("a.name", [.trace, .agent])
        case .environment, .service, .project: return ("d.\(raw: field.id.rawValue)", [.trace, .deployment])
        case .release: return ("d.\"release\"", [.trace, .deployment])
        case .metadata: return (SQLiteDialect.jsonText(attributes, key: field.key), [])
        default: preconditionFailure("the checker lets only fields of events come here")
        }
    }

    private func traceValue(_ field: Field) -> (SQLFragment, Set<Join>)? {
        switch field.id {
        case .time: return (time, [])
        case .trace: return ("r.trace_id", [])
        case .name: return ("r.name", [])
        case .type: return ("r.type", [])
        case .class: return (classNumber("r.type"), [])
        case .severity: return ("r.severity", [])
        case .cost: return ("r.cost", [])
        case .tokens: return ("r.tokens", [])
        case .errors: return ("r.errors", [])
        case .calls: return ("r.calls", [])
        case .duration, .latency: return ("(r.last - r.first)", [])
        case .failed: return ("r.failed", [])
        case .outcome: return ("(CASE WHEN r.failed = 1 THEN 2 WHEN r.errors > 0 THEN 1 ELSE 0 END)", [])
        case .user: return ("r.user", [])
        case .session: return ("r.session", [])
        case .tag: return ("r.tags", [])
        case .agent: return ("a.name", [.agent])
        case .environment, .service, .project: return ("d.\(raw: field.id.rawValue)", [.deployment])
        case .release: return ("d.\"release\"", [.deployment])
        default: return nil
        }
    }

    /// Returns the index of a type's class in `ErrorClass.allCases`.
    func classNumber(_ type: SQLFragment) -> SQLFragment {
        let cases = ErrorType.allCases.map { "WHEN \($0.rawValue) THEN \(ErrorClass.allCases.firstIndex(of: $0.errorClass)!)" }
        return "(CASE \(type) \(raw: cases.joined(separator: " ")) END)"
    }

    // MARK: Calendar

    /// The time of the row, clamped to the range of civil times.
    private var clockTime: SQLFragment {
        guard scope.reachesLimits else { return time }
        let first = StoredValue.integer(StatementScope.possible.from.nanoseconds),
            last = StoredValue.integer(StatementScope.possible.to.nanoseconds - 1)
        return "(CASE WHEN \(time) < \(first) THEN \(first) WHEN \(time) > \(last) THEN \(last) ELSE \(time) END)"
    }

    /// The time of the row on the zone's clock, in nanoseconds.
    var localTime: SQLFragment {
        let time = clockTime
        if offsets.count == 1 {
            return offsets[0].seconds == 0 ? time : "(\(time) + \(.integer(offsets[0].seconds * 1_000_000_000)))"
        }
        var sql: SQLFragment = "(\(time) + CASE"
        for (index, offset) in offsets.dropLast().enumerated() {
            sql =
                sql
                + " WHEN \(time) < \(.integer(offsets[index + 1].from.nanoseconds)) THEN \(.integer(offset.seconds * 1_000_000_000))"
        }
        return sql + " ELSE \(.integer((offsets.last?.seconds ?? 0) * 1_000_000_000)) END)"
    }

    private var localDay: SQLFragment { floor(localTime, 86_400_000_000_000) }

    /// Integer division that rounds down, including before 1970.
    private func floor(_ a: SQLFragment, _ b: Int64) -> SQLFragment {
        if scope.isAfterEpoch { return SQLiteDialect.divide(a, by: b) }
        return SQLiteDialect.divide("(\(a) - (\(a) % \(raw: String(b)) + \(raw: String(b))) % \(raw: String(b)))", by: b)
    }

    /// The remainder of a division that rounds down.
    private func rest(_ a: SQLFragment, _ b: Int64) -> SQLFragment {
        if scope.isAfterEpoch { return "(\(a) % \(raw: String(b)))" }
        return "((\(a) % \(raw: String(b)) + \(raw: String(b))) % \(raw: String(b)))"
    }

    private func calendar(_ field: Field) -> SQLFragment? {
        switch field.id {
        case .hour: rest(floor(localTime, 3_600_000_000_000), 24)
        case .weekday: rest("(\(localDay) + 3)", 7)
        case .day: localDay
        case .week: floor("(\(localDay) + 3)", 7)
        case .month: SQLiteDialect.monthNumber(ofDay: localDay)
        default: nil
        }
    }

    /// Returns the key of the row's bucket.
    func bucket(_ buckets: Buckets) -> SQLFragment {
        let key = self.key(buckets.rule)
        guard !buckets.repeated.isEmpty else { return key }
        let cases = buckets.repeated.map {
            "WHEN \(time) >= \(.integer($0.from)) AND \(time) < \(.integer($0.to)) THEN \(.integer($0.key))" as SQLFragment
        }
        return "(CASE \(.joined(cases, " ")) ELSE \(key) END)"
    }

    private func key(_ rule: Buckets.Rule) -> SQLFragment {
        switch rule {
        case .elapsed(let width, let offset): floor(offset == 0 ? clockTime : "(\(clockTime) + \(.integer(offset)))", width)
        case .clock(let width): floor(localTime, width)
        case .days(let n): n == 1 ? localDay : floor(localDay, n)
        case .weeks(let n): n == 1 ? floor("(\(localDay) + 3)", 7) : floor(floor("(\(localDay) + 3)", 7), n)
        case .months(let n):
            n == 1 ? SQLiteDialect.monthNumber(ofDay: localDay) : floor(SQLiteDialect.monthNumber(ofDay: localDay), n)
        }
    }

    // MARK: Order

    /// Returns the sort expression: the value, or the alphabetical position of words without an order of their own.
    func order(_ field: Field) -> (sql: SQLFragment, joins: Set<Join>) {
        let (value, joins) = known(field)
        guard case .choice(let words, isOrdered: false) = field.type, field.id != .evidence else { return (value, joins) }
        let places = words.sorted()
        let cases = words.indices.filter { words[$0] != "any" }.flatMap { index in
            FieldCodec.stored(field, choice: index).compactMap { stored in
                // Classes are numbered by index, unlike the types that they contain.
                let number = field.id == .class ? Int64(index) : stored.integer ?? 0
                return "WHEN \(number) THEN \(places.firstIndex(of: words[index]) ?? 0)"
            }.prefix(field.id == .class ? 1 : .max)
        }
        return ("(CASE \(value) \(raw: cases.joined(separator: " ")) END)", joins)
    }
}
