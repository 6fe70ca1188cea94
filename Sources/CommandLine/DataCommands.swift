import ArgumentParser
import Platform

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Copy traces from files, folders, databases or a Langfuse server into the store.",
        discussion: "Detects formats by content; reads gzip and zstd files. Importing twice changes nothing.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "List all skipped records, not only the first five.")
    var verbose = false
    @Option(help: ArgumentHelp("What columns of a log mean, such as provider=vendor,latency=took_ms.", valueName: "columns"))
    var map: String?
    @Option(help: ArgumentHelp("The time before now to read from a Langfuse server; 24h by default.", valueName: "duration"))
    var last: String?
    @Argument(help: ArgumentHelp("Files, folders, globs, or langfuse://HOST.", valueName: "path"))
    var paths: [String]

    func run() throws {
        try finish(
            Program.importFiles(
                paths, zone: options.tz, columns: map, last: last, showsAllProblems: verbose, options.request()))
    }
}

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Classify each text by error type.",
        discussion: "Reads JSON lines with `text` and, if known, `http_status`, `exception_class`, `code`; or plain lines.")
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format = "table"
    @Argument(help: ArgumentHelp("A file (default: standard input).", valueName: "file"))
    var file: String?

    func run() throws { try finish(Program.classify(file, format: format)) }
}

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Generate synthetic data with known incidents; the same options give the same data.")
    @Option(help: ArgumentHelp("Number of calls.", valueName: "n"))
    var calls = 100_000
    @Option(help: ArgumentHelp("Number of days.", valueName: "n"))
    var days = 30
    @Option(help: ArgumentHelp("The end of the data.", valueName: "time"))
    var end = "2026-11-21T14:00:00Z"
    @Option(help: ArgumentHelp("The seed; another seed gives other data.", valueName: "n"))
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Write a new store to this path.", valueName: "path"))
    var store: String?
    @Option(
        help: ArgumentHelp("Write a database with llm_generations, llm_traces and llm_events to this path.", valueName: "path"))
    var database: String?
    @Option(
        help: ArgumentHelp("Write Langfuse observations as JSON lines to this path; `-` is standard output.", valueName: "path"))
    var jsonl: String?
    @Option(
        help: ArgumentHelp("Write the ground truth, incidents and failed calls, as JSON lines to this path.", valueName: "path"))
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
        commandName: "doctor", abstract: "Check the store and its sources, and say what to do about problems.",
        discussion: "Exits with code 3 when the store is damaged.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Rebuild all derived tables from the records first.")
    var rebuild = false
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.doctor(rebuild: rebuild, format: format, options.request())) }
}
