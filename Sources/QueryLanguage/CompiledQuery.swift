import Model

/// A query ready to be asked: its statements, and how their rows become the answer.
public struct CompiledQuery: Sendable {
    /// The statements as they will be sent, in order.
    public let statements: [SQLStatement]
    /// The query as it was understood.
    public let query: CheckedQuery
    let plan: Plan
    let facts: QueryFacts
    let dialect: any Dialect

    init(_ query: CheckedQuery, facts: QueryFacts, dialect: any Dialect) {
        self.query = query
        self.facts = facts
        self.dialect = dialect
        plan = Planner.plan(query, facts: facts)
        statements = SQLCompiler.statements(plan, dialect: dialect)
    }

    /// Asks the engine and makes the answer.
    ///
    /// Groups that `top` folds are asked for once more, together, so that their percentiles and distinct counts are true.
    public func answer(from engine: some QueryEngine) throws -> Answer {
        let rows = try statements.map { try engine.rows($0) }
        if query.isListing { return listing(rows) }
        let answering = Answering(plan, facts: facts, rows: rows)
        guard let kept = answering.kept() else { return answering.answer() }
        let other = CompiledQuery(remainder(of: kept), facts: facts, dialect: dialect)
        return answering.answer(other: try other.answer(from: engine))
    }

    /// The same question about everything but these groups, together.
    private func remainder(of kept: [[Value]]) -> CheckedQuery {
        var rest = query
        let groups = kept.map { names in CheckedPredicate.all(zip(query.keys, names).map { FieldCodec.isShownAs($0, $1) }) }
        rest.predicate = .all(query.predicate.conjuncts + [.not(groups.count == 1 ? groups[0] : .or(groups))])
        rest.keys = []
        rest.top = nil
        rest.having = nil
        rest.sort = []
        rest.limit = .all
        return rest
    }

    private func listing(_ rows: [[[SQLValue]]]) -> Answer {
        var receipt = Receipt(window: query.window, zone: query.zone)
        receipt.newest = facts.newest
        receipt.rules = facts.rules
        receipt.evidence = query.evidence == .default ? nil : query.evidence
        let columns = query.columns
        var shown = rows[0].map { row in columns.indices.map { FieldCodec.value(columns[$0], row[$0]) } }
        let limit: Int? =
            switch query.limit {
            case .standard: 50
            case .rows(let n): n
            case .all: nil
            }
        let counted = rows.dropFirst().map { $0.first?.first?.integer ?? 0 }
        if let limit, shown.count > limit {
            shown.removeLast(shown.count - limit)
            receipt.isCut = true
            receipt.found = counted.first
        }
        switch query.noun {
        case .errors:
            (receipt.errors, receipt.calls) = (
                counted.first ?? (receipt.isCut ? nil : Int64(shown.count)), counted.count > 1 ? counted[1] : nil
            )
        case .calls: receipt.calls = counted.first ?? (receipt.isCut ? nil : Int64(shown.count))
        case .traces, .failures: break
        }
        let table = ResultTable(columns: columns.map { ResultColumn($0.name, $0.type.valueType) }, rows: shown)
        return Answer(table: table, shape: .listing, receipt: receipt)
    }
}

/// Text to compiled query: the face of the language.
///
/// | folder | from → to |
/// |---|---|
/// | 1-Tokens | text → tokens |
/// | 2-Syntax | tokens → statement as written |
/// | 3-Checked | statement → query whose names, types and times are known |
/// | 4-Plan | query → statements over the cheapest exact sources |
/// | 5-SQL | plan → SQL with bound values |
/// | 6-Answer | rows → answer |
public struct QueryCompiler {
    let dialect: any Dialect

    /// Makes a compiler for an engine's dialect.
    public init(dialect: any Dialect = SQLiteDialect()) { self.dialect = dialect }

    /// Compiles a parsed query.
    /// - Parameters:
    ///   - text: The statement, which mistakes point into.
    ///   - mistakes: What the parser already found; reported together with what the checker finds.
    /// - Throws: Every mistake, when there is one.
    public func compile(
        _ syntax: QuerySyntax, text: String, mistakes: [Diagnostic] = [], context: CheckContext, facts: QueryFacts,
        catalog: (any ValueCatalog)? = nil
    ) throws(Diagnostics) -> CompiledQuery {
        let (query, found) = Checker.check(syntax, context: context, catalog: catalog)
        let all = mistakes + found.filter { !mistakes.contains($0) }
        guard all.isEmpty else { throw Diagnostics(text: text, all) }
        return CompiledQuery(query, facts: facts, dialect: dialect)
    }
}
