/// The address of a Langfuse server as a source: `langfuse://cloud.langfuse.com`.
///
/// HTTPS is the default, HTTP on a loopback host such as `langfuse://localhost:3000`. `langfuse+http://HOST` and
/// `langfuse+https://HOST` decide it.
public struct LangfuseAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address as `sources` lists it: lower case, without a slash at the end.
    public let text: String
    /// The URL that paths of the API are appended to.
    public let base: String

    /// The address.
    public var description: String { text }

    private static let schemes = [("langfuse://", nil), ("langfuse+http://", "http"), ("langfuse+https://", "https")]

    /// Returns true for a text that begins like such an address.
    public static func isAddress(_ text: String) -> Bool {
        let text = text.lowercased()
        return schemes.contains { text.hasPrefix($0.0) }
    }

    /// Parses an address. Throws `IngestError` when it has no host, contains keys, or contains a query.
    public init(_ text: String) throws(IngestError) {
        let lower = text.lowercased()
        guard let (scheme, transport) = LangfuseAddress.schemes.first(where: { lower.hasPrefix($0.0) }) else {
            throw IngestError(path: text, "is not an address of a Langfuse server: write langfuse://HOST")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw IngestError(
                path: scheme + "…@" + (authority.split(separator: "@").last ?? ""),
                "keys do not belong in the address: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY in the environment")
        }
        let host = LangfuseAddress.host(of: authority)
        guard !host.isEmpty, authority.unicodeScalars.allSatisfy(LangfuseAddress.isHostCharacter) else {
            throw IngestError(path: text, "has no host: write langfuse://cloud.langfuse.com or langfuse://localhost:3000")
        }
        var path = rest.dropFirst(authority.count)
        guard path.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !"?#\"\\".unicodeScalars.contains($0) })
        else { throw IngestError(path: text, "may have a path, but no query: write langfuse://HOST/PATH") }
        while path.last == "/" { path.removeLast() }
        let place = authority.lowercased() + path
        self.text = scheme + place
        base = (transport ?? (LangfuseAddress.isLoopback(host) ? "http" : "https")) + "://" + place
    }

    /// The host without its port: `::1` of `[::1]:3000`.
    private static func host(of authority: Substring) -> String {
        if authority.first == "[" { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isHostCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || "0123456789.-_:[]".unicodeScalars.contains(scalar)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
