import Ingest
import NIOHTTP1

/// What the head of a request says of its body.
struct RequestHead {
    let signal: OTLPRequest.Signal
    let encoding: OTLPRequest.Encoding
    /// True for gzip and deflate.
    let isPacked: Bool
    /// Nil for a body in chunks.
    let length: Int?
    let expectsContinue: Bool

    /// A request that is not taken.
    struct Refused: Error {
        let reply: Reply
        /// What is known of the request: it is answered in its own encoding.
        let request: RequestHead?

        init(reply: Reply, _ request: RequestHead? = nil) {
            self.reply = reply
            self.request = request
        }

        init(_ status: Int, _ message: String) { self.init(reply: Reply(status: status, message: message)) }
    }

    init(_ head: HTTPRequestHead) throws(Refused) {
        let headers = head.headers
        signal = try RequestHead.signal(of: head)
        if headers.contains(name: "origin") {
            // A page in the user's browser must not write into the store.
            throw Refused(403, "requests of web pages are not taken")
        }
        encoding = try RequestHead.encoding(headers.first(name: "content-type") ?? "")
        isPacked = try RequestHead.isPacked(headers[canonicalForm: "content-encoding"].map(String.init))
        length = headers.first(name: "content-length").flatMap { Int($0) }
        expectsContinue = headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }

    private static func signal(of head: HTTPRequestHead) throws(Refused) -> OTLPRequest.Signal {
        let path = head.uri.prefix { $0 != "?" }
        // Also behind the paths of products that receive OTLP, such as `/api/public/otel/v1/traces`.
        guard let signal = OTLPRequest.Signal.allCases.first(where: { path.hasSuffix("/v1/\($0.rawValue)") }) else {
            if head.headers.first(name: "content-type")?.hasPrefix("application/grpc") == true {
                throw Refused(415, HTTP2Refusal.advice)
            }
            throw Refused(
                404,
                "nothing is received at \(path); send to /v1/traces or /v1/logs: OTEL_EXPORTER_OTLP_ENDPOINT is the address without a path"
            )
        }
        guard head.method == .POST else {
            var reply = Reply(status: 405, message: "\(path) takes POST only")
            reply.allows = "POST"
            throw Refused(reply: reply)
        }
        return signal
    }

    private static func encoding(_ type: String) throws(Refused) -> OTLPRequest.Encoding {
        let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        switch name {
        case "application/x-protobuf", "application/protobuf": return .protobuf
        case "application/json": return .json
        default:
            if name.hasPrefix("application/grpc") { throw Refused(415, HTTP2Refusal.advice) }
            let said = name.isEmpty ? "no Content-Type" : "Content-Type `\(name)`"
            throw Refused(415, "\(said); OTLP is application/x-protobuf or application/json")
        }
    }

    private static func isPacked(_ encodings: [String]) throws(Refused) -> Bool {
        let names = encodings.map { $0.lowercased() }.filter { $0 != "identity" && !$0.isEmpty }
        guard let name = names.first else { return false }
        guard names.count == 1, ["gzip", "x-gzip", "deflate"].contains(name) else {
            throw Refused(
                415, "Content-Encoding `\(names.joined(separator: ", "))`; set OTEL_EXPORTER_OTLP_COMPRESSION to gzip or none")
        }
        return true
    }
}
