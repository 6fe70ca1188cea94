import Model

/// An observation about a rule from its replay, with the rule's own numbers.
public struct RuleFinding: Hashable, Sendable {
    /// A suggested replacement and its effect.
    public struct Suggestion: Hashable, Sendable {
        /// The expression, or the rule in the query language.
        public var text: String
        /// The replacement's `for`.
        public var hold: Duration
        public var firings: Int
        /// Total firing time of the replacement.
        public var firingTime: Duration
    }

    /// A stable id in kebab case, such as `raw-counter`.
    public var id: String
    /// One sentence in lower case.
    public var sentence: String
    /// A suggested replacement; nil if there is no single answer.
    public var suggestion: Suggestion?

    /// Creates a finding.
    public init(_ id: String, _ sentence: String, suggestion: Suggestion? = nil) {
        self.id = id
        self.sentence = sentence
        self.suggestion = suggestion
    }
}

extension RuleReplay {
    /// Statistics of a rule's firings.
    public struct Totals: Hashable, Sendable {
        public var firings: Int
        /// Total firing time over all alerts.
        public var firingTime: Duration
        /// The longest firing; nil without firings.
        public var longest: Duration?
        /// The number of firings shorter than two steps.
        public var flaps: Int
        /// Weeks with at least one firing, and all weeks, counted back from the end of the grid; the first may be partial.
        public var weeksWithFiring: Int, weeks: Int
    }

    /// Statistics of the rule's firings.
    public var totals: Totals {
        let week = 604_800 * Int64(1_000_000_000)
        let end = grid.end
        let span = (end - grid.start).inNanoseconds
        let weeks = max(1, Int(span / week) + (span % week == 0 ? 0 : 1))
        var totals = Totals(firings: 0, firingTime: .zero, longest: nil, flaps: 0, weeksWithFiring: 0, weeks: weeks)
        var fired: Set<Int64> = []
        for firing in alerts.flatMap(\.firings) {
            let length = firing.length(until: end)
            totals.firings += 1
            totals.firingTime += length
            totals.longest = max(totals.longest ?? .zero, length)
            if firing.resolvedAt != nil && length < grid.step * 2 { totals.flaps += 1 }
            // Weeks are counted back from the end; a firing's last instant is one step before it resolves.
            let last = firing.resolvedAt.map { max($0 - grid.step, firing.from) } ?? end
            for number in (end - last).inNanoseconds / week...max((end - firing.from).inNanoseconds, 0) / week {
                fired.insert(min(number, Int64(weeks - 1)))
            }
        }
        totals.weeksWithFiring = fired.count
        return totals
    }

    /// Formats a count: `3 times`, `once`.
    public static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    /// The finding of every replay: how often and how long the rule fired, and how often it flapped.
    var record: RuleFinding {
        let totals = totals, length = grid.end - grid.start
        guard let longest = totals.longest else {
            let period =
                length == .zero
                ? "at the only instant"
                : length < .days(7)
                    ? "in the \(PromDuration.spelling(length.inNanoseconds))"
                    : totals.weeks == 1 ? "in the week" : "in the \(Counted(totals.weeks, "week").text)"
            return RuleFinding("record", "would not have fired \(period) replayed")
        }
        var sentence = "would have fired \(RuleReplay.times(totals.firings))"
        if length >= .days(7) { sentence += ", in \(totals.weeksWithFiring) of \(Counted(totals.weeks, "week").text)" }
        if longest > .zero { sentence += "; the longest firing lasted \(PromDuration.spelling(longest.inNanoseconds))" }
        let isLongestOpen = alerts.flatMap(\.firings).contains { $0.resolvedAt == nil && $0.length(until: grid.end) == longest }
        if isLongestOpen { sentence += longest > .zero ? " so far and is still open" : "; it is still open" }
        if totals.flaps > 0 {
            sentence += "; \(totals.flaps) of \(totals.firings) \(totals.flaps == 1 ? "was" : "were") shorter than two steps"
        }
        return RuleFinding("record", sentence)
    }

    /// Reports windows that begin before the data; nil if there are none.
    ///
    /// - Parameters:
    ///   - reach: How far each evaluation looks back.
    ///   - hasWindow: False for a rule that counts from the beginning of the history.
    func historyBegins(_ beginning: Timestamp, reach: Duration, hasWindow: Bool = true) -> RuleFinding? {
        guard beginning > grid.start - reach else { return nil }
        let full = beginning + reach
        guard beginning <= grid.end else {
            return RuleFinding(
                "no-data",
                "no data to evaluate: the history begins at \(second(beginning)), after the last evaluation; that the rule did "
                    + "not fire means nothing")
        }
        guard beginning <= grid.start else {
            return RuleFinding(
                "history-begins",
                "the history begins at \(second(beginning)), after the first evaluation: earlier evaluations have no data"
                    + (hasWindow ? ", and windows are incomplete until \(second(full))" : ""))
        }
        guard hasWindow else {
            return RuleFinding(
                "history-begins", "the history begins at \(second(beginning)); nothing before it is counted")
        }
        return RuleFinding(
            "history-begins",
            "the history begins at \(second(beginning)), within the first windows: windows are incomplete until \(second(full))")
    }
}

extension RuleReplay {
    /// Reports evaluations after the end of the data, whose windows are empty; nil if there are none.
    func historyEnds(_ ending: Timestamp?, reach: Duration) -> RuleFinding? {
        guard let ending, ending < grid.end - reach, ending < grid.end else { return nil }
        if ending < grid.start - reach {
            return RuleFinding(
                "no-data",
                "no data to evaluate: the latest record is from \(second(ending)), before the first window; that the rule did not "
                    + "fire means nothing")
        }
        return RuleFinding(
            "history-ends",
            "the latest record is from \(second(ending)): later windows are empty, so not firing there means nothing")
    }

    private func second(_ time: Timestamp) -> String {
        TimeText.iso(Timestamp(nanoseconds: floorDivide(time.nanoseconds, 1_000_000_000) * 1_000_000_000))
    }
}

/// A number with its noun: `1 week`, `3 weeks`.
struct Counted {
    let text: String

    /// - Parameter noun: The singular of a noun with a plural in `s`, or `series`.
    init(_ count: some BinaryInteger, _ noun: String) { text = "\(count) \(count == 1 || noun == "series" ? noun : noun + "s")" }
}
