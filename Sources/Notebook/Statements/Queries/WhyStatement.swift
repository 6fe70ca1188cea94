import Model
import QueryLanguage
import Render
import System

/// `why ID`, `why $3[2]`: how an error was classified.
struct WhyStatement: Statement {
    let id: TraceName

    static let entry = StatementEntry(
        "why", "why ID | why $3[2]",
        "how an error was classified: the classification rule, the field it read, the matching text", example: "why 3f2a",
        role: .cell, traits: .asksStore)

    init(parsing parser: inout Parser) throws(ParseStop) {
        if parser.token.kind == .word, Words.isNoun(parser.token.folded) {
            let span = TextSpan(parser.wordRead.span.start, parser.token.span.start)
            parser.report(Mistake.whyNeedsOne(span, noun: parser.token.folded))
            _ = parser.innerQuery()
            throw ParseStop()
        }
        id = try TraceName(
            parsing: &parser, expected: "an id of a call, trace or request", closest: "why 3f2a, why $3[2]")
        parser.end()
    }

    func check(in session: Session, as written: StatementText) throws {
        _ = try session.findTrace(id, text: written.text)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
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
        var outcome = Outcome(Reply(try lines(session.style)))
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
