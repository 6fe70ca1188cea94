import LocalStore
import Model
import QueryLanguage

/// The rows of `alert_rules` and `alert_history` as `sql` offers them.
extension AlertMonitor {
    package func alertRows() throws -> Store.AlertRows {
        guard file.exists else { return Store.AlertRows(rules: [], history: []) }
        let rules = try keptRules().sorted { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
        let firings = try file.open().firings()
        var numbers: [String: Int64] = [:], latest: [String: Timestamp] = [:]
        for (place, rule) in rules.enumerated() { numbers[rule.name] = Int64(place + 1) }
        for firing in firings { latest[firing.rule] = max(latest[firing.rule] ?? firing.startedAt, firing.startedAt) }
        func time(_ instant: Timestamp?) -> StoredValue { instant.map { .text(SQLView.time($0)) } ?? .null }
        func text(_ text: String?) -> StoredValue { text.map { .text($0) } ?? .null }
        let rows = rules.map { rule -> [StoredValue] in
            let parts = RuleParts(rule)
            return [
                .integer(numbers[rule.name] ?? 0), .text(rule.name), text(parts.errorType), text(parts.severity),
                text(parts.measure), parts.threshold.map { .real($0) } ?? .null, parts.minutes.map { .real($0) } ?? .null,
                .text(parts.actions), .integer(rule.isEnabled ? 1 : 0), time(rule.createdAt), time(latest[rule.name]),
                .text(RuleText.masked(rule.text)),
            ]
        }
        let history = firings.sorted { $0.id < $1.id }.map { firing -> [StoredValue] in
            [
                .integer(firing.id), numbers[firing.rule].map { .integer($0) } ?? .null, time(firing.startedAt),
                .integer(firing.errors), text(firing.note), .integer(firing.acknowledgedAt == nil ? 0 : 1), .text(firing.rule),
                .text(firing.labels), .text(firing.severity.name), time(firing.endedAt),
            ]
        }
        return Store.AlertRows(rules: rows, history: history)
    }
}

/// A kept rule taken apart into the columns of a table of rules; what the columns cannot say stays unknown.
private struct RuleParts {
    var errorType: String?, severity: String?
    var measure: String?, threshold: Double?
    var minutes: Double?
    var actions = "log"

    init(_ rule: StoredRule) {
        guard rule.form == .own, let syntax = try? RuleText.syntax(rule.text).rule else { return }
        if !syntax.actions.isEmpty { actions = syntax.actions.map(\.name.text).joined(separator: ", ") }
        for clause in syntax.query.clauses {
            switch clause.kind {
            case .over(let length): minutes = Units.duration(length.text).map { $0.inSeconds / 60 }
            case .where(let predicate):
                for case .comparison(let item, .equal, let values, _) in RuleParts.conjuncts(predicate) where values.count == 1 {
                    if item.name.text == "type" { errorType = values[0].text }
                    if item.name.text == "severity" { severity = values[0].text }
                }
            case .having(.comparison(let item, _, let values, _)) where values.count == 1:
                measure = item.name.text == "error_rate" ? "rate" : item.name.text
                threshold = Units.ratio(values[0].text) ?? Units.number(values[0].text)
            default: break
            }
        }
    }

    private static func conjuncts(_ predicate: PredicateSyntax) -> [PredicateSyntax] {
        if case .and(let a, let b) = predicate { return conjuncts(a) + conjuncts(b) }
        return [predicate]
    }
}
