import Model

/// The type of a field: determines parsing of literals, valid comparisons and formatting.
public enum FieldType: Hashable, Sendable {
    case text
    /// A closed set of words, which may have an order.
    case choice([String], isOrdered: Bool)
    case count
    case duration
    case money
    case time
    case flag
    /// An HTTP status, 100...599; `5xx` stands for a hundred of them.
    case httpStatus
    /// A set of texts; a condition applies to each of them.
    case tags

    /// The type of result columns for the field.
    var valueType: ValueType {
        switch self {
        case .text, .choice, .tags: .text
        case .count, .httpStatus: .count
        case .duration: .duration
        case .money: .money
        case .time: .time
        case .flag: .flag
        }
    }

    /// The words of an ordered closed set; nil for other types.
    var orderedWords: [String]? {
        if case .choice(let words, isOrdered: true) = self { words } else { nil }
    }

    /// True for numbers that can be summed and averaged.
    var isNumeric: Bool {
        switch self {
        case .count, .duration, .money: true
        default: false
        }
    }

    /// The type and unit as shown by `fields`.
    public var meaning: String {
        switch self {
        case .text: "text"
        case .choice(let words, _): words.count <= 8 ? words.joined(separator: " ") : "one of \(words.count) words"
        case .count: "whole number"
        case .duration: "duration (200ms, 1.5s)"
        case .money: "US dollars ($0.02)"
        case .time: "time"
        case .flag: "yes or no"
        case .httpStatus: "HTTP status (429, 5xx)"
        case .tags: "set of texts"
        }
    }
}

/// The subject of a query.
public enum Noun: String, CaseIterable, Sendable {
    case errors, calls, failures, traces, events

    /// True for nouns whose rows are traces.
    var isTrace: Bool { self == .failures || self == .traces }
}

/// The name of a field. Every switch over it is exhaustive, so that a new field is never half supported.
public enum FieldID: String, CaseIterable, Sendable {
    case time, type, `class`, severity, status, provider, model
    case modelRequested = "model_requested"
    case agent, name, kind, outcome, message, code, signature, evidence, origin, latency, ttft, cost
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    case cachedTokens = "cached_tokens"
    case reasoningTokens = "reasoning_tokens"
    case tokens, attempt, attempts, retries, recovered, failed, finish, fallback
    case fallbackFrom = "fallback_from"
    case retryOf = "retry_of"
    case host, prompt
    case promptVersion = "prompt_version"
    case exceptionType = "exception_type"
    case tool
    case inputDigest = "input_digest"
    case requestID = "request_id"
    case trace, span, user, session, environment, release, service, project, tag
    case hour, weekday, day, week, month
    case duration, errors, calls, event
    case metadata
}

/// A field of the language; `metadata.KEY` is a field with a key.
public struct Field: Hashable, Sendable {
    public let id: FieldID
    /// The key after `metadata.`, as written; "" for all other fields.
    public let key: String
    /// True for a numeric key of `by`: its values are grouped into `Bins`.
    public let isBinned: Bool

    /// Creates a field.
    public init(_ id: FieldID, key: String = "", isBinned: Bool = false) {
        self.id = id
        self.key = key
        self.isBinned = isBinned
    }

    /// The field as a key of `by`: wide-ranging numbers are binned; small counts and hours are not.
    var asKey: Field {
        switch id {
        case .latency, .ttft, .duration, .cost, .inputTokens, .outputTokens, .cachedTokens, .reasoningTokens, .tokens, .errors,
            .calls:
            Field(id, isBinned: true)
        default: self
        }
    }

    /// True if groups by the field are sorted by its values rather than by their measures: bins, hours, days.
    var hasOwnOrder: Bool {
        isOfCalendar || isBinned
    }

    /// The canonical name.
    public var name: String { id == .metadata ? "metadata.\(key)" : id.rawValue }

    /// The field's row in the table.
    public var row: FieldRow { FieldTable.rows[id]! }
    /// The field's type.
    public var type: FieldType { row.type }
    /// True for parts of clock and calendar.
    package var isOfCalendar: Bool {
        switch id {
        case .hour, .weekday, .day, .week, .month: true
        default: false
        }
    }
    /// True for days, weeks and months, which are written as text but stored as numbers.
    package var isCalendarText: Bool { id == .day || id == .week || id == .month }
    /// True for names, as opposed to amounts, times and flags: values that can be new.
    var hasWords: Bool {
        switch type {
        case .text: !isCalendarText
        case .choice: id != .weekday && id != .evidence
        default: false
        }
    }
    /// True if `sort` is descending by default: for numbers, times and severities, not for names.
    var descends: Bool {
        switch type {
        case .text, .tags: isCalendarText
        case .choice: id == .severity
        default: true
        }
    }

    /// Looks a field up by name or synonym, ignoring case; nil if unknown.
    public init?(named name: String) {
        if name.hasPrefix("metadata."), name.count > 9 {
            self.init(.metadata, key: String(name.dropFirst(9)))
        } else if let id = FieldTable.ids[name.lowercased()] {
            self.init(id)
        } else {
            return nil
        }
    }
}

/// The definition of a field; used by the checker, completion and help.
public struct FieldRow: Sendable {
    public let id: FieldID
    /// Other accepted names; output uses the canonical name.
    public let synonyms: [String]
    public let type: FieldType
    /// A one-line description.
    public let meaning: String
    /// An example condition.
    public let example: String
    /// True for fields that only errors have; conditions on them do not affect the denominator of a rate.
    public let isErrorOnly: Bool
    /// True for fields that traces have themselves.
    public let isOfTraces: Bool
    /// True for fields that only traces have.
    public let isTraceOnly: Bool
    /// True for fields that only events have.
    public let isEventOnly: Bool
}

/// The fields of the language.
public enum FieldTable {
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func row(
        _ id: FieldID, _ type: FieldType, _ meaning: String, _ example: String, also synonyms: [String] = [],
        errors: Bool = false,
        traces: Bool = false, tracesOnly: Bool = false, eventsOnly: Bool = false
    ) -> FieldRow {
        FieldRow(
            id: id, synonyms: synonyms, type: type, meaning: meaning, example: example, isErrorOnly: errors,
            isOfTraces: traces || tracesOnly,
            isTraceOnly: tracesOnly, isEventOnly: eventsOnly)
    }

    /// The rows in display order.
    public static let all: [FieldRow] = [
        row(.time, .time, "end of the call or trace, else its start", "time >= 14:00", also: ["ts", "timestamp"], traces: true),
        row(
            .type, .choice(ErrorType.allCases.map(\.name), isOrdered: false), "type of the error", "type = rate_limit",
            also: ["error_type", "category"], errors: true, traces: true),
        row(
            .class, .choice(ErrorClass.allCases.map(\.rawValue), isOrdered: false), "the provider's view of the type",
            "class = auth_error", also: ["error_class"], errors: true, traces: true),
        row(
            .severity, .choice(Severity.allCases.map(\.name), isOrdered: true), "severity of the error", "severity >= ERROR",
            errors: true, traces: true),
        row(.status, .httpStatus, "HTTP status of the answer", "status = 5xx", also: ["status_code", "http_status"]),
        row(.provider, .text, "provider: openai, anthropic, …", "provider = anthropic", also: ["vendor"]),
        row(.model, .text, "requested model", "model = gpt-4o*", also: ["model_name"]),
        row(.modelRequested, .text, "model name as sent in the request", "model_requested is present"),
        row(
            .agent, .text, "agent, inherited from the enclosing span", "agent = planner", also: ["agent_name"],
            traces: true),
        row(.name, .text, "name of the span or trace", "name = chat*", also: ["span_name", "operation"], traces: true),
        row(
            .kind, .choice(SpanKind.allCases.map(\.name) + ["any"], isOrdered: false),
            "kind of span; mentioning it covers every kind", "kind = tool", also: ["span_kind"]),
        row(
            .outcome, .choice(["ok", "recovered", "failed"], isOrdered: false), "outcome of the call or trace",
            "outcome = recovered", traces: true
        ),
        row(
            .message, .text, "the error's message, redacted", "message has \"connection reset\"", also: ["error_message"],
            errors: true),
        row(.code, .text, "the provider's error code", "code = insufficient_quota", also: ["error_code"], errors: true),
        row(.signature, .text, "the message with numbers, ids and quoted text masked", "signature is present", errors: true),
        row(
            .evidence, .choice(Evidence.named.map(\.name), isOrdered: false), "why it counts as an error", "evidence = stream",
            errors: true),
        row(
            .origin, .choice(ErrorOrigin.allCases.map(\.name), isOrdered: false),
            "component that failed: provider, gateway, client, tool, app", "origin = gateway", errors: true),
        row(.latency, .duration, "from start to end", "latency > 30s", also: ["latency_seconds", "latency_ms"]),
        row(.ttft, .duration, "time to the first token", "ttft > 2s", also: ["time_to_first_token"]),
        row(.cost, .money, "cost as the source reports it", "cost > $0.05", also: ["cost_usd"], traces: true),
        row(.inputTokens, .count, "tokens sent", "input_tokens > 100k", also: ["tokens_in", "prompt_tokens"]),
        row(.outputTokens, .count, "tokens received", "output_tokens = 0", also: ["tokens_out", "completion_tokens"]),
        row(.tokens, .count, "tokens sent and received", "tokens > 10k", also: ["total_tokens"], traces: true),
        row(
            .cachedTokens, .count, "tokens of the input that the provider read from its cache", "cached_tokens > 0",
            also: ["cache_read_tokens", "cached_input_tokens"]),
        row(
            .reasoningTokens, .count, "tokens of the output that the model spent on reasoning", "reasoning_tokens > 1k",
            also: ["thinking_tokens"]),
        row(.attempt, .count, "which attempt the call is, 1 for the first, if the source reports it", "attempt > 1"),
        row(.attempts, .count, "attempts by the client within the call, if the source reports them", "attempts > 1"),
        row(.retries, .count, "attempts after the first", "retries >= 2", also: ["retry_count"]),
        row(.recovered, .flag, "the error was recovered later in its trace", "not recovered", errors: true),
        row(.failed, .flag, "the call or trace failed", "not failed", traces: true),
        row(.finish, .text, "finish reason", "finish = length", also: ["finish_reason"]),
        row(.fallback, .flag, "the call was a fallback from another model", "fallback"),
        row(.fallbackFrom, .text, "the model that it replaced", "fallback_from = gpt-4o"),
        row(.retryOf, .text, "span that the call repeats, if the source reports it", "retry_of is present"),
        row(.host, .text, "host that served it: azure, a server address", "host = azure"),
        row(.prompt, .text, "name of the prompt", "prompt = answer-v2", also: ["prompt_name"]),
        row(.promptVersion, .text, "version of the prompt", "prompt_version = 7"),
        row(
            .exceptionType, .text, "class of the exception that ended it", "exception_type = RateLimitError",
            also: ["exception"], errors: true),
        row(.tool, .text, "name of the tool, for calls of tools", "tool = search", also: ["tool_name"]),
        row(
            .inputDigest, .text, "digest of the input: the same for calls with equal inputs", "input_digest is present"),
        row(.requestID, .text, "the provider's request id", "request_id is present"),
        row(.trace, .text, "trace id", "trace = 3f2a*", also: ["trace_id"], traces: true),
        row(.span, .text, "span id", "span is present", also: ["span_id"]),
        row(.user, .text, "user", "user = u-17", also: ["user_id"], traces: true),
        row(.session, .text, "session or conversation", "session = s-1", also: ["session_id"], traces: true),
        row(.environment, .text, "environment", "environment = production", also: ["env"], traces: true),
        row(.release, .text, "release", "release = 2.14*", also: ["version"], traces: true),
        row(.service, .text, "service", "service = checkout", also: ["service_name"], traces: true),
        row(.project, .text, "project", "project is present", traces: true),
        row(.tag, .tags, "a tag of the trace", "tag = vip", also: ["tags"], traces: true),
        row(.hour, .count, "hour of the day, 0 to 23", "hour >= 9", also: ["hour_of_day"], traces: true),
        row(
            .weekday, .choice(weekdays, isOrdered: true), "day of the week", "weekday = mon", also: ["day_of_week"], traces: true),
        row(.day, .text, "calendar day", "day = 2026-11-20", also: ["date"], traces: true),
        row(.week, .text, "ISO week", "week = 2026-W47", traces: true),
        row(.month, .text, "calendar month", "month = 2026-11", traces: true),
        row(.duration, .duration, "from the trace's first start to its last end", "duration > 1m", tracesOnly: true),
        row(.errors, .count, "errors in the trace", "errors > 2", tracesOnly: true),
        row(.calls, .count, "calls in the trace", "calls > 10", tracesOnly: true),
        row(
            .event, .choice(EventKind.allCases.map(\.name), isOrdered: false), "kind of event (events only)",
            "event = fallback", also: ["event_type"], eventsOnly: true),
        row(.metadata, .text, "metadata.KEY: a value attached by the source", "metadata.team = search"),
    ]

    static let rows: [FieldID: FieldRow] = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    static let ids: [String: FieldID] = {
        var ids: [String: FieldID] = [:]
        for row in all where row.id != .metadata {
            for name in [row.id.rawValue] + row.synonyms { ids[name] = row.id }
        }
        return ids
    }()

    /// Returns the canonical names of a noun's fields, in the order of the table.
    public static func names(for noun: Noun) -> [String] {
        all.filter { isField($0.id, of: noun) && $0.id != .metadata }.map(\.id.rawValue)
    }

    /// Returns true if rows of the noun have the field or can be filtered by it.
    ///
    /// Traces can also be filtered by the fields of their errors and calls; the condition then holds for at least one of them.
    public static func isField(_ id: FieldID, of noun: Noun) -> Bool {
        if noun == .events { return eventFields.contains(id) }
        return !rows[id]!.isEventOnly && (noun.isTrace || !rows[id]!.isTraceOnly)
    }

    /// Returns true if rows of the noun have the field themselves, so that it can be displayed, measured, sorted and grouped by.
    public static func isOwn(_ id: FieldID, of noun: Noun) -> Bool {
        isField(id, of: noun) && (!noun.isTrace || rows[id]!.isOfTraces)
    }

    /// The fields of an event and of its trace.
    private static let eventFields: Set<FieldID> = [
        .time, .event, .name, .message, .model, .provider, .code, .status, .fallback, .fallbackFrom, .trace, .span, .agent, .user,
        .session, .environment, .release, .service, .project, .tag, .hour, .weekday, .day, .week, .month, .metadata,
    ]
}
