import Model

/// What the values of a field are: how literals are read, which comparisons make sense, how results print.
public enum FieldType: Hashable, Sendable {
    case text
    /// One of a closed set of words; ordered when the set is.
    case choice([String], isOrdered: Bool)
    case count
    case duration
    case money
    case time
    case flag
    /// An HTTP status, 100...599; `5xx` is a hundred of them.
    case httpStatus
    /// A set of texts, of which one may be asked for.
    case tags

    /// The type of result columns that show it.
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

    /// The words of a closed set that has an order; nil for every other type.
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

    /// What `fields` shows: the type and its unit in words.
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

/// What a statement asks about.
public enum Noun: String, CaseIterable, Sendable {
    case errors, calls, failures, traces, events

    /// True for nouns whose rows are traces.
    var isTrace: Bool { self == .failures || self == .traces }
}

/// The name of a field. Every switch over it is exhaustive, so that a new field cannot be half there.
public enum FieldID: String, CaseIterable, Sendable {
    case time, type, `class`, severity, status, provider, model
    case modelRequested = "model_requested"
    case agent, name, kind, outcome, message, code, signature, evidence, origin, latency, ttft, cost
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    case tokens, attempts, retries, recovered, failed, finish, fallback
    case fallbackFrom = "fallback_from"
    case host, prompt
    case requestID = "request_id"
    case trace, span, user, session, environment, release, service, project, tag
    case hour, weekday, day, week, month
    case duration, errors, calls, event
    case metadata
}

/// A field of the language; `metadata.KEY` is one with a key.
public struct Field: Hashable, Sendable {
    public let id: FieldID
    /// The key behind `metadata.`, as written; "" for every other field.
    public let key: String
    /// True for a numeric field that groups: its values are brought down to the bins of `Bins` that hold them.
    public let isBinned: Bool

    /// Makes a field.
    public init(_ id: FieldID, key: String = "", isBinned: Bool = false) {
        self.id = id
        self.key = key
        self.isBinned = isBinned
    }

    /// The field as a key of `by`: numbers of many sizes are binned, small counts and hours are not.
    var asKey: Field {
        switch id {
        case .latency, .ttft, .duration, .cost, .inputTokens, .outputTokens, .tokens, .errors, .calls: Field(id, isBinned: true)
        default: self
        }
    }

    /// True when groups by the field stand in the order of its values, not of their measures: bins, hours, days.
    var hasOwnOrder: Bool {
        switch id {
        case .hour, .weekday, .day, .week, .month: true
        default: isBinned
        }
    }

    /// The canonical name.
    public var name: String { id == .metadata ? "metadata.\(key)" : id.rawValue }

    /// Its row of the table.
    public var row: FieldRow { FieldTable.rows[id]! }
    /// What its values are.
    public var type: FieldType { row.type }
    /// True for days, weeks and months, which are written as text but kept as numbers.
    var isCalendarText: Bool { id == .day || id == .week || id == .month }
    /// True for values that are names rather than amounts, times or truths: those of which one can be new.
    var hasWords: Bool {
        switch type {
        case .text: !isCalendarText
        case .choice: id != .weekday && id != .evidence
        default: false
        }
    }
    /// True when `sort` puts the greatest first unless told otherwise: numbers, times and severities, not names.
    var descends: Bool {
        switch type {
        case .text, .tags: isCalendarText
        case .choice: id == .severity
        default: true
        }
    }

    /// The field with this name or synonym, in lower case; nil when there is none.
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

/// What the language knows of a field; feeds checker, completion and help.
public struct FieldRow: Sendable {
    public let id: FieldID
    /// Other names that are understood; shown canonically.
    public let synonyms: [String]
    public let type: FieldType
    /// One line for people.
    public let meaning: String
    /// A condition that uses it.
    public let example: String
    /// True for fields that only errors have: conditions on them leave the denominator of a rate alone.
    public let isErrorOnly: Bool
    /// True for fields of traces and failures themselves.
    public let isOfTraces: Bool
    /// True for fields that only traces have.
    public let isTraceOnly: Bool
    /// True for fields that only events have.
    public let isEventOnly: Bool
}

/// Every field of the language.
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

    /// The rows in the order in which they are listed.
    public static let all: [FieldRow] = [
        row(.time, .time, "end of the call or trace, else its start", "time >= 14:00", also: ["ts", "timestamp"], traces: true),
        row(
            .type, .choice(ErrorType.allCases.map(\.name), isOrdered: false), "what went wrong", "type = rate_limit",
            also: ["error_type", "category"], errors: true, traces: true),
        row(
            .class, .choice(ErrorClass.allCases.map(\.rawValue), isOrdered: false), "the provider's view of the type",
            "class = auth_error", also: ["error_class"], errors: true, traces: true),
        row(
            .severity, .choice(Severity.allCases.map(\.name), isOrdered: true), "how grave the error is", "severity >= ERROR",
            errors: true, traces: true),
        row(.status, .httpStatus, "HTTP status of the answer", "status = 5xx", also: ["status_code", "http_status"]),
        row(.provider, .text, "who answered: openai, anthropic, …", "provider = anthropic", also: ["vendor"]),
        row(.model, .text, "the model asked for", "model = gpt-4o*", also: ["model_name"]),
        row(.modelRequested, .text, "the model as the request names it", "model_requested is present"),
        row(
            .agent, .text, "the agent at work, inherited from the enclosing span", "agent = planner", also: ["agent_name"],
            traces: true),
        row(.name, .text, "name of the span or trace", "name = chat*", also: ["span_name", "operation"], traces: true),
        row(
            .kind, .choice(SpanKind.allCases.map(\.name) + ["any"], isOrdered: false),
            "kind of span; mentioning it covers every kind", "kind = tool", also: ["span_kind"]),
        row(
            .outcome, .choice(["ok", "recovered", "failed"], isOrdered: false), "how it went", "outcome = recovered", traces: true
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
            "who failed: provider, gateway, client, tool, app", "origin = gateway", errors: true),
        row(.latency, .duration, "from start to end", "latency > 30s", also: ["latency_seconds", "latency_ms"]),
        row(.ttft, .duration, "time to the first token", "ttft > 2s", also: ["time_to_first_token"]),
        row(.cost, .money, "cost as the source reports it", "cost > $0.05", also: ["cost_usd"], traces: true),
        row(.inputTokens, .count, "tokens sent", "input_tokens > 100k", also: ["tokens_in", "prompt_tokens"]),
        row(.outputTokens, .count, "tokens received", "output_tokens = 0", also: ["tokens_out", "completion_tokens"]),
        row(.tokens, .count, "tokens sent and received", "tokens > 10k", also: ["total_tokens"], traces: true),
        row(.attempts, .count, "attempts the client made inside the call, where the source tells", "attempts > 1"),
        row(.retries, .count, "attempts after the first", "retries >= 2", also: ["retry_count"]),
        row(.recovered, .flag, "the error was made good later in its trace", "not recovered", errors: true),
        row(.failed, .flag, "the call or trace failed", "not failed", traces: true),
        row(.finish, .text, "finish reason", "finish = length", also: ["finish_reason"]),
        row(.fallback, .flag, "the call stood in for another model", "fallback"),
        row(.fallbackFrom, .text, "the model it stood in for", "fallback_from = gpt-4o"),
        row(.host, .text, "who served it: azure, a server address", "host = azure"),
        row(.prompt, .text, "name of the prompt", "prompt = answer-v2", also: ["prompt_name"]),
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
            .event, .choice(EventKind.allCases.map(\.name), isOrdered: false), "kind of event; only events have it",
            "event = fallback", also: ["event_type"], eventsOnly: true),
        row(.metadata, .text, "metadata.KEY: a value the source attached", "metadata.team = search"),
    ]

    static let rows: [FieldID: FieldRow] = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    static let ids: [String: FieldID] = {
        var ids: [String: FieldID] = [:]
        for row in all where row.id != .metadata {
            for name in [row.id.rawValue] + row.synonyms { ids[name] = row.id }
        }
        return ids
    }()

    /// The fields of a noun, by their canonical names, in the order of the table.
    public static func names(for noun: Noun) -> [String] {
        all.filter { isField($0.id, of: noun) && $0.id != .metadata }.map(\.id.rawValue)
    }

    /// True when rows of the noun have the field, or may be selected by it.
    ///
    /// Traces take the fields of their errors and calls as well: such a condition holds when it holds for one of them.
    public static func isField(_ id: FieldID, of noun: Noun) -> Bool {
        if noun == .events { return eventFields.contains(id) }
        return !rows[id]!.isEventOnly && (noun.isTrace || !rows[id]!.isTraceOnly)
    }

    /// True when rows of the noun have the field themselves, so that it can be shown, measured, sorted and grouped by.
    public static func isOwn(_ id: FieldID, of noun: Noun) -> Bool {
        isField(id, of: noun) && (!noun.isTrace || rows[id]!.isOfTraces)
    }

    /// What is known of an event, or of the trace that it belongs to.
    private static let eventFields: Set<FieldID> = [
        .time, .event, .name, .message, .model, .provider, .code, .status, .fallback, .fallbackFrom, .trace, .span, .agent, .user,
        .session, .environment, .release, .service, .project, .tag, .hour, .weekday, .day, .week, .month, .metadata,
    ]
}
