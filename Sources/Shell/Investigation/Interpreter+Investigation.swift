import Analysis
import Model
import QueryLanguage
import Render
import Storage

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
    func trend(_ syntax: QuerySyntax, _ method: Name?, _ text: String, _ mistakes: [Diagnostic]) throws -> Reply {
        let compiled = try QueryCompiler().compileTrend(
            syntax, method: method, text: text, mistakes: mistakes, context: context(), facts: facts(), catalog: catalog)
        let start = Clock.ticks()
        let answer = try store.snapshot { try compiled.answer(from: store) }.analysed(compiled.query.trend ?? .mad)
        let elapsed = Clock.ticks() - start
        return try AnswerPresenter(style: style, elapsed: surroundings.showsTime ? elapsed : nil).reply(
            answer, to: compiled.query, coverage: facts().coverage)
    }

    /// `summary`.
    func summary(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Reply {
        let facts = try facts()
        let compiled = try compile(syntax.comparedWithBefore, text, mistakes)
        let start = Clock.ticks()
        let answers = try store.snapshot {
            try Summary.questions(compiled.query).map { try QueryCompiler().compile($0, facts: facts).answer(from: store) }
        }
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
        let summary = Summary(answers.map(\.redacted))
        if let form = settings.form, let format = ExportFormat(rawValue: form) {
            var reply = Reply()
            reply.output = format.text(summary.figures.table, style: style)
            return reply
        }
        return Reply(summary.lines(style) + ReceiptRenderer(style).lines(summary.figures.receipt, elapsed: elapsed))
    }

    /// `compare FIELD A, B`.
    func compare(_ field: Name, _ values: [Literal], _ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws
        -> Reply
    {
        let facts = try facts()
        let (compiled, key) = try QueryCompiler().compileComparison(
            field, values, syntax, text: text, mistakes: mistakes, context: context(), facts: facts, catalog: catalog)
        let start = Clock.ticks()
        let answers = try store.snapshot {
            try Comparison.questions(compiled.query, field: key).map {
                try QueryCompiler().compile($0, facts: facts).answer(from: store)
            }
        }
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
        let comparison = Comparison(field: key, answers: answers.map(\.redacted), order: values.map(\.text))
        if let form = settings.form, let format = ExportFormat(rawValue: form) {
            var reply = Reply()
            reply.output = format.text(comparison.figures.table, style: style)
            return reply
        }
        return Reply(comparison.lines(style) + ReceiptRenderer(style).lines(comparison.figures.receipt, elapsed: elapsed))
    }

    /// `why ID`.
    func why(_ id: Name, _ reference: ResultReference?, text: String) throws -> Reply {
        let (trace, match) = try findTrace(id, text: text)
        let explanations = Explanation.of(trace, match)
        guard !explanations.isEmpty else {
            return Reply(["nothing failed in \(match.kind == .trace ? "trace" : "span") \(Printable.safe(match.id))"])
        }
        var lines: [String] = []
        for (index, explanation) in explanations.enumerated() {
            if index > 0 { lines.append("") }
            lines += explanation.lines(style)
        }
        return Reply(lines)
    }
}

extension QuerySyntax {
    /// The query compared with the window before, unless it says otherwise or has no window.
    fileprivate var comparedWithBefore: QuerySyntax {
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
