/// The first records of a JSON source, whole ones only.
struct RecordSample {
    /// The bytes of each record.
    private(set) var records: [UnsafeBufferPointer<UInt8>] = []
    /// The member of the document in whose list the records lie; nil when they stand by themselves.
    private(set) var wrappers: [StaticString]?

    /// Members under which documents keep their records.
    private static let pages: [StaticString] = [
        "logs", "records", "events", "entries", "items", "rows", "data", "results", "calls", "requests", "errors",
        "logEvents",
    ]

    init(_ text: UnsafeBufferPointer<UInt8>, layout: FormatSniffer.Layout, limit: Int) {
        if layout == .lines {
            for line in text.split(separator: 0x0A, maxSplits: 4 * limit) where records.count < limit {
                add(UnsafeBufferPointer(rebasing: line))
            }
            return
        }
        var cursor = JSONCursor(text)
        if (try? cursor.enterArray()) == true {
            addElements(&cursor, limit)
        } else {
            addDocuments(&cursor, limit)
        }
    }

    /// Adds a line that begins as an object does, even when its end is missing.
    private mutating func add(_ line: UnsafeBufferPointer<UInt8>) {
        var cursor = JSONCursor(line)
        cursor.skipBlanks()
        guard cursor.at < cursor.end, line[cursor.at] == 0x7B, (try? cursor.skipValue()) != nil else { return }
        records.append(line)
    }

    private mutating func addElements(_ cursor: inout JSONCursor, _ limit: Int) {
        while records.count < limit, (try? cursor.nextElement()) == true, let value = try? cursor.skipValue() {
            if value.isObject { records.append(value.bytes) }
        }
    }

    /// Objects one behind the other; of a single one the list that it holds, if its members are objects.
    private mutating func addDocuments(_ cursor: inout JSONCursor, _ limit: Int) {
        let start = cursor
        while records.count < limit, let value = try? cursor.skipValue(), value.isObject { records.append(value.bytes) }
        guard records.count <= 1 else { return }
        var inner = start
        guard (try? inner.enterObject()) == true else { return }
        while let key = try? inner.nextKey() {
            if let page = RecordSample.pages.first(where: { key == $0 }), (try? inner.enterArray()) == true {
                var found = RecordSample()
                found.addElements(&inner, limit)
                if !found.records.isEmpty {
                    (records, wrappers) = (found.records, [page])
                    return
                }
                continue
            }
            guard (try? inner.skipValue()) != nil else { return }
        }
    }

    private init() {}
}

/// The first rows of a text, read as CSV.
struct CSVSample {
    private(set) var names: [String] = []
    private(set) var rows: [[String]] = []
    /// True when the rows have as many cells as the header, so that it is a table and no prose with commas.
    private(set) var isTable = false

    init(_ text: UnsafeBufferPointer<UInt8>) {
        var row = CSVRow(), at = 0, fitting = 0
        let separator = CSVRows.separator(of: text.prefix { $0 != 0x0A })
        while at < text.count, rows.count < 50 {
            let rest = UnsafeBufferPointer(rebasing: text[at...])
            guard case .row(let length) = row.read(rest, separator: separator, isLast: true) else { break }
            at += max(1, length)
            if names.isEmpty {
                names = row.cells
            } else if !row.cells.allSatisfy(\.isEmpty) {
                rows.append(row.cells)
                if row.cells.count == names.count { fitting += 1 }
            }
        }
        isTable = names.count > 1 && fitting * 2 >= rows.count
    }
}
