import ArgumentParser
import Glibc
import Platform

/// The command line: the subcommands, and the exit code.
public struct FaultlineCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "faultline",
        abstract: "A terminal notebook for investigating failures of LLM applications.",
        discussion: """
            Without a subcommand, opens the notebook on the store (--store, $FAULTLINE_STORE, else the data folder), or runs
            the given statement: faultline 'errors by type last 24h'.
            Data goes to standard output, messages go to standard error.
            Exit codes: 0 ok, 1 invalid statement or failed expectation, 3 store or file error, 4 drift with
            replay --check, 5 alert firing, 64 usage error, 130 interrupted.
            """,
        version: "0.1.0",
        subcommands: [
            NotebookCommand.self, QueryCommand.self, RunCommand.self, ReplayCommand.self, SessionsCommand.self,
            QueriesCommand.self, ReportCommand.self, RecoverScriptCommand.self, ImportCommand.self, FollowCommand.self,
            ListenCommand.self, UnfollowCommand.self, SourcesCommand.self, ForgetCommand.self, ExportCommand.self,
            ClassifyCommand.self,
            GenerateCommand.self, DemoCommand.self, AlertCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: NotebookCommand.self)

    /// Makes the command that holds the others.
    public init() {}

    /// Parses the arguments and runs the command; errors go through `Output`, because they repeat what was typed.
    public static func main() {
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
    @Option(help: ArgumentHelp("The store.", valueName: "path"))
    var store: String?

    @Option(help: ArgumentHelp("The time to use as now, such as 2026-11-21T14:00:00Z.", valueName: "time"))
    var now: String?

    @Option(
        help: ArgumentHelp(
            "The time zone for calendar buckets and times; for import and follow, also of source times without a zone.",
            valueName: "zone"))
    var tz: String?

    @Option(help: ArgumentHelp("The width of charts in columns (default: the terminal's).", valueName: "columns"))
    var width: Int?

    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    func request() -> StoreRequest { StoreRequest(path: store, now: now, zone: tz, width: width, usesASCII: ascii) }
}
