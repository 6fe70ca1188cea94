import Model

/// An alerting rule of a Prometheus rule file, read and checked.
public struct PrometheusRule: Sendable {
    /// A label or annotation: its name and the template of its value.
    public struct Text: Sendable {
        public var name: String
        public var template: Template

        /// Makes a text.
        public init(_ name: String, _ template: Template) {
            self.name = name
            self.template = template
        }
    }

    /// The alert's name.
    public var name: String
    /// The name of its group.
    public var group: String
    /// How often its group asks to be evaluated; nil when it does not say.
    public var interval: Duration?
    /// The expression in its canonical spelling.
    public var text: String { expression.description }
    /// How long the expression must hold before the alert fires (`for`).
    public var hold: Duration
    /// How long it goes on firing after the expression ceased to hold (`keep_firing_for`).
    public var keep: Duration
    /// Labels written over those of the result; sorted by name.
    public var labels: [Text]
    /// Sorted by name.
    public var annotations: [Text]
    /// The line of the file that it begins on, from 1.
    public var line: Int

    var expression: Expression

    /// Makes a rule from an expression's text; nil when the text is no expression of the subset, with the mistakes in it.
    public static func make(
        _ name: String, expression text: String, hold: Duration = .zero, keep: Duration = .zero, labels: [Text] = [],
        annotations: [Text] = []
    ) -> (rule: PrometheusRule?, mistakes: [Diagnostic]) {
        let (expression, mistakes) = ExpressionParser.parse(text)
        return (
            expression.map {
                PrometheusRule(
                    name: name, group: "", hold: hold, keep: keep, labels: labels, annotations: annotations, line: 1,
                    expression: $0)
            }, mistakes
        )
    }

    /// How far back from an instant its expression looks, windows and offsets together. Counters as they are look back at all
    /// that was: they add nothing.
    public var reach: Duration {
        max(longestWindow, .nanoseconds(expression.selectors.map(\.offset).max() ?? 0))
    }

    /// What its expression measures, in a word: a `ratio` of errors to calls is none of the language's `error_rate`.
    public var measureWord: String {
        let measured = expression.measured.expression
        if case .arithmetic(.over, _, let b, _) = measured, b.counters == [.requests] { return "ratio" }
        guard measured.countedWindow != nil else { return "value" }
        return measured.usesRate ? "\(measured.unitWord)s/s" : "count"
    }

    /// The lengths of its range selectors, each once, ascending.
    public var windows: [Duration] {
        let lengths = expression.all.compactMap { part -> Int64? in
            if case .range(_, _, let window) = part { window } else { nil }
        }
        return Set(lengths).sorted().map { .nanoseconds($0) }
    }

    /// The longest window that its expression looks back over, offsets included; zero when it has none.
    public var longestWindow: Duration {
        let lengths = expression.all.map { part -> Int64 in
            guard case .range(_, let selector, let window) = part else { return 0 }
            let (sum, overflow) = selector.offset.addingReportingOverflow(window)
            return overflow ? .max : sum
        }
        return .nanoseconds(lengths.max() ?? 0)
    }
}

/// Rules that stand together in a file.
public struct RuleGroup: Sendable {
    public var name: String
    /// How often the group asks to be evaluated; nil when it does not say.
    public var interval: Duration?
    public var rules: [PrometheusRule]
}

/// What a rule file holds: the rules that are right, and every mistake in the others.
public struct RuleFile: Sendable {
    /// In the file's order.
    public var groups: [RuleGroup]
    /// By line and column.
    public var mistakes: [RuleMistake]
    /// All rules, in the file's order.
    public var rules: [PrometheusRule] { groups.flatMap(\.rules) }

    /// Reads a YAML file of Prometheus' own form.
    public init(yaml: String) {
        var reader = RuleFileReader(yaml)
        reader.read()
        groups = reader.groups
        mistakes = reader.mistakes.sorted { ($0.line, $0.column, $0.id) < ($1.line, $1.column, $1.id) }
    }
}

/// Which errors a selector of a rule counts.
public struct ErrorSelection: Sendable {
    private let selector: Selector

    init(_ selector: Selector) { self.selector = selector }

    /// True when the counter counts errors of type `rate_limit` alone.
    public var isOfRateLimits: Bool { selector.counter == .rateLimits }

    /// The labels on which there are conditions, by name.
    public var labels: [Label] {
        Set(selector.matchers.map(\.label)).sorted { $0.rawValue < $1.rawValue }
    }

    /// True when an error with this value of the label satisfies every condition on it; "" stands for none.
    public func accepts(_ text: String, of label: Label) -> Bool {
        selector.matchers.allSatisfy { $0.label != label || $0.accepts(text) }
    }
}

extension PrometheusRule {
    /// What the rule's selectors of errors count; empty for rules about other things.
    public var errorSelections: [ErrorSelection] {
        let counters: Set<Counter> = [.errors, .rateLimits, .recovered, .failed]
        return expression.selectors.filter { counters.contains($0.counter) }.map(ErrorSelection.init)
    }
}
