import Model

/// Bodies of incoming webhooks of chat programs.
public enum ChatBodies {
    /// The longest text that goes into one message, in characters.
    private static let limit = 1900

    /// Slack: a line for those who only see the preview, and a coloured block with the rest.
    public static func slack(_ notice: Notice) -> String {
        var writer = JSONText()
        let text = escapedForSlack(title(notice))
        writer.object {
            $0.member("text") { $0.string(text) }
            $0.member("attachments") { writer in
                writer.array([notice]) { writer, notice in
                    writer.object {
                        $0.member("color") {
                            $0.string(notice.kind == .resolved ? "good" : severity(notice) == "WARNING" ? "warning" : "danger")
                        }
                        $0.member("fallback") { $0.string(text) }
                        $0.member("text") { $0.string(escapedForSlack(cut(details(notice)))) }
                        $0.member("fields") { writer in
                            writer.array(notice.labels.pairs) { writer, pair in
                                writer.object {
                                    $0.member("title") { $0.string(escapedForSlack(pair.name)) }
                                    $0.member("value") { $0.string(escapedForSlack(pair.value)) }
                                    $0.member("short") { $0.raw("true") }
                                }
                            }
                        }
                        $0.member("ts") { $0.integer(floorDivide(notice.time.nanoseconds, 1_000_000_000)) }
                    }
                }
            }
        }
        return writer.text
    }

    /// Discord: one embed; nobody is mentioned, whatever the texts hold.
    public static func discord(_ notice: Notice) -> String {
        var writer = JSONText()
        writer.object {
            $0.member("content") { $0.string("") }
            $0.member("allowed_mentions") { $0.object { $0.member("parse") { $0.array([String]()) { _, _ in } } } }
            $0.member("embeds") { writer in
                writer.array([notice]) { writer, notice in
                    writer.object {
                        $0.member("title") { $0.string(String(title(notice).prefix(250))) }
                        $0.member("description") { $0.string(cut(details(notice))) }
                        $0.member("color") {
                            $0.integer(notice.kind == .resolved ? 0x2EB67D : severity(notice) == "WARNING" ? 0xECB22E : 0xE01E5A)
                        }
                        $0.member("timestamp") { $0.string(TimeText.iso(notice.time)) }
                        $0.member("fields") { writer in
                            // Discord takes 25 fields at most.
                            writer.array(notice.labels.pairs.prefix(25)) { writer, pair in
                                writer.object {
                                    $0.member("name") { $0.string(String(pair.name.prefix(250))) }
                                    $0.member("value") { $0.string(String(pair.value.prefix(1000))) }
                                    $0.member("inline") { $0.raw("true") }
                                }
                            }
                        }
                    }
                }
            }
        }
        return writer.text
    }

    private static func severity(_ notice: Notice) -> String { (notice.labels["severity"] ?? "").uppercased() }
    private static func title(_ notice: Notice) -> String {
        (notice.kind == .firing ? "FIRING: " : "RESOLVED: ") + notice.headline
    }
    private static func cut(_ text: String) -> String { text.count > limit ? String(text.prefix(limit)) + "…" : text }

    private static func details(_ notice: Notice) -> String {
        var lines: [String] = []
        if let description = notice.annotation("description"), !description.isEmpty { lines.append(description) }
        lines.append("\(notice.expression) = \(GoNumber.shortest(notice.value))")
        lines.append("since \(TimeText.iso(notice.startsAt))" + (notice.endsAt.map { ", until \(TimeText.iso($0))" } ?? ""))
        return lines.joined(separator: "\n")
    }

    /// Slack reads `&`, `<` and `>` as its own marks.
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
