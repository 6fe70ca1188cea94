import Model

/// What a collector of logs writes around each record of a program: its own time, the stream, labels.
struct Envelope: Sendable {
    /// The name for people.
    let name: String
    /// True for a record of the collector.
    let isAround: @Sendable (JSONShape) -> Bool
    /// Members that hold the program's line or object, the first that is filled counts; dots lead into objects.
    let payload: [String]
    /// Members that hold the time at which the collector saw it.
    var time: [String] = []
    var level: [String] = []
    var service: [String] = []
    /// The member that holds a list of such records, each of which stands for itself.
    var list: String?

    /// Every collector that is known, the most particular first.
    static let table: [Envelope] = [
        Envelope(
            name: "journald", isAround: { $0.has("MESSAGE") && $0.hasAny("__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP") },
            payload: ["MESSAGE"], time: ["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"], level: ["PRIORITY"],
            service: ["SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT"]),
        Envelope(
            name: "Google Cloud",
            isAround: {
                $0.hasAny("jsonPayload", "textPayload") && $0.hasAny("timestamp", "receiveTimestamp", "logName", "insertId")
            }, payload: ["jsonPayload", "textPayload"], time: ["timestamp", "receiveTimestamp"], level: ["severity"],
            service: ["resource.labels.service_name", "resource.labels.container_name"]),
        Envelope(
            name: "Elasticsearch", isAround: { $0.has("_source") }, payload: ["_source"], time: ["_source.@timestamp"]),
        Envelope(
            name: "Datadog",
            isAround: {
                ($0.text("type") == "log" || $0.has("id")) && $0.inner("attributes")?.hasAny("message", "attributes") == true
                    && $0.inner("attributes")?.hasAny("timestamp", "status", "service") == true
            }, payload: ["attributes.attributes+message", "attributes.message"], time: ["attributes.timestamp"],
            level: ["attributes.status"], service: ["attributes.service"]),
        Envelope(
            name: "Datadog", isAround: { $0.inner("content")?.has("message", "timestamp") == true },
            payload: ["content.attributes+message", "content.message"], time: ["content.timestamp"], level: ["content.status"],
            service: ["content.service"]),
        Envelope(
            name: "Loki",
            isAround: {
                $0.has("line", "timestamp") && $0.hasAny("labels", "fields", "id", "date") || $0.has("line", "ts", "labels")
            },
            payload: ["line"], time: ["timestamp", "ts", "date"],
            level: ["labels.level", "fields.level", "labels.detected_level"],
            service: ["labels.service_name", "labels.app", "labels.job", "fields.service_name", "fields.app"]),
        Envelope(
            name: "CloudWatch",
            isAround: {
                $0.has("message") && $0.hasAny("timestamp", "ingestionTime")
                    && $0.hasAny("ingestionTime", "eventId", "logStreamName", "logGroupName", "log_stream", "log_group")
            }, payload: ["message"], time: ["timestamp", "ingestionTime"]),
        Envelope(
            name: "CloudWatch", isAround: { $0.has("id", "timestamp", "message") && $0.keys.count == 3 }, payload: ["message"],
            time: ["timestamp"]),
        Envelope(name: "CloudWatch", isAround: { $0.has("@message", "@timestamp") }, payload: ["@message"], time: ["@timestamp"]),
        Envelope(
            name: "docker", isAround: { $0.has("log") && $0.hasAny("stream", "kubernetes", "container_name", "container_id") },
            payload: ["log"], time: ["time", "@timestamp", "timestamp", "date"],
            service: ["kubernetes.container_name", "container_name", "attrs.tag"]),
        Envelope(
            name: "Azure",
            isAround: { $0.has("TimeGenerated") && $0.hasAny("LogEntry", "LogMessage", "Log_s", "ResultDescription") },
            payload: ["LogMessage", "LogEntry", "Log_s", "ResultDescription"], time: ["TimeGenerated"], level: ["LogLevel"],
            service: ["ContainerName", "ContainerAppName_s"]),
        Envelope(
            name: "Splunk", isAround: { $0.inner("result")?.has("_raw") == true }, payload: ["result._raw"],
            time: ["result._time"],
            service: ["result.source"]),
        Envelope(
            name: "Splunk", isAround: { $0.has("time", "event") && $0.hasAny("sourcetype", "source", "host", "index") },
            payload: ["event"],
            time: ["time"], service: ["source"]),
        Envelope(
            name: "Vector", isAround: { $0.has("message", "timestamp", "source_type") }, payload: ["message"],
            time: ["timestamp"],
            service: ["container_name"]),
        Envelope(
            name: "PM2", isAround: { $0.has("message", "timestamp", "app_name") && $0.hasAny("process_id", "type") },
            payload: ["message"], time: ["timestamp"], service: ["app_name"]),
    ]

    /// A prefix of plain text before each object, as Kubernetes, containerd and compose write it.
    static let linePrefix = Envelope(name: "a prefix", isAround: { _ in false }, payload: [])

    /// Programs' records inside collectors' ones.
    struct Contents {
        var objects: [[UInt8]] = []
        /// True when some are plain lines.
        var hasLines = false
    }

    /// The collector that wrote these records; nil when none did.
    static func around(_ records: [UnsafeBufferPointer<UInt8>]) -> Envelope? {
        records.prefix(5).lazy.compactMap { record in
            let shape = JSONShape(record)
            return table.first { $0.isAround(shape) }
        }.first
    }

    /// What lies in these records.
    func contents(_ records: [UnsafeBufferPointer<UInt8>]) -> Contents {
        var contents = Contents()
        for record in records {
            guard let opened = open(JSONSlice(start: record.baseAddress!, count: record.count)) else { continue }
            if Envelope.isObject(opened.payload) { contents.objects.append(opened.payload) } else { contents.hasLines = true }
        }
        return contents
    }

    /// True for the bytes of one whole object.
    static func isObject(_ bytes: [UInt8]) -> Bool {
        guard bytes.first(where: { !FormatSniffer.isBlank($0) }) == 0x7B else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            return (try? cursor.skipValue()) != nil && (try? cursor.expectEnd()) != nil
        }
    }

    /// Takes the program's record out of the collector's; nil when it holds none.
    func open(_ record: JSONSlice) -> (payload: [UInt8], context: LogContext)? {
        var context = LogContext()
        context.time = first(time, in: record).flatMap { TimeValue.any($0) }
        context.level = first(level, in: record)?.filledText
        if let number = context.level.flatMap({ Int64($0) }) {
            context.level = LogWords.level(number, isSyslog: name == "journald")
        }
        context.service = first(service, in: record)?.filledText
        for path in payload {
            if let plus = path.firstIndex(of: "+") {
                if let joined = joined(path, at: plus, in: record) { return (joined, context) }
                continue
            }
            guard let value = Envelope.value(path, in: record), !value.isVoid else { continue }
            if value.isObject { return (Array(value.bytes), context) }
            if value.isArray { return (Envelope.bytes(of: value), context) }
            guard var text = value.text else { continue }
            while text.last?.isNewline == true { text.removeLast() }
            return (Array(text.utf8), context)
        }
        return nil
    }

    /// An object and a member beside it as one object: `attributes.attributes+message`.
    private func joined(_ path: String, at plus: String.Index, in record: JSONSlice) -> [UInt8]? {
        let objectPath = String(path[..<plus]), member = path[path.index(after: plus)...]
        guard let object = Envelope.value(objectPath, in: record), object.isObject, !object.isVoid else { return nil }
        let parent = objectPath.split(separator: ".").dropLast().joined(separator: ".")
        var writer = JSONWriter()
        writer.beginObject()
        var hasOwn = false
        object.forEachMember { key, value in
            if key.text == member { hasOwn = true }
            writer.key(key)
            writer.value(value)
        }
        if !hasOwn, let text = Envelope.value(parent + "." + member, in: record) {
            writer.key(String(member))
            writer.value(text)
        }
        writer.endObject()
        return writer.bytes
    }

    /// journald writes a text that is no UTF-8 as a list of its bytes.
    private static func bytes(of list: JSONSlice) -> [UInt8] {
        var bytes: [UInt8] = []
        list.forEachElement { if let byte = $0.int, (0...255).contains(byte) { bytes.append(UInt8(byte)) } }
        return bytes
    }

    private func first(_ paths: [String], in record: JSONSlice) -> JSONSlice? {
        paths.lazy.compactMap { Envelope.value($0, in: record) }.first { !$0.isVoid }
    }

    /// The member that a dotted path leads to; a name with a dot of its own counts before the path.
    private static func value(_ path: String, in record: JSONSlice) -> JSONSlice? {
        guard record.isObject else { return nil }
        var found: JSONSlice?, inner: JSONSlice?
        let head = path.prefix { $0 != "." }
        record.forEachMember { key, value in
            let name = key.text
            if name == path { found = value } else if name == head { inner = value }
        }
        if let found { return found }
        guard head.count < path.count, let inner else { return nil }
        return value(String(path.dropFirst(head.count + 1)), in: inner)
    }
}

/// Reads what lies in the records of a collector of logs.
struct EnvelopeReader: ValueReader {
    private let envelope: Envelope
    private var log: LogReader?
    private var other: (any ValueReader)?

    init(_ envelope: Envelope, around reader: any ValueReader) {
        self.envelope = envelope
        if let log = reader as? LogReader { self.log = log } else { other = reader }
    }

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        if try cursor.enterArray() {
            while try cursor.nextElement() { try read(&cursor, lines: &lines, sink: sink) }
            return
        }
        let value = try cursor.skipValue()
        guard let (payload, context) = envelope.open(value) else { return }
        try read(payload, context, line: line, sink: sink)
    }

    mutating func readText(_ text: UnsafeBufferPointer<UInt8>, line: Int, sink: RecordSink) throws {
        guard let brace = text.firstIndex(of: 0x7B) else {
            return try other == nil ? (log?.readText(text, line: line, sink: sink) ?? ()) : ()
        }
        if other != nil {
            try read(Array(text[brace...]), LogContext(), line: line, sink: sink)
        } else {
            try log?.readText(text, line: line, sink: sink)
        }
    }

    private mutating func read(_ payload: [UInt8], _ context: LogContext, line: Int, sink: RecordSink) throws {
        let isObject = Envelope.isObject(payload)
        log?.outside = context
        try payload.withUnsafeBufferPointer { bytes in
            guard isObject else { return try log?.readText(bytes, line: line, sink: sink) ?? () }
            var cursor = JSONCursor(bytes)
            var lines = LineCounter(bytes, line: line, isSingle: true)
            if log != nil {
                try log?.read(&cursor, lines: &lines, sink: sink)
            } else {
                try other?.read(&cursor, lines: &lines, sink: sink)
            }
        }
    }

    mutating func finish(sink: RecordSink) throws {
        try log?.finish(sink: sink)
        try other?.finish(sink: sink)
    }
}
