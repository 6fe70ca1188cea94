import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// The trace that another is compared with: one that is named, or the nearest of the same agent that ended well.
enum TracePartner {
    case named(TraceName)
    case good

    /// Reads what stands behind `vs`.
    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.words(["good"]))
        if parser.token.isWord("good") {
            parser.advance()
            self = .good
        } else {
            self = .named(
                try TraceName(parsing: &parser, expected: "a second trace, or `good`", closest: "good, 9c01, $3[2]"))
        }
    }
}

/// Comparisons of traces.
extension Session {
    /// The steps of a trace beside those of its partner.
    func compareTraces(
        _ found: FoundTrace, with partner: TracePartner, form: String?, _ written: StatementText
    ) throws -> Outcome {
        let comparison: TraceComparison
        switch partner {
        case .named(let name): comparison = try TraceComparison(found.trace, findTrace(name, text: written.text).trace)
        case .good:
            guard let nearest = try nearestGood(found.trace) else {
                let line = "no other trace of \(TracePartner.likeness(of: found.trace)) ended well"
                var outcome = Outcome(Reply([line]))
                outcome.picture = { _ in line + "\n" }
                outcome.evidence = CellEvidence(rows: nil, result: ResultHash.of(line)) { ResultHash.of(line) }
                return outcome
            }
            comparison = nearest
        }
        let first = comparison.first, second = comparison.second
        let table = comparison.table.redacted
        let figures = Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: settings.zone))
        let behind = try comparison.spans.map { span, trace in
            let listing = QuerySyntax(
                .calls, .where(.comparison(ItemSyntax("kind"), .equal, [Literal("any")], TextSpan(0, 0))),
                .where(.comparison(ItemSyntax("trace"), .equal, [Literal(trace.record.traceID)], TextSpan(0, 0))),
                .where(.comparison(ItemSyntax("span"), .equal, [Literal(span)], TextSpan(0, 0))), .range(.all))
            return try compile(listing, "", []).query
        }
        let window = Window(
            from: min(first.first ?? now, second.first ?? now), to: max(first.last ?? now, second.last ?? now) + .nanoseconds(1))
        var outcome = composed(figures, behind: behind, in: window, form: form, elapsed: nil) { comparison.lines($0) }
        outcome.remarks = { comparison.sentences($0) }
        outcome.evidence?.data = {
            let records = try [first, second].map { try TraceJSON.text($0.withoutFindings) }
            return ResultHash.of(records.joined(separator: "\n"))
        }
        return outcome
    }

    /// How many traces before and after it are looked at.
    private static let candidates = 20

    /// Of the traces nearest in time that ended well, the one whose steps are most alike; ties by time, then id.
    private func nearestGood(_ trace: StoredTrace) throws -> TraceComparison? {
        guard let time = trace.last ?? trace.first else { return nil }
        let nowhere = TextSpan(0, 0)
        var clauses: [ClauseSyntax.Kind] = [
            .show(["trace", "project", "time"].map { ItemSyntax($0) }), .range(.all),
            .where(.not(.bare(ItemSyntax("failed")), nowhere)),
            .limit(Session.candidates + 1),
        ]
        if let agent = trace.agent {
            clauses.append(.where(.comparison(ItemSyntax("agent"), .equal, [Literal(agent)], nowhere)))
        } else if let name = trace.record.name {
            clauses.append(.where(.comparison(ItemSyntax("name"), .equal, [Literal(name)], nowhere)))
        }
        var syntax = QuerySyntax(.traces)
        syntax.clauses = clauses.map { ClauseSyntax(kind: $0, span: nowhere) }
        let query = try compile(syntax, "", []).query, facts = try facts()
        guard let all = query.window ?? facts.coverage else { return nil }
        var best: (comparison: TraceComparison, distance: Duration)?
        for isLater in [false, true] {
            var half = query
            let instant = Duration.nanoseconds(1)
            half.window = isLater ? Window(from: time, to: all.to + instant) : Window(from: all.from, to: time + instant)
            half.sort = [SortKey(subject: .field(Field(.time)), isDescending: !isLater)]
            for row in try QueryCompiler().compile(half, facts: facts).answer(from: engine).table.rows {
                guard case .text(let id) = row[0], id != trace.record.traceID, case .time(let end) = row[2] else { continue }
                let project: String? = if case .text(let name) = row[1] { name } else { nil }
                guard let other = try engine.trace(id, project: project) else { continue }
                let found = try TraceComparison(trace, other), distance = end > time ? end - time : time - end
                let isBetter = best.map { best in
                    (found.different, distance, id) < (
                        best.comparison.different, best.distance, best.comparison.second.record.traceID
                    )
                }
                if isBetter ?? true { best = (found, distance) }
            }
        }
        return best?.comparison
    }
}

extension TracePartner {
    /// What a trace and its partner have in common, in words.
    fileprivate static func likeness(of trace: StoredTrace) -> String {
        if let agent = trace.agent { return "agent `\(Printable.safe(Redaction.text(agent)))`" }
        return trace.record.name.map { "name `\(Printable.safe(Redaction.text($0)))`" } ?? "the store"
    }
}

extension StoredTrace {
    /// The records alone: what was found out about them is meaning, not data.
    var withoutFindings: StoredTrace {
        var records = self
        (records.errors, records.errorCount, records.isFailed) = ([], 0, false)
        return records
    }
}
