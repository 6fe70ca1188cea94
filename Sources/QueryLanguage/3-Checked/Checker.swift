import Model

/// Checks a parsed query: resolves every name, interprets every value by its type, and collects every error.
struct Checker {
    let context: CheckContext
    let catalog: (any ValueCatalog)?
    var diagnostics: [Diagnostic] = []
    var query: CheckedQuery
    /// The measure whose argument is being checked; nil elsewhere.
    var outerMeasure: Name?
    /// The spans of `is new`, which needs a window that may follow later.
    var newSpans: [TextSpan] = []

    init(_ noun: Noun, context: CheckContext, catalog: (any ValueCatalog)?) {
        self.context = context
        self.catalog = catalog
        query = CheckedQuery(noun: noun)
        query.zone = context.zone
        query.evidence = context.evidence
        query.knownUntil = context.asOf
    }

    /// The default number of rows in an exported listing.
    static let mostExportedRows = 10_000

    mutating func report(_ diagnostic: Diagnostic) {
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// Checks a query; the result is valid only if the diagnostics contain no errors.
    static func check(_ syntax: QuerySyntax, context: CheckContext, catalog: (any ValueCatalog)?) -> (CheckedQuery, [Diagnostic])
    {
        guard syntax.result != nil || Noun(rawValue: syntax.noun.text) != nil else {
            preconditionFailure("the parser gives a query one of the nouns")
        }
        var checker = Checker(Noun(rawValue: syntax.noun.text) ?? .errors, context: context, catalog: catalog)
        if let reference = syntax.result {
            guard let base = checker.base(reference) else { return (checker.query, checker.diagnostics) }
            checker.query = base
            checker.letGo(of: syntax)
        }
        checker.run(syntax)
        return (checker.query, checker.diagnostics)
    }

    /// Removes the parts of a result's query that the statement's clauses replace.
    private mutating func letGo(of syntax: QuerySyntax) {
        let words = Set(syntax.clauses.map { Parser.name(of: $0.kind) })
        // The measures of `vs` are added again below.
        query.measures.removeAll {
            switch $0 {
            case .before, .change, .delta: true
            default: false
            }
        }
        query.measures = query.measures.map { if case .over(let inner, _) = $0 { inner } else { $0 } }
        if words.contains("by") || words.contains("every") {
            if words.contains("by") { query.keys = [] }
            query.columns = []
            query.sort = []
        }
        if words.contains("show") { (query.measures, query.columns) = ([], []) }
        if words.contains("sort") { query.sort = [] }
        if words.contains("having") { query.having = nil }
        if words.contains("limit") { query.limit = .standard }
        (query.form, query.path) = (nil, nil)
    }

    private mutating func run(_ syntax: QuerySyntax) {
        var predicates = query.predicate.conjuncts, range: RangeSyntax?
        if let text = syntax.text { predicates.append(ofRow(Field(.message), .has(Field(.message), text.text))) }
        // Keys and buckets first: they determine which names `show` and `sort` accept.
        for clause in syntax.clauses {
            switch clause.kind {
            case .by(let names): for name in names { key(name) }
            case .every(let name): query.bucket = width(name)
            case .range(let written):
                range = written
                query.window = window(written, span: clause.span)
            case .where(let predicate): if let checked = self.predicate(predicate) { predicates.append(checked) }
            default: break
            }
        }
        query.predicate = .all(predicates.flatMap(\.conjuncts))
        if range == nil, syntax.result == nil, let length = context.defaultRange {
            query.window = Window(from: context.now - length, to: context.now).intersection(Checker.possible)
        }
        hideLaterRows()
        let isOverTime = syntax.clauses.contains { if case .overTime = $0.kind { true } else { false } }
        if isOverTime {
            query.bucket = automaticWidth(for: query.window ?? context.coverage ?? Window(from: context.now, to: context.now))
        }
        for clause in syntax.clauses {
            switch clause.kind {
            case .versus(let versus): self.versus(versus, range, clause.span)
            default: break
            }
        }
        for clause in syntax.clauses {
            if case .show(let items) = clause.kind { show(items, span: clause.span) }
        }
        completeShow()
        for clause in syntax.clauses {
            switch clause.kind {
            case .having(let predicate):
                if query.keys.isEmpty && query.bucket == nil && !context.isRule { report(Mistake.havingNeedsGroups(clause.span)) }
                if let checked = having(predicate) { query.having = query.having.map { .and($0, checked) } ?? checked }
            case .sort(let keys): for key in keys { sort(key) }
            case .top(let count):
                if query.keys.isEmpty { report(Mistake.topNeedsGroups(clause.span, count: count)) }
                query.top = count
            case .limit(let count): query.limit = count.map { .rows($0) } ?? .all
            case .as(let form, let path): self.form(form, path)
            default: break
            }
        }
        completeMeasures(syntax)
        if query.window == nil { for span in newSpans { report(Mistake.newNeedsWindow(span)) } }
        if query.form == nil { query.form = context.form }
        // A listing is exported whole, up to a bound that keeps a slip from filling a disk.
        if query.isListing, query.limit == .standard, let form = context.forms.first(where: { $0.name == query.form }),
            form.isData || form.need == .points
        {
            query.limit = .rows(Checker.mostExportedRows)
        }
        checkBuckets(syntax)
        checkRates(syntax)
        query.coversEveryKind = query.coversEveryKind || mentionsKind(syntax)
    }

    /// Hides rows later than `as of T`.
    private mutating func hideLaterRows() {
        guard let asOf = context.asOf else { return }
        let end = asOf + .nanoseconds(1)
        let window = query.window ?? Window(from: min(context.coverage?.from ?? Checker.earliest, end), to: end)
        query.window = Window(from: min(window.from, end), to: min(window.to, end))
    }

    /// Applies `over D` and `vs` to the measures.
    private mutating func completeMeasures(_ syntax: QuerySyntax) {
        for clause in syntax.clauses {
            guard case .over(let name) = clause.kind, let length = length(name) else { continue }
            if context.isRule {
                query.ruleLength = length
                continue
            }
            guard query.bucket != nil else {
                report(Mistake.overNeedsEvery(clause.span, length: name.text))
                continue
            }
            query.measures = query.measures.map { $0.isForeign ? $0 : .over($0, length) }
        }
        guard query.versus != nil else { return }
        if query.isListing {
            let span = syntax.clauses.first { if case .versus = $0.kind { true } else { false } }?.span ?? syntax.noun.span
            report(Mistake.versusNeedsMeasures(span))
        }
        let hasChange = query.measures.contains(.change)
        query.changed = query.measures.first { !$0.isDifference && $0.type.hasChange }
        query.giveDelta(type: query.changed?.type)
        query.measures = query.measures.flatMap { $0.isDifference ? [$0] : [$0, .before($0)] }
        // A single number shows its difference next to it, a series as a second line; groups get a column for it.
        let isOfGroups = !query.keys.isEmpty && query.bucket == nil
        if !hasChange, isOfGroups, query.changed != nil { query.measures.append(.change) }
    }

    /// Returns true if the statement mentions `kind` anywhere, as in `kind = any`; it then covers every kind.
    private func mentionsKind(_ syntax: QuerySyntax) -> Bool {
        func mentions(_ item: ItemSyntax) -> Bool {
            switch item.argument {
            case nil, .star: Field(named: item.name.text)?.id == .kind
            case .item(let inner): mentions(inner)
            case .predicate(let predicate): mentions(predicate)
            }
        }
        func mentions(_ predicate: PredicateSyntax) -> Bool {
            switch predicate {
            case .comparison(let item, _, _, _), .has(let item, _, _), .isMissing(let item, _, _), .isNew(let item, _, _),
                .inResult(let item, _, _, _), .bare(let item):
                mentions(item)
            case .not(let inner, _): mentions(inner)
            case .and(let a, let b), .or(let a, let b): mentions(a) || mentions(b)
            }
        }
        return syntax.clauses.contains { clause in
            switch clause.kind {
            case .where(let predicate), .having(let predicate): mentions(predicate)
            case .show(let items): items.contains(where: mentions)
            case .sort(let keys): keys.contains { mentions($0.item) }
            case .by(let names): names.contains { Field(named: $0.text)?.id == .kind }
            default: false
            }
        }
    }

    // MARK: Fields

    /// Returns the field of an item; reports an unknown name or an argument and returns nil.
    mutating func field(_ item: ItemSyntax, to purpose: String) -> Field? {
        guard let found = Field(named: item.name.text) else {
            if MeasureTable.names[item.name.text] != nil, purpose != "count values of" {
                report(Mistake.measureInWhere(item, inside: outerMeasure))
            } else {
                report(Mistake.unknownField(item.name, among: FieldTable.names(for: query.noun)))
            }
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
        let ours = field.id == .duration ? "latency, or " : ""
        let other = field.row.isEventOnly ? "events" : field.row.isTraceOnly ? "traces" : "errors"
        report(Mistake.fieldNotHere(name, noun: query.noun.rawValue, hint: "\(ours)`\(other) where \(field.name) …`"))
        return false
    }

    /// Returns true if rows of the noun have the field themselves, so that it can be displayed, sorted and grouped by.
    mutating func isOwn(_ field: Field, _ name: Name) -> Bool {
        guard isHere(field, name) else { return false }
        if FieldTable.isOwn(field.id, of: query.noun) { return true }
        let hint =
            field.id == .latency
            ? "duration" : "a trace has many calls: `errors by \(field.name)`, `calls by \(field.name)`, `where \(field.name) …`"
        report(
            Mistake.fieldNotHere(
                name, noun: query.noun.rawValue, hint: hint, replacement: field.id == .latency ? "duration" : nil))
        return false
    }

    private mutating func key(_ name: Name) {
        guard let field = Field(named: name.text) else {
            report(Mistake.unknownField(name, among: FieldTable.names(for: query.noun)))
            return
        }
        guard isOwn(field, name) else { return }
        if field.id == .time {
            report(Mistake.timeNeedsWidth(name))
            return
        }
        if !query.keys.contains(field.asKey) { query.keys.append(field.asKey) }
    }

    // MARK: Other clauses

    private mutating func sort(_ key: SortSyntax) {
        // Displayed items can be sorted by; other measures are computed for sorting.
        let name = key.item.name.text
        if let named = Field(named: name), key.item.argument == nil, query.isListing || query.keys.contains(named.asKey) {
            guard isOwn(named, key.item.name) else { return }
            let field = query.isListing ? named : named.asKey
            query.sort.append(SortKey(subject: .field(field), isDescending: key.isDescending ?? field.descends))
        } else if !query.isListing, Field(named: name)?.id == .time, query.bucket != nil {
            query.sort.append(SortKey(subject: .field(Field(.time)), isDescending: key.isDescending ?? true))
        } else if !query.isListing, MeasureTable.names[name] != nil {
            if let measure = measure(key.item) {
                query.sort.append(SortKey(subject: .measure(measure), isDescending: key.isDescending ?? true))
            }
        } else {
            let names =
                query.isListing ? FieldTable.names(for: query.noun) : query.keys.map(\.name) + MeasureTable.all.map(\.name)
            let shown = query.isListing ? query.columns.map(\.name) : query.keys.map(\.name) + query.measures.map(\.name)
            report(Mistake.sortUnknown(key.item, among: names, shown: shown))
        }
    }

    private mutating func form(_ form: Name, _ path: Literal?) {
        let known = context.forms.first { $0.name == form.text }
        guard known != nil || context.forms.isEmpty else {
            report(Mistake.unknownForm(form, among: context.forms.map(\.name)))
            return
        }
        let groups = "groups: add `by FIELD`", buckets = "time buckets: add `every 1h`"
        switch known?.need ?? .nothing {
        case .groups where query.keys.isEmpty: report(Mistake.formNeeds(form, what: groups))
        case .buckets where query.bucket == nil, .groupsAndBuckets where query.bucket == nil:
            report(Mistake.formNeeds(form, what: buckets))
        case .groupsAndBuckets where query.keys.isEmpty: report(Mistake.formNeeds(form, what: groups))
        case .grid where query.keys.count + (query.bucket == nil ? 0 : 1) != 2:
            report(
                Mistake.formNeeds(
                    form, what: "two fields, or one field and time buckets: `by weekday, hour`, `by model every 1d`"))
        case .points where !hasPoints:
            report(
                Mistake.formNeeds(
                    form, what: "two numbers for each row, group or bucket: `calls show latency, cost as scatter`"))
        default: break
        }
        query.form = form.text
        query.path = path?.text
    }

    /// True for an answer whose rows have two numbers: fields of a listing, measures of groups or buckets.
    private var hasPoints: Bool {
        if query.isListing { return query.columns.filter(\.type.isNumeric).count > 1 }
        return (!query.keys.isEmpty || query.bucket != nil) && query.measures.filter { $0.type.hasChange }.count > 1
    }

    private mutating func checkBuckets(_ syntax: QuerySyntax) {
        guard let bucket = query.bucket, let window = query.window ?? context.coverage else { return }
        let count = window.length.inSeconds / bucket.approximateLength.inSeconds
        let isSliding = query.allMeasures.contains { if case .over = $0 { true } else { false } }
        if isSliding, count > 5000 {
            let over = syntax.clauses.first { ["over", "having"].contains(Parser.name(of: $0.kind)) }
            report(Mistake.tooManySteps(over?.span ?? syntax.noun.span, count: count < 1e15 ? Int(count) : .max / 2))
            return
        }
        guard count > 50_000 else { return }
        let span = syntax.clauses.first { if case .every = $0.kind { true } else { false } }?.span ?? syntax.noun.span
        report(
            Mistake.tooManyBuckets(span, count: count < 1e15 ? Int(count) : .max / 2, width: automaticWidth(for: window).spelling)
        )
    }

    /// Reports a rate without a denominator: an `or` over fields of errors and fields of calls leaves none.
    private mutating func checkRates(_ syntax: QuerySyntax) {
        guard !query.noun.isTrace, !query.hasDenominator, query.allMeasures.contains(where: \.isOfCalls) else { return }
        let span = syntax.clauses.first { if case .where = $0.kind { true } else { false } }?.span ?? syntax.noun.span
        report(Mistake.mixedOr(span))
    }
}
