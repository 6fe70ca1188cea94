import Alerts
import Ingest
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `alert load FILE`: rules of Prometheus, or rows of a table of rules.
extension AlertMonitor {
    package func loadRules(_ path: Literal) throws -> Reply {
        let file = locations.expandingHome(path.text)
        if [".yaml", ".yml", ".json"].contains(where: { file.lowercased().hasSuffix($0) }) { return try loadFile(file) }
        return try loadTable(file)
    }

    /// Rules that were read of a file, and what is said of them.
    private struct Loaded {
        var rules: [StoredRule] = []
        /// What the rules did before, where the file tells; as firings.
        var history: [FiringEntry] = []
        /// What keeps rules out, and what was not taken over as it stands; a line each.
        var mistakes: [String] = [], remarks: [String] = []
    }

    private func loadFile(_ file: String) throws -> Reply {
        let (rules, mistakes) = try ruleFile(file)
        var seen: Set<String> = [], loaded = Loaded()
        for rule in rules {
            guard case .prometheus(let read) = rule.kind else { continue }
            // Alerts of a file may share a name; kept rules are known by theirs.
            var name = read.name, number = 2
            while !seen.insert(name).inserted {
                name = "\(read.name)_\(number)"
                number += 1
            }
            if name != read.name {
                loaded.remarks.append(
                    "\(file):\(read.line): another alert has the name `\(read.name)`; this one is saved as `\(name)` and notifies as `\(read.name)`"
                )
            }
            loaded.rules.append(kept(name, .prometheus, RuleText.yaml(read), file))
        }
        return try load(loaded, told(mistakes, of: file), file)
    }

    private func loadTable(_ file: String) throws -> Reply {
        var loaded = Loaded()
        let context = try ruleContext(zone: zone, evidence: evidence)
        var names: [Int64: String] = [:]
        for row in try AlertRuleTable.rows(path: file, beside: path) {
            guard let name = row.name, !name.isEmpty else {
                loaded.mistakes.append("\(file): a rule has no name")
                continue
            }
            let read = RuleRow(row)
            do {
                if let problem = read.problem { throw RuleTrouble(problem) }
                let (syntax, text) = try RuleText.syntax(read.text)
                _ = try QueryCompiler().compileRule(syntax, text: text, context: context)
            } catch {
                let words = (error as? Diagnostics)?.all.first?.message ?? "\(error)"
                loaded.mistakes.append("\(file): rule `\(name)`: \(words)")
                continue
            }
            loaded.remarks += read.remarks.map { "\(file): rule `\(name)`: \($0)" }
            var rule = kept(name, .own, read.text, file)
            rule.isEnabled = row.isActive
            loaded.rules.append(rule)
            if let id = row.id { names[id] = name }
        }
        loaded.history = try AlertRuleTable.history(path: file).compactMap { row in
            guard let rule = names[row.ruleID] else { return nil }
            var firing = FiringEntry(
                rule: rule, labels: "{}", severity: .warning, pendingFrom: row.triggeredAt, startedAt: row.triggeredAt,
                endedAt: row.triggeredAt, peak: Double(row.errorCount ?? 0), value: Double(row.errorCount ?? 0),
                errors: row.errorCount ?? 0, note: row.message)
            firing.notifiedAt = row.triggeredAt
            firing.acknowledgedAt = row.isAcknowledged ? row.triggeredAt : nil
            return firing
        }
        return try load(loaded, "", file)
    }

    private func kept(_ name: String, _ form: StoredRule.Form, _ text: String, _ file: String) -> StoredRule {
        StoredRule(
            name: name, form: form, text: text, createdAt: clock(), origin: file, zone: zone.name,
            evidence: Int64(evidence.rawValue))
    }

    private func load(_ read: Loaded, _ mistakes: String, _ file: String) throws -> Reply {
        let state = try self.file.open()
        let known = Dictionary(try state.rules().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var read = read, changed: [StoredRule] = [], same = 0
        for var rule in read.rules {
            guard let old = known[rule.name] else {
                changed.append(rule)
                continue
            }
            // A rule that is there already as it is goes on as it was.
            if old.text == rule.text {
                same += 1
                continue
            }
            guard let origin = old.origin, Files.wholePath(origin) == Files.wholePath(file) else {
                let whence = old.origin.map { "loaded from \($0)" } ?? "typed by hand"
                read.mistakes.append(
                    "\(file): rule `\(rule.name)`: a rule of this name already exists, \(whence); not replaced: delete it first with `alert delete \(Literal.spelling(rule.name))`"
                )
                continue
            }
            // Whoever switched a rule off did not do so until the next load; one that disabled itself is fixed by this.
            rule.isEnabled = old.isEnabled || old.disabledItself
            changed.append(rule)
        }
        let isWhole = mistakes.isEmpty && read.mistakes.isEmpty
        var reply = Reply(exit: isWhole ? .ok : .wrong)
        reply.narration = mistakes + (read.mistakes + read.remarks).map { Printable.safe($0) + "\n" }.joined()
        guard changed.count + same > 0 else {
            reply.narration += Printable.safe("\(file): no rules were saved") + "\n"
            reply.exit = .wrong
            return reply
        }
        let done = try state.keep(changed, at: clock(), limit: mostRules, NotificationText.body)
        guard let changes = done else {
            var refused = tooManyRules()
            refused.narration = reply.narration + refused.narration
            return refused
        }
        let count = { (n: Int) in "\(n) rule\(n == 1 ? "" : "s")" }
        var told = "\(count(changed.count)) kept" + (same > 0 ? ", \(count(same)) there already" : "")
        let kept = try state.keep(past: read.history)
        if kept > 0 { told += ", \(kept) past firing\(kept == 1 ? "" : "s")" }
        reply.narration += Printable.safe("\(file): \(told)") + resolvedWords(changes) + "\n"
        return reply
    }
}
