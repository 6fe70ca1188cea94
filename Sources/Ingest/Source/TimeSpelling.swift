import Glibc

/// How a source writes times: with a zone, or without one, so that UTC is assumed.
public struct TimeSpelling: Hashable, Sendable {
    /// Number of times followed by `Z`, `UTC` or an offset.
    public var zoned = 0
    /// Number of times without a zone.
    public var zoneless = 0

    /// Creates zero counts.
    public init() {}

    /// Counts in the first megabyte of a file, decompressed if necessary. Throws when it cannot be read.
    public init(path: String) throws(IngestError) {
        var source = try ByteSource(path: path)
        var buffer = InputBuffer(source)
        try buffer.fill(8)
        if let program = FormatSniffer.compression(buffer.bytes) {
            source = try ByteSource(path: path)
            try source.unwrap(with: program)
            buffer = InputBuffer(source)
        }
        try buffer.fill(FormatSniffer.window)
        // A compressed database is not text, and its pages may contain deleted rows.
        guard !buffer.bytes.prefix(512).contains(0) else { return }
        look(at: buffer.bytes)
    }

    /// Counts cells that contain only a time: between quotes, commas, tabs or line breaks.
    mutating func look(at bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for (place, byte) in bytes.enumerated() where [0x22, 0x2C, 0x09, 0x0A, 0x0D].contains(byte) {
            if place - start >= 16 { count(UnsafeBufferPointer(rebasing: bytes[start..<place])) }
            start = place + 1
        }
        if bytes.count - start >= 16 { count(UnsafeBufferPointer(rebasing: bytes[start...])) }
    }

    /// Counts one value if it is a date with a time of day.
    public mutating func look(at text: String) {
        guard text.utf8.count >= 16, text.utf8.count < 48 else { return }
        var text = text
        text.withUTF8 { count($0) }
    }

    private mutating func count(_ cell: UnsafeBufferPointer<UInt8>) {
        // 2026-11-21T14:05; a space may replace the T.
        let shape = Array("dddd-dd-ddTdd:dd".utf8)
        for (place, kind) in shape.enumerated() {
            let byte = cell[place]
            switch kind {
            case 0x64: guard byte >= 0x30, byte <= 0x39 else { return }
            case 0x54: guard byte == 0x54 || byte == 0x74 || byte == 0x20 else { return }
            default: guard byte == kind else { return }
            }
        }
        let rest = cell[shape.count...].drop { $0 >= 0x30 && $0 <= 0x3A || $0 == 0x2E || $0 == 0x2C }
        if rest.isEmpty {
            zoneless += 1
        } else if let first = rest.first(where: { $0 != 0x20 }), [0x5A, 0x7A, 0x2B, 0x2D, 0x55].contains(first) {
            zoned += 1
        }
    }
}
