import Model

/// A text with `{{ … }}` in it, in the part of Go's template language that alerting rules use.
public struct Template: Sendable {
    /// As written.
    public let text: String
    /// The labels of the result that it names.
    public let labelNames: Set<String>
    /// True when it shows the value, so that the text changes with it.
    public let usesValue: Bool
    private let nodes: [TemplateNode]

    /// Reads a template; what is wrong with it comes back by place, in bytes of the text, and there is no template then.
    public static func parse(_ text: String) -> (template: Template?, mistakes: [Diagnostic]) {
        // Most labels and annotations are plain texts.
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

    /// The text for an alert's labels (those of the expression's result) and value. A template that cannot be carried out
    /// gives `<error expanding template: …>`, as Prometheus does.
    public func rendered(labels: LabelSet, value: Double) -> String {
        var run = TemplateRun(labels: labels, value: value)
        do throws(TemplateFailure) {
            try run.run(nodes)
            return run.output
        } catch { return "<error expanding template: \(error.text)>" }
    }
}
