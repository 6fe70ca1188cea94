/// Figures of rules over a history, in milliseconds: processor time, time that passes, and that where the file is read from disk.
struct RuleFigures {
    let title: String
    let history: String
    var days = 0, rules = 0, steps = 0
    /// All rules together, from opening the store to the last firing.
    var processor = 0.0, elapsed = 0.0, fromDisk = 0.0
    var firings = 0
    var kinds: [Kind] = []
    /// At how many steps each rule was asked by SQL.
    var sqlSteps = 0

    /// Rules of one kind.
    struct Kind {
        /// The one that was measured by itself.
        let rule: BenchRule
        var processor: Double, elapsed: Double, fromDisk: Double
        /// Of all rules of the kind.
        var firings = 0
        /// This one asked by SQL at every step, extrapolated, and all of the kind.
        var sql = 0.0, sqlOfAll = 0.0
        /// True when at every step that SQL was asked for both said the same.
        var agrees = true
    }

    /// All rules asked by SQL at every step, extrapolated.
    private var sql: Double { kinds.reduce(0) { $0 + $1.sqlOfAll } }

    var text: String {
        let all = [
            "all \(rules)", Figure.short(processor), Figure.short(elapsed), Figure.short(fromDisk), "\(firings)",
            Figure.whole(sql),
            Figure.short(processor / sql), kinds.allSatisfy(\.agrees) ? "" : "≠",
        ]
        let table = TextTable(
            ["one rule", "ms", "elapsed", "from disk", "firings", "SQL per step", "ratio", ""], leftAligned: [0],
            kinds.map {
                [
                    $0.rule.text, Figure.short($0.processor), Figure.short($0.elapsed), Figure.short($0.fromDisk),
                    "\($0.firings)", Figure.whole($0.sql),
                    Figure.short($0.processor / $0.sql), $0.agrees ? "" : "≠",
                ]
            } + [all])
        return """
            Question \(title): \(rules) rules × \(steps) steps of a minute over \(days) days. \(history)
            ms: processor time from opening a store to the last firing; medians of 3. elapsed: the same by the clock. from disk: once by
            the clock, after the system was asked to forget the file.
            SQL per step: a statement by hand for each step, processor time extrapolated from \(sqlSteps) of the \(steps) steps, at which
            both say the same unless marked ≠. Firings are those of the kind's five rules.
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
