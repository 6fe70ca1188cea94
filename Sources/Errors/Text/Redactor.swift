/// Removes secrets from texts: keys of providers and clouds, tokens, passwords, cookies, e-mail addresses, card numbers.
///
/// Counts (`token: 512`), trace, span and request ids, and keys that are already masked stay readable. Redaction is idempotent
/// and takes linear time.
public enum Redactor {
    /// The replacement of a text whose redaction was stopped: nothing of it may be shown.
    public static let stopped = "[redaction stopped]"

    /// Returns the text without secrets; the same text, not copied, when it contains none.
    ///
    /// Returns `stopped` if the `StopFlag` of its thread is raised. Texts of up to `SecretScanner.uncheckedBytes` are always
    /// redacted completely.
    public static func redact(_ text: String) -> String {
        var text = text
        for _ in 0..<4 {
            let finds = text.withUTF8 { bytes in
                var scanner = SecretScanner(bytes: bytes)
                let finds = scanner.finds()
                return scanner.isStopped ? nil : finds
            }
            guard let finds else { return stopped }
            if finds.isEmpty { return text }
            text = replacing(finds, in: text)
        }
        return text
    }

    /// Returns the kinds of secrets in a text, in order of first occurrence; empty when it contains none.
    public static func kinds(in text: String) -> [SecretKind] {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = SecretScanner(bytes: bytes)
            return scanner.finds().map(\.kind)
        }
    }

    private static func replacing(_ finds: [SecretFind], in text: String) -> String {
        var text = text
        let bytes: [UInt8] = text.withUTF8 { bytes in
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            var at = 0
            for find in finds where find.range.lowerBound >= at {
                out += bytes[at..<find.range.lowerBound]
                out += find.kind.mark.utf8
                at = find.range.upperBound
            }
            out += bytes[at...]
            return out
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
