import Alerts
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `export QUERY [as FORM] [to PATH]`, `export metrics [RANGE every D] [to PATH]`.
struct ExportStatement: Statement {
    /// What is exported.
    enum Subject {
        /// Rows as data.
        case rows(QuerySyntax)
        /// Counters as OpenMetrics; the word `metrics`, and a query of calls with the clauses behind it.
        case metrics(Name, QuerySyntax)
    }

    let subject: Subject
    /// The file; nil for the output. That of the clause `as FORM to PATH` is the query's own.
    var path: Literal?
    /// The form, when it is told beside the statement.
    var form: Name?

    static let entry = StatementEntry(
        "export", "export QUERY [as csv | json | ndjson] [to PATH] | export metrics [RANGE every D] [to PATH]",
        "rows as data: every field of a listing, at most 10,000 rows unless `limit all`; `metrics` exports the counters of alert rules as OpenMetrics: totals for a textfile collector, or a sample every D for a backfill",
        example: "export errors last 7d as csv", role: .machine,
        traits: [.asksStore, .reportsOwnMistakes, .isLikeProse])

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.words(["metrics"]), .noun)
        guard parser.token.kind != .end, !parser.token.isWord("to") else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "export what? a query, or `metrics`",
                closest: "export errors last 7d as csv, export metrics")
        }
        parser.wordsThatEndQueries = ["to"]
        if parser.token.isWord("metrics") {
            let word = parser.advance()
            parser.clausesOffered = ["every"] + Expected.rangeWords
            subject = .metrics(Name(word.folded, word.span), parser.query(Name("calls", word.span)))
        } else if let word = parser.wordHere, Statements.reading(ofFirstWord: word) != nil {
            throw parser.stop(
                "not-exported", at: parser.token.span, "only a query or `metrics` can be exported",
                closest: "export errors last 7d, export $3")
        } else {
            guard let syntax = parser.queryStatement(besides: Statements.entries.map(\.word)) else { throw ParseStop() }
            subject = .rows(syntax)
        }
        parser.offer(.words(["to"]))
        if parser.token.isWord("to") {
            parser.advance()
            path = parser.path("a path")
        }
        parser.end()
    }

    var effects: StatementEffects {
        if path != nil { return .of(.writesFiles) }
        guard case .rows(let syntax) = subject else { return .none }
        return syntax.effects.kinds.isEmpty ? .none : .of(.writesFiles)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        switch subject {
        case .rows(let syntax): return Outcome(try session.export(syntax, as: form, to: path, written))
        case .metrics(let word, let syntax):
            guard written.mistakes.isEmpty else { throw Diagnostics(text: written.text, written.mistakes) }
            return Outcome(try session.exportMetrics(word, syntax, to: path, written.text))
        }
    }
}

/// Rows as data.
extension Session {
    fileprivate func export(
        _ asked: QuerySyntax, as form: Name?, to path: Literal?, _ written: StatementText
    ) throws -> Reply {
        var syntax = asked
        let end = written.end
        var hasForm = false
        for place in syntax.clauses.indices {
            guard case .as(let name, let named) = syntax.clauses[place].kind else { continue }
            hasForm = true
            syntax.clauses[place].kind = .as(form ?? name, to: named ?? path)
        }
        if !hasForm {
            let form = form ?? Name(self.form(of: path), end)
            syntax.clauses.append(ClauseSyntax(kind: .as(form, to: path), span: end))
        }
        if syntax.isShownAgain { return try showResult(syntax, written.text, written.mistakes, keepsRows: false).reply }
        addFields(to: &syntax, at: end)
        return try ask(syntax, written.text, written.mistakes, context: context(), keepsRows: false).reply
    }

    /// The form that a file's name asks for, else the session's, else CSV.
    private func form(of path: Literal?) -> String {
        if let format = path.flatMap({ ExportFormat(ofFile: $0.text) }) { return format.form.name }
        return settings.form.flatMap { ExportFormat(rawValue: $0)?.form.name } ?? "csv"
    }

    /// A listing without columns of its own is exported with every field that its rows have.
    private func addFields(to syntax: inout QuerySyntax, at end: TextSpan) {
        let hasColumns = syntax.clauses.contains { clause in
            switch clause.kind {
            case .show, .by, .every, .overTime, .versus: true
            default: false
            }
        }
        guard !hasColumns, syntax.result == nil, let noun = Noun(rawValue: syntax.noun.text) else { return }
        // These follow from the time; metadata needs a key.
        let derived: Set<FieldID> = [.hour, .weekday, .day, .week, .month, .metadata]
        let ofTraces = [Noun.traces, .failures].contains(noun)
        let fields = FieldTable.all.filter {
            !derived.contains($0.id) && FieldTable.isField($0.id, of: noun) && (!ofTraces || $0.isOfTraces)
        }
        let items = fields.map { ItemSyntax(name: Name($0.id.rawValue, end), argument: nil, span: end) }
        syntax.clauses.append(ClauseSyntax(kind: .show(items), span: end))
    }
}

/// Counters as OpenMetrics.
extension Session {
    /// The most samples that one file may hold.
    private static let mostSamples = 50_000_000
    /// The most samples that are shown instead of written to a file: they are held in memory.
    private static let mostShownSamples = 1_000_000

    fileprivate func exportMetrics(_ word: Name, _ asked: QuerySyntax, to path: Literal?, _ text: String) throws -> Reply {
        var syntax = asked
        let step = try metricsStep(&syntax, text)
        let grid = try step.map { try metricsGrid(syntax, every: $0, text) }
        let minute: Int64 = 60_000_000_000
        // Minutes are counted in advance; they do where every instant lies on one.
        let isOnMinutes = grid.map { $0.start.nanoseconds % minute == 0 && $0.step.inNanoseconds % minute == 0 } ?? false
        let end = grid?.end ?? now
        let stored = StoredHistory(engine: engine, evidence: settings.evidence, allowsMinutes: isOnMinutes)
        let nothing = EventHistory(beginning: end, values: LabelValues(), errors: EventColumns(labels: []))
        let history = try engine.snapshot { try stored.counters(until: end) } ?? nothing
        let counters = OpenMetricsText(history, until: end, cleared: Redaction.text)
        let samples = counters.seriesCount * (grid?.count ?? 1)
        let most = path == nil ? Session.mostShownSamples : Session.mostSamples
        guard samples <= most else {
            let advice =
                path == nil && samples <= Session.mostSamples ? "a file: to \"metrics.om\"" : "a longer step, a shorter range"
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "too-many-samples", at: word.span,
                        "\(samples.counted("samples")) of \(counters.seriesCount.grouped) series are too many", closest: advice)
                ])
        }
        func write(_ emit: (String) throws -> Void) throws {
            func checked(_ part: String) throws {
                try StopFlag.check()
                try emit(part)
            }
            if let grid { try counters.samples(on: grid, checked) } else { try counters.totals(checked) }
        }
        guard let path else {
            var reply = Reply()
            try write { reply.output += $0 }
            return reply
        }
        let what = "\(counters.seriesCount.grouped) series\(grid.map { " at \($0.count.counted("instants"))" } ?? "") "
        guard rights.writesFiles else { return .narrated(what + "not written in a replay") }
        // A collector that runs as somebody else reads it; labels hold no messages. A file that is there keeps its mode.
        let target = environment.locations.expandingHome(path.text)
        try Files.write(to: target, mode: Files.mode(of: target) ?? 0o644, write)
        return .narrated(what + "written to \(Printable.safe(path.text))")
    }

    /// Takes the step out of what was asked; nil when totals are wanted. Besides it and a range nothing may be asked.
    private func metricsStep(_ syntax: inout QuerySyntax, _ text: String) throws(Diagnostics) -> Name? {
        var step: Name?, ranges: [ClauseSyntax] = []
        for clause in syntax.clauses {
            switch clause.kind {
            case .every(let name): step = name
            case .range: ranges.append(clause)
            default:
                let message = "`metrics` takes a range with a step, and a file"
                throw Diagnostics(
                    text: text,
                    [Diagnostic("no-such-clause", at: clause.span, message, closest: "export metrics last 7d every 1m")])
            }
        }
        if step == nil, let range = ranges.first {
            let message = "totals cover the whole history; a range needs a step"
            throw Diagnostics(
                text: text, [Diagnostic("no-step", at: range.span, message, closest: "export metrics last 7d every 1m")])
        }
        syntax.clauses = ranges
        return step
    }

    /// The whole steps that lie in the window.
    private func metricsGrid(_ syntax: QuerySyntax, every name: Name, _ text: String) throws -> Grid {
        guard let step = Units.duration(name.text), step >= .seconds(1) else {
            throw Diagnostics(
                text: text,
                [Diagnostic("no-step", at: name.span, "a step must be at least a second", closest: "every 1m, every 5m")])
        }
        let window = try compile(syntax, text, []).query.window ?? facts().coverage ?? Window(from: now, to: now)
        let start = Timestamp(nanoseconds: window.from.nanoseconds.ceiledStopping(to: step.inNanoseconds))
        guard let grid = Grid(from: start, to: max(start, window.to), step: step) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "too-many-samples", at: name.span, "more than \(Grid.limit.grouped) steps",
                        closest: "a longer step, a shorter range")
                ])
        }
        return grid
    }
}
