import Model

/// Measurements of one replayed session: milliseconds of CPU time, medians of alternating runs of whole processes.
struct ReplayFigures {
    var cells = 0
    /// Running the statements of the file and showing their answers.
    var run = 0.0
    /// Running the statements and comparing answers and data with the recording.
    var replay = 0.0
}

/// Compares replaying a recorded session with running the same statements.
struct ReplayMeasurement {
    /// Maximum ratio of replay to run.
    static let aim = 1.1

    private let history: BenchHistory
    private let program: String
    private let path: String

    private static let cells = 200
    private static let runs = 9
    private static let questions = [
        "errors by type last 7d", "calls by model show count, error_rate, p95(latency) last 24h", "errors every 1h last 24h",
        "errors by provider, type last 30d", "errors by signature last 7d top 5", "failures by agent last 7d",
        "errors where not recovered last 24h limit 5", "traces where errors > 2 last 24h limit 5",
        "errors by weekday, hour last 30d", "calls by provider show cost, tokens last 7d",
    ]

    init(_ history: BenchHistory, scratch: Scratch, program: String) {
        self.history = history
        self.program = program
        path = scratch.file("session.flq")
    }

    /// Returns the measurements; nil, with a message, when the program is missing.
    func run() throws -> ReplayFigures? {
        guard Files.exists(program) else {
            Terminal.note("no program at \(program): skipping the replay; set --program")
            return nil
        }
        Terminal.note("a session of \(ReplayMeasurement.cells) cells")
        let questions = ReplayMeasurement.questions
        let text = (0..<ReplayMeasurement.cells).map { questions[$0 % questions.count] + "\n\n" }.joined()
        let now = TimeText.iso(history.now, zone: .utc)
        try Files.write("#! faultline 1\n#@ now \(now) · tz UTC · width 80\n\n" + text, to: path)
        let store = ["--store", history.path]
        _ = try Processes.run(program, ["replay", path, "--update"] + store, keepsOutput: false)
        var runs: [Double] = [], replays: [Double] = []
        for _ in 0..<ReplayMeasurement.runs {
            runs.append(try Processes.run(program, ["run", path, "--now", now] + store, keepsOutput: false).processor)
            replays.append(try Processes.run(program, ["replay", path, "--check"] + store, keepsOutput: false).processor)
        }
        return ReplayFigures(cells: ReplayMeasurement.cells, run: runs.median * 1000, replay: replays.median * 1000)
    }
}
