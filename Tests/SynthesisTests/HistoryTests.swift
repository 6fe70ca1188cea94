import Model
import Testing

@testable import Synthesis

@Suite("A synthetic history")
struct HistoryTests {
    @Test("equal plans give equal bytes on every machine")
    func isDeterministic() {
        let plan = HistoryPlan(calls: 1000, days: 7, end: Histories.end, seed: 42)
        let digest = Digest.of(plan)
        #expect(digest == Digest.of(plan))
        // Changes only with the generator; a change gives everyone a new history, so it must be intended.
        #expect(digest == 712_635_378_724_999_363)
    }

    @Test("a different seed gives a different history")
    func seedMatters() {
        let digests = Set(
            [1, 2, 3, 1 << 40, .max].map { Digest.of(HistoryPlan(calls: 200, days: 2, end: Histories.end, seed: $0)) })
        #expect(digests.count == 5)
    }

    @Test(
        "a history has exactly the calls that were asked for, and no trace without one",
        arguments: [0, 1, 2, 3, 7, 50, 999, 4000])
    func countIsExact(calls: Int) {
        for days in [1, 2, 30] {
            var made = 0
            History(HistoryPlan(calls: calls, days: days, end: Histories.end)).forEachTrace { trace in
                made += trace.calls
                if trace.calls == 0 { made = -1_000_000 }
            }
            #expect(made == calls)
        }
    }

    @Test("traces are in order of their start, and nothing is outside the history or its trace")
    func isOrdered() {
        var wrong: [String] = []
        for plan in [Histories.plan, HistoryPlan(calls: 500, days: 1, end: Histories.end)] {
            var last = plan.window.from
            for trace in plan == Histories.plan ? Histories.month : Array(History(plan)) {
                guard let start = trace.trace.start, let end = trace.trace.end, start >= last, start <= end, end < plan.end else {
                    wrong.append(trace.trace.traceID)
                    continue
                }
                last = start
                for span in trace.spans {
                    guard let from = span.start, let to = span.end, from >= start, from <= to, to <= end,
                        from.nanoseconds % 1000 == 0, to.nanoseconds % 1000 == 0,
                        span.firstToken.map({ $0 >= from && $0 <= to }) ?? true
                    else {
                        wrong.append(span.spanID)
                        continue
                    }
                }
                wrong += trace.events.filter { $0.time.map { $0 < start || $0 > end } ?? true }.map(\.eventID)
            }
        }
        #expect(wrong == [])
    }

    @Test("ids are unique, and parents precede their children")
    func idsAreUnique() {
        var ids: Set<String> = [], traces: Set<String> = [], wrong: [String] = []
        for trace in Histories.month {
            let traceID = trace.trace.traceID
            if !traces.insert(traceID).inserted || traceID.utf8.count != 32 { wrong.append(traceID) }
            var seen: Set<String> = []
            for (index, span) in trace.spans.enumerated() {
                let isPlaced = span.parentID.map(seen.contains) ?? (index == 0)
                let isNew = ids.insert(span.spanID).inserted
                let isNormal = span.spanID.utf8.count == 16 && Identifier.normalise(span.spanID) == span.spanID
                if !isPlaced || !isNew || !isNormal || span.traceID != traceID { wrong.append(span.spanID) }
                seen.insert(span.spanID)
            }
            for event in trace.events {
                let isNew = ids.insert(event.eventID).inserted
                if !isNew || !seen.contains(event.spanID ?? "") { wrong.append(event.eventID) }
            }
        }
        #expect(wrong == [])
    }

    @Test("working days are busier than weekends, afternoons than nights, the end than the beginning")
    func hasSeasons() {
        var weekdays = Array(repeating: 0, count: 7), hours = Array(repeating: 0, count: 24), halves = [0, 0]
        let middle = Histories.end - .days(15)
        for call in Histories.calls {
            guard let start = call.start else { continue }
            let civil = CivilTime(localNanoseconds: start.nanoseconds)
            weekdays[CivilTime.weekday(ofDay: CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day))] += 1
            hours[civil.hour] += 1
            halves[start < middle ? 0 : 1] += 1
        }
        #expect(weekdays[1...5].min() ?? 0 > 2 * max(weekdays[0], weekdays[6]))
        #expect(hours[14...16].reduce(0, +) > 8 * hours[2...4].reduce(0, +))
        #expect(halves[1] > halves[0])
    }

    @Test("all providers, models and agents occur, most in production")
    func isVaried() {
        #expect(Set(Histories.calls.compactMap(\.provider)).count == 6)
        #expect(Set(Histories.calls.compactMap(\.modelRequested)).count == 12)
        #expect(Set(Histories.month.flatMap { $0.spans.compactMap(\.agent) }).count == 25)
        #expect(Set(Histories.month.compactMap(\.trace.release)).count >= 6)
        let staging = Histories.month.count { $0.trace.environment == "staging" }
        #expect((5...15).contains(staging * 100 / Histories.month.count))
        #expect(Histories.month.count * 2 < Histories.calls.count)
        #expect(Histories.month.contains { Set($0.spans.compactMap(\.agent)).count > 2 })
    }

    @Test("tokens and costs are exact for successful calls and unknown for rejected ones")
    func usageIsPlausible() {
        var prices: [String: (input: Int64, cached: Int64, output: Int64)] = [:], wrong: [String] = []
        for row in CatalogueModel.allCases.map(\.row) { prices[row.provider.rawValue + row.name] = row.price }
        let failed = Set(Histories.failures.map(\.spanID))
        for call in Histories.calls {
            let input = call.inputTokens ?? 0, cached = call.cachedInputTokens ?? 0, output = call.outputTokens ?? 0
            if failed.contains(call.spanID) {
                // Rejected calls have no usage; calls with an answer have all of it.
                if (call.inputTokens == nil) != (call.cost == nil) { wrong.append(call.spanID) }
                continue
            }
            let price = prices[(call.provider ?? "") + (call.modelRequested ?? "")] ?? (0, 0, 0)
            let cost = (input - cached) * price.input + cached * price.cached + output * price.output
            let isSound =
                input > 0 && call.totalTokens == input + output && cached <= input && call.reasoningTokens ?? 0 <= output
            if !isSound || call.cost?.units != cost || cost == 0 { wrong.append(call.spanID) }
        }
        #expect(wrong == [])
    }

    @Test("a long history is generated lazily")
    func isStreamed() {
        // Ten million calls: only the first traces are generated, so this returns immediately.
        var iterator = History(HistoryPlan(calls: 10_000_000, days: 365, end: Histories.end)).makeIterator()
        for _ in 0..<100 { #expect(iterator.next() != nil) }
    }
}
