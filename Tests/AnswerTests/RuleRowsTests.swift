import Model
import Testing

@testable import LocalStore
@testable import QueryLanguage

@Suite("What rules read of packed days")
struct RuleRowsTests {
    static let rules = [
        "errors over 1h having count > 3",
        "errors by type over 1h having count > 3 and calls > 2",
        "errors by provider, type where status = 5xx over 15m having count > 1",
        "errors by model where provider = openai or agent is missing over 1h having count > 1",
        "errors where not (class = rate_limit or severity >= ERROR) over 1h having count > 1",
        "errors where model has gpt and status is missing and environment != prod over 1h having count > 1",
        "errors over 1h having count(type = timeout) > 1 and share(provider = openai) > 10%",
        "errors by class, service over 1h having recovered > 10%",
        "errors by name, release, project where kind = any over 1h having count > 0",
        "errors where evidence = soft over 1h having count > 0",
        "errors where type is new over 1h having count > 0",
        "errors where not recovered over 1h having count > 0",
        "errors over 1h having sum(cost) > $1",
        "calls over 5m having error_rate > 5% and calls > 10",
        "calls by model over 5m having error_rate > 5%",
        "calls over 5m having p95(latency) > 1s",
    ]

    /// What a row is, with its keys as they read.
    private func lines(_ columns: HistoryColumns) -> [String] {
        columns.times.indices.map { row in
            func at<T>(_ column: [T]) -> String { column.isEmpty ? "-" : "\(column[row])" }
            let recovered = columns.recoveredAt.isEmpty ? HistoryColumns.unknown : columns.recoveredAt[row]
            let numbers = [
                at(columns.failed), "\(recovered)", at(columns.lives), at(columns.counts), at(columns.countsOnStart),
                at(columns.failedOnStart), at(columns.conditions),
            ]
            return "\(columns.times[row]) \(columns.keys[Int(columns.keyOf[row])]) \(numbers) \(columns.values.map { at($0) })"
        }
    }

    @Test(
        "is what they read of the rows, whatever the rule and wherever the window begins and ends",
        arguments: 41...43 as ClosedRange<UInt64>)
    func same(seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 400)), store = history.store
        let all = try store.errorColumns(in: Window(from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max)))
        #expect(all.stretches.count > 1 && all.kindCount > 0, "days are packed, others are not")
        let facts = try store.queryFacts()
        let coverage = try #require(facts.coverage)
        let windows = [
            coverage, Window(from: coverage.from + .seconds(40_000), to: coverage.to - .seconds(100_000)),
            Window(from: coverage.to - .seconds(3600), to: coverage.to + .seconds(1)),
            Window(from: all.stretches[0].from + .seconds(7), to: all.stretches[0].to - .nanoseconds(1)),
        ]
        let context = CheckContext(now: coverage.to, coverage: coverage)
        var packedFamilies = 0
        for text in RuleRowsTests.rules {
            let (parsed, mistakes) = Parser.rule("when " + text)
            guard let syntax = parsed else { throw Diagnostics(text: text, mistakes) }
            let rule = try QueryCompiler().compileRule(syntax, text: text, mistakes: mistakes, context: context)
            for window in windows {
                for family in QueryCompiler().rows(of: rule, in: window, allowsMinutes: true) {
                    let histories = StoreHistory(store, in: window, leastErrorsOfKind: 0)
                    let plain = try histories.history(for: family.request, allowsSegments: false)
                    let columns = try histories.history(for: family.request)
                    #expect(lines(columns) == lines(plain), "\(text), seed \(seed), \(window)")
                    if HistorySQL(family.request).packing != nil { packedFamilies += 1 }
                }
            }
        }
        #expect(packedFamilies == 12 * windows.count, "those that kinds or minutes answer")
    }
}
