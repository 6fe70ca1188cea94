import Glibc
import Model
import SQLite

/// Writes a metrics database with the tables `llm_generations`, `llm_traces` and `llm_events`.
public enum LLMMetricsDatabase {
    /// Writes these traces with their spans and events to a new file at `path`; returns the number of generations.
    ///
    /// Only model calls become generations: the schema has no other spans. Throws when the file exists or cannot be written.
    @discardableResult
    public static func write(
        _ path: String, traces: some Sequence<(TraceRecord, [SpanRecord], [EventRecord])>
    ) throws -> Int {
        guard FileKind.of(path) == .missing else { throw IngestError(path: path, "already exists") }
        return try IngestError.about(path) {
            let connection = try Connection(path: path, mode: .readWrite(create: true))
            try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768;")
            let count = try connection.transaction {
                try connection.execute(tables)
                let writer = try Writer(connection)
                for (trace, spans, events) in traces { try writer.write(trace, spans, events) }
                try connection.execute(indexes)
                return writer.generations
            }
            // Checkpointed, so that the file can be copied without its log.
            try connection.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")
            return count
        }
    }

    static let tables = """
        CREATE TABLE llm_generations (
            id VARCHAR(36) NOT NULL, trace_id VARCHAR(36) NOT NULL, observation_id VARCHAR(36), parent_observation_id VARCHAR(36),
            created_at DATETIME NOT NULL, updated_at DATETIME, start_time DATETIME, end_time DATETIME, latency_seconds FLOAT,
            model VARCHAR(255) NOT NULL, model_version VARCHAR(100), provider VARCHAR(50),
            input_tokens INTEGER, output_tokens INTEGER, total_tokens INTEGER,
            cost_usd FLOAT, input_cost_usd FLOAT, output_cost_usd FLOAT,
            is_primary BOOLEAN, tier VARCHAR(50), prompt_text TEXT, prompt_tokens_estimate INTEGER, completion_text TEXT,
            metadata TEXT, PRIMARY KEY (id));
        CREATE TABLE llm_traces (
            id VARCHAR(36) NOT NULL, trace_id VARCHAR(36) NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME,
            user_id VARCHAR(255), session_id VARCHAR(255), name VARCHAR(255), tags TEXT,
            total_cost_usd FLOAT, total_tokens INTEGER, total_generations INTEGER, total_events INTEGER,
            metadata TEXT, PRIMARY KEY (id));
        CREATE TABLE llm_events (
            id VARCHAR(36) NOT NULL, trace_id VARCHAR(36), observation_id VARCHAR(36), created_at DATETIME NOT NULL,
            event_name VARCHAR(100) NOT NULL, event_type VARCHAR(50),
            original_model VARCHAR(255), fallback_model VARCHAR(255), fallback_reason TEXT,
            estimated_tokens INTEGER, original_max_context INTEGER, fallback_max_context INTEGER,
            metadata TEXT, PRIMARY KEY (id));
        """

    private static let indexes = """
        CREATE INDEX ix_llm_generations_cost_usd ON llm_generations (cost_usd);
        CREATE INDEX ix_llm_generations_created_at ON llm_generations (created_at);
        CREATE INDEX ix_llm_generations_model ON llm_generations (model);
        CREATE INDEX ix_llm_generations_provider ON llm_generations (provider);
        CREATE INDEX ix_llm_generations_trace_id ON llm_generations (trace_id);
        CREATE INDEX ix_llm_traces_created_at ON llm_traces (created_at);
        CREATE INDEX ix_llm_traces_name ON llm_traces (name);
        CREATE UNIQUE INDEX ix_llm_traces_trace_id ON llm_traces (trace_id);
        CREATE INDEX ix_llm_events_created_at ON llm_events (created_at);
        CREATE INDEX ix_llm_events_event_name ON llm_events (event_name);
        CREATE INDEX ix_llm_events_original_model ON llm_events (original_model);
        CREATE INDEX ix_llm_events_trace_id ON llm_events (trace_id);
        """

    /// Returns `2025-10-11 09:00:00.123456` in UTC: always six decimals, truncated.
    package static func time(_ instant: Timestamp) -> String {
        let civil = Zone.utc.civil(instant)
        let micros = String(civil.nanosecond / 1000)
        let clock = "\(TimeText.two(civil.hour)):\(TimeText.two(civil.minute)):\(TimeText.two(civil.second))"
        return "\(TimeText.date(civil)) \(clock).\(String(repeating: "0", count: 6 - micros.count))\(micros)"
    }

    /// Returns an id of 32 hexadecimal digits in GUID form, with hyphens; any other id unchanged.
    static func guid(_ id: String) -> String {
        let digits = Array(id.utf8)
        guard digits.count == 32, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return id }
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }
        return parts.joined(separator: "-")
    }

    private final class Writer {
        private(set) var generations = 0
        private let generation: Statement
        private let trace: Statement
        private let event: Statement

        init(_ connection: Connection) throws(SQLError) {
            func insert(_ table: String, _ columns: String, _ count: Int) throws(SQLError) -> Statement {
                let places = [String](repeating: "?", count: count).joined(separator: ", ")
                return try connection.prepare("INSERT OR REPLACE INTO \(table)(\(columns)) VALUES(\(places))")
            }
            generation = try insert(
                "llm_generations",
                """
                id, trace_id, observation_id, parent_observation_id, created_at, updated_at, start_time, end_time, latency_seconds,
                model, model_version, provider, input_tokens, output_tokens, total_tokens, cost_usd, is_primary, prompt_text,
                completion_text, metadata
                """, 20)
            trace = try insert(
                "llm_traces",
                """
                id, trace_id, created_at, updated_at, user_id, session_id, name, tags, total_cost_usd, total_tokens,
                total_generations, total_events, metadata
                """, 13)
            event = try insert(
                "llm_events",
                "id, trace_id, observation_id, created_at, event_name, event_type, original_model, fallback_model, fallback_reason, metadata",
                10)
        }

        func write(_ record: TraceRecord, _ spans: [SpanRecord], _ events: [EventRecord]) throws(SQLError) {
            let calls = spans.filter(\.kind.isCall)
            for call in calls { try write(call, traceID: record.traceID) }
            for record in events { try write(record) }
            let start = record.start ?? spans.compactMap(\.start).min() ?? Timestamp(seconds: 0)
            trace.bind(LLMMetricsDatabase.guid(record.traceID))
            trace.bind(LLMMetricsDatabase.guid(record.traceID))
            trace.bind(LLMMetricsDatabase.time(start))
            trace.bind(record.updatedAt.map(LLMMetricsDatabase.time))
            trace.bind(record.user)
            trace.bind(record.session)
            trace.bind(record.name)
            trace.bind(record.tags.isEmpty ? nil : JSONText.array(record.tags))
            let costs = calls.compactMap(\.cost?.units), tokens = calls.compactMap(\.totalTokens)
            trace.bind(costs.isEmpty ? nil : Double(costs.reduce(0, &+)) / 1e8)
            trace.bind(tokens.isEmpty ? nil : tokens.reduce(0, &+) as Int64)
            trace.bind(calls.count)
            trace.bind(events.count)
            let fields = [
                ("environment", record.environment), ("release", record.release), ("service", record.service),
            ]
            trace.bind(record.metadata ?? LLMMetricsDatabase.object(fields))
            try trace.run()
        }

        private func write(_ span: SpanRecord, traceID: String) throws(SQLError) {
            guard let created = span.start ?? span.end else { return }
            generation.bind(LLMMetricsDatabase.guid(span.spanID))
            generation.bind(LLMMetricsDatabase.guid(span.traceID ?? traceID))
            generation.bind(LLMMetricsDatabase.guid(span.spanID))
            generation.bind(span.parentID.map(LLMMetricsDatabase.guid))
            generation.bind(LLMMetricsDatabase.time(created))
            generation.bind(span.updatedAt.map(LLMMetricsDatabase.time))
            generation.bind(span.start.map(LLMMetricsDatabase.time))
            generation.bind(span.end.map(LLMMetricsDatabase.time))
            var latency = span.reportedLatency
            if let start = span.start, let end = span.end { latency = end - start }
            generation.bind(latency?.inSeconds)
            let model = span.modelRequested ?? span.modelResponded ?? "unknown"
            generation.bind(span.provider.map { "\($0)/\(model)" } ?? model)
            generation.bind(span.modelResponded)
            generation.bind(span.provider)
            generation.bind(span.inputTokens)
            generation.bind(span.outputTokens)
            generation.bind(span.totalTokens)
            generation.bind(span.cost?.dollars)
            generation.bind(span.fallbackFrom == nil)
            generation.bind(span.input)
            generation.bind(span.output)
            let isFailed = span.status == .error || span.errorField != nil || span.exceptionType != nil
            let message = span.errorField ?? span.exceptionMessage ?? span.statusMessage
            let fields = [
                ("agent", span.agent), ("environment", span.environment),
                ("error", isFailed ? message ?? "unknown error" : nil), ("exception", span.exceptionType),
                ("status", isFailed ? "failed" : nil),
            ]
            generation.bind(LLMMetricsDatabase.object(fields))
            try generation.run()
            generations += 1
        }

        private func write(_ record: EventRecord) throws(SQLError) {
            guard let time = record.time else { return }
            event.bind(LLMMetricsDatabase.guid(record.eventID))
            event.bind(record.traceID.map(LLMMetricsDatabase.guid))
            event.bind((record.spanID ?? record.parentID).map(LLMMetricsDatabase.guid))
            event.bind(LLMMetricsDatabase.time(time))
            event.bind(record.name ?? record.kind.name)
            event.bind(record.kind.isError ? "error" : record.kind.name)
            func full(_ model: String) -> String { record.provider.map { "\($0)/\(model)" } ?? model }
            event.bind(record.model.map(full))
            event.bind(record.fallbackModel)
            event.bind(record.kind == .fallback ? record.message : nil)
            let fields = [
                ("error_message", record.kind == .fallback ? nil : record.message), ("exception", record.exceptionType),
                ("status_code", record.httpStatus.map(String.init)), ("level", record.level),
            ]
            event.bind(LLMMetricsDatabase.object(fields))
            try event.run()
        }
    }

    /// Returns a JSON object of the fields with a value; nil when there are none.
    private static func object(_ fields: [(String, String?)]) -> String? {
        let known = fields.compactMap { key, value in value.map { "\(key.quotedAsJSON()): \($0.quotedAsJSON())" } }
        return known.isEmpty ? nil : "{" + known.joined(separator: ", ") + "}"
    }
}
