import Alerts
import Errors
import Model

/// `rules.yaml`: the user's own rules of classification, with every mistake and its place.
struct RuleTableFile {
    private(set) var rules: [Rule] = []
    private(set) var mistakes: [RuleFileMistake] = []
    /// Where each rule's examples and counterexamples stand, in the order of the rules.
    private var examples: [(rule: Int, text: String, isCounter: Bool, place: YAMLTree.Place)] = []

    /// More than any file needs, and few enough for the automaton.
    private static let mostRules = 1000
    private static let mostPatterns = 4000

    /// The keys of a rule, with what each means: read by the reader and by `help rules`.
    static let keys: [(name: String, meaning: String)] = [
        ("id", "a unique name, such as `own.moon`; shown by `why`"),
        ("type", "an error type, or not_an_error for texts that are not errors"),
        ("severity", "INFO, WARNING, ERROR or CRITICAL; by default that of the type"),
        ("strength", "decisive (the default), telling, named, status, mention, wrapper or vague; the stronger rule wins"),
        (
            "phrases",
            "texts in any case, on word boundaries; ` … ` is a gap, `*` at an end lifts the boundary, `^` and `$` are the text's ends"
        ),
        ("codes", "provider codes such as QUOTA_EXCEEDED"), ("classes", "exception classes without modules, as they are spelt"),
        ("statuses", "HTTP statuses that the rule requires, 429 or 500-599"), ("unless", "phrases that exclude a match"),
        ("examples", "texts that the rule must classify; checked when the file is read"),
        ("not", "texts that the rule must not classify"),
    ]

    init(_ text: String) {
        let (tree, found) = YAMLTree.read(text)
        mistakes = found
        guard let tree else { return }
        guard case .mapping(let entries, _) = tree else {
            report("wrong-shape", tree.place, "the file must be a mapping with `rules:`")
            return
        }
        for entry in entries where entry.key != "rules" {
            report("unknown-key", entry.place, "unknown key `\(entry.key)`; expected `rules`")
        }
        guard let list = entries.first(where: { $0.key == "rules" })?.value else { return }
        guard case .list(let items, _) = list else {
            report("wrong-shape", list.place, "`rules` must be a list")
            return
        }
        if items.count > RuleTableFile.mostRules {
            report("too-many-rules", list.place, "the file has more than \(RuleTableFile.mostRules) rules")
            return
        }
        var ids: Set<String> = []
        for item in items { read(item, &ids) }
        if rules.reduce(0, { $0 + $1.patternCount }) > RuleTableFile.mostPatterns {
            report(
                "too-many-phrases", list.place, "the file has more than \(RuleTableFile.mostPatterns) phrases, codes and classes")
            rules = []
        }
        if mistakes.isEmpty { checkExamples() }
        mistakes.sort { ($0.line, $0.column, $0.id) < ($1.line, $1.column, $1.id) }
    }

    private mutating func report(_ id: String, _ place: YAMLTree.Place, _ message: String, closest: String? = nil) {
        mistakes.append(RuleFileMistake(id, line: place.line, column: place.column, message, closest: closest))
    }

    private mutating func read(_ item: YAMLTree, _ ids: inout Set<String>) {
        guard case .mapping(let entries, let place) = item else {
            report("wrong-shape", item.place, "a rule must be a mapping of keys to values")
            return
        }
        let known = mistakes.count
        let names = RuleTableFile.keys.map(\.name)
        for entry in entries where !names.contains(entry.key) {
            report(
                "unknown-key", entry.place, "unknown key `\(entry.key)` in a rule",
                closest: NearestName.best(for: entry.key, among: names) ?? names.joined(separator: ", "))
        }
        func entry(_ key: String) -> YAMLTree? { entries.first { $0.key == key }?.value }
        let id = word(entry("id"), "id", at: place) ?? ""
        if id.contains(where: { !($0.isLetter || $0.isNumber || "._-".contains($0)) }) || id.utf8.count > 60 {
            report("bad-id", entry("id")?.place ?? place, "`\(id)` is not a valid id; use letters, digits, `.`, `-` and `_`")
        } else if !id.isEmpty, !ids.insert(id).inserted || RuleSet.builtIn.rule(id: id) != nil || id == "none" {
            report(
                "repeated-id", entry("id")?.place ?? place,
                RuleSet.builtIn.rule(id: id) == nil
                    ? "duplicate id `\(id)`" : "`\(id)` is the id of a built-in rule")
        }
        let typeWord = word(entry("type"), "type", at: place)
        var type: ErrorType?
        if let typeWord, typeWord != "not_an_error" {
            type = ErrorType(name: typeWord)
            if type == nil {
                let types = ErrorType.allCases.map(\.name) + ["not_an_error"]
                report(
                    "unknown-type", entry("type")?.place ?? place, "no error type `\(typeWord)`",
                    closest: NearestName.best(for: typeWord, among: types) ?? types.joined(separator: ", "))
            }
        }
        var rule = Rule(id, type, examples: [])
        if let value = entry("severity") { rule.severity = choice(value, "severity", Severity.allCases.map { ($0.name, $0) }) }
        if let value = entry("strength") {
            rule.strength = choice(value, "strength", Rule.Strength.allCases.map { ("\($0)", $0) }) ?? .decisive
        }
        rule.phrases = texts(entry("phrases")).map(\.text)
        rule.codes = texts(entry("codes")).map(\.text)
        rule.classes = texts(entry("classes")).map(\.text)
        rule.unless = texts(entry("unless")).map(\.text)
        for (text, place) in texts(entry("statuses")) {
            if let range = RuleTableFile.statuses(text) {
                rule.statuses.append(range)
            } else {
                report("bad-status", place, "`\(text)` is not an HTTP status; expected 429 or 500-599")
            }
        }
        if mistakes.count == known, rule.patternCount == rule.unless.count && rule.statuses.isEmpty {
            report("empty-rule", place, "the rule matches nothing; it needs phrases, codes, classes or statuses")
        }
        for key in ["phrases", "codes", "classes", "unless"] {
            for (text, place) in texts(entry(key)) where !text.utf8.contains(where: { $0 > 0x2F && $0 != 0x5E }) {
                report("empty-phrase", place, "`\(text)` has no letter or digit")
            }
        }
        guard mistakes.count == known else { return }
        for (text, place) in texts(entry("examples")) { examples.append((rules.count, text, false, place)) }
        for (text, place) in texts(entry("not")) { examples.append((rules.count, text, true, place)) }
        rule.examples = texts(entry("examples")).map(\.text)
        rule.counterexamples = texts(entry("not")).map(\.text)
        rules.append(rule)
    }

    private mutating func word(_ value: YAMLTree?, _ key: String, at place: YAMLTree.Place) -> String? {
        guard let value else {
            report("missing-key", place, "the rule has no `\(key)`")
            return nil
        }
        guard case .scalar(let text, _) = value else {
            report("wrong-shape", value.place, "`\(key)` must be one word")
            return nil
        }
        return text
    }

    private mutating func choice<T>(_ value: YAMLTree, _ key: String, _ choices: [(name: String, value: T)]) -> T? {
        guard case .scalar(let text, let place) = value else {
            report("wrong-shape", value.place, "`\(key)` must be one word")
            return nil
        }
        if let found = choices.first(where: { $0.name.lowercased() == text.lowercased() }) { return found.value }
        let names = choices.map(\.name)
        report(
            "unknown-value", place, "no \(key) `\(text)`",
            closest: NearestName.best(for: text, among: names) ?? names.joined(separator: ", "))
        return nil
    }

    /// A list of texts; one text is a list of one.
    private mutating func texts(_ value: YAMLTree?) -> [(text: String, place: YAMLTree.Place)] {
        switch value {
        case nil: return []
        case .scalar(let text, let place): return [(text, place)]
        case .mapping(_, let place):
            if !mistakes.contains(where: { $0.line == place.line && $0.column == place.column }) {
                report("wrong-shape", place, "expected a text or a list of texts; quote texts that contain `: `")
            }
            return []
        case .list(let items, _): return items.flatMap { texts($0) }
        }
    }

    private static func statuses(_ text: String) -> ClosedRange<Int>? {
        let parts = text.split(separator: "-").map { Int($0) }
        guard let first = parts.first ?? nil, (400...599).contains(first), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return first...first }
        guard let last = parts[1], last >= first, last <= 599 else { return nil }
        return first...last
    }

    /// Every rule must type its examples among all rules, and none of its counterexamples.
    private mutating func checkExamples() {
        guard !examples.isEmpty else { return }
        let classifier = Classifier(rules: RuleSet.builtIn.adding(rules))
        for (index, text, isCounter, place) in examples {
            let rule = rules[index]
            // A rule of benign texts leaves no trace but that nothing is found.
            let found = classifier.classify(ErrorText(text: text, isKnownFailure: rule.type != nil))
            let takes = rule.type == nil ? found == nil : found?.rule == rule.id
            guard takes == isCounter else { continue }
            let by = found.map { "`\($0.rule)` says \($0.type.name)" } ?? "no rule matches"
            report(
                isCounter ? "counterexample-taken" : "example-missed", place,
                isCounter
                    ? "the rule `\(rule.id)` matches a text in `not_examples`"
                    : "the rule `\(rule.id)` does not match its example: \(by)")
        }
    }
}

extension Rule {
    /// How many patterns it brings into the automaton.
    fileprivate var patternCount: Int { phrases.count + codes.count + classes.count + unless.count }
}
