import Testing

@Suite("Numbers and nouns")
struct PluralTests {
    /// Nouns counted in messages.
    private static let nouns = [
        "rows", "errors", "calls", "traces", "events", "firings", "rules", "cells", "lines", "spans", "values", "groups",
        "buckets", "evaluations", "incidents", "records", "files", "weeks", "days", "sessions", "statements", "samples",
        "instants", "arguments", "columns", "sources", "notices", "times", "failures", "queries", "cases", "points", "scores",
    ]

    /// Numbers that are never one: limits, and those whose line checks first.
    private static let neverOne: Set<String> = [
        "\\(count) times", "\\(RuleFileReader.ruleLimit) rules", "\\(PatternParser.mostRepeats) times", "\\(count) values",
        "\\(Int64(count).grouped) buckets", "\\(number(bucketsPerColumn)) buckets", "\\(window) buckets",
        "\\(Grid.limit) evaluations", "\\(all) rules", "\\(results.count) rules", "\\(RuleTableFile.mostRules) rules",
        "\\(more) traces", "\\(Session.mostSQLRows) rows", "\\(AnswerPresenter.mostGroups) groups", "\\(plan.calls) calls",
        "\\(lost) sessions", "\\(matches.count) sources", "\\(count) points",
    ]

    @Test("a number is printed with its noun by `counted`, which knows one from many")
    func counted() throws {
        let words = PluralTests.nouns.joined(separator: "|")
        let pattern = try Regex("\\\\\\((?:[^()\"]|\\([^()]*\\))*\\) (?:more |of )?(?:\(words))\\b")
        var seen = 0
        for path in Repository.sources where path.hasPrefix("Sources/") && !path.contains("/faultline-bench/") {
            for line in Repository.lines(path) where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for match in line.matches(of: pattern) where !PluralTests.neverOne.contains(String(line[match.range])) {
                    Issue.record("\(path): \(line[match.range])")
                }
                if line.contains(".counted(\"") { seen += 1 }
            }
        }
        #expect(seen > 40)
    }
}
