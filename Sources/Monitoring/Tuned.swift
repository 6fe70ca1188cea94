import Alerts
import Model
import QueryLanguage
import Render

/// What tuning found, shown.
package struct Tuned {
    package let rule: RuleUnderTest
    package let tuning: RuleTuning
    package let grid: Grid
    package let aim: TuningTarget?

    /// Takes over what a rule's tuning found.
    package init(rule: RuleUnderTest, tuning: RuleTuning, grid: Grid, aim: TuningTarget?) {
        (self.rule, self.tuning, self.grid, self.aim) = (rule, tuning, grid, aim)
    }

    /// Rows of the table; steps between are left to the curve.
    private static let mostRows = 40

    private var words: MeasureWords { rule.measureWords }

    /// Steps that are shown: all, or some evenly chosen, with the suggested one; the present threshold's own is always among
    /// them.
    private var shown: [RuleTuning.Step] {
        var steps = tuning.steps
        if steps.count > Tuned.mostRows {
            let places = Set((0..<Tuned.mostRows - 2).map { $0 * (steps.count - 1) / (Tuned.mostRows - 3) })
            steps = places.sorted().map { steps[$0] }
        }
        for step in [tuning.present, tuning.suggested].compactMap({ $0 })
        where !steps.contains(where: { $0.threshold == step.threshold }) {
            steps.insert(step, at: steps.firstIndex { $0.threshold > step.threshold } ?? steps.count)
        }
        return steps
    }

    package var table: ResultTable {
        var columns = [ResultColumn("threshold", .number), ResultColumn("is", .text)]
        for hold in tuning.holds {
            // Of the firings again, under another `for`.
            let name = hold == .zero ? "at once" : "for \(Units.spelling(hold))"
            columns.append(ResultColumn(hold == rule.holding ? "firings" : name, .count))
        }
        columns.append(ResultColumn("firing_time", .duration))
        let scores = Dictionary(tuning.scores.map { ($0.threshold, $0.score) }, uniquingKeysWith: { first, _ in first })
        if !scores.isEmpty {
            columns += [ResultColumn("found", .count), ResultColumn("missed", .count), ResultColumn("noise", .duration)]
        }
        let rows = shown.map { step -> [Value] in
            let isPresent = step.threshold == tuning.measure.threshold, isSuggested = step.threshold == tuning.suggestion
            let mark = isPresent ? "present" : isSuggested ? "recommended" : nil
            var row: [Value] = [.number(step.threshold), mark.map { .text($0) } ?? .missing]
            row += step.firings.map { .count(Int64($0)) }
            row.append(step.firingTime.first.map { .duration($0) } ?? .missing)
            if !scores.isEmpty {
                let score = scores[step.threshold]
                row += [
                    score.map { .count(Int64($0.hits)) } ?? .missing, score.map { .count(Int64($0.misses)) } ?? .missing,
                    score.map { .duration($0.noise) } ?? .missing,
                ]
            }
            return row
        }
        return ResultTable(columns: columns, rows: rows)
    }

    /// The table with thresholds as they stand in rules.
    private var spelledTable: ResultTable {
        var table = table
        guard words.type == .ratio || words.type == .change || words.type == .duration else { return table }
        table.columns[0] = ResultColumn("threshold", .text)
        for row in table.rows.indices {
            if case .number(let threshold) = table.rows[row][0] { table.rows[row][0] = .text(words.number(threshold)) }
        }
        return table
    }

    /// How often the rule would have fired at each threshold.
    package var curve: StepCurve {
        StepCurve(
            name: tuning.measure.text, type: rule.valueType,
            points: tuning.steps.map { StepCurve.Point($0.threshold, firings: Int64($0.firings.first ?? 0)) },
            chosen: tuning.isAimMet == true ? tuning.measure.threshold : tuning.suggestion ?? tuning.measure.threshold,
            aim: tuning.allowed)
    }

    private func often(_ aim: TuningTarget) -> String { "\(aim.firings) in \(Units.spelling(aim.per))" }

    /// What is to be said about an aim.
    private func sentence(_ aim: TuningTarget) -> String {
        func times(_ step: RuleTuning.Step?) -> String { RuleReplay.times(step?.firings.first ?? 0) }
        let present = tuning.measure.threshold.map { words.number($0) } ?? "the present threshold"
        let already = "\(present) fires \(times(tuning.present)): \(often(aim)) is already met"
        guard let suggestion = tuning.suggestion else {
            return tuning.isAimMet == true ? already : "no threshold meets \(often(aim))"
        }
        if suggestion == tuning.measure.threshold { return already }
        let found = times(tuning.suggested)
        guard tuning.isAimMet == true else {
            return
                "\(words.number(suggestion)) instead of \(present) fires \(found), within \(often(aim)): it is the "
                + "most sensitive round threshold that meets it"
        }
        return already + "; the most sensitive round threshold that meets it is \(words.number(suggestion)), which fires \(found)"
    }

    package func lines(_ style: Style) -> [String] {
        var lines = curve.lines(style), said = aim.map { [sentence($0)] } ?? []
        for score in tuning.scores where score.threshold == tuning.measure.threshold || score.threshold == tuning.suggestion {
            said.append("at \(words.number(score.threshold)): " + score.score.sentence(style))
        }
        for sentence in said { lines += wrap("- " + sentence, width: style.widthInColumns, hanging: 2) }
        return lines + [""] + TableRenderer(style).lines(spelledTable)
    }
}
