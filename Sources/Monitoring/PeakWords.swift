import Alerts
import Model
import QueryLanguage
import Render

/// Peaks of firings with the units of what their rules measure: `35.7%`, `2m 10s`, `$0.42`; one rule counts, another takes a rate.
package struct PeakWords {
    private let words: [String: MeasureWords]

    /// - Parameter rules: What is measured, by the name of the rule.
    package init(_ rules: [String: MeasureWords]) { words = rules }

    /// The table as it is shown. Where no column names the rule, a unit is known only when all rules share one measure.
    package func shown(_ table: ResultTable) -> ResultTable {
        guard let peak = table.index(of: "peak") else { return table }
        let alert = table.index(of: "alert"), only = Set(words.values).count == 1 ? words.values.first : nil
        var table = table
        for row in table.rows.indices {
            guard case .number(let value) = table.rows[row][peak] else { continue }
            var measured = only
            if let alert { if case .text(let name) = table.rows[row][alert] { measured = words[name] } else { measured = nil } }
            if let cell = measured?.cell(value) { table.rows[row][peak] = cell }
        }
        return table
    }
}

extension MeasureWords {
    /// A value with its unit, for a column in which others have another one; nil for plain numbers, which the column sets alike.
    package func cell(_ value: Double) -> Value? {
        let text = ValueText(Style())
        switch type {
        case .ratio, .change: return .text(number(value, isExact: false))
        case .duration, .money: return .text(text.magnitude(value, type, of: name))
        case .count, .number: return ValueText.per(name).isEmpty ? nil : .text(text.magnitude(value, .number, of: name))
        case .text, .time, .flag: return nil
        }
    }
}
