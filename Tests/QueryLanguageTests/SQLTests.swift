import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// A dialect that spells everything differently: a statement is correct only if the compiler used the dialect.
private struct ShoutingDialect: Dialect {
    func placeholder(_ number: Int) -> String { "&\(number)" }
    func divide(_ a: SQLFragment, by b: Int64) -> SQLFragment { "DIVIDED(\(a), \(raw: String(b)))" }
    func monthNumber(ofDay day: SQLFragment) -> SQLFragment { "MONTH_OF(\(day))" }
    func contains(_ text: SQLFragment, _ part: String) -> SQLFragment { "HOLDS(\(text), \(.text(part)))" }
    func matchesGlob(_ text: SQLFragment, _ glob: String) -> SQLFragment { "GLOBS(\(text), \(.text(glob)))" }
    func matchesPattern(_ text: SQLFragment, _ pattern: String) -> SQLFragment { "MATCHES(\(text), \(.text(pattern)))" }
    func isNotTrue(_ condition: SQLFragment) -> SQLFragment { "NAY(\(condition))" }
    func jsonText(_ object: SQLFragment, key: String) -> SQLFragment { "TEXT_AT(\(object), \(.text(key)))" }
    func jsonNumber(_ object: SQLFragment, key: String) -> SQLFragment { "NUMBER_AT(\(object), \(.text(key)))" }
    func anyElement(of array: SQLFragment, satisfies condition: (SQLFragment) -> SQLFragment) -> SQLFragment {
        "ANY_OF(\(array), \(condition("ELEMENT")))"
    }
    func errorWords(_ text: SQLFragment) -> SQLFragment { "WORDS_OF(\(text))" }
    func entered(by index: String) -> SQLFragment { " ENTERED BY \(raw: index)" }
    func messageCandidates(containing part: String) -> SQLFragment? { "CANDIDATES(\(.text(part)))" }
}

@Suite struct SQLTests {
    /// Texts that would be harmful as SQL, patterns or JSON paths.
    private static let hostile = [
        "'; DROP TABLE err; --", "x' OR '1'='1", "a\"b", "50%_\\", "?1", "\\", "*?[a]", "日本'", "$.\"x\"", "NULL", "); SELECT",
        "a\u{0}b",
    ]

    private func question(_ random: inout SeededGenerator) -> String {
        let noun = random.pick(["errors", "calls", "traces", "failures"])
        var text = noun
        let keys =
            noun == "errors" || noun == "calls"
            ? ["model", "type", "hour", "user", "signature", "tag"] : ["agent", "type", "day"]
        let isGrouped = random.chance(70)
        if isGrouped { text += " by \(random.pick(keys))" }
        if random.chance(40) { text += " every \(random.pick(["5m", "1h", "3h", "1d", "1w", "1mo"]))" }
        if isGrouped, random.chance(50) {
            text +=
                " show count, \(random.pick(["p95(latency)", "distinct(user)", "first_seen", "share", "count(name has x)", "cost"]))"
        }
        text += " where \(random.condition(depth: 2))"
        for _ in 0..<random.next() % 3 {
            let value = Literal.quoted(random.pick(SQLTests.hostile))
            text +=
                " and \(random.pick(["model = ", "user != ", "message has ", "metadata.a = ", "tag = ", "name has ", "session = a, "]))\(value)"
        }
        text += " " + random.pick(["last 24h", "all", "last 90m", "from 2026-11-01 to 2026-11-20 10:17", "on 2026-10"])
        if isGrouped, random.chance(30) { text += " top 3" }
        return text
    }

    @Test("placeholders match the bound values, and user input is never SQL text")
    func bindings() throws {
        for seed in UInt64(0)..<600 {
            var random = SeededGenerator(seed: seed)
            let text = question(&random)
            for statement in try compile(text).statements {
                var numbers: Set<Int> = []
                for part in statement.text.split(separator: "?", omittingEmptySubsequences: false).dropFirst() {
                    if let number = Int(part.prefix { $0.isNumber }) { numbers.insert(number) }
                }
                #expect(
                    numbers == Set(1...max(1, statement.bindings.count)) || numbers.isEmpty && statement.bindings.isEmpty,
                    "seed \(seed): \(statement.text)")
                for value in SQLTests.hostile where value.count > 4 {
                    #expect(!statement.text.contains(value), "seed \(seed): \(text)")
                }
                #expect(!statement.text.contains("DROP"), "seed \(seed): \(text)")
            }
        }
    }

    @Test("the compiler uses the dialect wherever engines differ")
    func dialect() throws {
        let shouted = try compile(
            """
            errors show count, p95(latency) by month where message has "time" and name = chat* and not recovered and tag = vip
            and metadata.team = x and metadata.n > 3 every 1mo from 2026-01-01 to 2026-11-01
            """, dialect: ShoutingDialect()
        ).statements.map(\.text).joined(separator: "\n")
        for word in [
            "&1", "DIVIDED(", "MONTH_OF(", "HOLDS(", "GLOBS(", "NAY(", "TEXT_AT(", "NUMBER_AT(", "ANY_OF(", "CANDIDATES(",
        ] {
            #expect(shouted.contains(word), "\(word)")
        }
        let percentiles = try compile("calls show p95(latency) by model last 7d", dialect: ShoutingDialect()).statements.map(
            \.text
        ).joined()
        #expect(percentiles.contains("ENTERED BY call_latency"))
        for word in ["?1", "LIKE", "GLOB ", "IS NOT TRUE", "->>", "json_each", "strftime", "INDEXED BY", "MATCH"] {
            #expect(!shouted.contains(word) && !percentiles.contains(word), "\(word)")
        }
    }

    @Test("the SQL of hundreds of alternatives is nested less than 40 levels deep")
    func depth() throws {
        let many = (0..<500).map { "model = m\($0)" }.joined(separator: " or ")
        let text = try compile("errors where \(many)").statements[0].text
        var depth = 0, deepest = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            deepest = max(deepest, depth)
        }
        #expect(depth == 0 && deepest < 40)
    }
}
