import Model

/// A notification as an e-mail message for `sendmail -t`.
public enum MailText {
    /// Returns the whole message, with lines ended by `\n`. Header values cannot inject further headers; non-ASCII text in them
    /// is encoded (RFC 2047).
    ///
    /// - Parameter host: The domain part of the Message-ID.
    public static func message(_ notification: Notification, from: String, to: String, host: String) -> String {
        let subject = "[\(notification.kind.rawValue)] \(notification.headline)"
        let identity = AlertmanagerBody.fingerprint(notification.namedLabels)
        var lines = [
            "From: \(oneLine(from))", "To: \(oneLine(to))", "Subject: \(encoded(oneLine(subject)))",
            "Date: \(date(notification.time))",
            "Message-ID: <\(identity).\(notification.startsAt.nanoseconds).\(notification.kind.rawValue)@\(oneLine(host))>",
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit", "",
        ]
        lines.append("\(notification.alert) \(notification.kind == .firing ? "is firing" : "is resolved")")
        lines.append("")
        for annotation in notification.annotations { lines.append("\(annotation.name): \(plain(annotation.value))") }
        if !notification.annotations.isEmpty { lines.append("") }
        for pair in notification.labels.pairs { lines.append("  \(pair.name) = \(plain(pair.value))") }
        lines.append("")
        for detail in notification.details { lines.append("\(detail.name): \(plain(detail.value))") }
        lines.append("since: \(TimeText.iso(notification.startsAt))")
        if let end = notification.endsAt { lines.append("until: \(TimeText.iso(end))") }
        // A mail line has at most 998 bytes.
        return lines.flatMap(folded).joined(separator: "\n") + "\n"
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    /// Removes control characters except line ends. A line with a single dot is safe: `sendmail -i` does not end there.
    private static func plain(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { oneLine(String($0)) }.joined(separator: "\n")
    }

    /// Splits the text into lines of at most 900 bytes, between characters.
    private static func folded(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            var parts: [String] = [], part = ""
            for character in line {
                if part.utf8.count + character.utf8.count > 900 {
                    parts.append(part)
                    part = ""
                }
                part.append(character)
            }
            return parts + [part]
        }
    }

    /// Returns ASCII text unchanged, other text as encoded words of at most 45 bytes each.
    private static func encoded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text.prefix(800)) }
        var words: [String] = [], part: [UInt8] = []
        for character in text.prefix(200) {
            if part.count + character.utf8.count > 45, !part.isEmpty {
                words.append(Base64.encode(part))
                part = []
            }
            part += Array(character.utf8)
        }
        words.append(Base64.encode(part))
        return words.map { "=?utf-8?B?\($0)?=" }.joined(separator: "\n ")
    }

    /// `Sat, 21 Nov 2026 14:05:00 +0000` (RFC 5322).
    private static func date(_ instant: Timestamp) -> String {
        let civil = Zone.utc.civil(instant)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = CivilTime.weekday(ofDay: CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day))
        let clock = [civil.hour, civil.minute, civil.second].map(TimeText.two).joined(separator: ":")
        return "\(days[weekday]), \(civil.day) \(months[civil.month - 1]) \(civil.year) \(clock) +0000"
    }
}
