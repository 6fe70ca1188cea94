import Model

/// A failure reported in free-form metadata: an error field with a value, at any depth, or plain text such as `ERROR: connection
/// reset`.
public struct MetadataFailure: Equatable, Sendable {
    /// The text of the field, or the JSON of an error object.
    public var message: String
    /// The exception class, if the metadata has one.
    public var exceptionType: String?

    /// Parses a metadata cell, JSON or plain text; nil when it reports no failure.
    public init?(_ text: String) {
        var text = text
        let found: MetadataFailure? = text.withUTF8 { bytes in
            var cursor = JSONCursor(bytes)
            if let value = try? cursor.skipValue(), (try? cursor.expectEnd()) != nil { return MetadataFailure(value) }
            return MetadataFailure(plain: String(decoding: bytes, as: UTF8.self))
        }
        guard let found else { return nil }
        self = found
    }

    /// Parses metadata that is JSON.
    init?(_ metadata: JSONSlice) {
        if let text = metadata.string {
            self.init(plain: text)
            return
        }
        var objects: [JSONSlice] = []
        if metadata.isObject { objects = [metadata] }
        metadata.forEachElement { if $0.isObject { objects.append($0) } }
        // Level by level, so that the outermost field speaks.
        for level in 0..<MetadataFailure.depth where !objects.isEmpty {
            for object in objects {
                // Deeper, such a flag may be that of a check.
                if level == 0, let flag = MetadataFailure.flag(in: object) {
                    self.init(message: flag, exceptionType: nil)
                    return
                }
                if let failure = MetadataFailure(ofFieldsIn: object) {
                    self = failure
                    return
                }
            }
            var below: [JSONSlice] = []
            for object in objects {
                object.forEachMember { key, value in
                    if value.isObject, below.count < MetadataFailure.breadth, !MetadataFailure.isAside(key) {
                        below.append(value)
                    }
                }
            }
            objects = below
        }
        return nil
    }

    private static let depth = 6, breadth = 64

    /// Returns true for members about something other than the outcome: the request, and earlier events.
    private static func isAside(_ key: JSONKey) -> Bool {
        ([
            "request", "input", "inputs", "prompt", "messages", "config", "configuration", "settings", "options", "params",
            "parameters", "schema", "retry", "retry_policy", "previous", "previous_attempt", "history", "tools", "functions",
        ] as [StaticString]).contains { key == $0 }
    }

    private init?(ofFieldsIn object: JSONSlice) {
        let exception = object.member("exception").flatMap(MetadataFailure.saying)
        for value in [object.member("error"), object.member("error_message")] {
            guard let text = value.flatMap(MetadataFailure.saying) else { continue }
            self.init(message: text, exceptionType: exception)
            return
        }
        if let exception {
            self.init(message: exception, exceptionType: exception)
            return
        }
        guard let status = object.member("status")?.string, ["failed", "failure", "error"].contains(status.lowercased()) else {
            return nil
        }
        self.init(message: "status \(status)", exceptionType: nil)
    }

    /// `success: false` and the like; an error with a text speaks first.
    private static func flag(in object: JSONSlice) -> String? {
        guard MetadataFailure(ofFieldsIn: object) == nil else { return nil }
        var found: String?
        object.forEachMember { key, value in
            switch key {
            case "success", "ok", "succeeded", "is_success":
                if !value.isNumber, value.bool == false { found = found ?? "\(key.text): false" }
            case "is_error", "isError", "failed", "has_error":
                if !value.isNumber, value.bool == true { found = found ?? "\(key.text): true" }
            default: break
            }
        }
        return found
    }

    private init(message: String, exceptionType: String?) {
        self.message = message
        self.exceptionType = exceptionType
    }

    /// Returns the text of a field; nil when it means no error, as `null`, false, 0, "" and objects of these do.
    private static func saying(_ value: JSONSlice) -> String? {
        guard hasValue(value) else { return nil }
        return value.text ?? String(decoding: value.bytes, as: UTF8.self)
    }

    private static func hasValue(_ value: JSONSlice) -> Bool {
        if value.isObject || value.isArray {
            var any = false
            value.forEachMember { _, member in any = any || hasValue(member) }
            value.forEachElement { element in any = any || hasValue(element) }
            return any
        }
        guard let text = value.text else { return false }
        return !isNothing(text)
    }

    /// Returns true for words that mean no error.
    private static func isNothing(_ text: String) -> Bool {
        guard text.utf8.count <= 12 else { return !text.utf8.contains { $0 > 0x20 } }
        return ["", "null", "none", "nil", "false", "0", "{}", "[]", "\"\"", "''", "ok", "no", "undefined", "n/a", "success"]
            .contains(
                text.lowercased().filter { !$0.isWhitespace })
    }

    // MARK: Plain text

    private static let openings = [
        "error:", "error -", "error code:", "[error]", "fatal:", "fatal error:", "critical:", "exception:", "failed:", "failure:",
        "traceback (most recent call last)",
    ]

    /// Parses plain text: one of its lines must start like an error report.
    private init?(plain text: String) {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        for line in text.prefix(1 << 14).split(whereSeparator: \.isNewline) {
            let start = line.drop(while: \.isWhitespace)
            let head = start.prefix(40).lowercased()
            let opening = MetadataFailure.openings.first(where: head.hasPrefix)
            let rest = opening.map { start.dropFirst($0.count) } ?? MetadataFailure.afterMark(start)
            guard let rest else { continue }
            let isTraceback = opening?.hasPrefix("traceback") == true
            guard isTraceback || !MetadataFailure.isNothing(String(rest)) else { continue }
            self.init(message: String(text), exceptionType: nil)
            return
        }
        return nil
    }

    /// Returns the text after `ERROR: `, which may follow a time, or after a leading exception class, as in `RateLimitError:
    /// slow`.
    private static func afterMark(_ line: Substring) -> Substring? {
        if let mark = line.firstRange(of: " ERROR: ") ?? line.firstRange(of: " ERROR ") {
            let before = line[..<mark.lowerBound]
            // A sentence that mentions errors is not a report; a time or a bracketed name is not a sentence.
            if before.contains(where: \.isNumber) || before.hasSuffix("]") { return line[mark.upperBound...] }
        }
        guard let colon = line.prefix(96).firstIndex(of: ":") else { return nil }
        let name = line[..<colon]
        guard name.hasSuffix("Error") || name.hasSuffix("Exception"), name.utf8.count > 5,
            name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" })
        else { return nil }
        return line[line.index(after: colon)...]
    }
}
