/// An error in a rule file with its position.
public struct RuleFileMistake: Hashable, Sendable {
    /// A stable id in kebab case, such as `unknown-key`.
    public var id: String
    /// The 1-based line.
    public var line: Int
    /// The 1-based column, counted in Unicode scalars.
    public var column: Int
    /// One sentence in lower case: what was found and what was expected.
    public var message: String
    /// The closest valid name; nil if none is close.
    public var closest: String?
    /// The alert name of the rule; nil outside of rules and for unnamed rules.
    public var alert: String?

    /// Creates an error.
    public init(_ id: String, line: Int, column: Int, _ message: String, closest: String? = nil, alert: String? = nil) {
        self.id = id
        self.line = line
        self.column = column
        self.message = message
        self.closest = closest
        self.alert = alert
    }
}
