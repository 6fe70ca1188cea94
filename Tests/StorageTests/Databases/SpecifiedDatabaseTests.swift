import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import SQLite

/// Databases made by the columns that the schema's own queries use, with rows as awkward as they come, against a plain recount.
@Suite("Databases as their own SQL uses them") struct SpecifiedDatabaseTests {
    private let now = Timestamp(seconds: 1_763_800_000)

    @Test("calls, errors, latencies and types are those of a plain recount", arguments: 1...24 as ClosedRange<UInt64>)
    func recount(_ seed: UInt64) throws {
        let folder = TemporaryFolder()
        let made = SpecifiedDatabase(seed: seed)
        let path = folder.file("metrics.db")
        try Connection(path: path, mode: .readWrite(create: true)).execute(made.sql)
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let report = try Importer(store).importFile(path, now: now)
        #expect(report.problemCount == 0, "seed \(seed)")
        func number(_ sql: String) throws -> Int64 { try store.number(sql) ?? 0 }
        let counts = "evidence & \(Evidence.default.rawValue) != 0"
        let found = SpecifiedDatabase.Answer(
            calls: try number("SELECT count(*) FROM call WHERE scope = 0"),
            failedCalls: try number("SELECT count(*) FROM call WHERE scope = 0 AND \(counts)"),
            loneErrors: try number("SELECT count(*) FROM err WHERE scope = 2 AND \(counts)"),
            latency: try number("SELECT sum(lat) / 1000000 FROM call WHERE scope = 0"),
            silentTimeouts: try number("SELECT count(*) FROM err WHERE rule = 'evidence.timeout' AND \(counts)"),
            emptyAnswers: try number("SELECT count(*) FROM err WHERE rule = 'evidence.empty' AND \(counts)"))
        #expect(found == made.answer, "seed \(seed)")
        // Read once more, nothing changes; the source's own ids find their calls.
        let again = try Importer(store).importFile(path, now: now)
        #expect((again.new, again.updated) == (0, 0), "seed \(seed)")
        for call in made.calls {
            guard let id = call.id else { continue }
            #expect(try store.findTraces(prefix: id).map(\.traceID) == [call.trace], "seed \(seed): \(id)")
        }
        // The schema's own join finds every event whose call is there.
        let joined = try number("SELECT count(*) FROM llm_events e JOIN llm_generations g ON g.id = e.observation_id")
        #expect(joined == made.answeredEvents, "seed \(seed)")
    }
}

/// A seeded database of the specification's columns, and what is true of it.
private struct SpecifiedDatabase {
    struct Answer: Equatable {
        var calls: Int64 = 0, failedCalls: Int64 = 0, loneErrors: Int64 = 0
        /// Sum in milliseconds.
        var latency: Int64 = 0
        var silentTimeouts: Int64 = 0, emptyAnswers: Int64 = 0
    }

    struct Call {
        var row: Int, trace: String, id: String?, observation: String?
        var start: Int, end: Int?, latency: Int?
        var outputTokens: Int?, output: String?, metadata: Metadata

        init(row: Int, outputTokens: Int?, output: String?, metadata: Metadata) {
            (self.row, trace, start) = (row, "trace_\(row)", 36_000 + row * 120)
            (self.outputTokens, self.output, self.metadata) = (outputTokens, output, metadata)
        }
    }

    /// A cell of metadata and whether it tells of a failure.
    struct Metadata {
        var text: String?
        var hasFailed = false
    }

    private static let metadata: [Metadata] = [
        Metadata(), Metadata(text: "{}"), Metadata(text: #"{"note": "no error here"}"#), Metadata(text: #"{"error": null}"#),
        Metadata(text: #"{"error": "", "status": "ok"}"#), Metadata(text: #"{"error": {"message": null, "code": ""}}"#),
        Metadata(text: "plain words"), Metadata(text: #"{"request": {"error": "hidden"}}"#),
        Metadata(text: #"{"error": "Connection error."}"#, hasFailed: true),
        Metadata(text: #"{"response": {"error": {"message": "You exceeded your quota"}}}"#, hasFailed: true),
        Metadata(text: "ERROR: Rate limit reached for requests", hasFailed: true),
        Metadata(text: #"{"status": "failed"}"#, hasFailed: true),
        Metadata(text: #"{"exception": "RateLimitError"}"#, hasFailed: true),
    ]

    private(set) var calls: [Call] = []
    private(set) var answer = Answer()
    /// Events that name a call of the database.
    private(set) var answeredEvents: Int64 = 0
    private(set) var sql = ""
    private var random: SeededGenerator

    private static func time(_ seconds: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "'2026-11-20 \(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))'"
    }

    private static func text(_ text: String?) -> String {
        text.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" } ?? "NULL"
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let hasID = seed % 7 != 0, hasObservation = seed % 2 == 0, keepsOutputs = seed % 5 != 0, hasEventID = seed % 3 == 0
        let own = (hasID ? ["id text"] : []) + (hasObservation ? ["observation_id text"] : [])
        sql = """
            CREATE TABLE llm_traces(trace_id text primary key, name text, created_at timestamp, total_cost_usd real, metadata text);
            CREATE TABLE llm_generations(\((own + [
                "trace_id text", "created_at timestamp", "start_time timestamp", "end_time timestamp", "model text", "provider text",
                "input_tokens integer", "output_tokens integer", "cost_usd real", "latency_seconds real", "completion_text text",
                "metadata text",
            ]).joined(separator: ", ")));
            CREATE TABLE llm_events(\(hasEventID ? "id text, " : "")trace_id text, observation_id text, event_type text,
                event_name text, fallback_reason text, created_at timestamp, metadata text);

            """
        for row in 1...Int.random(in: 3...30, using: &random) {
            addCall(row, hasID: hasID, hasObservation: hasObservation, keepsOutputs: keepsOutputs)
        }
        var joined: Set<Int> = []
        for number in 1...Int.random(in: 2...30, using: &random) { addEvent(number, hasEventID: hasEventID, joined: &joined) }
        recount(joined)
    }

    private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

    private mutating func addCall(_ row: Int, hasID: Bool, hasObservation: Bool, keepsOutputs: Bool) {
        var call = Call(
            row: row, outputTokens: pick([20, 20, 20, 0, nil]),
            output: keepsOutputs ? pick(["fine", "fine", nil, "", " "]) : nil, metadata: pick(SpecifiedDatabase.metadata))
        if hasID { call.id = "gen-\(row)" }
        if hasObservation { call.observation = pick(["obs-\(row)", "obs-\(row)", nil]) }
        let form = Int.random(in: 0..<10, using: &random)
        let milliseconds = pick([250, 2174, 12_500, 31_250, 45_000])
        if form < 8 { call.latency = milliseconds }
        if form > 5 { call.end = call.start + milliseconds / 1000 }
        var cells: [String] = []
        if hasID { cells.append(SpecifiedDatabase.text(call.id)) }
        if hasObservation { cells.append(SpecifiedDatabase.text(call.observation)) }
        let tokens = call.outputTokens.map { String($0) } ?? "NULL"
        let latency = call.latency.map { String(Double($0) / 1000) } ?? "NULL"
        let end = call.end.map { SpecifiedDatabase.time($0) } ?? "NULL"
        cells += [
            SpecifiedDatabase.text(call.trace), SpecifiedDatabase.time(call.start),
            pick([SpecifiedDatabase.time(call.start), "NULL"]), end,
            pick(["'openai/gpt-4o-mini'", "'gpt-4o'"]), pick(["'openai'", "NULL"]), pick(["100", "NULL"]),
            tokens, pick(["0.01", "NULL"]),
            latency, SpecifiedDatabase.text(call.output),
            SpecifiedDatabase.text(call.metadata.text),
        ]
        sql += "INSERT INTO llm_generations VALUES(\(cells.joined(separator: ", ")));\n"
        calls.append(call)
    }

    private mutating func addEvent(_ number: Int, hasEventID: Bool, joined: inout Set<Int>) {
        let call = pick(calls), type = pick(["error", "error", "fallback", "info"])
        let names = [call.id, call.observation].compactMap { $0 }
        // An event may name its call by either id, a call that is not there, or another trace than the call's.
        let named = Int.random(in: 0..<8, using: &random) == 0 || names.isEmpty ? "nobody" : pick(names)
        let trace = pick([call.trace, call.trace, nil, "elsewhere"])
        var cells: [String] = []
        if hasEventID { cells.append(pick(["'ev-\(number)'", "NULL"])) }
        cells += [
            SpecifiedDatabase.text(trace), SpecifiedDatabase.text(named), SpecifiedDatabase.text(type),
            type == "error" ? pick(["'rate_limit_error'", "'timeout'"]) : "'note'", type == "fallback" ? "'too long'" : "NULL",
            SpecifiedDatabase.time(call.start), pick(["NULL", "'{}'"]),
        ]
        sql += "INSERT INTO llm_events VALUES(\(cells.joined(separator: ", ")));\n"
        if named != "nobody" { answeredEvents += 1 }
        guard type == "error" else { return }
        if named == "nobody" { answer.loneErrors += 1 } else { joined.insert(call.row) }
    }

    private mutating func recount(_ joined: Set<Int>) {
        func shows(_ call: Call) -> Bool { call.output?.contains { $0 != " " } == true }
        func isFinished(_ call: Call) -> Bool { call.end != nil || call.latency != nil }
        let keepsOutputs = calls.contains { shows($0) && isFinished($0) }
        answer.calls = Int64(calls.count)
        for call in calls {
            // A latency that is finer than whole seconds is the better measure.
            var length = call.latency
            if let end = call.end, call.latency.map({ $0 % 1000 == 0 }) ?? true { length = (end - call.start) * 1000 }
            answer.latency += Int64(length ?? 0)
            let isEmpty = keepsOutputs && isFinished(call) && !shows(call) && (call.outputTokens ?? 0) == 0
            guard call.metadata.hasFailed || joined.contains(call.row) || isEmpty else { continue }
            answer.failedCalls += 1
            guard !call.metadata.hasFailed, !joined.contains(call.row) else { continue }
            if call.outputTokens == 0, (length ?? 0) > 30_000 { answer.silentTimeouts += 1 } else { answer.emptyAnswers += 1 }
        }
    }
}
