import Glibc
import Ingest
import Model
import TestSupport

/// What reading a source gave.
struct Reading {
    var format: SourceFormat
    var records: [Record] = []
    /// The line of each record.
    var lines: [Int] = []
    var problems: [RecordProblem] = []
    /// What was told of the source besides.
    var notices: [RecordProblem] = []
    var progress: [Int64] = []

    init(path: String) throws {
        var reader = try SourceReader(path: path)
        format = reader.format
        var records: [Record] = [], lines: [Int] = [], problems: [RecordProblem] = [], progress: [Int64] = []
        var notices: [RecordProblem] = []
        try reader.read(
            record: { record, line in
                records.append(record)
                lines.append(line)
            }, problem: { problems.append($0) }, notice: { notices.append($0) }, progress: { progress.append($0) })
        self.notices = notices
        (self.records, self.lines, self.problems, self.progress) = (records, lines, problems, progress)
    }

    /// Reads a fixture.
    init(_ fixture: String) throws { try self.init(path: Reading.path(fixture)) }

    /// Reads text as if it stood in a file.
    init(text: String) throws { try self.init(bytes: Array(text.utf8)) }

    init(bytes: [UInt8]) throws { self = try Reading.withFile(bytes) { try Reading(path: $0) } }

    static func path(_ fixture: String) -> String { Fixtures.path("ingest/" + fixture) }

    /// The bytes of a fixture.
    static func bytes(_ fixture: String) throws -> [UInt8] {
        guard let file = fopen(path(fixture), "rb") else { throw IngestError(path: fixture, "no such fixture") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    /// Runs `body` with the path of a nameless file that holds `bytes`.
    static func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
        guard let file = tmpfile() else { throw IngestError(path: "", "no temporary file") }
        defer { fclose(file) }
        fwrite(bytes, 1, bytes.count, file)
        fflush(file)
        return try body("/proc/self/fd/\(fileno(file))")
    }

    var spans: [SpanRecord] {
        records.compactMap { if case .span(let span) = $0 { span } else { nil } }
    }
    var events: [EventRecord] {
        records.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }
    var traces: [TraceRecord] {
        records.compactMap { if case .trace(let trace) = $0 { trace } else { nil } }
    }
    var scores: [ScoreRecord] {
        records.compactMap { if case .score(let score) = $0 { score } else { nil } }
    }
    var calls: [SpanRecord] { spans.filter(\.kind.isCall) }
}

/// One OTLP line with one span.
func otlp(_ span: String, resource: String = "[]") -> String {
    #"{"resourceSpans":[{"resource":{"attributes":\#(resource)},"scopeSpans":[{"scope":{"name":"s"},"spans":[\#(span)]}]}]}"#
        + "\n"
}

/// One OTLP span with these attributes (name and AnyValue) and further members.
func span(_ attributes: [(String, String)] = [], _ more: String = "") -> String {
    let list = attributes.map { #"{"key":"\#($0.0)","value":\#($0.1)}"# }.joined(separator: ",")
    return
        #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"x","startTimeUnixNano":"1760173200000000000","#
        + #""endTimeUnixNano":"1760173201000000000","attributes":[\#(list)]\#(more)}"#
}

/// The one span that these attributes give.
func mapped(_ attributes: [(String, String)], _ more: String = "") throws -> SpanRecord {
    let reading = try Reading(text: otlp(span(attributes, more)))
    guard let span = reading.spans.first else { throw IngestError(path: "", "no span: \(reading.problems)") }
    return span
}

func text(_ value: String) -> String { #"{"stringValue":"\#(value)"}"# }
func int(_ value: Int) -> String { #"{"intValue":"\#(value)"}"# }
