import ArgumentParser
import Platform

struct FollowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Import growing sources, and import new records before each answer.",
        discussion: """
            A source is a JSON lines file that grows, a database that another program writes, or a Langfuse server. It is never \
            modified.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("What columns of a log mean, such as provider=vendor,latency=took_ms.", valueName: "columns"))
    var map: String?
    @Option(help: ArgumentHelp("The time before now to read from a Langfuse server; 24h by default.", valueName: "duration"))
    var last: String?
    @Argument(help: ArgumentHelp("Files, databases, or langfuse://HOST.", valueName: "path"))
    var paths: [String]

    func run() throws { try finish(Program.follow(paths, zone: options.tz, columns: map, last: last, options.request())) }
}

struct ListenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen", abstract: "Receive what OpenTelemetry SDKs and collectors send over HTTP.",
        discussion: """
            Takes OTLP traces and logs, as protobuf or JSON, until Ctrl-C. Where your program runs, set \
            OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 and OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.
            """)
    @OptionGroup var options: StoreOptions
    @Option(name: .customLong("for"), help: ArgumentHelp("End after this time, such as 10m.", valueName: "duration"))
    var duration: String?
    @Argument(help: ArgumentHelp("The address (default: 127.0.0.1:4318).", valueName: "address"))
    var address: String?

    func run() throws { try finish(Program.listen(at: address, for: duration, options.request())) }
}

struct UnfollowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfollow", abstract: "Stop following sources; imported records are kept.")
    @OptionGroup var options: StoreOptions
    @Argument(help: ArgumentHelp("Sources, as listed by `sources`.", valueName: "source"))
    var sources: [String]

    func run() throws { try finish(Program.unfollow(sources, options.request())) }
}

struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "List imported and followed sources.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.sources(format: format, options.request())) }
}

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Delete the records of a source, or everything that ended before a time.",
        discussion: "Shows what will be deleted and asks for confirmation; requires --yes without a terminal.")
    @OptionGroup var options: StoreOptions
    @Option(
        help: ArgumentHelp("Delete everything that ended before this time, such as 2026-10-01 or \"90d ago\".", valueName: "time")
    )
    var before: String?
    @Flag(help: "Delete without confirmation.")
    var yes = false
    @Argument(help: ArgumentHelp("A source, as listed by `sources`.", valueName: "source"))
    var source: String?

    func validate() throws {
        guard (before == nil) != (source == nil) else { throw ValidationError("give a source, or a time with --before") }
    }

    func run() throws { try finish(Program.forget(source: source, before: before, isConfirmed: yes, options.request())) }
}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export rows as data, or the counters for Prometheus rules as OpenMetrics.",
        discussion: """
            A listing includes every field of its rows, and 10,000 rows unless the query has `limit all`. `metrics` exports totals \
            for a textfile collector; `metrics last 30d every 1m` exports samples for a backfill.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("csv, tsv, json, ndjson or markdown (default: by file name, else csv).", valueName: "format"))
    var format: String?
    @Option(help: ArgumentHelp("The file to write, atomically.", valueName: "path"))
    var to: String?
    @Argument(help: ArgumentHelp("A query, such as errors last 7d, or metrics.", valueName: "query"))
    var words: [String]

    func run() throws { try finish(Program.export(words, to: to, format: format, options.request())) }
}
