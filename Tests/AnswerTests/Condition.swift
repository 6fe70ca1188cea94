import Model
@testable import QueryLanguage
import TestSupport

/// A condition as text, and what it means for a plain row, written down a second time.
struct Condition {
    var text: String
    var fields: Set<FieldID>
    /// The conditions joined by `and` at the top.
    var conjuncts: [Condition] = []
    var holds: (PlainRow) -> Bool
    /// The same where every value is known that it depends on; nil where it is open.
    var truth: (PlainRow) -> Bool?

    init(
        text: String, fields: Set<FieldID>, conjuncts: [Condition] = [], truth: ((PlainRow) -> Bool?)? = nil,
        holds: @escaping (PlainRow) -> Bool
    ) {
        (self.text, self.fields, self.conjuncts, self.holds) = (text, fields, conjuncts, holds)
        self.truth = truth ?? { holds($0) }
    }

    static var always: Condition { Condition(text: "", fields: []) { _ in true } }

    /// Fields of calls that say how they ended.
    static let endings: Set<FieldID> = [.status, .failed, .outcome]
    /// Fields whose missing value is one that the source does not tell.
    static let unknowable: Set<FieldID> = [
        .provider, .model, .modelRequested, .agent, .name, .latency, .ttft, .cost, .inputTokens, .outputTokens, .tokens,
        .cachedTokens, .reasoningTokens, .attempt, .promptVersion, .inputDigest, .attempts, .retries, .finish, .host, .prompt,
        .requestID, .trace, .span, .user, .session, .environment, .release,
        .service, .project, .duration, .errors, .calls,
    ]

    /// Fields that only errors have.
    static let errorOnly: Set<FieldID> = [
        .type, .class, .severity, .message, .code, .signature, .evidence, .origin, .recovered, .exceptionType,
    ]
    /// Fields that traces have themselves.
    static let ofTraces: Set<FieldID> = [
        .time, .agent, .name, .outcome, .cost, .tokens, .failed, .trace, .user, .session, .environment,
        .release, .service, .project, .tag, .hour, .weekday, .day, .week, .month, .duration, .errors, .calls,
    ]

    /// True when every condition is about failed calls alone or about calls alone.
    func hasDenominator(under noun: Noun) -> Bool {
        conjuncts.allSatisfy { part in
            let isOfErrors = part.fields.isSubset(of: Condition.errorOnly)
            let isOfFailures =
                noun == .errors && part.fields.isSubset(of: Condition.errorOnly.union(Condition.endings))
                && !Condition.isMetBySuccess([part])
            return isOfErrors || isOfFailures || part.fields.isDisjoint(with: Condition.errorOnly)
        }
    }

    /// The conditions that the calls of a rate satisfy.
    func denominator(of noun: Noun) -> Condition {
        let endings = conjuncts.filter { !$0.fields.isEmpty && $0.fields.isSubset(of: Condition.endings) }
        let isOfFailures = noun == .errors && !endings.isEmpty && !Condition.isMetBySuccess(endings)
        return .all(
            conjuncts.filter { part in
                guard part.fields.isDisjoint(with: Condition.errorOnly) else { return false }
                return !(isOfFailures && !part.fields.isEmpty && part.fields.isSubset(of: Condition.endings))
            })
    }

    /// True when a call that did not fail meets all of them: tried out with every status that it can have.
    private static func isMetBySuccess(_ parts: [Condition]) -> Bool {
        ([nil] + Array(100..<400)).contains { (status: Int?) in
            let row = PlainRow(.calls, time: 0, scope: 0, id: "", trace: nil, evidence: 0)
            row.values = [.failed: .flag(false), .outcome: .text("ok")]
            if let status { row.values[.status] = .count(Int64(status)) }
            return parts.allSatisfy { $0.holds(row) }
        }
    }

    static func all(_ parts: [Condition]) -> Condition {
        Condition(
            text: parts.map(\.text).joined(separator: " and "), fields: parts.reduce(into: []) { $0.formUnion($1.fields) },
            conjuncts: parts, truth: { row in Condition.all(parts.map { $0.truth(row) }) }
        ) { row in parts.allSatisfy { $0.holds(row) } }
    }

    /// False when one is false, else open when one is open.
    static func all(_ truths: [Bool?]) -> Bool? { truths.contains(false) ? false : truths.contains(nil) ? nil : true }
}

/// Makes conditions that are likely to hold for some of the rows and not for others.
struct ConditionMaker {
    let noun: Noun
    /// Rows whose values are compared with.
    let samples: [PlainRow]
    /// Fields that may be named.
    let fields: [FieldID]

    init(_ noun: Noun, _ facts: PlainFacts, withKind: Bool) {
        self.noun = noun
        samples = facts.errors + facts.calls + (noun.isTrace ? facts.traces : [])
        var fields: [FieldID] = [
            .time, .type, .class, .severity, .status, .provider, .model, .modelRequested, .agent, .name, .outcome, .message,
            .code,
            .signature, .evidence, .origin, .latency, .ttft, .cost, .inputTokens, .outputTokens, .tokens, .attempts, .retries,
            .recovered, .failed, .finish, .fallback, .fallbackFrom, .host, .prompt, .requestID, .trace, .span, .user, .session,
            .environment, .release, .service, .project, .tag, .hour, .weekday, .day, .week, .month, .metadata, .cachedTokens,
            .reasoningTokens, .attempt, .promptVersion, .inputDigest, .retryOf, .tool, .exceptionType,
        ]
        if noun.isTrace { fields += [.duration, .errors, .calls] }
        if withKind { fields += [.kind, .kind, .kind] }
        self.fields = fields
    }

    /// A condition of up to `count` parts joined by `and`.
    func condition(_ random: inout SeededGenerator, count: UInt64) -> Condition {
        let parts = (0..<random.next() % (count + 1)).map { _ in part(&random, depth: 2) }
        return .all(parts)
    }

    private func part(_ random: inout SeededGenerator, depth: Int) -> Condition {
        guard depth > 0, random.next() % 100 < 35 else { return leaf(&random) }
        let a = part(&random, depth: depth - 1)
        switch random.next() % 3 {
        case 0:
            return Condition(text: "not (\(a.text))", fields: a.fields, truth: { a.truth($0).map(!) }) { !a.holds($0) }.alone
        case 1:
            let b = part(&random, depth: depth - 1)
            return Condition(
                text: "(\(a.text) or \(b.text))", fields: a.fields.union(b.fields),
                truth: { Condition.all([a.truth($0).map(!), b.truth($0).map(!)]).map(!) }
            ) { a.holds($0) || b.holds($0) }.alone
        default:
            let b = part(&random, depth: depth - 1)
            return Condition(
                text: "not (\(a.text) and \(b.text))", fields: a.fields.union(b.fields),
                truth: { Condition.all([a.truth($0), b.truth($0)]).map(!) }
            ) {
                !(a.holds($0) && b.holds($0))
            }
            .alone
        }
    }

    private func leaf(_ random: inout SeededGenerator) -> Condition {
        let field = fields[Int(random.next() % UInt64(fields.count))]
        let (text, test) = field == .metadata ? metadata(&random) : test(field, &random)
        let isOwn = !noun.isTrace || Condition.ofTraces.contains(field)
        let isOfErrors = Condition.errorOnly.contains(field) || field == .status
        // `!=`, `not` and `is missing` negate exactly: "no call has it", not "some call has it not".
        let isMissing = text.hasSuffix("is missing"), allowsMissing = text.hasSuffix(", (none))")
        let negated = text.hasPrefix("!") || isMissing && !isOwn
        let shown = text.hasPrefix("!") ? String(text.dropFirst()) : text
        let isTested: (PlainRow) -> Bool = {
            isMissing && !isOwn ? !test($0) : allowsMissing && !isOwn && self.isMissing($0, field) ? false : test($0)
        }
        func rows(_ row: PlainRow) -> [PlainRow] {
            (isOfErrors ? row.errors : row.calls).filter { $0.scope != 1 || field == .kind }
        }
        let holds: (PlainRow) -> Bool = { row in
            if isOwn { return negated ? !test(row) : test(row) }
            let own = rows(row), some = own.contains(where: isTested)
            // None has a value at all, where that is asked for.
            if allowsMissing, own.allSatisfy({ self.isMissing($0, field) }) { return true }
            return negated ? !some : some
        }
        let isAlwaysKnown =
            isMissing || allowsMissing || text.hasSuffix("is present") || !Condition.unknowable.contains(field)
        let truth: (PlainRow) -> Bool? = { row in
            if isAlwaysKnown { return holds(row) }
            if isOwn { return row[field].isMissing ? nil : holds(row) }
            let own = rows(row)
            if own.contains(where: isTested) { return !negated }
            return own.contains { $0[field].isMissing } ? nil : negated
        }
        return Condition(text: shown, fields: [field], truth: truth, holds: holds).alone
    }

    private func isMissing(_ row: PlainRow, _ field: FieldID) -> Bool { row[field].isMissing }

    private func known(_ field: FieldID, _ random: inout SeededGenerator) -> Value {
        for _ in 0..<20 {
            let value = samples[Int(random.next() % UInt64(samples.count))][field]
            if !value.isMissing { return value }
        }
        return .missing
    }

    /// A comparison and what it means for a row with the field; a leading `!` marks one that is negated as a whole.
    private func test(_ field: FieldID, _ random: inout SeededGenerator) -> (String, (PlainRow) -> Bool) {
        let name = field.rawValue
        let value = known(field, &random)
        if random.next() % 8 == 0 || value.isMissing {
            if random.next() % 2 == 0 { return ("\(name) is missing", { $0[field].isMissing }) }
            return ("\(name) is present", { !$0[field].isMissing })
        }
        let operators = ["<", "<=", ">", ">=", "=", "!="]
        let sign = operators[Int(random.next() % 6)]
        let mark = sign == "!=" ? "!" : ""
        func compared(_ written: String, _ rank: @escaping (Value) -> Double?) -> (String, (PlainRow) -> Bool) {
            let bound = rank(value) ?? 0
            return (
                "\(mark)\(name) \(sign) \(written)",
                { row in
                    guard let number = rank(row[field]) else { return false }
                    switch sign {
                    case "<": return number < bound
                    case "<=": return number <= bound
                    case ">": return number > bound
                    case ">=": return number >= bound
                    default: return number == bound
                    }
                }
            )
        }
        switch value {
        case .flag:
            return random.next() % 2 == 0 ? (name, { $0[field] == .flag(true) }) : ("!not \(name)", { $0[field] == .flag(true) })
        case .count(let number):
            if field == .status, random.next() % 2 == 0 {
                return (
                    "status = \(number / 100)xx",
                    { row in
                        if case .count(let status) = row[.status] { status / 100 == number / 100 } else { false }
                    }
                )
            }
            return compared("\(number)") { if case .count(let n) = $0 { Double(n) } else { nil } }
        case .duration(let length):
            return compared("\(length.inNanoseconds)ns") {
                if case .duration(let d) = $0 { Double(d.inNanoseconds) } else { nil }
            }
        case .money(let money):
            return compared("$\(decimal(money.units))") { if case .money(let m) = $0 { Double(m.units) } else { nil } }
        case .time(let time):
            return compared(TimeText.iso(time)) { if case .time(let t) = $0 { Double(t.nanoseconds) } else { nil } }
        case .text(let text): return self.text(field, text, sign, &random)
        case .number, .ratio, .range, .missing: return ("\(name) is missing", { $0[field].isMissing })
        }
    }

    /// 10⁻⁸ dollars as a decimal.
    private func decimal(_ units: Int64) -> String {
        let digits = String(units % 100_000_000)
        return "\(units / 100_000_000)." + String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static let severities = ["INFO", "WARNING", "ERROR", "CRITICAL"]
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private func text(_ field: FieldID, _ text: String, _ sign: String, _ random: inout SeededGenerator) -> (
        String, (PlainRow) -> Bool
    ) {
        let name = field.rawValue
        let spelt = Literal.spelling(text)
        func order(_ place: @escaping (String) -> Int) -> (String, (PlainRow) -> Bool) {
            let bound = place(text), mark = sign == "!=" ? "!" : ""
            return (
                "\(mark)\(name) \(sign) \(spelt)",
                { row in
                    guard case .text(let own) = row[field] else { return false }
                    switch sign {
                    case "<": return place(own) < bound
                    case "<=": return place(own) <= bound
                    case ">": return place(own) > bound
                    case ">=": return place(own) >= bound
                    default: return place(own) == bound
                    }
                }
            )
        }
        switch field {
        case .severity: return order { ConditionMaker.severities.firstIndex(of: $0) ?? -1 }
        case .weekday: return order { ConditionMaker.weekdays.firstIndex(of: $0) ?? -1 }
        case .day, .week, .month:
            // Written with leading zeros, dates sort as texts do.
            let (texts, test) = order { _ in 0 }
            _ = test
            return (
                texts,
                { row in
                    guard case .text(let own) = row[field] else { return false }
                    switch sign {
                    case "<": return own < text
                    case "<=": return own <= text
                    case ">": return own > text
                    case ">=": return own >= text
                    default: return own == text
                    }
                }
            )
        case .evidence:
            let names = text.split(separator: "+").map(String.init), wanted = names[Int(random.next() % UInt64(names.count))]
            let bit = Evidence.named.first { $0.name == wanted }?.bit ?? []
            return ("evidence = \(wanted)", { $0.evidence & Int64(bit.rawValue) != 0 })
        case .tag:
            guard let tag = text.split(separator: "\"").first(where: { $0 != "[" && $0 != "," && $0 != "]" }) else {
                return ("tag is missing", { $0[.tag].isMissing })
            }
            if random.next() % 3 == 0 {
                return ("tag has \(Literal.spelling(String(tag.prefix(2))))", { $0.tags.contains { $0.contains(tag.prefix(2)) } })
            }
            let mark = random.next() % 3 == 0 ? "!" : ""
            return ("\(mark)tag \(mark)= \(Literal.spelling(String(tag)))", { $0.tags.contains(String(tag)) })
        default: break
        }
        let isClosed: Set<FieldID> = [.type, .class, .kind, .outcome, .origin]
        switch isClosed.contains(field) ? random.next() % 3 : random.next() % 7 {
        case 0: return ("\(name) = \(spelt)", { $0[field] == .text(text) })
        case 1: return ("!\(name) != \(spelt)", { $0[field] == .text(text) })
        case 2:
            let other = known(field, &random)
            guard case .text(let second) = other else { return ("\(name) = \(spelt)", { $0[field] == .text(text) }) }
            return (
                "\(name) in (\(spelt), \(Literal.spelling(second)), (none))",
                { $0[field] == .text(text) || $0[field] == .text(second) || $0[field].isMissing }
            )
        case 3:
            let start = String(text.prefix(2))
            guard Literal.spelling(start) == start else { return ("\(name) = \(spelt)", { $0[field] == .text(text) }) }
            return (
                "\(name) = \(start)*",
                { row in
                    if case .text(let own) = row[field] { own.unicodeScalars.starts(with: start.unicodeScalars) } else { false }
                }
            )
        default:
            let scalars = Array(text.unicodeScalars), from = Int(random.next() % UInt64(scalars.count))
            var part = String.UnicodeScalarView()
            part.append(contentsOf: scalars[from..<min(scalars.count, from + 1 + Int(random.next() % 6))])
            let wanted = ConditionMaker.folded(String(part).uppercasedASCII(random.next() % 2 == 0))
            return (
                "\(name) has \(quoted(String(part).uppercasedASCII(random.next() % 2 == 0)))",
                { row in
                    guard case .text(let own) = row[field] else { return false }
                    return ConditionMaker.contains(ConditionMaker.folded(own), wanted)
                }
            )
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }

    /// ASCII letters in lower case, the rest as it is.
    private static func folded(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.map { $0.value >= 65 && $0.value <= 90 ? Unicode.Scalar(UInt8($0.value + 32)) : $0 }
    }

    private static func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        if part.isEmpty { return true }
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    // MARK: Metadata

    /// What each of the histories' objects holds under the keys asked for: flat keys first, then paths.
    private static let metadata: [String: [String: Value]] = [
        #"{"team":"search","n":5}"#: ["team": .text("search"), "n": .count(5)],
        #"{"team":"ads","n":2.5,"flag":true}"#: ["team": .text("ads"), "n": .number(2.5), "flag": .text("true")],
        #"{"a":{"b":"deep"},"team":""}"#: ["a.b": .text("deep")],
        #"{"a.b":"flat","n":"many","flag":false}"#: ["a.b": .text("flat"), "n": .text("many"), "flag": .text("false")],
        #"{"team":null,"n":-3,"日本":"東京"}"#: ["n": .count(-3), "日本": .text("東京")],
    ]

    static func metadata(_ row: PlainRow, _ key: String) -> Value { row.metadata.flatMap { metadata[$0]?[key] } ?? .missing }

    private func metadata(_ random: inout SeededGenerator) -> (String, (PlainRow) -> Bool) {
        switch random.next() % 8 {
        case 0: return ("metadata.team = search", { ConditionMaker.metadata($0, "team") == .text("search") })
        case 1: return ("metadata.a.b is present", { !ConditionMaker.metadata($0, "a.b").isMissing })
        case 2: return ("metadata.a.b = flat", { ConditionMaker.metadata($0, "a.b") == .text("flat") })
        case 3: return ("metadata.n = 5", { ConditionMaker.metadata($0, "n") == .count(5) })
        case 4: return ("metadata.n > 2", { (ConditionMaker.metadata($0, "n").magnitude ?? 0) > 2 })
        case 5: return ("metadata.flag = false", { ConditionMaker.metadata($0, "flag") == .text("false") })
        case 6: return ("metadata.日本 has 京", { !ConditionMaker.metadata($0, "日本").isMissing })
        default: return ("!metadata.team != ads", { ConditionMaker.metadata($0, "team") == .text("ads") })
        }
    }
}

extension Condition {
    /// The condition as the one part of itself.
    fileprivate var alone: Condition {
        var alone = self
        alone.conjuncts = [self]
        return alone
    }
}

extension String {
    fileprivate func uppercasedASCII(_ isWanted: Bool) -> String {
        guard isWanted else { return self }
        return String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.value >= 97 && $0.value <= 122 ? Unicode.Scalar(UInt8($0.value - 32)) : $0 }))
    }
}
