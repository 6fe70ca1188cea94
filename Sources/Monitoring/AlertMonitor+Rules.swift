import Alerts
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// The statements that keep rules: `alert create edit show list enable disable delete ack`.
extension AlertMonitor {
    /// `alert create` and `alert edit`.
    package func createRule(_ name: Name, _ rule: RuleSyntax, _ text: String, replaces: Bool) throws -> Reply {
        let state = try file.open()
        var mistakes: [Diagnostic] = []
        let old = try state.rule(named: name.text)
        if replaces, old == nil { mistakes.append(try unknownRule(name)) }
        if !replaces, old != nil {
            mistakes.append(
                Diagnostic(
                    "name-taken", at: name.span, "rule `\(name.text)` already exists",
                    closest: "alert edit \(Literal.spelling(name.text)) when …"))
        }
        let context = try ruleContext(zone: zone, evidence: evidence)
        let restored = WholeTargets(rule, text, as: old)
        mistakes += restored.mistakes
        var checked = try QueryCompiler().compileRule(
            restored.rule, text: text, mistakes: mistakes, context: context, catalog: catalog)
        let written = "when " + restored.text
        let unknown = checked.unknownValues
        checked.unknownValues = []
        // What is kept must mean the same without the session around it.
        let again = try? RuleText.syntax(written)
        let kept = again.flatMap { try? QueryCompiler().compileRule($0.rule, text: $0.text, context: context) }
        guard kept == checked else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "rule-needs-session", at: rule.span,
                        "a rule cannot use session variables",
                        closest: "replace each variable with its value")
                ])
        }
        // A rule that disabled itself because it could not be evaluated is fixed by this.
        let isEnabled = old.map { $0.isEnabled || $0.problem != nil } ?? true
        let rules = [
            StoredRule(
                name: name.text, form: .own, text: written, isEnabled: isEnabled, createdAt: clock(),
                zone: zone.name, evidence: Int64(evidence.rawValue))
        ]
        let changed = try state.keep(rules, at: clock(), limit: mostRules, NotificationText.body)
        guard let changes = changed else { return tooManyRules() }
        let remarks = unknown.map { Printable.safe(Redaction.text($0)) + "\n" }.joined()
        return .narrated(
            remarks + "rule \(Printable.safe(name.text)) saved; try it: `alert test \(Literal.spelling(name.text)) last 30d`"
                + resolvedWords(changes))
    }

    package func tooManyRules() -> Reply {
        .trouble(
            "limit of \(mostRules.counted("enabled rules")) reached: disable one, or `set rules \(mostRules + 30)`",
            exit: .wrong)
    }

    private func unknownRule(_ name: Name) throws -> Diagnostic {
        let names = try keptRules().map(\.name)
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-rule", at: name.span, "no rule `\(name.text)`",
            closest: best ?? (names.isEmpty ? "alert create NAME when …" : names.prefix(5).joined(separator: ", ")),
            replacement: best.map(Literal.spelling))
    }

    /// The rule with a name.
    package func keptRule(_ name: Name, _ text: String) throws -> StoredRule {
        if let rule = try keptRules().first(where: { $0.name == name.text }) { return rule }
        throw Diagnostics(text: text, [try unknownRule(name)])
    }

    package func setEnabled(_ isEnabled: Bool, _ name: Name, _ text: String) throws -> Reply {
        let rule = try keptRule(name, text)
        let word = isEnabled ? "enabled" : "disabled"
        if rule.isEnabled == isEnabled { return .narrated("rule \(Printable.safe(rule.name)) is \(word) already") }
        let changed = try file.open().setEnabled(
            isEnabled, rule: rule.name, at: clock(), limit: mostRules, NotificationText.body)
        guard let changes = changed else { return tooManyRules() }
        return .narrated("rule \(Printable.safe(rule.name)) is \(word)" + resolvedWords(changes))
    }

    package func deleteRule(_ name: Name, _ text: String) throws -> Reply {
        let rule = try keptRule(name, text)
        let changes = try file.open().deleteRule(rule.name, at: clock(), NotificationText.body)
        return .narrated(
            "rule \(Printable.safe(rule.name)) deleted; its firings are kept" + resolvedWords(changes))
    }

    package func acknowledge(_ name: Name, _ text: String) throws -> Reply {
        let number = Int64(name.text.drop { $0 == "#" })
        guard let number, try file.open().acknowledge(number, at: clock()) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unknown-firing", at: name.span, "no firing `\(name.text)`",
                        closest: "a number that `firings` shows")
                ])
        }
        return .narrated("firing \(number) is acknowledged")
    }

    // MARK: Shown

    /// The rules and their state: the table, and how it is shown.
    package func ruleList() throws -> (table: ResultTable, reply: Reply) {
        let rules = try keptRules(), active = file.exists ? try file.open().activeFirings() : []
        let table = ResultTable(
            columns: [
                ResultColumn("rule", .text), ResultColumn("state", .text), ResultColumn("firing", .count),
                ResultColumn("evaluated", .time), ResultColumn("origin", .text), ResultColumn("text", .text),
            ],
            rows: rules.map { rule in
                let firing = active.filter { $0.rule == rule.name }.count
                let standing =
                    rule.disabledItself
                    ? "failed" : !rule.isEnabled ? "disabled" : rule.problem != nil ? "fails" : firing > 0 ? "firing" : "ok"
                return [
                    .text(rule.name), .text(standing), .count(Int64(firing)), rule.evaluatedAt.map { .time($0) } ?? .missing,
                    rule.origin.map { .text($0) } ?? .missing, .text(shownText(rule)),
                ]
            }
        ).redacted
        var reply = Reply(
            table, form: form, style,
            empty: "no rules yet; `alert create NAME when errors over 15m having count > 5` adds one")
        reply.narration += rules.compactMap(\.troubleLine).joined()
        reply.narration += try undeliveredLines()
        return (table, reply)
    }

    /// The rule as it would be typed; for one of Prometheus its expression.
    private func shownText(_ rule: StoredRule) -> String {
        guard rule.form == .prometheus, let read = RuleFile(yaml: rule.text).rules.first else {
            return RuleText.masked(rule.text)
        }
        return read.text
    }

    package func showRule(_ name: Name, _ text: String) throws -> Reply {
        let rule = try keptRule(name, text)
        var lines: [String] = []
        switch rule.form {
        case .own:
            lines.append("alert edit \(Literal.spelling(rule.name)) \(RuleText.masked(rule.text))")
        case .prometheus:
            guard let read = RuleFile(yaml: rule.text).rules.first else {
                return .trouble("\(rule.name): the rule cannot be read")
            }
            lines += ["- alert: \(read.name)", "  expr: \(read.text)"]
            if read.hold > .zero { lines.append("  for: \(Units.spelling(read.hold))") }
            if read.keep > .zero { lines.append("  keep_firing_for: \(Units.spelling(read.keep))") }
            for (title, texts) in [("labels", read.labels), ("annotations", read.annotations)] where !texts.isEmpty {
                lines.append("  \(title):")
                lines += texts.map { "    \($0.name): \($0.template.text.quotedAsJSON(.printable))" }
            }
        }
        let values = ValueText(style)
        var facts = [rule.isEnabled ? "enabled" : "disabled", "made \(values.time(rule.createdAt))", "zone \(rule.zone)"]
        if let origin = rule.origin { facts.append("from \(origin)") }
        if Evidence(rawValue: Int(clamping: rule.evidence)) != .default {
            facts.append("evidence " + Evidence(rawValue: Int(clamping: rule.evidence)).names.joined(separator: " "))
        }
        facts.append(rule.evaluatedAt.map { "evaluated \(values.time($0))" } ?? "never evaluated")
        if let problem = rule.problem { facts.append("failed: \(problem)") }
        return Reply(
            lines.map { Printable.safe(Redaction.text($0)) }
                + wrap(Printable.safe(Redaction.text(facts.joined(separator: " · "))), width: style.widthInColumns))
    }
}

/// A rule as it was typed, with the whole addresses of receivers that stand in it cut to their host, as `alert show` shows them.
private struct WholeTargets {
    var rule: RuleSyntax
    /// The rule's text.
    private(set) var text: String
    /// Cut addresses that the kept rule knows nothing of.
    private(set) var mistakes: [Diagnostic] = []

    /// - Parameter old: The rule that was kept before, which knows the whole addresses.
    init(_ typed: RuleSyntax, _ text: String, as old: StoredRule?) {
        rule = typed
        let known = old.flatMap { old in
            old.form == .own ? try? RuleText.syntax(old.text).rule.actions.compactMap { $0.target?.text } : nil
        }
        let bytes = Array(text.utf8)
        var pieces: [String] = [], place = min(typed.span.start, bytes.count)
        func copied(to end: Int) -> String { String(decoding: bytes[place..<max(place, min(end, bytes.count))], as: UTF8.self) }
        for (index, action) in typed.actions.enumerated() {
            guard let target = action.target, target.text.hasSuffix(RuleText.maskedPath) else { continue }
            let whole = Set((known ?? []).filter { RuleText.masked(target: $0) == target.text })
            guard whole.count == 1, let found = whole.first else {
                mistakes.append(
                    Diagnostic(
                        "cut-address", at: target.span, "`\(target.text)` is a shortened address; give the full URL",
                        closest: "the whole address"))
                continue
            }
            rule.actions[index].target?.text = found
            pieces += [copied(to: target.span.start), target.isQuoted ? Literal.quoted(found) : Literal.spelling(found)]
            place = min(target.span.end, bytes.count)
        }
        self.text = pieces.joined() + copied(to: typed.span.end)
    }
}

extension StoredRule {
    /// True when it was disabled because it could not be evaluated.
    package var disabledItself: Bool { !isEnabled && problem != nil }

    /// Why it could not be evaluated, and what to do about it ("" when it is evaluated again by itself); nil when it could.
    package var trouble: (found: String, advice: String)? {
        guard let problem else { return nil }
        guard disabledItself else { return ("\(name) could not be evaluated: \(problem)", "") }
        let spelled = Literal.spelling(name)
        let fix = form == .own ? "`alert edit \(spelled) when …`" : "\(origin ?? "its file") and `alert load`"
        return (
            "\(name) is disabled, it could not be evaluated: \(problem)",
            "fix it with \(fix), or try it again with `alert enable \(spelled)`"
        )
    }

    /// The same in a line; nil when it could be evaluated.
    package var troubleLine: String? {
        trouble.map { Printable.safe(Redaction.text($0.advice.isEmpty ? $0.found : "\($0.found); \($0.advice)")) + "\n" }
    }
}
