import ArgumentParser
import Platform

struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "Open the notebook (the default), or run the given statement.",
        discussion: "For example: faultline 'errors by type last 24h'")
    @OptionGroup var options: StoreOptions
    @Argument(help: ArgumentHelp("A statement to run instead, as `query` does.", valueName: "text"))
    var text: [String] = []

    func run() throws {
        let request = options.request()
        try finish(
            text.isEmpty
                ? Program.notebook(request) : Program.query(text.joined(separator: " "), format: nil, request))
    }
}

struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Run one statement, or the statements on standard input.",
        discussion: "For example: faultline query 'errors by type last 24h' --format csv")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown (default: a chart).", valueName: "format"))
    var format: String?
    @Argument(help: ArgumentHelp("The statement; quotes are optional where the shell allows.", valueName: "text"))
    var text: [String] = []

    func run() throws {
        try finish(Program.query(text.isEmpty ? nil : text.joined(separator: " "), format: format, options.request()))
    }
}

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a script, with values for its parameters.",
        discussion: """
            On a terminal, shows prose and statements between the answers; otherwise, outputs only data.
            Invalid statements and failed expectations are reported by file and line, with exit code 1.
            Scripts are read-only by default: changing the store or rules, reading or writing other files, and sending
            notifications require --write, or a confirmation at the terminal, once for each kind.
            For example: faultline run models window=7d --echo
            """)
    @OptionGroup var options: StoreOptions
    @Flag(help: "Show prose and statements between the answers.")
    var echo = false
    @Flag(help: "Allow the script to change the store and rules, access files, and send notifications.")
    var write = false
    @Argument(help: ArgumentHelp("A file, or the name of a shipped script such as `tour`.", valueName: "file"))
    var file: String
    @Argument(help: ArgumentHelp("Values for the script's parameters.", valueName: "name=value"))
    var values: [String] = []

    func run() throws { try finish(Program.run(file, values, echoes: echo, writes: write, options.request())) }
}

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run recorded sessions at their original time and compare each answer.",
        discussion: """
            Verdicts: same; data (different rows were read); meaning (same data, different result); both;
            rendering (same result, drawn differently). Drift exits with code 4 only with --check.
            """)
    @Option(help: ArgumentHelp("The store.", valueName: "path"))
    var store: String?
    @Flag(help: "Exit with code 4 when data or meaning drifted; list only differences.")
    var check = false
    @Flag(help: "Update the files with the current answers.")
    var update = false
    @Flag(help: "Use the current time instead of the recorded time.")
    var now = false
    @Option(help: ArgumentHelp("Use another store.", valueName: "path"))
    var against: String?
    @Option(help: ArgumentHelp("Compare only these cells, such as 3,5..7.", valueName: "cells"))
    var only: String?
    @Flag(help: "Run statements that write, too.")
    var write = false
    @Argument(help: ArgumentHelp("Files, or names of sessions.", valueName: "file"))
    var files: [String]

    func validate() throws {
        if check && update { throw ValidationError("--check and --update cannot be combined") }
    }

    func run() throws {
        guard
            let request = Program.ReplayRequest(
                files: files, checks: check, updates: update, movesNow: now, against: against, only: only, writes: write)
        else { throw ValidationError("--only: expected cell numbers such as 3,5..7") }
        try finish(Program.replay(request, StoreRequest(path: store, now: nil, zone: nil, width: nil, usesASCII: false)))
    }
}

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List recorded sessions; with --recover, write interrupted ones to files.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Write interrupted sessions to files.")
    var recover = false
    @Argument(help: ArgumentHelp("Write only the session with this number.", valueName: "n"))
    var number: Int64?

    func run() throws { try finish(Program.sessions(recover: recover || number != nil, number: number, options.request())) }
}

struct QueriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries", abstract: "List the shipped scripts with their parameters and purpose.")
    @OptionGroup var options: StoreOptions

    func run() throws { try finish(Program.queries(options.request())) }
}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a session as a document: Markdown or self-contained HTML.",
        discussion:
            "Runs the session's statements again at their original time. For example: faultline report openai-quota quota.html")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Allow the session to change the store and rules, access files, and send notifications.")
    var write = false
    @Argument(help: ArgumentHelp("A file, or the name of a session or script.", valueName: "session"))
    var session: String
    @Argument(help: ArgumentHelp("The document: NAME.md or NAME.html.", valueName: "document"))
    var document: String

    func run() throws { try finish(Program.report(session, to: document, writes: write, options.request())) }
}

struct RecoverScriptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover-script", abstract: "Extract the statements from a report or terminal output.",
        discussion: "Reads standard input by default; prints a script.")
    @Argument(help: ArgumentHelp("A text that contains statements.", valueName: "file"))
    var file: String?

    func run() throws { try finish(Program.recoverScript(file)) }
}

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Generate 30 days of demo data with 100,000 calls and open the notebook on it.",
        discussion: "Without a terminal, prints the tour.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("Number of calls.", valueName: "n"))
    var calls = 100_000

    func run() throws { try finish(Program.demo(calls: calls, options.request())) }
}

/// Exits the program with the code.
func finish(_ code: Platform.ExitCode) throws {
    if code != .ok { throw ArgumentParser.ExitCode(code.rawValue) }
}
