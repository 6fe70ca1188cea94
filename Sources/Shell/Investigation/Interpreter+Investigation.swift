import Analysis
import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// The statements of investigation: each asks several questions at once.
extension Interpreter {
    /// `as of T`.
    func asOf(_ time: TimeSyntax?, text: String) throws -> Reply {
        guard let time else {
            settings.asOf = nil
            return .narrated("now moves on; nothing is hidden")
        }
        var context = try context()
        context.now = clockNow
        context.asOf = nil
        let instant = try QueryCompiler().instant(time, text: text, context: context)
        settings.asOf = instant
        return .narrated(
            "now is \(ValueText(style).time(instant)) \(settings.zone.name); later rows are hidden until `as of now`")
    }

    /// `trend QUERY`.
    func trend(_ syntax: QuerySyntax, _ method: Name?, _ text: String, _ mistakes: [Diagnostic]) throws -> Outcome {
        let facts = try facts(), context = try context()
        let compiled = try QueryCompiler().compileTrend(
            syntax, method: method, text: text, mistakes: mistakes, context: context, facts: facts, catalog: catalog)
        let start = Clock.ticks()
        let answer = try engine.snapshot { try compiled.answer(from: engine) }.analysed(compiled.query.trend ?? .mad)
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
        let question = CellResult.Question(query: compiled.query, syntax: syntax, text: text, context: context)
        return try present(answer, question, coverage: facts.coverage, elapsed: elapsed)
    }

    /// `summary`.
    func summary(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Outcome {
        let facts = try facts(), context = try context()
        let syntax = syntax.comparedWithBefore
        let compiled = try compile(syntax, text, mistakes)
        let start = Clock.ticks()
        let answers = try engine.snapshot {
            try Summary.questions(compiled.query).map { try QueryCompiler().compile($0, facts: facts).answer(from: engine) }
        }
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
        let summary = Summary(answers.map(\.redacted))
        let question = CellResult.Question(query: compiled.query, syntax: syntax, text: text, context: context)
        let weeks = Summary.weeksBefore(compiled.query)
        var outcome = composed(summary.figures, question, all: answers, beside: weeks, elapsed: elapsed) { [unowned self] style in
            let alerts = activeAlertLines(style)
            return alerts + (alerts.isEmpty ? [] : [""]) + summary.lines(style)
        }
        outcome.remarks = { summary.sentences($0) }
        outcome.parts = [
            ("errors by type", summary.types), ("errors by severity", summary.severities), ("errors", summary.timeline),
            ("the newest CRITICAL and ERROR errors", summary.newest),
        ]
        return outcome
    }

    /// `compare FIELD A, B`.
    func compare(
        _ field: Name, _ values: [Literal], _ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]
    ) throws -> Outcome {
        let facts = try facts(), context = try context()
        let (compiled, key) = try QueryCompiler().compileComparison(
            field, values, syntax, text: text, mistakes: mistakes, context: context, facts: facts, catalog: catalog)
        let start = Clock.ticks()
        let answers = try engine.snapshot {
            try SideBySide.questions(compiled.query, field: key).map {
                try QueryCompiler().compile($0, facts: facts).answer(from: engine)
            }
        }
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
        var comparison = SideBySide(field: key, answers: answers.map(\.redacted), order: values.map(\.text))
        // A value without rows is a finding, not nothing: it keeps its column.
        for literal in values where !comparison.holds(literal) {
            let (alone, _) = try QueryCompiler().compileComparison(
                field, [literal], syntax, text: text, context: context, facts: facts, catalog: catalog)
            if case .count(0)? = try alone.answer(from: engine).table.rows.first?.first { comparison.addEmpty(literal) }
        }
        var query = compiled.query
        query.keys = [key]
        let question = CellResult.Question(query: query, syntax: syntax, text: text, context: context)
        return composed(comparison.figures, question, all: answers, elapsed: elapsed) { [comparison] in comparison.lines($0) }
    }

    /// The outcome of a statement that asks several questions: its figures are its result, and all answers are judged.
    /// - Parameter windows: What was read beside the question's own window and its baseline.
    private func composed(
        _ figures: Answer, _ question: CellResult.Question, all answers: [Answer], beside windows: [Window] = [],
        elapsed: Duration?, lines: @escaping (Style) -> [String]
    ) -> Outcome {
        let form = settings.form.flatMap(ExportFormat.init(rawValue:))
        func reply(_ style: Style, isForFile: Bool, elapsed: Duration?) -> Reply {
            if let form { return Reply(data: form.text(figures.table, style: style)) }
            var renderer = ReceiptRenderer(style)
            renderer.isForFile = isForFile
            return Reply(lines(style) + renderer.lines(figures.receipt, elapsed: elapsed))
        }
        var outcome = Outcome(reply(style, isForFile: false, elapsed: elapsed))
        outcome.picture = { reply($0, isForFile: true, elapsed: nil).output }
        outcome.result = CellResult(answer: figures, question: question)
        outcome.isComposed = true
        let hashes = answers.map { "\(ResultHash.of($0))" }.joined(separator: " ")
        let query = question.query
        outcome.evidence = CellEvidence(rows: figures.table.rows.count, result: ResultHash.of(hashes)) { [unowned self] in
            try fingerprint(of: query, baseline: query.baseline, beside: windows)
        }
        return outcome
    }

    /// `why ID`.
    func why(_ id: Name, text: String) throws -> Outcome {
        let found = try findTrace(id, text: text), trace = found.trace, match = found.match
        let explanations = Explanation.of(found, rules: try ruleBook().rules)
        func lines(_ style: Style) throws -> [String] {
            guard !explanations.isEmpty else {
                if let subject = found.subject, !subject.isWholeTrace {
                    let what = subject.span.map { "span \($0)" } ?? "an event of trace \(trace.record.traceID)"
                    return ["\(subject.name) is no error: \(Printable.safe(what))"]
                }
                return ["nothing failed in \(match.kind == .trace ? "trace" : "span") \(Printable.safe(match.id))"]
            }
            return try explanations.enumerated().flatMap { index, explanation in
                (index > 0 ? [""] : []) + (try explanation.lines(style))
            }
        }
        var outcome = Outcome(Reply(try lines(style)))
        outcome.picture = { style in
            StopFlag.ignored { (try? lines(style))?.map { $0 + "\n" }.joined() ?? "" }
        }
        outcome.evidence = CellEvidence(rows: nil, result: ResultHash.of(try lines(Style()).joined(separator: "\n"))) {
            var records = trace
            (records.errors, records.errorCount, records.isFailed) = ([], 0, false)
            return ResultHash.of(try TraceJSON.text(records))
        }
        return outcome
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

    /// The query compared with the window before, unless it says otherwise or has no window.
    var comparedWithBefore: QuerySyntax {
        var isOpen = false
        for clause in clauses {
            switch clause.kind {
            case .versus: return self
            case .range(.all): isOpen = true
            default: break
            }
        }
        guard !isOpen else { return self }
        var query = self
        query.clauses.append(
            ClauseSyntax(
                kind: .show([ItemSyntax(name: Name("count", noun.span), argument: nil, span: noun.span)]), span: noun.span))
        query.clauses.append(ClauseSyntax(kind: .versus(.previous), span: noun.span))
        return query
    }
}

extension Answer {
    /// The answer without secrets in its texts.
    var redacted: Answer {
        var answer = self
        answer.table = table.redacted
        return answer
    }

    /// The series with what the analysis finds in its first measure.
    func analysed(_ method: Trend.Method) -> Answer {
        guard case .series(let axis) = shape else { return self }
        var answer = self
        answer.trend = TrendAnalysis.trend(of: 1, in: table, axis: axis, method: method)
        return answer
    }
}
