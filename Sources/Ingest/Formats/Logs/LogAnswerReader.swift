import Model

extension SourceFormat {
    /// Answers of Loki and of CloudWatch, whose lines stand in lists of their own.
    public static let logAnswers = SourceFormat(
        "logAnswers", "answers of Loki's and CloudWatch Logs Insights' interfaces: streams of lines, rows of fields",
        forms: [
            SourceForm(
                isObject: { shape in
                    shape.inner("streams")?.has("stream", "values") == true || shape.has("stream", "values")
                        || shape.inner("data")?.inner("result")?.has("stream", "values") == true
                        || shape.inner("results")?.has("field", "value") == true
                        || shape.has("field", "value") && shape.keys.count <= 3
                }, needsWhole: true, reader: { LogAnswerReader() })
        ])
}

/// Reads Loki's streams `{stream: {…labels}, values: [[nanoseconds, line], …]}` and the rows of CloudWatch Logs Insights,
/// `[{field, value}, …]`.
struct LogAnswerReader: ValueReader {
    private var lines: [(payload: [UInt8], context: LogContext, line: Int)] = []

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        collect(try cursor.skipValue(), line: line, depth: 0)
    }

    private mutating func collect(_ value: JSONSlice, line: Int, depth: Int) {
        guard depth < 6 else { return }
        if value.isArray {
            var isRow = false
            value.forEachElement { if $0.isObject, $0.member("field") != nil, $0.member("value") != nil { isRow = true } }
            if isRow { return addRow(value, line: line) }
            value.forEachElement { collect($0, line: line, depth: depth + 1) }
        } else if value.isObject {
            if let values = value.member("values"), let labels = value.member("stream") {
                return addStream(values, labels, line: line)
            }
            for name: StaticString in ["data", "result", "streams", "results"] {
                if let inner = value.member(name) { collect(inner, line: line, depth: depth + 1) }
            }
        }
    }

    private mutating func addStream(_ values: JSONSlice, _ labels: JSONSlice, line: Int) {
        var context = LogContext()
        context.level = (labels.member("level") ?? labels.member("detected_level") ?? labels.member("severity"))?.filledText
        for name: StaticString in ["service_name", "app", "job", "container"] where context.service == nil {
            context.service = labels.member(name)?.filledText
        }
        values.forEachElement { pair in
            var parts: [JSONSlice] = []
            pair.forEachElement { parts.append($0) }
            guard parts.count >= 2, let text = parts[1].string else { return }
            context.time = TimeValue.any(parts[0])
            lines.append((Array(text.utf8), context, line))
        }
    }

    private mutating func addRow(_ fields: JSONSlice, line: Int) {
        var context = LogContext(), payload: [UInt8]?
        var writer = JSONWriter()
        writer.beginObject()
        fields.forEachElement { field in
            guard let name = field.member("field")?.string, let value = field.member("value") else { return }
            switch name {
            case "@timestamp": context.time = value.text.flatMap { TimeValue.any($0) }
            case "@message": payload = value.text.map { Array($0.utf8) }
            case "@ptr", "@logStream", "@log", "@ingestionTime": break
            default:
                writer.key(name)
                writer.value(value)
            }
        }
        writer.endObject()
        lines.append((payload ?? writer.bytes, context, line))
    }

    mutating func finish(sink: RecordSink) throws {
        // Answers come with the newest line first; a traceback reads the other way.
        let ordered = lines.enumerated().sorted { a, b in
            let (first, second) = (a.element.context.time, b.element.context.time)
            return first == second
                ? a.offset < b.offset : (first ?? Timestamp(nanoseconds: 0)) < (second ?? Timestamp(nanoseconds: 0))
        }
        let objects = ordered.prefix(FormatSniffer.sampleSize).map(\.element.payload).filter(Envelope.isObject)
        var reader = LogReader(LogColumns(of: objects, isTimed: true).learned)
        for (_, line) in ordered {
            reader.outside = line.context
            try line.payload.withUnsafeBufferPointer { bytes in
                if Envelope.isObject(line.payload) {
                    var cursor = JSONCursor(bytes)
                    var counter = LineCounter(bytes, line: line.line, isSingle: true)
                    try reader.read(&cursor, lines: &counter, sink: sink)
                } else {
                    try reader.readText(bytes, line: line.line, sink: sink)
                }
            }
        }
        try reader.finish(sink: sink)
    }
}
