import Model
import QueryLanguage
import TestSupport
import Testing

@testable import Notebook
@testable import Platform

/// Good statements whose mutations are tried; none of them writes.
private let good = [
    "errors by type, model last 30d where model = gpt-4o* and not recovered top 5 sort count desc",
    "calls show count, error_rate, p95(latency), share(latency > 30s) by provider every 1d last 30d having count > 5",
    "traces where errors > 2 and cost > $0.05 last 30d limit 3", "failures \"rate limit\" since 3d ago sort duration",
    "errors every 6h on 2026-W47 by weekday, hour having error_rate >= 5% limit 10",
    "errors by signature show count, new, common(model), sample, change last 7d vs 1w having count over 1h > 3",
    "calls every 6h show error_rate last 7d as line", "$1 sort count desc limit 2", "$1[1] by model show count",
    "trend method=zscore calls every 1d last 30d", "summary last 24h where agent = indexer vs previous",
    "compare model gpt-4o, gpt-4o-mini last 7d", "compare provider openai, anthropic last 30d",
    "alert test when errors by provider over 2h having count > 10 last 30d step 10m", "alert list", "alert check",
    "as of 2026-11-10 14:00", "why $1[1]", "trace $1[1]", "let m = gpt-4o", "expect rows > 0",
    "explain errors by signature show count, first_seen last 7d", "sql SELECT count(*) FROM llm_generations",
    "set tz UTC", "set detect +slow", "help where", "fields latency", "firings last 7d by alert show count", "rules list timeout",
    "rerun 1", "edit 1", "queries", "sources", "sessions", "watch 10s errors by type last 5m until rows >= 0", "incident list",
]

@Suite("Corrections that are offered")
struct CorrectionTests {
    /// The correction that a reply offers; nil when it offers none.
    private func offered(_ reply: Reply) -> String? {
        guard let range = reply.narration.firstRange(of: "\ntry: ") else { return nil }
        let lines = reply.narration[range.upperBound...].split(separator: "\n")
        return lines.joined(separator: "\n").replacing("\n     ", with: "\n")
    }

    /// A session whose first cell is a result, on a store of its own.
    private func makeSession(_ folder: TemporaryFolder) throws -> Session {
        let session = try openSession(Stores.copy(Stores.small, in: folder))
        _ = session.run("errors by type all")
        session.bindings["model"] = [Literal(text: "gpt-4o", span: TextSpan(0, 0), isQuoted: false)]
        return session
    }

    @Test("every recorded mistake that offers a correction offers one that runs")
    func recorded() throws {
        let folder = TemporaryFolder()
        let session = try makeSession(folder)
        let text = try Files.text(of: Fixtures.path("queries/mistakes.txt"))
        let statements = text.split(separator: "\n").filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) }
        #expect(statements.count > 250)
        var count = 0
        for statement in statements {
            guard let correction = offered(session.run(statement)) else { continue }
            count += 1
            let reply = session.run(correction)
            #expect(reply.exit == .ok, "\(statement) → \(correction): \(reply.shown)")
        }
        #expect(count > 50, "only \(count) corrections were offered")
    }

    @Test("mutations of good statements offer only corrections that parse, check and are not refused")
    func mutations() throws {
        let folder = TemporaryFolder()
        let session = try makeSession(folder)
        var count = 0
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            let statement = mutated(good[Int(random.next() % UInt64(good.count))], &random)
            let parsed = Statements.parse(statement, bindings: session.bindings)
            guard parsed.effects.kinds.isEmpty else { continue }
            // Only what is wrong is looked at; good statements would be asked.
            var mistakes: Diagnostics?
            do { try session.check(statement) } catch let wrong as Diagnostics { mistakes = wrong } catch {}
            guard let mistakes, let correction = session.offering(mistakes, for: statement).correction else { continue }
            count += 1
            #expect(throws: Never.self, "seed \(seed): \(statement) → \(correction) (\(parsed.written.mistakes.count) mistakes)")
            {
                try session.check(correction)
            }
            guard seed % 7 == 0, Statements.parse(correction, bindings: session.bindings).effects.kinds.isEmpty,
                // Those that ask again and again, and assertions that may fail.
                !["watch", "rerun", "expect"].contains(where: correction.hasPrefix)
            else { continue }
            let reply = session.run(correction)
            #expect(reply.exit == .ok, "seed \(seed): \(statement) → \(correction): \(reply.shown)")
        }
        #expect(count > 300, "only \(count) corrections were offered")
    }

    /// A statement with a letter changed, dropped or doubled, or a word dropped, doubled or added.
    private func mutated(_ statement: String, _ random: inout SeededGenerator) -> String {
        var words = statement.split(separator: " ").map(String.init)
        let place = Int(random.next() % UInt64(words.count))
        switch random.next() % 8 {
        case 0 where words.count > 1: words.remove(at: place)
        case 1: words.insert(words[place], at: place)
        case 2: words.append(["json", "1h", "now", "by", "x"][Int(random.next() % 5)])
        case 3: words.swapAt(place, Int(random.next() % UInt64(words.count)))
        default:
            var letters = Array(words[place])
            let at = Int(random.next() % UInt64(letters.count))
            switch random.next() % 3 {
            case 0 where letters.count > 1: letters.remove(at: at)
            case 1: letters.insert(letters[at], at: at)
            default: letters[at] = Array("etaoinsr_=")[Int(random.next() % 10)]
            }
            words[place] = String(letters)
        }
        return words.joined(separator: random.next() % 10 == 0 ? "  " : " ")
    }

    @Test(
        "what would be refused in its turn is not offered, and what is uncovered on the way is corrected as well",
        arguments: [
            ("alert list  json", "alert list"), ("trace 9999 now", nil), ("trace 3f2a now", "trace 3f2a"),
            ("why errors  1h", "why errors  last 1h"), ("why events last 1h", "why errors last 1h"),
            ("why errors by type", "why errors"), ("changes by model top 3", "changes by model"), ("alert show x y", nil),
            ("set detct +slow", "set detect +slow"), ("set detct +slwo", nil), ("select * from spans", nil),
            ("select * from llm_generations", "sql select * from llm_generations"), ("improt nothere.jsonl", nil),
            ("summary by type", "summary"), ("errors | stats count by model", "errors show count by model"),
            ("rules lst", "rules list"), ("hlep where", "help where"), ("rerun 1 2 x", nil),
            ("alert check now and then", "alert check"),
            ("errors around 14:00 30m", "errors around 14:00 +- 30m"),
            ("errors around 14:00 +/- 30m", "errors around 14:00 +- 30m"),
            ("errors around 2026-11-20 +/-2h by type", "errors around 2026-11-20 +- 2h by type"),
            ("around 14:00 30m", "errors around 14:00 +- 30m"),
            ("compare model gpt-4o, gpt-4o", "compare model gpt-4o, gpt-4o-mini"),
            ("compare model gpt-4o, gpt-4o, gpt-4o-mini", "compare model gpt-4o, gpt-4o-mini"),
        ] as [(String, String?)])
    func cases(_ statement: String, _ correction: String?) throws {
        let folder = TemporaryFolder()
        #expect(offered(try makeSession(folder).run(statement)) == correction)
    }

    @Test("a `vs` that is refused is not said to be missing")
    func refusedComparison() throws {
        let said = try openSession().run("errors by type all vs 7d sort change").narration
        #expect(said.contains("[vs-needs-window]") && !said.contains("there is no `vs`"), "\(said)")
    }

    @Test("what `no rows` suggests can be run as it stands")
    func emptyResult() throws {
        let session = try openSession()
        let reply = session.run("errors where model = gpt-4o and latency > 9d all")
        let line = try #require(reply.output.split(separator: "\n").first { $0.hasPrefix("try: ") })
        #expect(session.run(String(line.dropFirst(5))).exit == .ok)
    }
}
