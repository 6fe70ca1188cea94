/// What a member of a log's row means.
enum LogField: Int, CaseIterable {
    case time, endTime, provider, model, errorType, httpStatus, outcome, success, failed, recovered, level, levelNumber, logger
    case errorMessage, message, detail, exceptionType, stack, errorCode, code, retries, attempt
    case latency, inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens, cost, inputCost, outputCost
    case agent, user, session, environment, release, service, project, requestID, traceID, spanID, parentID
    case name, kind, finishReason, fallbackFrom, input, output

    /// The names under which each is known, as `LogName` brings them to one spelling. What is named by a quantity and a unit
    /// (latencies, tokens, costs) is told by its words: see `LogName`.
    static let names: [(field: LogField, names: [String])] = [
        (
            .time,
            [
                "timestamp", "ts", "time", "created_at", "datetime", "date", "@timestamp", "start_time", "event_time", "asctime",
                "@t", "t", "_time", "logged_at", "started_at", "timestamp_utc", "time_utc", "created", "occurred_at", "when",
                "date_time", "log_time", "utc_time", "created_time", "timestamp_ms", "ts_ms", "time_ms", "iso_time",
                "time_stamp", "timestamp_iso", "event_timestamp", "event_timestamp_utc", "recorded_at", "epoch", "instant",
                "time_millis", "creation_time", "call_time", "@time", "called_at", "eventtime", "starttime", "requested_at",
            ]
        ),
        (.endTime, ["end_time", "ended_at", "finished_at", "completed_at", "endtime"]),
        (
            .provider,
            [
                "provider", "llm_provider", "vendor", "model_provider", "api_provider", "ai_provider", "provider_name",
                "llm_vendor", "gen_ai_system", "gen_ai_provider_name", "custom_llm_provider", "provider_id",
            ]
        ),
        (
            .model,
            [
                "model", "model_name", "model_id", "llm_model", "modelname", "engine", "model_used", "ai_model", "llm",
                "deployment", "deployment_name", "gen_ai_request_model", "request_model", "response_model", "llm_name",
                "llm_model_name", "model_requested", "requested_model", "model_version",
            ]
        ),
        (
            .errorType,
            [
                "error_type", "error_category", "category", "error_kind", "errortype", "failure_type", "error_class_name",
                "err_type",
                "error_label", "failure_category", "gen_ai_error_type",
            ]
        ),
        (
            .httpStatus,
            [
                "status_code", "http_status", "http_status_code", "status", "http_code", "response_code", "response_status",
                "response_status_code", "http_response_status_code", "statuscode", "sc", "http_response_code", "api_status",
            ]
        ),
        (
            .outcome,
            [
                "outcome", "result_status", "state", "call_status", "request_status", "completion_status", "final_status",
                "result_code", "disposition", "outcome_status", "run_status", "execution_status",
            ]
        ),
        (
            .success,
            ["success", "ok", "succeeded", "is_success", "successful", "is_ok", "was_successful", "passed", "is_successful"]
        ),
        (
            .failed,
            [
                "is_error", "failed", "has_error", "errored", "is_failure", "has_failed", "iserror", "is_failed", "had_error",
                "is_exception", "error_occurred", "did_fail",
            ]
        ),
        (.recovered, ["recovered", "is_recovered"]),
        (
            .level,
            ["severity", "level", "log_level", "levelname", "loglevel", "lvl", "severity_text", "@l", "level_name", "priority"]
        ),
        (.levelNumber, ["levelno", "level_no", "severity_number", "level_value"]),
        (.logger, ["logger", "logger_name", "loggername", "target", "caller", "logger_id"]),
        (
            .errorMessage,
            [
                "error_message", "error", "exception_message", "error_msg", "err", "errmsg", "err_msg", "error_text",
                "errormessage", "failure_reason", "error_reason", "error_detail", "error_details", "error_description",
                "last_error", "failure", "failure_message", "error_str", "error_string", "error_body", "exc", "errors",
                "exception_text", "exception_string", "exception_value", "reason_failed", "fail_reason", "errdetails",
                "error_info",
            ]
        ),
        (.message, ["message", "msg", "@m", "@mt", "short_message", "log_message"]),
        (
            .detail,
            [
                "detail", "details", "reason", "description", "status_message", "status_text", "user_message", "cause",
                "full_message", "statustext", "note", "explanation", "response_body", "text", "body",
            ]
        ),
        (
            .exceptionType,
            [
                "exception_type", "exception", "error_class", "exception_class", "exc_type", "error_name", "exc_info", "@x",
                "exc_name", "exception_name", "exc_class", "errorname", "thrown",
            ]
        ),
        (
            .stack,
            [
                "stack", "stack_trace", "stacktrace", "traceback", "error_stack", "error_stack_trace", "exc_text",
                "error_verbose",
                "backtrace", "trace_back", "tb", "exception_stacktrace", "exception_stack",
            ]
        ),
        (.errorCode, ["error_code", "errorcode", "err_code", "errcode", "failure_code", "exception_code"]),
        (.code, ["code"]),
        (
            .retries,
            [
                "retry_count", "retries", "num_retries", "retry_attempts", "attempted_retries", "retries_made", "n_retries",
                "total_retries", "retrycount",
            ]
        ),
        (.attempt, ["attempt", "attempt_number", "attempt_no", "attempt_num", "try", "try_number", "retry_number", "retry"]),
        (.cost, ["cost", "cost_usd", "total_cost", "price", "usd"]),
        (.agent, ["agent", "agent_name", "agent_id"]),
        (.user, ["user", "user_id", "userid", "end_user", "customer_id", "account_id", "uid"]),
        (
            .session,
            [
                "session", "session_id", "conversation_id", "sessionid", "thread_id", "chat_id", "conversation", "conv_id",
                "dialog_id",
            ]
        ),
        (.environment, ["environment", "env", "deployment_environment", "stage_name"]),
        (.release, ["release", "version", "app_version", "service_version"]),
        (.service, ["service", "service_name", "app", "app_name", "application", "servicename", "syslog_identifier"]),
        (.project, ["project", "project_name"]),
        (
            .requestID,
            ["request_id", "requestid", "x_request_id", "req_id", "reqid", "request_uuid", "correlation_id", "call_id", "job_id"]
        ),
        (.traceID, ["trace_id", "traceid", "otel_trace_id", "dd_trace_id"]),
        (.spanID, ["span_id", "spanid", "otel_span_id", "dd_span_id"]),
        (.parentID, ["parent_id", "parent_span_id"]),
        (
            .name,
            [
                "operation", "name", "endpoint", "event_name", "step", "stage", "task", "task_type", "purpose", "action", "tag",
                "function", "func_name", "method_name", "op", "operation_name", "role", "route", "component_name", "node",
            ]
        ),
        (.kind, ["type", "event_type", "event", "kind", "record_type", "log_type", "entry_type"]),
        (.finishReason, ["finish_reason", "stop_reason", "finishreason", "done_reason"]),
        (.fallbackFrom, ["fallback_from", "original_model"]),
        (.input, ["prompt", "input", "messages", "prompt_text", "user_prompt", "request_text", "query", "question"]),
        (.output, ["response_text", "output", "completion", "answer", "output_text", "generated_text", "reply", "response"]),
    ]

    private static let byName: [String: LogField] = {
        var found: [String: LogField] = [:]
        for row in names { for name in row.names { found[name] = row.field } }
        return found
    }()

    /// The field of this exact name, in the one spelling.
    static func named(_ plain: String) -> LogField? { byName[plain] }

    /// True for fields that only calls to a model have.
    var marksCall: Bool {
        switch self {
        case .provider, .model, .inputTokens, .outputTokens, .totalTokens, .cachedTokens, .reasoningTokens, .cost, .inputCost,
            .outputCost, .finishReason:
            true
        default: false
        }
    }

    /// True for what keeps its meaning inside an object such as `response`, or behind a prefix such as `llm_`.
    var isSafeBehindPrefix: Bool {
        switch self {
        case .provider, .model, .errorType, .httpStatus, .outcome, .success, .failed, .errorMessage, .exceptionType, .stack,
            .errorCode, .retries, .latency, .inputTokens, .outputTokens, .totalTokens, .cachedTokens, .reasoningTokens, .cost,
            .inputCost, .outputCost, .finishReason:
            true
        default: false
        }
    }
}
