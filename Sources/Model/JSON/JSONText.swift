/// Lists of strings as JSON arrays, as columns of stores hold them.
public enum JSONText {
    /// Returns a JSON array of strings.
    public static func array(_ texts: [String]) -> String {
        var writer = JSONWriter()
        writer.array(texts) { $0.string($1) }
        return writer.text
    }

    /// Returns the strings of an array as `array` writes it; [] if the text is not an array of strings.
    public static func texts(_ json: String?) -> [String] {
        guard let json else { return [] }
        var bytes = json.utf8.makeIterator()
        guard bytes.next() == 0x5B else { return [] }
        var texts: [String] = [], current: [UInt8]?
        while let byte = bytes.next() {
            switch (byte, current != nil) {
            case (0x22, false): current = []
            case (0x22, true):
                texts.append(String(decoding: current ?? [], as: UTF8.self))
                current = nil
            case (0x5C, true):
                switch bytes.next() {
                case 0x6E: current?.append(0x0A)
                case 0x72: current?.append(0x0D)
                case 0x74: current?.append(0x09)
                case 0x75:
                    var value: UInt32 = 0
                    for _ in 0..<4 {
                        value = value << 4 | UInt32(bytes.next().flatMap { Character(Unicode.Scalar($0)).hexDigitValue } ?? 0)
                    }
                    current?.append(contentsOf: Array(String(Unicode.Scalar(value).map(Character.init) ?? "\u{FFFD}").utf8))
                case let other?: current?.append(other)
                case nil: return texts
                }
            case (_, true): current?.append(byte)
            default: continue
            }
        }
        return texts
    }
}
