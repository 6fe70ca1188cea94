import Model

/// Reads error logs with one JSON object per row.
struct ErrorLogReader: ListReader {
    static let deepestList = 1

    private var row = ErrorLogRow()
    private var identity = RowIdentity()
    private var columns = ColumnMemory()

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected an object with the columns of an error log", line: line)
        }
        row.reset()
        var position = 0
        while let key = try cursor.nextKey() {
            let (name, field) = columns.column(at: position, key), value = try cursor.skipValue()
            position += 1
            if value.isNull { continue }
            if let text = value.text {
                row.add(field, name: name, text)
            } else if field == .errorMessage, value.isObject {
                addError(value)
            } else {
                row.addExtra(name, value)
            }
        }
        try ErrorLogReader.emit(&row, &identity, line: line, sink: sink)
    }

    /// Reads `"error": {"type": …, "message": …, "code": …}`, as providers write it.
    private mutating func addError(_ error: JSONSlice) {
        error.forEachMember { key, value in
            guard let text = value.text else { return }
            switch key {
            case "type": row.add(.errorType, name: "error.type", text)
            case "message": row.add(.errorMessage, name: "error.message", text)
            case "code":
                row.add(value.int.map { (100...599).contains($0) } == true ? .httpStatus : .errorCode, name: "error.code", text)
            default: row.add(nil, name: "error.\(key.text)", text)
            }
        }
    }

    static func emit(_ row: inout ErrorLogRow, _ identity: inout RowIdentity, line: Int, sink: RecordSink) throws {
        guard let span = row.finish(&identity) else { return sink.problem("a row without a readable time", line: line) }
        try sink.record(.span(span), line)
    }
}

/// Caches the columns of the previous row: rows of a log usually have the same names in the same order.
struct ColumnMemory {
    private var columns: [(raw: [UInt8], name: String, field: ErrorLogField?)] = []

    /// Returns the name and field of the column at `position` in its row.
    mutating func column(at position: Int, _ key: JSONKey) -> (String, ErrorLogField?) {
        if position < columns.count, columns[position].raw.elementsEqual(key.bytes) {
            return (columns[position].name, columns[position].field)
        }
        let name = key.text
        let field = ErrorLogField(named: name)
        if position == columns.count, position < 256 {
            columns.append((Array(key.bytes), name, field))
        } else if position < columns.count {
            columns[position] = (Array(key.bytes), name, field)
        }
        return (name, field)
    }
}
