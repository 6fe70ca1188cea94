import Model

/// A text with `{{ … }}` actions: the subset of Go's template language that alerting rules use.
public struct Template: Sendable {
    /// The source text.
    public let text: String
    /// The labels of the result that the template uses.
    public let labelNames: Set<String>
    /// True if the template uses the value, so that its text changes with it.
    public let usesValue: Bool
    private let nodes: [TemplateNode]

    /// Parses a template; returns either the template or its errors, sorted by byte offset.
    public static func parse(_ text: String) -> (template: Template?, mistakes: [Diagnostic]) {
        // Most labels and annotations are plain text.
        guard text.contains("{{") else {
            return (Template(text: text, labelNames: [], usesValue: false, nodes: [.text(text)]), [])
        }
        var parser = TemplateParser(text)
        let nodes = parser.whole()
        let mistakes = Diagnostics(text: text, parser.mistakes).all
        guard mistakes.isEmpty else { return (nil, mistakes) }
        return (Template(text: text, labelNames: parser.labelNames, usesValue: parser.usesValue, nodes: nodes), [])
    }

    private init(text: String, labelNames: Set<String>, usesValue: Bool, nodes: [TemplateNode]) {
        self.text = text
        self.labelNames = labelNames
        self.usesValue = usesValue
        self.nodes = nodes
    }

    /// Renders the template with the result's labels and value. If that fails, returns `<error expanding template: …>` as
    /// Prometheus does.
    public func rendered(labels: LabelSet, value: Double) -> String {
        var run = TemplateRun(labels: labels, value: value)
        do throws(TemplateFailure) {
            try run.run(nodes)
            return run.output
        } catch { return "<error expanding template: \(error.text)>" }
    }
}
