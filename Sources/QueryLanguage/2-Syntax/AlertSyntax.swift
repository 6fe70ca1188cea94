import Model

/// A rule as written: `when QUERY [for D] [keep D] [cooldown D] [severity S] [do ACTION {, ACTION}] [note "…"]`.
public struct RuleSyntax: Hashable, Sendable {
    /// The query with `over D` and `having`.
    public var query: QuerySyntax
    /// How long the condition must hold before it fires; nil fires at once.
    public var holding: Name?
    /// How long it goes on firing after the condition ended.
    public var keeping: Name?
    /// How long no further notification is sent.
    public var cooldown: Name?
    public var severity: Name?
    public var actions: [ActionSyntax] = []
    public var note: Literal?
    /// From the query's first word to the last clause.
    public var span: TextSpan
}

/// What a firing rule does: `log`, `webhook "URL"`, `slack "URL"`, `discord "URL"`, `email "addr"`.
public struct ActionSyntax: Hashable, Sendable {
    public var name: Name
    public var target: Literal?

    /// What an action needs to know beside its name.
    enum Target: Sendable { case none, url, mail }

    /// Every action, with where it goes.
    static let kinds: [(word: String, target: Target)] = [
        ("log", .none), ("webhook", .url), ("slack", .url), ("discord", .url), ("email", .mail),
    ]

    /// How an action is written.
    static func grammar(_ kind: (word: String, target: Target)) -> String {
        switch kind.target {
        case .none: kind.word
        case .url: "\(kind.word) \"URL\""
        case .mail: "\(kind.word) \"addr\""
        }
    }

    /// True when its target is one; of an action without a target, and of an unknown one, nothing is asked.
    var hasGoodTarget: Bool {
        guard let text = target?.text, let kind = ActionSyntax.kinds.first(where: { $0.word == name.text })?.target else {
            return true
        }
        // What stands in an address is sent to a program line by line.
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

/// What an alert statement is about.
public enum AlertSubjectSyntax: Hashable, Sendable {
    /// A rule that is kept.
    case name(Name)
    /// A file of Prometheus' rules.
    case file(Literal)
    /// A rule written out.
    case rule(RuleSyntax)
}

/// A statement about alerts.
public enum AlertSyntax: Hashable, Sendable {
    case create(Name, RuleSyntax)
    case edit(Name, RuleSyntax)
    case test(AlertSubjectSyntax, range: ClauseSyntax?, step: Name?, form: Name?)
    /// The aim is `2/week` as written.
    case tune(AlertSubjectSyntax, range: ClauseSyntax?, aim: Name?)
    case list
    case show(Name)
    case enable(Name), disable(Name), delete(Name), acknowledge(Name)
    case load(Literal)
    /// Notifications that were given up, tried again or deleted; those of one rule, or all when it is nil.
    case resend(Name?), discard(Name?)
    case check, watch
}

/// A statement about incidents, which tell whether rules found them.
public enum IncidentSyntax: Hashable, Sendable {
    case add(from: TimeSyntax, to: TimeSyntax, text: Literal?)
    case list
    case delete(Name)
    case load(Literal)
}
