import ArgumentParser
import Shell
import System

struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "Open the notebook (the default), or run the statement that is given.",
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
        commandName: "query", abstract: "Run one statement, or those on the standard input.",
        discussion: "For example: faultline query 'errors by type last 24h' --format csv")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown; a picture unless given.", valueName: "format"))
    var format: String?
    @Argument(help: ArgumentHelp("The statement; words may be left unquoted where the shell allows.", valueName: "text"))
    var text: [String] = []

    func run() throws {
        try finish(Program.query(text.isEmpty ? nil : text.joined(separator: " "), format: format, options.request()))
    }
}

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a script of statements with values for its parameters.",
        discussion: """
            On a terminal prose and statements are shown between the answers; elsewhere the output is data alone.
            A statement that is wrong and an expectation that fails end with code 1 and are named by file and line.
            A script only asks: what changes the store or rules, reads or writes other files, or sends is refused, unless
            --write allows it, or a person at the terminal who is asked about each kind once.
            For example: faultline run models window=7d --echo
            """)
    @OptionGroup var options: StoreOptions
    @Flag(help: "Show prose and statements between the answers.")
    var echo = false
    @Flag(help: "Let the script change the store and rules, read and write files, and send.")
    var write = false
    @Argument(help: ArgumentHelp("A file, or the name of a shipped script such as `tour`.", valueName: "file"))
    var file: String
    @Argument(help: ArgumentHelp("Values for the script's parameters.", valueName: "name=value"))
    var values: [String] = []

    func run() throws { try finish(Program.run(file, values, echoes: echo, writes: write, options.request())) }
}

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run recorded sessions again at their own time and judge each answer.",
        discussion: """
            Verdicts: same; data (the rows that were read are others); meaning (the same data, another result); both;
            rendering (the same result, drawn otherwise). Only --check turns drift into code 4.
            """)
    @Option(help: ArgumentHelp("The store to work on.", valueName: "path"))
    var store: String?
    @Flag(help: "End with code 4 when data or meaning drifted; list only what is not the same.")
    var check = false
    @Flag(help: "Write the answers of now into the files.")
    var update = false
    @Flag(help: "Ask at the present instead of the time that the file pins.")
    var now = false
    @Option(help: ArgumentHelp("Ask another store.", valueName: "path"))
    var against: String?
    @Option(help: ArgumentHelp("Judge these cells alone, such as 3,5..7.", valueName: "cells"))
    var only: String?
    @Flag(help: "Run statements that write, too.")
    var write = false
    @Argument(help: ArgumentHelp("Files, or names of sessions.", valueName: "file"))
    var files: [String]

    func validate() throws {
        if check && update { throw ValidationError("--check judges and --update rewrites; one of them is wanted") }
    }

    func run() throws {
        guard
            let request = Program.ReplayRequest(
                files: files, checks: check, updates: update, movesNow: now, against: against, only: only, writes: write)
        else { throw ValidationError("--only: write numbers of cells such as 3,5..7") }
        try finish(Program.replay(request, StoreRequest(path: store, now: nil, zone: nil, width: nil, usesASCII: false)))
    }
}

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List recorded sessions; with --recover write those that were cut off to files.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Write sessions that were cut off to files.")
    var recover = false
    @Argument(help: ArgumentHelp("The number of one session to write.", valueName: "n"))
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
        discussion: "Asks the session's statements again at its own time. For example: faultline report openai-quota quota.html")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Let the session change the store and rules, read and write files, and send.")
    var write = false
    @Argument(help: ArgumentHelp("A file, or the name of a session or script.", valueName: "session"))
    var session: String
    @Argument(help: ArgumentHelp("The document: NAME.md or NAME.html.", valueName: "document"))
    var document: String

    func run() throws { try finish(Program.report(session, to: document, writes: write, options.request())) }
}

struct RecoverScriptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover-script", abstract: "Take the statements out of a report or a terminal's scroll-back.",
        discussion: "Reads the standard input unless a file is named; prints a script.")
    @Argument(help: ArgumentHelp("A text with statements in it.", valueName: "file"))
    var file: String?

    func run() throws { try finish(Program.recoverScript(file)) }
}

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Make a 30-day history of 100,000 calls and open the notebook on it.",
        discussion: "Without a terminal it runs the tour and prints it.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("How many calls.", valueName: "n"))
    var calls = 100_000

    func run() throws { try finish(Program.demo(calls: calls, options.request())) }
}

/// Exits the program with the code.
func finish(_ code: System.ExitCode) throws {
    if code != .ok { throw ArgumentParser.ExitCode(code.rawValue) }
}
