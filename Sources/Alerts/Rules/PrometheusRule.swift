import Model

/// A checked alerting rule from a Prometheus rule file.
public struct PrometheusRule: Sendable {
    /// A label or annotation: its name and its value template.
    public struct Text: Sendable {
        public var name: String
        public var template: Template

        /// Creates a label or annotation.
        public init(_ name: String, _ template: Template) {
            self.name = name
            self.template = template
        }
    }

    /// The alert's name.
    public var name: String
    /// The name of its group.
    public var group: String
    /// The evaluation interval of its group; nil if not set.
    public var interval: Duration?
    /// The expression in canonical form.
    public var text: String { expression.description }
    /// How long the expression must hold before the alert fires (`for`).
    public var hold: Duration
    /// How long the alert keeps firing after the expression stops holding (`keep_firing_for`).
    public var keep: Duration
    /// Labels added to those of the result, overriding them; sorted by name.
    public var labels: [Text]
    /// The annotations, sorted by name.
    public var annotations: [Text]
    /// The 1-based line at which the rule begins.
    public var line: Int

    var expression: Expression

    /// Creates a rule from the text of an expression; returns the errors and no rule if the text is invalid.
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

    /// How far back an evaluation looks, including windows and offsets. Raw counters read all history but do not add to it.
    public var reach: Duration {
        max(longestWindow, .nanoseconds(expression.selectors.map(\.offset).max() ?? 0))
    }

    /// A short name for what the expression measures; a `ratio` of errors to calls differs from the language's `error_rate`.
    public var measureWord: String {
        let measured = expression.measured.expression
        if case .arithmetic(.over, _, let b, _) = measured, b.counters == [.requests] { return "ratio" }
        guard measured.countedWindow != nil else { return "value" }
        return measured.usesRate ? "\(measured.unitWord)s/s" : "count"
    }

    /// The distinct lengths of its range selectors, ascending.
    public var windows: [Duration] {
        let lengths = expression.all.compactMap { part -> Int64? in
            if case .range(_, _, let window) = part { window } else { nil }
        }
        return Set(lengths).sorted().map { .nanoseconds($0) }
    }

    /// The longest window including its offset; zero without windows.
    public var longestWindow: Duration {
        let lengths = expression.all.map { part -> Int64 in
            guard case .range(_, let selector, let window) = part else { return 0 }
            let (sum, overflow) = selector.offset.addingReportingOverflow(window)
            return overflow ? .max : sum
        }
        return .nanoseconds(lengths.max() ?? 0)
    }
}

/// A rule group of a file.
public struct RuleGroup: Sendable {
    public var name: String
    /// The group's evaluation interval; nil if not set.
    public var interval: Duration?
    public var rules: [PrometheusRule]
}

/// The contents of a rule file: the valid rules, and all errors in the others.
public struct RuleFile: Sendable {
    /// The groups in file order.
    public var groups: [RuleGroup]
    /// The errors, sorted by line and column.
    public var mistakes: [RuleFileMistake]
    /// All rules in file order.
    public var rules: [PrometheusRule] { groups.flatMap(\.rules) }

    /// Parses a Prometheus rule file in YAML.
    public init(yaml: String) {
        var reader = RuleFileReader(yaml)
        reader.read()
        groups = reader.groups
        mistakes = reader.mistakes.sorted { ($0.line, $0.column, $0.id) < ($1.line, $1.column, $1.id) }
    }
}

/// The errors that a selector of a rule counts.
public struct ErrorSelection: Sendable {
    private let selector: Selector

    init(_ selector: Selector) { self.selector = selector }

    /// True if the counter counts only errors of type `rate_limit`.
    public var isOfRateLimits: Bool { selector.counter == .rateLimits }

    /// The labels with matchers, sorted by name.
    public var labels: [Label] {
        Set(selector.matchers.flatMap(\.labels)).sorted { $0.rawValue < $1.rawValue }
    }

    /// Returns true if an error with this value of the label satisfies all matchers on it; a missing value is "".
    public func accepts(_ text: String, of label: Label) -> Bool {
        selector.matchers.allSatisfy { matcher in
            if matcher.label == label { return matcher.accepts(text) }
            return label != .provider || !matcher.labels.contains(.provider) || matcher.acceptsModels(of: text)
        }
    }
}

extension PrometheusRule {
    /// The error selectors of the rule; empty if it reads no errors.
    public var errorSelections: [ErrorSelection] {
        let counters: Set<Counter> = [.errors, .rateLimits, .recovered, .failed]
        return expression.selectors.filter { counters.contains($0.counter) }.map(ErrorSelection.init)
    }
}
