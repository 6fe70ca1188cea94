import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("Replay of native rules against a naive evaluator")
struct WindowPropertyTests {
    private struct Author {
        var generator: SeededGenerator

        mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &generator)] }
        mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &generator) }

        mutating func rows(_ count: Int, groups: Int, columns: Int, seesLate: Bool, from start: Int64, minutes: Int64)
            -> [NaiveWindows.Row]
        {
            let minute: Int64 = 60_000_000_000
            return (0..<count).map { _ -> NaiveWindows.Row in
                var time = start + number(-20 * minute...minutes * minute)
                if pick([0, 1, 2]) == 0 { time = start + (time - start) / minute * minute }
                var row = NaiveWindows.Row(
                    time: time, group: Int(number(0...Int64(groups) - 1)), flags: UInt32(number(0...15)) | 1,
                    weight: pick([1, 1, 1, 3]),
                    values: (0..<columns).map { _ in pick([nil, 1, 5, 5, 9, 40, 100, 1_000_000_007]) })
                if seesLate, pick([true, false]) { row.from = time + number(0...6 * minute) }
                if seesLate, pick([true, false, false]) { row.until = time + number(0...9 * minute) }
                // A row that is never visible does not create a group.
                if let from = row.from, let until = row.until, from >= until { row.until = nil }
                if let until = row.until, until <= time { row.until = nil }
                return row
            }.sorted { $0.time < $1.time }
        }

        mutating func measure(_ place: Int) -> WindowMeasure {
            let own = RowClass(family: 0, bit: Int(number(0...3))),
                other = RowClass(family: pick([0, 1]), bit: Int(number(0...3)))
            let column = RowColumn(family: 0, index: pick([0, 1]), unit: pick([.count, .duration, .money]))
            let quantity: WindowMeasure.Quantity =
                switch number(0...13) {
                case 0...2: .count(own)
                case 3: .ratio(own, of: other)
                case 4: .rest(own, of: other)
                case 5: .share(own)
                case 6: .sum(column)
                case 7: .mean(column)
                case 8: .least(column)
                case 9: .greatest(column)
                case 10: .percentile(column, pick([50, 90, 95, 99]))
                case 11: .distinct(column)
                case 12: .total(column)
                default: place >= 2 ? .change(now: 0, before: 1) : .count(other)
                }
            let hasRate = if case .count = quantity { true } else if case .sum = quantity { true } else { false }
            return WindowMeasure(
                quantity, over: .seconds(pick([60, 120, 300, 90, 600, 45])), offset: .seconds(pick([0, 0, 0, 180, 50])),
                perSeconds: hasRate ? pick([nil, nil, 60, 1]) : nil, name: "m\(place)")
        }

        mutating func condition(_ measures: Int, _ depth: Int) -> WindowCondition {
            switch depth > 0 ? number(0...6) : 9 {
            case 0: return .not(condition(measures, depth - 1))
            case 1, 2: return .and(condition(measures, depth - 1), condition(measures, depth - 1))
            case 3: return .or(condition(measures, depth - 1), condition(measures, depth - 1))
            case 4: return .isMissing(measure: Int(number(0...Int64(measures) - 1)))
            default:
                let bound = pick([0, 1, 2, 3, 5, 0.5, 0.25, 1e-8, 40, 0.1])
                return .comparison(
                    measure: Int(number(0...Int64(measures) - 1)),
                    pick([.greater, .greater, .greaterOrEqual, .less, .lessOrEqual, .equal, .notEqual]),
                    pick([[bound], [bound], [bound, 2]]))
            }
        }
    }

    @Test("the start of the range affects a rule about silence only by what is pending or firing then", arguments: 0..<12)
    func silenceFromAnyStart(seed: Int) throws {
        var author = Author(generator: SeededGenerator(seed: UInt64(seed) &* 7_368_787 &+ 5))
        let minute: Int64 = 60_000_000_000, beginning: Int64 = 1_760_000_040_000_000_000
        let groups = author.pick([2, 3, 5])
        var rows = author.rows(
            author.pick([6, 20, 60]), groups: groups, columns: 2, seesLate: false, from: beginning, minutes: 120)
        rows.removeAll { $0.time < beginning }
        let naive = NaiveWindows(
            families: [rows], groupCount: groups, maps: [Array(0..<groups)], columns: [2], beginning: beginning)
        for number in 0..<8 {
            let measures = (0..<author.pick([1, 2])).map { author.measure($0) }.map { measure -> WindowMeasure in
                var measure = measure
                // A single family, so that its rows determine the groups.
                switch measure.quantity {
                case .ratio(let part, let all): measure.quantity = .ratio(part, of: RowClass(family: 0, bit: all.bit))
                case .rest(let part, let all): measure.quantity = .rest(part, of: RowClass(family: 0, bit: all.bit))
                case .count(let rows): measure.quantity = .count(RowClass(family: 0, bit: rows.bit))
                default: break
                }
                return measure
            }
            let condition =
                author.pick([true, false])
                ? WindowCondition.comparison(measure: 0, author.pick([.less, .lessOrEqual, .equal]), [author.pick([0, 1, 2])])
                : author.condition(measures.count, 2)
            let rule = WindowRule(
                name: "rule", text: "rule", measures: measures, condition: condition, errors: RowClass(family: 0, bit: 1))
            let start = beginning + author.number(0...119) * minute
            let grid = try #require(
                Grid(
                    from: Timestamp(nanoseconds: start), to: Timestamp(nanoseconds: beginning + 120 * minute),
                    step: .seconds(author.pick([60, 30]))))
            // Rows are read from as far as the rule looks back; before that only groups are known, if they matter.
            let first = start - rule.reach.inNanoseconds
            var read = naive
            read.families = [rows.filter { $0.time >= first }]
            var history = read.history(beginning: beginning)
            let mayHold = SilentGroup(measures) { _ in true }.mayHold(condition)
            if mayHold {
                for row in rows where row.time < first && history.knownSince[row.group] == nil {
                    history.knownSince[row.group] = Timestamp(nanoseconds: row.time)
                }
            }
            let replay = RuleReplay.run(rule, over: history, on: grid)
            var states = NaiveStates(hold: 0, keep: 0, isBelow: replay.measure.isBelow)
            for index in 0..<grid.count {
                let t = grid.instant(index).nanoseconds
                var results: [LabelSet: Double] = [:]
                for group in 0..<groups where naive.exists(group, at: t) {
                    guard naive.holds(condition, measures, group, at: t) == true else { continue }
                    results[history.groups[group]] = 1
                }
                states.step(results, at: t)
            }
            let found = replay.alerts.flatMap { alert in
                alert.firings.map { "\(alert.labels.pairs) \($0.from.nanoseconds) \($0.resolvedAt?.nanoseconds ?? 0)" }
            }
            let expected = states.spans().map { "\($0.labels.pairs) \($0.from) \($0.to ?? 0)" }
            #expect(
                Set(found) == Set(expected),
                "seed \(seed), rule \(number) from minute \((start - beginning) / minute), mayHold \(mayHold): \(measures) \(condition)"
            )
        }
    }

    @Test("equals a naive evaluator that counts every window at every step", arguments: 0..<14)
    func equalsNaive(seed: Int) throws {
        var author = Author(generator: SeededGenerator(seed: UInt64(seed) &* 104_729 &+ 3))
        let start: Int64 = 1_760_000_040_000_000_000, minutes: Int64 = 60
        let groups = author.pick([1, 2, 4])
        let fewer = author.pick([true, false]) ? Array(repeating: 0, count: groups) : Array(0..<groups)
        let seesLate = author.pick([true, false])
        let naive = NaiveWindows(
            families: [
                author.rows(
                    author.pick([3, 30, 60]), groups: groups, columns: 2, seesLate: seesLate, from: start, minutes: minutes),
                author.rows(40, groups: (fewer.max() ?? 0) + 1, columns: 0, seesLate: false, from: start, minutes: minutes),
            ], groupCount: groups, maps: [Array(0..<groups), fewer], beginning: start)
        let history = naive.history(beginning: start)
        let grid = try #require(
            Grid(
                from: Timestamp(nanoseconds: start), to: Timestamp(nanoseconds: start + minutes * 60_000_000_000),
                step: .seconds(author.pick([60, 60, 30, 150]))))
        for number in 0..<10 {
            var measures: [WindowMeasure] = []
            for place in 0..<author.pick([1, 2, 3]) { measures.append(author.measure(place)) }
            let rule = WindowRule(
                name: "rule", text: "rule", measures: measures, condition: author.condition(measures.count, 2),
                hold: .seconds(author.pick([0, 60, 150])), keep: .seconds(author.pick([0, 0, 240])),
                errors: RowClass(family: 0, bit: 1))
            let replay = RuleReplay.run(rule, over: history, on: grid)
            var states = NaiveStates(
                hold: rule.hold.inNanoseconds, keep: rule.keep.inNanoseconds, isBelow: replay.measure.isBelow)
            for index in 0..<grid.count {
                let t = grid.instant(index).nanoseconds
                var results: [LabelSet: Double] = [:]
                for group in 0..<groups where naive.exists(group, at: t) {
                    guard naive.holds(rule.condition, measures, group, at: t) == true else { continue }
                    results[history.groups[group]] =
                        rule.condition.first.flatMap { naive.value($0.measure, measures, group, at: t) } ?? .nan
                }
                states.step(results, at: t)
            }
            let found = replay.alerts.flatMap { alert in
                alert.firings.map {
                    NaiveStates.Span(
                        labels: alert.labels, from: $0.from.nanoseconds, to: $0.resolvedAt?.nanoseconds, peak: $0.peak)
                }
            }.sorted()
            let expected = states.spans()
            let agrees =
                found.count == expected.count
                && zip(found, expected).allSatisfy {
                    $0.labels == $1.labels && $0.from == $1.from && $0.to == $1.to
                        && ($0.peak == $1.peak || $0.peak.isNaN || $1.peak.isNaN)
                }
            #expect(
                agrees,
                "seed \(seed), rule \(number) \(measures) \(rule.condition): \(found.prefix(3)) instead of \(expected.prefix(3))")
        }
    }
}
