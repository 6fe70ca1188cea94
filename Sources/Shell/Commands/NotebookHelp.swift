import Render

/// `help notebook`: one page from which a newcomer can write, run, parameterise and check a script.
enum NotebookHelp {
    static let topic = "notebook"

    /// A part of the page.
    private enum Part {
        case heading(String)
        case text(String)
        /// Lines that may be copied; what stands behind two blanks and a dash says what one does.
        case code([String])
    }

    /// The script that the page writes: a test runs it as it stands.
    static let script = [
        "# How the calls of one model fail", "let model = gpt-4o", "let window = 7d", "",
        "errors by type where model = $model last $window", "calls show count, error_rate, p95(latency)",
        "  where model = $model last $window", "expect error_rate < 50%",
    ]

    private static let parts: [Part] = [
        .heading("cells"),
        .text(
            "Each statement becomes a numbered cell, and its rows are kept: `$3` is the result of cell 3, `$` the last one, `$3[2]` what stands behind its row 2."
        ),
        .code([
            "errors by type last 24h", "$1 as csv to \"types.csv\"   - shown again, or written, without asking again",
            "$1[2] limit 5               - the rows behind row 2", "$1 where model = gpt-4o     - asked again, narrowed",
            "rerun 1..3, edit 2          - run again; put a text back on the line",
            "watch 10s errors by type last 15m until count > 100",
            "note the quota ran out      - prose between the cells",
        ]),
        .heading("a script"),
        .text(
            "A script is a text file, by habit with the ending .flq: prose behind `#`, one statement a line. A statement goes on over lines that are indented, or while a bracket is open. The `let`s that begin it are its parameters; `$model` stands wherever a value may."
        ),
        .code(script),
        .code([
            "faultline run model.flq                            - in the shell; also from cron: the output is data",
            "faultline run model.flq model=o3-mini window=30d   - other values for the parameters",
            "run model.flq model=(gpt-4o, o3-mini)              - at the prompt: its cells become yours",
            "queries                                            - the shipped scripts",
        ]),
        .text(
            "`expect P` asserts over the last result that P holds for every row: `expect count < 100`, `expect rows = 3`, `expect no errors`. A script in which one fails, or a statement is wrong, ends with code 1 and names file, line, cell and row."
        ),
        .heading("a session, recorded and checked"),
        .text(
            "`save NAME` writes the session to sessions/NAME.flq: the same format, with every answer below its statement (`#>`), hashes of answer and data (`#=`), and what they depend on at the head (`#@ now … · tz …`). `#! faultline 1` names the format. What was not saved is not lost: `sessions --recover`, also after a crash."
        ),
        .code([
            "save quota-incident", "replay quota-incident             - asks again at its own time, and judges each cell",
            "faultline replay --check quota-incident   - ends with code 4 when an answer drifted",
        ]),
        .text(
            "Verdicts: same · data, rows came late, were corrected or deleted · meaning, the same data gives another result: rules or language moved · both · rendering, the same result drawn otherwise, no drift. `--update` takes the answers of now, `--now` lets go of the pinned time, `--against STORE` asks another store, `--only 3..5` judges some cells, `--write` runs statements that write as well. A statement that failed must fail in the same way."
        ),
        .heading("a document"),
        .code([
            "report quota.html, report quota.md       - the session so far", "faultline report quota-incident quota.html",
            "faultline recover-script chat.txt        - the statements out of a report or a scroll-back",
        ]),
    ]

    /// The page.
    static func lines(_ style: Style) -> [String] {
        var lines: [String] = []
        for part in parts {
            switch part {
            case .heading(let text): lines += (lines.isEmpty ? [] : [""]) + [style.theme.paint(text, .strong)]
            case .text(let text): lines += wrap(text, width: style.widthInColumns)
            case .code(let code): lines += [""] + code.map { "  " + $0 } + [""]
            }
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
