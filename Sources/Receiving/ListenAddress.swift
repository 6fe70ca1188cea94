import Glibc

/// Where a receiver listens: an address of this machine and a port.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 or IPv6 address.
    public let host: String
    /// The port; 0 for any free one.
    public let port: Int

    /// OpenTelemetry's port for OTLP over HTTP, on this machine alone.
    public static let standard = ListenAddress(host: "127.0.0.1", port: 4318)

    /// A text that names no address.
    public struct Fault: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `4318`, `127.0.0.1:4318`, `[::1]:4318` or `localhost`, also behind `otlp://` or `http://`. The host is this machine
    /// by default, the port 4318.
    public init(_ text: String) throws(Fault) {
        var rest = text[...]
        if let scheme = text.split(separator: ":", maxSplits: 1).first, text.dropFirst(scheme.count).hasPrefix("://") {
            switch scheme.lowercased() {
            case "otlp", "http": rest = rest.dropFirst(scheme.count + 3)
            case "grpc":
                throw Fault(
                    description:
                        "OTLP is received over HTTP only; write otlp://127.0.0.1:4318, and set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf where it is sent"
                )
            case "https", "otlps": throw Fault(description: "TLS is not served; write otlp://127.0.0.1:4318")
            default: throw Fault(description: "no protocol `\(scheme)`; write otlp://127.0.0.1:4318")
            }
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let (host, port) = ListenAddress.parts(rest)
        guard let number = port.isEmpty ? 4318 : Int(port), (0...65535).contains(number) else {
            throw Fault(description: "no port `\(port)`; ports are 1 to 65535, OpenTelemetry's is 4318")
        }
        let address = host.isEmpty || host.lowercased() == "localhost" ? "127.0.0.1" : String(host)
        guard ListenAddress.isAddress(address) else {
            throw Fault(description: "`\(host)` is no address of this machine; write 127.0.0.1, [::1], or 0.0.0.0 for all")
        }
        self.init(host: address, port: number)
    }

    private static func parts(_ text: Substring) -> (host: Substring, port: Substring) {
        if text.hasPrefix("[") {
            let host = text.dropFirst().prefix { $0 != "]" }, rest = text[host.endIndex...].dropFirst()
            return (host, rest.hasPrefix(":") ? rest.dropFirst() : rest)
        }
        if !text.isEmpty, text.allSatisfy(\.isNumber) { return ("", text) }
        guard let colon = text.lastIndex(of: ":") else { return (text, "") }
        // An IPv6 address without brackets.
        if text.firstIndex(of: ":") != colon { return (text, "") }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    private static func isAddress(_ text: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }

    /// True when only programs on this machine reach the address.
    public var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// `127.0.0.1:4318`
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The name of the source in the store: `otlp://127.0.0.1:4318`.
    public var source: String { "otlp://\(self)" }

    /// What clients are given as their endpoint: `http://127.0.0.1:4318`.
    public var endpoint: String { "http://\(self)" }
}
