import Ingest
import Model

/// What a client is answered.
struct Reply: Sendable {
    /// The code of HTTP.
    var status: Int
    /// Why the request, or a part of it, was not taken.
    var message: String?
    /// Records that were not taken, of a request whose others are stored.
    var rejected = 0
    /// Seconds after which a client may send the same again.
    var retryAfter: Int?
    /// True when the connection is closed after the answer.
    var closes = false
    /// Methods that are allowed.
    var allows: String?

    /// Everything is stored.
    static let stored = Reply(status: 200)

    /// The store takes nothing at the moment, or too much waits for it.
    static func busy(_ message: String, status: Int = 429, after seconds: Int = 1) -> Reply {
        Reply(status: status, message: message, retryAfter: seconds)
    }

    /// The content type, and the body as OTLP prescribes it: the response message of the signal, or google.rpc.Status.
    func content(_ signal: OTLPRequest.Signal?, _ encoding: OTLPRequest.Encoding?) -> (type: String, body: [UInt8]) {
        switch encoding {
        case .protobuf?: return ("application/x-protobuf", protobuf())
        case .json?: return ("application/json", json(signal ?? .traces))
        case nil: return ("text/plain; charset=utf-8", Array(((message ?? "") + "\n").utf8))
        }
    }

    private func protobuf() -> [UInt8] {
        guard let message else { return [] }
        var text: [UInt8] = []
        Reply.append(field: 2, Array(message.utf8), to: &text)
        guard status == 200 else { return text }
        var partial: [UInt8] = []
        if rejected > 0 {
            partial.append(1 << 3)
            Reply.append(varint: UInt64(rejected), to: &partial)
        }
        partial += text
        var response: [UInt8] = []
        Reply.append(field: 1, partial, to: &response)
        return response
    }

    private static func append(field number: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(number << 3 | 2)
        append(varint: UInt64(content.count), to: &bytes)
        bytes += content
    }

    private static func append(varint value: UInt64, to bytes: inout [UInt8]) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F | 0x80))
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    private func json(_ signal: OTLPRequest.Signal) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            guard let message else { return }
            guard status == 200 else { return writer.member("message") { $0.string(message) } }
            let name = signal == .traces ? "rejectedSpans" : signal == .logs ? "rejectedLogRecords" : "rejectedDataPoints"
            writer.member("partialSuccess") { writer in
                writer.object { writer in
                    if rejected > 0 { writer.member(name) { $0.string(String(rejected)) } }
                    writer.member("errorMessage") { $0.string(message) }
                }
            }
        }
        return writer.bytes
    }
}
