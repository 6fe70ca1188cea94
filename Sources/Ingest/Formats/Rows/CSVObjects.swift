import Model

/// Passes each row of a CSV file to an object reader: names come from the header, cells are strings or JSON.
///
/// Exports write lists, maps and dates as JSON in a cell; older ones also write strings that way. A cell that is a complete JSON
/// value in quotes, brackets or braces is therefore parsed; anything else is a string.
struct CSVObjects<Reader: ValueReader>: CSVRowReader {
    private var reader: Reader
    private var names: [String] = []
    private var writer = JSONWriter()

    init(reader: Reader) { self.reader = reader }

    mutating func readHeader(_ names: [String]) {
        // A score may have the name of a column: the column wins, and the score gets a distinct name.
        var seen: Set<String> = []
        self.names = names.map { seen.insert($0).inserted ? $0 : "score \($0)" }
    }

    mutating func readRow(_ cells: [String], line: Int, sink: RecordSink) throws {
        writer.removeAll()
        writer.beginObject()
        for (name, cell) in zip(names, cells) where !cell.isEmpty {
            writer.key(name)
            CSVObjects.write(cell, to: &writer)
        }
        writer.endObject()
        try writer.bytes.withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            var lines = LineCounter(bytes, line: line, isSingle: true)
            try reader.read(&cursor, lines: &lines, sink: sink)
        }
    }

    mutating func finish(sink: RecordSink) throws { try reader.finish(sink: sink) }

    private static func write(_ cell: String, to writer: inout JSONWriter) {
        var cell = cell
        cell.withUTF8 { bytes in
            if let first = bytes.first, first == 0x22 || first == 0x7B || first == 0x5B {
                var cursor = JSONCursor(bytes)
                if let value = try? cursor.skipValue(), (try? cursor.expectEnd()) != nil { return writer.value(value) }
            }
            writer.string(String(decoding: bytes, as: UTF8.self))
        }
    }
}
