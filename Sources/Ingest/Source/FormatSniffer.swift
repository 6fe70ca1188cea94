/// Recognises the format of a source by its first bytes, never by its name.
enum FormatSniffer {
    /// Number of bytes inspected.
    static let window = 1 << 20
    /// How many records are looked at when no single one tells.
    static let sampleSize = 200

    /// How to read a recognised source.
    struct Finding {
        var format: SourceFormat
        var layout = Layout.lines
        /// The form that was recognised; nil for a database.
        var form: SourceForm?
        /// What a collector of logs wrote around each record.
        var envelope: Envelope?
        /// Members of the document whose list holds the records, where only the records' place in it tells.
        var wrappers: [StaticString]?
    }

    /// The layout of records in the file.
    enum Layout: Equatable {
        /// One JSON value a line, or one line of a log.
        case lines
        /// Multi-line JSON or lists, split by structure.
        case elements
        case csv
        /// OTLP messages in protobuf's wire format.
        case messages(MessageFraming)
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
        if let verdict = judgeMessages(bytes) { return verdict }
        let text = skippingMark(bytes)
        guard let first = text.first(where: { !isBlank($0) }) else { return .refused("the file is blank") }
        if first == 0x7B || first == 0x5B, let verdict = judgeJSON(text) { return verdict }
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

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func starts(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> Bool { bytes.starts(with: text.utf8) }

    /// Judges JSON; nil for text that only begins like it, such as `[2026-11-30 09:00:00] ERROR in app`.
    private static func judgeJSON(_ text: UnsafeBufferPointer<UInt8>) -> Verdict? {
        var layout = layout(text)
        // The first value decides, unless it is broken or of no known kind: then the lines after it are asked.
        for line in firstLines(text, wholeFirst: layout == .elements) {
            let shape = JSONShape(line)
            if let match = shape.match {
                // A document without its usual wrapper is read whole.
                let wrappers = match.form.wrappers.filter { shape.keys.contains("\($0)") }
                return .known(Finding(format: match.format, layout: layout, form: match.form, wrappers: wrappers))
            }
        }
        var sample = RecordSample(text, layout: layout, limit: sampleSize)
        if layout == .lines, sample.records.count == 1, !LogColumns(of: sample.records).isLog {
            // A document may stand on one line, its records in a list of it.
            let document = RecordSample(text, layout: .elements, limit: sampleSize)
            if document.wrappers != nil { (layout, sample) = (.elements, document) }
        }
        guard !sample.records.isEmpty else {
            return text.contains(0x7B) || layout == .elements && isList(text)
                ? LogLines(text).verdict ?? .refused("JSON without an object") : LogLines(text).verdict
        }
        if let finding = enveloped(sample, layout) { return .known(finding) }
        let columns = LogColumns(of: sample.records)
        if columns.isLog {
            return .known(Finding(format: .errorLogJSON, layout: layout, form: columns.form(), wrappers: sample.wrappers))
        }
        let names = JSONShape(sample.records[0]).keys
        if LogColumns.isByColumns(sample.records[0]) {
            return .refused(
                "looks like a pandas table written by columns; write it with `to_json(orient=\"records\")` or `to_csv`")
        }
        if names.contains("resourceMetrics") {
            return .refused(metrics)
        }
        return .refused("JSON of unknown format; its first object has the members \(listed(names)). \(columns.advice)")
    }

    /// The format of what lies in a collector's records; nil when they are none, or what lies in them tells nothing.
    private static func enveloped(_ sample: RecordSample, _ layout: Layout) -> Finding? {
        guard let envelope = Envelope.around(sample.records) else { return nil }
        return inside(envelope, envelope.contents(sample.records), layout, sample.wrappers)
    }

    private static func inside(
        _ envelope: Envelope, _ contents: Envelope.Contents, _ layout: Layout, _ wrappers: [StaticString]?
    ) -> Finding? {
        for content in contents.objects.prefix(20) {
            let match = content.withUnsafeBufferPointer { JSONShape($0).match }
            if let match {
                return Finding(format: match.format, layout: layout, form: match.form, envelope: envelope, wrappers: wrappers)
            }
        }
        let columns = LogColumns(of: contents.objects, isTimed: true)
        guard columns.isLog || contents.hasLines else { return nil }
        return Finding(
            format: contents.objects.isEmpty ? .logText : .errorLogJSON, layout: layout, form: columns.form(),
            envelope: envelope, wrappers: wrappers)
    }

    private static func isList(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var cursor = JSONCursor(text)
        return (try? cursor.skipValue()) != nil
    }

    /// The first names of a record, for a message.
    static func listed(_ names: [String]) -> String { safe(names.prefix(8).joined(separator: ", ")) }

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
        let lines = text.split(separator: 0x0A, maxSplits: 2000).map { UnsafeBufferPointer(rebasing: $0) }
        let objects = lines.filter { $0.first == 0x7B }
        for line in objects.prefix(20) {
            guard let match = JSONShape(line).match else { continue }
            return .known(Finding(format: match.format, layout: .lines, form: match.form))
        }
        let columns = LogColumns(of: Array(objects.prefix(sampleSize)))
        if objects.count * 2 > lines.count, columns.isLog {
            return .known(Finding(format: .errorLogJSON, layout: .lines, form: columns.form()))
        }
        return nil
    }

    private static func judgeCSV(_ text: UnsafeBufferPointer<UInt8>) -> Verdict {
        let table = CSVSample(text)
        if let match = FormatTable.match(header: table.names) {
            return .known(Finding(format: match.format, layout: .csv, form: match.form))
        }
        let columns = LogColumns(header: table.names, rows: table.rows)
        if table.isTable, columns.isLog { return .known(Finding(format: .errorLogCSV, layout: .csv, form: columns.form())) }
        let lines = LogLines(text)
        if !table.isTable || table.names.contains(where: { LogLine.beginsWithTime($0) }), let verdict = lines.verdict {
            return verdict
        }
        guard table.names.count > 1 else {
            let line = String(decoding: text.prefix { $0 != 0x0A }.prefix(60), as: UTF8.self)
            return .refused(
                "plain text of unknown format; it starts with `\(safe(line))`. A log is read when its lines begin with a time; "
                    + "`help import` lists the formats")
        }
        return .refused("CSV of unknown format; its columns are \(listed(table.names)). \(columns.advice)")
    }

    /// What a log of lines is read as; nil when its lines have no times.
    private struct LogLines {
        let verdict: Verdict?

        init(_ text: UnsafeBufferPointer<UInt8>) {
            let lines = text.split(separator: 0x0A, maxSplits: 400).prefix(400).map { UnsafeBufferPointer(rebasing: $0) }
            guard let sample = LogLineSample(lines) else {
                verdict = nil
                return
            }
            if let finding = inside(.linePrefix, sample.contents, .lines, nil), finding.format != .errorLogJSON {
                verdict = .known(finding)
                return
            }
            let form = LogColumns(of: sample.contents.objects, isTimed: true).form()
            verdict = .known(Finding(format: .logText, layout: .lines, form: form))
        }
    }

    /// Recognises OTLP in protobuf's wire format; nil for anything else.
    private static func judgeMessages(_ bytes: UnsafeBufferPointer<UInt8>) -> Verdict? {
        guard let found = MessageFraming.recognise(bytes) else { return nil }
        if found.signal == .metrics { return .refused(metrics) }
        let format = found.signal == .traces ? SourceFormat.otlpTraces : .otlpLogs
        return .known(Finding(format: format, layout: .messages(found.framing), form: format.forms.first))
    }

    private static let metrics = "looks like OpenTelemetry metrics; only traces and logs contain calls and errors"

    /// Returns what binary data looks like; nil for text.
    private static func binary(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let head = text.prefix(512)
        guard head.contains(where: { $0 < 0x20 && !isBlank($0) && $0 != 0x1B && $0 != 0x0C }) else { return nil }
        let bytes = head.prefix(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
        return "binary data of unknown format (\(bytes) …); of OTLP, JSON and uncompressed protobuf messages are read"
    }

    /// Control characters taken out, so that a message shows no escapes of the data.
    static func safe(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
    }
}
