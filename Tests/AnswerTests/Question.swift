import Model
@testable import QueryLanguage
import TestSupport

/// A measure as text, to be computed a second time.
indirect enum PlainMeasure {
    case count, calls, errors, errorRate, reliability, share, recovered, recoveryTime, firstSeen, lastSeen
    case countWhere(Condition), shareWhere(Condition)
    case aggregate(String, FieldID)
    case distinct(FieldID)
    case per(String, Double, PlainMeasure)

    var text: String {
        switch self {
        case .count: "count"
        case .calls: "calls"
        case .errors: "errors"
        case .errorRate: "error_rate"
        case .reliability: "reliability"
        case .share: "share"
        case .recovered: "recovered"
        case .recoveryTime: "recovery_time"
        case .firstSeen: "first_seen"
        case .lastSeen: "last_seen"
        case .countWhere(let condition): "count(\(condition.text))"
        case .shareWhere(let condition): "share(\(condition.text))"
        case .aggregate(let name, let field): "\(name)(\(field.rawValue))"
        case .distinct(let field): "distinct(\(field.rawValue))"
        case .per(let name, _, let inner): "\(name)(\(inner.text))"
        }
    }

    /// True when it is taken of the calls beside the errors.
    var isOfCalls: Bool {
        switch self {
        case .calls, .errorRate, .reliability: true
        case .per(_, _, let inner): inner.isOfCalls
        default: false
        }
    }

    var isRate: Bool {
        switch self {
        case .errorRate, .reliability: true
        default: false
        }
    }

    var isShare: Bool { if case .share = self { true } else { false } }
}

/// A condition of `having`: a measure, a comparison, a bound.
struct PlainBound {
    var measure: PlainMeasure
    var sign: String
    /// As written, and in the unit of `Value.magnitude`.
    var written: String, bound: Double

    var text: String { "\(measure.text) \(sign) \(written)" }

    func holds(_ value: Value) -> Bool {
        guard let number = value.magnitude else { return sign == "!=" }
        switch sign {
        case ">": return number > bound
        case "<=": return number <= bound
        case "!=": return number != bound
        default: return number == bound
        }
    }
}

/// A question in parts: its text, and what the plain reference needs to answer it.
struct Question {
    enum Subject {
        case key(Int)
        case measure(PlainMeasure)
        case time
    }

    var noun: Noun
    var keys: [FieldID] = []
    var width: String?
    /// Nanoseconds; nil is `all`.
    var window: (from: Int64, to: Int64)?
    var condition = Condition.always
    var measures: [PlainMeasure]
    var having: PlainBound?
    var sort: [(subject: Subject, isDescending: Bool?)] = []
    var top: Int?
    var limit: Int?

    /// True when it mentions `kind` and so covers every kind of span.
    var coversEveryKind: Bool {
        var fields = condition.fields.union(keys)
        for measure in measures + (having.map { [$0.measure] } ?? []) {
            switch measure {
            case .countWhere(let condition), .shareWhere(let condition): fields.formUnion(condition.fields)
            case .distinct(let field), .aggregate(_, let field): fields.insert(field)
            default: break
            }
        }
        return fields.contains(.kind)
    }

    var text: String {
        var text = noun.rawValue + " show " + measures.map(\.text).joined(separator: ", ")
        if !keys.isEmpty { text += " by " + keys.map(\.rawValue).joined(separator: ", ") }
        if let width { text += " every \(width)" }
        if !condition.text.isEmpty { text += " where \(condition.text)" }
        if let window {
            let from = TimeText.iso(Timestamp(nanoseconds: window.from)), to = TimeText.iso(Timestamp(nanoseconds: window.to))
            text += " from \(from) to \(to)"
        } else {
            text += " all"
        }
        if let having { text += " having \(having.text)" }
        if !sort.isEmpty {
            text +=
                " sort "
                + sort.map { key in
                    let name =
                        switch key.subject {
                        case .key(let place): keys[place].rawValue
                        case .measure(let measure): measure.text
                        case .time: "time"
                        }
                    return name + (key.isDescending.map { $0 ? " desc" : " asc" } ?? "")
                }.joined(separator: ", ")
        }
        if let top { text += " top \(top)" }
        if let limit { text += " limit \(limit)" }
        return text
    }
}

/// Makes questions over everything the language has, weighted towards what is answered from several sources at once.
struct QuestionMaker {
    let facts: PlainFacts
    var random: SeededGenerator

    private mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int(random.next() % UInt64(choices.count))] }

    mutating func question() -> Question {
        let noun: Noun = pick([.errors, .errors, .errors, .calls, .calls, .calls, .traces, .failures])
        let maker = ConditionMaker(noun, facts, withKind: chance(15))
        var question = Question(noun: noun, measures: [])
        question.condition = chance(35) ? .always : simple(noun) ?? maker.condition(&random, count: 2)
        question.keys = keys(noun)
        for _ in 0..<(1 + random.next() % 4) {
            let measure = measure(noun, maker, allowsRate: question.condition.hasDenominator(under: noun))
            if !question.measures.contains(where: { $0.text == measure.text }) { question.measures.append(measure) }
        }
        time(&question)
        if !question.keys.isEmpty || question.width != nil, chance(20) {
            question.having = bound(noun, maker, question)
        }
        if chance(25), !question.keys.isEmpty || question.width != nil {
            var subjects: [Question.Subject] = question.keys.indices.map { .key($0) }
            // A name that is both a key and a measure would sort by the key.
            for measure in [
                measure(noun, maker, allowsRate: question.condition.hasDenominator(under: noun)), question.measures[0],
            ]
            where !question.keys.contains(where: { $0.rawValue == measure.text }) {
                subjects.append(.measure(measure))
            }
            if question.width != nil { subjects.append(.time) }
            for _ in 0...random.next() % 2 { question.sort.append((pick(subjects), pick([nil, nil, true, false]))) }
        }
        if !question.keys.isEmpty, chance(35) { question.top = Int(1 + random.next() % 4) }
        if question.top == nil, chance(15) { question.limit = Int(1 + random.next() % 5) }
        return question
    }

    /// Conditions on the dimensions of rollups alone.
    private mutating func simple(_ noun: Noun) -> Condition? {
        guard !noun.isTrace, chance(50) else { return nil }
        func leaf(_ field: FieldID, _ value: String) -> Condition {
            let leaf = Condition(text: "\(field.rawValue) = \(Literal.spelling(value))", fields: [field]) {
                $0[field] == .text(value)
            }
            return .all([leaf])
        }
        switch random.next() % 4 {
        case 0: return leaf(.model, pick(["gpt-4o", "通义千问", "only-in-events"]))
        case 1: return leaf(.provider, pick(["openai", "anthropic"]))
        case 2: return leaf(.agent, pick(["planner", "Prüfer"]))
        default: return leaf(.type, pick(["rate_limit", "timeout", "server_error", "unknown"]))
        }
    }

    private mutating func keys(_ noun: Noun) -> [FieldID] {
        let simple: [FieldID] =
            noun.isTrace
            ? [.agent, .type, .name, .user, .hour, .weekday, .outcome, .tag, .release]
            : [.model, .provider, .agent, .type, .class, .model, .type, .hour, .weekday, .signature, .recovered]
        let all: [FieldID] =
            noun.isTrace
            ? [.severity, .session, .environment, .service, .project, .day, .week, .month, .failed, .errors, .trace]
            : [
                .severity, .status, .modelRequested, .name, .outcome, .message, .code, .evidence, .origin, .finish, .fallback,
                .fallbackFrom, .host, .prompt, .user, .session, .environment, .release, .service, .project, .tag, .day, .week,
                .month, .attempts, .failed, .kind, .trace, .outputTokens, .promptVersion, .exceptionType, .tool, .attempt,
                .retryOf,
                .cachedTokens,
            ]
        var keys: [FieldID] = []
        for _ in 0..<pick([0, 1, 1, 1, 2]) {
            let key = chance(65) ? pick(simple) : pick(all)
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private mutating func measure(_ noun: Noun, _ maker: ConditionMaker, allowsRate: Bool) -> PlainMeasure {
        let names = ["sum", "avg", "min", "max", "p50", "p90", "p95", "p99"]
        let numbers: [FieldID] =
            noun.isTrace
            ? [.duration, .cost, .tokens, .errors, .calls]
            : [.latency, .latency, .latency, .cost, .tokens, .inputTokens, .outputTokens, .ttft, .attempts, .retries, .hour]
        let distinct: [FieldID] =
            noun.isTrace
            ? [.user, .agent, .trace, .type, .day] : [.user, .model, .trace, .session, .signature, .evidence, .type, .day]
        switch random.next() % 16 {
        case 0, 1: return .count
        case 2 where !noun.isTrace && allowsRate: return .errorRate
        case 3 where !noun.isTrace && allowsRate: return pick([.reliability, .errorRate])
        case 4 where noun.isTrace || allowsRate: return .calls
        case 5: return .errors
        case 6: return .share
        case 7: return .countWhere(part(maker))
        case 8: return .shareWhere(part(maker))
        case 9: return .distinct(pick(distinct))
        case 10 where noun == .errors: return pick([.recovered, .recoveryTime])
        case 11: return pick([.firstSeen, .lastSeen])
        case 12: return .per(pick(["per_minute"]), 60, pick([.count, .aggregate("sum", .tokens), .aggregate("sum", .cost)]))
        default: return .aggregate(pick(names), pick(numbers))
        }
    }

    /// A condition in a measure's parentheses.
    private mutating func part(_ maker: ConditionMaker) -> Condition {
        while true {
            let condition = maker.condition(&random, count: 1)
            if !condition.text.isEmpty { return condition }
        }
    }

    private mutating func bound(_ noun: Noun, _ maker: ConditionMaker, _ question: Question) -> PlainBound {
        let sign = pick([">", ">", "<=", "!=", "="])
        switch random.next() % 4 {
        case 0 where !noun.isTrace && question.condition.hasDenominator(under: noun):
            return PlainBound(measure: .errorRate, sign: sign, written: pick(["25%", "0.25"]), bound: 0.25)
        case 1 where !noun.isTrace:
            return PlainBound(measure: .aggregate("p95", .latency), sign: sign, written: "1.5s", bound: 1.5)
        case 2: return PlainBound(measure: .aggregate("sum", .cost), sign: sign, written: "$0.05000001", bound: 0.050_000_01)
        default: return PlainBound(measure: .count, sign: sign, written: "3", bound: 3)
        }
    }

    // MARK: Time

    private mutating func time(_ question: inout Question) {
        let hour: Int64 = 3_600_000_000_000
        if chance(10) {
            if chance(40) { question.width = pick(["1mo", "2mo", "1w", "3w", "30d"]) }
            return
        }
        let place = pick(AwkwardHistory.places) * 1_000_000_000
        let length = pick([0, 1, 60_000_000_000, hour, 2 * hour, 5 * hour, 24 * hour, 26 * hour, 48 * hour, 20 * 24 * hour])
        let from = edge(place - Int64(random.next() % UInt64(30 * hour)), question.noun)
        let to = max(from, chance(50) ? edge(from + length, question.noun) : from + length)
        question.window = (from, to)
        guard chance(45) else { return }
        let widths: [(String, Int64)] = [
            ("1m", hour / 60), ("5m", hour / 12), ("7m", hour / 8), ("15m", hour / 4), ("30m", hour / 2), ("1h", hour),
            ("90m", hour * 3 / 2), ("3h", 3 * hour), ("5h", 5 * hour), ("12h", 12 * hour), ("1d", 24 * hour), ("2d", 48 * hour),
            ("1w", 168 * hour), ("1mo", 720 * hour), ("2mo", 1440 * hour),
        ]
        let span = to - from
        question.width = pick(widths.filter { span / $0.1 < 40 }).0
    }

    /// A time made awkward: on a boundary, on a row, or just beside it.
    private mutating func edge(_ time: Int64, _ noun: Noun) -> Int64 {
        let minute: Int64 = 60_000_000_000
        switch random.next() % 8 {
        case 0: return floorDivide(time, minute) * minute
        case 1, 2: return floorDivide(time, 60 * minute) * 60 * minute
        case 3: return floorDivide(time, 1440 * minute) * 1440 * minute
        case 4, 5:
            // The row nearest to it, or one nanosecond beside.
            let near = facts.calls.min { abs($0.time - time) < abs($1.time - time) }?.time ?? time
            return near + pick([0, 0, 1, -1])
        case 6: return floorDivide(time, 60 * minute) * 60 * minute + pick([1, -1])
        default: return time
        }
    }
}
