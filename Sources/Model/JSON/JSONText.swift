/// Small pieces of JSON.
public enum JSONText {
    /// A JSON array of texts.
    public static func array(_ texts: [String]) -> String { "[" + texts.map(string).joined(separator: ",") + "]" }

    /// A JSON string.
    public static func string(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) { return "\"" + text + "\"" }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// The texts of an array as `array` writes it; [] when the text is no array of strings.
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
