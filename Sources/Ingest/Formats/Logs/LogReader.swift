import Model

extension SourceFormat {
    /// Rows of a log as objects.
    public static let errorLogJSON = SourceFormat(
        "errorLogJSON",
        "logs of errors, of calls and of applications, one JSON object a row: home-made ones by the names of their members, and those of loguru, structlog, python-json-logger, pino, winston, bunyan, zap, slog, zerolog, Rust's tracing, logback and log4j, also out of docker, Kubernetes, journald, CloudWatch, Google Cloud, Datadog, Loki and Elasticsearch",
        forms: [])

    /// Rows of a log as lines of a table.
    public static let errorLogCSV = SourceFormat(
        "errorLogCSV", "the same logs as CSV with a header", forms: [])

    /// A log of plain lines.
    public static let logText = SourceFormat(
        "logText",
        "logs of plain lines that begin with a time: LiteLLM, vLLM, Python's logging, loguru, Rust's tracing, logfmt, access logs of uvicorn and nginx",
        forms: [])
}

/// What the collector of a log says of a record beside the record itself.
struct LogContext {
    var time: Timestamp?
    var level: String?
    var service: String?
}

/// Reads logs: rows that are JSON objects, and lines of plain text.
struct LogReader: ListReader {
    static let deepestList = 1

    /// What is known of the collector's record around the next value.
    var outside = LogContext()
    private let habits: LogHabits
    private var row = LogRow()
    private var identity = RowIdentity()
    private var object = LogObject()
    /// The line that is complete when the next one begins with a time.
    private var held: (line: LogLine, number: Int, outside: LogContext)?

    init(_ habits: LogHabits) { self.habits = habits }

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        try release(sink)
        guard try cursor.peek() == 0x7B else {
            _ = try cursor.skipValue()
            return sink.problem("expected an object with the columns of a log", line: line)
        }
        row.reset()
        let start = cursor.at
        try object.read(&cursor, into: &row)
        var hash = ContentHash()
        hash.add(UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start))
        try emit(hash, line: line, outside, sink: sink)
    }

    mutating func readText(_ text: UnsafeBufferPointer<UInt8>, line: Int, sink: RecordSink) throws {
        var outside = outside
        // uvicorn writes no times: such a line is of the time of the line before.
        if outside.time == nil, LogLine.beginsWithLevel(text) { outside.time = last }
        guard let parsed = LogLine(text, isTimed: outside.time != nil, follows: held?.line) else {
            held?.line.add(continuation: text)
            return
        }
        try release(sink)
        last = parsed.time ?? outside.time
        held = (parsed, line, outside)
    }

    /// The time of the last line that had one.
    private var last: Timestamp?

    mutating func finish(sink: RecordSink) throws {
        try release(sink)
    }

    private mutating func release(_ sink: RecordSink) throws {
        guard let (line, number, outside) = held else { return }
        held = nil
        row.reset()
        line.add(to: &row, &object)
        var hash = ContentHash()
        hash.add(line.text)
        try emit(hash, line: number, outside, sink: sink)
    }

    /// `content` is the row as it is written, so that it is the same row whatever its columns are said to mean.
    private mutating func emit(_ content: ContentHash, line: Int, _ outside: LogContext, sink: RecordSink) throws {
        var content = content
        object.unfoldMessage(of: &row, isLeveled: outside.level != nil)
        // A row without a time of its own is told from its like by the collector's.
        if row[.time] == nil, let time = outside.time { content.add(TimeText.iso(time)) }
        guard let record = row.finish(habits, outside: outside, id: { identity.next(content) }) else {
            return sink.problem("a row without a readable time", line: line)
        }
        sink.unclear.count(row.unclear, isError: LogReader.isError(record), line: line)
        try sink.record(record, line)
    }

    static func isError(_ record: Record) -> Bool {
        switch record {
        case .span(let span): span.status == .error
        case .event(let event): event.kind.isError
        case .trace, .score: false
        }
    }
}

/// Reads logs in CSV.
struct LogCSVReader: CSVRowReader {
    private let habits: LogHabits
    private var header: [(name: String, meaning: LogName?)] = []
    private var row = LogRow()
    private var identity = RowIdentity()
    private var object = LogObject()

    init(_ habits: LogHabits) { self.habits = habits }

    mutating func readHeader(_ names: [String]) { header = names.map { ($0, LogName($0)) } }

    mutating func readRow(_ cells: [String], line: Int, sink: RecordSink) throws {
        row.reset()
        for (column, cell) in zip(header, cells) { object.add(column.meaning, column.name, cell, to: &row) }
        object.addPostponed(to: &row)
        object.unfoldMessage(of: &row, isLeveled: false)
        var content = ContentHash()
        for cell in cells { content.add(cell) }
        guard let record = row.finish(habits, outside: LogContext(), id: { identity.next(content) }) else {
            return sink.problem("a row without a readable time", line: line)
        }
        sink.unclear.count(row.unclear, isError: LogReader.isError(record), line: line)
        try sink.record(record, line)
    }

    mutating func finish(sink: RecordSink) {}
}
