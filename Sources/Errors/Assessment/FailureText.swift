import Glibc
import Model

/// The failure text of a span or event, and the comparison of two such texts.
struct FailureText {
    var message = ""
    var exceptionClass: String?
    var httpStatus: Int?
    var code: String?
    var type: String?
    /// The message without class prefixes, with blanks collapsed, cut at 1,024 bytes.
    private(set) var words: [UInt8] = []
    /// The signature of the message.
    private(set) var signature = ""

    var isEmpty: Bool { message.isEmpty && exceptionClass == nil }

    init() {}

    init(_ span: SpanEvidence) {
        exceptionClass = FailureText.filled(span.exceptionType)
        httpStatus = span.httpStatus
        code = FailureText.filled(span.errorCode)
        type = FailureText.filled(span.errorType)
        if exceptionClass == nil, let type, FailureText.looksLikeClass(type) { exceptionClass = type }
        setMessage(
            FailureText.filled(span.exceptionMessage) ?? FailureText.filled(span.statusMessage) ?? FailureText.field(
                span.errorField) ?? "")
    }

    init(_ event: EventEvidence) {
        exceptionClass = FailureText.filled(event.exceptionType)
        httpStatus = event.httpStatus
        code = FailureText.filled(event.errorCode)
        // An event name such as `quota_exceeded` is as good as a code.
        if code == nil, let name = event.name, !["exception", "error", "log", "event"].contains(name.lowercased()) {
            type = name
        }
        setMessage(FailureText.filled(event.message) ?? "")
    }

    /// Fills missing fields from another text.
    mutating func fill(from other: FailureText) {
        if message.isEmpty { setMessage(other.message) }
        exceptionClass = exceptionClass ?? other.exceptionClass
        httpStatus = httpStatus ?? other.httpStatus
        code = code ?? other.code
        type = type ?? other.type
    }

    /// Sets the message; for an error object, its message and the fields that the record lacks.
    private mutating func setMessage(_ text: String) {
        var text = text
        if let body = ErrorBody(text) {
            text = body.message
            httpStatus = httpStatus ?? body.httpStatus
            code = code ?? body.code
        }
        message = text
        words = FailureText.words(of: text)
        signature = Signature.of(text)
    }

    private static func filled(_ text: String?) -> String? {
        guard let text, text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        return text
    }

    private static func field(_ text: String?) -> String? {
        guard let text = filled(text), Signals.hasValue(text) else { return nil }
        return text.lowercased() == "true" ? nil : text
    }

    private static func looksLikeClass(_ text: String) -> Bool {
        text.hasSuffix("Error") || text.hasSuffix("Exception") || text.hasSuffix("Timeout")
    }

    /// Returns true when an ancestor with this text failed for the same reason as a descendant with the text `inner`.
    func isSame(as inner: FailureText, ancestorIsCall: Bool) -> Bool {
        if message.isEmpty { return true }
        if !words.isEmpty, !inner.words.isEmpty {
            if words == inner.words { return true }
            let (short, long) = words.count < inner.words.count ? (words, inner.words) : (inner.words, words)
            if short.count >= 8, FailureText.contains(long, short) { return true }
            if signature == inner.signature { return true }
        }
        guard !ancestorIsCall, let own = decisiveClass else { return false }
        return own == inner.decisiveClass
    }

    /// The last part of the exception's class; nil when it says too little for two exceptions with other words to be one.
    var decisiveClass: Substring? {
        guard let exceptionClass else { return nil }
        let name = FailureText.lastPart(exceptionClass)
        return FailureText.generic.contains(String(name)) ? nil : name
    }

    static func lastPart(_ name: String) -> Substring {
        name.lastIndex(of: ".").map { name[name.index(after: $0)...] } ?? name[...]
    }

    /// Classes too generic to identify two exceptions with different messages.
    private static let generic: Set<String> = [
        "Exception", "Error", "RuntimeError", "ValueError", "TypeError", "KeyError", "AttributeError", "IndexError", "APIError",
        "HTTPError",
        "HTTPException", "ProxyException", "OSError", "IOError", "AssertionError", "BadRequestError", "LookupError", "_OTHER",
        "ToolException",
    ]

    static func words(of text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { raw in
            var bytes: [UInt8] = []
            for byte in raw.prefix(1400) {
                let byte = byte <= 0x20 ? 0x20 : byte
                if byte == 0x20 && (bytes.isEmpty || bytes.last == 0x20) { continue }
                bytes.append(byte)
            }
            while bytes.last == 0x20 { bytes.removeLast() }
            var start = 0
            while let next = afterClassPrefix(bytes, start) { start = next }
            return Array(bytes[start...].prefix(1024))
        }
    }

    /// Returns the position after `some.module.RateLimitError: ` at `start`; nil when there is no such prefix.
    private static func afterClassPrefix(_ bytes: [UInt8], _ start: Int) -> Int? {
        var end = start, hasCapital = false
        while end < bytes.count, end - start < 96, FoldedText.isWord(bytes[end]) || bytes[end] == 0x2E {
            if bytes[end] >= 0x41 && bytes[end] <= 0x5A { hasCapital = true }
            end += 1
        }
        guard end > start, hasCapital, end + 2 < bytes.count, bytes[end] == 0x3A, bytes[end + 1] == 0x20 else { return nil }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        guard looksLikeClass(name) || name.hasSuffix("Exceeded") || name.contains(".") else { return nil }
        return end + 2
    }

    static func contains(_ long: [UInt8], _ short: [UInt8]) -> Bool {
        guard let first = short.first, short.count <= long.count else { return false }
        return long.withUnsafeBytes { long in
            short.withUnsafeBytes { short in
                guard var at = long.baseAddress, let wanted = short.baseAddress else { return false }
                // The last position at which it could start.
                let end = at + (long.count - short.count + 1)
                while at < end, let found = memchr(at, Int32(first), end - at) {
                    if memcmp(found, wanted, short.count) == 0 { return true }
                    at = UnsafeRawPointer(found) + 1
                }
                return false
            }
        }
    }
}
