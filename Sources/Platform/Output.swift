import Glibc
import Model
import Render
import Synchronization

/// Text written to a descriptor.
///
/// Everything the program sends to a terminal passes through here (libedit's drawing through `EditorStream`). A terminal never
/// receives control sequences from data; a file or pipe receives every byte unchanged.
public enum Output {
    /// The `errno` of the first failed write to standard output; 0 when none failed.
    private static let failure = Atomic<Int32>(0)

    /// The characters that the terminal can show: Unicode only in a UTF-8 locale.
    package static let glyphs: GlyphSet = {
        var environment: [String: String] = [:]
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] { environment[name] = getenv(name).map { String(cString: $0) } }
        return TerminalTraits(environment: environment).isUTF8 ? .unicode : .ascii
    }()

    /// Why output was lost on standard output, as `strerror` puts it; nil when none was.
    package static var lostOutput: String? {
        let code = failure.load(ordering: .relaxed)
        return code == 0 ? nil : String(cString: strerror(code)).lowercased()
    }

    /// Writes the whole text; returns false when the reader is gone, the disk is full or the work on this thread is stopped.
    ///
    /// - Parameter kind: `drawn` lets the program's own colours through to a terminal.
    @discardableResult public static func write(_ text: String, to descriptor: Int32, as kind: TerminalText.Kind = .data) -> Bool
    {
        guard isatty(descriptor) == 1 else { return send(text, to: descriptor) }
        return send(TerminalText.shown(text, as: kind, glyphs: glyphs), to: descriptor)
    }

    /// Sends a control sequence to the terminal; a `StaticString`, so that it cannot come from data.
    package static func steer(_ sequence: StaticString, to descriptor: Int32) { send("\(sequence)", to: descriptor) }

    /// Moves the cursor up by `rows` and clears the screen from there.
    package static func wipe(rows: Int, on descriptor: Int32) { send("\u{1B}[\(rows)A\r\u{1B}[J", to: descriptor) }

    @discardableResult private static func send(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            // Files never make a writer wait. A reader may, for ever, and Ctrl-C ends the wait.
            let piece = isPlainFile(descriptor) ? bytes.count : Int(PIPE_BUF)
            var sent = 0
            while sent < bytes.count {
                guard piece == bytes.count || waitForReader(of: descriptor) else { return false }
                let count = Glibc.write(descriptor, bytes.baseAddress! + sent, min(piece, bytes.count - sent))
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

    private static func isPlainFile(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Waits until a pipe or terminal takes bytes: up to PIPE_BUF of them can then be written without waiting. False when the
    /// work on this thread is stopped first; what is said on the error stream about that is still written.
    private static func waitForReader(of descriptor: Int32) -> Bool {
        descriptor == 2 ? StopFlag.ignored { Waiting.forRoom(descriptor) } : Waiting.forRoom(descriptor)
    }
}
