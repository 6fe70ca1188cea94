/// Removes colours from text written for a terminal.
enum TerminalText {
    /// Returns the text without escape sequences: `ESC [ … letter` is removed as a whole, any other escape character alone.
    static func plain(_ text: String) -> String {
        guard text.utf8.contains(0x1B) else { return text }
        var out: [UInt8] = [], bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == 0x1B else {
                out.append(byte)
                continue
            }
            guard bytes.first == 0x5B else { continue }
            bytes.removeFirst()
            while let part = bytes.popFirst(), !(0x40...0x7E).contains(part) {}
        }
        return String(decoding: out, as: UTF8.self)
    }
}
