import Glibc

/// Terminal input decoded to characters; input that arrives early is kept for the next line.
struct KeyInput {
    private var bytes: [UInt8] = []
    private var at = 0
    /// The descriptor to read.
    let descriptor: Int32
    /// True at the end of the input.
    private(set) var isAtEnd = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Returns the next complete character; skips bytes that are not UTF-8. Nil when more bytes are needed.
    mutating func next() -> Unicode.Scalar? {
        while at < bytes.count {
            var decoder = UTF8()
            var rest = bytes[at...].makeIterator()
            let lead = bytes[at]
            let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
            let present = bytes[at...].dropFirst().prefix(length - 1).prefix { $0 & 0xC0 == 0x80 }.count + 1
            // Incomplete, but the rest may still arrive.
            if lead >= 0xC2 && lead < 0xF5 && present < length && at + present == bytes.count && !isAtEnd { return nil }
            if case .scalarValue(let scalar) = decoder.decode(&rest) {
                at += UTF8.width(scalar)
                return scalar
            }
            at += 1
        }
        return nil
    }

    /// Reads the bytes available; call when the descriptor is readable.
    mutating func fill() {
        bytes.removeFirst(at)
        at = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        // A terminal that has hung up returns EIO.
        if count > 0 { bytes += buffer[..<count] } else if count == 0 || (errno != EINTR && errno != EAGAIN) { isAtEnd = true }
    }

    /// Discards input that was read and not used.
    mutating func drop() {
        bytes = []
        at = 0
    }
}

/// Waits until `descriptor` or `wake` is readable; both are false when a signal interrupted the wait.
func waitForInput(_ descriptor: Int32, wake: Int32) -> (descriptor: Bool, wake: Bool) {
    var polls = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
    guard poll(&polls, 2, -1) > 0 else { return (false, false) }
    return (polls[0].revents != 0, polls[1].revents != 0)
}
