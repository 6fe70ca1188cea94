import Alerts
import LocalStore
import Model
import QueryLanguage
import Render

/// What a rule asked when it fired, in words; kept with the firing, so that its end is worded alike whatever became of the rule.
package struct FiringCondition: Hashable {
    /// The alert's name as receivers know it.
    package var alert: String
    package var measure = MeasureWords()
    /// What the rule measures and compares, such as `errors over 15m having count > 5`; "" when it is not known.
    package var rule = ""
    /// The comparison, such as `count > 5`; "" when the rule compares with nothing, or with something that changes.
    package var threshold = ""
    /// How far back values look, such as `15m`; "" when they do not.
    package var window = ""
    /// The most frequent type of the errors that made it fire; nil when there are none.
    package var errorType: ErrorType?

    /// For firings whose condition was not kept.
    package init(alert: String) { self.alert = alert }

    /// - Parameter measured: What the rule compares, as its replay found.
    package init(_ rule: RuleUnderTest, _ kept: StoredRule, _ measured: RuleMeasure) {
        self.init(alert: rule.alertName)
        measure = rule.measureWords
        switch rule.kind {
        case .own(let checked):
            window = Units.spelling(checked.length)
            guard let query = try? RuleText.syntax(kept.text).rule.query else { return }
            self.rule = QueryPrinter.text(query)
            threshold = query.clauses.compactMap { clause in
                if case .having(let predicate) = clause.kind { PredicatePrinter.text(predicate) } else { nil }
            }.joined(separator: " and ")
        case .prometheus(let prometheus):
            self.rule = prometheus.text
            window = prometheus.windows.map(Units.spelling).joined(separator: ", ")
            if let relation = measured.relation, let bound = measured.threshold {
                threshold = "\(measure.name) \(relation) \(measure.number(bound))"
            }
        }
    }

    /// Reads what `json` wrote; nil for anything else.
    package init?(json: String?) {
        guard let texts = json.map(LabelText.labels), let alert = texts["alert"] else { return nil }
        self.init(alert: alert)
        measure = MeasureWords(
            name: texts["measure"] ?? measure.name, type: texts["type"].flatMap(ValueType.init(rawValue:)) ?? measure.type,
            bound: texts["bound"].flatMap(Double.init))
        (rule, threshold, window) = (texts["rule"] ?? "", texts["threshold"] ?? "", texts["window"] ?? "")
        errorType = texts["error_type"].flatMap(ErrorType.init(name:))
    }

    /// A JSON object of texts.
    package var json: String {
        LabelText.json(
            LabelSet([
                LabelPair("alert", alert), LabelPair("measure", measure.name), LabelPair("type", measure.type.rawValue),
                LabelPair("bound", measure.bound.map { "\($0)" } ?? ""),
                LabelPair("rule", rule), LabelPair("threshold", threshold), LabelPair("window", window),
                LabelPair("error_type", errorType?.name ?? ""),
            ]))
    }
}
