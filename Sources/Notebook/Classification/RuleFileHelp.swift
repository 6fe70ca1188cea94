import Render

/// What `help rules` tells of the user's own rules.
enum RuleFileHelp {
    /// A file that a test reads as it stands.
    static let example = [
        "rules:", "  - id: own.gateway-busy", "    type: server_error", "    phrases: [\"no seat free\", \"gateway * busy\"]",
        "    codes: [GATEWAY_FULL]", "    unless: [\"rate limit\"]", "    examples:",
        "      - \"gateway-7: no seat free for this call\"",
        "    not:", "      - \"429: rate limit, no seat free\"",
    ]

    static func lines(_ style: Style) -> [String] {
        var lines = wrap(
            "Custom classification rules live in rules.yaml in the configuration folder (~/.config/faultline, or $XDG_CONFIG_HOME/faultline; $FAULTLINE_RULES names another file). They precede built-in rules of the same strength and take effect as soon as the file is saved, in imports, `why` and `rules test`. `rules check` shows what they would move in the store, `rules apply` moves it.",
            width: style.widthInColumns)
        lines += [""] + example.map { "  " + $0 } + [""]
        let width = (RuleTableFile.keys.map(\.name.count).max() ?? 0) + 4
        for (name, meaning) in RuleTableFile.keys {
            lines += wrap(
                "  " + name + String(repeating: " ", count: width - 2 - name.count) + meaning, width: style.widthInColumns,
                hanging: width)
        }
        return lines
    }
}
