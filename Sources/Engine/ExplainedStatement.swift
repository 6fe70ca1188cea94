import Model

/// How an engine answers a statement, in its own terms.
public struct ExplainedStatement {
    /// The statement as the engine sends it; values stand as placeholders.
    public let text: String
    /// The values of the placeholders, in their order.
    public let bindings: [StoredValue]
    /// The engine's plan, one line a step.
    public let steps: [String]
    /// Runs it, and gives the number of rows.
    public let run: () throws -> Int

    /// Makes an explanation.
    public init(text: String, bindings: [StoredValue], steps: [String], run: @escaping () throws -> Int) {
        (self.text, self.bindings, self.steps, self.run) = (text, bindings, steps, run)
    }
}
