import LocalStore
import Model
import SQLite
import TestSupport

@testable import QueryLanguage

/// One call, error or trace of the store as a plain row: every field under its name, shown as the language shows it.
final class PlainRow {
    let noun: Noun
    /// Nanoseconds since 1970.
    let time: Int64
    /// 0 a call, 1 another span, 2 an event without a call; −1 a trace.
    let scope: Int64
    let id: String
    let trace: Int64?
    let evidence: Int64
    /// The row's number in the store, which tells apart what has equal ids in two projects.
    var row: Int64 = 0
    /// Known values; a field that is missing here has none.
    var values: [FieldID: Value] = [:]
    var tags: [String] = []
    var metadata: String?
    /// From an error's end to the success that recovered it, in nanoseconds.
    var recoveryTime: Int64?
    /// When it was known that an error would not recover, in nanoseconds since 1970.
    var settledAt: Int64?
    /// Of a trace: its calls and errors.
    var calls: [PlainRow] = [], errors: [PlainRow] = []
    var hasFailed = false

    init(_ noun: Noun, time: Int64, scope: Int64, id: String, trace: Int64?, evidence: Int64) {
        self.noun = noun
        self.time = time
        self.scope = scope
        self.id = id
        self.trace = trace
        self.evidence = evidence
    }

    subscript(_ field: FieldID) -> Value { values[field] ?? .missing }
}

/// All facts of a store, read row by row without any grouping, for one set of evidence and one zone.
struct PlainFacts {
    private(set) var calls: [PlainRow] = []
    private(set) var errors: [PlainRow] = []
    private(set) var traces: [PlainRow] = []
    let zone: Zone
    let evidence: Evidence

    init(_ store: Store, zone: Zone, evidence: Evidence) throws {
        self.zone = zone
        self.evidence = evidence
        let mask = Int64(evidence.rawValue)
        errors = try PlainFacts.rows(store, "err", PlainFacts.errorColumns).map { row in
            let plain = self.span(.errors, row)
            error(plain, row, at: PlainFacts.spanColumns.count)
            return plain
        }.filter { $0.evidence & mask != 0 }
        var errorOf: [String: PlainRow] = [:]
        for error in errors where error.scope < 2 { errorOf["\(error.scope) \(error.time) \(error.id)"] = error }
        calls = try PlainFacts.rows(store, "call", []).map { row in
            let plain = self.span(.calls, row)
            plain.values[.exceptionType] = nil
            guard let error = errorOf["\(plain.scope) \(plain.time) \(plain.id)"] else { return plain }
            for field in [
                FieldID.type, .class, .severity, .code, .origin, .message, .signature, .recovered, .outcome, .exceptionType,
            ] {
                plain.values[field] = error[field].isMissing ? nil : error[field]
            }
            if !error[.status].isMissing { plain.values[.status] = error[.status] }
            return plain
        }
        let callsOf = Dictionary(grouping: calls, by: \.trace), errorsOf = Dictionary(grouping: errors, by: \.trace)
        traces = try trace(store)
        for trace in traces {
            trace.calls = callsOf[trace.trace] ?? []
            trace.errors = errorsOf[trace.trace] ?? []
        }
    }

    // MARK: Reading

    private static let spanColumns = [
        "f.scope", "f.t", "coalesce(s.span_id, v.event_id)", "f.trace", "f.evidence", "m.provider", "m.name", "a.name", "o.kind",
        "o.name", "d.project", "d.service", "d.environment", "d.release", "f.lat", "f.cost", "f.tin", "f.tout", "f.tok",
        "s.model_requested", "s.host", "s.first_token - s.start", "s.attempts_made", "s.finish", "s.fallback_from",
        "s.prompt_name", "s.request_id", "s.span_id", "r.trace_id", "coalesce(s.user, r.user)",
        "coalesce(s.session, r.session)", "coalesce(s.tags, r.tags)", "c.attributes", "s.http_status", "f.id",
        "s.prompt_version", "s.retry_of", "coalesce(s.exception_type, v.exception_type)", "s.tin_cached", "s.tout_reasoning",
        "s.attempt", "s.input_digest",
    ]
    private static let errorColumns = [
        "f.type", "f.severity", "f.status", "f.code", "f.origin", "f.recovery", "f.recovered_at", "g.text", "t.text",
        "f.settled_at",
    ]

    private static func rows(_ store: Store, _ table: String, _ more: [String]) throws -> [[StoredValue]] {
        let texts = more.isEmpty ? "" : " JOIN signature g ON g.id = f.signature JOIN message t ON t.id = f.message"
        let event = "LEFT JOIN event v ON v.id = f.id AND f.scope = 2"
        return try store.rows(
            SQLStatement(
                text: """
                    SELECT \((spanColumns + more).joined(separator: ", ")) FROM \(table) f
                    JOIN model m ON m.id = f.model JOIN agent a ON a.id = f.agent JOIN operation o ON o.id = f.operation
                    JOIN deployment d ON d.id = f.deployment LEFT JOIN trace r ON r.id = f.trace
                    LEFT JOIN span s ON s.id = f.id AND f.scope < 2 LEFT JOIN span_content c ON c.span = s.id \(event)\(texts)
                    """))
    }

    private func span(_ noun: Noun, _ row: [StoredValue]) -> PlainRow {
        let plain = PlainRow(
            noun, time: row[1].integer ?? 0, scope: row[0].integer ?? 0, id: row[2].text ?? "", trace: row[3].integer,
            evidence: row[4].integer ?? 0)
        plain.row = row[34].integer ?? 0
        for (place, field) in [
            (5, FieldID.provider), (6, .model), (7, .agent), (9, .name), (10, .project), (11, .service), (12, .environment),
            (13, .release), (19, .modelRequested), (20, .host), (23, .finish), (24, .fallbackFrom), (25, .prompt),
            (26, .requestID), (27, .span), (28, .trace), (29, .user), (30, .session), (35, .promptVersion), (36, .retryOf),
            (37, .exceptionType),
        ] {
            if let text = row[place].text, !text.isEmpty { plain.values[field] = .text(text) }
        }
        for (place, field) in [
            (16, FieldID.inputTokens), (17, .outputTokens), (18, .tokens), (22, .attempts), (33, .status), (38, .cachedTokens),
            (39, .reasoningTokens), (40, .attempt),
        ] {
            if let number = row[place].integer { plain.values[field] = .count(number) }
        }
        if let attempts = row[22].integer { plain.values[.retries] = .count(attempts - 1) }
        if let latency = row[14].integer { plain.values[.latency] = .duration(.nanoseconds(latency)) }
        if let wait = row[21].integer { plain.values[.ttft] = .duration(.nanoseconds(wait)) }
        if let cost = row[15].integer { plain.values[.cost] = .money(Money(units: cost)) }
        plain.values[.kind] = (row[8].integer.flatMap { SpanKind(rawValue: Int($0)) }).map { .text($0.name) }
        if row[8].integer == Int64(SpanKind.tool.rawValue) { plain.values[.tool] = plain.values[.name] }
        if let digest = row[41].integer {
            let digits = String(UInt64(bitPattern: digest), radix: 16)
            plain.values[.inputDigest] = .text(String(repeating: "0", count: 16 - digits.count) + digits)
        }
        plain.values[.fallback] = .flag(row[24].text != nil)
        let names = Evidence(rawValue: Int(plain.evidence)).names
        if !names.isEmpty { plain.values[.evidence] = .text(names.joined(separator: "+")) }
        let counts = plain.evidence & Int64(evidence.rawValue) != 0
        plain.values[.failed] = .flag(counts)
        plain.values[.outcome] = .text(counts ? "failed" : "ok")
        if let tags = row[31].text {
            plain.values[.tag] = .text(tags)
            plain.tags = PlainFacts.texts(tags)
        }
        plain.metadata = row[32].text
        calendar(plain)
        return plain
    }

    private func error(_ plain: PlainRow, _ row: [StoredValue], at start: Int) {
        if let type = row[start].integer.flatMap({ ErrorType(rawValue: Int($0)) }) {
            plain.values[.type] = .text(type.name)
            plain.values[.class] = .text(type.errorClass.rawValue)
        }
        plain.values[.severity] = row[start + 1].integer.flatMap { Severity(rawValue: Int($0)) }.map { .text($0.name) }
        if let status = row[start + 2].integer { plain.values[.status] = .count(status) }
        if let code = row[start + 3].text { plain.values[.code] = .text(code) }
        plain.values[.origin] = row[start + 4].integer.flatMap { ErrorOrigin(rawValue: Int($0)) }.map { .text($0.name) }
        let hasRecovered = row[start + 5].integer ?? 0 > 0
        plain.values[.recovered] = .flag(hasRecovered)
        if hasRecovered { plain.values[.outcome] = .text("recovered") }
        if let at = row[start + 6].integer { plain.recoveryTime = at - plain.time }
        plain.settledAt = row[start + 9].integer
        if let text = row[start + 7].text, !text.isEmpty { plain.values[.signature] = .text(text) }
        if let text = row[start + 8].text, !text.isEmpty { plain.values[.message] = .text(text) }
    }

    private func trace(_ store: Store) throws -> [PlainRow] {
        let rows = try store.rows(
            SQLStatement(
                text: """
                    SELECT r.id, r.t, r.trace_id, r.name, a.name, r.type, r.severity, r.cost, r.tokens, r.errors, r.calls,
                    r.last - r.first, r.failed, r.user, r.session, r.tags, d.environment, d.service, d.project, d.release
                    FROM trace r JOIN agent a ON a.id = r.agent JOIN deployment d ON d.id = r.deployment WHERE r.t IS NOT NULL
                    """))
        return rows.map { row in
            let plain = PlainRow(
                .traces, time: row[1].integer ?? 0, scope: -1, id: row[2].text ?? "", trace: row[0].integer, evidence: 0)
            for (place, field) in [
                (2, FieldID.trace), (3, .name), (4, .agent), (13, .user), (14, .session), (15, .tag), (16, .environment),
                (17, .service), (18, .project), (19, .release),
            ] {
                if let text = row[place].text, !text.isEmpty { plain.values[field] = .text(text) }
            }
            if let type = row[5].integer.flatMap({ ErrorType(rawValue: Int($0)) }) {
                plain.values[.type] = .text(type.name)
                plain.values[.class] = .text(type.errorClass.rawValue)
            }
            plain.values[.severity] = row[6].integer.flatMap { Severity(rawValue: Int($0)) }.map { .text($0.name) }
            if let cost = row[7].integer { plain.values[.cost] = .money(Money(units: cost)) }
            for (place, field) in [(8, FieldID.tokens), (9, .errors), (10, .calls)] {
                if let number = row[place].integer { plain.values[field] = .count(number) }
            }
            if let length = row[11].integer { plain.values[.duration] = .duration(.nanoseconds(length)) }
            plain.row = row[0].integer ?? 0
            plain.hasFailed = row[12].integer == 1
            plain.values[.failed] = .flag(plain.hasFailed)
            plain.values[.outcome] = .text(plain.hasFailed ? "failed" : (row[9].integer ?? 0) > 0 ? "recovered" : "ok")
            if let tags = row[15].text { plain.tags = PlainFacts.texts(tags) }
            calendar(plain)
            return plain
        }
    }

    /// The texts of a JSON array without escapes, which is all that the histories hold.
    private static func texts(_ array: String) -> [String] {
        array.dropFirst().dropLast().split(separator: ",").map { String($0.drop { $0 == "\"" }.prefix { $0 != "\"" }) }
    }

    // MARK: Calendar

    /// A row that has nothing but a time and what the calendar says of it.
    func calendarRow(at time: Int64) -> PlainRow {
        if let known = calendarRows.known[time] { return known }
        let row = PlainRow(.calls, time: time, scope: 0, id: "", trace: nil, evidence: 0)
        calendar(row)
        calendarRows.known[time] = row
        return row
    }

    /// Rows that were made already: questions about lengths ask for the same instants again and again.
    private final class CalendarRows { var known: [Int64: PlainRow] = [:] }
    private let calendarRows = CalendarRows()

    private func calendar(_ plain: PlainRow) {
        let time = Timestamp(nanoseconds: plain.time)
        plain.values[.time] = .time(time)
        let civil = zone.civil(time)
        let day = CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day)
        plain.values[.hour] = .count(Int64(civil.hour))
        plain.values[.weekday] = .text(["sun", "mon", "tue", "wed", "thu", "fri", "sat"][CivilTime.weekday(ofDay: day)])
        plain.values[.day] = .text("\(civil.year)-\(PlainFacts.two(civil.month))-\(PlainFacts.two(civil.day))")
        plain.values[.month] = .text("\(civil.year)-\(PlainFacts.two(civil.month))")
        // The week belongs to the year of its Thursday, and is counted by Thursdays.
        var thursday = day
        while CivilTime.weekday(ofDay: thursday) != 4 {
            thursday += CivilTime.weekday(ofDay: day) == 0 || CivilTime.weekday(ofDay: day) > 4 ? -1 : 1
        }
        let year = CivilTime(localNanoseconds: thursday * 86_400_000_000_000).year
        let week = (thursday - CivilTime.dayNumber(year: year, month: 1, day: 1)) / 7 + 1
        plain.values[.week] = .text("\(year)-W\(PlainFacts.two(Int(week)))")
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
