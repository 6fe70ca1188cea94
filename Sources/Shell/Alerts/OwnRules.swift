import Alerts
import Model
import QueryLanguage
import Storage

/// What is read of a store for a rule of our own.
struct OwnRules {
    let store: Store

    /// A rule for the engine, what was read for it, and the values of the keys behind each label set.
    struct Reading {
        var rule: WindowRule
        var history: WindowHistory
        var keys: [LabelSet: [Value]]
    }

    /// Reads what a rule looks at over a grid.
    ///
    /// - Parameter extraReach: How much longer before the grid than windows reach rows are read, so that groups are known.
    func read(
        _ own: CheckedRule, name: String, on grid: Grid, extraReach: Duration = .zero, isWanted: () -> Bool
    ) throws -> Reading {
        let facts = try store.queryFacts()
        let window = Window(from: grid.start - own.reach - extraReach, to: grid.end + .nanoseconds(1))
        let lengths = own.condition.comparisons.compactMap { measure -> Duration? in
            if case .over(_, let length) = measure { length } else { nil }
        }
        let allowsMinutes =
            grid.isOfWholeMinutes && (lengths + [own.length, own.reach]).allSatisfy { Grid.isWholeMinutes($0) }
        let families = QueryCompiler().rows(of: own, in: window, allowsMinutes: allowsMinutes)
        var reading = CheckedRuleWindows(own, name: name, text: "", rows: families, keepsSuccesses: facts.keepsSuccesses)
        var known: Set<[Value]> = []
        for (index, family) in families.enumerated() {
            guard isWanted() else { throw StoreInterrupted() }
            let namesGroups = !own.query.keys.isEmpty && family.keyPlaces.count == own.query.keys.count
            try family.each(from: store) { row in
                reading.add(row, of: index)
                if namesGroups { known.insert(row.keys) }
            }
        }
        let history = reading.history(beginning: facts.coverage?.from ?? grid.start)
        guard isWanted() else { throw StoreInterrupted() }
        var keys: [LabelSet: [Value]] = [:]
        for values in known {
            let pairs = zip(own.query.keys, values).map { LabelPair($0.name, OwnRules.label($1)) }
            keys[LabelSet(pairs)] = values
        }
        return Reading(rule: reading.rule, history: history, keys: keys)
    }

    /// A key's value as the text of a label; "" when it is missing.
    private static func label(_ value: Value) -> String {
        switch value {
        case .missing: ""
        case .text(let text): text
        case .count(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .duration(let length): Units.spelling(length)
        case .time(let time): TimeText.iso(time)
        case .number(let number): TrialReport.number(number)
        case .money(let money): "$" + TrialReport.number(money.dollars)
        case .ratio(let ratio): TrialReport.number(ratio.quotient)
        case .range(let low, let high): "\(label(low))–\(label(high))"
        }
    }
}

/// Why a rule cannot be evaluated.
struct RuleTrouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Says that reading was interrupted.
struct StoreInterrupted: Error {}

extension HavingPredicate {
    /// The measures it looks at, in order.
    var comparisons: [Measure] {
        switch self {
        case .comparison(let measure, _, _), .isMissing(let measure): [measure]
        case .not(let inner): inner.comparisons
        case .and(let a, let b), .or(let a, let b): a.comparisons + b.comparisons
        }
    }
}
