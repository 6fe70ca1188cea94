import Model
import SQLite
import TestSupport
import Testing

@testable import LocalStore
@testable import QueryLanguage

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
            for statement in try compile(text).statements.map(SQLCompiler.statement) {
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

    @Test("the SQL of hundreds of alternatives is nested less than 40 levels deep")
    func depth() throws {
        let many = (0..<500).map { "model = m\($0)" }.joined(separator: " or ")
        let text = SQLCompiler.statement(try compile("errors where \(many)").statements[0]).text
        var depth = 0, deepest = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            deepest = max(deepest, depth)
        }
        #expect(depth == 0 && deepest < 40)
    }
}
