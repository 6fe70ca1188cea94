import Glibc
import Synchronization

/// A small HTTP server on loopback that records requests.
public final class Receiver: Sendable {
    /// How the server responds.
    public enum Manner: Sendable {
        case ok, error
        /// Accepts the connection and sends nothing.
        case silent
        /// Reads the request and closes without a response.
        case closes
        /// Sends these bytes.
        case answer(String)
        /// Succeeds after this many milliseconds.
        case slow(Int)
        /// Sends what the function makes of the request.
        case computed(@Sendable (String) -> String)
    }

    /// The port.
    public let port: UInt16
    private let listener: Int32
    private let manners: [Manner]
    private let kept = Mutex<[String]>([])

    /// The complete requests so far, in order of arrival.
    public var requests: [String] { kept.withLock { $0 } }
    /// The URL, with a secret in it.
    public var url: String { "http://127.0.0.1:\(port)/hook?key=s3cret-in-the-url" }

    /// Starts the server on a free port.
    ///
    /// - Parameter manners: The responses to the first request, the second, …; the last one applies to all further requests.
    public init(_ manners: Manner...) {
        self.manners = manners
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = listen(descriptor, 16)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Receiver>.fromOpaque(context).takeRetainedValue().serve() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    /// Stops the server: connections are refused from now on.
    public func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                _ = Glibc.close(listener)
                return
            }
            let manner = manners[min(kept.withLock { $0.count }, manners.count - 1)]
            if case .silent = manner {
                kept.withLock { $0.append("") }
                continue
            }
            var request: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while !Receiver.isWhole(request) {
                let count = read(connection, &buffer, buffer.count)
                if count <= 0 { break }
                request += buffer[..<count]
            }
            kept.withLock { $0.append(String(decoding: request, as: UTF8.self)) }
            func answer(_ status: String) -> String {
                "HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            }
            var text = answer("200 OK")
            switch manner {
            case .ok, .silent: break
            case .error: text = answer("500 Internal Server Error")
            case .closes: text = ""
            case .answer(let own): text = own
            case .slow(let milliseconds): usleep(UInt32(milliseconds) * 1000)
            case .computed(let answer): text = answer(String(decoding: request, as: UTF8.self))
            }
            _ = text.withCString { write(connection, $0, strlen($0)) }
            _ = Glibc.close(connection)
        }
    }

    /// Returns true when the headers and their full content have arrived.
    private static func isWhole(_ request: [UInt8]) -> Bool {
        // A TLS greeting, which the server does not understand.
        if request.first == 0x16 { return true }
        let text = String(decoding: request, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        let head = text[..<end.lowerBound].lowercased()
        guard let place = head.firstRange(of: "content-length: ") else { return true }
        let length = Int(head[place.upperBound...].prefix { $0.isNumber }) ?? 0
        return text[end.upperBound...].utf8.count >= length
    }
}

extension StringProtocol {
    /// Returns the first occurrence of a text.
    fileprivate func firstRange(of wanted: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(wanted) { return start..<index(start, offsetBy: wanted.count) }
            start = index(after: start)
        }
        return nil
    }
}
