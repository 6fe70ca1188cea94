import Ingest
import Model
import SQLite

/// The columns of `event` that an `EventRecord` fills, in the order of `putColumns`.
enum EventColumns {
    static let names = [
        "event_id", "span_id", "parent_id", "t", "name", "kind", "level", "message", "model", "fallback_model", "provider",
        "exception_type", "http_status", "error_code", "stack", "escaped", "attributes",
    ]
}

extension EventRecord {
    /// Puts the fields in the order of `EventColumns.names`.
    func putColumns(into sink: inout some FieldSink) {
        sink.put(eventID)
        sink.put(spanID)
        sink.put(parentID)
        sink.put(time)
        sink.put(name)
        sink.put(code: kind.rawValue)
        sink.put(level)
        sink.put(message)
        sink.put(model)
        sink.put(fallbackModel)
        sink.put(provider)
        sink.put(exceptionType)
        sink.put(httpStatus)
        sink.put(errorCode)
        sink.put(stack)
        sink.put(escaped)
        sink.put(attributes)
    }

    /// The version of the row; sources give events no time of change.
    var version: RowVersion {
        var sink = VersionSink()
        putColumns(into: &sink)
        return RowVersion(updatedAt: nil, richness: sink.richness, digest: sink.digest)
    }

    /// Reads the columns `EventColumns.names` of a row, which begin at `first`.
    init(_ row: Statement, from first: Int32 = 0) {
        self.init(
            eventID: row.text(first) ?? "", kind: EventKind(rawValue: Int(truncatingIfNeeded: row.integer(first + 5))) ?? .log)
        spanID = row.text(first + 1)
        parentID = row.text(first + 2)
        time = row.optionalInteger(first + 3).map(Timestamp.init(nanoseconds:))
        name = row.text(first + 4)
        level = row.text(first + 6)
        message = row.text(first + 7)
        model = row.text(first + 8)
        fallbackModel = row.text(first + 9)
        provider = row.text(first + 10)
        exceptionType = row.text(first + 11)
        httpStatus = row.optionalInteger(first + 12).flatMap(Int.init(exactly:))
        errorCode = row.text(first + 13)
        stack = row.text(first + 14)
        escaped = row.optionalInteger(first + 15).map { $0 != 0 }
        attributes = row.text(first + 16)
    }
}

/// The columns of `score` that a `ScoreRecord` fills, in the order of `putColumns`.
enum ScoreColumns {
    static let names = ["score_id", "trace_id", "span_id", "session", "name", "number", "text", "comment", "origin", "t"]
}

extension ScoreRecord {
    /// Puts the fields in the order of `ScoreColumns.names`.
    func putColumns(into sink: inout some FieldSink) {
        sink.put(scoreID)
        sink.put(traceID)
        sink.put(spanID)
        sink.put(session)
        sink.put(name)
        sink.put(real: number)
        sink.put(text)
        sink.put(comment)
        sink.put(source)
        sink.put(time)
    }

    /// The version of the row; the later judgement wins.
    var version: RowVersion {
        var sink = VersionSink()
        putColumns(into: &sink)
        return RowVersion(updatedAt: time?.nanoseconds, richness: sink.richness, digest: sink.digest)
    }

    /// Reads the columns `ScoreColumns.names` of a row.
    init(_ row: Statement) {
        self.init(scoreID: row.text(0) ?? "", name: row.text(4) ?? "")
        traceID = row.text(1)
        spanID = row.text(2)
        session = row.text(3)
        number = row.optionalReal(5)
        text = row.text(6)
        comment = row.text(7)
        source = row.text(8)
        time = row.optionalInteger(9).map(Timestamp.init(nanoseconds:))
    }
}

/// The columns of `trace` that a `TraceRecord` fills, in the order of `putColumns`.
enum TraceColumns {
    static let names = [
        "name", "start", "\"end\"", "status", "user", "session", "environment", "\"release\"", "service", "tags",
    ]
    /// The bit of `known` that says that a source gave a record of the trace at all.
    static let hasRecord: Int64 = 1 << 62
    /// The columns of `trace_content`.
    static let content = ["input", "output", "metadata"]
}

extension TraceRecord {
    /// Puts the fields in the order of `TraceColumns.names`.
    func putColumns(into sink: inout some FieldSink) {
        sink.put(name)
        sink.put(start)
        sink.put(end)
        sink.put(code: status.rawValue)
        sink.put(user)
        sink.put(session)
        sink.put(environment)
        sink.put(release)
        sink.put(service)
        sink.put(list: tags)
    }

    /// Puts the long texts in the order of `TraceColumns.content`.
    func putContent(into sink: inout some FieldSink) {
        sink.put(input)
        sink.put(output)
        sink.put(metadata)
    }

    /// Which of the columns `TraceColumns.names` the record gives: bit `i` for the column at place `i`.
    var known: Int64 {
        let flags = [
            name != nil, start != nil, end != nil, status != .unknown, user != nil, session != nil, environment != nil,
            release != nil, service != nil, !tags.isEmpty,
        ]
        return flags.enumerated().reduce(0) { $1.element ? $0 | 1 << Int64($1.offset) : $0 }
    }

    /// The version of the row, by which one of several is kept.
    var version: RowVersion {
        var sink = VersionSink()
        putColumns(into: &sink)
        putContent(into: &sink)
        return RowVersion(updatedAt: updatedAt?.nanoseconds, richness: sink.richness, digest: sink.digest)
    }

    /// Reads the columns `TraceColumns.names` of a row, which begin at `first`; with `known` only those that a record gave.
    init(traceID: String, _ row: Statement, from first: Int32, known: Int64 = -1) {
        self.init(traceID: traceID)
        func text(_ place: Int32) -> String? { known & 1 << Int64(place) == 0 ? nil : row.text(first + place) }
        func time(_ place: Int32) -> Timestamp? {
            known & 1 << Int64(place) == 0 ? nil : row.optionalInteger(first + place).map(Timestamp.init(nanoseconds:))
        }
        name = text(0)
        start = time(1)
        end = time(2)
        if known & 8 != 0 { status = SpanStatus(rawValue: Int(truncatingIfNeeded: row.integer(first + 3))) ?? .unknown }
        user = text(4)
        session = text(5)
        environment = text(6)
        release = text(7)
        service = text(8)
        tags = JSONText.texts(text(9))
    }
}
