import Analysis
import Engine
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `why QUERY`: what is different about the rows of a query.
struct WhyQuery {
    let syntax: QuerySyntax

    /// The clauses that it takes.
    static let clauses = ["where", "range", "vs", "as"]

    /// The query; one that is compared needs a measure.
    private var compared: QuerySyntax {
        guard syntax.clauses.contains(where: { if case .versus = $0.kind { true } else { false } }) else { return syntax }
        var query = syntax
        query.clauses.append(ClauseSyntax(kind: .show([ItemSyntax("count")]), span: syntax.noun.span))
        return query
    }

    func check(in session: Session, as written: StatementText) throws {
        _ = try session.compile(compared, written.text, written.mistakes)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let facts = try session.facts()
        let query = try session.compile(compared, written.text, written.mistakes).query
        let start = Clock.ticks()
        let contrast = try session.engine.snapshot { try QueryContrast(query, facts: facts, engine: session.engine) }
        let elapsed = session.environment.showsTime ? Clock.ticks() - start : nil
        let text = ContrastText(contrast: contrast, syntax: syntax)
        var receipt = Receipt(window: query.window, zone: query.zone)
        (receipt.newest, receipt.rules) = (facts.newest, facts.rules)
        receipt.evidence = query.evidence == .default ? nil : query.evidence
        let figures = Answer(table: text.figures, shape: .listing, receipt: receipt)
        return try session.findings(
            figures, behind: text.behind, query: query, beside: contrast.windows, elapsed: elapsed
        ) { text.lines($0) }
    }
}

extension QueryContrast {
    /// The windows beside its own that were read.
    var windows: [Window] {
        guard let window = query.window else { return [] }
        return [Window(from: window.from - window.length, to: window.from)] + (before.map { [$0.window] } ?? [])
    }
}

extension Session {
    /// The outcome of a statement whose rows are findings, each with rows behind it.
    func findings(
        _ figures: Answer, behind: [CheckedQuery], query: CheckedQuery, beside windows: [Window], elapsed: Duration?,
        lines: @escaping (Style) -> [String]
    ) throws -> Outcome {
        let form = query.form ?? settings.form
        let export = form.flatMap(ExportFormat.init(rawValue:))
        func reply(_ style: Style, isForFile: Bool, elapsed: Duration?) -> Reply {
            if let export { return Reply(data: export.text(figures.table.redacted, style: style)) }
            var renderer = ReceiptRenderer(style)
            renderer.isForFile = isForFile
            return Reply(lines(style) + renderer.lines(figures.receipt, elapsed: elapsed))
        }
        var outcome = Outcome(
            try deliver(
                reply(style, isForFile: false, elapsed: elapsed), rows: figures.table.rows.count, to: query.path, form: form))
        outcome.picture = { reply($0, isForFile: true, elapsed: nil).output }
        outcome.result = CellResult(answer: figures, behind: behind)
        outcome.isComposed = true
        let baseline = query.baseline
        outcome.evidence = CellEvidence(rows: figures.table.rows.count, result: ResultHash.of(figures)) { [unowned self] in
            try fingerprint(of: query, baseline: baseline, beside: windows)
        }
        return outcome
    }
}
