import Model
import SQLite

/// Maps the rows of a metrics database to records.
///
/// Ids have hyphens, costs are in dollars, times are UTC unless the user gave a zone. There is no status column: failures are in
/// the metadata (`error`, `exception`, `status`) and in events.
struct LLMMetricsRow {
    let generations: GenerationIndex

    /// The result of mapping a row.
    enum Made {
        case record(Record, time: Timestamp?)
        case problem(String)
    }

    func record(of table: LLMMetricsTable, _ row: Statement) throws(SQLError) -> Made {
        switch table {
        case .generations: generation(Cells(row, table))
        case .traces: trace(Cells(row, table))
        case .events: try event(Cells(row, table))
        }
    }

    /// Returns the identity of a row: its observation id, its own id, or one derived from its position and time, which is stable
    /// across readings and differs between databases.
    static func identity(id: String?, observation: String?, row: Int64, trace: String?, created: String?) -> String {
        for known in [observation, id] {
            if let known, !known.isEmpty { return Identifier.normalise(known) }
        }
        var hash = Model.ContentHash()
        hash.add(row)
        hash.add(trace)
        hash.add(created)
        return "row-\(row)-" + String(hash.value, radix: 16)
    }

    private func generation(_ row: Cells) -> Made {
        let trace = row.identifier("trace_id")
        let observation = generations.hasObservationIDs ? row.known("observation_id") : nil
        let id = row.known("id")
        var span = SpanRecord(
            spanID: LLMMetricsRow.identity(
                id: id, observation: observation, row: row.number, trace: trace, created: row.text("created_at")),
            kind: .llm)
        span.traceID = trace
        if let own = id.map(Identifier.normalise), own != span.spanID { span.alternateID = own }
        span.parentID = row.identifier("parent_observation_id")
        let created = row.time("created_at")
        span.updatedAt = row.time("updated_at")
        span.end = row.time("end_time")
        span.start = row.time("start_time") ?? created ?? (span.end == nil ? span.updatedAt ?? row.time("trace_created_at") : nil)
        guard span.start ?? span.end != nil else { return .problem("a generation without a time") }
        span.reportedLatency = row.latency("latency_seconds")
        span.provider = row.known("provider")
        if let written = row.known("model") {
            let (provider, model) = ModelNames.split(written, provider: span.provider)
            (span.provider, span.modelRequested) = (provider, model)
            if model != written { span.modelAsWritten = written }
            if model.lowercased().contains("embed") { span.kind = .embedding }
        }
        span.modelResponded = row.known("model_version")
        span.inputTokens = row.count("input_tokens")
        span.outputTokens = row.count("output_tokens")
        span.totalTokens = row.count("total_tokens")
        span.cost = row.real("cost_usd").flatMap(Money.init(dollars:))
        span.input = row.text("prompt_text")
        span.output = row.text("completion_text")
        span.attributes = row.text("*")
        span.agent = row.known(".agent") ?? row.known("trace_name")
        span.environment = row.known(".environment")
        if let failure = row.text("metadata").flatMap(MetadataFailure.init) {
            span.errorField = failure.message
            span.exceptionType = failure.exceptionType
        }
        return .record(.span(span), time: created ?? span.start)
    }

    private func trace(_ row: Cells) -> Made {
        guard let id = row.identifier("trace_id") else { return .problem("a trace without a trace_id") }
        var trace = TraceRecord(traceID: id)
        trace.start = row.time("created_at")
        trace.updatedAt = row.time("updated_at")
        trace.user = row.known("user_id")
        trace.session = row.known("session_id")
        trace.name = row.known("name")
        if let tags = row.known("tags") { trace.tags = tags.first == "[" ? JSONText.texts(tags) : [tags] }
        trace.metadata = row.known("metadata")
        trace.environment = row.known(".environment")
        trace.release = row.known(".release")
        trace.service = row.known(".service")
        return .record(.trace(trace), time: trace.start)
    }

    private func event(_ row: Cells) throws(SQLError) -> Made {
        let name = row.known("event_name"), written = row.known("observation_id")
        var event = EventRecord(
            eventID: LLMMetricsRow.identity(
                id: row.known("id"), observation: nil, row: row.number, trace: row.identifier("trace_id"),
                created: row.text("created_at")),
            kind: EventWords.kind(type: row.text("event_type"), name: name))
        event.traceID = row.identifier("trace_id")
        event.time = row.time("created_at")
        var otherTrace: String?
        if let written {
            if let call = try generations.find(written, trace: event.traceID) {
                if event.traceID != call.traceID { otherTrace = event.traceID }
                (event.spanID, event.traceID) = (call.spanID, call.traceID)
                event.time = event.time ?? call.time
            } else if generations.hasObservationIDs {
                event.spanID = Identifier.normalise(written)
            } else {
                // The id of the call, if it comes later, or of its parent.
                (event.spanID, event.parentID) = (Identifier.normalise(written), Identifier.normalise(written))
            }
        }
        event.time = event.time ?? row.time("trace_created_at")
        guard event.time != nil || event.spanID != nil else { return .problem("an event without a time") }
        event.name = name
        if let model = row.known("original_model") ?? row.known(".model") {
            (event.provider, event.model) = ModelNames.split(model, provider: nil)
        }
        event.fallbackModel = row.known("fallback_model").map { ModelNames.split($0, provider: nil).model }
        let failure = row.text("metadata").flatMap(MetadataFailure.init)
        event.message = row.failure(".error_message") ?? row.known("fallback_reason") ?? failure?.message
        event.exceptionType = failure?.exceptionType ?? row.failure(".exception")
        event.httpStatus = row.text(".status_code").flatMap { Int($0) }.flatMap { (100...599).contains($0) ? $0 : nil }
        event.level = row.known(".level")
        event.attributes = row.text("*")
        if let otherTrace {
            // An event belongs to the trace of its call; the row's own value is kept.
            let rest = event.attributes.map { $0.dropFirst() } ?? "}"
            event.attributes = #"{"trace_id":"# + otherTrace.quotedAsJSON() + (rest == "}" ? "" : ",") + rest
        }
        return .record(.event(event), time: event.time)
    }
}

/// The cells of a row, by the names in `LLMMetricsTable.wanted`.
private struct Cells {
    private let row: Statement
    private let places: [String: Int32]

    private static let placesOf: [LLMMetricsTable: [String: Int32]] = {
        var all: [LLMMetricsTable: [String: Int32]] = [:]
        for table in LLMMetricsTable.allCases {
            all[table] = Dictionary(
                uniqueKeysWithValues: (table.wanted + ["metadata"]).enumerated().map { ($1, Int32($0)) })
        }
        return all
    }()

    init(_ row: Statement, _ table: LLMMetricsTable) {
        self.row = row
        places = Cells.placesOf[table] ?? [:]
    }

    /// The number of the row.
    var number: Int64 { row.integer(row.columnCount - 1) }

    private func place(_ name: String) -> Int32 { places[name] ?? -1 }
    func text(_ name: String) -> String? { row.text(place(name)) }
    /// Returns a number, also from text; nil for other text, which SQLite would read as 0.
    func real(_ name: String) -> Double? { known(name).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }
    /// Returns an integer; see `real`.
    func count(_ name: String) -> Int64? {
        known(name).flatMap { text in Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) } }
    }
    /// Returns a text that is not empty.
    func known(_ name: String) -> String? { text(name).flatMap { $0.isEmpty ? nil : $0 } }
    func identifier(_ name: String) -> String? { known(name).map(Identifier.normalise).flatMap { $0.isEmpty ? nil : $0 } }
    func time(_ name: String) -> Timestamp? { known(name).flatMap(TimeValue.any) }

    func latency(_ name: String) -> Duration? {
        guard let seconds = real(name), seconds.isFinite, seconds >= 0, seconds < 9e9 else { return nil }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }

    /// Returns the value of an error field if it reports an error: the presence of a key is not an error.
    func failure(_ name: String) -> String? {
        guard let text = text(name), !["", "0", "false", "null", "None", "[]", "{}"].contains(text) else { return nil }
        return text
    }
}
