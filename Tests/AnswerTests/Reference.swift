import Model
@testable import QueryLanguage

/// The slow, plain answer to a question: filter rows, group them in dictionaries, sort values and count.
struct Reference {
    /// The rows that the measures of one group, in one bucket, are taken of.
    private struct Cell {
        var own: [PlainRow] = []
        /// The rows of the group in all buckets: an empty bucket has the hours and days of its group, too.
        var members: [PlainRow] = []
        /// The calls that rates are taken of.
        var calls: [PlainRow] = []
        /// The errors of a call question.
        var errors: [PlainRow] = []
    }

    /// A group's name and its bucket; the bucket is nil for the whole window.
    private struct CellKey: Hashable {
        var name: [Value]
        var place: Int?
    }

    let question: Question
    let facts: PlainFacts
    /// Nil without buckets.
    let axis: TimeAxis?
    private let own: [PlainRow]
    private let calls: [PlainRow]
    private let errors: [PlainRow]
    /// The same rows by group and bucket, and by group alone.
    private var ownOf: [CellKey: [PlainRow]] = [:]
    private var callsOf: [CellKey: [PlainRow]] = [:]
    private var errorsOf: [CellKey: [PlainRow]] = [:]
    private var totals: [Int: Int] = [:]

    /// - Parameter axis: The axis of the answer under test; its buckets are proven elsewhere.
    init(_ question: Question, _ facts: PlainFacts, axis: TimeAxis?) {
        self.question = question
        self.facts = facts
        self.axis = axis
        func isInside(_ row: PlainRow) -> Bool { question.window.map { row.time >= $0.from && row.time < $0.to } ?? true }
        func isCounted(_ row: PlainRow) -> Bool { question.coversEveryKind || row.scope != 1 }
        let allCalls = facts.calls.filter { isInside($0) && isCounted($0) }
        let allErrors = facts.errors.filter { isInside($0) && isCounted($0) }
        let condition = question.condition
        switch question.noun {
        case .errors: own = allErrors.filter(condition.holds)
        case .calls: own = allCalls.filter(condition.holds)
        case .traces: own = facts.traces.filter { isInside($0) && condition.holds($0) }
        case .failures: own = facts.traces.filter { isInside($0) && $0.hasFailed && condition.holds($0) }
        case .events: preconditionFailure("events are counted in the tests of meaning")
        }
        let denominator = condition.denominator(of: question.noun)
        calls = question.noun.isTrace ? [] : allCalls.filter(denominator.holds)
        errors = question.noun == .calls ? allErrors.filter(condition.holds) : []
        for row in own {
            let name = key(row), place = bucket(row)
            ownOf[CellKey(name: name, place: place), default: []].append(row)
            ownOf[CellKey(name: name, place: nil), default: []].append(row)
            totals[place, default: 0] += 1
        }
        for row in calls {
            let name = callKeys.map { Reference.binned(question.keys[$0], row[question.keys[$0]]) }
            callsOf[CellKey(name: name, place: bucket(row)), default: []].append(row)
            callsOf[CellKey(name: name, place: nil), default: []].append(row)
        }
        for row in errors {
            let name = key(row)
            errorsOf[CellKey(name: name, place: bucket(row)), default: []].append(row)
            errorsOf[CellKey(name: name, place: nil), default: []].append(row)
        }
    }

    // MARK: Groups

    private func key(_ row: PlainRow) -> [Value] { question.keys.map { Reference.binned($0, row[$0]) } }

    /// Fields whose values are grouped by bins.
    private static let bins: Set<FieldID> = [
        .latency, .ttft, .duration, .cost, .inputTokens, .outputTokens, .tokens, .errors, .calls,
    ]

    /// The bin of a value: between two neighbours of 0, 1, 2, 5, 10, 20, 50 … in units of 1 µs, 10⁻⁸ dollars or one.
    static func binned(_ field: FieldID, _ value: Value) -> Value {
        guard bins.contains(field) else { return value }
        let number: Int64, unit: Int64
        let wrap: (Int64) -> Value
        switch value {
        case .duration(let length): (number, unit, wrap) = (length.inNanoseconds, 1000, { .duration(.nanoseconds($0)) })
        case .money(let money): (number, unit, wrap) = (money.units, 1, { .money(Money(units: $0)) })
        case .count(let count): (number, unit, wrap) = (count, 1, { .count($0) })
        default: return value
        }
        if number < 0 { return .range(.missing, wrap(0)) }
        var lower: Int64 = 0, decade = unit
        while true {
            for step in [1, 2, 5] as [Int64] {
                if number < step * decade { return .range(wrap(lower), wrap(step * decade)) }
                lower = step * decade
            }
            decade *= 10
        }
    }

    /// Places of the keys by which calls are grouped: under `errors` not how they ended.
    private var callKeys: [Int] {
        question.keys.indices.filter { place in
            let key = question.keys[place]
            return !Condition.errorOnly.contains(key) && !(question.noun == .errors && Condition.endings.contains(key))
        }
    }

    private func bucket(_ row: PlainRow) -> Int {
        guard let axis else { return 0 }
        let time = Timestamp(nanoseconds: row.time)
        var low = 0, high = axis.starts.count
        while low < high {
            let middle = (low + high) / 2
            if axis.starts[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    private func names() -> [[Value]] {
        var names = Set(own.map(key))
        // A group without a row is none, unless the question is about a rate of calls.
        if !question.noun.isTrace, question.measures[0].isRate, callKeys.count == question.keys.count {
            names.formUnion(calls.map(key))
        }
        return Array(names)
    }

    private func cell(_ name: [Value], in place: Int?) -> Cell {
        let key = CellKey(name: name, place: place)
        return Cell(
            own: ownOf[key] ?? [], members: ownOf[CellKey(name: name, place: nil)] ?? [],
            calls: callsOf[CellKey(name: callKeys.map { name[$0] }, place: place)] ?? [],
            errors: errorsOf[key] ?? [])
    }

    // MARK: Measures

    private func value(_ measure: PlainMeasure, _ cell: Cell, total: Int, in place: Int?) -> Value {
        if let axis, let place, !axis.isCovered(place) { return .missing }
        func ratio(_ a: Int, _ b: Int) -> Value { Ratio(Int64(a), of: Int64(b)).map { .ratio($0) } ?? .missing }
        func sum(_ field: FieldID) -> Value {
            .count(cell.own.reduce(0) { if case .count(let n) = $1[field] { $0 + n } else { $0 } })
        }
        switch measure {
        case .count: return .count(Int64(cell.own.count))
        case .countWhere(let condition): return .count(Int64(cell.own.count(where: condition.holds)))
        case .shareWhere(let condition):
            let truths = cell.own.compactMap { condition.truth($0) }
            return ratio(truths.count { $0 }, truths.count)
        case .calls: return question.noun.isTrace ? sum(.calls) : .count(Int64(cell.calls.count))
        case .errors:
            switch question.noun {
            case .errors: return .count(Int64(cell.own.count))
            case .calls: return .count(Int64(cell.errors.count))
            case .traces, .failures: return sum(.errors)
            case .events: return .missing
            }
        case .errorRate: return ratio(failed(cell), cell.calls.count)
        case .reliability: return ratio(cell.calls.count - failed(cell), cell.calls.count)
        case .share: return ratio(cell.own.count, total)
        case .aggregate(let name, let field): return aggregate(name, cell.own.map { $0[field] }.filter { !$0.isMissing })
        case .distinct(.trace): return .count(Int64(Set(cell.own.compactMap(\.trace)).count))
        case .distinct(let field): return .count(Int64(Set(cell.own.map { $0[field] }.filter { !$0.isMissing }).count))
        case .recovered: return ratio(cell.own.count { $0[.recovered] == .flag(true) }, cell.own.count)
        case .recoveryTime:
            return aggregate("p50", cell.own.compactMap(\.recoveryTime).map { .duration(.nanoseconds($0)) })
        case .firstSeen: return aggregate("min", cell.own.map { $0[.time] })
        case .lastSeen: return aggregate("max", cell.own.map { $0[.time] })
        case .per(_, let seconds, let inner):
            guard let length = length(place, cell.members), length > 0 else { return .missing }
            switch value(inner, cell, total: total, in: place) {
            case .count(let count): return .number(Double(count) * seconds / length)
            case .money(let money): return Money(dollars: money.dollars * seconds / length).map { .money($0) } ?? .missing
            default: return .missing
            }
        }
    }

    private static let calendar: Set<FieldID> = [.hour, .weekday, .day, .week, .month]

    /// Seconds of the bucket or window; of those of its times that lie in the hours and days that keys and conditions select,
    /// found by walking over its quarters of an hour, whose local times are those of the rows.
    private func length(_ place: Int?, _ rows: [PlainRow]) -> Double? {
        let keys = question.keys.filter(Reference.calendar.contains)
        let conditions = question.condition.conjuncts.filter { !$0.fields.isEmpty && $0.fields.isSubset(of: Reference.calendar) }
        guard !keys.isEmpty || !conditions.isEmpty else { return length(place) }
        var window = coverage ?? Window(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 0))
        if let asked = question.window {
            window = Window(from: Timestamp(nanoseconds: asked.from), to: Timestamp(nanoseconds: asked.to))
        }
        if let axis, let place { window = axis.bucket(place).intersection(axis.window) }
        let groups = Set(rows.map { row in keys.map { row[$0] } })
        guard !groups.isEmpty else { return 0 }
        let known = Lengths.Key(window: window, groups: groups)
        if let found = lengths.known[known] { return found }
        let step: Int64 = 900_000_000_000
        var nanoseconds: Int64 = 0, at = window.from.nanoseconds
        while at < window.to.nanoseconds {
            let next = min((floorDivide(at, step) + 1) * step, window.to.nanoseconds)
            let row = facts.calendarRow(at: at)
            if conditions.allSatisfy({ $0.holds(row) }), groups.contains(keys.map { row[$0] }) { nanoseconds += next - at }
            at = next
        }
        lengths.known[known] = Double(nanoseconds) / 1e9
        return Double(nanoseconds) / 1e9
    }

    /// Lengths that were found already: sorting asks for each many times.
    private final class Lengths {
        struct Key: Hashable { let window: Window, groups: Set<[Value?]> }
        var known: [Key: Double] = [:]
    }
    private let lengths = Lengths()

    /// Seconds of the bucket or window.
    private func length(_ place: Int?) -> Double? {
        guard let axis, let place else {
            if let window = question.window { return Double(window.to - window.from) / 1e9 }
            return coverage?.length.inSeconds
        }
        return axis.bucket(place).intersection(axis.window).length.inSeconds
    }

    var coverage: Window?

    private func failed(_ cell: Cell) -> Int {
        cell.own.count { question.noun == .errors ? $0.scope < 2 : $0[.failed] == .flag(true) }
    }

    private func aggregate(_ name: String, _ values: [Value]) -> Value {
        guard let first = values.first else { return .missing }
        let numbers = values.map(Reference.number).sorted()
        func typed(_ number: Int64) -> Value {
            switch first {
            case .duration: .duration(.nanoseconds(number))
            case .money: .money(Money(units: number))
            case .time: .time(Timestamp(nanoseconds: number))
            default: .count(number)
            }
        }
        let count = Int64(numbers.count)
        // What 64 bits cannot hold has no value.
        let exact: Int64? = numbers.reduce(0) { sum, number in
            sum.flatMap { $0.addingReportingOverflow(number).overflow ? nil : $0 + number }
        }
        let sum = exact ?? 0
        if exact == nil, name == "sum" || name == "avg" { return .missing }
        switch name {
        case "sum": return typed(sum)
        case "min": return typed(numbers[0])
        case "max": return typed(numbers[numbers.count - 1])
        case "avg":
            if case .count = first { return .number(Double(sum) / Double(count)) }
            // Halves away from zero.
            let rest = abs(sum) % count, whole = abs(sum) / count + (rest * 2 >= count ? 1 : 0)
            return typed(sum < 0 ? -whole : whole)
        default:
            let percent = Int(name.dropFirst()) ?? 0
            var rank = 1
            while rank * 100 < percent * numbers.count { rank += 1 }
            return typed(numbers[rank - 1])
        }
    }

    private static func number(_ value: Value) -> Int64 {
        switch value {
        case .count(let n): n
        case .duration(let d): d.inNanoseconds
        case .money(let m): m.units
        case .time(let t): t.nanoseconds
        default: 0
        }
    }

    // MARK: Order

    private static let ordered: [FieldID: [String]] = [
        .severity: ["INFO", "WARNING", "ERROR", "CRITICAL"], .weekday: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    ]

    /// Less than zero when `a` comes first; missing values come last in either direction.
    private static func compare(_ a: Value, _ b: Value, descending: Bool, field: FieldID? = nil) -> Int {
        if a == b { return 0 }
        if a.isMissing { return 1 }
        if b.isMissing { return -1 }
        var isLess: Bool
        if case .text(let x) = a, case .text(let y) = b {
            if let field, let words = ordered[field], let first = words.firstIndex(of: x), let second = words.firstIndex(of: y) {
                isLess = first < second
            } else {
                isLess = Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8))
            }
        } else {
            let x = a.magnitude ?? 0, y = b.magnitude ?? 0
            if x == y, number(a) == number(b) { return 0 }
            isLess = x == y ? number(a) < number(b) : x < y
        }
        if descending { isLess.toggle() }
        return isLess ? -1 : 1
    }

    private func compareNames(_ a: [Value], _ b: [Value]) -> Int {
        for (place, field) in question.keys.enumerated() {
            let order = Reference.compare(a[place], b[place], descending: false, field: field)
            if order != 0 { return order }
        }
        return 0
    }

    private func descends(_ field: FieldID) -> Bool {
        switch Field(field).type {
        case .text, .tags: [.day, .week, .month].contains(field)
        case .choice: field == .severity
        default: true
        }
    }

    // MARK: The answer

    private struct Row {
        var name: [Value]
        var place: Int
    }

    /// The expected rows in their order, how many groups were folded, and how many rows `having` dropped and `limit` found.
    func rows() -> (rows: [[Value]], folded: Int, dropped: Int, found: Int?) {
        let places = axis.map { Array($0.starts.indices) } ?? [0]
        func cell(_ row: Row) -> Cell { self.cell(row.name, in: axis == nil ? nil : row.place) }
        func total(_ place: Int) -> Int { totals[place] ?? 0 }
        func value(_ measure: PlainMeasure, _ row: Row, _ rows: Cell) -> Value {
            self.value(measure, rows, total: total(row.place), in: axis == nil ? nil : row.place)
        }
        func shown(_ row: Row) -> [Value] {
            let rows = cell(row)
            return (axis.map { [.time($0.starts[row.place])] } ?? []) + row.name + question.measures.map { value($0, row, rows) }
        }
        if question.keys.isEmpty && axis == nil { return ([shown(Row(name: [], place: 0))], 0, 0, nil) }

        func passes(_ row: Row) -> Bool { question.having.map { $0.holds(value($0.measure, row, cell(row))) } ?? true }
        var names = question.keys.isEmpty ? [[]] : self.names()
        var dropped = 0
        if axis == nil {
            let passing = names.filter { passes(Row(name: $0, place: 0)) }
            dropped = names.count - passing.count
            names = passing
        }
        names = ranked(names)
        var folded: [[Value]] = []
        if let top = question.top, names.count > top {
            folded = Array(names.dropFirst(top))
            names = Array(names.prefix(top))
        }
        var rows = places.flatMap { place in names.map { Row(name: $0, place: place) } }
        if axis != nil {
            let passing = rows.filter(passes)
            dropped = rows.count - passing.count
            rows = passing
        }
        if axis == nil || !question.sort.isEmpty { rows = sorted(rows) { value($0, $1, cell($1)) } }
        var found: Int?
        if let limit = question.limit, rows.count > limit {
            found = rows.count
            rows = Array(rows.prefix(limit))
        }
        var result = rows.map(shown)
        if !folded.isEmpty {
            let label: [Value] =
                [.text("other (\(folded.count) group\(folded.count == 1 ? "" : "s"))")]
                + Array(repeating: .missing, count: question.keys.count - 1)
            func other(_ place: Int) -> [Value] {
                let rest = rest(kept: names, folded: folded, in: axis == nil ? nil : place)
                return label + question.measures.map { value($0, Row(name: [], place: place), rest) }
            }
            if let axis {
                var lines: [[Value]] = []
                for (index, row) in rows.enumerated() {
                    lines.append(result[index])
                    if !rows[(index + 1)...].contains(where: { $0.place == row.place }) {
                        lines.append([.time(axis.starts[row.place])] + other(row.place))
                    }
                }
                result = lines
            } else {
                result.append(other(0))
            }
        }
        return (result, folded.count, dropped, found)
    }

    /// The rows of the folded groups together. Calls are parted by the keys that calls have, when there are no others.
    private func rest(kept: [[Value]], folded: [[Value]], in place: Int?) -> Cell {
        func isIn(_ row: PlainRow) -> Bool { folded.contains(key(row)) }
        let areCallKeys = callKeys.count == question.keys.count
        func isHere(_ row: PlainRow) -> Bool { place == nil || bucket(row) == place }
        return Cell(
            own: own.filter { isHere($0) && isIn($0) }, members: own.filter(isIn),
            calls: calls.filter { isHere($0) && (!areCallKeys || isIn($0)) },
            errors: errors.filter { isHere($0) && isIn($0) })
    }

    private func ranked(_ names: [[Value]]) -> [[Value]] {
        let first: PlainMeasure = question.measures[0].isShare ? .count : question.measures[0]
        var keys: [(field: FieldID?, isDescending: Bool, value: ([Value]) -> Value)] = []
        func measured(_ measure: PlainMeasure) -> ([Value]) -> Value {
            { name in self.value(measure, self.cell(name, in: nil), total: self.own.count, in: nil) }
        }
        for key in question.sort {
            switch key.subject {
            case .time: continue
            case .key(let place):
                let field = question.keys[place]
                keys.append((field, key.isDescending ?? descends(field), { $0[place] }))
            case .measure(let measure): keys.append((nil, key.isDescending ?? true, measured(measure.isShare ? .count : measure)))
            }
        }
        keys.append((nil, true, measured(first)))
        let decorated = names.map { name in (name: name, values: keys.map { $0.value(name) }) }
        return decorated.sorted { a, b in
            for (place, key) in keys.enumerated() {
                let order = Reference.compare(a.values[place], b.values[place], descending: key.isDescending, field: key.field)
                if order != 0 { return order < 0 }
            }
            return compareNames(a.name, b.name) < 0
        }.map(\.name)
    }

    private static let ownOrder: Set<FieldID> = bins.union([.hour, .weekday, .day, .week, .month])

    private func sorted(_ rows: [Row], _ value: (PlainMeasure, Row) -> Value) -> [Row] {
        // Each row's keys once: the rows of a group are counted anew for every value.
        let decorated = rows.map { row in
            (
                row: row,
                values: question.sort.map { key -> Value in
                    switch key.subject {
                    case .key(let place): row.name[place]
                    case .time: .count(Int64(row.place))
                    case .measure(let measure): value(measure, row)
                    }
                }, first: value(question.measures[0], row)
            )
        }
        return decorated.sorted { a, b in
            for (index, key) in question.sort.enumerated() {
                var field: FieldID?
                var isDescending = true
                if case .key(let place) = key.subject {
                    field = question.keys[place]
                    isDescending = descends(question.keys[place])
                }
                let order = Reference.compare(
                    a.values[index], b.values[index], descending: key.isDescending ?? isDescending, field: field)
                if order != 0 { return order < 0 }
            }
            if a.row.place != b.row.place { return a.row.place < b.row.place }
            // Bins and times of the calendar stand in their order.
            let isOrdered = question.sort.isEmpty && question.keys.first.map { Reference.ownOrder.contains($0) } ?? false
            let order = isOrdered ? 0 : Reference.compare(a.first, b.first, descending: true)
            return order == 0 ? compareNames(a.row.name, b.row.name) < 0 : order < 0
        }.map(\.row)
    }

    /// Errors and calls of the receipt.
    var counts: (errors: Int, calls: Int) {
        question.noun == .errors ? (own.count, calls.count) : (errors.count, own.count)
    }
}
