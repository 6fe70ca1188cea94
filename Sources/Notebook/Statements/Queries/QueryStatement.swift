import Engine
import Errors
import LocalStore
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// A query: a noun or a result, and clauses.
struct QueryStatement: Statement {
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "errors", "NOUN {CLAUSE}", "a query", example: "errors by type last 24h", role: .cell, traits: .question)

    init(syntax: QuerySyntax) { self.syntax = syntax }

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard let syntax = parser.queryStatement() else { throw ParseStop() }
        self.init(syntax: syntax)
    }

    var effects: StatementEffects { syntax.effects }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        // Its own mistakes are reported together with what the checker finds.
        syntax.isShownAgain
            ? try session.showResult(syntax, written.text, written.mistakes, keepsRows: session.console.keepsRows)
            : try session.ask(
                syntax, written.text, written.mistakes, context: session.context(), keepsRows: session.console.keepsRows)
    }

    func check(in session: Session, as written: StatementText) throws {
        guard syntax.isShownAgain else {
            _ = try session.compile(syntax, written.text, written.mistakes)
            return
        }
        guard written.mistakes.isEmpty, let reference = syntax.result else {
            throw Diagnostics(text: written.text, written.mistakes)
        }
        let cell = try session.cell(reference, at: syntax.noun.span, written.text)
        guard let result = cell.outcome.result else { return }
        _ = try ResultView(syntax, of: result, number: cell.number, text: written.text).answer()
    }
}

extension QuerySyntax {
    /// A query only writes where `as FORM to PATH` says so.
    var effects: StatementEffects {
        let hasPath = clauses.contains { if case .as(_, .some) = $0.kind { true } else { false } }
        return hasPath ? .of(.writesAnswers) : .none
    }
}

extension QuerySyntax {
    /// True for a whole result with clauses that only choose, sort and cut what is in memory.
    var isShownAgain: Bool {
        guard let result, result.row == nil else { return false }
        return clauses.allSatisfy { clause in
            switch clause.kind {
            case .show, .sort, .limit, .as: true
            default: false
            }
        }
    }
}

/// Questions to the store.
extension Session {
    /// What the store says of itself now.
    func facts() throws -> QueryFacts { try engine.overview() }

    /// Forgets what was known of the store's content.
    func storeChanged() { catalog.forget() }

    func context() throws -> CheckContext {
        var context = CheckContext(
            now: now, zone: settings.zone, defaultRange: settings.range, evidence: settings.evidence,
            coverage: try facts().coverage)
        context.form = settings.form
        context.forms = AnswerForms.all
        context.asOf = settings.asOf
        context.results = cells.sources
        context.lastResult = cells.lastSource
        return context
    }

    func compile(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> CompiledQuery {
        try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context(), facts: facts(), catalog: catalog)
    }

    /// Runs a query in a context and returns its outcome.
    ///
    /// - Parameter keepsRows: False when no later statement refers to the rows, so that those of a listing can be streamed.
    func ask(
        _ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic], context: CheckContext, keepsRows: Bool = true
    ) throws -> Outcome {
        let facts = try facts()
        let compiled = try QueryCompiler().compile(
            syntax, text: text, mistakes: mistakes, context: context, facts: facts, catalog: catalog)
        if !keepsRows, let reply = try streamed(compiled) { return Outcome(reply) }
        let start = Clock.ticks()
        let answer = try engine.snapshot { try compiled.answer(from: engine) }
        let elapsed = environment.showsTime ? Clock.ticks() - start : nil
        var question = CellResult.Question(query: compiled.query, syntax: syntax, text: text, context: context)
        // The session keeps them; one copy is enough.
        question.context.results = [:]
        var emptyResult: EmptyResult?
        if AnswerPresenter(style).isEmpty(answer) {
            emptyResult = try EmptyResult(compiled.query, of: syntax, text: text, context: context, facts: facts, engine: engine)
        }
        return try present(answer, question, coverage: facts.coverage, elapsed: elapsed, emptyResult: emptyResult)
    }

    /// The outcome of an answer: shown, written to a file when the statement names one, and drawn again on demand.
    func present(
        _ answer: Answer, _ question: CellResult.Question, coverage: Window?, elapsed: Duration?, emptyResult: EmptyResult? = nil
    ) throws -> Outcome {
        let query = question.query
        var outcome = Outcome()
        if environment.showsAnswers || query.path != nil {
            let reply = AnswerPresenter(style, elapsed: elapsed).reply(
                answer, to: query, coverage: coverage, emptyResult: emptyResult)
            outcome.reply = try deliver(reply, rows: answer.table.rows.count, to: query.path, form: query.form)
        }
        outcome.picture = {
            AnswerPresenter($0, isForFile: true).reply(answer, to: query, coverage: coverage, emptyResult: emptyResult).output
        }
        outcome.result = CellResult(answer: answer, question: question)
        // Exports have a bound that nobody asked for.
        let isLimited = question.syntax.clauses.contains { if case .limit = $0.kind { true } else { false } }
        if case .rows = query.limit, isLimited { outcome.result?.isOfAskedSize = true }
        outcome.evidence = CellEvidence(rows: answer.table.rows.count, result: ResultHash.of(answer)) { [unowned self] in
            try fingerprint(of: query, baseline: answer.baseline?.window)
        }
        return outcome
    }

    /// The reply, or when a path is named what was written there.
    func deliver(_ reply: Reply, rows: Int, to path: String?, form: String?) throws -> Reply {
        // Drawing many rows takes long: who stopped it meanwhile wants no file.
        try StopFlag.check()
        guard let path else { return reply }
        var delivered = reply
        delivered.output = ""
        let isData = form.map { ExportFormat(rawValue: $0) != nil } ?? false
        let end = try written(to: path) { try $0(reply.output) }
        delivered.narration += (isData ? "\(rows.counted("rows")) " : "") + end
        return delivered
    }

    /// Writes what `body` hands to the function it is given to a file, whole or not at all. A replay writes nothing. The result
    /// says which.
    func written(to path: String, _ body: ((String) throws -> Void) throws -> Void) throws -> String {
        guard rights.writesFiles else {
            try body { _ in }
            return "not written in a replay\n"
        }
        // Rows may hold messages: a new file is for its owner alone. A file that is there keeps its mode.
        let target = environment.locations.expandingHome(path)
        try Files.write(to: target, mode: Files.mode(of: target) ?? 0o600, body)
        return "written to \(Printable.safe(path))\n"
    }
}
