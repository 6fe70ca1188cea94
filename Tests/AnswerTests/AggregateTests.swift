import Glibc
import LocalStore
import Model
import Testing
import TestSupport

@testable import QueryLanguage

/// Every number of an answer against the plain reference, for random questions over awkward histories.
@Suite struct AggregateTests {
    private static let evidences: [Evidence] = [
        .default, .default, .default, .default, [.explicit], [.explicit, .slow],
        Evidence.default.union([.slow, .soft, .anomaly]), [.slow],
    ]

    /// Asks one question and compares everything that the answer says.
    private func check(_ question: Question, _ facts: PlainFacts, _ store: Store, _ note: String) {
        let text = question.text
        do {
            let answer = try compiled(text, store, zone: facts.zone, evidence: facts.evidence).answer(from: store)
            var axis: TimeAxis?
            switch answer.shape {
            case .series(let found), .groupedSeries(let found, _): axis = found
            default: break
            }
            var reference = Reference(question, facts, axis: axis)
            reference.coverage = try store.queryFacts().coverage
            let expected = reference.rows()
            if answer.table.rows != expected.rows {
                let place =
                    zip(answer.table.rows, expected.rows).enumerated().first { $1.0 != $1.1 }?.offset
                    ?? min(answer.table.rows.count, expected.rows.count)
                func line(_ rows: [[Value]]) -> String { place < rows.count ? "\(rows[place])" : "(no row)" }
                Issue.record(
                    """
                    \(note): \(text)
                    zone \(facts.zone.name), evidence \(facts.evidence.names); row \(place) of \(answer.table.rows.count), \(expected.rows.count) expected
                    found:    \(line(answer.table.rows))
                    expected: \(line(expected.rows))
                    """)
                return
            }
            if answer.foldedGroups != expected.folded { Issue.record("\(note): \(text): \(answer.foldedGroups) groups folded") }
            if answer.receipt.dropped.isEmpty != (expected.dropped == 0) {
                Issue.record("\(note): \(text): \(answer.receipt.dropped)")
            }
            if answer.receipt.found != expected.found.map(Int64.init) {
                Issue.record("\(note): \(text): found \(answer.receipt.found ?? -1)")
            }
            let counts = reference.counts
            if !question.noun.isTrace {
                if let errors = answer.receipt.errors, errors != Int64(counts.errors) {
                    Issue.record("\(note): \(text): receipt says \(errors) errors, not \(counts.errors)")
                }
                if let calls = answer.receipt.calls, calls != Int64(counts.calls),
                    question.noun == .calls || question.condition.hasDenominator(under: question.noun)
                {
                    Issue.record("\(note): \(text): receipt says \(calls) calls, not \(counts.calls)")
                }
            }
        } catch {
            Issue.record("\(note): \(text): \(error)")
        }
    }

    private func check(history seed: UInt64, traces: Int, questions: Int) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: traces))
        var random = SeededGenerator(seed: seed)
        for zone in Zones.all {
            let evidence = AggregateTests.evidences[Int(random.next() % UInt64(AggregateTests.evidences.count))]
            let facts = try PlainFacts(history.store, zone: zone, evidence: evidence)
            let isLarge = traces > 100 && evidence == .default
            #expect(!isLarge || facts.errors.contains { $0.scope == 2 } && facts.calls.contains { $0.scope == 1 })
            for number in 0..<questions {
                let own = seed &* 1_000_003 &+ UInt64(number) &* 31 &+ random.next() % 1000
                var maker = QuestionMaker(facts: facts, random: SeededGenerator(seed: own))
                check(maker.question(), facts, history.store, "history \(seed), question \(own)")
            }
        }
    }

    @Test("a question printed canonically reads as the same question, and prints as the same text")
    func printed() throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 5, count: 25))
        let facts = try PlainFacts(history.store, zone: .utc, evidence: .default)
        for seed in UInt64(0)..<1500 {
            var maker = QuestionMaker(facts: facts, random: SeededGenerator(seed: seed))
            let text = maker.question().text
            guard let syntax = Parser.query(text).query else { continue }
            let canonical = QueryPrinter.text(syntax)
            guard let again = Parser.query(canonical).query else {
                Issue.record("seed \(seed): \(canonical)")
                continue
            }
            #expect(QueryPrinter.text(again) == canonical, "seed \(seed): \(text)")
            #expect(
                try compiled(canonical, history.store).query == compiled(text, history.store).query, "seed \(seed): \(canonical)")
        }
    }

    /// How many times as long the tests run: `ANSWER_ROUNDS=50` for a night.
    private static let rounds = getenv("ANSWER_ROUNDS").flatMap { UInt64(String(cString: $0)) } ?? 1

    @Test("every aggregate equals the plain reference", arguments: 1...rounds)
    func aggregates(seed: UInt64) throws { try check(history: seed, traces: 180, questions: 36) }

    @Test("every aggregate equals the plain reference over a handful of rows", arguments: 1001...1000 + 3 * rounds)
    func fewRows(seed: UInt64) throws { try check(history: seed, traces: 25, questions: 20) }

    @Test("the sample of a group is the trace of its newest row, of equal times the least id", arguments: [UInt64(61), 62])
    func samples(seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 150))
        let facts = try PlainFacts(history.store, zone: .utc, evidence: .default)
        for (noun, every) in [("errors", facts.errors), ("calls", facts.calls)] {
            let rows = every.filter { $0.scope != 1 }
            for key in [FieldID.type, .model, .signature, .agent, .hour] {
                let answer = try compiled("\(noun) by \(key.rawValue) show sample all", history.store).answer(from: history.store)
                for row in answer.table.rows {
                    let group = rows.filter { $0[key] == row[0] && !$0[.trace].isMissing }
                    let newest = group.map(\.time).max()
                    let ids = group.filter { $0.time == newest }.compactMap {
                        if case .text(let id) = $0[.trace] { id } else { nil }
                    }
                    #expect(row[1] == ids.min().map { .text($0) } ?? .missing, "\(noun) by \(key.rawValue): \(row[0])")
                }
                #expect(!answer.table.rows.isEmpty)
            }
        }
    }
}
