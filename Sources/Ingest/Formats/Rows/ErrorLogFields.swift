/// A column of an error log.
enum ErrorLogField: Int, CaseIterable {
    case time, provider, model, errorType, httpStatus, outcome, recovered, level, errorMessage, message, retries, attempt
    case latencySeconds, latencyMilliseconds, inputTokens, outputTokens, totalTokens, cost
    case agent, user, session, environment, release, service, project, requestID, traceID, spanID, parentID
    case name, errorCode, exceptionType, stack, finishReason, fallbackFrom, endTime

    /// The names of each column, case-insensitive, with `-` and spaces treated as `_`.
    static let names: [(field: ErrorLogField, names: [String])] = [
        (.time, ["timestamp", "ts", "time", "created_at", "datetime", "date", "@timestamp", "start_time", "event_time"]),
        (.provider, ["provider", "llm_provider", "vendor"]),
        (.model, ["model", "model_name", "model_id", "llm_model"]),
        (.errorType, ["error_type", "error_category", "category", "error_kind"]),
        (.httpStatus, ["status_code", "http_status", "http_status_code", "status", "http_code"]),
        (.outcome, ["outcome"]),
        (.recovered, ["recovered", "is_recovered"]),
        (.level, ["severity", "level", "log_level"]),
        (.errorMessage, ["error_message", "error", "exception_message", "error_msg"]),
        (.message, ["message", "msg"]),
        (.retries, ["retry_count", "retries", "num_retries", "retry_attempts"]),
        (.attempt, ["attempt", "attempt_number"]),
        (
            .latencySeconds,
            ["latency", "latency_seconds", "latency_s", "duration", "duration_seconds", "duration_s", "response_time"]
        ),
        (.latencyMilliseconds, ["latency_ms", "duration_ms", "response_time_ms", "elapsed_ms"]),
        (.inputTokens, ["input_tokens", "prompt_tokens", "tokens_in"]),
        (.outputTokens, ["output_tokens", "completion_tokens", "tokens_out"]),
        (.totalTokens, ["total_tokens", "tokens"]),
        (.cost, ["cost", "cost_usd", "total_cost", "price"]),
        (.agent, ["agent", "agent_name"]),
        (.user, ["user", "user_id"]),
        (.session, ["session", "session_id", "conversation_id"]),
        (.environment, ["environment", "env"]),
        (.release, ["release", "version", "app_version"]),
        (.service, ["service", "service_name"]),
        (.project, ["project", "project_name"]),
        (.requestID, ["request_id", "requestid", "x_request_id"]),
        (.traceID, ["trace_id", "traceid"]),
        (.spanID, ["span_id", "spanid"]),
        (.parentID, ["parent_id", "parent_span_id"]),
        (.name, ["operation", "name", "endpoint"]),
        (.errorCode, ["error_code", "code"]),
        (.exceptionType, ["exception_type", "exception", "error_class"]),
        (.stack, ["stack", "stack_trace", "stacktrace", "traceback"]),
        (.finishReason, ["finish_reason", "stop_reason"]),
        (.fallbackFrom, ["fallback_from"]),
        (.endTime, ["end_time", "ended_at"]),
    ]

    private static let byName: [String: ErrorLogField] = {
        var found: [String: ErrorLogField] = [:]
        for row in names { for name in row.names { found[name] = row.field } }
        return found
    }()

    /// Returns the column with this name; nil for an unknown name.
    init?(named name: String) {
        let plain = String(name.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
        guard let field = ErrorLogField.byName[plain] else { return nil }
        self = field
    }

    /// Returns true when columns with these names form an error log: a time, and something specific to such a log.
    static func isErrorLog(_ names: [String]) -> Bool {
        let fields = Set(names.compactMap { ErrorLogField(named: $0) })
        guard fields.contains(.time) else { return false }
        if fields.contains(.provider) || fields.contains(.errorType) { return true }
        return fields.contains(.model) && !fields.isDisjoint(with: [.httpStatus, .errorMessage, .retries, .level])
            || fields.contains(.errorMessage) && fields.contains(.httpStatus)
    }
}
