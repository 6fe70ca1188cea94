import Alerts
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// `export QUERY`: rows as data.
extension Interpreter {
    func export(_ arguments: [Literal], _ text: String) throws -> Reply {
        let (asked, path) = Interpreter.target(arguments, text)
        return try export(arguments, asked, to: path, text)
    }

    /// Exports what `asked`, the beginning of the whole `text`, asks for: to a file, or as output when there is no path.
    func export(_ arguments: [Literal], _ asked: String, to path: Literal?, _ text: String) throws -> Reply {
        guard let first = arguments.first, first.span.start < asked.utf8.count else {
            throw missingSource(text, "export what? a query, or `metrics`", "export errors last 7d as csv, export metrics")
        }
        if !first.isQuoted, first.text.lowercased() == "metrics" { return try exportMetrics(first, asked, to: path, text) }
        let query = Interpreter.blanks(first.span.start) + String(decoding: asked.utf8.dropFirst(first.span.start), as: UTF8.self)
        let (statement, mistakes) = Parser.parse(query, bindings: bindings)
        guard case .query(var syntax) = statement else {
            guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "not-exported", at: first.span, "only a query is exported, or `metrics`",
                        closest: "export errors last 7d, export $3")
                ])
        }
        let end = TextSpan(text.utf8.count, text.utf8.count)
        var hasForm = false
        for place in syntax.clauses.indices {
            guard case .as(let name, let named) = syntax.clauses[place].kind else { continue }
            hasForm = true
            if named == nil { syntax.clauses[place].kind = .as(name, to: path) }
        }
        if !hasForm { syntax.clauses.append(ClauseSyntax(kind: .as(Name(form(of: path), end), to: path), span: end)) }
        if syntax.isShownAgain { return try showResult(syntax, text, mistakes).reply }
        addFields(to: &syntax, at: end)
        return try self.query(syntax, text, mistakes).reply
    }

    /// What stands before a query becomes blanks, so that carets stand where they belong.
    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// The text without `to PATH` at its end, and the path; `as FORM to PATH` is understood so too.
    private static func target(_ arguments: [Literal], _ text: String) -> (asked: String, path: Literal?) {
        guard arguments.count > 1 else { return (text, nil) }
        let word = arguments[arguments.count - 2], path = arguments[arguments.count - 1]
        guard !word.isQuoted, word.text.lowercased() == "to" else { return (text, nil) }
        return (String(decoding: text.utf8.prefix(word.span.start), as: UTF8.self), path)
    }

    /// The form that a file's name asks for, else the session's, else CSV.
    private func form(of path: Literal?) -> String {
        let name = path?.text.lowercased() ?? ""
        let endings = [
            (".csv", "csv"), (".json", "json"), (".ndjson", "ndjson"), (".jsonl", "ndjson"), (".tsv", "tsv"), (".md", "markdown"),
        ]
        if let known = endings.first(where: { name.hasSuffix($0.0) }) { return known.1 }
        return settings.form.flatMap { Words.exports.contains($0) ? $0 : nil } ?? "csv"
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

/// `export metrics [RANGE every D]`: counters as OpenMetrics.
extension Interpreter {
    /// The most samples that one file may hold.
    private static let mostSamples = 50_000_000
    /// The most samples that are shown instead of written to a file: they are held in memory.
    private static let mostShownSamples = 1_000_000

    private func exportMetrics(_ word: Literal, _ asked: String, to path: Literal?, _ text: String) throws -> Reply {
        // A query of calls with the same range stands where the words stood.
        let before = "calls" + Interpreter.blanks(max(word.span.end - 5, 0))
        let query = before + String(decoding: asked.utf8.dropFirst(word.span.end), as: UTF8.self)
        let (statement, mistakes) = Parser.parse(query, bindings: bindings)
        guard case .query(var syntax) = statement, mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        let step = try metricsStep(&syntax, text)
        let grid = try step.map { try metricsGrid(syntax, every: $0, text) }
        let minute: Int64 = 60_000_000_000
        // Minutes are counted in advance; they do where every instant lies on one.
        let isOnMinutes = grid.map { $0.start.nanoseconds % minute == 0 && $0.step.inNanoseconds % minute == 0 } ?? false
        let end = grid?.end ?? now
        let stored = StoredHistory(store: store, evidence: settings.evidence, allowsMinutes: isOnMinutes)
        let nothing = EventHistory(beginning: end, values: LabelValues(), errors: EventColumns(labels: []))
        let history = try store.snapshot { try stored.counters(until: end) } ?? nothing
        let counters = OpenMetricsText(history, until: end, cleared: Redaction.text)
        let samples = counters.seriesCount * (grid?.count ?? 1)
        let most = path == nil ? Interpreter.mostShownSamples : Interpreter.mostSamples
        guard samples <= most else {
            let advice =
                path == nil && samples <= Interpreter.mostSamples ? "a file: to \"metrics.om\"" : "a longer step, a shorter range"
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
        guard writesFiles else { return .narrated(what + "not written in a replay") }
        // A collector that runs as somebody else reads it; labels hold no messages. A file that is there keeps its mode.
        let target = surroundings.locations.expandingHome(path.text)
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
            let message = "totals count from the beginning; a range needs a step"
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
                [Diagnostic("no-step", at: name.span, "a step is a second or longer", closest: "every 1m, every 5m")])
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
