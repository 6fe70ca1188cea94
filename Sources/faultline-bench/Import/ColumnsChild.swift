import ArgumentParser
import Ingest
import Model

/// Imports the file into one plain table: all columns of an observation under the store's upsert key, and nothing derived.
///
/// Uses the same reader, so that the comparison measures the work of the store; without a table it only reads.
struct ColumnsChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "columns-child", shouldDisplay: false)

    @Argument var file: String
    @Argument var store: String
    @Flag(help: "Read the file without creating a table.") var onlyReads = false

    /// The columns; the first three are the key.
    private static let columns = [
        "project", "trace_id", "span_id", "parent_id", "kind", "name", "start", "first_token", "finish_time", "latency",
        "model_requested", "model_responded", "provider", "host", "is_stream", "finish", "agent", "workflow", "user", "session",
        "environment", "release_name", "service", "tags", "prompt_name", "prompt_version", "tin", "tin_cached", "tout",
        "tout_reasoning", "tok", "cost", "status", "level", "status_message", "exception_type", "exception_message",
        "http_status", "error_code", "error_type", "error_field", "request_id", "origin", "is_broken_stream", "attempt",
        "attempts_made", "retry_of", "fallback_from", "has_tool_calls", "updated_at", "input", "output", "stack", "parameters",
        "attributes",
    ]

    func run() throws {
        var reader = try SourceReader(path: file)
        var skipped = 0, rows = 0
        if onlyReads {
            try reader.read(record: { _, _ in rows += 1 }, problem: { _ in skipped += 1 }, progress: { _ in })
        } else {
            let database = try PlainSQLite(store, create: true)
            let columns = ColumnsChild.columns
            try database.execute(
                """
                CREATE TABLE observation(\(columns.joined(separator: ", ")));
                CREATE UNIQUE INDEX observation_identity ON observation(project, trace_id, span_id); BEGIN;
                """)
            let insert = try database.prepare(
                """
                INSERT INTO observation VALUES(\(columns.map { _ in "?" }.joined(separator: ", ")))
                ON CONFLICT(project, trace_id, span_id) DO UPDATE SET
                \(columns.dropFirst(3).map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
                WHERE ifnull(excluded.updated_at, 0) >= ifnull(updated_at, 0)
                """)
            try reader.read(
                record: { record, _ in
                    rows += 1
                    switch consume record {
                    case .span(let span): try ColumnsChild.put(span, into: insert)
                    case .event(let event): try ColumnsChild.put(event, into: insert)
                    // Trace-level data is not an observation; the table has no place for it.
                    case .trace, .score: break
                    }
                },
                problem: { _ in skipped += 1 }, progress: { _ in })
            try database.execute("COMMIT")
        }
        guard skipped == 0, rows > 0 else { throw BenchError("\(skipped) records of \(file) were skipped, \(rows) read") }
        print(Processes.peakMemory())
    }

    private static func put(_ span: borrowing SpanRecord, into row: PlainStatement) throws {
        row.put(span.project)
        row.put(span.traceID)
        row.put(span.spanID)
        row.put(span.parentID)
        row.put(Int64(span.kind.rawValue))
        row.put(span.name)
        row.put(span.start?.nanoseconds)
        row.put(span.firstToken?.nanoseconds)
        row.put(span.end?.nanoseconds)
        row.put(span.reportedLatency?.inNanoseconds)
        row.put(span.modelRequested)
        row.put(span.modelResponded)
        row.put(span.provider)
        row.put(span.host)
        row.put(span.isStream.map { $0 ? 1 : 0 })
        row.put(span.finishReasons.isEmpty ? nil : span.finishReasons.joined(separator: ","))
        row.put(span.agent)
        row.put(span.workflow)
        row.put(span.user)
        row.put(span.session)
        row.put(span.environment)
        row.put(span.release)
        row.put(span.service)
        row.put(span.tags.isEmpty ? nil : span.tags.joined(separator: ","))
        row.put(span.promptName)
        row.put(span.promptVersion)
        row.put(span.inputTokens)
        row.put(span.cachedInputTokens)
        row.put(span.outputTokens)
        row.put(span.reasoningTokens)
        row.put(span.totalTokens)
        row.put(span.cost?.units)
        row.put(Int64(span.status.rawValue))
        row.put(span.level)
        row.put(span.statusMessage)
        row.put(span.exceptionType)
        row.put(span.exceptionMessage)
        row.put(span.httpStatus.map(Int64.init))
        row.put(span.errorCode)
        row.put(span.errorType)
        row.put(span.errorField)
        row.put(span.requestID)
        row.put(Int64(span.origin.rawValue))
        row.put(span.isBrokenStream ? 1 : 0)
        row.put(span.attempt.map(Int64.init))
        row.put(span.attemptsMade.map(Int64.init))
        row.put(span.retryOf)
        row.put(span.fallbackFrom)
        row.put(span.hasToolCalls ? 1 : 0)
        row.put(span.updatedAt?.nanoseconds)
        row.put(span.input)
        row.put(span.output)
        row.put(span.stack)
        row.put(span.parameters)
        row.put(span.attributes)
        try row.insert()
    }

    /// Binds an event, which is also an observation but has few of the columns.
    private static func put(_ event: borrowing EventRecord, into row: PlainStatement) throws {
        row.put(event.project)
        row.put(event.traceID)
        row.put(event.eventID)
        row.put(event.parentID)
        row.put(Int64(SpanKind.event.rawValue))
        row.put(event.name)
        row.put(event.time?.nanoseconds)
        row.skip(3)
        row.put(event.model)
        row.skip(1)
        row.put(event.provider)
        row.skip(20)
        row.put(event.level)
        row.put(event.message)
        row.put(event.exceptionType)
        row.skip(1)
        row.put(event.httpStatus.map(Int64.init))
        row.put(event.errorCode)
        row.skip(8)
        row.put(event.fallbackModel)
        row.skip(4)
        row.put(event.stack)
        row.skip(1)
        row.put(event.attributes)
        try row.insert()
    }
}
