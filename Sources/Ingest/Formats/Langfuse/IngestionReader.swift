import Model

extension SourceFormat {
    /// What Langfuse's clients send.
    public static let langfuseEvents = SourceFormat(
        "langfuseEvents", "Langfuse ingestion batches, and recorded requests to its API; create and update are merged",
        forms: [
            SourceForm(
                isObject: { shape in
                    if shape.has("path", "body") { return shape.text("path")?.contains("/api/public/") == true }
                    if shape.inner("batch")?.has("body") == true { return true }
                    guard shape.has("body"), let type = shape.text("type") else { return false }
                    return type.hasSuffix("-create") || type.hasSuffix("-update") || type == "sdk-log"
                }, needsWhole: true, reader: { IngestionReader() })
        ])
}

/// Reads batches of events as Langfuse's clients send them: single events, `{"batch": […]}`, or recorded requests `{path, body}`.
///
/// Merges the events of one observation: later events override members they contain. Observations are held back until the end of
/// the file; the oldest are released when all together exceed `room`.
struct IngestionReader: ListReader {
    static let deepestList = 4

    private var langfuse = LangfuseReader()
    private var waiting: [String: WaitingBody] = [:]
    /// Ids in the order of their first events, from `next` on.
    private var order: [String] = []
    private var next = 0
    private var bytes = 0
    private let room: Int
    private var identity = RowIdentity()

    init(room: Int = 64 << 20) { self.room = room }

    mutating func finish(sink: RecordSink) throws {
        while next < order.count { try release(sink) }
    }

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        guard depth < IngestionReader.deepestList, try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected an ingestion event", line: line)
        }
        var type: String?, path: String?, time: Timestamp?, body: (start: Int, slice: JSONSlice)?, isBatch = false
        while let key = try cursor.nextKey() {
            switch key {
            case "batch":
                isBatch = true
                try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
            case "type": type = try cursor.skipValue().filledText
            case "path": path = try cursor.skipValue().filledText
            case "timestamp": time = TimeValue.any(try cursor.skipValue())
            case "body":
                _ = try cursor.peek()
                let start = cursor.at
                do {
                    body = (start, try cursor.skipValue())
                } catch {
                    // Truncated inside a request: the events before the damage are complete.
                    if type == nil {
                        cursor.at = start
                        try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
                    }
                    throw error
                }
            default: _ = try cursor.skipValue()
            }
        }
        if isBatch { return }
        guard let body else { return sink.problem("an ingestion event without a body", line: line) }
        if let type { return try take(type, body.slice, time, line: line, sink: sink) }
        if path?.hasSuffix("/scores") == true {
            return try takeScores(body.slice, line: line, sink: sink)
        }
        let end = cursor.at
        cursor.at = body.start
        try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
        cursor.at = end
    }

    private mutating func takeScores(_ body: JSONSlice, line: Int, sink: RecordSink) throws {
        var scores: [JSONSlice] = body.isObject ? [body] : []
        body.forEachElement { scores.append($0) }
        for score in scores { try take("score-create", score, nil, line: line, sink: sink) }
    }

    /// Returns the subject of an event: an observation with its type, a trace or a score; nil for the client's own log.
    private static func subject(_ type: String, _ body: JSONSlice) -> LangfuseReader.Subject? {
        guard let dash = type.lastIndex(of: "-") else { return nil }
        switch type[..<dash] {
        case "sdk": return nil
        case "trace": return .trace
        case "score": return .score
        case "observation": return .observation(body.member("type")?.filledText ?? "SPAN")
        case let word: return .observation(word.uppercased())
        }
    }

    private mutating func take(_ type: String, _ body: JSONSlice, _ time: Timestamp?, line: Int, sink: RecordSink) throws {
        guard let subject = IngestionReader.subject(type, body) else { return }
        guard body.isObject else { return sink.problem("an ingestion event whose body is not an object", line: line) }
        var id = body.member("id")?.filledText
        if id == nil, case .score = subject {
            var hash = ContentHash()
            hash.add(body.bytes)
            id = identity.next(hash)
        }
        guard let id else { return sink.problem("an ingestion event without the id of its subject", line: line) }
        let key = "\(subject.word) \(id)"
        if waiting[key] == nil {
            waiting[key] = WaitingBody(subject: subject, id: id, line: line)
            order.append(key)
        }
        waiting[key]?.add(body, time)
        bytes += body.count
        while bytes > room, next < order.count { try release(sink) }
        if next > 4096, next * 2 > order.count {
            order.removeFirst(next)
            next = 0
        }
    }

    /// Emits the observation held longest.
    private mutating func release(_ sink: RecordSink) throws {
        let key = order[next]
        next += 1
        guard let found = waiting.removeValue(forKey: key) else { return }
        bytes -= found.size
        try found.merged().withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            let body = JSONSlice(start: start, count: bytes.count)
            try langfuse.read(found.subject, id: found.id, body, at: found.latest, line: found.line, sink: sink)
        }
    }
}

/// The events received for one id.
private struct WaitingBody {
    let subject: LangfuseReader.Subject
    let id: String
    let line: Int
    private var parts: [(time: Timestamp?, body: [UInt8])] = []
    private(set) var size = 0
    /// Time of the newest event.
    var latest: Timestamp? { parts.compactMap(\.time).max() }

    init(subject: LangfuseReader.Subject, id: String, line: Int) {
        self.subject = subject
        self.id = id
        self.line = line
    }

    mutating func add(_ body: JSONSlice, _ time: Timestamp?) {
        parts.append((time, Array(body.bytes)))
        size += body.count
    }

    /// Returns the merged body: the newest value of each member that is not null; metadata is merged member by member.
    func merged() -> [UInt8] {
        if parts.count == 1 { return parts[0].body }
        // Stable: events at the same instant keep their order.
        let sorted = parts.indices.sorted { (parts[$0].time ?? .distantPast, $0) < (parts[$1].time ?? .distantPast, $1) }
        var writer = JSONWriter()
        WaitingBody.write(sorted.map { parts[$0].body }, depth: 0, to: &writer)
        return writer.bytes
    }

    private static func write(_ objects: [[UInt8]], depth: Int, to writer: inout JSONWriter) {
        var names: [String] = [], newest: [String: [UInt8]] = [:], metadata: [[UInt8]] = []
        for object in objects {
            object.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return }
                JSONSlice(start: start, count: bytes.count).forEachMember { key, value in
                    if value.isNull { return }
                    let name = key.text
                    if newest.updateValue(Array(value.bytes), forKey: name) == nil { names.append(name) }
                    if depth == 0, key == "metadata", value.isObject { metadata.append(Array(value.bytes)) }
                }
            }
        }
        writer.beginObject()
        for name in names {
            writer.key(name)
            if name == "metadata", metadata.count > 1 {
                write(metadata, depth: 1, to: &writer)
            } else {
                newest[name]?.withUnsafeBufferPointer { bytes in
                    if let start = bytes.baseAddress { writer.value(JSONSlice(start: start, count: bytes.count)) }
                }
            }
        }
        writer.endObject()
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(nanoseconds: .min)
}
