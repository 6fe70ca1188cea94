import ArgumentParser
import Shell

struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "notebook", abstract: "Open the notebook (the default).")
    @OptionGroup var options: StoreOptions

    func run() throws { try finish(Program.notebook(options.request())) }
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
        commandName: "run", abstract: "Run a script of statements and print it with its answers.")
    @OptionGroup var options: StoreOptions
    @Argument(help: ArgumentHelp("A file, or the name of a shipped script such as `tour`.", valueName: "file"))
    var file: String

    func run() throws { try finish(Program.run(file, options.request())) }
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

/// Ends the program with the code.
func finish(_ code: Shell.ExitCode) throws {
    if code != .ok { throw ArgumentParser.ExitCode(code.rawValue) }
}
