import Model

/// Reads the records of a product that keeps one object for each span, alone, in lists or in pages.
struct ProductReader: ListReader {
    static let deepestList = 4

    /// Fills a span from a record; false when the object is none, so that its lists are looked into.
    typealias Fill = @Sendable (_ record: JSONSlice, _ span: inout SpanDraft) -> Bool

    private let what: String
    private let pages: [StaticString]
    private let fill: Fill
    private var draft = SpanDraft()
    private var identity = RowIdentity()

    /// - Parameters:
    ///   - what: What a record is called in messages, such as `a call of Weave`.
    ///   - pages: Members whose lists hold records.
    init(_ what: String, pages: [StaticString] = ["data"], fill: @escaping Fill) {
        self.what = what
        self.pages = pages
        self.fill = fill
    }

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let start = cursor.at, line = lines.line(at: start)
        let record = try cursor.skipValue()
        guard record.isObject else { return sink.problem("expected \(what)", line: line) }
        draft.reset()
        if fill(record, &draft) {
            if draft.spanID == nil {
                var hash = ContentHash()
                hash.add(record.bytes)
                draft.spanID = identity.next(hash)
            }
            if draft.start == nil, draft.end == nil { sink.problem("\(what) without a readable time", line: line) }
            return try draft.emit(ResourceContext(), line: line, sink: sink)
        }
        var inner: [JSONSlice] = []
        record.forEachMember { key, value in
            if pages.contains(where: { key == $0 }), value.isArray || value.isObject { inner.append(value) }
        }
        guard depth < ProductReader.deepestList, !inner.isEmpty else {
            return sink.problem("expected \(what)", line: line)
        }
        let end = cursor.at
        for value in inner {
            cursor.at = value.start - cursor.base
            try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
        }
        cursor.at = end
    }
}

extension SpanDraft {
    /// Sets an attribute by the name that a convention has for it; empty values are left out.
    mutating func set(_ name: StaticString, _ value: JSONSlice?) {
        if let value, !value.isVoid { attributes.add(JSONKey(name), AttributeValue(slice: value)) }
    }

    /// As above, from a text made here.
    mutating func set(_ name: StaticString, text: String?) {
        if let text, !text.isEmpty { set(name, arena.string(text)) }
    }

    /// Keeps a member that no convention has a name for.
    mutating func keep(_ key: JSONKey, _ value: JSONSlice) {
        if !value.isVoid { attributes.add(key, AttributeValue(slice: value)) }
    }

    /// Says what kind of work the span is, by any convention's word; unknown words are kept and mean a plain span.
    mutating func setKind(_ word: String?) {
        let word = word ?? "span"
        set("openinference.span.kind", text: SpanKindWords.kind(word) == nil ? "span" : word)
        if SpanKindWords.kind(word) == nil { set("kind", text: word) }
    }

    /// Takes an exception as its source describes it in one text: a class and a message, a `repr`, a traceback.
    mutating func fail(_ text: String) {
        status = .error
        let found = LogText.repr(text) ?? LogText.exception(text)
        statusMessage = found?.message ?? found?.type ?? text
        set("exception.type", text: found?.type)
        set("exception.stacktrace", text: found?.stack)
    }

    /// Takes an error that is a text, or an object with a message, a type and a stack; nothing for an empty one.
    mutating func fail(_ error: JSONSlice?) {
        guard let error, !error.isVoid else { return }
        if let text = error.text {
            if LogWords.truth(text) == true, Int(text) != nil || text.utf8.count <= 4 {
                status = .error
            } else if !LogWords.saysNoError(text) {
                fail(text)
            }
            return
        }
        var message: String?, rest = false
        error.forEachMember { key, value in
            switch key {
            case "message", "msg", "detail", "value": message = message ?? value.filledText
            case "type", "name", "kind", "class", "error_type": set("exception.type", value)
            case "stack", "stacktrace", "traceback", "stack_trace": set("exception.stacktrace", value)
            case "code", "status", "status_code", "statusCode": set("error.code", value)
            case "error", "data": if value.isObject || message == nil, !value.isVoid { rest = true }
            default: break
            }
        }
        if let inner = error.member("error") ?? error.member("data"), rest, message == nil || inner.isObject {
            let said = inner.text ?? inner.member("message")?.filledText ?? inner.member("error")?.filledText
            message = [message, said].compactMap { $0 }.joined(separator: ": ")
            if message?.isEmpty == true { message = String(decoding: error.bytes, as: UTF8.self) }
        }
        status = .error
        statusMessage = message ?? statusMessage ?? String(decoding: error.bytes.prefix(4096), as: UTF8.self)
    }

    /// Sets the end by a length in seconds.
    mutating func setLength(seconds: Double?) {
        guard end == nil, let start, let seconds, seconds >= 0, seconds < 1e9 else { return }
        end = start + .nanoseconds(Int64((seconds * 1e9).rounded()))
    }
}
