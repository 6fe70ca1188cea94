import Alerts
import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// Keeps, evaluates and watches alert rules: needs an engine and a state file, and no session.
package struct AlertMonitor {
    /// Answers every question about calls and errors.
    package let engine: any Engine
    /// The path beside which the files of alerts are kept: the state file, the log, rules in a database.
    package let path: String
    package var file: StateFile
    package let locations: Locations
    /// The values of the store, to look up those that rules name.
    package let catalog: any ValueCatalog
    /// The zone and evidence of rules that are made or loaded now; those that are kept have their own.
    package var zone: Zone
    package var evidence: Evidence
    /// How many rules may be enabled.
    package var mostRules: Int
    /// The instant that counts as now.
    package let now: Timestamp
    /// The instant that the clock tells, whatever counts as now; asked for each round of a watch.
    package let clock: () -> Timestamp
    /// How reports are drawn, and the form of tables that name none.
    package let style: Style
    package let form: String?
    /// Raised to end what runs.
    package let flag: StopFlag
    /// Reads what is new in the store's sources before a round; gives lines to report about it.
    package var readSources: () throws -> String = { "" }

    /// Makes a monitor for a store and the file beside it.
    package init(
        engine: any Engine, beside path: String, file: StateFile, locations: Locations, catalog: any ValueCatalog, zone: Zone,
        evidence: Evidence,
        mostRules: Int, now: Timestamp, clock: @escaping () -> Timestamp, style: Style, form: String?, flag: StopFlag
    ) {
        (self.engine, self.path) = (engine, path)
        (self.file, self.locations, self.catalog) = (file, locations, catalog)
        (self.zone, self.evidence, self.mostRules) = (zone, evidence, mostRules)
        (self.now, self.clock, self.style, self.form, self.flag) = (now, clock, style, form, flag)
    }

    /// The rules that are kept, by name.
    package func keptRules() throws -> [StoredRule] { file.exists ? try file.open().rules() : [] }

    /// What a rule means depends on this: nothing of a session beside its zone and evidence.
    package func ruleContext(zone: Zone, evidence: Evidence) throws -> CheckContext {
        CheckContext(
            now: now, zone: zone, defaultRange: .hours(24), evidence: evidence, coverage: try engine.overview().coverage)
    }

    /// A rule as it is typed, checked as one to be kept.
    package func compile(_ rule: RuleSyntax, _ text: String) throws -> CheckedRule {
        try QueryCompiler().compileRule(
            rule, text: text, context: ruleContext(zone: zone, evidence: evidence), catalog: catalog)
    }

    /// Reads a kept rule.
    /// - Parameter catalog: The values of the store, when those that the rule names are to be looked up.
    package func read(_ rule: StoredRule, catalog: (any ValueCatalog)? = nil) throws -> RuleUnderTest {
        guard let zone = locations.zone(pinned: rule.zone) else {
            throw RuleTrouble("unknown time zone `\(rule.zone)`, in which the rule was created")
        }
        let evidence = Evidence(rawValue: Int(clamping: rule.evidence))
        switch rule.form {
        case .own:
            let (syntax, text) = try RuleText.syntax(rule.text)
            let checked = try QueryCompiler().compileRule(
                syntax, text: text, context: ruleContext(zone: zone, evidence: evidence), catalog: catalog)
            return RuleUnderTest(name: rule.name, kind: .own(checked), evidence: evidence, zone: zone)
        case .prometheus:
            let file = RuleFile(yaml: rule.text)
            guard let read = file.rules.first else {
                throw FileError(path: rule.origin ?? rule.name, reason: file.mistakes.first?.message ?? "contains no rules")
            }
            return RuleUnderTest(name: rule.name, kind: .prometheus(read), evidence: evidence, zone: zone)
        }
    }

    /// Mistakes of a rule file, a line each, under the file's name.
    package func told(_ mistakes: [RuleFileMistake], of path: String) -> String {
        mistakes.map { mistake in
            let rule = mistake.alert.map { " (\($0))" } ?? ""
            let closest = mistake.closest.map { "; closest: \($0)" } ?? ""
            return Printable.safe(
                "\(path):\(mistake.line):\(mistake.column): \(mistake.message) [\(mistake.id)]\(rule)\(closest)") + "\n"
        }.joined()
    }

    /// Reads a file of rules.
    package func ruleFile(_ path: String) throws -> (rules: [RuleUnderTest], mistakes: [RuleFileMistake]) {
        let file = RuleFile(yaml: try Files.text(of: locations.expandingHome(path)))
        return (
            file.rules.map { RuleUnderTest(name: $0.name, kind: .prometheus($0), evidence: evidence, zone: zone) },
            file.mistakes
        )
    }

    /// What the kept rules measure. A rule that is gone or cannot be read has no unit any more.
    package func peakWords() -> PeakWords {
        var words: [String: MeasureWords] = [:]
        for rule in (try? keptRules()) ?? [] { words[rule.name] = (try? read(rule))?.measureWords }
        return PeakWords(words)
    }

    /// The incidents of a window; none where nothing was ever kept. Looking makes no file.
    package func knownIncidents(in window: Window) -> [IncidentEntry] {
        guard file.exists else { return [] }
        return (try? file.ifAvailable?.incidents(in: window)) ?? []
    }

    /// The folder of the store, where the log of alerts lies too.
    package var dataFolder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }

    /// What sends notifications.
    package func sender() throws -> Sender {
        Sender(try file.open(), folder: dataFolder, environment: locations.environment)
    }
}
