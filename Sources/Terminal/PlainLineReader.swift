import CEdit
import Glibc

/// Reads lines from a descriptor that is not a terminal: any bytes, no prompt.
struct PlainLineReader {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var at = 0
    private var isAtEnd = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Returns the next line without its ending (`\n` or `\r\n`), which the last line may lack. Invalid UTF-8 becomes U+FFFD.
    mutating func next(_ signals: UnsafeMutablePointer<cedit_signals>) -> LineEditor.Outcome {
        var searched = at
        while true {
            if let end = bytes[searched...].firstIndex(of: 0x0A) { return .line(take(upTo: end, skipping: 1)) }
            if isAtEnd { return at == bytes.count ? .endOfInput : .line(take(upTo: bytes.count, skipping: 0)) }
            bytes.removeFirst(at)
            at = 0
            searched = bytes.count
            let ready = waitForInput(descriptor, wake: signals.pointee.wake.0)
            if ready.wake, cedit_take(signals) & Int32(CEDIT_INTERRUPT) != 0 { return .interrupted }
            if ready.descriptor { fill() }
        }
    }

    private mutating func fill() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { bytes += buffer[..<count] } else if count == 0 || (errno != EINTR && errno != EAGAIN) { isAtEnd = true }
    }

    private mutating func take(upTo end: Int, skipping: Int) -> String {
        var line = bytes[at..<end]
        if line.last == 0x0D { line.removeLast() }
        at = end + skipping
        return String(decoding: line, as: UTF8.self)
    }
}
