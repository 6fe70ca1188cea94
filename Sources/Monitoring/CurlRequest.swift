import Model

/// A message posted by the system's `curl`: what curl reads from its input, and what its output says.
///
/// A message counts as delivered when the receiver answered with a status of 2xx, whatever happened to the answer's content. Redirects
/// are not followed: they would turn the message into another request, or carry it to another host.
package enum CurlRequest {
    package static let arguments = ["-q", "--config", "-"]

    /// Address, headers and body; the list of processes shows none of them.
    /// - Parameter patience: Seconds that the receiver is given, half of them for the connection.
    package static func configuration(_ target: String, body: String, patience: Int) -> String {
        """
        url = \(quoted(target))
        globoff
        header = "Content-Type: application/json"
        header = "Expect:"
        user-agent = "faultline"
        data-raw = \(quoted(body))
        proto = "=http,https"
        connect-timeout = \(max(1, patience / 2))
        max-time = \(patience)
        output = "/dev/null"
        dump-header = "-"
        suppress-connect-headers
        silent
        show-error

        """
    }

    /// What came of a request.
    package struct Outcome: Equatable {
        /// False while curl has said nothing: it was ended before.
        var isKnown = true
        /// Why it was not delivered; nil when it was.
        var problem: String?
        /// How long the receiver asks to be left alone.
        var retryAfter: Duration?
    }

    /// Reads what curl wrote: the headers of the answers, then its own message.
    /// - Parameter now: What a date in `Retry-After` is measured from.
    package static func outcome(_ said: String, code: Int32, at now: Timestamp) -> Outcome {
        var status: Int?, reason = "", retryAfter: Duration?, isWhole = false, message: String?
        // What stands behind the last line end is no whole line.
        for line in said.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropLast() {
            if line.hasPrefix("HTTP/") {
                let words = line.split(separator: " ", maxSplits: 2)
                status = words.count > 1 ? Int(words[1]) : nil
                reason = words.count > 2 ? String(words[2]) : ""
                (isWhole, retryAfter) = (false, nil)
            } else if line.hasPrefix("curl: ("), let end = line.firstIndex(of: ")") {
                message = message ?? plain(String(line[line.index(after: end)...].drop { $0 == " " }))
            } else if status != nil, !isWhole, message == nil {
                if line.isEmpty { isWhole = true }
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == "retry-after" { retryAfter = wait(String(parts[1]), at: now) }
            }
        }
        guard let status, status >= 200, isWhole else {
            return Outcome(isKnown: message != nil, problem: message ?? "curl ended with code \(code)")
        }
        let name = "HTTP \(status)" + (reason.isEmpty ? "" : " \(reason.prefix(80))")
        switch status {
        case 200..<300: return Outcome()
        case 300..<400: return Outcome(problem: name + ", a redirect, which is not followed")
        default: return Outcome(problem: name, retryAfter: retryAfter)
        }
    }

    /// A message without advice about curl's options and pages about them.
    private static func plain(_ message: String) -> String {
        var message = message
        for advice in ["More details here", "https://curl.", "http://curl.", "(try ", "; try ", ", try ", " Try ", "--insecure"] {
            if let place = message.firstRange(of: advice) { message = String(message[..<place.lowerBound]) }
        }
        while let last = message.last, " .;,(".contains(last) { message.removeLast() }
        return message
    }

    /// `Retry-After`: seconds, or a date such as `Sat, 21 Nov 2026 14:05:00 GMT`; nil for anything else and for what is over.
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

    /// A text in the quotes of curl's configuration.
    private static func quoted(_ text: String) -> String {
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
}
