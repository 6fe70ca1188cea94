import Model

/// Checking of conditions; literals are interpreted by the type of their field.
extension Checker {
    mutating func predicate(_ syntax: PredicateSyntax) -> CheckedPredicate? {
        switch syntax {
        case .and(let a, let b):
            let left = predicate(a), right = predicate(b)
            guard let left, let right else { return nil }
            return .all(left.conjuncts + right.conjuncts)
        case .or(let a, let b):
            let left = predicate(a), right = predicate(b)
            guard let left, let right else { return nil }
            return .or(left.disjuncts + right.disjuncts)
        case .not(let inner, _): return predicate(inner).map { .not($0) }
        case .bare(let item) where item.name.text == "new" && item.argument == nil: return newKey(item)
        case .bare(let item):
            guard let field = field(item, to: "look at") else { return nil }
            guard field.type == .flag else {
                report(Mistake.notAFlag(item.name, closest: "\(field.name) = …, \(field.name) is present"))
                return nil
            }
            return ofRow(field, .flag(field))
        case .isMissing(let item, let negated, _):
            guard let field = field(item, to: "look at") else { return nil }
            let isMissing = ofRow(field, .isMissing(field))
            return negated ? .not(isMissing) : isMissing
        case .has(let item, let literal, _):
            guard let field = field(item, to: "look into") else { return nil }
            guard field.type == .text || field.type == .tags, !field.isCalendarText else {
                report(Mistake.notText(item.name))
                return nil
            }
            return ofRow(field, .has(field, literal.text))
        case .isNew(let item, let negated, let span):
            guard let field = field(item, to: "look at") else { return nil }
            guard field.hasWords else {
                report(Mistake.notWords(item.name))
                return nil
            }
            newSpans.append(span)
            let isNew = ofRow(field, .isNew(field))
            return negated ? .not(isNew) : isNew
        case .inResult(let item, let reference, let negated, _):
            guard let field = field(item, to: "compare") else { return nil }
            return membership(field, in: reference, negated: negated)
        case .comparison(let item, let comparison, let values, let span):
            guard let field = field(item, to: "compare") else { return nil }
            return self.comparison(field, item, comparison, values, span)
        }
    }

    /// Applies a condition to a trace's calls or errors: a condition on a field that traces do not have themselves holds for a
    /// trace if it holds for one of its calls, or errors if only errors have the field. A value is missing if none of them has
    /// it.
    func ofRow(_ field: Field, _ predicate: CheckedPredicate) -> CheckedPredicate {
        guard query.noun.isTrace, field.isOfErrorsOfTraces || !field.row.isOfTraces else { return predicate }
        switch predicate {
        case .or(let parts): return .or(parts.map { ofRow(field, $0) })
        case .isMissing: return .not(.someRow(field, .not(predicate)))
        default: return .someRow(field, predicate)
        }
    }

    /// Checks `new` alone: the value of the grouping key is new; for errors without groups, the signature.
    private mutating func newKey(_ item: ItemSyntax) -> CheckedPredicate? {
        guard let key = query.keys.first(where: \.hasWords) ?? (query.noun == .errors ? Field(.signature) : nil) else {
            report(Mistake.newNeedsKey(item))
            return nil
        }
        newSpans.append(item.span)
        return .isNew(key)
    }

    /// Parses yes or no; nil for any other word.
    static func truth(_ literal: Literal) -> Bool? {
        switch literal.text.lowercased() {
        case "yes", "true", "1": true
        case "no", "false", "0": false
        default: nil
        }
    }

    private mutating func comparison(
        _ field: Field, _ item: ItemSyntax, _ comparison: Comparison, _ values: [Literal], _ span: TextSpan
    ) -> CheckedPredicate? {
        if comparison == .matches || comparison == .notMatches {
            guard field.type == .text || field.type == .tags, !field.isCalendarText else {
                report(Mistake.notText(item.name))
                return nil
            }
            let patterns = values.compactMap { pattern($0, field) }
            guard patterns.count == values.count else { return nil }
            let any = patterns.count == 1 ? patterns[0] : .or(patterns)
            return comparison == .notMatches ? .not(any) : any
        }
        if comparison.isOrdering {
            guard values.count == 1 else {
                report(Mistake.oneValue(span, comparison: comparison.rawValue))
                return nil
            }
            return ordering(field, comparison, values[0], span).map { ofRow(field, $0) }
        }
        if field.id == .kind, values.contains(where: { $0.text.lowercased() == "any" }) { return .always(comparison == .equal) }
        var exact: [StoredValue] = [], parts: [CheckedPredicate] = []
        for literal in values {
            if !literal.isQuoted,
                literal.text.lowercased() == "(none)" || (field.type != .text && literal.text.lowercased() == "none")
            {
                parts.append(.isMissing(field))
            } else if let found = equality(field, literal, negated: comparison == .notEqual) {
                switch found {
                case .isOneOf(_, let stored): exact += stored
                default: parts.append(found)
                }
            }
        }
        if !exact.isEmpty { parts.insert(.isOneOf(field, exact), at: 0) }
        guard !parts.isEmpty else { return nil }
        let any = ofRow(field, parts.count == 1 ? parts[0] : .or(parts))
        return comparison == .notEqual ? .not(any) : any
    }

    /// Checks `field ~ /re/`; reports an invalid pattern at its position and returns nil.
    private mutating func pattern(_ literal: Literal, _ field: Field) -> CheckedPredicate? {
        do throws(Pattern.Mistake) {
            _ = try Pattern(literal.text)
        } catch {
            let start = literal.place(of: error.start)
            report(Mistake.badPattern(TextSpan(start, max(start, literal.place(of: error.end))), error.message))
            return nil
        }
        return ofRow(field, .matches(field, literal.text))
    }

    /// Checks `field = literal`; reports a literal of the wrong type and returns nil.
    private mutating func equality(_ field: Field, _ literal: Literal, negated: Bool) -> CheckedPredicate? {
        switch field.type {
        case .text, .tags:
            if let stored = calendarValue(field, literal) { return stored.map { .isOneOf(field, [$0]) } }
            if literal.isMoney { return .isOneOf(field, [.text("$" + literal.text)]) }
            let isID = field.id == .trace || field.id == .span
            if !literal.isQuoted, literal.text.contains("*") {
                // The prefix of an id is normalised like a complete id.
                let isHex = literal.text.allSatisfy { $0.isHexDigit || $0 == "*" }
                let glob = CheckedPredicate.glob(field, isID && isHex ? literal.text.lowercased() : literal.text)
                return byOtherNames(glob, literal, field)
            }
            if isID { return .isOneOf(field, [.text(Identifier.normalise(literal.text))]) }
            if !negated { checkExists(literal, field) }
            return byOtherNames(.isOneOf(field, [.text(literal.text)]), literal, field)
        case .choice(let words, _):
            if field.id == .type, let types = Checker.typesOfClass(literal.text) { return .isOneOf(field, types) }
            guard let index = choice(field, literal, words) else { return nil }
            return .isOneOf(field, FieldCodec.stored(field, choice: index))
        case .httpStatus:
            let text = literal.text.lowercased()
            if text.count == 3, text.hasSuffix("xx"), let hundred = text.first?.wholeNumberValue, (1...5).contains(hundred) {
                let low = Int64(hundred * 100)
                return .and([.ordered(field, .greaterOrEqual, .integer(low)), .ordered(field, .less, .integer(low + 100))])
            }
            return value(field, literal).map { .isOneOf(field, [$0]) }
        case .flag:
            if let truth = Checker.truth(literal) { return truth ? .flag(field) : .not(.flag(field)) }
            report(Mistake.notYesOrNo(literal, field: field.name))
            return nil
        default: return value(field, literal).map { .isOneOf(field, [$0]) }
        }
    }

    /// Adds the rows with the value under its canonical name: `gemini` is google, `openai/gpt-4o` is gpt-4o of openai.
    private func byOtherNames(_ written: CheckedPredicate, _ literal: Literal, _ field: Field) -> CheckedPredicate {
        if case .glob(_, let glob) = written, field.id == .provider {
            let known = ProviderNames.meant { Checker.matches($0, glob) }
            return known.map { .or([written, .isOneOf(field, [.text($0)])]) } ?? written
        }
        let (usual, providers) = Checker.usualName(literal.text, in: field)
        guard usual != literal.text else { return written }
        let isGlob = if case .glob = written { true } else { false }
        let renamed: CheckedPredicate = isGlob ? .glob(field, usual) : .isOneOf(field, [.text(usual)])
        if !providers.isEmpty, FieldTable.isField(.provider, of: query.noun) {
            return .or([written, .and([renamed, .isOneOf(Field(.provider), providers.map { .text($0) })])])
        }
        guard case .isOneOf(_, let stored) = written else { return .or([written, renamed]) }
        return .isOneOf(field, stored + [.text(usual)])
    }

    /// Returns true when a name matches a glob, in which only `*` is special.
    private static func matches(_ name: String, _ glob: String) -> Bool {
        let parts = glob.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first) else { return false }
        guard parts.count > 1 else { return name == glob }
        var rest = name.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }

    /// Returns the stored name of a provider or model, and the providers that prefix a model's name.
    private static func usualName(_ name: String, in field: Field) -> (name: String, providers: [String]) {
        switch field.id {
        case .provider: return (ProviderNames.canonical(name), [])
        case .model, .modelRequested:
            let (providers, model) = ProviderNames.providersInFront(of: name)
            return (model, providers)
        default: return (name, [])
        }
    }

    private mutating func ordering(_ field: Field, _ comparison: Comparison, _ literal: Literal, _ span: TextSpan)
        -> CheckedPredicate?
    {
        switch field.type {
        case .choice(let words, let isOrdered):
            guard isOrdered else {
                report(Mistake.notOrdered(span, field: field.name, closest: "\(field.name) = \(words[0]), …"))
                return nil
            }
            guard let index = choice(field, literal, words), let stored = FieldCodec.stored(field, choice: index).first else {
                return nil
            }
            return .ordered(field, comparison, stored)
        case .text where field.isCalendarText:
            guard let stored = calendarValue(field, literal) else { return nil }
            return stored.map { .ordered(field, comparison, $0) }
        case .text where field.id == .metadata:
            if !literal.isQuoted, !literal.isMoney, let number = Units.number(literal.text) {
                return .ordered(field, comparison, .real(number))
            }
            report(Mistake.wrongUnit(literal, field: field.name, right: "a number in ordered comparisons"))
            return nil
        case .text, .tags, .flag:
            report(
                Mistake.notOrdered(
                    span, field: field.name, closest: "\(field.name) = a, b; \(field.name) = a*; \(field.name) has \"a\""))
            return nil
        default: return value(field, literal).map { .ordered(field, comparison, $0) }
        }
    }

    /// The stored types of a class whose word is not that of a type, such as `auth_error`; nil for every other word.
    private static func typesOfClass(_ word: String) -> [StoredValue]? {
        let word = word.lowercased()
        guard ErrorType(name: word) == nil, let index = ErrorClass.allCases.firstIndex(where: { $0.rawValue == word }) else {
            return nil
        }
        return FieldCodec.stored(Field(.class), choice: index)
    }

    private mutating func choice(_ field: Field, _ literal: Literal, _ words: [String]) -> Int? {
        let wanted = literal.text.lowercased()
        if let index = words.firstIndex(where: { $0.lowercased() == wanted }) { return index }
        // Days of the week may be spelled out.
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        if field.id == .weekday, let index = days.firstIndex(of: wanted) { return index }
        report(Mistake.unknownCase(literal, field: field.name, among: words))
        return nil
    }

    /// Converts a literal of `day`, `week` or `month`, which are stored as numbers of local days and months; nil for other
    /// fields, an inner nil for an invalid literal, which is reported.
    private mutating func calendarValue(_ field: Field, _ literal: Literal) -> StoredValue?? {
        guard field.isCalendarText else { return nil }
        if let number = FieldCodec.calendarNumber(field, literal.text) { return .some(.integer(number)) }
        let example = field.id == .day ? "2026-11-20" : field.id == .week ? "2026-W47" : "2026-11"
        report(Mistake.badDay(Name(literal.text, literal.span), field: field.name, closest: example))
        return .some(nil)
    }

    /// Converts a number, duration, amount or time to its stored form; reports an invalid literal and returns nil.
    mutating func value(_ field: Field, _ literal: Literal) -> StoredValue? {
        let text = literal.text
        switch field.type {
        case .count:
            let isHour = field.id == .hour
            if let number = Units.count(text), !literal.isMoney, !isHour || number < 24 { return .integer(number) }
            let right = isHour ? "an hour from 0 to 23" : "an integer (100, 10k, 1.5M)"
            report(Mistake.wrongUnit(literal, field: field.name, right: right))
        case .httpStatus:
            if let number = Units.count(text), (100...599).contains(number), !literal.isMoney { return .integer(number) }
            report(Mistake.wrongUnit(literal, field: field.name, right: "a status from 100 to 599, or 4xx, 5xx"))
        case .duration:
            if let length = Units.duration(text), !literal.isMoney { return .integer(length.inNanoseconds) }
            let (right, replacement) = Checker.lengthHint(text)
            report(
                Mistake.wrongUnit(literal, field: field.name, right: right, replacement: literal.isMoney ? nil : replacement))
        case .money:
            let money = Units.money(text)
            if literal.isMoney, let money { return .integer(money.units) }
            report(
                Mistake.wrongUnit(
                    literal, field: field.name, right: "an amount in dollars ($0.02)",
                    replacement: money != nil && !literal.isMoney ? "$" + text : nil))
        case .time: return instant(literal).map { .integer($0.nanoseconds) }
        default: preconditionFailure("only numbers and times are read here")
        }
        return nil
    }

    /// Resolves a time used as a value: as in a range, or a duration, which means that long ago.
    mutating func instant(_ literal: Literal) -> Timestamp? {
        let isAgo = literal.text.hasSuffix(" ago")
        let text = isAgo ? String(literal.text.dropLast(4)) : literal.text
        return instant(TimeSyntax(text: text, isAgo: isAgo, span: literal.span), allowsBareLength: true)
    }

    /// Reports a value that no call in the store has, with the closest existing ones.
    private mutating func checkExists(_ literal: Literal, _ field: Field) {
        guard let catalog, catalog.contains(literal.text, in: field.id) == false else { return }
        let usual = Checker.usualName(literal.text, in: field).name
        if usual != literal.text, catalog.contains(usual, in: field.id) == true { return }
        let values = catalog.values(of: field.id)
        guard !values.isEmpty else { return }
        // Names that begin with the typed text are close, however long they are.
        let near = NearestName.matches(for: literal.text, among: values.map(\.value))
        let wanted = literal.text.lowercased()
        let prefixed = values.map(\.value).filter { wanted.count > 2 && $0.lowercased().hasPrefix(wanted) && !near.contains($0) }
        let best = (near + prefixed).prefix(3)
        var offered = best.compactMap { name in values.first { $0.value == name } }
        if offered.isEmpty, field.id == .provider,
            let alias = ProviderNames.closest(to: literal.text, among: values.map(\.value)),
            var value = values.first(where: { $0.value == alias.provider })
        {
            value.value = alias.spelling
            offered = [value]
        }
        var diagnostic = Mistake.noValue(
            literal, field: field.name, closest: offered.isEmpty ? Array(values.prefix(3)) : offered)
        if offered.isEmpty { diagnostic.replacement = nil }
        report(diagnostic)
    }
}
