import Alerts
import Model
import QueryLanguage
import Render
import Platform

/// What is tested: the rules, and mistakes of a file that keep others of its rules out.
package struct RuleTestSubject {
    package var rules: [RuleUnderTest]
    package var refused: [RuleFileMistake] = []
    /// The mistakes told, and what they come to.
    package var mistakes = ""
}

/// Rules on history: which, at which instants.
extension AlertMonitor {
    package func subject(_ subject: AlertSubjectSyntax, _ text: String) throws -> RuleTestSubject {
        switch subject {
        case .name(let name): return RuleTestSubject(rules: [try read(keptRule(name, text), catalog: catalog)])
        case .file(let path):
            let (rules, mistakes) = try ruleFile(path.text)
            var told = told(mistakes, of: path.text)
            if rules.isEmpty {
                told +=
                    Printable.safe(
                        "\(path.text): \(mistakes.isEmpty ? "contains no alerting rules" : "refused"); nothing was evaluated")
                    + "\n"
            } else if !mistakes.isEmpty {
                told +=
                    Printable.safe(
                        "\(path.text): refused in part; only \(rules.count) of its rules could be read and \(rules.count == 1 ? "was" : "were") evaluated"
                    ) + "\n"
            }
            return RuleTestSubject(rules: rules, refused: mistakes, mistakes: told)
        case .rule(let syntax):
            let checked = try QueryCompiler().compileRule(
                syntax, text: text, context: ruleContext(zone: zone, evidence: evidence), catalog: catalog)
            return RuleTestSubject(
                rules: [RuleUnderTest(name: "rule", kind: .own(checked), evidence: evidence, zone: zone)])
        }
    }

    /// Instants of evaluation over a window: on whole steps, so that the same instants come again whenever it is asked.
    ///
    /// - Parameter rules: What is tried: groups of a file that ask for a step of their own get it, unless one is typed.
    package func grid(_ window: Window, step: Name?, for rules: [RuleUnderTest] = [], _ text: String) throws -> Grid {
        var length = rules.commonInterval ?? .minutes(1)
        if let step {
            guard let given = Units.duration(step.text), given >= .seconds(1) else {
                throw Diagnostics(
                    text: text,
                    [
                        Diagnostic(
                            "bad-duration", at: step.span, "`\(step.text)` is not a step of a second or more", closest: "step 1m")
                    ])
            }
            length = given
        }
        let width = length.inNanoseconds
        var from = window.from.nanoseconds.ceiledStopping(to: width)
        var to = window.to.nanoseconds.flooredStopping(to: width)
        // A window without a whole step in it is evaluated at its end, and never behind it.
        if from > to { (from, to) = (window.to.nanoseconds, window.to.nanoseconds) }
        guard let grid = Grid(from: Timestamp(nanoseconds: from), to: Timestamp(nanoseconds: to), step: length) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "too-many-instants", at: step?.span ?? TextSpan(0, text.utf8.count),
                        "more than \(Grid.limit) evaluations", closest: "a longer step or a shorter range")
                ])
        }
        return grid
    }

    /// Rules over a grid.
    /// - Parameter isWanted: Asked now and then with what is done and all; false ends it.
    package func trial(
        _ rules: [RuleUnderTest], on grid: Grid, options: ReplayOptions, labels: Set<Label> = Set(Label.allCases),
        isWanted: @escaping (Int, Int) -> Bool
    ) throws -> [RuleTestResult] {
        var trial = RuleTest(engine: engine, labels: labels)
        trial.isWanted = isWanted
        return try trial.run(rules, on: grid, options: options)
    }
}

extension [RuleUnderTest] {
    /// The step that the groups of all these rules ask for; nil when they ask for none, or for different ones.
    package var commonInterval: Duration? {
        let intervals = Set(
            map { rule -> Duration? in if case .prometheus(let read) = rule.kind { read.interval } else { nil } })
        guard intervals.count == 1, let interval = intervals.first ?? nil, interval >= .seconds(1) else { return nil }
        return interval
    }
}
