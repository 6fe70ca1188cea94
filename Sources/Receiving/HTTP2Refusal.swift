/// Refuses a client that speaks HTTP/2, as gRPC does, in its own words: so that its log says what to set.
///
/// Takes what the client sends and gives what it is answered. Knows just enough of HTTP/2 (RFC 9113) for that: every request is
/// answered with gRPC's status UNIMPLEMENTED, whatever it holds.
struct HTTP2Refusal {
    /// What a client of HTTP/2 sends first.
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// What to set where gRPC is sent.
    static let advice = "only OTLP over HTTP is received: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"

    private var unread: [UInt8] = []
    private var hasBegun = false

    /// The largest frame of a client that knows no other limit.
    private static let longestFrame = 16_384

    /// Returns the answer to these bytes, which follow those given before; nil when they are no HTTP/2.
    mutating func answer(to bytes: some Sequence<UInt8>) -> [UInt8]? {
        unread += bytes
        var answer: [UInt8] = []
        if !hasBegun {
            let known = min(unread.count, HTTP2Refusal.preface.count)
            guard unread.prefix(known).elementsEqual(HTTP2Refusal.preface.prefix(known)) else { return nil }
            guard known == HTTP2Refusal.preface.count else { return [] }
            unread.removeFirst(known)
            hasBegun = true
            answer += HTTP2Refusal.frame(type: 4, flags: 0, stream: 0, [])
        }
        while unread.count >= 9 {
            let length = unread[0..<3].reduce(0) { $0 << 8 | Int($1) }
            guard length <= HTTP2Refusal.longestFrame else { return nil }
            guard unread.count >= 9 + length else { break }
            let type = unread[3], flags = unread[4], stream = unread[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            let payload = Array(unread[9..<9 + length])
            unread.removeFirst(9 + length)
            switch type {
            // Headers of a request.
            case 1: answer += HTTP2Refusal.frame(type: 1, flags: 0x5, stream: stream, HTTP2Refusal.headers)
            // Settings and pings are acknowledged.
            case 4 where flags & 1 == 0: answer += HTTP2Refusal.frame(type: 4, flags: 1, stream: 0, [])
            case 6 where flags & 1 == 0: answer += HTTP2Refusal.frame(type: 6, flags: 1, stream: 0, payload)
            default: break
            }
        }
        return answer
    }

    private static func frame(type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
            + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: stream >> UInt32($0)) } + payload
    }

    /// Status 200, and gRPC's status in the same frame, packed by HPACK (RFC 7541) without Huffman codes.
    private static let headers: [UInt8] = {
        // `:status: 200` and the name `content-type` have numbers in HPACK's table.
        var block: [UInt8] = [0x88, 0x0F, 31 - 15] + string("application/grpc")
        for (name, value) in [("grpc-status", "12"), ("grpc-message", advice)] { block += [0] + string(name) + string(value) }
        return block
    }()

    /// A text of fewer than 127 bytes.
    private static func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
}
