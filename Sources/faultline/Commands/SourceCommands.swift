import ArgumentParser
import Shell
import System

struct FollowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Import live sources, and read what is new in them before each answer.",
        discussion: "A source is a file of JSON lines that grows, or a database that another program writes; it is only read.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("What columns of a log mean, such as provider=vendor,latency=took_ms.", valueName: "columns"))
    var map: String?
    @Argument(help: ArgumentHelp("Files or databases.", valueName: "path"))
    var paths: [String]

    func run() throws { try finish(Program.follow(paths, zone: options.tz, columns: map, options.request())) }
}

struct UnfollowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfollow", abstract: "Read sources no further; what was read stays.")
    @OptionGroup var options: StoreOptions
    @Argument(help: ArgumentHelp("Sources, as `sources` lists them.", valueName: "source"))
    var sources: [String]

    func run() throws { try finish(Program.unfollow(sources, options.request())) }
}

struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "List what was imported and what is followed.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.sources(format: format, options.request())) }
}

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Remove what came from a source, or what was over before a time.",
        discussion: "Says what will be removed and asks first; without a terminal it needs --yes.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("Remove what was over before this, such as 2026-10-01 or \"90d ago\".", valueName: "time"))
    var before: String?
    @Flag(help: "Remove it without asking.")
    var yes = false
    @Argument(help: ArgumentHelp("A source, as `sources` lists it.", valueName: "source"))
    var source: String?

    func validate() throws {
        guard (before == nil) != (source == nil) else { throw ValidationError("name a source, or a time with --before") }
    }

    func run() throws { try finish(Program.forget(source: source, before: before, isConfirmed: yes, options.request())) }
}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write rows as data, or the counters of rules as OpenMetrics.",
        discussion: """
            A listing is written with every field of its rows, 10,000 rows unless the query says `limit all`. `metrics` are totals \
            for a textfile collector; `metrics last 30d every 1m` are samples for a backfill.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("csv, tsv, json, ndjson or markdown; the file's name decides, else csv.", valueName: "format"))
    var format: String?
    @Option(help: ArgumentHelp("The file to write, whole or not at all.", valueName: "path"))
    var to: String?
    @Argument(help: ArgumentHelp("A query, such as errors last 7d; or metrics.", valueName: "query"))
    var words: [String]

    func run() throws { try finish(Program.export(words, to: to, format: format, options.request())) }
}
