import Model

/// Checking of measures and columns in `show`, `having` and `sort`.
extension Checker {
    mutating func show(_ items: [ItemSyntax], span: TextSpan) {
        let isGrouped = !query.keys.isEmpty || query.bucket != nil
        func column(_ item: ItemSyntax) -> Field? { item.argument == nil ? Field(named: item.name.text) : nil }
        // A name of both a measure and a field (cost, tokens, errors) is a column only next to a name that is only a field.
        let isListing = !isGrouped && items.contains { column($0) != nil && MeasureTable.names[$0.name.text] == nil }
        if isListing {
            for item in items {
                if let field = column(item) {
                    if isOwn(field, item.name) { query.columns.append(field) }
                } else if MeasureTable.names[item.name.text] != nil {
                    report(Mistake.mixedShow(span))
                } else {
                    report(Mistake.unknownField(item.name, among: FieldTable.names(for: query.noun)))
                }
            }
            return
        }
        for item in items {
            if isGrouped, MeasureTable.names[item.name.text] == nil, let field = column(item) {
                report(Mistake.fieldsNeedListing(item.name, isKey: query.keys.contains(field)))
            } else if let measure = measure(item), !query.measures.contains(measure) {
                query.measures.append(measure)
            }
        }
    }

    /// Sets the default measures and columns of a query that names none.
    mutating func completeShow() {
        let isGrouped = !query.keys.isEmpty || query.bucket != nil
        guard query.measures.isEmpty, query.columns.isEmpty else { return }
        // The measures of a rule are in its `having`; `change` is that of the count.
        if context.isRule {
            query.measures = [.count]
            return
        }
        guard isGrouped else {
            query.columns = Checker.standardColumns(of: query.noun).map { Field($0) }
            return
        }
        let hasBuckets = query.bucket != nil
        switch query.noun {
        case .errors where !hasBuckets && query.keys == [Field(.signature)]:
            // One line per failure: how often, since when, whether it is new, which models it affects, and a sample.
            query.measures = [.count, .firstSeen, .lastSeen, .distinct(Field(.model)), .sample]
            if query.window != nil { query.measures.insert(.new(Field(.signature)), at: 1) }
        case .errors where hasBuckets, .calls where hasBuckets: query.measures = [.count]
        case .errors: query.measures = query.hasDenominator ? [.count, .share, .errorRate] : [.count, .share]
        case .calls: query.measures = query.hasDenominator ? [.count, .errors, .errorRate] : [.count, .errors]
        case .traces, .failures, .events: query.measures = hasBuckets ? [.count] : [.count, .share]
        }
    }

    /// The default columns of a listing.
    static func standardColumns(of noun: Noun) -> [FieldID] {
        switch noun {
        case .errors: [.time, .type, .severity, .model, .agent, .message, .trace]
        case .calls: [.time, .model, .agent, .latency, .tokens, .cost, .outcome, .trace]
        case .traces: [.time, .name, .agent, .calls, .errors, .type, .tokens, .cost, .duration, .trace]
        case .events: [.time, .event, .name, .model, .fallbackFrom, .message, .trace]
        case .failures: [.time, .name, .agent, .errors, .type, .severity, .duration, .trace]
        }
    }

    mutating func measure(_ item: ItemSyntax) -> Measure? {
        guard let name = MeasureTable.names[item.name.text] else {
            let names = MeasureTable.all.map(\.name) + FieldTable.names(for: query.noun)
            report(Mistake.unknownMeasure(item.name, among: names))
            return nil
        }
        if let aggregate = Aggregate(rawValue: name) {
            guard let field = numericField(item) else { return nil }
            return .aggregate(aggregate, field)
        }
        switch name {
        case "count", "share":
            switch item.argument {
            case nil, .star: return name == "count" ? .count : .share
            case .predicate(let syntax):
                guard let predicate = inside(item.name, { $0.predicate(syntax) }) else { return nil }
                let text = PredicatePrinter.text(syntax)
                return name == "count" ? .countWhere(predicate, text) : .shareWhere(predicate, text)
            case .item:
                report(Mistake.measureTakesNothing(item))
                return nil
            }
        case "common":
            guard case .item(let inner) = item.argument else {
                report(Mistake.measureNeedsField(item.name, example: "common(type)"))
                return nil
            }
            guard let field = field(inner, to: "count values of"), isOwn(field, inner.name) else { return nil }
            return .common(field)
        case "distinct":
            guard case .item(let inner) = item.argument else {
                report(Mistake.measureNeedsField(item.name, example: "distinct(user)"))
                return nil
            }
            guard let field = field(inner, to: "count values of"), isOwn(field, inner.name) else { return nil }
            return .distinct(field)
        case "per_minute", "per_second":
            guard case .item(let inner) = item.argument else {
                report(Mistake.measureNeedsMeasure(item.name, example: "\(name)(count)"))
                return nil
            }
            guard let measure = measure(inner) else { return nil }
            switch measure {
            case .count, .calls, .errors, .aggregate(.sum, _):
                return name == "per_minute" ? .perMinute(measure) : .perSecond(measure)
            default:
                report(Mistake.measureNotHere(inner, noun: "`\(name)`", hint: "\(name)(count), \(name)(tokens)"))
                return nil
            }
        default:
            guard item.argument == nil else {
                report(Mistake.measureTakesNothing(item))
                return nil
            }
            return plainMeasure(name, item)
        }
    }

    /// Runs `read` for the argument of a measure.
    private mutating func inside<Read>(_ measure: Name, _ read: (inout Checker) -> Read) -> Read {
        let outer = outerMeasure
        outerMeasure = measure
        defer { outerMeasure = outer }
        return read(&self)
    }

    /// Returns a measure without an argument; reports it if it does not apply to the noun.
    private mutating func plainMeasure(_ name: String, _ item: ItemSyntax) -> Measure? {
        guard let measure = namedMeasure(name, item) else { return nil }
        guard !measure.isTaken(of: query.noun) else { return measure }
        let others = [Noun.errors, .calls, .traces].filter { measure.isTaken(of: $0) }.map { "\($0.rawValue) show \(name)" }
        report(
            Mistake.measureNotHere(
                item, noun: query.noun.rawValue,
                hint: query.noun == .events ? "count, count(event = fallback), traces" : others.joined(separator: ", ")))
        return nil
    }

    private mutating func namedMeasure(_ name: String, _ item: ItemSyntax) -> Measure? {
        switch name {
        case "calls": return .calls
        case "errors": return .errors
        case "error_rate": return .errorRate
        case "reliability": return .reliability
        case "cost": return .aggregate(.sum, Field(.cost))
        case "tokens": return .aggregate(.sum, Field(.tokens))
        case "traces": return .distinct(Field(.trace))
        case "users": return .distinct(Field(.user))
        case "models": return .distinct(Field(.model))
        case "sessions": return .distinct(Field(.session))
        case "recovered": return .recovered
        case "recovery_time": return .recoveryTime
        case "change":
            guard query.versus != nil else {
                report(Mistake.changeNeedsVersus(item.name))
                return nil
            }
            return .change
        case "delta":
            guard query.versus != nil else {
                report(Mistake.changeNeedsVersus(item.name))
                return nil
            }
            let type = query.measures.first { !$0.isDifference && $0.type.hasChange }?.type
            return .delta(type == .ratio ? .number : type ?? .number)
        case "new":
            guard let key = query.keys.first(where: \.hasWords) else {
                report(Mistake.newNeedsKey(item))
                return nil
            }
            newSpans.append(item.span)
            return .new(key)
        case "sample": return .sample
        case "first_seen": return .firstSeen
        case "last_seen": return .lastSeen
        default: preconditionFailure("measure \(name) has a row but no meaning")
        }
    }

    private mutating func numericField(_ item: ItemSyntax) -> Field? {
        guard case .item(let inner) = item.argument else {
            report(Mistake.measureNeedsField(item.name, example: "\(item.name.text)(latency)"))
            return nil
        }
        // For a trace, latency means duration.
        if query.noun.isTrace, inner.argument == nil, Field(named: inner.name.text)?.id == .latency { return Field(.duration) }
        guard let field = inside(item.name, { $0.field(inner, to: "measure") }) else { return nil }
        guard field.type.isNumeric else {
            report(Mistake.notNumeric(inner.name, measure: item.name.text))
            return nil
        }
        return isOwn(field, inner.name) ? field : nil
    }

    // MARK: Having

    mutating func having(_ syntax: PredicateSyntax) -> HavingPredicate? {
        switch syntax {
        case .and(let a, let b):
            let left = having(a), right = having(b)
            return left.flatMap { left in right.map { .and(left, $0) } }
        case .or(let a, let b):
            let left = having(a), right = having(b)
            return left.flatMap { left in right.map { .or(left, $0) } }
        case .not(let inner, _): return having(inner).map { .not($0) }
        case .comparison(let item, let comparison, let literals, let span):
            guard let measure = bounded(item) else { return nil }
            guard comparison != .matches, comparison != .notMatches else {
                report(Mistake.notText(item.name))
                return nil
            }
            if comparison.isOrdering, literals.count != 1 { report(Mistake.oneValue(span, comparison: comparison.rawValue)) }
            let values = literals.compactMap { magnitude($0, measure) }
            return values.count == literals.count ? .comparison(measure, comparison, values) : nil
        case .isMissing(let item, let negated, _):
            guard let measure = bounded(item) else { return nil }
            return negated ? .not(.isMissing(measure)) : .isMissing(measure)
        case .has(let item, _, _), .isNew(let item, _, _), .inResult(let item, _, _, _):
            report(Mistake.notText(item.name))
            return nil
        case .bare(let item) where MeasureTable.names[item.name.text] == "new":
            // The only measure that is true or false.
            return measure(item).map { .comparison($0, .equal, [1]) }
        case .bare(let item):
            report(Mistake.notAFlag(item.name, closest: "\(item.text) > …"))
            return nil
        }
    }

    /// Returns the measure of a condition in `having`; reports a field, which belongs in `where`.
    private mutating func bounded(_ item: ItemSyntax) -> Measure? {
        if MeasureTable.names[item.name.text] == nil, item.argument == nil, Field(named: item.name.text) != nil {
            report(Mistake.fieldInHaving(item.name))
            return nil
        }
        let measure = measure(item)
        guard let measure, let over = item.over else { return measure }
        return length(over).map { .over(measure, $0) }
    }

    /// Returns a literal compared with a measure, in the unit of `Value.magnitude`; reports a wrong unit.
    private mutating func magnitude(_ literal: Literal, _ measure: Measure) -> Double? {
        let text = literal.text
        var right = "a number (100, 10k)", replacement: String?
        switch measure.type {
        case .count: if !literal.isMoney, let number = Units.count(text) { return Double(number) }
        case .change:
            let plain = text.hasPrefix("+") ? String(text.dropFirst()) : text
            if !literal.isMoney, let ratio = Units.ratio(plain), plain.hasSuffix("%") || abs(ratio) <= 10 { return ratio }
            if !literal.isMoney, Units.number(plain) != nil { replacement = text + "%" }
            right = "a relative change (+25%, -10%)"
        case .number:
            if !literal.isMoney, let number = Units.number(text) ?? Units.count(text).map(Double.init) { return number }
        case .ratio:
            if !literal.isMoney, let ratio = Units.ratio(text), text.hasSuffix("%") || ratio <= 1 { return ratio }
            right = "a share (5% or 0.05)"
            if !literal.isMoney, Units.number(text) != nil { replacement = text + "%" }
        case .duration:
            if !literal.isMoney, let length = Units.duration(text) { return length.inSeconds }
            (right, replacement) = Checker.lengthHint(text)
        case .money:
            if literal.isMoney, let money = Units.money(text) { return money.dollars }
            right = "an amount in dollars ($0.02)"
            if !literal.isMoney, Units.money(text) != nil { replacement = "$" + text }
        case .time: return instant(literal).map { Double($0.nanoseconds) }
        case .flag:
            if let truth = Checker.truth(literal) { return truth ? 1 : 0 }
            right = "yes or no"
        case .text: break
        }
        report(Mistake.wrongUnit(literal, field: measure.name, right: right, replacement: replacement))
        return nil
    }

    /// Returns the expected form of a duration, and the correction if there is a single one.
    static func lengthHint(_ text: String) -> (String, String?) {
        guard Units.number(text) != nil else { return ("a duration (200ms, 1.5s, 2m)", nil) }
        return ("a duration (\(text)s or \(text)ms)", text + "s")
    }
}
