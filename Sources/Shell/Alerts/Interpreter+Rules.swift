import Alerts
import Model
import QueryLanguage
import Render
import Storage

/// The statements that keep rules: `alert create edit show list enable disable delete load ack`.
extension Interpreter {
    /// `alert create` and `alert edit`.
    func createRule(_ name: Name, _ rule: RuleSyntax, _ text: String, replaces: Bool) throws -> Reply {
        let state = try alertState()
        var mistakes: [Diagnostic] = []
        let old = try state.rule(named: name.text)
        if replaces, old == nil { mistakes.append(try unknownRule(name)) }
        if !replaces, old != nil {
            mistakes.append(
                Diagnostic(
                    "name-taken", at: name.span, "there is a rule `\(name.text)` already",
                    closest: "alert edit \(Literal.spelling(name.text)) when …"))
        }
        let context = try ruleContext(zone: settings.zone, evidence: settings.evidence)
        let checked: CheckedRule
        do throws(Diagnostics) {
            checked = try QueryCompiler().compileRule(rule, text: text, mistakes: mistakes, context: context, catalog: catalog)
        } catch {
            throw error
        }
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        let bytes = Array(text.utf8)
        let written = "when " + String(decoding: bytes[rule.span.start..<min(rule.span.end, bytes.count)], as: UTF8.self)
        // What is kept must mean the same without the session around it.
        let again = try? RuleText.syntax(written)
        let kept = again.flatMap { try? QueryCompiler().compileRule($0.rule, text: $0.text, context: context) }
        guard kept == checked else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "rule-needs-session", at: rule.span,
                        "a rule is evaluated without the session: its variables are not known there",
                        closest: "the value itself in place of each variable")
                ])
        }
        let rules = [
            KeptRule(
                name: name.text, form: .own, text: written, isEnabled: old?.isEnabled ?? true, createdAt: clockNow,
                zone: settings.zone.name, evidence: Int64(settings.evidence.rawValue))
        ]
        guard try state.keep(rules, at: clockNow, limit: settings.mostRules) else { return tooManyRules() }
        return .narrated(
            "rule \(Printable.safe(name.text)) is kept; `alert test \(Literal.spelling(name.text)) last 30d` tries it")
    }

    private func tooManyRules() -> Reply {
        .trouble(
            "\(settings.mostRules) rules are enabled, and no more may be: disable one, or `set rules \(settings.mostRules + 30)`",
            exit: .wrong)
    }

    private func unknownRule(_ name: Name) throws -> Diagnostic {
        let names = try alertState().rules().map(\.name)
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-rule", at: name.span, "there is no rule `\(name.text)`",
            closest: best ?? (names.isEmpty ? "alert create NAME when …" : names.prefix(5).joined(separator: ", ")),
            replacement: best.map(Literal.spelling))
    }

    /// The rule with a name.
    func keptRule(_ name: Name, _ text: String) throws -> KeptRule {
        if let rule = try alertState().rule(named: name.text) { return rule }
        throw Diagnostics(text: text, [try unknownRule(name)])
    }

    func setEnabled(_ isEnabled: Bool, _ name: Name, _ text: String) throws -> Reply {
        let rule = try keptRule(name, text)
        let word = isEnabled ? "enabled" : "disabled"
        if rule.isEnabled == isEnabled { return .narrated("rule \(Printable.safe(rule.name)) is \(word) already") }
        let isDone = try alertState().setEnabled(isEnabled, rule: rule.name, at: clockNow, limit: settings.mostRules)
        return isDone ? .narrated("rule \(Printable.safe(rule.name)) is \(word)") : tooManyRules()
    }

    func deleteRule(_ name: Name, _ text: String) throws -> Reply {
        let rule = try keptRule(name, text)
        try alertState().deleteRule(rule.name, at: clockNow)
        return .narrated("rule \(Printable.safe(rule.name)) is deleted; its firings stay in `firings`")
    }

    func acknowledge(_ name: Name, _ text: String) throws -> Reply {
        let number = Int64(name.text.drop { $0 == "#" })
        guard let number, try alertState().acknowledge(number, at: clockNow) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unknown-firing", at: name.span, "there is no firing `\(name.text)`",
                        closest: "a number that `firings` shows")
                ])
        }
        return .narrated("firing \(number) is acknowledged")
    }

    // MARK: Shown

    func ruleList() throws -> Outcome {
        let state = try alertState()
        let rules = try state.rules(), active = try state.activeFirings()
        guard !rules.isEmpty else {
            return Outcome(
                Reply(
                    wrap(
                        "no rules yet; `alert create NAME when errors over 15m having count > 5` keeps one",
                        width: style.widthInColumns)))
        }
        let table = ResultTable(
            columns: [
                ResultColumn("rule", .text), ResultColumn("state", .text), ResultColumn("firing", .count),
                ResultColumn("evaluated", .time), ResultColumn("origin", .text), ResultColumn("text", .text),
            ],
            rows: rules.map { rule in
                let firing = active.filter { $0.rule == rule.name }.count
                let standing = !rule.isEnabled ? "disabled" : rule.problem != nil ? "fails" : firing > 0 ? "firing" : "ok"
                return [
                    .text(rule.name), .text(standing), .count(Int64(firing)), rule.evaluatedAt.map { .time($0) } ?? .missing,
                    rule.origin.map { .text($0) } ?? .missing, .text(shownText(rule)),
                ]
            }
        ).redacted
        var outcome = Outcome(AnswerPresenter(style).table(table, form: settings.form))
        for rule in rules {
            if let problem = rule.problem {
                outcome.reply.narration += Printable.safe("\(rule.name) could not be evaluated: \(problem)") + "\n"
            }
        }
        let dead = try state.deadNotices()
        if !dead.isEmpty {
            outcome.reply.narration += "\(dead.count) notice\(dead.count == 1 ? "" : "s") could not be delivered:\n"
            for notice in dead.prefix(10) {
                let line = "  \(notice.notice.kind) for \(notice.rule), \(notice.attempts) attempts: \(notice.problem ?? "")"
                outcome.reply.narration += Printable.safe(Redaction.text(line)) + "\n"
            }
        }
        outcome.result = CellResult(
            answer: Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: settings.zone)))
        return outcome
    }

    /// The rule as it would be typed; for one of Prometheus its expression.
    private func shownText(_ rule: KeptRule) -> String {
        guard rule.form == .prometheus, let read = RuleFile(yaml: rule.text).rules.first else {
            return RuleText.masked(rule.text)
        }
        return read.text
    }

    func showRule(_ name: Name, _ text: String) throws -> Reply {
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
                lines += texts.map { "    \($0.name): \(LabelText.quoted($0.template.text))" }
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
                + wrap(Printable.safe(facts.joined(separator: " · ")), width: style.widthInColumns))
    }

    // MARK: Loaded

    /// `alert load FILE`: rules of Prometheus, or rows of a table of rules.
    func loadRules(_ path: Literal, _ text: String) throws -> Reply {
        let file = surroundings.locations.expandingHome(path.text)
        if [".yaml", ".yml", ".json"].contains(where: { file.lowercased().hasSuffix($0) }) { return try loadFile(file) }
        return try loadTable(file)
    }

    private func loadFile(_ file: String) throws -> Reply {
        let (rules, mistakes) = try ruleFile(file)
        var seen: Set<String> = [], kept: [KeptRule] = []
        for rule in rules {
            guard case .prometheus(let read) = rule.kind else { continue }
            // Names of a file need not be its own; kept rules are known by theirs.
            var name = read.name, number = 2
            while !seen.insert(name).inserted {
                name = "\(read.name)_\(number)"
                number += 1
            }
            var named = read
            named.name = name
            kept.append(
                KeptRule(
                    name: name, form: .prometheus, text: RuleText.yaml(named), createdAt: clockNow, origin: file,
                    zone: settings.zone.name, evidence: Int64(settings.evidence.rawValue)))
        }
        return try load(kept, mistakes: told(mistakes, of: file), isWhole: mistakes.isEmpty, file)
    }

    private func loadTable(_ file: String) throws -> Reply {
        var kept: [KeptRule] = [], mistakes = ""
        for row in try AlertRuleTable.rows(path: file) {
            let statement = RuleRow(row).text
            do {
                let (syntax, text) = try RuleText.syntax(statement)
                _ = try QueryCompiler().compileRule(
                    syntax, text: text, context: ruleContext(zone: settings.zone, evidence: settings.evidence))
            } catch let error as Diagnostics {
                mistakes += Printable.safe("\(file): rule `\(row.name)`: \(error.all.first?.message ?? "")") + "\n"
                continue
            }
            kept.append(
                KeptRule(
                    name: row.name, form: .own, text: statement, isEnabled: row.isActive, createdAt: clockNow, origin: file,
                    zone: settings.zone.name, evidence: Int64(settings.evidence.rawValue)))
        }
        return try load(kept, mistakes: mistakes, isWhole: mistakes.isEmpty, file)
    }

    private func load(_ rules: [KeptRule], mistakes: String, isWhole: Bool, _ file: String) throws -> Reply {
        var reply = Reply(exit: isWhole ? .ok : .wrong)
        reply.narration = mistakes
        guard !rules.isEmpty else {
            reply.narration += Printable.safe("\(file): no rule was kept") + "\n"
            reply.exit = .wrong
            return reply
        }
        let state = try alertState()
        // A rule that is there already as it is goes on as it was.
        let known = Dictionary(uniqueKeysWithValues: try state.rules().map { ($0.name, $0) })
        let changed = rules.filter { known[$0.name]?.text != $0.text || known[$0.name]?.isEnabled != $0.isEnabled }
        guard try state.keep(changed, at: clockNow, limit: settings.mostRules) else {
            var refused = tooManyRules()
            refused.narration = mistakes + refused.narration
            return refused
        }
        let same = rules.count - changed.count
        let count = { (n: Int) in "\(n) rule\(n == 1 ? "" : "s")" }
        reply.narration +=
            Printable.safe(
                "\(file): \(count(changed.count)) kept" + (same > 0 ? ", \(count(same)) there already" : "")) + "\n"
        return reply
    }
}

/// A row of a table of rules as a rule of our own; its threshold means `>=`.
struct RuleRow {
    let text: String

    init(_ row: AlertRuleRow) {
        func isGiven(_ text: String?) -> Bool { !(text ?? "").isEmpty && text != "*" && text?.lowercased() != "any" }
        let minutes = max(row.windowInMinutes ?? 15, 0)
        let length = Units.spelling(.seconds(Int64(minutes * 60)))
        let kind = (row.thresholdType ?? "count").lowercased()
        let isRate = ["rate", "error_rate", "percentage", "percent"].contains(kind)
        var filter = ""
        if isGiven(row.errorType), let type = row.errorType { filter = " where type = \(Literal.spelling(type))" }
        let threshold: String
        if isRate {
            // Shares above 1 are percents.
            threshold =
                row.threshold > 1 || kind.hasPrefix("percent")
                ? "\(RuleRow.number(row.threshold))%" : RuleRow.number(row.threshold)
        } else {
            threshold = RuleRow.number(row.threshold)
        }
        let isKnown = isRate || ["count", "absolute", "total", "threshold"].contains(kind)
        let measure = isRate ? "error_rate" : isKnown ? "count" : kind
        var text = "when errors\(filter) over \(length) having \(measure) >= \(threshold)"
        if isGiven(row.severity), let severity = row.severity { text += " severity \(Literal.spelling(severity.uppercased()))" }
        switch (row.action ?? "log").lowercased() {
        case let action where action.hasPrefix("http"):
            text += " do webhook \(LabelText.quoted(row.action ?? ""))"
        case let action where action.contains("@") && !action.contains(" "):
            text += " do email \(LabelText.quoted(row.action ?? ""))"
        // What their other actions mean is not known here: they are logged.
        default: text += " do log"
        }
        self.text = text
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
