/// Recognises the format of a source by its first bytes, never by its name.
enum FormatSniffer {
    /// Number of bytes inspected.
    static let window = 1 << 20

    /// How to read a recognised source.
    struct Finding {
        var format: SourceFormat
        var layout = Layout.lines
        /// The row of the format table; nil for a database.
        var row: FormatRow?
    }

    /// The layout of records in the file.
    enum Layout: Equatable {
        /// One JSON value per line.
        case lines
        /// Multi-line JSON or lists, split by structure.
        case elements
        case csv
        case database
    }

    /// The result of recognition.
    enum Verdict {
        case known(Finding)
        /// A sentence that says what the source looks like and why it cannot be read.
        case refused(String)
    }

    /// Recognises a source from its first, decompressed bytes; `isWhole` when there are no more.
    static func judge(_ bytes: UnsafeBufferPointer<UInt8>, isWhole: Bool) -> Verdict {
        if bytes.isEmpty { return .refused("the file is empty") }
        if starts(bytes, "SQLite format 3\u{0}") { return .known(Finding(format: .sqlite, layout: .database)) }
        if compression(bytes) != nil { return .refused("is compressed twice") }
        if starts(bytes, "PAR1") {
            return .refused("looks like a Parquet file, which cannot be read: export as JSON, JSONL or CSV")
        }
        let text = skippingMark(bytes)
        guard let first = text.first(where: { !isBlank($0) }) else { return .refused("the file holds only blanks") }
        if first == 0x7B || first == 0x5B { return judgeJSON(text) }
        if let binary = binary(text) { return .refused(binary) }
        // JSON lines may follow a truncated first line or a program's banner.
        if let verdict = judgeLaterLines(text) { return verdict }
        return judgeCSV(text)
    }

    /// Returns the program that decompresses these bytes; nil when they are not compressed.
    static func compression(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        if bytes.starts(with: [0x1F, 0x8B]) { return "gzip" }
        return bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? "zstd" : nil
    }

    /// Returns the bytes without a byte order mark.
    static func skippingMark(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func starts(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> Bool { bytes.starts(with: text.utf8) }

    private static func judgeJSON(_ text: UnsafeBufferPointer<UInt8>) -> Verdict {
        let layout = layout(text)
        var firstKeys: [String] = []
        // The first value decides, unless it is malformed or unknown: then the following lines are tried.
        for line in firstLines(text, wholeFirst: layout == .elements) {
            let shape = JSONShape(line)
            if let row = shape.row { return .known(Finding(format: row.format, layout: layout, row: row)) }
            if firstKeys.isEmpty { firstKeys = shape.keys }
        }
        if firstKeys.isEmpty { return .refused("JSON without any object in it") }
        if firstKeys.contains("resourceMetrics") {
            return .refused("looks like OpenTelemetry metrics; only traces and logs hold calls and errors")
        }
        let names = safe(firstKeys.prefix(8).joined(separator: ", "))
        return .refused("JSON of no known format; its first object has the members \(names). \(advice)")
    }

    private static let advice =
        "`help import` lists the formats; rows with a time, a model and an error can be read as an error log"

    /// Returns the whole text first when it is split by structure, else up to 20 lines that are not blank.
    private static func firstLines(_ text: UnsafeBufferPointer<UInt8>, wholeFirst: Bool) -> [UnsafeBufferPointer<UInt8>] {
        if wholeFirst { return [text] }
        return text.split(separator: 0x0A, maxSplits: 60).lazy.filter { $0.contains { !isBlank($0) } }.prefix(20)
            .map { UnsafeBufferPointer(rebasing: $0) }
    }

    /// Returns `lines` when the first value ends on its first line.
    private static func layout(_ text: UnsafeBufferPointer<UInt8>) -> Layout {
        var cursor = JSONCursor(text)
        cursor.skipBlanks()
        let start = cursor.at
        if text[start] == 0x5B { return .elements }
        let line = text[start...].prefix { $0 != 0x0A }
        // A line longer than the window: split by structure, so that it need not fit into memory.
        if line.endIndex == text.count, text.count >= window { return .elements }
        do throws(JSONFault) {
            _ = try cursor.skipValue()
            return cursor.at <= line.endIndex ? .lines : .elements
        } catch {
            // Malformed in the first line: one bad line of many. Otherwise a document larger than the window.
            return error.offset < line.endIndex ? .lines : line.endIndex == text.count ? .lines : .elements
        }
    }

    /// Recognises objects on their own lines among other lines: after a truncated first line or a banner, or in a log.
    private static func judgeLaterLines(_ text: UnsafeBufferPointer<UInt8>) -> Verdict? {
        let lines = text.split(separator: 0x0A, maxSplits: 2000)
        for line in lines.lazy.filter({ $0.first == 0x7B }).prefix(20) {
            guard let row = JSONShape(UnsafeBufferPointer(rebasing: line)).row else { continue }
            return .known(Finding(format: row.format, layout: .lines, row: row))
        }
        return nil
    }

    private static func judgeCSV(_ text: UnsafeBufferPointer<UInt8>) -> Verdict {
        var row = CSVRow()
        let separator = CSVRows.separator(of: text.prefix { $0 != 0x0A })
        guard case .row = row.read(text, separator: separator, isLast: true), row.cells.count > 1 else {
            let line = String(decoding: text.prefix { $0 != 0x0A }.prefix(60), as: UTF8.self)
            return .refused("plain text of no known format; it begins with `\(safe(line))`. `help import` lists the formats")
        }
        let names = row.cells
        if let row = FormatTable.row(ofHeader: names) { return .known(Finding(format: row.format, layout: .csv, row: row)) }
        return .refused("CSV of no known format; its columns are \(safe(names.prefix(8).joined(separator: ", "))). \(advice)")
    }

    /// Returns what binary data looks like; nil for text.
    private static func binary(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let head = text.prefix(512)
        guard head.contains(where: { $0 < 0x20 && !isBlank($0) && $0 != 0x1B && $0 != 0x0C }) else { return nil }
        let bytes = head.prefix(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
        return "binary data (\(bytes) …), perhaps OTLP in protobuf form: set the exporter to JSON"
    }

    /// Removes control characters, so that messages contain no escape sequences from data.
    private static func safe(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
    }
}
