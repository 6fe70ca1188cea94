/// The words with which sources say how something ended.
enum LogWords {
    /// How a word says that something ended.
    enum Ending {
        case well, badly, cancelled, pending
        /// A word that nobody knows.
        case unknown
    }

    private static let good: Set<String> = [
        "ok", "success", "succeeded", "successful", "successfully", "complete", "completed", "done", "finished", "passed", "pass",
        "true", "yes", "stop", "end_turn", "cached", "hit", "sent", "delivered", "processed", "valid", "allowed", "approved",
        "accepted", "healthy", "ready", "normal", "info", "answered", "responded", "generated", "returned", "resolved", "closed",
        "logged", "saved", "created", "updated", "deleted", "enabled", "online", "available", "none", "null", "good", "green",
        "tool_calls", "tool_use", "length", "max_tokens", "ended", "closed_ok", "no_error", "recovered", "cache_hit", "miss",
        "debug", "notice", "warn", "warning", "default", "trace", "live", "up", "unset", "unknown", "partial", "fallback",
        "retried",
    ]
    private static let bad: Set<String> = [
        "error", "errored", "err", "fail", "failed", "failure", "failing", "timeout", "timed_out", "timedout", "exception",
        "crashed", "crash", "fatal", "unauthorized", "forbidden", "rate_limited", "ratelimited", "throttled", "rate_limit",
        "too_many_requests", "quota_exceeded", "overloaded", "unavailable", "invalid", "broken", "bad_request", "not_found",
        "expired", "killed", "dead", "oom", "unsuccessful", "exceeded", "malformed", "false", "no", "exhausted", "critical",
        "content_filter", "content_filtered", "deadline_exceeded", "internal", "unauthenticated", "permission_denied", "denied",
        "resource_exhausted", "failed_precondition", "invalid_argument", "unimplemented", "data_loss", "out_of_range",
    ]
    private static let ended: Set<String> = [
        "cancelled", "canceled", "aborted", "interrupted", "user_cancelled", "user_canceled", "cancel", "stopped", "abandoned",
        "client_disconnected", "paused", "awaiting_approval", "requires_action", "waiting_for_input", "interrupt", "suspended",
    ]
    private static let open: Set<String> = [
        "running", "started", "start", "pending", "queued", "in_progress", "processing", "streaming", "new", "init", "scheduled",
        "waiting", "active", "begin", "working", "retrying", "inprogress", "requested", "submitted",
    ]

    /// What a word in a column for the outcome says.
    static func ending(_ written: String) -> Ending {
        let word = LogName.plain(written)
        if good.contains(word) { return .well }
        if bad.contains(word) { return .badly }
        if ended.contains(word) { return .cancelled }
        if open.contains(word) { return .pending }
        return tellsOfFailure(word) ? .badly : .unknown
    }

    /// True for names of events and types about a failure, such as `llm_error`, `error_anthropic_429`, `call.failed`.
    static func tellsOfFailure(_ name: String) -> Bool {
        let words = LogName.plain(name).split { !$0.isLetter && !$0.isNumber }
        let marks: Set<Substring> = [
            "error", "errors", "failed", "failure", "fail", "exception", "timeout", "fatal", "crash", "crashed", "err",
        ]
        guard let at = words.firstIndex(where: marks.contains), words.count <= 6 else { return false }
        let denials: Set<Substring> = ["no", "non", "without", "not", "zero", "max", "last", "check", "handler", "rate", "count"]
        if at > 0, denials.contains(words[at - 1]) { return false }
        return at + 1 >= words.count
            || !["rate", "count", "handler", "budget", "threshold", "free", "handling"].contains(words[at + 1])
    }

    /// Words in an error's column that say that there was none.
    static func saysNoError(_ text: String) -> Bool {
        guard text.utf8.count < 12 else { return false }
        return ["ok", "success", "none", "no_error", "false", "0", "succeeded", "completed", "no error", "{}", "[]", "no", "200"]
            .contains(text.lowercased())
    }

    /// A truth value by any of its words; nil for other texts.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "y", "t", "1.0", "ok", "success": true
        case "false", "0", "no", "n", "f", "0.0", "failed", "failure", "error", "fail": false
        default: nil
        }
    }

    /// True for the levels of errors and what is graver.
    static func isGrave(_ level: String) -> Bool {
        switch level.lowercased() {
        case "error", "err", "critical", "crit", "fatal", "panic", "emergency", "emerg", "alert", "severe", "dpanic", "eror",
            "errors":
            true
        default: false
        }
    }

    /// The word for a number that stands in a column for the level: pino's and bunyan's steps of ten, and those of syslog where
    /// `isSyslog`; Python's steps, which mean other levels, where `isPython`.
    static func level(_ number: Int64, isSyslog: Bool = false, isPython: Bool = false) -> String? {
        if isSyslog {
            let words = ["FATAL", "FATAL", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG"]
            return words.indices.contains(Int(truncatingIfNeeded: number)) ? words[Int(number)] : nil
        }
        if isPython {
            switch number {
            case 50...: return "CRITICAL"
            case 40..<50: return "ERROR"
            case 30..<40: return "WARN"
            case 20..<30: return "INFO"
            case 1..<20: return "DEBUG"
            default: return nil
            }
        }
        switch number {
        case 60..<100: return "FATAL"
        case 50..<60: return "ERROR"
        case 40..<50: return "WARN"
        case 30..<40: return "INFO"
        case 20..<30: return "DEBUG"
        case 10..<20: return "TRACE"
        default: return nil
        }
    }
}
