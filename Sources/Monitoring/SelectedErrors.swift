import Alerts
import Engine
import Model
import QueryLanguage

/// What selectors say of errors, as a condition of the language: patterns and denials become the values that they take.
package struct SelectedErrors {
    private let names: CounterNames

    package init(_ names: CounterNames) { self.names = names }

    /// The field of the language that a label stands for.
    package static let fields: [Label: FieldID] = [
        .provider: .provider, .model: .model, .agent: .agent, .errorType: .type, .severity: .severity, .statusCode: .status,
        .environment: .environment, .service: .service,
    ]

    /// The errors that at least one of the selectors counts; all for rules without any.
    package func condition(_ selections: [ErrorSelection]) -> CheckedPredicate {
        let alternatives = selections.map { selection in
            CheckedPredicate.all(
                (selection.isOfRateLimits ? [.isShown(.type, as: [ErrorType.rateLimit.name], orMissing: false)] : [])
                    + selection.labels.compactMap { label in
                        SelectedErrors.fields[label].map { field in
                            .isShown(
                                field, as: values(of: label).filter { selection.accepts($0, of: label) },
                                orMissing: selection.accepts("", of: label))
                        }
                    })
        }
        let different = alternatives.reduce(into: [CheckedPredicate]()) { if !$0.contains($1) { $0.append($1) } }
        if different.isEmpty || different.contains(where: { $0.conjuncts.isEmpty }) { return .always(true) }
        return different.count == 1 ? different[0] : .or(different)
    }

    /// Every value that errors of the store can have.
    private func values(of label: Label) -> [String] {
        func sorted(_ texts: some Sequence<String?>) -> [String] { Set(texts.compactMap { $0 }.filter { !$0.isEmpty }).sorted() }
        switch label {
        case .provider: return sorted(names.models.values.map(\.provider))
        case .model: return sorted(names.models.values.map(\.name))
        case .agent: return sorted(names.agents.values.map { $0 })
        case .environment: return sorted(names.deployments.values.map(\.environment))
        case .service: return sorted(names.deployments.values.map(\.service))
        case .errorType: return ErrorType.allCases.map(\.name)
        case .severity: return Severity.allCases.map(\.name)
        case .statusCode: return (100...599).map(String.init)
        case .primary, .fallback: return []
        }
    }
}
