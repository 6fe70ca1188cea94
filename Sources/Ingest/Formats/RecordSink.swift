import Model

/// Where a reader's records and problems go.
struct RecordSink {
    let path: String
    let record: (consuming Record, Int) throws -> Void
    let problem: (RecordProblem) -> Void

    func problem(_ what: String, line: Int) { problem(RecordProblem(path: path, line: line, what)) }
}

/// Reads the records of one JSON value: a line, an element of a list, a document.
protocol ValueReader {
    /// Hands every record of the value to `sink`; `lines` gives the line of an offset in the value.
    /// Throws `JSONFault` at broken JSON, after the records before it, and what `sink.record` throws.
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws

    /// Hands out what was held back until nothing more comes. Called once, after the last value.
    mutating func finish(sink: RecordSink) throws
}

extension ValueReader {
    mutating func finish(sink: RecordSink) throws {}
}

/// A reader whose records may stand alone or in lists.
protocol ListReader: ValueReader {
    /// How deep lists may lie in each other, the outermost one counted.
    static var deepestList: Int { get }

    /// Reads what stands in `depth` lists, 0 for a value alone. A list stands here only where it lies too deep.
    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws
}

extension ListReader {
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        try read(&cursor, lines: &lines, sink: sink, depth: 0)
    }

    /// Reads a value that lies in `depth` lists or wrappers already.
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        guard depth < Self.deepestList, try cursor.enterArray() else {
            return try readElement(&cursor, lines: &lines, sink: sink, depth: depth)
        }
        while try cursor.nextElement() { try read(&cursor, lines: &lines, sink: sink, depth: depth + 1) }
    }
}

/// Counts lines inside a value, forward only.
struct LineCounter {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var line: Int
    private let isSingle: Bool

    /// `line` is that of the first byte; a `isSingle` value has no line feed in it.
    init(_ bytes: UnsafeBufferPointer<UInt8>, line: Int, isSingle: Bool) {
        self.bytes = bytes
        self.line = line
        self.isSingle = isSingle
    }

    /// The line of the byte at `offset`. Offsets before the last one asked for count as that one.
    mutating func line(at offset: Int) -> Int {
        if !isSingle, offset > at, offset <= bytes.count {
            line += InputBuffer.lines(in: UnsafeBufferPointer(rebasing: bytes[at..<offset]))
            at = offset
        }
        return line
    }
}
