import Model

/// Receives a reader's records and problems.
struct RecordSink {
    let path: String
    let record: (consuming Record, Int) throws -> Void
    let problem: (RecordProblem) -> Void
    /// What the user should know of the source, though nothing of it was lost.
    var notice: (RecordProblem) -> Void = { _ in }
    /// What looks like a failure and is not understood.
    let unclear = UnclearOutcomes()

    func notice(_ what: String, line: Int) { notice(RecordProblem(path: path, line: line, what)) }

    func problem(_ what: String, line: Int) { problem(RecordProblem(path: path, line: line, what)) }
}

/// Reads the records of one JSON value: a line, an element of a list, a document.
protocol ValueReader {
    /// Passes every record of the value to `sink`; `lines` maps offsets in the value to lines. Throws `JSONFault` at malformed
    /// JSON, after the records before it, and rethrows errors of `sink.record`.
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws

    /// Reads a line that is no JSON. Only a log has such lines; elsewhere they are faults.
    mutating func readText(_ text: UnsafeBufferPointer<UInt8>, line: Int, sink: RecordSink) throws

    /// Emits the records held back. Called once, after the last value.
    mutating func finish(sink: RecordSink) throws
}

extension ValueReader {
    mutating func readText(_ text: UnsafeBufferPointer<UInt8>, line: Int, sink: RecordSink) throws {
        var cursor = JSONCursor(text)
        var lines = LineCounter(text, line: line, isSingle: true)
        try read(&cursor, lines: &lines, sink: sink)
        try cursor.expectEnd()
    }

    mutating func finish(sink: RecordSink) throws {}
}

/// A reader of records that may be alone or in lists.
protocol ListReader: ValueReader {
    /// Maximum nesting of lists, including the outermost.
    static var deepestList: Int { get }

    /// Reads a value inside `depth` lists, 0 for one outside any list. A list gets here only when it is nested too deep.
    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws
}

extension ListReader {
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        try read(&cursor, lines: &lines, sink: sink, depth: 0)
    }

    /// Reads a value that is already inside `depth` lists or wrappers.
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        guard depth < Self.deepestList, try cursor.enterArray() else {
            return try readElement(&cursor, lines: &lines, sink: sink, depth: depth)
        }
        while try cursor.nextElement() { try read(&cursor, lines: &lines, sink: sink, depth: depth + 1) }
    }
}

/// Counts lines within a value, forward only.
struct LineCounter {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var line: Int
    private let isSingle: Bool

    /// Starts at `line`, the line of the first byte; an `isSingle` value contains no line feed.
    init(_ bytes: UnsafeBufferPointer<UInt8>, line: Int, isSingle: Bool) {
        self.bytes = bytes
        self.line = line
        self.isSingle = isSingle
    }

    /// Returns the line of the byte at `offset`. Offsets before the last one requested count as that one.
    mutating func line(at offset: Int) -> Int {
        if !isSingle, offset > at, offset <= bytes.count {
            line += InputBuffer.lines(in: UnsafeBufferPointer(rebasing: bytes[at..<offset]))
            at = offset
        }
        return line
    }
}
