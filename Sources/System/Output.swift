import Glibc
import Render
import Synchronization

/// Text out to a descriptor.
///
/// Everything that the program sends to a terminal goes through here (what libedit draws, through `EditorStream`): to a terminal
/// nothing that would steer it; to a file or pipe every byte as it is.
public enum Output {
    /// The system's number of the first failure to write to the standard output; 0 while all is well.
    private static let failure = Atomic<Int32>(0)

    /// How characters are shown on the terminal: as they are only where it expects UTF-8.
    package static let glyphs: GlyphSet = {
        var environment: [String: String] = [:]
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] { environment[name] = getenv(name).map { String(cString: $0) } }
        return TerminalTraits(environment: environment).isUTF8 ? .unicode : .ascii
    }()

    /// Why something of the standard output was lost, in the system's words; nil while nothing was.
    package static var lostOutput: String? {
        let code = failure.load(ordering: .relaxed)
        return code == 0 ? nil : String(cString: strerror(code)).lowercased()
    }

    /// Writes all of the text; false when the reader has gone or the disk is full.
    ///
    /// - Parameter kind: `drawn` lets the program's own colours through to a terminal.
    @discardableResult public static func write(_ text: String, to descriptor: Int32, as kind: TerminalText.Kind = .data) -> Bool
    {
        guard isatty(descriptor) == 1 else { return send(text, to: descriptor) }
        return send(TerminalText.shown(text, as: kind, glyphs: glyphs), to: descriptor)
    }

    /// Moves the cursor of a terminal, or wipes: sequences that the program itself is made of, never part of a text.
    package static func steer(_ sequence: StaticString, to descriptor: Int32) { send("\(sequence)", to: descriptor) }

    /// Takes the cursor up so many rows and wipes from there.
    package static func wipe(rows: Int, on descriptor: Int32) { send("\u{1B}[\(rows)A\r\u{1B}[J", to: descriptor) }

    @discardableResult private static func send(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 {
                    if descriptor == 1 { failure.store(errno == 0 ? EIO : errno, ordering: .relaxed) }
                    return false
                }
                sent += count
            }
            return true
        }
    }
}
