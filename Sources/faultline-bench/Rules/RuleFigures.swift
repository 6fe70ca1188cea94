/// Measurements of rules over a history, in milliseconds: CPU time, wall time, and wall time with a cold file cache.
struct RuleFigures {
    let title: String
    let history: String
    var days = 0, rules = 0, steps = 0
    /// All rules together, from opening the store to the last firing.
    var processor = 0.0, elapsed = 0.0, fromDisk = 0.0
    var firings = 0
    var kinds: [Kind] = []
    /// Number of steps at which SQL was run for each rule.
    var sqlSteps = 0

    /// The rules of one kind.
    struct Kind {
        /// The rule measured on its own.
        let rule: BenchRule
        var processor: Double, elapsed: Double, fromDisk: Double
        /// Firings of all rules of the kind.
        var firings = 0
        /// SQL at every step, extrapolated: for this rule, and for all of the kind.
        var sql = 0.0, sqlOfAll = 0.0
        /// True when both gave the same result at every step where SQL was run.
        var agrees = true
    }

    /// SQL at every step for all rules, extrapolated.
    private var sql: Double { kinds.reduce(0) { $0 + $1.sqlOfAll } }

    var text: String {
        let all = [
            "all \(rules)", Figure.short(processor), Figure.short(elapsed), Figure.short(fromDisk), "\(firings)",
            Figure.whole(sql),
            Figure.short(processor / sql), kinds.allSatisfy(\.agrees) ? "" : "≠",
        ]
        let table = TextTable(
            ["one rule", "ms", "elapsed", "cold", "firings", "SQL per step", "ratio", ""], leftAligned: [0],
            kinds.map {
                [
                    $0.rule.text, Figure.short($0.processor), Figure.short($0.elapsed), Figure.short($0.fromDisk),
                    "\($0.firings)", Figure.whole($0.sql),
                    Figure.short($0.processor / $0.sql), $0.agrees ? "" : "≠",
                ]
            } + [all])
        return """
            Question \(title): \(rules) rules × \(steps) one-minute steps over \(days) days. \(history)
            ms: CPU time from opening the store to the last firing, median of 3. elapsed: the same in wall time. cold: one run in
            wall time with a cold file cache.
            SQL per step: one hand-written statement per step, CPU time extrapolated from \(sqlSteps) of the \(steps) steps; results agree
            at these unless marked ≠. Firings are those of the kind's five rules.
            \(table.text)

            """
    }

    var json: JSONFigure {
        .object([
            ("question", .text(title)), ("store", .text(history)), ("days", .number(Double(days))),
            ("rules", .number(Double(rules))), ("steps", .number(Double(steps))), ("ms", .number(processor)),
            ("elapsed_ms", .number(elapsed)), ("from_disk_ms", .number(fromDisk)), ("firings", .number(Double(firings))),
            ("sql_ms_extrapolated", .number(sql)),
            ("sql_steps_asked", .number(Double(sqlSteps))), ("agrees", .flag(kinds.allSatisfy(\.agrees))),
            (
                "kinds",
                .list(
                    kinds.map { kind in
                        .object([
                            ("rule", .text(kind.rule.text)), ("ms", .number(kind.processor)),
                            ("elapsed_ms", .number(kind.elapsed)), ("from_disk_ms", .number(kind.fromDisk)),
                            ("sql_ms_extrapolated", .number(kind.sql)),
                            ("agrees", .flag(kind.agrees)),
                        ])
                    })
            ),
        ])
    }
}
