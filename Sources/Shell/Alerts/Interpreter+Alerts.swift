import Alerts
import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// Statements about alerts: which part of the shell answers them.
extension Interpreter {
    func alert(_ statement: AlertSyntax, _ text: String) throws -> Outcome {
        switch statement {
        case .create(let name, let rule): return Outcome(try createRule(name, rule, text, replaces: false))
        case .edit(let name, let rule): return Outcome(try createRule(name, rule, text, replaces: true))
        case .list: return try ruleList()
        case .show(let name): return Outcome(try showRule(name, text))
        case .enable(let name): return Outcome(try setEnabled(true, name, text))
        case .disable(let name): return Outcome(try setEnabled(false, name, text))
        case .delete(let name): return Outcome(try deleteRule(name, text))
        case .load(let path): return Outcome(try loadRules(path, text))
        case .resend(let name): return Outcome(try givenUpNotifications(of: name, areSent: true, text))
        case .discard(let name): return Outcome(try givenUpNotifications(of: name, areSent: false, text))
        case .acknowledge(let name): return Outcome(try acknowledge(name, text))
        case .test(let subject, let range, let step, let form):
            return try testRules(subject, range: range, step: step, form: form, text)
        case .tune(let subject, let range, let aim): return try tuneRule(subject, range: range, aim: aim, text)
        case .check: return Outcome(try checkAlerts())
        case .watch: return Outcome(try watchAlerts(once: false))
        }
    }

    /// The small file beside the store, which alerts cannot do without.
    func alertState() throws -> StateStore {
        if let state { return state }
        openedState = try StateStore.open(of: store)
        guard let openedState else { preconditionFailure("a state file that opens is there") }
        return openedState
    }

    /// True when something was ever kept beside the store. Looking makes no file.
    var hasAlertState: Bool { openedState != nil || StateStore.exists(for: store) }

    /// The rules that are kept, by name.
    func keptRules() throws -> [KeptRule] { hasAlertState ? try alertState().rules() : [] }

    /// What a rule means depends on this: nothing of the session beside its zone and evidence.
    func ruleContext(zone: Zone, evidence: Evidence) throws -> CheckContext {
        CheckContext(now: now, zone: zone, defaultRange: .hours(24), evidence: evidence, coverage: try facts().coverage)
    }

    /// Reads a kept rule.
    /// - Parameter catalog: The values of the store, when those that the rule names are to be looked up.
    func read(_ rule: KeptRule, catalog: (any ValueCatalog)? = nil) throws -> TriedRule {
        guard let zone = surroundings.locations.zone(pinned: rule.zone) else {
            throw RuleTrouble("no time zone `\(rule.zone)`, in which the rule was created")
        }
        let evidence = Evidence(rawValue: Int(clamping: rule.evidence))
        switch rule.form {
        case .own:
            let (syntax, text) = try RuleText.syntax(rule.text)
            let checked = try QueryCompiler().compileRule(
                syntax, text: text, context: ruleContext(zone: zone, evidence: evidence), catalog: catalog)
            return TriedRule(name: rule.name, kind: .own(checked), evidence: evidence, zone: zone)
        case .prometheus:
            let file = RuleFile(yaml: rule.text)
            guard let read = file.rules.first else {
                throw FileError(path: rule.origin ?? rule.name, reason: file.mistakes.first?.message ?? "holds no rule")
            }
            return TriedRule(name: rule.name, kind: .prometheus(read), evidence: evidence, zone: zone)
        }
    }

    /// Mistakes of a rule file, a line each, under the file's name.
    func told(_ mistakes: [RuleMistake], of path: String) -> String {
        mistakes.map { mistake in
            let rule = mistake.alert.map { " (\($0))" } ?? ""
            let closest = mistake.closest.map { "; closest: \($0)" } ?? ""
            return Printable.safe(
                "\(path):\(mistake.line):\(mistake.column): \(mistake.message) [\(mistake.id)]\(rule)\(closest)") + "\n"
        }.joined()
    }

    /// Reads a file of rules.
    func ruleFile(_ path: String) throws -> (rules: [TriedRule], mistakes: [RuleMistake]) {
        let file = RuleFile(yaml: try Files.text(of: surroundings.locations.expandingHome(path)))
        return (
            file.rules.map {
                TriedRule(name: $0.name, kind: .prometheus($0), evidence: settings.evidence, zone: settings.zone)
            }, file.mistakes
        )
    }
}
