import LocalStore
import Model
import Testing

@testable import QueryLanguage

/// Every noun with every measure in every clause: each statement is answered, or refused with a mistake.
@Suite("Nouns and measures")
struct MeasureSweepTests {
    /// Each measure at least once, those that take a field with fields that some nouns have and others have not.
    static let measures: [String] = {
        var texts: [String] = []
        for row in MeasureTable.all {
            switch row.name {
            case "count", "share": texts += [row.name, "\(row.name)(retries > 0)", "\(row.name)(event = fallback)"]
            case "per_minute": texts += ["count", "errors", "tokens", "p95(latency)"].map { "per_minute(\($0))" }
            case "per_second": texts += ["calls", "cost", "sum(latency)", "per_second(count)"].map { "per_second(\($0))" }
            case "distinct": texts += ["type", "event", "day"].map { "distinct(\($0))" }
            case "common": texts += ["model", "event", "latency"].map { "common(\($0))" }
            case _ where Aggregate(rawValue: row.name) != nil:
                // The same fields for each kind: a sum, an extreme, a percentile.
                let fields = ["sum": ["errors", "type"], "min": ["retries"], "p95": ["cost", "hour"]][row.name] ?? ["latency"]
                texts += fields.map { "\(row.name)(\($0))" }
            default: texts.append(row.name)
            }
        }
        return texts
    }()

    static let clauses = [
        "show M all", "by model show M all", "by type, hour show M all", "by event show M all", "by user show M top 2 all",
        "every 1d show M from 2026-11-18 to 2026-11-23", "by agent every 1d show M from 2026-11-18 to 2026-11-23 top 1",
        "every 6h over 1d show M from 2026-11-20 to 2026-11-22", "show M on 2026-11-21 vs previous",
        "by agent show count, M, change on 2026-11-21 vs 1d", "by agent show M, delta on 2026-11-21 vs 1d sort delta",
        "by agent show count having M is missing all", "by agent show count having M > 1 all",
        "by agent show count having M over 2h > 0 on 2026-11-21", "by agent show count sort M top 2 all",
        "by agent show count sort M asc, agent all",
    ]

    /// Asks a statement about a context.
    /// - Returns: The question and its answer; nil when it was refused.
    private func ask(_ text: String, _ history: HistoryStore, results: [Int: ResultSource] = [:]) throws -> ResultSource? {
        let facts = try history.store.queryFacts()
        var context = CheckContext(now: Timestamp(seconds: AwkwardHistory.november + 50_000), coverage: facts.coverage)
        (context.results, context.lastResult) = (results, results.isEmpty ? nil : 1)
        let (read, mistakes) = Parser.query(text)
        guard let syntax = read else { return nil }
        let query: CompiledQuery
        do throws(Diagnostics) {
            query = try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context, facts: facts)
        } catch {
            return nil
        }
        return ResultSource(query: query.query, answer: try query.answer(from: history.store))
    }

    @Test("every measure of every noun is answered or refused in every clause", arguments: Noun.allCases)
    func clauses(_ noun: Noun) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 81, count: 12))
        var answered = 0, refused = 0
        for measure in MeasureSweepTests.measures {
            for clause in MeasureSweepTests.clauses {
                let text = "\(noun.rawValue) " + clause.replacing("M", with: measure)
                do {
                    if try ask(text, history) == nil { refused += 1 } else { answered += 1 }
                } catch {
                    Issue.record("\(text): \(error)")
                }
            }
        }
        #expect(answered > 100 && refused > 100, "\(answered) answered, \(refused) refused")
    }

    @Test("every measure is answered or refused over results and their rows", arguments: Noun.allCases)
    func drilling(_ noun: Noun) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 82, count: 12))
        for base in [
            "\(noun.rawValue) by agent show count all", "\(noun.rawValue) all",
            "\(noun.rawValue) every 1d show count on 2026-11-21",
        ] {
            guard let source = try ask(base, history) else { continue }
            for measure in MeasureSweepTests.measures {
                for clause in ["$1 show M", "$1[1] show M", "$1 by user show M top 1", "$1[1] by day show count sort M"] {
                    let text = clause.replacing("M", with: measure)
                    do { _ = try ask(text, history, results: [1: source]) } catch { Issue.record("\(base), \(text): \(error)") }
                }
            }
        }
    }

    @Test("rules about every noun and measure are read with the rows behind them, or refused", arguments: Noun.allCases)
    func rules(_ noun: Noun) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 83, count: 12)), store = history.store
        let facts = try store.queryFacts(), window = try #require(facts.coverage)
        for measure in MeasureSweepTests.measures {
            for by in ["", "by model ", "by agent where message has \"e\" "] {
                let text = "\(noun.rawValue) \(by)over 1h having \(measure) is missing or \(measure) over 5m is not missing"
                let (parsed, mistakes) = Parser.rule("when " + text)
                guard let syntax = parsed else { continue }
                let rule: CheckedRule
                do throws(Diagnostics) {
                    rule = try QueryCompiler().compileRule(
                        syntax, text: text, mistakes: mistakes, context: CheckContext(now: window.to, coverage: window))
                } catch {
                    continue
                }
                do {
                    let histories = store.histories(in: window)
                    for rows in QueryCompiler().rows(of: rule, in: window, allowsMinutes: true) {
                        _ = try histories.history(for: rows.request)
                    }
                    // What a firing shows: the rows behind it, and what they have in common.
                    let keys = rule.query.keys.map { _ in Value.missing }
                    let behind = CheckedQuery(behind: rule, keys: keys, in: window)
                    for query in [behind, behind.commonTraits] {
                        _ = try QueryCompiler().compile(query, facts: facts).answer(from: store)
                    }
                } catch {
                    Issue.record("\(text): \(error)")
                }
            }
        }
    }

    @Test("the checker refuses exactly the measures that a noun has nothing for")
    func oneTable() throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 84, count: 5))
        for (text, nouns) in [
            ("count", Noun.allCases), ("tokens", [.errors, .calls, .failures, .traces]),
            ("cost", [.errors, .calls, .failures, .traces]),
            ("per_minute(tokens)", [.errors, .calls, .failures, .traces]), ("calls", [.errors, .calls, .failures, .traces]),
            ("errors", [.errors, .calls, .failures, .traces]), ("error_rate", [.errors, .calls]),
            ("reliability", [.errors, .calls]), ("recovered", [.errors]), ("recovery_time", [.errors]),
            ("models", [.errors, .calls, .events]), ("users", Noun.allCases), ("sessions", Noun.allCases),
            ("traces", Noun.allCases), ("sample", Noun.allCases), ("first_seen", Noun.allCases),
            ("common(type)", [.errors, .calls, .failures, .traces]), ("common(event)", [.events]),
            ("sum(latency)", [.errors, .calls, .failures, .traces]), ("sum(errors)", [.failures, .traces]),
        ] as [(String, [Noun])] {
            for noun in Noun.allCases {
                let isAnswered = try ask("\(noun.rawValue) show \(text) all", history) != nil
                #expect(isAnswered == nouns.contains(noun), "\(noun.rawValue) show \(text)")
            }
        }
    }
}
