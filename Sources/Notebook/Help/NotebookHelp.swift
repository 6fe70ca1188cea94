import Render

/// `help notebook`: one page from which a newcomer can write, run, parameterise and check a script.
enum NotebookHelp {
    static let topic = "notebook"

    /// A part of the page.
    private enum Part {
        case heading(String)
        case text(String)
        /// Statements or commands, and what each does.
        case lines([(code: String, meaning: String)])
        /// A text to be copied.
        case script([String])
    }

    /// The script that the page writes: a test runs it as it stands.
    static let script = [
        "# How the calls of one model fail", "let model = gpt-4o", "let window = 7d", "",
        "errors by type where model = $model last $window", "calls show count, error_rate, p95(latency)",
        "  where model = $model last $window", "expect error_rate < 50%",
    ]

    private static let parts: [Part] = [
        .heading("the notebook: cells"),
        .text(
            "Each statement becomes a numbered cell, and its rows are kept: `$3` is the result of cell 3, `$` the last one, `$3[2]` what stands behind its row 2."
        ),
        .lines([
            ("$1 as csv to \"types.csv\"", "shown again, or written, without asking again"),
            ("$1[2] limit 5", "the rows behind row 2"), ("$1 where model = gpt-4o", "asked again, narrowed"),
            ("rerun 1..3", "run again"), ("edit 2", "put a cell's text back on the line"),
            ("watch 10s errors by type last 15m until count > 100", "again and again, what changed marked"),
            ("note the quota ran out", "prose between the cells"),
        ]),
        .heading("a script"),
        .text(
            "A text file whose name ends in .flq, or that begins with `#! faultline 1`: prose behind `#`, one statement a line; it goes on over lines that are indented, or while a bracket is open. The `let`s that begin it are its parameters; `$model` stands wherever a value may. This is one:"
        ),
        .script(script),
        .lines([
            ("faultline run model.flq", "in the shell, and from cron: the output is data alone"),
            ("faultline run model.flq model=o3-mini window=30d", "with other values"),
            ("run model.flq model=(gpt-4o, o3-mini)", "at the prompt: its cells become yours"),
            ("queries", "the shipped scripts with their parameters"),
        ]),
        .text(
            "`expect P` asserts that P holds for every row of the last result: `expect count < 100`, `expect rows = 3`, `expect no errors`. A script in which one fails, or a statement is wrong, ends with code 1 and names file, line, cell and row."
        ),
        .text(
            "A script only asks. A statement that changes the store or alert rules, writes a file, reads one outside the script's folder or sends is refused, unless `run FILE --write` allows it, or the person at the terminal, who is asked about each kind once. Scripts run other scripts by name, or from below their own folder."
        ),
        .heading("a session, recorded and checked"),
        .text(
            "`save NAME` writes the session to sessions/NAME.flq. It is a script like any other, with lines of the machine's own: `#! faultline 1` names the format, `#@ now … · tz …` what the answers depend on, `#> ` the answer above, `#= ` hashes of its rows and of the data behind them. You may write one without any of these."
        ),
        .lines([
            ("save quota-incident", "the session so far"),
            ("sessions --recover", "what was not saved, also after a crash"),
            ("replay quota-incident", "asks again at its own time, and judges each cell"),
            ("faultline replay --check quota-incident", "the same; code 4 when an answer drifted"),
        ]),
        .text(
            "Verdicts: same · data: rows came late, were corrected or deleted · meaning: the same data gives another result, because rules or language moved · both · rendering: the same result drawn otherwise, which is no drift. A statement that failed must fail in the same way."
        ),
        .lines([
            ("--update", "take the answers of now"), ("--now", "let go of the pinned time"),
            ("--against other.db", "ask another store"), ("--only 3, 5..7", "judge some cells"),
            ("--write", "also run statements that write"),
        ]),
        .heading("a document"),
        .lines([
            ("report quota.html, report quota.md", "the session so far"),
            ("faultline report quota-incident quota.html", "a session's file"),
            ("faultline recover-script chat.txt", "the statements out of a report or scroll-back"),
        ]),
    ]

    /// The page.
    static func lines(_ style: Style) -> [String] {
        var lines: [String] = []
        for part in parts {
            switch part {
            case .heading(let text): lines += (lines.isEmpty ? [] : [""]) + [style.theme.paint(text, .strong)]
            case .text(let text): lines += wrap(text, width: style.widthInColumns)
            case .script(let script): lines += [""] + script.map { $0.isEmpty ? "" : "  " + $0 } + [""]
            case .lines(let rows): for row in rows { lines += NotebookHelp.row(row.code, row.meaning, style) }
            }
        }
        return lines
    }

    /// What is typed, and beside or below it what it does.
    private static func row(_ code: String, _ meaning: String, _ style: Style) -> [String] {
        let column = min(32, style.widthInColumns / 2)
        let below = wrap(meaning, width: max(20, style.widthInColumns - column))
        let indent = String(repeating: " ", count: column)
        let isBeside = DisplayWidth.of(code) < column - 3
        let head = "  " + style.theme.paint(code, .accent)
        guard isBeside else { return [head] + below.map { indent + style.theme.paint($0, .dim) } }
        let gap = String(repeating: " ", count: column - 2 - DisplayWidth.of(code))
        return [head + gap + style.theme.paint(below.first ?? "", .dim)]
            + below.dropFirst().map { indent + style.theme.paint($0, .dim) }
    }
}
