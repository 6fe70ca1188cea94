import Errors
import Ingest
import Model
import SQLite

/// The columns of `span` that a `SpanRecord` fills, and the way there and back.
enum SpanColumns {
    /// The columns in the order of `putColumns`.
    static let names = [
        "span_id", "parent_id", "kind", "name", "start", "first_token", "\"end\"", "reported_latency",
        "model_requested", "model_responded", "provider", "host", "is_stream", "finish",
        "agent", "workflow", "user", "session", "environment", "\"release\"", "service", "tags", "prompt_name", "prompt_version",
        "tin", "tin_cached", "tout", "tout_reasoning", "tok", "cost",
        "status", "level", "status_message", "exception_type", "exception_message", "http_status", "error_code", "error_type",
        "error_field", "request_id", "origin", "is_broken_stream", "attempt", "attempts_made", "retry_of", "fallback_from",
        "has_tool_calls", "updated_at", "alternate_id", "provider_written", "model_written", "is_recovered",
    ]
    /// What storage adds to them.
    static let derived = ["has_output", "input_digest", "richness", "digest"]
    /// The columns of `span_content`, in the order of `putContent`.
    static let content = ["input", "output", "stack", "parameters", "attributes"]
}

extension SpanRecord {
    /// Puts the fields of the table `span` in the order of `SpanColumns.names`.
    func putColumns(into sink: inout some FieldSink) {
        sink.put(spanID)
        sink.put(parentID)
        sink.put(code: kind.rawValue)
        sink.put(name)
        sink.put(start)
        sink.put(firstToken)
        sink.put(end)
        sink.put(reportedLatency)
        sink.put(modelRequested)
        sink.put(modelResponded)
        sink.put(provider)
        sink.put(host)
        sink.put(isStream)
        sink.put(words: finishReasons)
        sink.put(agent)
        sink.put(workflow)
        sink.put(user)
        sink.put(session)
        sink.put(environment)
        sink.put(release)
        sink.put(service)
        sink.put(list: tags)
        sink.put(promptName)
        sink.put(promptVersion)
        sink.put(inputTokens)
        sink.put(cachedInputTokens)
        sink.put(outputTokens)
        sink.put(reasoningTokens)
        sink.put(totalTokens)
        sink.put(cost)
        sink.put(code: status.rawValue)
        sink.put(level)
        sink.put(statusMessage)
        sink.put(exceptionType)
        sink.put(exceptionMessage)
        sink.put(httpStatus)
        sink.put(errorCode)
        sink.put(errorType)
        sink.put(errorField)
        sink.put(requestID)
        sink.put(code: origin.rawValue)
        sink.put(code: isBrokenStream ? 1 : 0)
        sink.put(attempt)
        sink.put(attemptsMade)
        sink.put(retryOf)
        sink.put(fallbackFrom)
        sink.put(code: hasToolCalls ? 1 : 0)
        sink.put(updatedAt)
        sink.put(alternateID)
        sink.put(providerAsWritten)
        sink.put(modelAsWritten)
        sink.put(isRecovered ? true : nil)
    }

    /// Reads the columns `SpanColumns.names` of a row, which begin at `first`; the long texts stay nil.
    init(_ row: Statement, from first: Int32 = 0) {
        var at = first
        func next() -> Int32 {
            defer { at += 1 }
            return at
        }
        func text() -> String? { row.text(next()) }
        func number() -> Int64? { row.optionalInteger(next()) }
        func small() -> Int? { number().flatMap(Int.init(exactly:)) }
        func code() -> Int { Int(truncatingIfNeeded: row.integer(next())) }
        func time() -> Timestamp? { number().map(Timestamp.init(nanoseconds:)) }
        self.init(spanID: text() ?? "", kind: .unknown)
        parentID = text()
        kind = SpanKind(rawValue: code()) ?? .unknown
        name = text()
        start = time()
        firstToken = time()
        end = time()
        reportedLatency = number().map { .nanoseconds($0) }
        modelRequested = text()
        modelResponded = text()
        provider = text()
        host = text()
        isStream = number().map { $0 != 0 }
        finishReasons = text().map { $0.split(separator: ",").map(String.init) } ?? []
        agent = text()
        workflow = text()
        user = text()
        session = text()
        environment = text()
        release = text()
        service = text()
        tags = JSONText.texts(text())
        promptName = text()
        promptVersion = text()
        inputTokens = number()
        cachedInputTokens = number()
        outputTokens = number()
        reasoningTokens = number()
        totalTokens = number()
        cost = number().map(Money.init(units:))
        status = SpanStatus(rawValue: code()) ?? .unknown
        level = text()
        statusMessage = text()
        exceptionType = text()
        exceptionMessage = text()
        httpStatus = small()
        errorCode = text()
        errorType = text()
        errorField = text()
        requestID = text()
        origin = ErrorOrigin(rawValue: code()) ?? .unknown
        isBrokenStream = code() != 0
        attempt = small()
        attemptsMade = small()
        retryOf = text()
        fallbackFrom = text()
        hasToolCalls = code() != 0
        updatedAt = time()
        alternateID = text()
        providerAsWritten = text()
        modelAsWritten = text()
        isRecovered = number().map { $0 != 0 } ?? false
    }

    /// Reads the columns `SpanColumns.content` of a row, which begin at `first`.
    mutating func readContent(_ row: Statement, from first: Int32) {
        input = row.text(first)
        output = row.text(first + 1)
        stack = row.text(first + 2)
        parameters = row.text(first + 3)
        attributes = row.text(first + 4)
    }
}

/// The long texts of a span, which are stored apart from its short columns.
struct SpanContent {
    let input: String?
    let output: String?
    let stack: String?
    let parameters: String?
    let attributes: String?

    /// Takes the texts out of a record, which is without them then.
    init(takenFrom record: inout SpanRecord) {
        input = record.input.take()
        output = record.output.take()
        stack = record.stack.take()
        parameters = record.parameters.take()
        attributes = record.attributes.take()
    }

    var isEmpty: Bool { input == nil && output == nil && stack == nil && parameters == nil && attributes == nil }

    /// Bytes of all texts.
    var length: Int {
        [input, output, stack, parameters, attributes].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }

    /// Puts the texts in the order of `SpanColumns.content`.
    func putColumns(into sink: inout some FieldSink) {
        sink.put(input)
        sink.put(output)
        sink.put(stack)
        sink.put(parameters)
        sink.put(attributes)
    }
}
