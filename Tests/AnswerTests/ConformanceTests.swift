import Engine
import Glibc
import LocalStore
import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// The engines that must answer alike. `ENGINE=name` in the environment tests one of them alone.
enum EngineUnderTest: String, CaseIterable, CustomTestStringConvertible {
    /// The embedded store.
    case local
    /// Plain rows in memory.
    case plain

    var testDescription: String { rawValue }

    static var chosen: [EngineUnderTest] {
        guard let name = getenv("ENGINE").map({ String(cString: $0) }) else { return allCases }
        return allCases.filter { $0.rawValue == name }
    }

    /// The engine over a history.
    func engine(_ history: HistoryStore, _ traces: [AwkwardHistory.Trace]) -> any Engine {
        switch self {
        case .local: history.store
        case .plain: PlainEngine(history.store, traces)
        }
    }
}

/// What every engine must answer, whatever it is made of.
@Suite("Conformance of engines")
struct ConformanceTests {
    private static let seeds: [UInt64] = [201, 202]

    private func compiled(_ text: String, _ engine: any Engine, zone: Zone = .utc, evidence: Evidence = .default) throws
        -> CompiledQuery
    {
        let (read, mistakes) = Parser.query(text)
        guard let syntax = read else { throw Diagnostics(text: text, mistakes) }
        let facts = try engine.overview()
        let context = CheckContext(
            now: Timestamp(seconds: AwkwardHistory.november + 50_000), zone: zone, evidence: evidence, coverage: facts.coverage)
        return try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context, facts: facts)
    }

    @Test(
        "generated questions are answered as by the plain reference", arguments: EngineUnderTest.chosen, seeds)
    func questions(_ kind: EngineUnderTest, _ seed: UInt64) throws {
        let traces = AwkwardHistory.traces(seed: seed, count: 60), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces), coverage = try engine.overview().coverage
        for (number, zone) in Zones.all.enumerated() {
            let evidence = number == 3 ? Evidence.default.union([.slow, .soft]) : .default
            let facts = try PlainFacts(history.store, zone: zone, evidence: evidence)
            for own in 0..<24 as Range<UInt64> {
                var maker = QuestionMaker(
                    facts: facts, random: SeededGenerator(seed: seed &* 7919 &+ own &+ UInt64(number) << 20))
                let question = maker.question(), text = question.text
                let answer = try compiled(text, engine, zone: zone, evidence: evidence).answer(from: engine)
                var axis: TimeAxis?
                switch answer.shape {
                case .series(let found), .groupedSeries(let found, _): axis = found
                default: break
                }
                var reference = Reference(question, facts, axis: axis)
                reference.coverage = coverage
                let expected = reference.rows()
                #expect(answer.table.rows == expected.rows, "\(text), \(zone.name): \(drawn(answer.table.rows))")
                #expect(answer.foldedGroups == expected.folded, "\(text)")
            }
        }
    }

    @Test("listings, samples, common values and what is new are the same in every engine", arguments: EngineUnderTest.chosen)
    func others(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 203, count: 60), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces), local = history.store
        for noun in ["errors", "calls", "traces", "failures"] {
            for text in [
                "show time, agent, type, outcome sort agent, type limit 9 all", "where agent has n limit all all",
                "by agent show sample, common(type), first_seen, last_seen all", "by day show count, users all",
                "where agent is new show count from 2026-11-21 to 2026-11-22",
                "by agent every 1d show p95(latency), cost top 2 all",
                "by hour show count, per_minute(count) on 2026-11-21 vs previous",
            ] {
                let question = "\(noun) \(text)"
                #expect(
                    try compiled(question, engine).answer(from: engine).table
                        == compiled(question, local).answer(from: local).table,
                    "\(question)")
            }
        }
    }

    @Test("traces are found by their ids, those of spans and of requests, and come whole", arguments: EngineUnderTest.chosen)
    func lookups(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 204, count: 40), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces)
        for (record, spans, events) in traces {
            let matches = try engine.findTraces(prefix: record.traceID, limit: 20)
            #expect(matches.contains { $0.traceID == record.traceID && $0.project == record.project && $0.kind == .trace })
            let trace = try #require(try engine.trace(record.traceID, project: record.project))
            #expect(trace.record.traceID == record.traceID)
            // What the trace's own record does not tell may come from its spans.
            if let user = record.user { #expect(trace.record.user == user) }
            #expect(Set(trace.spans.map(\.record.spanID)) == Set(spans.map(\.spanID)))
            #expect(Set(trace.events.map(\.eventID)) == Set(events.filter { $0.traceID == record.traceID }.map(\.eventID)))
            for span in spans {
                #expect(try engine.findTraces(prefix: span.spanID, limit: 20).map(\.traceID).contains(record.traceID))
                guard let request = span.requestID else { continue }
                #expect(try engine.findTraces(prefix: request, limit: 20).map(\.traceID).contains(record.traceID))
            }
        }
        #expect(try engine.trace("no-such-trace", project: nil) == nil)
        #expect(try engine.findTraces(prefix: "no-such", limit: 20).isEmpty)
        #expect((1...3).contains(try engine.findTraces(prefix: "50000", limit: 3).count))
    }

    @Test("values are listed by how many calls have them", arguments: EngineUnderTest.chosen)
    func values(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 205, count: 60), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces)
        let facts = try PlainFacts(history.store, zone: .utc, evidence: .default)
        for field in [FieldID.model, .provider, .agent] {
            let known = facts.calls.filter { $0.scope == 0 && !$0[field].isMissing }
            let counts = Dictionary(grouping: known) { $0[field] }.mapValues { Int64($0.count) }
            let values = try engine.values(of: field)
            #expect(Dictionary(uniqueKeysWithValues: values.map { (Value.text($0.value), $0.count) }) == counts)
            #expect(zip(values, values.dropFirst()).allSatisfy { $0.count >= $1.count })
            for value in values { #expect(try engine.contains(value.value, in: field) == true) }
            #expect(try engine.contains("no such value", in: field) == false)
        }
    }

    // MARK: Histories

    /// What a history holds, in an order of its own. Rows of minutes are what rows with their own times add up to.
    private func lines(_ columns: HistoryColumns, byMinute: Bool) -> [String] {
        let minute: Int64 = 60_000_000_000
        var sums: [String: [Int64]] = [:], lines: [String] = []
        for row in columns.times.indices {
            let time = columns.times[row], keys = "\(columns.keys[Int(columns.keyOf[row])])"
            if byMinute {
                let start = floorDivide(time, minute) * minute, isOnStart: Int64 = time == start ? 1 : 0
                let own =
                    columns.isByMinute
                    ? [columns.counts[row], columns.countsOnStart[row], columns.failed[row], columns.failedOnStart[row]]
                    : [1, isOnStart, columns.failed[row], columns.failed[row] * isOnStart]
                sums["\(start) \(keys)"] = zip(sums["\(start) \(keys)"] ?? [0, 0, 0, 0], own).map { $0 + $1 }
                continue
            }
            let recovered = columns.recoveredAt.isEmpty ? HistoryColumns.unknown : columns.recoveredAt[row]
            let life = columns.lives.isEmpty ? .whole : columns.lives[row]
            let bits = columns.conditions.isEmpty ? 0 : columns.conditions[row]
            lines.append("\(time) \(keys) \(columns.failed[row]) \(recovered) \(life) \(bits)")
        }
        return byMinute ? sums.map { "\($0.key) \($0.value)" }.sorted() : lines.sorted()
    }

    @Test("histories hold the same rows and groups as those of plain rows", arguments: EngineUnderTest.chosen, seeds)
    func histories(_ kind: EngineUnderTest, _ seed: UInt64) throws {
        let traces = AwkwardHistory.traces(seed: seed, count: 120), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces), plain = PlainEngine(history.store, traces)
        let whole = try #require(try engine.overview().coverage)
        for window in [whole, Window(from: whole.from + .seconds(40_000), to: whole.to - .seconds(100_000))] {
            let reader = try engine.histories(in: window), other = try plain.histories(in: window)
            for text in RuleRowsTests.rules {
                let (parsed, mistakes) = Parser.rule("when " + text)
                guard let syntax = parsed else { throw Diagnostics(text: text, mistakes) }
                let rule = try QueryCompiler().compileRule(
                    syntax, text: text, mistakes: mistakes, context: CheckContext(now: whole.to, coverage: whole))
                for family in QueryCompiler().rows(of: rule, in: window, allowsMinutes: true) {
                    let found = try reader.history(for: family.request), expected = try other.history(for: family.request)
                    #expect(zip(found.times, found.times.dropFirst()).allSatisfy { $0 <= $1 }, "\(text)")
                    // Whole minutes may reach over the window's ends.
                    let isCut = found.isByMinute && window.from.nanoseconds % 60_000_000_000 != 0
                    if !isCut {
                        #expect(
                            lines(found, byMinute: found.isByMinute) == lines(expected, byMinute: found.isByMinute), "\(text)")
                    }
                    guard family.knowsGroups else { continue }
                    let groups = try reader.history(for: family.request.groups(of: window))
                    let own = try other.history(for: family.request.groups(of: window))
                    #expect(Set(groups.keyOf.map { groups.keys[Int($0)] }) == Set(own.keyOf.map { own.keys[Int($0)] }), "\(text)")
                }
            }
        }
    }

    @Test("a question stops when the work of its thread is to stop", arguments: EngineUnderTest.chosen)
    func interruption(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 206, count: 120), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces)
        guard engine.capabilities.stopsQuestions else { return }
        let flag = StopFlag(), query = try compiled("calls by user, session, name show p95(latency), traces all", engine)
        let whole = try query.answer(from: engine)
        flag.governing {
            flag.raise()
            #expect(throws: (any Error).self) { try query.answer(from: engine) }
        }
        // Nothing of it is left.
        #expect(try query.answer(from: engine) == whole)
    }
}
