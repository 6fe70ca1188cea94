import Model
import Yams

/// Converts the YAML nodes of a rule file to rules; every error is recorded with its position.
struct RuleFileReader {
    private var text: YAMLText
    private(set) var groups: [RuleGroup] = []
    private(set) var mistakes: [RuleFileMistake] = []
    /// The maximum number of rules in a file.
    static let ruleLimit = 1000

    init(_ yaml: String) { text = YAMLText(yaml) }

    mutating func read() {
        let (whole, found) = text.root()
        mistakes = found
        // A Kubernetes PrometheusRule resource has the groups under `spec`.
        var root = whole
        if whole?.mapping?["kind"]?.scalar?.string == "PrometheusRule", let spec = whole?.mapping?["spec"] { root = spec }
        guard let root else {
            if mistakes.isEmpty {
                mistakes.append(RuleFileMistake("empty-file", line: 1, column: 1, "the file is empty; expected `groups:`"))
            }
            return
        }
        guard let pairs = mapping(root, "the file", keys: ["groups"]), let list = pairs["groups"] else {
            if mistakes.isEmpty { report("missing-key", root, "no `groups:`; not a Prometheus rule file") }
            return
        }
        guard let items = sequence(list.value, "`groups`") else { return }
        var names: Set<String> = []
        var count = 0
        for item in items {
            if item.isBlank { continue }
            guard let group = group(item, &count) else { continue }
            if !names.insert(group.name).inserted {
                report("repeated-group", item, "duplicate group `\(group.name)`")
            }
            groups.append(group)
            if count > RuleFileReader.ruleLimit {
                report("too-many-rules", item, "the file has more than \(RuleFileReader.ruleLimit) rules")
                return
            }
        }
    }

    // Reporting.

    private mutating func report(_ id: String, _ node: Node, _ message: String, closest: String? = nil, alert: String? = nil) {
        let (line, column) = YAMLText.place(of: node)
        mistakes.append(RuleFileMistake(id, line: line, column: column, message, closest: closest, alert: alert))
    }

    /// Reports errors within the text of a scalar.
    private mutating func report(_ found: [Diagnostic], in scalar: Node.Scalar, alert: String?) {
        guard !found.isEmpty else { return }
        let place = text.places(in: scalar)
        for diagnostic in found {
            let (line, column) = place(diagnostic.span.start)
            mistakes.append(
                RuleFileMistake(
                    diagnostic.id, line: line, column: column, diagnostic.message, closest: diagnostic.closest, alert: alert))
        }
    }

    // Shapes.

    private struct Entry {
        var key: Node
        var value: Node
    }

    /// Returns a mapping's entries by key and reports unexpected keys.
    private mutating func mapping(
        _ node: Node, _ what: String, keys: [String]?, refused: [String: String] = [:], alert: String? = nil
    )
        -> [String: Entry]?
    {
        guard case .mapping(let mapping) = node else {
            report("wrong-shape", node, "\(what) must be a mapping of keys to values", alert: alert)
            return nil
        }
        var entries: [String: Entry] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                report("wrong-shape", key, "a key must be a string", alert: alert)
                continue
            }
            if let reason = refused[name] {
                report("unsupported-key", key, reason, alert: alert)
            } else if let keys, !keys.contains(name) {
                report(
                    "unknown-key", key, "unknown key `\(name)` in \(what); keys: \(keys.joined(separator: ", "))",
                    closest: NearestName.best(for: name, among: keys), alert: alert)
            } else {
                entries[name] = Entry(key: key, value: value)
            }
        }
        return entries
    }

    private mutating func sequence(_ node: Node, _ what: String) -> [Node]? {
        if node.isBlank { return [] }
        guard case .sequence(let sequence) = node else {
            report("wrong-shape", node, "\(what) must be a list")
            return nil
        }
        return Array(sequence)
    }

    /// Returns an entry's scalar and reports any other node.
    private mutating func scalar(_ entry: Entry?, _ name: String, alert: String? = nil) -> Node.Scalar? {
        guard let entry else { return nil }
        guard let scalar = entry.value.scalar else {
            report("wrong-shape", entry.value, "`\(name)` must be a string", alert: alert)
            return nil
        }
        return scalar
    }

    private mutating func duration(_ entry: Entry?, _ name: String, alert: String? = nil) -> Duration? {
        guard let entry, let scalar = scalar(entry, name, alert: alert) else { return nil }
        guard let length = PromDuration.nanoseconds(scalar.string) else {
            report(
                "bad-duration", entry.value, "`\(scalar.string)` is not a duration; use a form such as \(name): 5m", alert: alert)
            return nil
        }
        return .nanoseconds(length)
    }

    // Groups and rules.

    private mutating func group(_ node: Node, _ count: inout Int) -> RuleGroup? {
        let refused = [
            "query_offset": "`query_offset` is not supported", "evaluation_delay": "`evaluation_delay` is not supported",
            "labels": "group labels are not supported; add them to the rules",
            "partial_response_strategy": "`partial_response_strategy` is not supported",
        ]
        guard let entries = mapping(node, "a group", keys: ["name", "interval", "limit", "rules"], refused: refused) else {
            return nil
        }
        var group = RuleGroup(name: "", interval: nil, rules: [])
        if let name = scalar(entries["name"], "name") {
            group.name = name.string
            if name.string.isEmpty, let entry = entries["name"] { report("missing-name", entry.value, "a group needs a name") }
        } else if entries["name"] == nil {
            report("missing-name", node, "a group needs a `name`")
        }
        group.interval = duration(entries["interval"], "interval")
        if group.interval == .zero, let entry = entries["interval"] {
            report("bad-duration", entry.value, "a group's interval must be positive")
            group.interval = nil
        }
        if let entry = entries["limit"], entry.value.scalar?.string != "0" {
            report("unsupported-key", entry.key, "`limit` is not supported; every alert is kept")
        }
        guard let entry = entries["rules"] else {
            report("missing-key", node, "the group `\(group.name)` has no `rules:`")
            return group
        }
        for item in sequence(entry.value, "`rules`") ?? [] where !item.isBlank {
            count += 1
            if count > RuleFileReader.ruleLimit { break }
            guard var rule = rule(item, group.name) else { continue }
            rule.interval = group.interval
            group.rules.append(rule)
        }
        return group
    }

    private mutating func rule(_ node: Node, _ group: String) -> PrometheusRule? {
        let before = mistakes.count
        let alert = node.mapping?["alert"]?.scalar?.string
        let keys = ["alert", "expr", "for", "keep_firing_for", "labels", "annotations"]
        if let record = node.mapping?.first(where: { $0.key.scalar?.string == "record" }) {
            let name = record.value.scalar?.string ?? ""
            report("recording-rule", record.key, "recording rule `\(name)` is not supported; only alerting rules are")
            return nil
        }
        guard let entries = mapping(node, "a rule", keys: keys, alert: alert) else { return nil }
        if entries["alert"] == nil { report("missing-name", node, "a rule needs an `alert` name") }
        let name = scalar(entries["alert"], "alert")?.string ?? ""
        if let entry = entries["alert"], name.isEmpty, entry.value.scalar != nil {
            report("missing-name", entry.value, "a rule needs an `alert` name")
        }
        var expression: Expression?
        if let scalar = scalar(entries["expr"], "expr", alert: alert) {
            let (found, wrong) = ExpressionParser.parse(scalar.string)
            expression = found
            report(wrong, in: scalar, alert: alert)
        } else if entries["expr"] == nil {
            report("missing-key", node, "the rule\(alert.map { " `\($0)`" } ?? "") has no `expr`", alert: alert)
        }
        let hold = duration(entries["for"], "for", alert: alert) ?? .zero
        let keep = duration(entries["keep_firing_for"], "keep_firing_for", alert: alert) ?? .zero
        let labels = texts(entries["labels"], "labels", alert: alert)
        let annotations = texts(entries["annotations"], "annotations", alert: alert)
        guard mistakes.count == before, let expression else { return nil }
        return PrometheusRule(
            name: name, group: group, hold: hold, keep: keep, labels: labels, annotations: annotations,
            line: YAMLText.place(of: node).line, expression: expression)
    }

    private mutating func texts(_ entry: Entry?, _ what: String, alert: String?) -> [PrometheusRule.Text] {
        guard let entry, !entry.value.isBlank, let entries = mapping(entry.value, "`\(what)`", keys: nil, alert: alert) else {
            return []
        }
        var texts: [PrometheusRule.Text] = []
        for name in entries.keys.sorted() {
            guard let found = entries[name] else { continue }
            if !isLabelName(name) || what == "labels" && name == "__name__" {
                report(
                    "bad-label-name", found.key,
                    "`\(name)` is not a label name: use letters, digits and `_`, not beginning with a digit",
                    alert: alert)
                continue
            }
            guard let scalar = scalar(found, name, alert: alert) else { continue }
            let (template, wrong) = Template.parse(scalar.string)
            report(wrong, in: scalar, alert: alert)
            if let template { texts.append(PrometheusRule.Text(name, template)) }
        }
        return texts
    }

    private func isLabelName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(first >= 0x30 && first <= 0x39) else { return false }
        return name.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == 0x5F }
    }
}

extension Node {
    /// True for an empty node: `key:` without a value, or a removed item.
    fileprivate var isBlank: Bool {
        guard let scalar else { return false }
        return scalar.style == .plain && (scalar.string.isEmpty || scalar.string == "null" || scalar.string == "~")
    }
}
