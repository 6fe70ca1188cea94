/// The results of one run.
struct BenchReport {
    var store: String?
    var questions: [QuestionFigures] = []
    var imports: [ImportFigures] = []
    var starts: [StartFigures] = []
    var classification: ClassificationFigures?
    var rules: [RuleFigures] = []
    var completions: [CompletionFigures] = []
    var replay: ReplayFigures?

    /// Maximum ratio of a question to the best hand-written SQL.
    static let aim = 1.2

    // MARK: Text

    func text() -> String {
        var text = ""
        if !imports.isEmpty { text += importText() }
        if let classification { text += BenchReport.text(classification) }
        if let store { text += "store: \(store)\n\n" }
        if !questions.isEmpty { text += questionText() }
        for figures in rules { text += figures.text }
        if !starts.isEmpty { text += startText() }
        if !completions.isEmpty { text += completionText() }
        if let replay { text += replayText(replay) }
        return text
    }

    private func questionText() -> String {
        let table = TextTable(
            [
                "", "question", "ms", "compiling", "by hand", "ratio", "over", "raw", "ratio", "rows", "by hand", "raw", "total",
                "by hand", "raw", "",
            ],
            leftAligned: [0, 1],
            questions.map { figures in
                let ratio = figures.own / figures.byHand
                return [
                    figures.question.id, figures.question.title, Figure.short(figures.own), Figure.short(figures.compiling),
                    Figure.short(figures.byHand), Figure.short(ratio), ratio > BenchReport.aim ? ">1.2" : "",
                    Figure.short(figures.raw), Figure.short(figures.own / figures.raw), "\(figures.ownOutcome.rows)",
                    "\(figures.handOutcome.rows)", "\(figures.rawOutcome.rows)", Figure.total(figures.ownOutcome),
                    Figure.total(figures.handOutcome), Figure.total(figures.rawOutcome), figures.agrees ? "" : "≠",
                ]
            })
        return """
            Questions: CPU time in milliseconds, medians of alternating runs in one process on one warm store.
            by hand: the best known SQL over facts and rollups. raw: SQL over span, trace and event alone, types guessed.
            \(table.text)

            """
    }

    private static func text(_ figures: ClassificationFigures) -> String {
        """
        Classification of \(figures.messages) messages, \(Figure.whole(figures.length)) bytes on average, on one core: \
        best \(Figure.whole(figures.best)) messages per second, median \(Figure.whole(figures.median)).


        """
    }

    private func importText() -> String {
        let table = TextTable(
            [
                "rows", "MB", "µs/row", "plain", "reading", "end to end", "", "inserts", "rows/s", "plain", "elapsed", "peak MB",
                "plain",
            ], leftAligned: [6],
            imports.map {
                [
                    "\($0.rows)", Figure.short(Double($0.bytes) / 1e6), Figure.short($0.own.processorPerRow),
                    Figure.short($0.plain.processorPerRow), Figure.short($0.reading.processorPerRow),
                    Figure.short($0.endToEnd), $0.endToEnd > ImportMeasurement.aim ? ">2.5" : "", Figure.short($0.inserting),
                    Figure.whole($0.own.rowsPerSecond), Figure.whole($0.plain.rowsPerSecond), Figure.short($0.elapsed),
                    Figure.short($0.own.peak / 1e6), Figure.short($0.plain.peak / 1e6),
                ]
            })
        return """
            Imports of Langfuse observations into a new store, each in its own process; CPU time in µs, medians.
            plain: the same reader into one SQLite table with the same columns and upsert key.
            reading: the same reader, discarding the records; included in both other times.
            end to end: CPU time of the import into the store / into the plain table. inserts: the same ratio without reading.
            elapsed: the same ratio in wall time; rows/s are per second of wall time.
            \(table.text)

            """
    }

    private func startText() -> String {
        let table = TextTable(
            ["one-shot", "ms", "sqlite3", "ratio", "CPU ms", "sqlite3", "ratio"], leftAligned: [0],
            starts.map {
                [
                    $0.title, Figure.short($0.own), Figure.short($0.plain), Figure.short($0.own / $0.plain),
                    Figure.short($0.ownProcessor), Figure.short($0.plainProcessor),
                    Figure.short($0.ownProcessor / $0.plainProcessor),
                ]
            })
        return """
            One-shot queries, whole processes, compared with sqlite3 running the same SQL on the same file.
            \(table.text)

            """
    }

    private func completionText() -> String {
        let table = TextTable(
            ["text", "candidates", "first ms", "repeated", ""], leftAligned: [0],
            completions.map {
                [
                    "`\($0.text)`", "\($0.candidates)", Figure.short($0.first), Figure.short($0.again),
                    $0.first > CompletionMeasurement.aim ? ">50" : "",
                ]
            })
        return """
            Completion: CPU time in milliseconds, first with a new completer, then repeated.
            \(table.text)

            """
    }

    private func replayText(_ replay: ReplayFigures) -> String {
        """
        A session of \(replay.cells) cells: CPU time in milliseconds, whole processes.
        run \(Figure.short(replay.run))  replay --check \(Figure.short(replay.replay))  ratio \
        \(Figure.short(replay.replay / replay.run))\(replay.replay / replay.run > ReplayMeasurement.aim ? "  >1.1" : "")


        """
    }

    // MARK: JSON

    func json() -> String {
        let questions = questions.map { figures in
            JSONFigure.object([
                ("id", .text(figures.question.id)), ("title", .text(figures.question.title)), ("ms", .number(figures.own)),
                ("compiling_ms", .number(figures.compiling)), ("by_hand_ms", .number(figures.byHand)),
                ("ratio_to_by_hand", .number(figures.own / figures.byHand)), ("raw_ms", .number(figures.raw)),
                ("ratio_to_raw", .number(figures.own / figures.raw)), ("runs", .number(Double(figures.runs))),
                ("raw_runs", .number(Double(figures.rawRuns))), ("own", outcome(figures.ownOutcome)),
                ("by_hand", outcome(figures.handOutcome)), ("raw", outcome(figures.rawOutcome)),
                ("agrees", .flag(figures.agrees)),
            ])
        }
        let imports = imports.map { figures in
            JSONFigure.object([
                ("rows", .number(Double(figures.rows))), ("bytes", .number(Double(figures.bytes))), ("own", use(figures.own)),
                ("plain", use(figures.plain)), ("reading", use(figures.reading)),
                ("end_to_end_ratio_of_processor_time", .number(figures.endToEnd)),
                ("inserts_ratio_of_processor_time", .number(figures.inserting)),
                ("end_to_end_ratio_of_elapsed_time", .number(figures.elapsed)), ("aim", .number(ImportMeasurement.aim)),
            ])
        }
        let starts = starts.map { figures in
            JSONFigure.object([
                ("statement", .text(figures.title)), ("ms", .number(figures.own)), ("sqlite3_ms", .number(figures.plain)),
                ("ratio", .number(figures.own / figures.plain)), ("processor_ms", .number(figures.ownProcessor)),
                ("sqlite3_processor_ms", .number(figures.plainProcessor)),
            ])
        }
        let completed = completions.map {
            JSONFigure.object([
                ("text", .text($0.text)), ("candidates", .number(Double($0.candidates))), ("first_ms", .number($0.first)),
                ("again_ms", .number($0.again)),
            ])
        }
        return JSONFigure.object([
            ("store", store.map(JSONFigure.text) ?? .none), ("aim", .number(BenchReport.aim)), ("questions", .list(questions)),
            ("rules", .list(rules.map(\.json))),
            ("imports", .list(imports)), ("starts", .list(starts)), ("completions", .list(completed)),
            (
                "replay",
                replay.map {
                    .object([
                        ("cells", .number(Double($0.cells))), ("run_ms", .number($0.run)), ("replay_ms", .number($0.replay)),
                        ("ratio", .number($0.replay / $0.run)),
                    ])
                } ?? .none
            ),
            (
                "classification",
                classification.map {
                    .object([
                        ("messages", .number(Double($0.messages))), ("bytes", .number($0.length)),
                        ("messages_per_second", .number($0.median)), ("best_messages_per_second", .number($0.best)),
                    ])
                } ?? .none
            ),
        ]).line + "\n"
    }

    private func outcome(_ outcome: Outcome) -> JSONFigure {
        .object([("rows", .number(Double(outcome.rows))), ("total", outcome.total.map(JSONFigure.number) ?? .none)])
    }

    private func use(_ use: ImportFigures.Use) -> JSONFigure {
        .object([
            ("rows_per_second", .number(use.rowsPerSecond)), ("processor_us_per_row", .number(use.processorPerRow)),
            ("peak_bytes", .number(use.peak)),
        ])
    }
}
