import Glibc
import Model

/// Reads the records of one file of any known format.
///
/// ```swift
/// var reader = try SourceReader(path: "traces.jsonl.gz")
/// try reader.read(record: { record, line in … }, problem: { print($0) }, progress: { _ in })
/// ```
public struct SourceReader {
    /// The format, recognised by content.
    public let format: SourceFormat
    /// Size on disk in bytes; nil for a pipe.
    public let totalBytes: Int64?
    /// True when the file is compressed by gzip or zstd. A compressed database can be recognised but not read in place.
    public let isCompressed: Bool
    private let path: String
    private let source: ByteSource
    private let buffer: InputBuffer
    private let finding: FormatSniffer.Finding

    /// Opens a file, decompresses it if necessary (with the system's `gzip` or `zstd`), and recognises its format. Throws when it
    /// cannot be opened or has no known format; the message says what was found.
    public init(path: String) throws(IngestError) {
        self.path = path
        var source = try ByteSource(path: path)
        var buffer = InputBuffer(source)
        try buffer.fill(8)
        isCompressed = FormatSniffer.compression(buffer.bytes) != nil
        if let program = FormatSniffer.compression(buffer.bytes) {
            source = try ByteSource(path: path)
            try source.unwrap(with: program)
            buffer = InputBuffer(source)
            try buffer.fill(8)
            if buffer.count == 0, !source.endedWell() {
                throw IngestError(path: path, "is compressed, but `\(program)` cannot decompress it: the file is damaged")
            }
        }
        try buffer.recogniseUTF16()
        try buffer.fill(FormatSniffer.window)
        let bytes = buffer.bytes, isWhole = buffer.isAtEnd
        switch LogTime.$lastDay.withValue(source.lastChange, operation: { FormatSniffer.judge(bytes, isWhole: isWhole) }) {
        case .known(let finding): self.finding = finding
        case .refused(let what): throw IngestError(path: path, what)
        }
        self.source = source
        self.buffer = buffer
        format = finding.format
        totalBytes = source.totalBytes
        buffer.drop(buffer.count - FormatSniffer.skippingMark(buffer.bytes).count)
    }

    /// Opens a file of JSON lines whose format is known, such as pages of a web API; `name` stands for it in messages.
    public init(path: String, named name: String, lines format: SourceFormat) throws(IngestError) {
        self.path = name
        self.format = format
        source = try ByteSource(path: path)
        buffer = InputBuffer(source)
        finding = FormatSniffer.Finding(format: format, form: format.forms.first)
        (totalBytes, isCompressed) = (source.totalBytes, false)
    }

    /// Returns true when the file can be opened and has no known format.
    public static func isForeign(_ path: String) -> Bool {
        do throws(IngestError) {
            _ = try ByteSource(path: path)
        } catch {
            return false
        }
        do throws(IngestError) {
            _ = try SourceReader(path: path)
            return false
        } catch {
            return !error.message.hasPrefix("is compressed")
        }
    }

    /// Opens part of a line-based growing file; `firstLine` is the number of its first line.
    ///
    /// Recognises the format from the start of the file. Throws as the other initialiser does, and when the file does not have
    /// one record per line.
    public init(path: String, part: Range<Int64>, firstLine: Int) throws(IngestError) {
        let whole = try SourceReader(path: path)
        guard !whole.isCompressed else {
            throw IngestError(path: path, "is compressed and cannot be followed: import it instead")
        }
        guard !whole.buffer.isUTF16 else {
            throw IngestError(path: path, "is UTF-16, and so cannot be followed: import it instead")
        }
        guard whole.finding.layout == .lines else {
            throw IngestError(path: path, "does not have one record per line and cannot be followed: import it instead")
        }
        if whole.finding.form?.needsWhole == true {
            throw IngestError(
                path: path,
                "has records that later lines complete and cannot be followed: import it again when it has grown")
        }
        self.path = path
        (format, finding, isCompressed) = (whole.format, whole.finding, false)
        source = try ByteSource(path: path)
        totalBytes = part.upperBound - part.lowerBound
        try source.restrict(to: part)
        buffer = InputBuffer(source, line: firstLine)
        guard part.lowerBound == 0 else { return }
        try buffer.fill(3)
        buffer.drop(buffer.count - FormatSniffer.skippingMark(buffer.bytes).count)
    }

    /// Reads every record in file order, each with its first line, from 1.
    ///
    /// Reports bad records to `problem` and skips them; keeps the records before the damage on the same line. After each chunk,
    /// passes the bytes consumed on disk to `progress`; `notice` receives what the user should know about the source. Call once.
    /// Throws `IngestError` when the file cannot be read further, and for databases; rethrows errors of `record`.
    public mutating func read(
        record: (consuming Record, _ line: Int) throws -> Void, problem: (RecordProblem) -> Void,
        notice: (RecordProblem) -> Void = { _ in }, progress: (Int64) -> Void
    ) throws {
        guard finding.layout != .database else {
            throw IngestError(path: path, "is a SQLite database, which the store reads itself")
        }
        try withoutActuallyEscaping(record) { record in
            try withoutActuallyEscaping(problem) { problem in
                try withoutActuallyEscaping(progress) { progress in
                    try withoutActuallyEscaping(notice) { notice in
                        buffer.progress = progress
                        defer { buffer.progress = { _ in } }
                        let sink = RecordSink(path: path, record: record, problem: problem, notice: notice)
                        try LogTime.$lastDay.withValue(source.lastChange) { try read(into: sink) }
                        sink.unclear.report(to: sink)
                        if !source.endedWell() { sink.problem("the compressed file is damaged or truncated", line: buffer.line) }
                        progress(source.consumed)
                    }
                }
            }
        }
    }

    /// Writes the decompressed bytes of the source to an open file; used instead of `read` for a compressed database. Throws when
    /// the source is damaged or the file cannot be written.
    public mutating func unpack(to file: Int32) throws(IngestError) {
        repeat {
            let bytes = buffer.bytes
            var done = 0
            while done < bytes.count {
                let written = write(file, bytes.baseAddress! + done, bytes.count - done)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else {
                    throw IngestError(path: path, "cannot be decompressed: \(String(cString: strerror(errno)).lowercased())")
                }
                done += written
            }
            buffer.drop(bytes.count, lines: 0)
        } while try buffer.refill()
        if !source.endedWell() { throw IngestError(path: path, "the compressed file is damaged or truncated") }
    }

    /// The number of the next line.
    public var nextLine: Int { buffer.line }

    private func read(into sink: RecordSink) throws {
        guard let form = finding.form else { return }
        if finding.layout == .csv {
            if let csvReader = form.csvReader { return try readTable(csvReader(), sink: sink) }
            return try readObjects(form.reader(), sink: sink)
        }
        let reader = form.reader()
        if case .messages(let framing) = finding.layout { return try readMessages(reader, framing, sink: sink) }
        if let envelope = finding.envelope { return try read(EnvelopeReader(envelope, around: reader), form, sink: sink) }
        try read(reader, form, sink: sink)
    }

    private func readTable(_ reader: some CSVRowReader, sink: RecordSink) throws {
        var reader = reader
        try CSVRows(buffer: buffer).read(into: &reader, sink: sink)
        try reader.finish(sink: sink)
    }

    private func readObjects(_ reader: some ValueReader, sink: RecordSink) throws {
        try readTable(CSVObjects(reader: reader), sink: sink)
    }

    private func read(_ reader: some ValueReader, _ form: SourceForm, sink: RecordSink) throws {
        var reader = reader
        if finding.layout == .lines {
            try readLines(&reader, hasPlainLines: form.hasPlainLines && finding.envelope == nil, sink: sink)
        } else {
            try readElements(&reader, wrappers: finding.wrappers ?? form.wrappers, sink: sink)
        }
        try reader.finish(sink: sink)
    }

    private func readLines(_ reader: inout some ValueReader, hasPlainLines: Bool, sink: RecordSink) throws {
        var splitter = LineSplitter(buffer: buffer)
        while let line = try splitter.next() {
            switch line {
            case .tooLong(let number):
                sink.problem("the line is longer than \(InputBuffer.limit >> 20) MB", line: number)
            case .text(let bytes, let number, let isTorn):
                var cursor = JSONCursor(bytes)
                cursor.skipBlanks()
                if cursor.at == cursor.end { continue }
                do {
                    guard bytes[cursor.at] == 0x7B || bytes[cursor.at] == 0x5B && finding.format != .logText else {
                        if !hasPlainLines { try reader.readText(bytes, line: number, sink: sink) }
                        continue
                    }
                    var lines = LineCounter(bytes, line: number, isSingle: true)
                    try reader.read(&cursor, lines: &lines, sink: sink)
                    try cursor.expectEnd()
                } catch let fault as JSONFault {
                    sink.problem(SourceReader.words(fault, isTorn: isTorn), line: number)
                }
            }
        }
    }

    /// Reads protobuf messages; the number of a message stands in the place of a line.
    private func readMessages(_ reader: some ValueReader, _ framing: MessageFraming, sink: RecordSink) throws {
        var reader = reader, transcoder = OTLPTranscoder()
        let schema = format == .otlpTraces ? OTLPSchema.traces : .logs
        var splitter = MessageSplitter(buffer: buffer, framing: framing)
        while let part = try splitter.next() {
            switch part {
            case .broken(let what, let number): sink.problem(what, line: number)
            case .message(let bytes, let number):
                do {
                    try transcoder.json(of: bytes, schema).withUnsafeBufferPointer { json in
                        var cursor = JSONCursor(json), lines = LineCounter(json, line: number, isSingle: true)
                        try reader.read(&cursor, lines: &lines, sink: sink)
                    }
                } catch let fault as WireFault {
                    sink.problem("broken protobuf: \(fault.reason.rawValue)", line: number)
                } catch let fault as JSONFault {
                    sink.problem("broken message: \(fault.reason.rawValue)", line: number)
                }
            }
        }
        try reader.finish(sink: sink)
    }

    private func readElements(_ reader: inout some ValueReader, wrappers: [StaticString], sink: RecordSink) throws {
        var splitter = ElementSplitter(buffer, wrappers: wrappers)
        while let element = try splitter.next() {
            if let what = element.problem { sink.problem(what, line: element.line) }
            guard element.bytes.count > 0 else { continue }
            var cursor = JSONCursor(element.bytes)
            var lines = LineCounter(element.bytes, line: element.line, isSingle: false)
            do {
                try reader.read(&cursor, lines: &lines, sink: sink)
                if element.isDamaged, element.problem == nil { sink.problem("malformed JSON", line: element.line) }
            } catch let fault as JSONFault where element.problem == nil {
                sink.problem(SourceReader.words(fault, isTorn: buffer.isAtEnd), line: lines.line(at: fault.offset))
            } catch is JSONFault {
            }
        }
    }

    private static func words(_ fault: JSONFault, isTorn: Bool) -> String {
        if fault.reason == .ended {
            return isTorn ? "truncated: the file ends inside a record" : "truncated: the line ends inside a record"
        }
        return "malformed JSON: \(fault.reason.rawValue) at byte \(fault.offset + 1) of the record"
    }
}
