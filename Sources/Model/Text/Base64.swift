/// Base64 with the standard alphabet and padding (RFC 4648), in one line.
package enum Base64 {
    /// Returns the bytes as text.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = "", rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(3)
            rest = rest.dropFirst(3)
            var group = 0
            for byte in part { group = group << 8 | Int(byte) }
            group <<= 8 * (3 - part.count)
            for place in 0..<4 { text.append(place <= part.count ? letters[group >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }
}
