import Alerts
import Model
import QueryLanguage
import Platform

/// A rule that is read and checked, in either language, with all that an evaluation needs of it.
package struct RuleUnderTest {
    package enum Kind {
        case own(CheckedRule)
        case prometheus(PrometheusRule)
    }

    package var name: String
    package var kind: Kind
    /// The evidence that counts as an error, and the zone of the calendar.
    package var evidence: Evidence
    package var zone: Zone

    package init(name: String, kind: Kind, evidence: Evidence, zone: Zone) {
        self.name = name
        self.kind = kind
        self.evidence = evidence
        self.zone = zone
    }

    /// A rule of the language from its text, `when …`.
    package init(name: String, own text: String, context: CheckContext) throws(Diagnostics) {
        let (syntax, statement) = try RuleText.syntax(text)
        let checked = try QueryCompiler().compileRule(syntax, text: statement, context: context)
        self.init(name: name, kind: .own(checked), evidence: context.evidence, zone: context.zone)
    }

    /// A rule of Prometheus.
    package init(name: String, prometheus rule: PrometheusRule) {
        self.init(name: name, kind: .prometheus(rule), evidence: .default, zone: .utc)
    }

    /// The rule, when it is one of our own.
    package var checked: CheckedRule? {
        if case .own(let rule) = kind { rule } else { nil }
    }

    /// The name that receivers hear. Rules of one file may share it, and are kept under names of their own.
    package var alertName: String {
        if case .prometheus(let rule) = kind { rule.name } else { name }
    }

    /// What a rule of Prometheus calls `severity` is a label; where it is one of ours it is shown so.
    package var severity: Severity {
        switch kind {
        case .own(let rule): rule.severity
        case .prometheus(let rule):
            switch rule.labels.first(where: { $0.name == "severity" })?.template.text.lowercased() {
            case "critical", "page": .critical
            case "error", "high": .error
            case "info", "none", "low": .info
            default: .warning
            }
        }
    }

    package var holding: Duration {
        switch kind {
        case .own(let rule): rule.holding
        case .prometheus(let rule): rule.hold
        }
    }

    package var keeping: Duration {
        switch kind {
        case .own(let rule): rule.keeping
        case .prometheus(let rule): rule.keep
        }
    }

    package var cooldown: Duration {
        switch kind {
        case .own(let rule): rule.cooldown
        case .prometheus: .zero
        }
    }

    /// What a firing does. Rules of Prometheus name no actions: theirs are logged.
    package var actions: [(kind: String, target: String)] {
        switch kind {
        case .own(let rule): rule.actions.map { ($0.kind, $0.target ?? "") }
        case .prometheus: [("log", "")]
        }
    }

    /// What is to be said of the rule itself before anything is evaluated.
    package var remarks: [String] { checked?.unknownValues ?? [] }

    /// How far back from an instant its values look.
    package var reach: Duration {
        switch kind {
        case .own(let rule): rule.reach
        case .prometheus(let rule): rule.reach
        }
    }

    /// What the rule has to say of one of its firings; nil when nothing.
    package func note(_ alert: AlertReplay, _ firing: Firing) -> String? {
        switch kind {
        case .own(let rule): return rule.note
        case .prometheus(let rule):
            let texts = rule.annotations(labels: alert.resultLabels, value: firing.firstValue).map(\.value)
            return texts.isEmpty ? nil : texts.joined(separator: "; ")
        }
    }

    /// The annotations of one of its firings, rendered.
    package func annotations(_ alert: AlertReplay, _ firing: Firing) -> [LabelPair] {
        switch kind {
        case .own(let rule): rule.note.map { [LabelPair("note", $0)] } ?? []
        case .prometheus(let rule):
            rule.annotations(labels: alert.resultLabels, value: firing.firstValue)
        }
    }
}

/// Rules between their kept text and what they mean.
package enum RuleText {
    /// A rule file of Prometheus that holds this one rule. JSON, which YAML takes as it is.
    package static func yaml(_ rule: PrometheusRule) -> String {
        func texts(_ texts: [PrometheusRule.Text]) -> String {
            "{"
                + texts.map { "\($0.name.quotedAsJSON(.printable)): \($0.template.text.quotedAsJSON(.printable))" }.joined(
                    separator: ", ")
                + "}"
        }
        func length(_ length: Duration) -> String { "\(length.inNanoseconds / 1_000_000)ms" }
        var members = ["\"alert\": \(rule.name.quotedAsJSON(.printable))", "\"expr\": \(rule.text.quotedAsJSON(.printable))"]
        if rule.hold > .zero { members.append("\"for\": \"\(length(rule.hold))\"") }
        if rule.keep > .zero { members.append("\"keep_firing_for\": \"\(length(rule.keep))\"") }
        if !rule.labels.isEmpty { members.append("\"labels\": \(texts(rule.labels))") }
        if !rule.annotations.isEmpty { members.append("\"annotations\": \(texts(rule.annotations))") }
        let group = (rule.group.isEmpty ? "rules" : rule.group).quotedAsJSON(.printable)
        let interval = rule.interval.map { ", \"interval\": \"\(length($0))\"" } ?? ""
        return "{\"groups\": [{\"name\": \(group)\(interval), \"rules\": [{\(members.joined(separator: ", "))}]}]}"
    }

    /// The text with addresses of receivers cut to their host: what follows it opens the door.
    package static func masked(_ text: String) -> String {
        guard let actions = try? syntax(text).rule.actions else { return Redaction.text(text) }
        var masked = text
        for target in actions.compactMap({ $0.target?.text }) {
            if let short = self.masked(target: target) { masked = masked.replacing(target, with: short) }
        }
        return Redaction.text(masked)
    }

    /// An address cut to its host; nil for what is no address with a scheme.
    package static func masked(target: String) -> String? {
        guard let scheme = target.firstRange(of: "://") else { return nil }
        let host = target[scheme.upperBound...].prefix { !"/?#".contains($0) }.split(separator: "@").last ?? ""
        return String(target[..<scheme.upperBound]) + host + maskedPath
    }

    /// What stands behind the host of an address that is cut.
    package static let maskedPath = "/…"

    /// What a rule of our own looks like in a statement: `when …`, read again from its text alone.
    package static func syntax(_ text: String) throws(Diagnostics) -> (rule: RuleSyntax, text: String) {
        let (rule, mistakes) = Parser.rule(text)
        guard mistakes.isEmpty, let rule else { throw Diagnostics(text: text, mistakes) }
        return (rule, text)
    }
}

extension RuleUnderTest {
    /// What the threshold is a number of.
    package var valueType: ValueType {
        guard case .own(let rule) = kind else { return .number }
        return rule.condition.firstCompared?.type ?? .number
    }
}
