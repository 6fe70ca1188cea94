import Model

/// A compiled query: its statements, and how the answer is built from their rows.
public struct CompiledQuery: Sendable {
    /// The checked query.
    public let query: CheckedQuery
    let plan: Plan
    let facts: QueryFacts
    /// The query whose folded groups this one combines, which is the basis of shares; nil if it stands alone.
    var whole: CheckedQuery?

    init(_ query: CheckedQuery, facts: QueryFacts) {
        self.query = query
        self.facts = facts
        plan = Planner.plan(query, facts: facts)
    }

    /// The statements of the plan, in order. Answers of several questions ask more, which depends on what these find.
    public var statements: [PlannedStatement] { plan.statements }

    /// The statements that an engine is asked: without optional ones that would cost it something.
    public func statements(askedOf engine: some QueryEngine) -> [PlannedStatement] {
        plan.statements.filter { !$0.isOptional || engine.isCheap($0) }
    }

    /// Runs the query and builds the answer.
    ///
    /// If percentiles or distinct counts are displayed, the groups folded by `top` are queried once more in combination, so that
    /// these values are exact; so is the whole window if the groups of a series are ranked by a measure that is not additive.
    public func answer(from engine: some QueryEngine) throws -> Answer { try answer(from: engine, totals: nil) }

    /// - Parameter totals: What shares are taken of; the query's own rows unless it is a part of another one's.
    func answer(from engine: some QueryEngine, totals: [Int64]?) throws -> Answer {
        if query.isListing {
            var rows: [[Value]] = []
            var answer = try eachListedRow(from: engine) { rows.append($0) }
            answer.table.rows = rows
            return answer
        }
        var plan = plan
        plan.statements = statements(askedOf: engine)
        let rows = try plan.statements.map(engine.rows(for:))
        var ranking: [[Value]: [Value]] = [:]
        if let whole = Answering.rankingQuery(query) {
            let answer = try CompiledQuery(whole, facts: facts).answer(from: engine), keys = whole.keys.count
            for row in answer.table.rows { ranking[Array(row[..<keys])] = Array(row[keys...]) }
        }
        let foreign = query.allMeasures.contains(where: \.isForeign) ? try foreignValues(from: engine) : ForeignValues()
        let answering = Answering(
            plan, facts: facts, rows: rows, totals: totals, ranking: ranking, foreign: foreign, baseline: baseline())
        guard let folding = answering.folding() else { return answering.answer() }
        var other = answering.foldedValues(folding)
        let asked = askedOfRest
        if asked.isEmpty { return answering.answer(folding: folding, other: other) }
        guard folding.folded.count * query.keys.count <= CompiledQuery.mostFolded || !answering.isFoldedByName else {
            var answer = answering.answer(folding: folding)
            answer.receipt.remarks.append("too many folded groups to combine; they are omitted")
            return answer
        }
        var rest = remainder(
            kept: answering.names(folding.kept), folded: answering.isFoldedByName ? answering.names(folding.folded) : nil)
        rest.measures = asked.map { query.measures[$0] }
        var remainder = CompiledQuery(rest, facts: facts)
        remainder.whole = query
        let answer = try remainder.answer(from: engine, totals: answering.totals)
        // Without keys there is one row per bucket, in order of time; with buckets the time comes first.
        let first = query.bucket == nil ? 0 : 1
        for (bucket, row) in answer.table.rows.enumerated() where other.indices.contains(bucket) {
            for (column, place) in asked.enumerated() { other[bucket][place] = row[first + column] }
        }
        return answering.answer(folding: folding, other: other)
    }

    /// The indices of the measures to query again for the folded groups: those that are not additive, or all if one depends on
    /// another.
    private var askedOfRest: [Int] {
        let all = query.measures
        if all.contains(where: \.isForeign) { return Array(all.indices) }
        return all.indices.filter { !all[$0].addsUpOverGroups }
    }

    /// The maximum number of values in a statement: engines accept about 32,000 in all, and each layer repeats them.
    private static let mostFolded = 5000

    /// Returns the query for the folded groups in combination: these groups, or all that are not kept.
    private func remainder(kept: [[Value]], folded: [[Value]]?) -> CheckedQuery {
        var rest = query
        let condition: CheckedPredicate = folded.map(isOneOfGroups) ?? .not(isOneOfGroups(kept))
        rest.predicate = .all(query.predicate.conjuncts + [condition])
        rest.keys = []
        rest.top = nil
        rest.having = nil
        rest.sort = []
        rest.limit = .all
        return rest
    }

    /// Returns the condition that a row belongs to one of these groups.
    private func isOneOfGroups(_ groups: [[Value]]) -> CheckedPredicate {
        var conditions = groups.map { names in CheckedPredicate.all(zip(query.keys, names).map { FieldCodec.isShownAs($0, $1) }) }
        if query.keys.count == 1, query.keys[0].id != .evidence {
            // Values of a single field are listed in one condition.
            var listed: [StoredValue] = []
            conditions.removeAll { condition in
                guard case .isOneOf(_, let values) = condition else { return false }
                listed += values
                return true
            }
            if !listed.isEmpty { conditions.insert(.isOneOf(query.keys[0], listed), at: 0) }
        }
        return conditions.count == 1 ? conditions[0] : .or(conditions)
    }

    // MARK: Listings

    /// The columns of a listing.
    public var listedColumns: [ResultColumn] { query.columns.map { ResultColumn($0.name, $0.type.valueType) } }

    /// Runs a listing and hands its rows to `take` one after another, in order, without keeping them.
    ///
    /// - Returns: The answer without its rows. Its receipt is about the rows handed over.
    public func eachListedRow(from engine: some QueryEngine, _ take: ([Value]) throws -> Void) throws -> Answer {
        precondition(query.isListing, "only a listing has rows of its own")
        let columns = query.columns, asked = statements(askedOf: engine)
        let limit: Int? =
            switch query.limit {
            case .standard: 50
            case .rows(let n): n
            case .all: nil
            }
        var count = 0, isCut = false
        try engine.eachRow(for: asked[0]) { row in
            // One row more than the limit is read, to know whether there are more.
            isCut = count == limit
            if isCut { return }
            count += 1
            try take(columns.indices.map { FieldCodec.value(columns[$0], row[$0]) })
        }
        let counts = try asked.dropFirst().map { (role: $0.role, rows: try engine.rows(for: $0).first?.first?.integer ?? 0) }
        func counted(_ role: PlannedStatement.Role) -> Int64? { counts.first { $0.role == role }?.rows }
        var receipt = Receipt(window: query.window, zone: query.zone)
        receipt.newest = facts.newest
        receipt.rules = facts.rules
        receipt.evidence = query.evidence == .default ? nil : query.evidence
        receipt.remarks = query.remarks
        receipt.isCut = isCut
        if isCut { receipt.found = counted(.own) }
        let found = isCut ? receipt.found : Int64(count)
        switch query.noun {
        case .errors: (receipt.errors, receipt.calls) = (found, counted(.receipt))
        case .calls: (receipt.calls, receipt.errors) = (found, counted(.receipt))
        case .traces, .failures, .events: break
        }
        return Answer(table: ResultTable(columns: listedColumns, rows: []), shape: .listing, receipt: receipt)
    }
}

/// Compiles text to queries: the entry point of the language.
///
/// | folder | from → to |
/// |---|---|
/// | 1-Tokens | text → tokens |
/// | 2-Syntax | tokens → statement as written |
/// | 3-Checked | statement → query whose names, types and times are known |
/// | 4-Plan | query → statements that an engine is asked |
/// | 5-Answer | rows → answer |
public struct QueryCompiler {
    /// Makes a compiler.
    public init() {}

    /// Compiles a parsed query.
    /// - Parameters:
    ///   - text: The statement to which the errors refer.
    ///   - mistakes: The parser's errors, reported together with those of the checker.
    /// - Throws: All errors, if there are any.
    public func compile(
        _ syntax: QuerySyntax, text: String, mistakes: [Diagnostic] = [], context: CheckContext, facts: QueryFacts,
        catalog: (any ValueCatalog)? = nil
    ) throws(Diagnostics) -> CompiledQuery {
        var context = context
        var facts = facts
        if let asOf = context.asOf { facts = facts.asOf(asOf) }
        context.coverage =
            context.coverage.map { coverage in facts.coverage.map { $0.intersection(coverage) } ?? coverage } ?? facts.coverage
        let (query, found) = Checker.check(syntax, context: context, catalog: catalog)
        // One error per position is enough: a string without its closing quote need not exist in the store.
        let all = mistakes + found.filter { mistake in !mistakes.contains { $0.span == mistake.span } }
        guard all.isEmpty else { throw Diagnostics(text: text, all) }
        return CompiledQuery(query, facts: facts)
    }

    /// Compiles a checked query, such as one of those behind a summary.
    public func compile(_ query: CheckedQuery, facts: QueryFacts) -> CompiledQuery {
        CompiledQuery(query, facts: facts)
    }

    /// Compiles the selection of `compare FIELD A, B …`: the calls whose field has one of the values.
    /// - Throws: All errors, if there are any.
    public func compileComparison(
        _ field: Name, _ values: [Literal], _ syntax: QuerySyntax, text: String, mistakes: [Diagnostic] = [],
        context: CheckContext,
        facts: QueryFacts, catalog: (any ValueCatalog)? = nil
    ) throws(Diagnostics) -> (query: CompiledQuery, field: Field) {
        var query = syntax
        let span = field.span.union(values.last?.span ?? field.span)
        let subject = ItemSyntax(name: field, argument: nil, span: field.span)
        query.clauses.append(ClauseSyntax(kind: .where(.comparison(subject, .equal, values, span)), span: span))
        // Used as a key too, so that a field that cannot be grouped by is reported here.
        query.clauses.append(ClauseSyntax(kind: .by([field]), span: field.span))
        let compiled = try compile(
            query, text: text, mistakes: QueryCompiler.offering(field, values, mistakes, catalog), context: context, facts: facts,
            catalog: catalog)
        guard let key = compiled.query.keys.first else { preconditionFailure("the query is grouped by the field") }
        var calls = compiled.query
        (calls.keys, calls.measures) = ([], [.count])
        return (CompiledQuery(calls, facts: facts), key)
    }

    /// Returns the mistakes; a value compared with itself alone is replaced by the most frequent other value.
    private static func offering(
        _ field: Name, _ values: [Literal], _ mistakes: [Diagnostic], _ catalog: (any ValueCatalog)?
    ) -> [Diagnostic] {
        guard let known = Field(named: field.text).map({ catalog?.values(of: $0.id) ?? [] }) else { return mistakes }
        var others = known.map(\.value).filter { other in !values.contains { $0.text.lowercased() == other.lowercased() } }
        return mistakes.map { mistake in
            guard mistake.id == "compared-twice", mistake.replacement == nil, !others.isEmpty else { return mistake }
            var mistake = mistake
            mistake.replacement = Literal.spelling(others.removeFirst())
            return mistake
        }
    }

    /// Resolves a time, such as that of `as of`.
    /// - Throws: The error if the time is invalid.
    public func instant(_ time: TimeSyntax, text: String, context: CheckContext) throws(Diagnostics) -> Timestamp {
        var checker = Checker(.errors, context: context, catalog: nil)
        guard let instant = checker.instant(time, allowsBareLength: true) else {
            throw Diagnostics(text: text, checker.diagnostics)
        }
        return instant
    }

    /// Compiles `trend [method=M] QUERY`, which needs time buckets.
    /// - Throws: All errors, if there are any.
    public func compileTrend(
        _ syntax: QuerySyntax, method: Name?, text: String, mistakes: [Diagnostic] = [], context: CheckContext, facts: QueryFacts,
        catalog: (any ValueCatalog)? = nil
    ) throws(Diagnostics) -> CompiledQuery {
        var mistakes = mistakes
        let names = Trend.Method.allCases.map(\.rawValue)
        if let method, Trend.Method(rawValue: method.text) == nil { mistakes.append(Mistake.unknownMethod(method, among: names)) }
        // A trend covers all buckets in order of time.
        for clause in syntax.clauses where ["having", "sort", "top", "limit"].contains(Parser.name(of: clause.kind)) {
            mistakes.append(Mistake.clauseNotHere(clause.span, word: Parser.name(of: clause.kind), statement: "trend"))
        }
        let hasBuckets = syntax.clauses.contains { ["every"].contains(Parser.name(of: $0.kind)) }
        if !hasBuckets, syntax.result == nil { mistakes.append(Mistake.trendNeedsEvery(syntax.noun.span)) }
        var query = try compile(syntax, text: text, mistakes: mistakes, context: context, facts: facts, catalog: catalog).query
        guard query.bucket != nil else { throw Diagnostics(text: text, [Mistake.trendNeedsEvery(syntax.noun.span)]) }
        query.trend = method.flatMap { Trend.Method(rawValue: $0.text) } ?? .mad
        return CompiledQuery(query, facts: facts)
    }
}
