import ArgumentParser
import Glibc

/// The command line of the benchmark: parts to run, sizes, and output format.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faultline-bench",
        abstract: "Compare questions, imports and one-shot queries with plain SQLite doing the same work in the same run.",
        discussion: """
            Absolute times are those of this machine; the ratios are what can be compared.
            Stores and files that the run makes are removed at its end, except a store named with --store.
            """,
        subcommands: [ImportChild.self, ColumnsChild.self])

    @Option(help: ArgumentHelp("Number of calls in the generated store.", valueName: "n"))
    var calls = 100_000

    @Option(help: ArgumentHelp("The store for the questions; generated and kept if missing.", valueName: "path"))
    var store: String?

    @Option(help: ArgumentHelp("Number of calls in the 90-day history for replaying rules.", valueName: "n"))
    var ruleCalls = 3_300_000

    @Option(help: ArgumentHelp("The 90-day store for replaying rules; generated and kept if missing.", valueName: "path"))
    var ruleStore: String?

    @Option(help: "Run only this part: questions, rules, import, start, notebook or classification.")
    var only: Part?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Run only the questions with these numbers, such as 2a 4.", valueName: "id"))
    var question: [String] = []

    @Flag(help: "Skip the questions over raw tables, which take longest.")
    var withoutRaw = false

    @Option(help: ArgumentHelp("Sizes of the imports in observations, smallest first.", valueName: "n,n"))
    var importSizes = "60000,400000"

    @Option(help: ArgumentHelp("The program to start (default: the one beside this benchmark).", valueName: "path"))
    var program: String?

    @Flag(help: "Print the results as JSON.")
    var json = false

    /// A part of the benchmark.
    enum Part: String, ExpressibleByArgument, CaseIterable { case questions, rules, `import`, start, notebook, classification }

    func validate() throws {
        guard (1000...1_000_000_000).contains(calls) else { throw ValidationError("--calls must be between 1000 and a billion") }
        guard (1000...1_000_000_000).contains(ruleCalls) else {
            throw ValidationError("--rule-calls must be between 1000 and a billion")
        }
        guard sizes != nil else { throw ValidationError("--import-sizes must be integers such as 50000,200000") }
        let unknown = question.filter { id in !Question.all.contains { $0.id == id } }
        guard unknown.isEmpty else {
            throw ValidationError(
                "unknown question \(unknown[0]); the questions are \(Question.all.map(\.id).joined(separator: " "))")
        }
    }

    private var sizes: [Int]? {
        let numbers = importSizes.split(separator: ",").map { Int($0) }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0.map { $0 > 0 && $0 <= 100_000_000 } == true }) else { return nil }
        return numbers.compactMap { $0 }
    }

    func run() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var report = BenchReport()
        do {
            // Imports come first: they leave the least behind that could disturb later parts.
            if only == nil || only == .import {
                report.imports = try ImportMeasurement(scratch: scratch, sizes: sizes ?? []).run()
            }
            if only == nil || only == .classification { report.classification = ClassificationMeasurement().run() }
            if only != .import, only != .classification {
                let path = store ?? scratch.file("store.db")
                let history = try BenchHistory.open(path, calls: calls)
                report.store = history.description
                let program = program ?? Processes.besideThisOne("faultline")
                if only == nil || only == .questions {
                    let asked = Question.all.filter { question.isEmpty || question.contains($0.id) }
                    report.questions = try QuestionMeasurement(history).run(asked, asksRaw: !withoutRaw)
                }
                if only == nil || only == .rules { report.rules = try rules(history, scratch) }
                if only == nil || only == .start {
                    report.starts = try StartMeasurement(history, program: program).run()
                }
                if only == nil || only == .notebook {
                    report.completions = CompletionMeasurement(history).run()
                    report.replay = try ReplayMeasurement(history, scratch: scratch, program: program).run()
                }
            }
        } catch let trouble as BenchError {
            Terminal.note(trouble.message)
            throw ExitCode(3)
        }
        print(json ? report.json() : report.text(), terminator: "")
    }

    /// Fifty rules over the questions' store, and over a longer history with a low call rate.
    private func rules(_ history: BenchHistory, _ scratch: Scratch) throws -> [RuleFigures] {
        let short = try RuleMeasurement(history, title: "12", days: 30).run()
        let long = try BenchHistory.open(ruleStore ?? scratch.file("rules.db"), calls: ruleCalls, days: 90)
        return [short, try RuleMeasurement(long, title: "rules", days: 90).run()]
    }
}

/// A problem outside the benchmark that prevents a measurement.
struct BenchError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
