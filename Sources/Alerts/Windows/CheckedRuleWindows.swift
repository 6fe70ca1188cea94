import Model
import QueryLanguage

/// Prepares a native rule for evaluation: converts its measures and collects the rows that they read.
///
/// ```
/// var reading = CheckedRuleWindows(rule, name: "quota_burst", text: text, rows: rows)
/// for (family, rows) in rows.enumerated() { try reading.add(histories.history(for: rows.request), of: family, since: first) }
/// let replay = RuleReplay.run(reading.rule, over: reading.history(beginning: first), on: grid)
/// ```
public struct CheckedRuleWindows {
    /// The rule to evaluate.
    public private(set) var rule: WindowRule
    private let checked: CheckedRule
    private let rows: [RuleRows]
    private let keepsSuccesses: Bool
    private var families: [WindowRows]
    /// The keys of each family's groups, in order of first appearance, and their indices.
    private var keys: [[[Value]]], numbers: [[[Value]: Int]]
    /// The groups of all keys, in order of first appearance, and their indices.
    private var groups: [[Value]] = [], groupNumbers: [[Value]: Int] = [:]
    /// For groups older than the rows, when each was first seen.
    private var knownSince: [Int: Timestamp] = [:]

    /// The flags of a row: any row, failed rows, recovered errors, no row; any row and failed rows without second copies of a row;
    /// the bits of conditions follow.
    private enum Bit {
        static let row = 0, failed = 1, recovered = 2, none = 3, once = 4, failedOnce = 5, condition = 6
    }

    /// Prepares to read a rule's rows.
    ///
    /// - Parameters:
    ///   - text: The rule as written.
    ///   - rows: The result of `QueryCompiler.rows(of:in:allowsMinutes:)`.
    ///   - keepsSuccesses: False if the sources record no successes; rates then have no value.
    public init(_ checked: CheckedRule, name: String, text: String, rows: [RuleRows], keepsSuccesses: Bool = true) {
        self.checked = checked
        self.rows = rows
        self.keepsSuccesses = keepsSuccesses
        families = rows.map { WindowRows(columns: $0.fields.count) }
        keys = rows.map { _ in [] }
        numbers = rows.map { _ in [:] }
        let own = rows.firstIndex { $0.family == .own } ?? 0
        rule = WindowRule(
            name: name, text: text, measures: [], condition: .isMissing(measure: 0), hold: checked.holding, keep: checked.keeping,
            cooldown: checked.cooldown, severity: checked.severity, severityName: CheckedRuleWindows.severityName(checked),
            errors: RowClass(family: own, bit: checked.query.noun == .errors ? Bit.once : Bit.failedOnce))
        rule.condition = condition(checked.condition)
        // A rule without keys has a single group, which needs no row.
        if checked.query.keys.isEmpty { _ = group([]) }
    }

    // Measures.

    /// Converts a predicate; negation is pushed down to the comparisons, so that findings, charts and tuning see what fires.
    private mutating func condition(_ predicate: HavingPredicate, isDenied: Bool = false) -> WindowCondition {
        switch predicate {
        case .comparison(let measure, let comparison, let bounds):
            let how = WindowCondition.Comparison(rawValue: comparison.rawValue) ?? .equal
            return .comparison(measure: place(of: measure), isDenied ? how.denied : how, bounds)
        case .isMissing(let measure):
            let missing = WindowCondition.isMissing(measure: place(of: measure))
            return isDenied ? .not(missing) : missing
        case .not(let inner): return condition(inner, isDenied: !isDenied)
        case .and(let a, let b):
            let first = condition(a, isDenied: isDenied), second = condition(b, isDenied: isDenied)
            return isDenied ? .or(first, second) : .and(first, second)
        case .or(let a, let b):
            let first = condition(a, isDenied: isDenied), second = condition(b, isDenied: isDenied)
            return isDenied ? .and(first, second) : .or(first, second)
        }
    }

    /// The label for the rule's severity: `severity`, unless a key has that name.
    private static func severityName(_ rule: CheckedRule) -> String {
        rule.query.keys.contains { $0.name == "severity" } ? "rule_severity" : "severity"
    }

    /// Returns the index of a measure of the rule, adding it if needed.
    private mutating func place(of measure: Measure) -> Int {
        var found: WindowMeasure
        if case .change = measure, let changed = checked.query.changed {
            let now = place(of: changed), before = place(of: .before(changed))
            found = WindowMeasure(.change(now: now, before: before), over: checked.length, name: measure.name)
        } else {
            found = windowed(measure)
        }
        if let place = rule.measures.firstIndex(of: found) { return place }
        found.name = measure.name
        rule.measures.append(found)
        return rule.measures.count - 1
    }

    /// Returns a measure with its window length and offset.
    private func windowed(_ measure: Measure) -> WindowMeasure {
        var inner = measure, length = checked.length, offset = Duration.zero, per: Double?
        while true {
            switch inner {
            case .over(let next, let own):
                length = own
                inner = next
            case .before(let next):
                if case .ago(let back)? = checked.query.versus { offset = back } else { offset = length }
                inner = next
            case .perMinute(let next):
                per = 60
                inner = next
            case .perSecond(let next):
                per = 1
                inner = next
            default: return WindowMeasure(quantity(inner), over: length, offset: offset, perSeconds: per, name: measure.name)
            }
        }
    }

    private func family(_ wanted: RuleRows.Family) -> Int? { rows.firstIndex { $0.family == wanted } }

    private func quantity(_ measure: Measure) -> WindowMeasure.Quantity {
        let own = family(.own) ?? 0, isOfTraces = checked.query.noun == .traces || checked.query.noun == .failures
        let row = RowClass(family: own, bit: Bit.row), failed = RowClass(family: own, bit: Bit.failed)
        // Sources that record no successes have no rate: the denominator is empty.
        let calls = RowClass(family: family(.calls) ?? own, bit: keepsSuccesses ? Bit.row : Bit.none)
        switch measure {
        case .countWhere(let predicate, _): return .count(RowClass(family: own, bit: bit(of: predicate, own)))
        case .shareWhere(let predicate, _):
            let (part, whole) = predicate.shareParts
            return .ratio(
                RowClass(family: own, bit: bit(of: part, own)),
                of: whole.map { RowClass(family: own, bit: bit(of: $0, own)) } ?? row)
        case .calls:
            return isOfTraces ? .total(column(Field(.calls), own)) : .count(RowClass(family: family(.calls) ?? own, bit: Bit.row))
        case .errors:
            if isOfTraces { return .total(column(Field(.errors), own)) }
            return .count(RowClass(family: family(.errors) ?? own, bit: Bit.row))
        case .errorRate: return .ratio(failed, of: calls)
        case .reliability: return .rest(failed, of: calls)
        case .share: return .share(row)
        case .recovered: return .ratio(RowClass(family: own, bit: Bit.recovered), of: row)
        case .distinct(let field): return .distinct(column(field, own))
        case .aggregate(let aggregate, let field):
            let column = column(field, own)
            switch aggregate {
            case .sum: return .sum(column)
            case .avg: return .mean(column)
            case .min: return .least(column)
            case .max: return .greatest(column)
            case .p50: return .percentile(column, 50)
            case .p90: return .percentile(column, 90)
            case .p95: return .percentile(column, 95)
            case .p99: return .percentile(column, 99)
            }
        default: return .count(row)
        }
    }

    private func bit(of predicate: CheckedPredicate, _ family: Int) -> Int {
        guard let place = rows[family].conditions.firstIndex(of: predicate), Bit.condition + place < 32 else { return Bit.none }
        return Bit.condition + place
    }

    private func column(_ field: Field, _ family: Int) -> RowColumn {
        let unit: RowColumn.Unit =
            switch field.type {
            case .duration: .duration
            case .money: .money
            default: .count
            }
        return RowColumn(family: family, index: rows[family].fields.firstIndex(of: field) ?? 0, unit: unit)
    }

    // Rows.

    /// Adds the rows of a family, given by its index, from an instant on.
    public mutating func add(_ columns: HistoryColumns, of family: Int, since first: Timestamp) {
        let minute: Int64 = 60_000_000_000
        let start = columns.isByMinute ? Timestamp(nanoseconds: floorDivide(first.nanoseconds, minute) * minute) : first
        let places = columns.first(atOrAfter: start)..<columns.times.count
        // The group of each key in these columns, looked up once per key.
        var numbers = [Int32](repeating: -1, count: columns.keys.count)
        func number(_ place: Int) -> Int32 {
            let key = Int(columns.keyOf[place])
            if numbers[key] < 0 { numbers[key] = Int32(self.number(of: columns.keys[key], in: family)) }
            return numbers[key]
        }
        if columns.isByMinute {
            families[family].reserve(minutes: places.count)
            for place in places {
                let time = Timestamp(nanoseconds: columns.times[place]), group = Int(number(place))
                families[family].append(
                    minute: time, group: group, flags: 1 << UInt32(Bit.row) | 1 << UInt32(Bit.once),
                    count: columns.counts[place], countOnStart: columns.countsOnStart[place])
                families[family].append(
                    minute: time, group: group, flags: 1 << UInt32(Bit.failed) | 1 << UInt32(Bit.failedOnce),
                    count: columns.failed[place], countOnStart: columns.failedOnStart[place])
            }
            return
        }
        let asksForShare = rule.measures.contains {
            if case .ratio(let some, _) = $0.quantity { some.bit == Bit.recovered } else { false }
        }
        guard !columns.lives.isEmpty || asksForShare && !columns.recoveredAt.isEmpty else {
            // Usually all rows are kept, and nothing needs copying.
            func kept(_ column: [Int64]) -> [Int64] { places.count == column.count ? column : Array(column[places]) }
            families[family] = WindowRows(
                times: kept(columns.times), groups: places.map(number), flags: places.map { flags(columns, $0) },
                columns: columns.values.map(kept))
            return
        }
        for place in places {
            let life = columns.lives.isEmpty ? .whole : columns.lives[place], group = Int(number(place))
            let values = columns.values.map { $0[place] == HistoryColumns.unknown ? nil : $0[place] }
            let isKnown = !columns.recoveredAt.isEmpty && columns.recoveredAt[place] != HistoryColumns.unknown
            let recovered = isKnown ? Timestamp(nanoseconds: columns.recoveredAt[place]) : nil
            let time = Timestamp(nanoseconds: columns.times[place])
            var flags = flags(columns, place)
            switch life {
            case .whole: families[family].append(time, group: group, flags: flags, values: values)
            case .untilRecovered:
                families[family].append(time, group: group, flags: flags, values: values, visibleUntil: recovered)
            case .sinceRecovered, .onlySinceRecovered:
                if life == .sinceRecovered { flags &= ~(1 << UInt32(Bit.once) | 1 << UInt32(Bit.failedOnce)) }
                flags |= 1 << UInt32(Bit.recovered)
                families[family].append(time, group: group, flags: flags, values: values, visibleFrom: recovered)
            }
            // A recovery is known only from the time of the success on.
            if life == .whole, asksForShare, let recovered {
                families[family].append(
                    time, group: group, flags: 1 << UInt32(Bit.recovered), values: values.map { _ in nil },
                    visibleFrom: recovered)
            }
        }
    }

    /// True if the condition can hold for a group without rows in any window: groups that fell silent earlier then matter, and
    /// `addGroups` must be called with those that are older than the rows.
    public var watchesSilence: Bool {
        guard !checked.query.keys.isEmpty else { return false }
        return SilentGroup(rule.measures, isGrouped: knowsAllKeys).mayHold(rule.condition)
    }

    /// Adds groups that had rows before those that were read, each with the time at which it was first seen.
    public mutating func addGroups(_ columns: HistoryColumns) {
        for (place, time) in columns.times.enumerated() {
            let number = group(columns.keys[Int(columns.keyOf[place])]), known = Timestamp(nanoseconds: time)
            knownSince[number] = min(knownSince[number] ?? known, known)
        }
    }

    private func flags(_ columns: HistoryColumns, _ place: Int) -> UInt32 {
        var flags: UInt32 = 1 << UInt32(Bit.row) | 1 << UInt32(Bit.once)
        if columns.failed[place] > 0 { flags |= 1 << UInt32(Bit.failed) | 1 << UInt32(Bit.failedOnce) }
        if !columns.conditions.isEmpty { flags |= columns.conditions[place] << UInt32(Bit.condition) }
        return flags
    }

    private mutating func group(_ keys: [Value]) -> Int {
        if let number = groupNumbers[keys] { return number }
        groupNumbers[keys] = groups.count
        groups.append(keys)
        return groups.count - 1
    }

    private func knowsAllKeys(_ family: Int) -> Bool { rows[family].keyPlaces.count == checked.query.keys.count }

    private mutating func number(of keys: [Value], in family: Int) -> Int {
        if knowsAllKeys(family) { return group(keys) }
        if let number = numbers[family][keys] { return number }
        numbers[family][keys] = self.keys[family].count
        self.keys[family].append(keys)
        return self.keys[family].count - 1
    }

    /// Returns the collected rows for evaluation.
    ///
    /// - Parameter beginning: The first instant that the records cover.
    public mutating func history(beginning: Timestamp) -> WindowHistory {
        var maps: [[Int32]] = []
        for family in rows.indices {
            families[family].finish()
            guard !knowsAllKeys(family) else {
                maps.append([])
                continue
            }
            maps.append(groups.map { group in Int32(number(of: rows[family].keyPlaces.map { group[$0] }, in: family)) })
        }
        var history = WindowHistory(
            beginning: beginning, families: families, groups: groups.map(labels), isGrouped: !checked.query.keys.isEmpty,
            familyGroups: maps)
        history.knownSince = knownSince
        return history
    }

    /// The key values of each label set in the history.
    public var keysOfLabels: [LabelSet: [Value]] {
        groups.reduce(into: [:]) { $0[labels($1)] = $1 }
    }

    private func labels(_ group: [Value]) -> LabelSet {
        LabelSet(zip(checked.query.keys, group).map { LabelPair($0.name, CheckedRuleWindows.text($1)) })
    }

    /// Returns a key's value as the text of a label; "" if missing.
    static func text(_ value: Value) -> String {
        switch value {
        case .missing: ""
        case .text(let text): text
        case .count(let number): String(number)
        case .number(let number): GoNumber.shortest(number)
        case .time(let time): TimeText.iso(time)
        case .duration(let length): Units.spelling(length)
        case .money(let money): "$" + GoNumber.shortest(money.dollars)
        case .ratio(let ratio): GoNumber.shortest(ratio.quotient)
        case .flag(let flag): flag ? "true" : "false"
        case .range(let lower, let upper): text(lower) + "–" + text(upper)
        }
    }
}
