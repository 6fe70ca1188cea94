import Errors
import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import SQLite
import System

/// Statements that ask the store.
extension Interpreter {
    /// What the store says of itself now.
    func facts() throws -> QueryFacts { try engine.overview() }

    /// Forgets what was known of the store's content.
    func storeChanged() { catalog.forget() }

    func context() throws -> CheckContext {
        var context = CheckContext(
            now: now, zone: settings.zone, defaultRange: settings.range, evidence: settings.evidence,
            coverage: try facts().coverage)
        context.form = settings.form
        context.asOf = settings.asOf
        context.results = cells.sources
        context.lastResult = cells.lastSource
        return context
    }

    func compile(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> CompiledQuery {
        try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context(), facts: facts(), catalog: catalog)
    }

    func query(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Outcome {
        try ask(syntax, text, mistakes, context: context())
    }

    /// Asks a query in a context, and says all it came to.
    func ask(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic], context: CheckContext) throws -> Outcome {
        let facts = try facts()
        let compiled = try QueryCompiler().compile(
            syntax, text: text, mistakes: mistakes, context: context, facts: facts, catalog: catalog)
        let start = Clock.ticks()
        let answer = try engine.snapshot { try compiled.answer(from: engine) }
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
        var question = CellResult.Question(query: compiled.query, syntax: syntax, text: text, context: context)
        // The session keeps them; one copy is enough.
        question.context.results = [:]
        var absence: Absence?
        if AnswerPresenter(style).isEmpty(answer) {
            absence = try Absence(compiled.query, of: syntax, text: text, context: context, facts: facts, engine: engine)
        }
        return try present(answer, question, coverage: facts.coverage, elapsed: elapsed, absence: absence)
    }

    /// The outcome of an answer: shown, written to a file when the statement names one, and drawn anew on demand.
    func present(
        _ answer: Answer, _ question: CellResult.Question, coverage: Window?, elapsed: Duration?, absence: Absence? = nil
    ) throws -> Outcome {
        let query = question.query
        var outcome = Outcome()
        if surroundings.showsAnswers || query.path != nil {
            let reply = AnswerPresenter(style, elapsed: elapsed).reply(answer, to: query, coverage: coverage, absence: absence)
            outcome.reply = try deliver(reply, rows: answer.table.rows.count, to: query.path, form: query.form)
        }
        outcome.picture = {
            AnswerPresenter($0, isForFile: true).reply(answer, to: query, coverage: coverage, absence: absence).output
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
        var written = reply
        written.output = ""
        let isData = form.map { ExportFormat(rawValue: $0) != nil } ?? false
        let what = isData ? "\(rows.counted("rows")) " : ""
        guard writesFiles else {
            written.narration += "\(what)not written in a replay\n"
            return written
        }
        // Rows may hold messages: a new file is for its owner alone. A file that is there keeps its mode.
        let target = surroundings.locations.expandingHome(path)
        try Files.write(reply.output, to: target, mode: Files.mode(of: target) ?? 0o600)
        written.narration += "\(what)written to \(Printable.safe(path))\n"
        return written
    }

    func explain(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Reply {
        let compiled = try compile(syntax, text, mistakes)
        var lines: [String] = []
        for (index, planned) in compiled.statements(askedOf: engine).enumerated() {
            let statement = try engine.explain(planned)
            let start = Clock.ticks()
            let rows = try statement.run()
            let elapsed = Clock.ticks() - start
            if index > 0 { lines.append("") }
            lines += wrap(statement.text, width: style.widthInColumns, hanging: 2)
            for (number, value) in statement.bindings.enumerated() {
                lines.append("  ?\(number + 1) = \(Printable.safe(SQLText.literal(value), columns: style.widthInColumns - 8))")
            }
            lines += statement.steps.map { "  \($0)" }
            var result = "  \(rows.counted("rows"))"
            if surroundings.showsTime { result += " in " + ValueText(style).duration(elapsed) }
            lines.append(result)
        }
        return Reply(lines)
    }

    func sql(_ sql: Name, _ text: String) throws -> Outcome {
        // What is kept of the answer is redacted in any case.
        var rows: [[Value]] = [], shown: [[Value]] = [], types: Set<Int> = []
        let style = style
        var isCut = false
        let columns: [String]
        do {
            try store.offerTables(for: sql.text, now: now, alerts: alertRows)
            columns = try store.eachRow(of: SQLStatement(text: sql.text)) { row in
                if rows.count == Interpreter.mostSQLRows {
                    isCut = true
                    throw EnoughRows()
                }
                for (index, value) in row.enumerated() {
                    switch value {
                    case .integer, .real: types.insert(index)
                    case .null, .text: break
                    }
                }
                rows.append(row.map(SQLText.value))
                if style.showsSecrets { shown.append(row.map { $0.text.map { .text($0) } ?? SQLText.value($0) }) }
            }
        } catch is EnoughRows {
            columns = try store.columns(of: SQLStatement(text: sql.text))
        } catch let problem as SQLError {
            guard !problem.isInterrupted, !problem.isNoDatabase else { throw problem }
            if problem.isRefused {
                let message = "`sql` only reads the store, and this would do something else"
                throw Diagnostics(
                    text: text, [Diagnostic("sql-reads-only", at: sql.span, message, closest: "SELECT …, WITH … SELECT …")])
            }
            let offset = problem.offset.map { sql.span.start + $0 } ?? sql.span.start
            let end = problem.offset == nil ? sql.span.end : min(sql.span.end, offset + 1)
            throw Diagnostics(text: text, [Diagnostic("sql", at: TextSpan(offset, end), problem.message)])
        }
        func named(_ name: (String) -> String) -> [ResultColumn] {
            columns.enumerated().map { ResultColumn(name($1), types.contains($0) ? .number : .text) }
        }
        let table = ResultTable(columns: named(Redactor.redact), rows: rows)
        var answer = Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: settings.zone))
        answer.receipt.isCut = isCut
        let open = style.showsSecrets && settings.form == nil ? ResultTable(columns: named(\.self), rows: shown) : table
        var outcome = Outcome(AnswerPresenter(style).plain(open, form: settings.form))
        if isCut {
            outcome.reply.narration +=
                "only the first \(Interpreter.mostSQLRows) rows are shown, and no more with any LIMIT; aggregate, or page by LIMIT and OFFSET\n"
        }
        let form = settings.form
        outcome.picture = { AnswerPresenter($0).plain(table, form: form).output }
        outcome.result = CellResult(answer: answer)
        outcome.evidence = CellEvidence(rows: rows.count, result: ResultHash.of(answer)) { [unowned self] in
            try fingerprint(of: nil)
        }
        return outcome
    }

    private static let mostSQLRows = 10_000
    private struct EnoughRows: Error {}
}

/// Values of SQL for people.
enum SQLText {
    /// A bound value as it is shown beside its placeholder.
    static func literal(_ value: StoredValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let n): String(n)
        case .real(let x): "\(x)"
        case .text(let text): "'" + text + "'"
        }
    }

    /// A value of a column whose meaning is not known.
    static func value(_ value: StoredValue) -> Value {
        switch value {
        case .null: .missing
        case .integer(let n): .count(n)
        case .real(let x): .number(x)
        case .text(let text): .text(Redactor.redact(text))
        }
    }

    /// The table as people read it: numbers with all their digits and ungrouped, because they may be ids.
    static func spelledOut(_ table: ResultTable) -> ResultTable {
        var table = table
        for row in table.rows.indices {
            for column in table.rows[row].indices {
                switch table.rows[row][column] {
                case .count(let n): table.rows[row][column] = .text(String(n))
                case .number(let x): table.rows[row][column] = .text("\(x)")
                default: break
                }
            }
        }
        return table
    }
}
