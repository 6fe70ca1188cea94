import ArgumentParser
import Notebook

struct AlertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Test alert rules on history, and evaluate saved rules.",
        discussion:
            "Statements save rules: faultline query 'alert create NAME when errors over 15m having count > 5 do log'",
        subcommands: [
            AlertTestCommand.self, AlertTuneCommand.self, AlertCheckCommand.self, AlertWatchCommand.self, AlertListCommand.self,
            AlertLoadCommand.self,
        ])
}

struct AlertTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Show when a rule, or the rules in a file, would have fired.",
        discussion: """
            For example: faultline alert test rules.yaml --from 2026-11-01 --to 2026-11-08 --format json
            With --fail-on-fire, exits with code 5 when a rule fires.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("The first evaluation (default: one day before the last).", valueName: "time"))
    var from: String?
    @Option(help: ArgumentHelp("The last evaluation (default: now).", valueName: "time"))
    var to: String?
    @Option(help: ArgumentHelp("The evaluation interval (default: 1m).", valueName: "duration"))
    var step: String?
    @Option(help: ArgumentHelp("The labels of counters, such as provider,model (default: all).", valueName: "labels"))
    var labels: String?
    @Option(help: ArgumentHelp("table, json, csv, tsv, ndjson or markdown.", valueName: "format"))
    var format: String?
    @Flag(help: "Exit with code 5 when a rule fires.")
    var failOnFire = false
    @Argument(help: ArgumentHelp("A rule file, the name of a saved rule, or `when` and a query.", valueName: "rule"))
    var rule: [String]

    func validate() throws {
        if rule.isEmpty { throw ValidationError("missing rule: give a file, the name of a rule, or `when …`") }
    }

    func run() throws {
        try finish(
            Program.alertTest(
                RuleTestRequest(
                    subject: rule.joined(separator: " "), from: from, to: to, step: step, labels: labels, format: format),
                failsOnFire: failOnFire, options.request()))
    }
}

struct AlertTuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "Show how often a rule would have fired at each threshold.",
        discussion: """
            For example: faultline alert tune quota_burst last 30d aim 2/week
            With an aim, recommends the most sensitive round threshold (two digits, or a whole percentage) that fires at most as \
            often as the aim and at most half of the time. A range shorter than the aim's period counts as one period.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown (default: a chart).", valueName: "format"))
    var format: String?
    @Argument(help: ArgumentHelp("The rule, a range and an aim, as in the statement.", valueName: "words"))
    var words: [String]

    func run() throws {
        try finish(Program.query("alert tune " + words.joined(separator: " "), format: format, options.request()))
    }
}

struct AlertCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Show what fires now; exits with code 5 when a rule fires.",
        discussion: """
            Evaluates rules at the current second (or --now) and every minute before it, so that `for` and `keep` apply. Shows \
            rules that cannot be evaluated as failed and exits with code 3.
            """)
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.alertCheck(format: format, options.request())) }
}

struct AlertWatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Evaluate the saved rules every minute, and send notifications.",
        discussion: "With --once, catches up on evaluations since the last run and exits: for cron.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Evaluate once and exit.")
    var once = false

    func run() throws { try finish(Program.alertWatch(once: once, options.request())) }
}

struct AlertListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the saved rules and their state.")
    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("table, csv, tsv, json, ndjson or markdown.", valueName: "format"))
    var format: String?

    func run() throws { try finish(Program.alertList(format: format, options.request())) }
}

struct AlertLoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Save the rules of a file, or of the table `alert_rules` in a database.")
    @OptionGroup var options: StoreOptions
    @Argument(help: ArgumentHelp("A Prometheus rule file, or a database.", valueName: "file"))
    var file: String

    func run() throws { try finish(Program.alertLoad(file, options.request())) }
}
