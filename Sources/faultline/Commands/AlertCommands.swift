import ArgumentParser
import Shell

struct AlertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Try alert rules against history, and watch those that are kept.",
        discussion:
            "Rules are kept by statements: faultline query 'alert create NAME when errors over 15m having count > 5 do log'",
        subcommands: [
            AlertTestCommand.self, AlertTuneCommand.self, AlertCheckCommand.self, AlertWatchCommand.self, AlertListCommand.self,
            AlertLoadCommand.self,
        ])
}

struct AlertTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "What a rule, or the rules of a file, would have done.",
        discussion: """
            For example: faultline alert test rules.yaml --from 2026-11-01 --to 2026-11-08 --format json
            With --fail-on-fire it ends with code 5 when something fires.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("The first evaluation; a day before the last one unless given.", valueName: "time"))
    var from: String?
    @Option(help: ArgumentHelp("The last evaluation; now unless given.", valueName: "time"))
    var to: String?
    @Option(help: ArgumentHelp("The time between evaluations; 1m unless given.", valueName: "duration"))
    var step: String?
    @Option(help: ArgumentHelp("The labels that counters carry, such as provider,model; all unless given.", valueName: "labels"))
    var labels: String?
    @Option(help: ArgumentHelp("table, json, csv, tsv, ndjson or markdown.", valueName: "format"))
    var format: String?
    @Flag(help: "End with code 5 when something fires.")
    var failOnFire = false
    @Argument(help: ArgumentHelp("A file of rules, the name of a kept rule, or `when` and a query.", valueName: "rule"))
    var rule: [String]

    func validate() throws { if rule.isEmpty { throw ValidationError("which rule? name a file, a rule, or write `when …`") } }

    func run() throws {
        try finish(
            Program.alertTest(
                Program.AlertTestRequest(
                    subject: rule.joined(separator: " "), from: from, to: to, step: step, labels: labels, format: format,
                    failsOnFire: failOnFire), options.request()))
    }
}

struct AlertTuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "How often a rule would have fired at each threshold.",
        discussion: """
            For example: faultline alert tune quota_burst last 30d aim 2/week
            With an aim it recommends the most sensitive round threshold (two digits, or whole per cent) that fires no more often \
            than the aim and no more than half of the time. A range shorter than the aim's period counts as one period.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown; a picture unless given.", valueName: "format"))
    var format: String?
    @Argument(help: ArgumentHelp("The rule, a range and an aim, as in the statement.", valueName: "words"))
    var words: [String]

    func run() throws {
        try finish(Program.query("alert tune " + words.joined(separator: " "), format: format, options.request()))
    }
}

struct AlertCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "What fires now; ends with code 5 when something does.",
        discussion: """
            Rules are evaluated at the present instant (--now), to the second, and every minute before it, so that `for` and \
            `keep` count. A rule that cannot be evaluated is shown as failed, with code 3.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.alertCheck(format: format, options.request())) }
}

struct AlertWatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Evaluate the rules that are kept every minute, and send notifications.",
        discussion: "With --once it evaluates what was missed since the last time and ends: for cron.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Evaluate once and end.")
    var once = false

    func run() throws { try finish(Program.alertWatch(once: once, options.request())) }
}

struct AlertListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The rules that are kept, and their state.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.alertList(format: format, options.request())) }
}

struct AlertLoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Keep the rules of a file, or of a table `alert_rules` in a database.")
    @OptionGroup var options: StoreOptions
    @Argument(help: ArgumentHelp("A file of Prometheus' rules, or a database.", valueName: "file"))
    var file: String

    func run() throws { try finish(Program.alertLoad(file, options.request())) }
}
