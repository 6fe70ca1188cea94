import Model

/// What the system's `curl` wrote about one request: the headers of the answers, then its own message.
///
/// The configuration of the request must contain `CurlAnswer.settings`.
package struct CurlAnswer: Equatable {
    /// The status of the final answer; nil without complete headers.
    package private(set) var status: Int?
    /// The words after the status.
    package private(set) var words = ""
    /// The time for which the receiver asks to be left alone.
    package private(set) var retryAfter: Duration?
    /// curl's own message, without its code and without advice about its options.
    package private(set) var message: String?

    /// The options of every request: curl reads its configuration from its input, so that the process list shows no secrets.
    package static let arguments = ["-q", "--config", "-"]

    /// The settings that every configuration contains.
    /// - Parameter patience: Seconds for the whole request; half of them for the connection.
    package static func settings(patience: Int) -> String {
        """
        globoff
        user-agent = "faultline"
        proto = "=http,https"
        connect-timeout = \(max(1, patience / 2))
        max-time = \(patience)
        dump-header = "-"
        suppress-connect-headers
        silent
        show-error

        """
    }

    /// Returns `HTTP 429 Too Many Requests`; nil without an answer.
    package var statusLine: String? { status.map { "HTTP \($0)" + (words.isEmpty ? "" : " \(words.prefix(80))") } }

    /// Parses the output of curl.
    /// - Parameter now: The time from which a date in `Retry-After` is measured.
    package init(_ output: String, at now: Timestamp) {
        var status: Int?, isWhole = false
        // The text after the last line end is not a whole line.
        for line in output.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropLast() {
            if line.hasPrefix("HTTP/") {
                let parts = line.split(separator: " ", maxSplits: 2)
                status = parts.count > 1 ? Int(parts[1]) : nil
                words = parts.count > 2 ? String(parts[2]) : ""
                (isWhole, retryAfter) = (false, nil)
            } else if line.hasPrefix("curl: ("), let end = line.firstIndex(of: ")") {
                message = message ?? CurlAnswer.plain(String(line[line.index(after: end)...].drop { $0 == " " }))
            } else if status != nil, !isWhole, message == nil {
                if line.isEmpty { isWhole = true }
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == "retry-after" {
                    retryAfter = CurlAnswer.wait(String(parts[1]), at: now)
                }
            }
        }
        if let status, status >= 200, isWhole { self.status = status }
    }

    /// Returns a text in the quotes of curl's configuration.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }

    /// Removes advice about curl's options and pages about them.
    private static func plain(_ message: String) -> String {
        var message = message
        for advice in ["More details here", "https://curl.", "http://curl.", "(try ", "; try ", ", try ", " Try ", "--insecure"] {
            if let place = message.firstRange(of: advice) { message = String(message[..<place.lowerBound]) }
        }
        while let last = message.last, " .;,(".contains(last) { message.removeLast() }
        return message
    }

    /// `Retry-After`: seconds, or a date such as `Sat, 21 Nov 2026 14:05:00 GMT`; nil for anything else and for a past date.
    private static func wait(_ text: String, at now: Timestamp) -> Duration? {
        let words = text.split { $0 == " " || $0 == "," }.map(String.init)
        if words.count == 1, let seconds = Int64(words[0]) { return seconds > 0 ? .seconds(min(seconds, 86_400)) : nil }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, let day = Int(words[1]), let month = months.firstIndex(of: words[2]),
            let instant = TimeText.parse(
                "\(words[3])-\(TimeText.two(month + 1))-\(TimeText.two(day))T\(words[4])Z"), instant > now
        else { return nil }
        return min(instant - now, .hours(24))
    }
}
