import Glibc
import Model

/// Splits CSV (RFC 4180) into rows of cells; quoted cells may contain separators, line breaks and doubled quotes.
struct CSVRow {
    private(set) var cells: [String] = []

    enum End: Equatable {
        /// The row ended; the number of bytes used, including its line break.
        case row(Int)
        /// The bytes end inside the row.
        case needsMore
    }

    /// Reads one row from the start of `bytes`; `isLast` when nothing follows.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, isLast: Bool) -> End {
        cells.removeAll(keepingCapacity: true)
        guard let start = bytes.baseAddress else { return .needsMore }
        var at = 0
        while true {
            if at < bytes.count, bytes[at] == 0x22 {
                // A quoted cell ends at a quote that is not followed by another quote.
                let from = at + 1
                var hasDoubled = false
                at = from
                while true {
                    guard at < bytes.count, let quote = memchr(start + at, 0x22, bytes.count - at) else { return .needsMore }
                    at = UnsafeRawPointer(quote) - UnsafeRawPointer(start) + 1
                    if at == bytes.count && !isLast { return .needsMore }
                    guard at < bytes.count, bytes[at] == 0x22 else { break }
                    hasDoubled = true
                    at += 1
                }
                let raw = UnsafeBufferPointer(rebasing: bytes[from..<at - 1])
                var cell = hasDoubled ? CSVRow.undoubled(raw) : String(decoding: raw, as: UTF8.self)
                // Text between the closing quote and the separator is kept.
                let rest = at
                while at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A { at += 1 }
                if at > rest { cell += String(decoding: trimmed(bytes, rest, at), as: UTF8.self) }
                cells.append(cell)
            } else {
                let from = at
                while at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A { at += 1 }
                cells.append(String(decoding: trimmed(bytes, from, at), as: UTF8.self))
            }
            if at == bytes.count { return isLast ? .row(at) : .needsMore }
            at += 1
            if bytes[at - 1] == 0x0A { return .row(at) }
        }
    }

    private func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) -> UnsafeBufferPointer<UInt8> {
        let isReturn = to > from && bytes[to - 1] == 0x0D && (to == bytes.count || bytes[to] == 0x0A)
        return UnsafeBufferPointer(rebasing: bytes[from..<(isReturn ? to - 1 : to)])
    }

    private static func undoubled(_ raw: UnsafeBufferPointer<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var skipsQuote = false
        for byte in raw {
            if byte == 0x22, skipsQuote {
                skipsQuote = false
                continue
            }
            skipsQuote = byte == 0x22
            out.append(byte)
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// Receives the rows of a CSV file.
protocol CSVRowReader {
    /// Receives the first row, once.
    mutating func readHeader(_ names: [String])
    /// Receives a row with at most as many cells as the header.
    mutating func readRow(_ cells: [String], line: Int, sink: RecordSink) throws
    /// Called once, after the last row.
    mutating func finish(sink: RecordSink) throws
}

/// Splits a CSV file into rows.
struct CSVRows {
    let buffer: InputBuffer
    /// Maximum length of a row; a longer one has a stray quote.
    private static let longestRow = 16 << 20

    /// Returns the header's most frequent separator: comma, semicolon or tab.
    static func separator(of header: some Sequence<UInt8>) -> UInt8 {
        var best: (count: Int, separator: UInt8) = (0, 0x2C)
        for separator: UInt8 in [0x2C, 0x3B, 0x09] {
            let count = header.count { $0 == separator }
            if count > best.count { best = (count, separator) }
        }
        return best.separator
    }

    func read(into reader: inout some CSVRowReader, sink: RecordSink) throws {
        var row = CSVRow()
        var separator: UInt8 = 0x2C
        var width: Int?
        while true {
            if buffer.count == 0, try !buffer.refill() { return }
            if width == nil {
                try buffer.fill(1 << 16)
                separator = CSVRows.separator(of: buffer.bytes.prefix { $0 != 0x0A })
            }
            let line = buffer.line
            switch row.read(buffer.bytes, separator: separator, isLast: buffer.isAtEnd) {
            case .needsMore:
                if !buffer.isAtEnd, buffer.count < CSVRows.longestRow {
                    _ = try buffer.refill()
                    continue
                }
                sink.problem(buffer.isAtEnd ? "the row ends inside a quoted cell" : "a quoted cell has no end", line: line)
                // Skip the row's first line; the lines after it may be intact.
                buffer.drop((buffer.bytes.firstIndex(of: 0x0A) ?? buffer.count - 1) + 1)
            case .row(let length):
                let isTorn = buffer.isAtEnd && length == buffer.count && buffer.bytes[length - 1] != 0x0A
                buffer.drop(length)
                if row.cells.allSatisfy({ $0.isEmpty }) { continue }
                guard let width else {
                    width = row.cells.count
                    reader.readHeader(row.cells)
                    continue
                }
                guard row.cells.count == width || (row.cells.count < width && !isTorn) else {
                    let what = "\(row.cells.count.counted("cells")) where the header has \(width)"
                    sink.problem(isTorn ? "truncated: " + what : what, line: line)
                    continue
                }
                try reader.readRow(row.cells, line: line, sink: sink)
            }
        }
    }
}
