import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// Answers that are made of others: each number beside the answer to the one question it stands for, which
/// `AggregateTests` proves by themselves.
@Suite struct CompositionTests {
    private static let zones = [Zone.utc, Zones.berlin]

    private func answer(_ text: String, _ history: HistoryStore, _ zone: Zone) throws -> Answer {
        try compiled(text, history.store, zone: zone).answer(from: history.store)
    }

    /// Rows by their keys.
    private func rows(_ answer: Answer, keys: Int) -> [[Value]: [Value]] {
        Dictionary(answer.table.rows.map { (Array($0[..<keys]), Array($0[keys...])) }, uniquingKeysWith: { a, _ in a })
    }

    private static let shown = "show count, errors, error_rate, avg(latency), cost, p95(latency), distinct(model), recovered"

    @Test("under `vs` each value stands beside its value in the window before", arguments: [UInt64(1), 2, 3])
    func versus(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        for (index, key) in ["type", "model", "provider, agent", "signature"].enumerated() {
            let zone = CompositionTests.zones[index % 2]
            let keys = key.split(separator: ",").count
            let question = "errors by \(key) \(CompositionTests.shown)"
            let both = try answer("\(question) from 2026-11-21T06:00Z to 2026-11-21T18:00Z vs previous", history, zone)
            let now = rows(try answer("\(question) from 2026-11-21T06:00Z to 2026-11-21T18:00Z", history, zone), keys: keys)
            let before = rows(try answer("\(question) from 2026-11-20T18:00Z to 2026-11-21T06:00Z", history, zone), keys: keys)
            let found = rows(both, keys: keys)
            #expect(Set(found.keys) == Set(now.keys).union(before.keys), "seed \(seed), \(key)")
            for (name, values) in found {
                for measure in 0..<8 {
                    if let row = now[name] { #expect(values[2 * measure] == row[measure], "seed \(seed), \(key): \(name)") }
                    if let row = before[name] {
                        #expect(values[2 * measure + 1] == row[measure], "seed \(seed), \(key): \(name)")
                    }
                }
                guard case .count(let a) = values[0], case .count(let b) = values[1], both.baseline?.covered == nil else {
                    continue
                }
                let change: Value =
                    b == 0 ? (a == 0 ? .missing : .number(.infinity)) : .number((Double(a) - Double(b)) / Double(b))
                #expect(values[16] == change, "\(name)")
            }
        }
    }

    @Test("buckets under `vs` stand beside the buckets of the window that long ago", arguments: [UInt64(4), 5])
    func versusSeries(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        let both = try answer(
            "calls every 1h show count, error_rate from 2026-11-21T06:00Z to 2026-11-21T18:00Z vs 1d", history, .utc)
        let before = try answer(
            "calls every 1h show count, error_rate from 2026-11-20T06:00Z to 2026-11-20T18:00Z", history, .utc)
        #expect(both.table.rows.count == 12 && before.table.rows.count == 12)
        for (row, old) in zip(both.table.rows, before.table.rows) {
            #expect(row[2] == old[1] && row[4] == old[2], "seed \(seed)")
        }
    }

    @Test("`over D` takes each value over (t − D, t], t the end of the bucket", arguments: [UInt64(6), 7])
    func over(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        let shown = "show count, error_rate, p95(latency), cost"
        let sliding = try answer("calls every 30m over 2h \(shown) from 2026-11-21T06:00Z to 2026-11-21T12:00Z", history, .utc)
        guard case .series(let axis) = sliding.shape else {
            Issue.record("no series")
            return
        }
        for (index, row) in sliding.table.rows.enumerated() {
            let end = axis.bucket(index).to, instant = Duration.nanoseconds(1)
            let from = TimeText.iso(end - .hours(2) + instant), to = TimeText.iso(end + instant)
            let whole = try answer("calls \(shown) from \(from) to \(to)", history, .utc)
            #expect(Array(row.dropFirst()) == whole.table.rows[0], "seed \(seed), bucket \(index)")
        }
    }

    @Test("a measure of `having` may look at a length of its own", arguments: [UInt64(8), 9])
    func havingOver(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        let kept = try answer(
            "calls by model show count from 2026-11-21T00:00Z to 2026-11-21T12:00Z having count over 3h > 2", history, .utc)
        let near = try answer(
            "calls by model show count from 2026-11-21T09:00:00.000000001Z to 2026-11-21T12:00:00.000000001Z", history, .utc)
        let all = try answer("calls by model show count from 2026-11-21T00:00Z to 2026-11-21T12:00Z", history, .utc)
        let counts = rows(near, keys: 1)
        let expected = all.table.rows.filter { if case .count(let n)? = counts[[$0[0]]]?.first { n > 2 } else { false } }
        #expect(Set(kept.table.rows) == Set(expected), "seed \(seed)")
    }

    @Test("new is what no earlier row has; common is the value that most rows have", arguments: [UInt64(10), 11, 12])
    func newAndCommon(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        let from = "2026-11-21T08:00Z"
        let before = Set(
            try answer("calls by model show count where kind = any from 1990-01-01 to \(from)", history, .utc).table.rows.map {
                $0[0]
            })
        let within = try answer("calls by model show count from \(from) to 2026-12-30", history, .utc)
        let new = try answer("calls by model show count where model is new from \(from) to 2026-12-30", history, .utc)
        let expected = within.table.rows.filter { !$0[0].isMissing && !before.contains($0[0]) }
        #expect(Set(new.table.rows) == Set(expected), "seed \(seed)")

        let common = try answer("errors by model show common(type) all", history, .utc)
        let counts = try answer("errors by model, type show count all", history, .utc)
        for row in common.table.rows {
            let mine = counts.table.rows.filter { $0[0] == row[0] }
            let most = mine.compactMap { $0[2].magnitude }.max()
            #expect(mine.contains { $0[1] == row[1] && $0[2].magnitude == most }, "seed \(seed): \(row)")
        }
    }

    @Test("as of hides what came later, and what recovered later is still open", arguments: [UInt64(13), 14])
    func asOf(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        let facts = try history.store.queryFacts()
        guard let instant = TimeText.parse("2026-11-21T09:30:00Z", zone: .utc) else { return }
        var context = CheckContext(now: instant, coverage: facts.coverage)
        context.asOf = instant
        func ask(_ text: String) throws -> Answer {
            guard let syntax = Parser.query(text).query else { throw Diagnostics(text: text, []) }
            return try QueryCompiler().compile(syntax, text: text, context: context, facts: facts).answer(from: history.store)
        }
        let known = try ask("errors by model show count all")
        let plain = try answer("errors by model show count from 1800-01-02 to 2026-11-21T09:30:00.000000001Z", history, .utc)
        #expect(rows(known, keys: 1) == rows(plain, keys: 1), "seed \(seed)")
        let recovered = try ask("errors show count(recovered) all").table.rows[0][0]
        let expected = try PlainFacts(history.store, zone: .utc, evidence: .default).errors.filter { row in
            row.scope != 1 && row.time <= instant.nanoseconds && row[.recovered] == .flag(true)
                && row.recoveryTime.map { row.time + $0 <= instant.nanoseconds } ?? false
        }.count
        #expect(recovered == .count(Int64(expected)), "seed \(seed)")
    }

    @Test("patterns find the texts that they match", arguments: [UInt64(15)])
    func patterns(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        for text in ["^gpt", "(?i)CLAUDE|mini", "[0-9]+$", "."] {
            let pattern = try Pattern(text)
            let found = try answer("calls by model show count where model ~ \"\(text)\" all", history, .utc)
            let all = try answer("calls by model show count all", history, .utc)
            let expected = all.table.rows.filter { if case .text(let model) = $0[0] { pattern.matches(model) } else { false } }
            #expect(Set(found.table.rows) == Set(expected), "\(text)")
            let others = try answer("calls by model show count where model !~ \"\(text)\" all", history, .utc)
            #expect(Set(others.table.rows) == Set(all.table.rows).subtracting(expected), "not \(text)")
        }
    }

    @Test("the rows behind a row of a result are as many as it says", arguments: [UInt64(16), 17])
    func drilling(_ seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        let facts = try history.store.queryFacts()
        for text in [
            "errors by type all", "errors by model, weekday top 2 all", "calls by latency all", "errors by tag all",
            "calls by agent every 1d from 2026-11-15 to 2026-11-25",
        ] {
            let query = try compiled(text, history.store)
            let whole = try query.answer(from: history.store)
            var context = CheckContext(now: Timestamp(seconds: 1_795_000_000), coverage: facts.coverage)
            context.results = [1: ResultSource(query: query.query, answer: whole)]
            guard let count = whole.table.index(of: "count") else { continue }
            for (index, row) in whole.table.rows.enumerated().prefix(40) {
                let drill = "$1[\(index + 1)] limit all"
                guard let syntax = Parser.query(drill).query else { continue }
                let behind = try QueryCompiler().compile(syntax, text: drill, context: context, facts: facts).answer(
                    from: history.store)
                let expected: Int = if case .count(let n) = row[count] { Int(n) } else { 0 }
                #expect(behind.table.rows.count == expected, "seed \(seed), \(text), row \(index + 1): \(row)")
            }
        }
    }
}
