import Alerts
import Model
import QueryLanguage
import Render

/// What a rule measures, and how its numbers read: `error_rate 7.31%` of our own rules, `ratio 0.0731` of two counters.
package struct MeasureWords: Hashable {
    package var name = "value"
    package var type = ValueType.number
    /// What it is compared with; nil when that is not known.
    package var bound: Double?

    /// The measure with a value, rounded for people.
    package func text(_ value: Double) -> String { "\(name) \(number(value, isExact: false))" }

    /// A number of the measure as it would stand in the rule.
    package func number(_ value: Double, isExact: Bool = true) -> String {
        // What grows from zero grows without bound.
        if type == .change, value == .infinity { return "new" }
        guard value.isFinite else { return GoNumber.plain(value) }
        // A hundredth of 7 is not exactly 0.07.
        let scale = isExact ? 1e8 : 1e2
        if !isExact, type == .ratio || type == .change, let short = shortPercent(value) { return short }
        switch type {
        case .ratio where abs(value) < 1e6, .change where abs(value) < 1e6:
            // What is exact reads back as the same number.
            let percent = GoNumber.plain((value * 100 * scale).rounded() / scale)
            return (isExact && Double(percent).map { $0 / 100 } != value ? GoNumber.plain(value * 100) : percent) + "%"
        case .duration where abs(value) < 1e9 && !isExact:
            return ValueText(Style()).duration(.nanoseconds(Int64((value * 1e9).rounded())))
        case .duration where abs(value) < 1e9: return Units.spelling(.nanoseconds(Int64((value * 1e9).rounded())))
        default: return GoNumber.plain(value)
        }
    }
}

extension MeasureWords {
    /// A share as answers show it, such as `33.3%`; nil where that would lie on another side of the threshold than the value does:
    /// a peak of 12.35% is above 12.345%, and `12.3%` would not look so.
    private func shortPercent(_ value: Double) -> String? {
        let text = ValueText(Style()).percent(value)
        guard let bound else { return text }
        guard let shown = Double(text.dropLast()).map({ $0 / 100 }) else { return nil }
        return (shown < bound) == (value < bound) && (shown > bound) == (value > bound) ? text : nil
    }
}

extension RuleUnderTest {
    /// What is measured, in few words.
    package var measureWords: MeasureWords {
        switch kind {
        case .own(let rule):
            guard let measure = rule.condition.firstCompared else { return MeasureWords() }
            return MeasureWords(name: measure.name, type: measure.type, bound: rule.condition.firstBound)
        case .prometheus(let rule): return MeasureWords(name: rule.measureWord)
        }
    }
}
