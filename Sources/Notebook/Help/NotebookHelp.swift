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
            "Each statement becomes a numbered cell whose rows are kept: `$3` is the result of cell 3, `$` the last one, `$3[2]` the rows behind its row 2."
        ),
        .lines([
            ("$1 as csv to \"types.csv\"", "shown again, or written, without another query"),
            ("$1[2] limit 5", "the rows behind row 2"), ("$1 where model = gpt-4o", "asked again, narrowed"),
            ("rerun 1..3", "run again"), ("edit 2", "edit the text of a cell"),
            ("watch 10s errors by type last 15m until count > 100", "re-run, with changes marked"),
            ("note the quota ran out", "prose between the cells"),
        ]),
        .heading("a script"),
        .text(
            "A text file whose name ends in .flq, or that begins with `#! faultline 1`: prose after `#`, one statement per line. A statement continues on indented lines and while a bracket is open. `let` statements at the beginning are its parameters; `$model` can be used wherever a value can. An example:"
        ),
        .script(script),
        .lines([
            ("faultline run model.flq", "in the shell or from cron; prints only data"),
            ("faultline run model.flq model=o3-mini window=30d", "with other values"),
            ("run model.flq model=(gpt-4o, o3-mini)", "at the prompt; its cells are added to the session"),
            ("queries", "the shipped scripts with their parameters"),
        ]),
        .text(
            "`expect P` asserts that P is true for every row of the last result: `expect count < 100`, `expect rows = 3`, `expect no errors`. When an assertion or a statement fails, the script exits with code 1 and names file, line, cell and row."
        ),
        .text(
            "Scripts are read-only. A statement that changes the store or alert rules, writes a file, reads a file outside the script's folder or sends something is refused, unless `run FILE --write` allows it or you confirm it at the terminal, once for each kind. Scripts can run other scripts by name, or from below their own folder."
        ),
        .heading("a session, recorded and checked"),
        .text(
            "`save NAME` writes the session to sessions/NAME.flq. It is a script with extra lines that faultline writes: `#! faultline 1` names the format, `#@ now … · tz …` what the answers depend on, `#> ` the answer to the statement above, `#= ` hashes of its rows and of the data behind them. All of these are optional."
        ),
        .lines([
            ("save quota-incident", "the session so far"),
            ("sessions --recover", "save interrupted sessions, also after a crash"),
            ("replay quota-incident", "runs again as of its recorded time and compares each cell"),
            ("faultline replay --check quota-incident", "the same; exit code 4 when an answer drifted"),
        ]),
        .text(
            "Verdicts: same · data: rows arrived late, were corrected or deleted · meaning: the same data gives another result, because classification rules or the language changed · both · rendering: the same result, drawn differently, which is not drift. A statement that failed must fail in the same way."
        ),
        .lines([
            ("--update", "replace the recorded answers"), ("--now", "use the current time instead of the recorded one"),
            ("--against other.db", "ask another store"), ("--only 3, 5..7", "judge some cells"),
            ("--write", "also run statements that write"),
        ]),
        .heading("a document"),
        .lines([
            ("report quota.html, report quota.md", "the session so far"),
            ("faultline report quota-incident quota.html", "a session's file"),
            ("faultline recover-script chat.txt", "extract the statements from a report or terminal output"),
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
