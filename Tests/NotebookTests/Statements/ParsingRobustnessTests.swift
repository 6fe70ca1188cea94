import Glibc
import Model
import TestSupport
import Testing

@testable import QueryLanguage
@testable import Notebook

/// Valid statements from which prefixes and mutations are derived.
private let seeds = [
    "errors by type, model last 24h where model = gpt-4o* and (not recovered or status = 5xx) top 5 sort count desc, model",
    "calls show count, error_rate, p95(latency), share(latency > 30s) by provider every 1h from 2026-11-20 to 14:00 having count > 5",
    "traces where errors > 2 and cost > $0.05 around 14:00 +- 30m limit all as csv to \"x.csv\"",
    "failures \"connection “reset”\" since 3h ago until 2026-11-21 13:00 +01:00 sort duration",
    "errors every 15m on 2026-W47 by weekday, hour having error_rate >= 5% or recovered < 0.5 limit 10",
    "calls where metadata.team.name in (search, 'a b', (none)) and user is not missing and time > ago(1h) over time yesterday",
    "errors by signature show count, new, common(model), sample, change last 24h vs 1w having change > +20% or count over 1h > 3",
    "calls every 5m over 1h show error_rate where model ~ /^gpt-[45]/i and signature is new and agent in $2 from $1[3] as line",
    "$3[2] by model where type in $1 on $2[1] sort change", "trend method=zscore calls by model every 1d last 30d",
    "summary last 24h where agent = planner vs previous", "compare model gpt-4o, 'a b' last 7d where env = production",
    "alert create x when calls by provider over 10m having error_rate > 5% and calls >= 50 for 5m keep 1m do log, webhook \"u\" note 'n'",
    "alert test when errors where status = 5xx over 2m having count > 10 last 30d step 1m as json", "as of 2026-11-10 14:00",
    "incident add 2026-11-10 to 2026-11-11 \"outage\"", "why $1[2]", "let m = a, 'b c'", "expect count > 3 and not new",
    "watch 10s errors by type last 5m until count > 3",
    "explain errors by signature show count, first_seen, last_seen, distinct(user) all",
    "trace 3f2a as json", "sql SELECT 1", "import ~/a.jsonl \"b c\"", "set tz Europe/Berlin",
]

private let splinters = [
    "errors", "by", "where", "and", "or", "not", "(", ")", ",", "=", "!=", "<", "~", "/x/", "\"", "'", "“", "$", "$3", "$0.1",
    "last", "24h", "-24h", "every", "over", "time", "having", "count", "count(", "share(", "p95(latency)", "sort", "top", "5",
    "limit", "all", "as", "csv", "to", "from", "since", "until", "ago", "ago(", "around", "+-", "±", "on", "2026-11-20", "14:00",
    "|", "&&", "||", "!", ";", "#", "\\", "*", "%", "日本", "é", "\u{0}", "\n", "provider:", "model:x", "is", "missing", "has",
    "in", "kind = any, llm", "0", "99999999999999999999", "1e999", "292y", "15250w", "2026-13-45", "9999-12-31", "0001-01-01",
    "1677-01-01", "metadata.", "metadata.a", "[", "]", "{", "desc", "asc", "null", "none", "(none)", "group", "order", "select",
]

@Suite("Parsing of damaged statements")
struct ParsingRobustnessTests {
    /// How many times as many inputs are tried: `PARSER_ROUNDS=80` makes a million.
    private static let rounds = getenv("PARSER_ROUNDS").flatMap { UInt64(String(cString: $0)) } ?? 1

    /// Parses and checks a text; every span must lie within it, on character boundaries.
    private func expectSound(_ text: String, _ note: @autoclosure () -> String) {
        let found = PlainContext.mistakes(text, catalog: SmallCatalog())
        let utf8 = text.utf8
        for diagnostic in found.all {
            let span = diagnostic.span
            // Only failures are recorded: an expectation is more expensive than the check itself.
            guard span.start >= 0, span.start <= span.end, span.end <= utf8.count else {
                Issue.record("\(note()): \(diagnostic) lies outside \(text.debugDescription)")
                continue
            }
            for offset in [span.start, span.end] {
                let index = utf8.index(utf8.startIndex, offsetBy: offset)
                if index.samePosition(in: text.unicodeScalars) == nil {
                    Issue.record("\(note()): \(diagnostic) splits a character of \(text.debugDescription)")
                }
            }
            if diagnostic.message.isEmpty || diagnostic.message.hasSuffix(".") {
                Issue.record("\(note()): \(diagnostic.message)")
            }
        }
        _ = found.offering { further in
            let left = PlainContext.mistakes(further, catalog: SmallCatalog())
            guard left.all.isEmpty else { throw left }
        }
    }

    @Test("every prefix of a statement gives diagnostics within its bounds and never traps")
    func prefixes() {
        for seed in seeds {
            for end in seed.indices { expectSound(String(seed[..<end]), "prefix") }
        }
    }

    @Test("every suffix of a statement gives diagnostics within its bounds and never traps")
    func suffixes() {
        for seed in seeds {
            for start in seed.indices { expectSound(String(seed[start...]), "suffix") }
        }
    }

    @Test("statements with dropped, duplicated, swapped and inserted words never trap")
    func mutations() {
        for seed in UInt64(0)..<5_000 * ParsingRobustnessTests.rounds {
            var random = SeededGenerator(seed: seed)
            var words = random.pick(seeds).split(separator: " ").map(String.init)
            for _ in 0...random.next() % 4 {
                let place = Int(random.next() % UInt64(words.count))
                switch random.next() % 5 {
                case 0 where words.count > 1: words.remove(at: place)
                case 1: words.insert(words[place], at: place)
                case 2: words.swapAt(place, Int(random.next() % UInt64(words.count)))
                case 3: words[place] = random.pick(splinters)
                default: words.insert(random.pick(splinters), at: place)
                }
            }
            expectSound(words.joined(separator: random.chance(90) ? " " : ""), "seed \(seed)")
        }
    }

    @Test("statements of random fragments never trap")
    func noise() {
        for seed in UInt64(0)..<4_000 * ParsingRobustnessTests.rounds {
            var random = SeededGenerator(seed: seed)
            let words = (0..<Int(random.next() % 14)).map { _ in random.pick(splinters) }
            let noun = random.chance(70) ? random.pick(["errors ", "calls ", "traces ", "failures "]) : ""
            expectSound(noun + words.joined(separator: random.chance(80) ? " " : ""), "seed \(seed)")
        }
    }

    @Test("statements with swapped, dropped and duplicated characters never trap")
    func characters() {
        for seed in UInt64(0)..<4_000 * ParsingRobustnessTests.rounds {
            var random = SeededGenerator(seed: seed)
            var characters = Array(random.pick(seeds))
            for _ in 0...random.next() % 3 {
                let place = Int(random.next() % UInt64(characters.count))
                switch random.next() % 3 {
                case 0 where characters.count > 1: characters.remove(at: place)
                case 1: characters.insert(characters[place], at: place)
                default: characters[place] = random.pick(Array("()\"'“$|,;=<>!~/#\\ \n日é±"))
                }
            }
            expectSound(String(characters), "seed \(seed)")
        }
    }

    @Test("limits on nesting and length protect the stack")
    func limits() {
        let deep = "errors where " + String(repeating: "not (", count: 20_000) + "failed" + String(repeating: ")", count: 20_000)
        #expect(PlainContext.mistakes(deep).all.map(\.id).contains("too-deep"))
        let calls = "errors show " + String(repeating: "p95(", count: 20_000)
        #expect(PlainContext.mistakes(calls).all.map(\.id).contains("too-deep"))
        let long = "errors where failed" + String(repeating: " and failed", count: 20_000)
        #expect(PlainContext.mistakes(long).all.map(\.id).contains("too-many"))
        let wide = "errors where model in (" + String(repeating: "a, ", count: 20_000) + "b)"
        #expect(PlainContext.mistakes(wide).all.map(\.id).contains("too-many"))
        let most = "errors where failed" + String(repeating: " or failed", count: 499)
        #expect(PlainContext.mistakes(most).all.isEmpty)
    }
}
