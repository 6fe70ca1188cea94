import ArgumentParser
import Shell
import System

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Copy traces from files, folders or databases into the store.",
        discussion: "Formats are told apart by content; gzip and zstd are read as they are. Importing twice changes nothing.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Name every record that was skipped, not only the first five.")
    var verbose = false
    @Option(help: ArgumentHelp("What columns of a log mean, such as provider=vendor,latency=took_ms.", valueName: "columns"))
    var map: String?
    @Argument(help: ArgumentHelp("Files, folders or patterns.", valueName: "path"))
    var paths: [String]

    func run() throws {
        try finish(Program.importFiles(paths, zone: options.tz, columns: map, showsAllProblems: verbose, options.request()))
    }
}

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Say what type of error each text tells of.",
        discussion: "Reads JSON lines with `text` and, if known, `http_status`, `exception_class`, `code`; or plain lines.")
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format = "table"
    @Argument(help: ArgumentHelp("A file; the standard input unless given.", valueName: "file"))
    var file: String?

    func run() throws { try finish(Program.classify(file, format: format)) }
}

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write a synthetic history with known incidents: the same for the same numbers.")
    @Option(help: ArgumentHelp("How many calls.", valueName: "n"))
    var calls = 100_000
    @Option(help: ArgumentHelp("Over how many days.", valueName: "n"))
    var days = 30
    @Option(help: ArgumentHelp("Where the history ends.", valueName: "time"))
    var end = "2026-11-21T14:00:00Z"
    @Option(help: ArgumentHelp("Another number gives another history.", valueName: "n"))
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Write a new store here.", valueName: "path"))
    var store: String?
    @Option(help: ArgumentHelp("Write a database of llm_generations, llm_traces and llm_events here.", valueName: "path"))
    var database: String?
    @Option(help: ArgumentHelp("Write Langfuse observations as JSON lines here; `-` is the standard output.", valueName: "path"))
    var jsonl: String?
    @Option(help: ArgumentHelp("Write the truth here: incidents and failed calls as JSON lines.", valueName: "path"))
    var truth: String?

    func run() throws {
        try finish(
            Program.generate(
                GenerateRequest(
                    calls: calls, days: days, end: end, seed: seed, store: store, database: database, jsonl: jsonl, truth: truth))
        )
    }
}

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Examine the store and its sources, and say what to do.",
        discussion: "Ends with code 3 when the store is damaged.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Make everything derived anew from the records first.")
    var rebuild = false
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.doctor(rebuild: rebuild, format: format, options.request())) }
}
