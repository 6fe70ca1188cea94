/// Takes apart the texts that logs keep of an exception.
enum LogText {
    /// The exception that a text reports.
    struct Exception: Equatable {
        var type: String?
        var message: String?
        var stack: String?
    }

    /// Reads a traceback, or the first line of an exception: `openai.APITimeoutError: Request timed out.`
    ///
    /// Of a Python traceback the last line that begins with a class tells; of the stacks of JavaScript, Java and .NET the first.
    static func exception(_ text: String) -> Exception? {
        let lines = text.prefix(1 << 15).split(whereSeparator: \.isNewline)
        if let header = lines.firstIndex(where: { $0.contains("Traceback (most recent call last)") }) {
            // What stands before the header on its line is the repr of the exception, as LangSmith writes it.
            for line in lines[header...].reversed() where line.first?.isWhitespace == false {
                if let found = head(line) { return Exception(type: found.type, message: found.message, stack: text) }
            }
            return Exception(type: nil, message: nil, stack: text)
        }
        guard let first = lines.first, let found = head(first) else { return nil }
        let isStack = lines.count > 1 && lines[1].drop { $0 == " " || $0 == "\t" }.hasPrefix("at ")
        if isStack { return Exception(type: found.type, message: found.message, stack: text) }
        let rest = lines.count > 1 ? found.message.map { $0 + "\n" + lines[1...].joined(separator: "\n") } : found.message
        return Exception(type: found.type, message: rest, stack: nil)
    }

    /// The class and the message of `openai.APITimeoutError: Request timed out.`, or of a class that stands alone.
    static func head(_ line: Substring) -> (type: String, message: String?)? {
        let colon = line.prefix(160).firstIndex(of: ":")
        let name = line[..<(colon ?? line.endIndex)]
        guard isClass(name) else { return nil }
        guard let colon else { return (String(name), nil) }
        let message = line[line.index(after: colon)...].drop { $0 == " " }
        return (String(name), message.isEmpty ? nil : String(message))
    }

    /// True for names such as `RateLimitError`, `openai.APITimeoutError`, `java.io.IOException`.
    static func isClass(_ name: some StringProtocol) -> Bool {
        guard name.utf8.count >= 5, name.utf8.count < 120,
            name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "$" }),
            let last = name.split(separator: ".").last, last.first?.isUppercase == true
        else { return false }
        return [
            "Error", "Exception", "Exit", "Interrupt", "Warning", "Timeout", "Fault", "Exceeded", "Failure", "Canceled",
            "Cancelled", "Disconnect", "Refused", "Iteration", "Denied", "Limit",
        ].contains { last.hasSuffix($0) }
    }

    /// Reads `RateLimitError("Error code: 429 - …")` and `RateLimitError('…')Traceback …`, as Python's `repr` writes exceptions.
    static func repr(_ text: String) -> Exception? {
        guard let open = text.prefix(120).firstIndex(of: "("), isClass(text[..<open]) else { return nil }
        let type = String(text[..<open])
        var body = text[text.index(after: open)...]
        var stack: String?
        if let trace = body.firstRange(of: "Traceback (most recent call last)") {
            stack = String(body[trace.lowerBound...])
            body = body[..<trace.lowerBound]
        }
        while let last = body.last, last.isWhitespace { body.removeLast() }
        if body.last == ")" { body.removeLast() }
        if body.last == "," { body.removeLast() }
        if let quote = body.first, quote == "'" || quote == "\"", body.count > 1, body.last == quote {
            body = body.dropFirst().dropLast()
        }
        return Exception(type: type, message: body.isEmpty ? nil : String(body), stack: stack)
    }
}
