import Alerts
import Engine
import Model
import QueryLanguage

/// Reads the data of rules in the notebook's language. Data that several rules need is read once.
package final class NativeRuleReader {
    private let grid: Grid
    private let facts: QueryFacts
    /// The earliest instant that some rule looks at, so that rules of different windows ask for the same rows.
    private let first: Timestamp
    private let histories: any HistoryReader
    private var uses: [HistoryRequest: Int] = [:], kept: [HistoryRequest: HistoryColumns] = [:]

    /// A rule for the engine, what was read for it, and the values of the keys behind each label set.
    package struct Reading {
        var rule: WindowRule
        var history: WindowHistory
        var keys: [LabelSet: [Value]]
    }

    /// Prepares to read what rules look at over a grid, and how much longer before the grid, so that groups are known.
    package init(_ rules: [CheckedRule], _ engine: any Engine, on grid: Grid, extraReach: Duration = .zero) throws {
        self.grid = grid
        facts = try engine.overview()
        first = grid.start - (rules.map(\.reach).max() ?? .zero) - extraReach
        histories = try engine.histories(in: Window(from: first, to: grid.end + .nanoseconds(1)))
        for rule in rules { for family in families(rule) { uses[family.request, default: 0] += 1 } }
    }

    private func families(_ rule: CheckedRule) -> [RuleRows] {
        let lengths = rule.condition.comparisons.compactMap { measure -> Duration? in
            if case .over(_, let length) = measure { length } else { nil }
        }
        let allowsMinutes =
            grid.isOfWholeMinutes && (lengths + [rule.length, rule.reach]).allSatisfy { Grid.isWholeMinutes($0) }
        return QueryCompiler().rows(
            of: rule, in: Window(from: first, to: grid.end + .nanoseconds(1)), allowsMinutes: allowsMinutes)
    }

    /// Reads what a rule looks at.
    package func read(_ rule: CheckedRule, name: String, extraReach: Duration = .zero, isWanted: () -> Bool) throws -> Reading {
        let families = families(rule)
        var reading = CheckedRuleWindows(rule, name: name, text: "", rows: families, keepsSuccesses: facts.keepsSuccesses)
        let start = grid.start - rule.reach - extraReach
        for (index, family) in families.enumerated() {
            guard isWanted() else { throw Interrupted() }
            let columns = try kept[family.request] ?? histories.history(for: family.request)
            uses[family.request, default: 1] -= 1
            kept[family.request] = uses[family.request, default: 0] > 0 ? columns : nil
            // Whatever others look back at, a rule sees its own interval.
            reading.add(columns, of: index, since: start)
        }
        if reading.watchesSilence, let coverage = facts.coverage, coverage.from < start {
            for family in families where family.knowsGroups {
                guard isWanted() else { throw Interrupted() }
                let groups = family.request.groups(of: Window(from: coverage.from, to: start))
                reading.addGroups(try histories.history(for: groups))
            }
        }
        var history = reading.history(beginning: facts.coverage?.from ?? grid.start)
        history.ending = facts.newest
        guard isWanted() else { throw Interrupted() }
        return Reading(rule: reading.rule, history: history, keys: reading.keysOfLabels)
    }
}

/// Why a rule cannot be evaluated.
package struct RuleTrouble: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension HavingPredicate {
    /// The measures it looks at, in order.
    package var comparisons: [Measure] {
        switch self {
        case .comparison(let measure, _, _), .isMissing(let measure): [measure]
        case .not(let inner): inner.comparisons
        case .and(let a, let b), .or(let a, let b): a.comparisons + b.comparisons
        }
    }

    /// What the first measure is compared with; nil when it is several numbers.
    var firstBound: Double? {
        switch self {
        case .comparison(_, _, let bounds): bounds.count == 1 ? bounds.first : nil
        case .isMissing: nil
        case .not(let inner): inner.firstBound
        case .and(let a, let b), .or(let a, let b): a.firstCompared == nil ? b.firstBound : a.firstBound
        }
    }

    /// The first measure that is compared with a number: the one that is charted, tuned and told.
    package var firstCompared: Measure? {
        switch self {
        case .comparison(let measure, _, _): measure
        case .isMissing: nil
        case .not(let inner): inner.firstCompared
        case .and(let a, let b), .or(let a, let b): a.firstCompared ?? b.firstCompared
        }
    }
}
