import Model
import QueryLanguage

extension RowCondition {
    /// Reads conditions against the columns of a result.
    struct Reader {
        let table: ResultTable
        let now: Timestamp
        let zone: Zone
        private(set) var mistakes: [Diagnostic] = []

        init(_ table: ResultTable, now: Timestamp, zone: Zone) {
            self.table = table
            self.now = now
            self.zone = zone
        }

        /// The condition; nil when something of it is wrong, which `mistakes` tells.
        mutating func condition(_ syntax: PredicateSyntax) -> RowCondition? {
            switch syntax {
            case .and(let a, let b):
                let left = condition(a), right = condition(b)
                return left.flatMap { left in right.map { .and(left, $0) } }
            case .or(let a, let b):
                let left = condition(a), right = condition(b)
                return left.flatMap { left in right.map { .or(left, $0) } }
            case .not(let inner, _): return condition(inner).map { .not($0) }
            case .bare(let item):
                guard let subject = subject(item) else { return nil }
                guard subject.type == .flag else {
                    mistakes.append(
                        Diagnostic(
                            "not-a-flag", at: item.span, "`\(subject.name)` is not a yes/no field; compare it with a value",
                            closest: "\(subject.name) > …"))
                    return nil
                }
                return .flag(subject)
            case .isMissing(let item, let negated, _):
                return subject(item).map { negated ? .not(.isMissing($0)) : .isMissing($0) }
            case .has(let item, let literal, _):
                guard let subject = text(item) else { return nil }
                return .has(subject, literal.text)
            case .isNew(_, _, let span), .inResult(_, _, _, let span):
                mistakes.append(
                    Diagnostic("not-in-memory", at: span, "a stored result can only be compared with values, not with a query"))
                return nil
            case .comparison(let item, let comparison, let literals, let span):
                return self.comparison(item, comparison, literals, span)
            }
        }

        private mutating func comparison(
            _ item: ItemSyntax, _ comparison: Comparison, _ literals: [Literal], _ span: TextSpan
        ) -> RowCondition? {
            if comparison == .matches || comparison == .notMatches {
                guard let subject = text(item), let literal = literals.first else { return nil }
                do throws(Pattern.Mistake) {
                    let found = RowCondition.matches(subject, try Pattern(literal.text))
                    return comparison == .matches ? found : .not(found)
                } catch {
                    mistakes.append(Diagnostic("bad-pattern", at: literal.span, error.message))
                    return nil
                }
            }
            guard let subject = subject(item) else { return nil }
            if comparison.isOrdering, literals.count != 1 {
                mistakes.append(Diagnostic("one-value", at: span, "`\(comparison.rawValue)` takes a single value"))
                return nil
            }
            let wanted = literals.compactMap { self.wanted($0, subject) }
            return wanted.count == literals.count ? .comparison(subject, comparison, wanted) : nil
        }

        private mutating func subject(_ item: ItemSyntax) -> Subject? {
            let columns = ColumnNames(table)
            if let column = columns.index(of: item) {
                return Subject(column: column, name: table.columns[column].name, type: table.columns[column].type)
            }
            if item.name.text == "rows", item.argument == nil { return Subject(column: nil, name: "rows", type: .count) }
            mistakes.append(columns.unknown(item, to: "compare", besides: ["rows"]))
            return nil
        }

        private mutating func text(_ item: ItemSyntax) -> Subject? {
            guard let subject = subject(item) else { return nil }
            if subject.type == .text { return subject }
            mistakes.append(Diagnostic("not-text", at: item.span, "`has` and `~` search text, and `\(subject.name)` is not text"))
            return nil
        }

        /// The value that a literal is for a column of this type; reported when it has the wrong unit.
        private mutating func wanted(_ literal: Literal, _ subject: Subject) -> Wanted? {
            let text = literal.text
            if !literal.isQuoted, text == "(none)" { return .missing }
            var right = "", replacement: String?
            switch subject.type {
            case .text:
                if literal.isMoney { return .text("$" + text) }
                guard !literal.isQuoted, text.contains("*") else { return .text(text) }
                return .glob(text.split(separator: "*", omittingEmptySubsequences: false).map(String.init))
            case .flag:
                if ["yes", "no", "true", "false", "1", "0"].contains(text.lowercased()) { return .text(text) }
                right = "yes or no"
            case .count:
                if !literal.isMoney, let number = Units.count(text) { return .whole(number) }
                if !literal.isMoney, let number = Units.number(text) { return .magnitude(number) }
                right = "a number (100, 10k)"
            case .number:
                if !literal.isMoney, let number = Units.number(text) ?? Units.count(text).map(Double.init) {
                    return .magnitude(number)
                }
                right = "a number (100, 10k)"
            case .ratio:
                if !literal.isMoney, let ratio = Units.ratio(text), text.hasSuffix("%") || ratio <= 1 { return .magnitude(ratio) }
                right = "a share (5% or 0.05)"
                if !literal.isMoney, Units.number(text) != nil { replacement = text + "%" }
            case .change:
                if !literal.isMoney, let ratio = Units.ratio(text) { return .magnitude(ratio) }
                right = "a relative change: 20% or 0.2"
            case .duration:
                if !literal.isMoney, let length = Units.duration(text) { return .whole(length.inNanoseconds) }
                right = Units.number(text) == nil ? "a duration (200ms, 1.5s, 2m)" : "a duration (\(text)s or \(text)ms)"
                if Units.number(text) != nil { replacement = text + "s" }
            case .money:
                if literal.isMoney, let money = Units.money(text) { return .whole(money.units) }
                right = "an amount in dollars ($0.02)"
                if !literal.isMoney, Units.money(text) != nil { replacement = "$" + text }
            case .time:
                if let instant = instant(text) { return .whole(instant.nanoseconds) }
                right = "a time: 2026-11-20T14:00, \"2026-11-20 14:00\", 3h ago"
            }
            let written = (literal.isMoney ? "$" : "") + text
            let message =
                replacement == nil
                ? "`\(written)` does not fit `\(subject.name)`, which takes \(right)"
                : "\(written) of what? `\(subject.name)` takes \(right)"
            mistakes.append(Diagnostic("wrong-unit", at: literal.span, message, replacement: replacement))
            return nil
        }

        private func instant(_ text: String) -> Timestamp? {
            if text.hasSuffix(" ago") { return Units.duration(String(text.dropLast(4))).map { now - $0 } }
            switch text.lowercased() {
            case "now": return now
            case "today":
                let civil = zone.civil(now)
                return zone.instant(of: CivilTime(civil.year, civil.month, civil.day))
            default: return TimeText.parse(text, zone: zone)
            }
        }
    }
}
