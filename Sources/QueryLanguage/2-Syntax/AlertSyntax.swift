import Model

/// A rule as written: `when QUERY [for D] [keep D] [cooldown D] [severity S] [do ACTION {, ACTION}] [note "…"]`.
public struct RuleSyntax: Hashable, Sendable {
    /// The query with `over D` and `having`.
    public var query: QuerySyntax
    /// How long the condition must hold before it fires; nil fires at once.
    public var holding: Name?
    /// How long it goes on firing after the condition ended.
    public var keeping: Name?
    /// How long no further notice is sent.
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
    /// With the number of seconds between evaluations; nil for a minute.
    case check, watch
}

/// A statement about incidents, which tell whether rules found them.
public enum IncidentSyntax: Hashable, Sendable {
    case add(from: TimeSyntax, to: TimeSyntax, text: Literal?)
    case list
    case delete(Name)
    case load(Literal)
}
