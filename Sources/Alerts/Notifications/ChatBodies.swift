import Model

/// Bodies for incoming webhooks of chat services.
public enum ChatBodies {
    /// The maximum length of a message text, in characters.
    private static let limit = 1900

    /// Returns the body for Slack: a line for previews, and a coloured attachment with the details.
    public static func slack(_ notification: Notification) -> String {
        var writer = JSONWriter(.printable)
        let text = escapedForSlack(title(notification))
        writer.object {
            $0.member("text") { $0.string(text) }
            $0.member("attachments") { writer in
                writer.array([notification]) { writer, notification in
                    writer.object {
                        $0.member("color") {
                            $0.string(
                                notification.kind == .resolved
                                    ? "good" : severity(notification) == "WARNING" ? "warning" : "danger")
                        }
                        $0.member("fallback") { $0.string(text) }
                        $0.member("text") { $0.string(escapedForSlack(cut(details(notification)))) }
                        $0.member("fields") { writer in
                            writer.array(fields(notification)) { writer, pair in
                                writer.object {
                                    $0.member("title") { $0.string(escapedForSlack(pair.name)) }
                                    $0.member("value") { $0.string(escapedForSlack(pair.value)) }
                                    $0.member("short") { $0.flag(true) }
                                }
                            }
                        }
                        $0.member("ts") { $0.integer(floorDivide(notification.time.nanoseconds, 1_000_000_000)) }
                    }
                }
            }
        }
        return writer.text
    }

    /// Returns the body for Discord: one embed, with all mentions disabled.
    public static func discord(_ notification: Notification) -> String {
        var writer = JSONWriter(.printable)
        writer.object {
            $0.member("content") { $0.string("") }
            $0.member("allowed_mentions") { $0.object { $0.member("parse") { $0.array([String]()) { _, _ in } } } }
            $0.member("embeds") { writer in
                writer.array([notification]) { writer, notification in
                    writer.object {
                        $0.member("title") { $0.string(String(title(notification).prefix(250))) }
                        $0.member("description") { $0.string(cut(details(notification))) }
                        $0.member("color") {
                            $0.integer(
                                notification.kind == .resolved
                                    ? 0x2EB67D : severity(notification) == "WARNING" ? 0xECB22E : 0xE01E5A)
                        }
                        $0.member("timestamp") { $0.string(TimeText.iso(notification.time)) }
                        $0.member("fields") { writer in
                            writer.array(discordFields(notification)) { writer, pair in
                                writer.object {
                                    $0.member("name") { $0.string(pair.name) }
                                    $0.member("value") { $0.string(pair.value) }
                                    $0.member("inline") { $0.flag(true) }
                                }
                            }
                        }
                    }
                }
            }
        }
        return writer.text
    }

    /// The rule's severity; a group's own label may be named `severity` too.
    private static func severity(_ notification: Notification) -> String {
        (notification.labels["rule_severity"] ?? notification.labels["severity"] ?? "").uppercased()
    }
    private static func title(_ notification: Notification) -> String {
        (notification.kind == .firing ? "FIRING: " : "RESOLVED: ") + notification.headline
    }
    private static func cut(_ text: String) -> String { text.count > limit ? String(text.prefix(limit)) + "…" : text }

    /// Details of the firing, then its labels.
    private static func fields(_ notification: Notification) -> [LabelPair] {
        (notification.details + notification.labels.pairs).filter { !$0.value.isEmpty }
    }

    /// The fields within Discord's limits beside a title and a text: 25 fields, 1,024 characters each, 6,000 in all.
    private static func discordFields(_ notification: Notification) -> [LabelPair] {
        var room = 5900 - 250 - limit, kept: [LabelPair] = []
        for field in fields(notification).prefix(25) {
            let field = LabelPair(String(field.name.prefix(250)), String(field.value.prefix(1000)))
            room -= field.name.utf16.count + field.value.utf16.count
            guard room >= 0 else { break }
            kept.append(field)
        }
        return kept
    }

    /// All annotations except the summary, which is the title, and the times.
    private static func details(_ notification: Notification) -> String {
        var lines = notification.annotations.filter { $0.name != "summary" && !$0.value.isEmpty }.map { annotation in
            ["description", "note"].contains(annotation.name) ? annotation.value : "\(annotation.name): \(annotation.value)"
        }
        lines.append(
            "since \(TimeText.iso(notification.startsAt))" + (notification.endsAt.map { ", until \(TimeText.iso($0))" } ?? ""))
        return lines.joined(separator: "\n")
    }

    /// Escapes `&`, `<` and `>`, which Slack treats as markup.
    private static func escapedForSlack(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }
}
