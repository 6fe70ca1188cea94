/// A mistake in a rule file, with its place in the file.
public struct RuleMistake: Hashable, Sendable {
    /// Stable and kebab-case, such as `unknown-key`.
    public var id: String
    /// From 1.
    public var line: Int
    /// From 1, counted in Unicode scalars.
    public var column: Int
    /// One lower-case sentence: what was found, what was expected.
    public var message: String
    /// What stands closest; nil when nothing does.
    public var closest: String?
    /// The alert whose rule it is in; nil outside of rules and in rules without a name.
    public var alert: String?

    /// Makes a mistake.
    public init(_ id: String, line: Int, column: Int, _ message: String, closest: String? = nil, alert: String? = nil) {
        self.id = id
        self.line = line
        self.column = column
        self.message = message
        self.closest = closest
        self.alert = alert
    }
}
