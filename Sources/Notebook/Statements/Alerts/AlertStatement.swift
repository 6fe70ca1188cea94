import Alerts
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `alert create | edit | list | show | enable | disable | delete | load | check | watch | ack | resend | discard`: rules that are
/// kept.
struct AlertStatement: Statement {
    enum Verb {
        case create(Name, RuleSyntax), edit(Name, RuleSyntax)
        case list, check, watch
        case show(Name), enable(Name), disable(Name), delete(Name), acknowledge(Name)
        case load(Literal)
        /// Notifications that were given up, tried again or deleted; those of one rule, or all when it is nil.
        case resend(Name?), discard(Name?)
    }

    let verb: Verb

    static let entry = StatementEntry(
        "alert",
        "alert create | edit | list | show | enable | disable | delete | load | check | watch | ack | resend | discard …",
        "stored alert rules: `alert create NAME when errors where type = quota_exceeded over 15m having count > 5 do log`; `alert check` evaluates them now, and at every minute before so that `for` counts; `alert watch` evaluates them every minute; `alert resend` and `discard` handle failed notifications",
        example: "alert check", synonyms: ["alerts"], role: .machine, traits: .asksStore)

    /// What may be done with alerts, statements of their own among it.
    private static let verbs = [
        "create", "edit", "test", "tune", "list", "show", "enable", "disable", "delete", "load", "check", "watch", "ack",
        "resend", "discard",
    ]

    init(verb: Verb) { self.verb = verb }

    init(parsing parser: inout Parser) throws(ParseStop) {
        let statement = parser.wordRead.folded
        let word: String
        if parser.token.isWord("acknowledge") {
            word = parser.advance().folded
        } else {
            word = try parser.verb(
                of: statement, among: AlertStatement.verbs, what: "an `alert` command",
                closest: "create, test, list, show, check", takesNearest: true)
        }
        switch word {
        // Only a mistyped word leads here; what is wrong behind it is reported, too.
        case "test", "tune":
            _ = try RuleTestSyntax(parsing: &parser, verb: word)
            throw ParseStop()
        case "create", "edit": verb = try AlertStatement.kept(word, &parser)
        case "list": verb = .list
        case "check": verb = .check
        case "watch": verb = .watch
        case "resend", "discard":
            parser.offer(.rule)
            let name = parser.token.kind == .end ? nil : parser.ruleName()
            verb = word == "resend" ? .resend(name) : .discard(name)
        case "load":
            guard let path = parser.path("a file of rules", closest: "alert load rules.yaml") else { throw ParseStop() }
            verb = .load(path)
        default:
            guard let name = parser.ruleName() else { throw ParseStop() }
            switch word {
            case "show": verb = .show(name)
            case "enable": verb = .enable(name)
            case "disable": verb = .disable(name)
            case "delete": verb = .delete(name)
            default: verb = .acknowledge(name)
            }
        }
        parser.end()
    }

    /// `create NAME when …`, `edit NAME when …`.
    private static func kept(_ word: String, _ parser: inout Parser) throws(ParseStop) -> Verb {
        guard let name = parser.ruleName(),
            let rule = parser.ruleBehindWhen(
                closest: "alert \(word) \(name.text) when errors over 15m having count > 5")
        else { throw ParseStop() }
        return word == "create" ? .create(name, rule) : .edit(name, rule)
    }

    /// Statements that change rules describe the machine.
    var role: StatementRole {
        switch verb {
        case .list, .show, .check: .unjudged
        default: .machine
        }
    }

    var effects: StatementEffects {
        switch verb {
        case .create(_, let rule), .edit(_, let rule):
            .of(rule.actions.contains { $0.name.text != "log" } ? [.changesRules, .sends] : .changesRules)
        case .enable, .disable, .delete, .acknowledge, .discard: .of(.changesRules)
        case .load(let file): StatementEffects(kinds: .changesRules, read: [file.text])
        case .resend, .watch: .of([.changesRules, .sends])
        case .list, .show, .check: .none
        }
    }

    func check(in session: Session, as written: StatementText) throws {
        let text = written.text
        switch verb {
        case .create(let name, let rule):
            guard try !session.monitor.keptRules().contains(where: { $0.name == name.text }) else { throw NotRunnable() }
            _ = try session.monitor.compile(rule, text)
        case .edit(let name, let rule):
            _ = try session.monitor.keptRule(name, text)
            _ = try session.monitor.compile(rule, text)
        case .show(let name), .enable(let name), .disable(let name), .delete(let name):
            _ = try session.monitor.keptRule(name, text)
        case .resend(let name), .discard(let name): if let name { _ = try session.monitor.keptRule(name, text) }
        case .load(let path): try session.checkFile(path)
        case .acknowledge(let name):
            let firings = session.stateFile.exists ? try session.stateFile.open().firings() : []
            guard let number = Int64(name.text.drop { $0 == "#" }), firings.contains(where: { $0.id == number }) else {
                throw NotRunnable()
            }
        case .list, .check, .watch: break
        }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let text = written.text, monitor = session.monitor
        return switch verb {
        case .create(let name, let rule): Outcome(try monitor.createRule(name, rule, text, replaces: false))
        case .edit(let name, let rule): Outcome(try monitor.createRule(name, rule, text, replaces: true))
        case .list: try AlertStatement.list(session)
        case .show(let name): Outcome(try monitor.showRule(name, text))
        case .enable(let name): Outcome(try monitor.setEnabled(true, name, text))
        case .disable(let name): Outcome(try monitor.setEnabled(false, name, text))
        case .delete(let name): Outcome(try monitor.deleteRule(name, text))
        case .load(let path): Outcome(try monitor.loadRules(path))
        case .resend(let name): Outcome(try monitor.givenUpNotifications(of: name, areSent: true, text))
        case .discard(let name): Outcome(try monitor.givenUpNotifications(of: name, areSent: false, text))
        case .acknowledge(let name): Outcome(try monitor.acknowledge(name, text))
        case .check: Outcome(try monitor.check())
        case .watch: Outcome(try session.watchAlerts(once: false))
        }
    }

    private static func list(_ session: Session) throws -> Outcome {
        let (table, reply) = try session.monitor.ruleList()
        var outcome = Outcome(reply)
        outcome.result = CellResult(
            answer: Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: session.settings.zone)))
        return outcome
    }
}

/// Alerts of a session's store.
extension Session {
    /// What keeps and evaluates alert rules, with the session's settings of now.
    var monitor: AlertMonitor {
        var monitor = AlertMonitor(
            engine: engine, beside: store.path, file: stateFile, locations: environment.locations, catalog: catalog,
            zone: settings.zone,
            evidence: settings.evidence, mostRules: settings.mostRules, now: now,
            clock: { [pinned = clock.pinned] in pinned ?? Clock.nextSecond() }, style: style, form: settings.form,
            flag: stopFlag)
        monitor.readSources = { [self] in
            defer { storeChanged() }
            return try readFollowed()
        }
        return monitor
    }

    /// Watches beside the prompt where there is one, else until Ctrl-C; once where time stands still, and in a replay.
    func watchAlerts(once: Bool) throws -> Reply {
        if !once, !clock.isPinned, let background = console.backgroundWatch {
            // Connections are used by one thread each.
            let (path, environment) = (store.path, environment)
            return .narrated(
                background.toggle(store: path) {
                    let session = try Session(
                        store: environment.locations.openStore(path), environment: environment)
                    session.console.progress = nil
                    return session.monitor
                })
        }
        return try monitor.watch(once: once || clock.isPinned || !rights.writesFiles, emit: console.emit)
    }

    /// Evaluates stored rules every minute until Ctrl-C, or once.
    package func runAlertWatch(once: Bool) -> Reply {
        var outcome = Outcome()
        interruptibly { outcome = answered("alert watch") { Outcome(try watchAlerts(once: once)) } }
        return outcome.reply
    }
}
