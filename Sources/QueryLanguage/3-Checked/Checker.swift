import Model

/// Syntax to checked query: every name resolved, every value read by its type, every mistake collected.
struct Checker {
    let context: CheckContext
    let catalog: (any ValueCatalog)?
    var diagnostics: [Diagnostic] = []
    /// True once a range asked for everything.
    var isUnbounded = false
    var query: CheckedQuery

    init(_ noun: Noun, context: CheckContext, catalog: (any ValueCatalog)?) {
        self.context = context
        self.catalog = catalog
        query = CheckedQuery(noun: noun)
        query.zone = context.zone
        query.evidence = context.evidence
    }

    /// Rows of an exported listing, unless `limit` says otherwise.
    static let mostExportedRows = 10_000

    mutating func report(_ diagnostic: Diagnostic) {
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// Checks a query; the result is to be used only when there are no errors among the diagnostics.
    static func check(_ syntax: QuerySyntax, context: CheckContext, catalog: (any ValueCatalog)?) -> (CheckedQuery, [Diagnostic])
    {
        guard let noun = Noun(rawValue: syntax.noun.text) else {
            // A mistyped noun was reported by the parser; the rest is checked as if errors were meant.
            var checker = Checker(.errors, context: context, catalog: catalog)
            checker.run(syntax)
            return (checker.query, checker.diagnostics)
        }
        var checker = Checker(noun, context: context, catalog: catalog)
        checker.run(syntax)
        return (checker.query, checker.diagnostics)
    }

    private mutating func run(_ syntax: QuerySyntax) {
        var predicates: [CheckedPredicate] = [], hasRange = false
        if let text = syntax.text { predicates.append(.has(Field(.message), text.text)) }
        // Keys and buckets first: what `show` and `sort` may name depends on them.
        for clause in syntax.clauses {
            switch clause.kind {
            case .by(let names): for name in names { key(name) }
            case .every(let name): query.bucket = width(name)
            case .range(let range):
                hasRange = true
                query.window = window(range, span: clause.span)
            case .where(let predicate): if let checked = self.predicate(predicate) { predicates.append(checked) }
            default: break
            }
        }
        query.predicate = .all(predicates.flatMap(\.conjuncts))
        if !hasRange, let range = context.defaultRange { query.window = Window(from: context.now - range, to: context.now) }
        for clause in syntax.clauses {
            if case .show(let items) = clause.kind { show(items, span: clause.span) }
        }
        completeShow()
        for clause in syntax.clauses {
            switch clause.kind {
            case .overTime:
                query.bucket = automaticWidth(for: query.window ?? context.coverage ?? Window(from: context.now, to: context.now))
            case .having(let predicate):
                if query.keys.isEmpty && query.bucket == nil { report(Mistake.havingNeedsGroups(clause.span)) }
                if let checked = having(predicate) { query.having = query.having.map { .and($0, checked) } ?? checked }
            case .sort(let keys): for key in keys { sort(key) }
            case .top(let count):
                if query.keys.isEmpty { report(Mistake.topNeedsGroups(clause.span)) }
                query.top = count
            case .limit(let count): query.limit = count.map { .rows($0) } ?? .all
            case .as(let form, let path): self.form(form, path)
            default: break
            }
        }
        if query.form == nil { query.form = context.form }
        // A listing is exported whole, up to a bound that keeps a slip from filling a disk.
        if query.isListing, query.limit == .standard, let form = query.form, Words.exports.contains(form) { query.limit = .rows(Checker.mostExportedRows) }
        checkBuckets(syntax)
        checkRates(syntax)
        let fields = query.predicate.fields.union(query.keys)
        query.coversEveryKind = fields.contains(Field(.kind)) || mentionsKind(syntax)
    }

    /// `kind = any` leaves no condition behind, but still covers every kind.
    private func mentionsKind(_ syntax: QuerySyntax) -> Bool {
        func mentions(_ predicate: PredicateSyntax) -> Bool {
            switch predicate {
            case .comparison(let item, _, _, _), .has(let item, _, _), .isMissing(let item, _, _), .bare(let item):
                Field(named: item.name.text)?.id == .kind
            case .not(let inner, _): mentions(inner)
            case .and(let a, let b), .or(let a, let b): mentions(a) || mentions(b)
            }
        }
        return syntax.clauses.contains { if case .where(let predicate) = $0.kind { mentions(predicate) } else { false } }
    }

    // MARK: Fields

    /// The field an item names; nil when it names none or stands with parentheses, which is reported.
    mutating func field(_ item: ItemSyntax, to purpose: String) -> Field? {
        guard let found = Field(named: item.name.text) else {
            report(Mistake.unknownField(item.name, to: purpose, among: FieldTable.names(for: query.noun)))
            return nil
        }
        guard item.argument == nil else {
            report(Mistake.measureTakesNothing(item))
            return nil
        }
        return isHere(found, item.name) ? found : nil
    }

    private mutating func isHere(_ field: Field, _ name: Name) -> Bool {
        if FieldTable.isField(field.id, of: query.noun) { return true }
        report(Mistake.fieldNotHere(name, noun: query.noun.rawValue, hint: "traces where \(name.text) …"))
        return false
    }

    private mutating func key(_ name: Name) {
        guard let field = Field(named: name.text) else {
            report(Mistake.unknownField(name, to: "group by", among: FieldTable.names(for: query.noun)))
            return
        }
        guard isHere(field, name) else { return }
        if query.noun.isTrace && !field.row.isOfTraces {
            report(
                Mistake.fieldNotHere(
                    name, noun: query.noun.rawValue,
                    hint: "a trace has many calls: `errors by \(field.name)`, `calls by \(field.name)`"))
            return
        }
        if field.id == .time {
            report(
                Diagnostic(
                    "time-needs-width", at: name.span, "time is grouped in buckets: `every 1h`", closest: "every 1h, over time"))
            return
        }
        if !query.keys.contains(field) { query.keys.append(field) }
    }

    // MARK: Measures

    private mutating func show(_ items: [ItemSyntax], span: TextSpan) {
        let isGrouped = !query.keys.isEmpty || query.bucket != nil
        var measures: [Measure] = [], columns: [Field] = []
        for item in items {
            // A name that is both measure and field (cost, tokens, errors) is a column only in a listing of fields.
            let isMeasure = MeasureTable.names[item.name.text] != nil
            if !isMeasure, item.argument == nil, let field = Field(named: item.name.text) {
                guard isHere(field, item.name) else { continue }
                if isGrouped { report(Mistake.fieldsNeedListing(item.name)) } else { columns.append(field) }
            } else if let measure = measure(item) {
                measures.append(measure)
            }
        }
        if !columns.isEmpty {
            columns = items.compactMap { item in
                if item.argument == nil, let field = Field(named: item.name.text), FieldTable.isField(field.id, of: query.noun) {
                    return field
                }
                return nil
            }
            if columns.count != items.count, diagnostics.isEmpty { report(Mistake.mixedShow(span)) }
            query.columns = columns
        } else {
            query.measures = measures
        }
    }

    /// The measures and columns of a query that names none.
    private mutating func completeShow() {
        let isGrouped = !query.keys.isEmpty || query.bucket != nil
        guard query.measures.isEmpty, query.columns.isEmpty else { return }
        guard isGrouped else {
            query.columns = Checker.standardColumns(of: query.noun).map { Field($0) }
            return
        }
        let hasBuckets = query.bucket != nil
        switch query.noun {
        case .errors where hasBuckets, .calls where hasBuckets: query.measures = [.count]
        case .errors: query.measures = isRateDefined() ? [.count, .share, .errorRate] : [.count, .share]
        case .calls: query.measures = isRateDefined() ? [.count, .errors, .errorRate] : [.count]
        case .traces, .failures: query.measures = hasBuckets ? [.count] : [.count, .share]
        }
    }

    /// The columns of a listing that names none.
    static func standardColumns(of noun: Noun) -> [FieldID] {
        switch noun {
        case .errors: [.time, .type, .severity, .model, .agent, .message, .trace]
        case .calls: [.time, .model, .agent, .latency, .tokens, .cost, .outcome, .trace]
        case .traces: [.time, .name, .agent, .calls, .errors, .type, .tokens, .cost, .duration, .trace]
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
                guard let predicate = predicate(syntax) else { return nil }
                let text = PredicatePrinter.text(syntax)
                return name == "count" ? .countWhere(predicate, text) : .shareWhere(predicate, text)
            case .item:
                report(Mistake.measureTakesNothing(item))
                return nil
            }
        case "distinct":
            guard case .item(let inner) = item.argument else {
                report(Mistake.measureNeedsField(item.name, example: "distinct(user)"))
                return nil
            }
            return field(inner, to: "count values of").map { .distinct($0) }
        case "per_minute", "per_second":
            guard case .item(let inner) = item.argument, let measure = measure(inner) else {
                if item.argument == nil { report(Mistake.measureNeedsField(item.name, example: "\(name)(count)")) }
                return nil
            }
            switch measure {
            case .count, .countWhere, .calls, .errors, .aggregate(.sum, _):
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

    private mutating func plainMeasure(_ name: String, _ item: ItemSyntax) -> Measure? {
        if query.noun.isTrace, ["error_rate", "reliability", "recovered", "recovery_time"].contains(name) {
            report(Mistake.measureNotHere(item, noun: query.noun.rawValue, hint: "errors show \(name), calls show \(name)"))
            return nil
        }
        if query.noun == .calls, ["recovered", "recovery_time"].contains(name) {
            report(Mistake.measureNotHere(item, noun: "calls", hint: "errors show \(name)"))
            return nil
        }
        switch name {
        case "calls": return .calls
        case "errors": return .errors
        case "error_rate": return .errorRate
        case "reliability": return .reliability
        case "cost": return .aggregate(.sum, Field(.cost))
        case "tokens": return .aggregate(.sum, Field(.tokens))
        case "traces": return .distinct(Field(.trace))
        case "users": return .distinct(Field(.user))
        case "sessions": return .distinct(Field(.session))
        case "recovered": return .recovered
        case "recovery_time": return .recoveryTime
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
        guard let field = field(inner, to: "measure") else { return nil }
        guard field.type.isNumeric else {
            report(Mistake.notNumeric(inner.name, measure: item.name.text))
            return nil
        }
        if query.noun.isTrace && !field.row.isOfTraces {
            // The latency of a trace is its duration.
            if field.id == .latency { return Field(.duration) }
            report(Mistake.fieldNotHere(inner.name, noun: query.noun.rawValue, hint: "duration, cost, tokens, calls, errors"))
            return nil
        }
        return field
    }

    // MARK: The other clauses

    private mutating func having(_ syntax: PredicateSyntax) -> HavingPredicate? {
        switch syntax {
        case .and(let a, let b):
            let left = having(a), right = having(b)
            return left.flatMap { left in right.map { .and(left, $0) } }
        case .or(let a, let b):
            let left = having(a), right = having(b)
            return left.flatMap { left in right.map { .or(left, $0) } }
        case .not(let inner, _): return having(inner).map { .not($0) }
        case .comparison(let item, let comparison, let literals, let span):
            guard let measure = measure(item) else { return nil }
            guard comparison != .matches, comparison != .notMatches else {
                report(Mistake.notText(item.name))
                return nil
            }
            if comparison.isOrdering, literals.count != 1 { report(Mistake.oneValue(span, comparison: comparison.rawValue)) }
            let values = literals.compactMap { magnitude($0, measure) }
            return values.count == literals.count ? .comparison(measure, comparison, values) : nil
        case .has(let item, _, _), .isMissing(let item, _, _), .bare(let item):
            report(Mistake.notAFlag(item.name))
            return nil
        }
    }

    /// A literal compared with a measure, in the unit of `Value.magnitude`; reported when it has the wrong unit.
    private mutating func magnitude(_ literal: Literal, _ measure: Measure) -> Double? {
        switch measure.type {
        case .count: if let number = Units.count(literal.text) { return Double(number) }
        case .number: if let number = Units.number(literal.text) ?? Units.count(literal.text).map(Double.init) { return number }
        case .ratio: if let ratio = Units.ratio(literal.text) { return ratio }
        case .duration: if let length = Units.duration(literal.text) { return length.inSeconds }
        case .money: if let money = Units.money(literal.text) { return money.dollars }
        default: break
        }
        let right =
            switch measure.type {
            case .ratio: "a share: 5% or 0.05"
            case .duration: "a length of time: 200ms, 1.5s"
            case .money: "dollars: $0.02"
            default: "a number"
            }
        report(Mistake.wrongUnit(literal, field: measure.name, right: right))
        return nil
    }

    private mutating func sort(_ key: SortSyntax) {
        // What is shown may be sorted by; measures that are not shown are computed for it.
        let name = key.item.name.text
        if let field = Field(named: name), key.item.argument == nil, query.isListing || query.keys.contains(field) {
            guard isHere(field, key.item.name) else { return }
            let descends: Bool =
                switch field.type {
                case .text, .tags, .choice: false
                default: true
                }
            query.sort.append(SortKey(subject: .field(field), isDescending: key.isDescending ?? descends))
        } else if !query.isListing, name == "time", query.bucket != nil {
            query.sort.append(SortKey(subject: .field(Field(.time)), isDescending: key.isDescending ?? true))
        } else if !query.isListing, MeasureTable.names[name] != nil {
            if let measure = measure(key.item) {
                query.sort.append(SortKey(subject: .measure(measure), isDescending: key.isDescending ?? true))
            }
        } else {
            let names =
                query.isListing ? FieldTable.names(for: query.noun) : query.keys.map(\.name) + MeasureTable.all.map(\.name)
            report(Mistake.sortUnknown(key.item, among: names))
        }
    }

    private mutating func form(_ form: Name, _ path: Literal?) {
        guard Words.forms.contains(form.text) else {
            report(Mistake.unknownForm(form))
            return
        }
        let needsGroups = form.text == "bars" && query.keys.isEmpty
        let needsBuckets = (form.text == "columns" || form.text == "stack") && query.bucket == nil
        if needsGroups { report(Mistake.formNeeds(form, what: "groups: add `by FIELD`")) }
        if needsBuckets { report(Mistake.formNeeds(form, what: "buckets of time: add `every 1h`")) }
        if form.text == "stack" && query.keys.isEmpty && !needsBuckets {
            report(Mistake.formNeeds(form, what: "groups: add `by FIELD`"))
        }
        query.form = form.text
        query.path = path?.text
    }

    private mutating func checkBuckets(_ syntax: QuerySyntax) {
        guard let bucket = query.bucket, let window = query.window ?? context.coverage else { return }
        let count = window.length.inSeconds / bucket.approximateLength.inSeconds
        guard count > 50_000 else { return }
        let span = syntax.clauses.first { if case .every = $0.kind { true } else { false } }?.span ?? syntax.noun.span
        report(
            Mistake.tooManyBuckets(span, count: count < 1e15 ? Int(count) : .max / 2, width: automaticWidth(for: window).spelling)
        )
    }

    /// A rate needs a denominator: an `or` over both fields of errors and fields of calls leaves none.
    private mutating func checkRates(_ syntax: QuerySyntax) {
        guard query.noun == .errors, !isRateDefined() else { return }
        let asked = query.measures + (query.having?.measures ?? [])
        guard asked.contains(where: { $0 == .errorRate || $0 == .reliability || $0 == .calls }) else { return }
        let span = syntax.clauses.first { if case .where = $0.kind { true } else { false } }?.span ?? syntax.noun.span
        report(Mistake.mixedOr(span))
    }

    /// True when every condition is either about errors alone or about calls alone.
    private func isRateDefined() -> Bool {
        query.predicate.conjuncts.allSatisfy { conjunct in
            let errorFields = conjunct.fields.filter(\.row.isErrorOnly)
            return errorFields.isEmpty || errorFields.count == conjunct.fields.count
        }
    }
}
