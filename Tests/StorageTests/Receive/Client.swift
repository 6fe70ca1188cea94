import Glibc

/// A small HTTP client over one connection, that also sends what no good client sends.
final class Client {
    /// What came back.
    struct Answer {
        var status = 0
        /// Names in lower case.
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = descriptor
        // No answer is waited for longer than this.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close(descriptor) }

    /// Sends bytes; false when the other end has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// The head of a request.
    static func head(
        _ path: String, length: Int, type: String = "application/json", method: String = "POST", _ more: [String] = []
    ) -> String {
        (["\(method) \(path) HTTP/1.1", "Host: localhost", "Content-Type: \(type)", "Content-Length: \(length)"] + more)
            .map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// Sends a request and waits for its answer; nil when the connection ends before.
    func post(
        _ path: String, _ body: [UInt8], type: String = "application/json", _ more: [String] = []
    ) -> Answer? {
        send(Client.head(path, length: body.count, type: type, more))
        send(body)
        return answer()
    }

    func post(_ path: String, _ body: String) -> Answer? { post(path, Array(body.utf8)) }

    /// Waits for an answer; nil when the connection ends before.
    func answer() -> Answer? {
        let end = Array("\r\n\r\n".utf8)
        var place = 0
        while true {
            if let found = (place..<max(place, unread.count - 3)).first(where: { unread[$0..<$0 + 4].elementsEqual(end) }) {
                place = found
                break
            }
            place = max(0, unread.count - 3)
            guard receive() else { return nil }
        }
        var answer = Answer()
        // Swift takes a carriage return and a line feed for one character.
        let lines = String(decoding: unread[..<place], as: UTF8.self).split(separator: "\r\n")
        answer.status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        unread.removeFirst(place + 4)
        let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
        while unread.count < length { guard receive() else { return nil } }
        answer.body = Array(unread.prefix(length))
        unread.removeFirst(length)
        return answer
    }

    /// True when the other end has closed and nothing is left to read.
    func isClosed() -> Bool { unread.isEmpty && !receive() }

    /// Waits for bytes and gives all that came so far.
    func bytes(_ count: Int) -> [UInt8] {
        while unread.count < count, receive() {}
        defer { unread = [] }
        return unread
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { unread += buffer[..<count] }
        return count > 0
    }
}
