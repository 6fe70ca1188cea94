/// Reads the members of a log's JSON object into a row, nested ones too.
struct LogObject {
    private var columns = ColumnMemory()
    /// Objects whose members say more of the row, read after its own.
    private var postponed: [(name: String, bytes: [UInt8], depth: Int)] = []

    /// Objects whose members mean the same as those of the row.
    private static let open: Set<String> = [
        "extra", "fields", "context", "ctx", "metadata", "meta", "data", "payload", "record", "attributes", "properties", "props",
        "event", "kv", "mdc", "labels", "jsonpayload", "_source", "structured_data", "extras", "info", "state", "scope", "span",
        "result", "body", "log", "request_info", "call", "llm", "trace", "stats", "timing", "params_extra", "event_data",
        "custom",
    ]
    /// Objects of which only what is safe there is taken.
    private static let narrow: Set<String> = [
        "request", "req", "response", "res", "resp", "http", "gen_ai", "openai", "anthropic", "usage", "tokens", "token_usage",
        "usage_metadata", "token_count", "token_counts", "metrics", "cost", "costs", "model", "provider", "latency", "status",
        "usage_details", "output", "performance", "response_metadata",
    ]
    /// Members of loguru's records that describe the process, not what happened.
    private static let noise: Set<String> = ["elapsed", "file", "process", "thread", "line", "module"]
    /// Members of an answer of HTTP, or of a provider's, that say more than its text.
    private static let replies: [StaticString] = [
        "status", "statusCode", "status_code", "usage", "model", "error", "data", "headers",
    ]
    private static let failures: Set<String> = [
        "err", "error", "exception", "exc", "thrown", "failure", "error_details", "error_detail", "error_info", "exc_info",
        "last_error", "error_obj", "errors", "cause", "reason", "details_error", "fault",
    ]

    /// Reads an object.
    mutating func read(_ cursor: inout JSONCursor, into row: inout LogRow) throws(JSONFault) {
        postponed.removeAll()
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return
        }
        var position = 0
        while let key = try cursor.nextKey() {
            let (name, meaning) = columns.column(at: position, key), value = try cursor.skipValue()
            position += 1
            add(meaning, name, value, to: &row, depth: 0)
        }
        addPostponed(to: &row)
    }

    /// Adds a cell of a table; one that is an object is read as such.
    mutating func add(_ meaning: LogName?, _ name: String, _ cell: String, to row: inout LogRow) {
        if cell.utf8.first == 0x7B, addParsed(cell, name, meaning, to: &row, depth: 0) { return }
        row.add(meaning, name: name, cell)
    }

    /// Reads what was put off until the members of the row itself were known.
    mutating func addPostponed(to row: inout LogRow) {
        var next = 0
        while next < postponed.count, next < 64 {
            let (name, bytes, depth) = postponed[next]
            next += 1
            bytes.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return }
                addMembers(of: JSONSlice(start: start, count: bytes.count), called: name, to: &row, depth: depth)
            }
        }
        postponed.removeAll()
    }

    /// Adds a member; what no field takes is kept as `written`.
    private mutating func add(
        _ meaning: LogName?, _ name: String, as written: String? = nil, _ value: JSONSlice, to row: inout LogRow, depth: Int
    ) {
        if value.isNull { return }
        guard meaning != nil || !value.isString else { return row.addUnknown(written ?? name, value) }
        if let text = value.text {
            if meaning == nil { return row.addUnknown(written ?? name, value) }
            if text.utf8.first == 0x7B, text.utf8.count > 2, meaning?.field == .message || meaning?.field == .errorMessage,
                addParsed(text, name, meaning, to: &row, depth: depth)
            {
                return
            }
            return row.add(meaning, name: written ?? name, text)
        }
        addContainer(meaning, name, as: written ?? name, value, to: &row, depth: depth)
    }

    /// Reads a text that is itself an object; false when it is none.
    private mutating func addParsed(_ text: String, _ name: String, _ meaning: LogName?, to row: inout LogRow, depth: Int) -> Bool
    {
        var text = text
        return text.withUTF8 { bytes in
            var cursor = JSONCursor(bytes)
            guard let value = try? cursor.skipValue(), value.isObject, (try? cursor.expectEnd()) != nil else { return false }
            if meaning?.field == .message {
                postponed.append(("payload", Array(value.bytes), depth + 1))
            } else {
                addContainer(meaning, name, as: name, value, to: &row, depth: depth)
            }
            return true
        }
    }

    private mutating func addContainer(
        _ meaning: LogName?, _ name: String, as written: String, _ value: JSONSlice, to row: inout LogRow, depth: Int
    ) {
        let plain = LogName.plain(name)
        if let text = LogObject.scalar(in: value, for: meaning?.field) { return row.add(meaning, name: written, text) }
        let isReply = value.isObject && LogObject.replies.contains { value.member($0) != nil }
        if let field = meaning?.field, field == .input || field == .output, row[field] == nil, !isReply {
            return row.fill(field, MessageText(AttributeValue(slice: value), withRoles: field == .input).text, name: written)
        }
        guard depth < 4, !value.isVoid else { return row.addExtra(written, value) }
        if LogObject.failures.contains(plain) || meaning?.field == .errorMessage || meaning?.field == .exceptionType {
            return addError(value, written, to: &row, depth: depth)
        }
        if value.isObject, LogObject.open.contains(plain) || LogObject.narrow.contains(plain) || meaning?.field == .httpStatus {
            postponed.append((written, Array(value.bytes), depth + 1))
            return
        }
        row.addExtra(written, value)
    }

    /// The one value in an object that stands for it: loguru's level and time, MongoDB's dates, log4j's instants.
    private static func scalar(in value: JSONSlice, for field: LogField?) -> String? {
        guard value.isObject, let field else { return nil }
        switch field {
        case .level: return value.member("name")?.filledText
        case .time, .endTime:
            if let seconds = value.member("epochSecond")?.int ?? value.member("seconds")?.int {
                let nanoseconds = (value.member("nanoOfSecond") ?? value.member("nanos"))?.int ?? 0
                return "\(seconds)." + String(String(nanoseconds + 1_000_000_000).dropFirst())
            }
            return (value.member("timestamp") ?? value.member("$date") ?? value.member("repr"))?.filledText
        case .model, .provider, .agent, .user, .session: return (value.member("name") ?? value.member("id"))?.filledText
        case .latency:
            return value.member("seconds")?.filledText.map { $0 + "s" } ?? value.member("ms")?.filledText.map { $0 + "ms" }
        default: return nil
        }
    }

    /// Reads a message that is itself the line of a log, as collectors keep it beside a time of their own.
    mutating func unfoldMessage(of row: inout LogRow, isLeveled: Bool) {
        guard !isLeveled, row[.level] == nil, row[.levelNumber] == nil, var message = row[.message] else { return }
        let line = message.withUTF8 { LogLine($0, isTimed: true, follows: nil) }
        guard let line, line.level != nil else { return }
        row.clear(.message)
        line.add(to: &row, &self)
    }

    private mutating func addMembers(of object: JSONSlice, called name: String, to row: inout LogRow, depth: Int) {
        let own = name.split(separator: ".").last.map(String.init) ?? name
        let isNarrow = LogObject.narrow.contains(LogName.plain(own)), isLoguru = name == "record"
        object.forEachMember { key, value in
            let member = key.text
            if isLoguru, LogObject.noise.contains(member) { return }
            let meaning = isNarrow ? LogName.inside(own, member) : LogName(member)
            // A field of an inner object must not appear under the name of another.
            add(meaning, member, as: name == "payload" ? member : "\(name).\(member)", value, to: &row, depth: depth)
        }
    }

    /// `"error": {"type": …, "message": …, "code": …}`, as providers and logging libraries write it.
    private mutating func addError(_ error: JSONSlice, _ name: String, to row: inout LogRow, depth: Int) {
        if error.isArray {
            var isFirst = true
            error.forEachElement { element in
                guard isFirst else { return }
                isFirst = false
                if element.isObject {
                    addError(element, name, to: &row, depth: depth)
                } else if let text = element.filledText {
                    row.fill(.errorMessage, text, name: name)
                }
            }
            return
        }
        var inner: [(JSONKey, JSONSlice)] = []
        error.forEachMember { key, value in
            guard let text = value.filledText else {
                if value.isObject || value.isArray, !value.isVoid { inner.append((key, value)) }
                return
            }
            let written = "\(name).\(key.text)"
            switch key {
            case "type", "name", "class", "kind", "exc_type", "exception_type", "error_type", "className", "@type",
                "exceptionType",
                "errorType", "code_name":
                let isClass = LogText.isClass(text)
                row.fill(isClass && row[.exceptionType] == nil ? .exceptionType : .errorType, text, name: written)
            case "message", "msg", "value", "exc_value", "description", "detail", "text", "error_message", "errorMessage",
                "reason":
                row.fill(.errorMessage, text, name: written)
            case "status", "statusCode", "status_code", "http_status", "httpStatus":
                row.add(LogName("status_code"), name: written, text)
            case "code", "error_code", "errorCode":
                row.fill(value.int.map { (100...599).contains($0) } == true ? .httpStatus : .errorCode, text, name: written)
            case "stack", "stacktrace", "stack_trace", "traceback", "trace", "extendedStackTrace", "stackTrace":
                row.fill(.stack, text, name: written)
            case "request_id", "requestId", "requestID": row.fill(.requestID, text, name: written)
            case "model": row.fill(.model, text, name: written)
            case "provider": row.fill(.provider, text, name: written)
            default: row.add(nil, name: written, text)
            }
        }
        // The outer object speaks first; what the provider said may lie deeper.
        for (key, value) in inner where depth < 4 {
            switch key {
            case "error", "cause", "response", "data", "body", "errors", "details", "values", "inner":
                addError(value, name, to: &row, depth: depth + 1)
            default: row.addExtra("\(name).\(key.text)", value)
            }
        }
    }
}

/// Remembers the columns of the row before: rows of one log have the same names in the same order.
struct ColumnMemory {
    private var columns: [(raw: [UInt8], name: String, meaning: LogName?)] = []
    /// Rows of several kinds take turns in many logs.
    private var known: [String: LogName?] = [:]

    /// The name and meaning of the column that stands at `position` of its row.
    mutating func column(at position: Int, _ key: JSONKey) -> (String, LogName?) {
        if position < columns.count, columns[position].raw.elementsEqual(key.bytes) {
            return (columns[position].name, columns[position].meaning)
        }
        let name = key.text
        let meaning = known[name] ?? LogName(name)
        if known.count < 1024 { known[name] = meaning }
        if position == columns.count, position < 256 {
            columns.append((Array(key.bytes), name, meaning))
        } else if position < columns.count {
            columns[position] = (Array(key.bytes), name, meaning)
        }
        return (name, meaning)
    }
}
