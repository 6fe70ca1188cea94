import Model
import QueryLanguage
import Render
import Platform

/// `why QUERY`: what is different about its rows; `why ID`, `why $3[2]`: how an error was classified.
struct WhyStatement: Statement {
    /// What is to be explained.
    enum Subject {
        case rows(WhyQuery)
        case error(TraceName)
    }

    let subject: Subject

    static let entry = StatementEntry(
        "why", "why QUERY [vs …] | why ID | why $3[2]",
        "what is different about these errors, beyond chance, and since when; of one error, how it was classified and what to do next",
        example: "why errors last 24h", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.noun)
        guard parser.token.kind == .word, Words.isNoun(parser.token.folded) else {
            subject = .error(
                try TraceName(
                    parsing: &parser, expected: "a query, or an id of a call, trace or request",
                    closest: "why errors last 1h, why 3f2a"))
            parser.end()
            return
        }
        if parser.token.folded == Noun.events.rawValue { parser.report(Mistake.whyOfEvents(parser.token)) }
        guard let syntax = parser.innerQuery(allowed: WhyQuery.clauses, in: "why") else { throw ParseStop() }
        subject = .rows(WhyQuery(syntax: syntax))
    }

    var effects: StatementEffects { if case .rows(let query) = subject { query.syntax.effects } else { .none } }

    func check(in session: Session, as written: StatementText) throws {
        switch subject {
        case .rows(let query): try query.check(in: session, as: written)
        case .error(let id): _ = try session.findTrace(id, text: written.text)
        }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        switch subject {
        case .rows(let query): return try query.run(in: session, as: written)
        case .error(let id):
            guard written.mistakes.isEmpty else { throw Diagnostics(text: written.text, written.mistakes) }
            return try WhyStatement.classification(of: id, in: session, as: written)
        }
    }

    /// How the errors that an id means were classified.
    private static func classification(of id: TraceName, in session: Session, as written: StatementText) throws -> Outcome {
        let found = try session.findTrace(id, text: written.text), trace = found.trace, match = found.match
        let explanations = Explanation.of(found, rules: try session.ruleBook().rules)
        func lines(_ style: Style) throws -> [String] {
            guard !explanations.isEmpty else {
                if let subject = found.subject, !subject.isWholeTrace {
                    let what = subject.span.map { "span \($0)" } ?? "an event of trace \(trace.record.traceID)"
                    return ["\(subject.name) is not an error: \(Printable.safe(what))"]
                }
                return ["nothing failed in \(match.kind == .trace ? "trace" : "span") \(Printable.safe(match.id))"]
            }
            return try explanations.enumerated().flatMap { index, explanation in
                (index > 0 ? [""] : []) + (try explanation.lines(style))
            }
        }
        // Advice is no part of what is compared when a session is replayed.
        func advised(_ style: Style) throws -> [String] {
            var types: [ErrorType] = []
            for type in explanations.map(\.error.type) where !types.contains(type) { types.append(type) }
            return try lines(style) + types.prefix(3).flatMap { [""] + NextStepLines(type: $0).lines(style) }
        }
        var outcome = Outcome(Reply(try advised(session.style)))
        outcome.picture = { style in
            StopFlag.ignored { (try? advised(style))?.map { $0 + "\n" }.joined() ?? "" }
        }
        outcome.evidence = CellEvidence(rows: nil, result: ResultHash.of(try lines(Style()).joined(separator: "\n"))) {
            ResultHash.of(try TraceJSON.text(trace.withoutFindings))
        }
        return outcome
    }
}
