import ArgumentParser
import Glibc
import Shell
import System

/// The command line: parses arguments and sets the exit code; Shell does the rest.
@main
struct Faultline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faultline",
        abstract: "A terminal notebook to investigate failures of LLM applications.",
        discussion: """
            Without a subcommand it opens the notebook on the store (--store, $FAULTLINE_STORE, else the data folder), or runs
            the statement it is given: faultline 'errors by type last 24h'.
            Answers go to the standard output, everything said about them to the error stream.
            Exit codes: 0 ok, 1 a statement is wrong or an expectation failed, 3 store or file trouble, 4 drift under
            replay --check, 5 an alert fires, 64 usage, 130 interrupted.
            """,
        version: "0.1.0",
        subcommands: [
            NotebookCommand.self, QueryCommand.self, RunCommand.self, ReplayCommand.self, SessionsCommand.self,
            QueriesCommand.self, ReportCommand.self, RecoverScriptCommand.self, ImportCommand.self, FollowCommand.self,
            UnfollowCommand.self, SourcesCommand.self, ForgetCommand.self, ExportCommand.self, ClassifyCommand.self,
            GenerateCommand.self, DemoCommand.self, AlertCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: NotebookCommand.self)

    /// Parses the arguments and runs the command; errors go through `Output`, because they repeat what was typed.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error), message = fullMessage(for: error)
            if !message.isEmpty { Output.write(message + "\n", to: code.isSuccess ? 1 : 2) }
            Glibc.exit(code.rawValue)
        }
    }
}

/// Options of every command that uses a store.
struct StoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store to work on.", valueName: "path"))
    var store: String?

    @Option(help: ArgumentHelp("The instant that counts as now, such as 2026-11-21T14:00:00Z.", valueName: "time"))
    var now: String?

    @Option(
        help: ArgumentHelp(
            "The zone of calendar buckets and of times; with import and follow also of times in the source that name none.",
            valueName: "zone"))
    var tz: String?

    @Option(help: ArgumentHelp("The width of pictures in columns; the terminal's unless given.", valueName: "columns"))
    var width: Int?

    @Flag(help: "Draw with ASCII characters alone.")
    var ascii = false

    func request() -> StoreRequest { StoreRequest(path: store, now: now, zone: tz, width: width, usesASCII: ascii) }
}
