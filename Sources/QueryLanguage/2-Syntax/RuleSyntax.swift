import Model

/// The syntax of a rule: `when QUERY [for D] [keep D] [cooldown D] [severity S] [do ACTION {, ACTION}] [note "…"]`.
public struct RuleSyntax: Hashable, Sendable {
    /// The query with `over D` and `having`.
    public var query: QuerySyntax
    /// How long the condition must hold before the alert fires; nil to fire immediately.
    public var holding: Name?
    /// How long the alert keeps firing after the condition stops holding.
    public var keeping: Name?
    /// The minimum time between notifications.
    public var cooldown: Name?
    public var severity: Name?
    public var actions: [ActionSyntax] = []
    public var note: Literal?
    /// From the first word of the query to the last clause.
    public var span: TextSpan
}

/// An action of a rule: `log`, `webhook "URL"`, `slack "URL"`, `discord "URL"`, `email "addr"`.
public struct ActionSyntax: Hashable, Sendable {
    public var name: Name
    public var target: Literal?

    /// The kind of target that an action requires.
    enum Target: Sendable { case none, url, mail }

    /// All actions with their kinds of targets.
    static let kinds: [(word: String, target: Target)] = [
        ("log", .none), ("webhook", .url), ("slack", .url), ("discord", .url), ("email", .mail),
    ]

    /// Returns the grammar of an action.
    static func grammar(_ kind: (word: String, target: Target)) -> String {
        switch kind.target {
        case .none: kind.word
        case .url: "\(kind.word) \"URL\""
        case .mail: "\(kind.word) \"addr\""
        }
    }

    /// True if the target is valid; always true for actions without a target and for unknown actions.
    var hasGoodTarget: Bool {
        guard let text = target?.text, let kind = ActionSyntax.kinds.first(where: { $0.word == name.text })?.target else {
            return true
        }
        // Addresses are passed to a program line by line.
        let isOneWord = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }
        switch kind {
        case .none: return true
        case .url:
            let lowered = text.lowercased()
            guard isOneWord, let scheme = ["http://", "https://"].first(where: lowered.hasPrefix) else { return false }
            let host =
                text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }.split(
                    separator: "@", omittingEmptySubsequences: false
                ).last ?? ""
            return host.contains { $0.isLetter || $0.isNumber } && !host.hasPrefix(":")
        case .mail:
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            return isOneWord && parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains { ",;<>\"".contains($0) } }
        }
    }
}

/// What is tested or tuned.
public enum AlertSubjectSyntax: Hashable, Sendable {
    /// A rule that is kept.
    case name(Name)
    /// A file of Prometheus' rules.
    case file(Literal)
    /// A rule written out.
    case rule(RuleSyntax)
}
