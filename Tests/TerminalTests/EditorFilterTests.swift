import Testing

@testable import Terminal

@Suite("The editor's output stream")
struct EditorFilterTests {
    private func passed(_ text: String, pieces: Int = 1) -> String {
        var filter = EditorFilter(), out: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { out += filter.passed($0) }
        }
        return String(decoding: out, as: UTF8.self)
    }

    @Test("cursor movements, colours and letters of every script pass, however they are split")
    func passes() {
        let text = "\u{1B}[2;31mé余 \u{1B}[0m\r\u{1B}[3C\u{8}\u{7}\n\u{1B}[?2004h\u{1B}7\u{1B}8\u{1B}(Be\u{301}😀"
        for pieces in 1...5 { #expect(passed(text, pieces: pieces) == text) }
    }

    @Test("titles, clipboard, device control, C1, bidirectional and invisible characters are removed")
    func drops() {
        let cases = [
            ("a\u{1B}]52;c;x\u{7}b", "a]52;c;x\u{7}b"), ("a\u{1B}Pq\u{1B}\\b", "aPq\\b"), ("a\u{1B}cb", "acb"),
            ("a\u{202E}b\u{200B}c", "abc"),
            ("a\u{E0041}b", "ab"), ("a\u{0}\u{E}b", "ab"),
        ]
        for (text, shown) in cases {
            for pieces in 1...4 { #expect(passed(text, pieces: pieces) == shown, "\(text.debugDescription)") }
        }
        for value in 0x80...0x9F as ClosedRange<UInt32> {
            let scalar = Unicode.Scalar(value).map(String.init) ?? ""
            #expect(!passed("a\(scalar)b").contains(scalar))
        }
    }

    @Test("invalid UTF-8 is shown as question marks")
    func invalid() {
        let bytes: [UInt8] = [0x61, 0x9B, 0x62, 0xC3, 0x63]
        var filter = EditorFilter()
        #expect(bytes.withUnsafeBytes { filter.passed($0) } == Array("a?b?c".utf8))
    }
}
