import Engine
import Model
import SQLite

extension Store {
    /// The traces that `prefix` may mean: by trace id, span id or request id, in this order, each by id; at most `limit`.
    ///
    /// An id that is whole means itself alone, even when longer ones begin with it; else all ids that begin so. Ids compare in
    /// their normal form: dashes and the case of hexadecimal digits do not matter.
    public func findTraces(prefix: String, limit: Int = 20) throws(StoreError) -> [TraceMatch] {
        let normal = Identifier.normalise(prefix)
        guard !normal.isEmpty else { return [] }
        return try StoreError.about(path) {
            let exact = try Store.lookups.flatMap { lookup in
                try matches(lookup, "= ?1", lookup.kind == .request ? [.text(prefix)] : [.text(normal)], limit)
            }
            if !exact.isEmpty { return Store.distinct(exact, limit) }
            var found: [TraceMatch] = []
            for lookup in Store.lookups {
                let start = lookup.kind == .request ? prefix : Store.looseForm(prefix)
                found += try matches(lookup, ">= ?1 AND {} < ?2", [.text(start), .text(start + "\u{10FFFF}")], limit)
                if found.isEmpty, start != prefix {
                    found += try matches(lookup, ">= ?1 AND {} < ?2", [.text(prefix), .text(prefix + "\u{10FFFF}")], limit)
                }
            }
            if found.isEmpty {
                // An error event without a trace is found by its own id, too.
                let own = TraceKey.own + Store.looseForm(prefix)
                found = try matches(
                    Store.lookups[0], ">= ?1 AND {} < ?2", [.text(own), .text(own + "\u{10FFFF}")], limit)
            }
            return Store.distinct(found, limit)
        }
    }

    /// Where ids are looked for.
    private static let lookups: [(kind: TraceMatch.Kind, column: String, from: String)] = [
        (.trace, "t.trace_id", "trace t JOIN project p ON p.id = t.project"),
        (.span, "s.span_id", "span s JOIN trace t ON t.id = s.trace JOIN project p ON p.id = t.project"),
        (.span, "s.alternate_id", "span s JOIN trace t ON t.id = s.trace JOIN project p ON p.id = t.project"),
        (.request, "s.request_id", "span s JOIN trace t ON t.id = s.trace JOIN project p ON p.id = t.project"),
    ]

    private func matches(
        _ lookup: (kind: TraceMatch.Kind, column: String, from: String), _ condition: String, _ values: [StoredValue],
        _ limit: Int
    ) throws -> [TraceMatch] {
        let parts = condition.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: lookup.column)
        let sql = """
            SELECT \(lookup.column), coalesce(p.name, ''), t.trace_id FROM \(lookup.from)
            WHERE \(lookup.column) \(parts) ORDER BY 1, 3, 2 LIMIT \(max(0, limit))
            """
        return try rows(SQLStatement(text: sql, bindings: values)).map {
            TraceMatch(kind: lookup.kind, id: $0[0].text ?? "", project: $0[1].text ?? "", traceID: $0[2].text ?? "")
        }
    }

    /// Each trace once, by the first id it was found by.
    private static func distinct(_ matches: [TraceMatch], _ limit: Int) -> [TraceMatch] {
        var seen: Set<[String]> = []
        return Array(matches.filter { seen.insert([$0.project, $0.traceID]).inserted }.prefix(limit))
    }

    /// The beginning of an id as the normal form of the whole would begin: an id of hexadecimal digits and dashes loses both.
    private static func looseForm(_ prefix: String) -> String {
        let bare = prefix.utf8.filter { $0 != 0x2D }
        let isHexadecimal = bare.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0)
        }
        return isHexadecimal ? String(decoding: bare, as: UTF8.self).lowercased() : prefix
    }

    /// The trace with this id and everything that belongs to it; nil when there is none.
    ///
    /// With `project` nil the first project that has such a trace is meant.
    public func trace(_ traceID: String, project: String? = nil) throws(StoreError) -> StoredTrace? {
        try StoreError.about(path) { try snapshot { try readTrace(traceID, project: project) } }
    }

    private func readTrace(_ traceID: String, project: String?) throws -> StoredTrace? {
        let columns = TraceColumns.names.map { "t.\($0)" }.joined(separator: ", ")
        let read = try reader.statement(
            """
            SELECT t.id, coalesce(p.name, ''), \(columns), t.updated_at, c.input, c.output, c.metadata, t.first, t.last, a.name,
            t.cost, t.tokens, t.calls, t.errors, t.failed, (SELECT s.span_id FROM span s WHERE s.id = t.root)
            FROM trace t JOIN project p ON p.id = t.project JOIN agent a ON a.id = t.agent
            LEFT JOIN trace_content c ON c.trace = t.id
            WHERE t.trace_id = ?1 AND (?2 IS NULL OR coalesce(p.name, '') = ?2) ORDER BY t.project LIMIT 1
            """)
        read.bind(traceID)
        read.bind(project)
        defer { read.reset() }
        guard try read.step() else { return nil }
        let row = read.integer(0), after = 2 + Int32(TraceColumns.names.count)
        func time(_ column: Int32) -> Timestamp? { read.optionalInteger(column).map(Timestamp.init(nanoseconds:)) }
        var record = TraceRecord(traceID: traceID, read, from: 2)
        record.project = read.text(1) ?? ""
        record.updatedAt = time(after)
        record.input = read.text(after + 1)
        record.output = read.text(after + 2)
        record.metadata = read.text(after + 3)
        return StoredTrace(
            record: record, first: time(after + 4), last: time(after + 5), agent: read.text(after + 6),
            cost: read.optionalInteger(after + 7).map(Money.init(units:)), tokens: read.optionalInteger(after + 8),
            calls: read.integer(after + 9), errorCount: read.integer(after + 10), isFailed: read.integer(after + 11) != 0,
            rootID: read.text(after + 12), spans: try spans(ofTrace: row, record), events: try events(ofTrace: row, record),
            errors: try errors(ofTrace: row), scores: try scores(of: record))
    }

    private func spans(ofTrace row: Int64, _ trace: TraceRecord) throws -> [StoredSpan] {
        let columns = SpanColumns.names.map { "s.\($0)" } + SpanColumns.content.map { "c.\($0)" }
        let read = try reader.statement(
            """
            SELECT \(columns.joined(separator: ", ")), f.scope, f.lat, m.provider, a.name
            FROM span s LEFT JOIN span_content c ON c.span = s.id
            LEFT JOIN call f ON f.scope IN (0, 1) AND f.t = coalesce(s."end", s.start) AND f.id = s.id
            LEFT JOIN model m ON m.id = f.model LEFT JOIN agent a ON a.id = f.agent
            WHERE s.trace = ? ORDER BY s.start IS NULL, s.start, s.span_id
            """)
        read.bind(row)
        defer { read.reset() }
        let content = Int32(SpanColumns.names.count), facts = content + Int32(SpanColumns.content.count)
        var spans: [StoredSpan] = []
        while try read.step() {
            var record = SpanRecord(read)
            record.readContent(read, from: content)
            record.project = trace.project
            record.traceID = trace.traceID
            spans.append(
                StoredSpan(
                    record: record, provider: record.provider ?? read.text(facts + 2),
                    agent: record.agent ?? read.text(facts + 3),
                    latency: read.optionalInteger(facts + 1).map { .nanoseconds($0) }, isCall: read.optionalInteger(facts) == 0))
        }
        return spans
    }

    private func events(ofTrace row: Int64, _ trace: TraceRecord) throws -> [EventRecord] {
        let read = try reader.statement(
            """
            SELECT \(EventColumns.names.joined(separator: ", ")) FROM event
            WHERE ifnull(trace, -1 - project) = ? ORDER BY t IS NULL, t, event_id
            """)
        read.bind(row)
        defer { read.reset() }
        var events: [EventRecord] = []
        while try read.step() {
            var record = EventRecord(read)
            record.project = trace.project
            record.traceID = trace.traceID
            events.append(record)
        }
        return events
    }

    private func errors(ofTrace row: Int64) throws -> [StoredError] {
        let read = try reader.statement(
            """
            SELECT e.scope, e.t, CASE WHEN e.scope < 2 THEN (SELECT s.span_id FROM span s WHERE s.id = e.id)
            ELSE (SELECT v.event_id FROM event v WHERE v.id = e.id) END AS subject,
            e.evidence, e.type, e.severity, e.origin, e.status, e.code, m.text, g.text, e.rule, e.attempts, e.recovery,
            e.recovered_at, e.settled_at
            FROM err e JOIN message m ON m.id = e.message JOIN signature g ON g.id = e.signature
            WHERE e.trace = ? ORDER BY e.t, subject
            """)
        read.bind(row)
        defer { read.reset() }
        var errors: [StoredError] = []
        while try read.step() {
            func small(_ column: Int32) -> Int { Int(truncatingIfNeeded: read.integer(column)) }
            let isEvent = read.integer(0) == 2
            errors.append(
                StoredError(
                    spanID: isEvent ? nil : read.text(2), eventID: isEvent ? read.text(2) : nil,
                    time: Timestamp(nanoseconds: read.integer(1)), evidence: Evidence(rawValue: small(3)),
                    type: ErrorType(rawValue: small(4)) ?? .unknown, severity: Severity(rawValue: small(5)) ?? .warning,
                    origin: ErrorOrigin(rawValue: small(6)) ?? .unknown,
                    httpStatus: read.optionalInteger(7).flatMap(Int.init(exactly:)), code: read.text(8),
                    message: read.text(9) ?? "", signature: read.text(10) ?? "", rule: read.text(11) ?? "",
                    attempts: read.optionalInteger(12), recovery: Recovery(rawValue: small(13)) ?? .open,
                    recoveredAt: read.optionalInteger(14).map(Timestamp.init(nanoseconds:)),
                    settledAt: read.optionalInteger(15).map(Timestamp.init(nanoseconds:))))
        }
        return errors
    }

    private func scores(of trace: TraceRecord) throws -> [ScoreRecord] {
        let read = try reader.statement(
            """
            SELECT \(ScoreColumns.names.map { "s.\($0)" }.joined(separator: ", ")) FROM score s JOIN project p ON p.id = s.project
            WHERE s.trace_id = ? AND coalesce(p.name, '') = ? ORDER BY s.t IS NULL, s.t, s.score_id
            """)
        read.bind(trace.traceID)
        read.bind(trace.project)
        defer { read.reset() }
        var scores: [ScoreRecord] = []
        while try read.step() {
            var record = ScoreRecord(read)
            record.project = trace.project
            scores.append(record)
        }
        return scores
    }
}
