import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `trace ID`, `trace $3[2]`, `trace ID as json`; `trace ID vs ID` and `trace ID vs good`.
struct TraceStatement: Statement {
    let id: TraceName
    /// What it is compared with; nil to show it alone.
    let partner: TracePartner?
    let form: Name?

    static let entry = StatementEntry(
        "trace", "trace ID | $3[2] [vs ID | $3[2] | good] [as json]",
        "one trace: numbers, waterfall, events; ID is a trace, span or request id or a unique prefix of one; `vs` aligns the steps of two traces, `vs good` with the nearest of the same agent that ended well",
        example: "trace 3f2a", role: .cell, traits: [.asksStore, .canBeWatched])

    init(parsing parser: inout Parser) throws(ParseStop) {
        id = try TraceName(
            parsing: &parser, expected: "the id of a trace, span or request, or a row of a result", closest: "$3[2]")
        var form: Name?, partner: TracePartner?
        parser.offer(.words(["as json", "vs"]))
        if parser.token.isWord("vs") {
            parser.advance()
            partner = try TracePartner(parsing: &parser)
            parser.offer(.words(["as json"]))
        }
        self.partner = partner
        if parser.token.isWord("as") {
            parser.advance()
            parser.offer(.words(["json"]))
            form = parser.name("a form", closest: "json")
            if let form, form.text != "json" { parser.report(Mistake.unknownForm(form, among: ["json"])) }
        }
        self.form = form
        parser.end()
    }

    func check(in session: Session, as written: StatementText) throws {
        _ = try session.findTrace(id, text: written.text)
        if case .named(let other)? = partner { _ = try session.findTrace(other, text: written.text) }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let found = try session.findTrace(id, text: written.text), trace = found.trace
        if let partner {
            var outcome = try session.compareTraces(found, with: partner, form: form?.text, written)
            outcome.wholeText = wholeText(found, in: written.text)
            return outcome
        }
        let form = form?.text ?? session.settings.form
        if let form, form != "json", ExportFormat(rawValue: form) != nil {
            throw Diagnostics(
                text: written.text,
                [
                    Diagnostic(
                        "trace-form", at: id.written.span, "a trace is not a table; use `as json`",
                        closest: "trace \(id.written.text) as json")
                ])
        }
        let draw: (Style) throws(Interrupted) -> Reply = { style throws(Interrupted) in
            guard form == "json" else { return Reply(try TracePresenter(style: style).lines(found)) }
            var reply = Reply()
            reply.output = try TraceJSON.text(trace) + "\n"
            return reply
        }
        var outcome = Outcome(try draw(session.style))
        outcome.picture = { style in StopFlag.ignored { (try? draw(style))?.output ?? "" } }
        outcome.evidence = CellEvidence(rows: nil, result: ResultHash.of(try TraceJSON.text(trace))) {
            ResultHash.of(try TraceJSON.text(trace.withoutFindings))
        }
        outcome.wholeText = wholeText(found, in: written.text)
        return outcome
    }

    /// The statement with a short id made whole; nil when it stays as written.
    private func wholeText(_ found: FoundTrace, in text: String) -> String? {
        guard id.row == nil, id.written.text != found.match.id else { return nil }
        return replacing(id.written.span, with: found.match.id, in: text)
    }

    private func replacing(_ span: TextSpan, with text: String, in statement: String) -> String {
        var bytes = Array(statement.utf8)
        bytes.replaceSubrange(span.start..<span.end, with: Literal.spelling(text).utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How a trace is named: by an id or a unique beginning of one, or by a row of a result.
struct TraceName {
    let written: Name
    /// The row; nil for an id.
    let row: ResultReference?

    init(parsing parser: inout Parser, expected: String, closest: String) throws(ParseStop) {
        if parser.isResult(parser.token) {
            let start = parser.token
            row = parser.resultReference()
            guard let row else { throw ParseStop() }
            written = Name(row.text, start.span.union(row.span))
            return
        }
        guard parser.token.kind == .word || parser.token.kind == .string else {
            parser.report(Mistake.expected(expected, at: parser.token, closest: closest))
            throw ParseStop()
        }
        let id = parser.advance()
        (written, row) = (Name(id.value, id.span), nil)
    }
}

/// A trace that was asked for, with how it was found.
struct FoundTrace {
    var trace: StoredTrace
    var match: TraceMatch
    /// The row of a result that it was asked for by; nil for an id.
    var subject: RowSubject?
}

/// Traces by what a person names.
extension Session {
    /// The one trace that an id, the beginning of one, or a row of a result means.
    func findTrace(_ name: TraceName, text: String) throws -> FoundTrace {
        let id = name.written, subject = try name.row.map { try rowSubject($0, at: id.span, text) }
        let wanted = subject?.id ?? id.text
        var matches = try engine.findTraces(prefix: wanted, limit: 9)
        // A row knows its trace's project, and its id is whole.
        if let project = subject?.project, matches.count > 1 { matches.removeAll { $0.project != project } }
        guard let match = matches.first else {
            throw Diagnostics(
                text: text,
                [Diagnostic("no-trace", at: id.span, "no trace, span or request has an id starting with `\(wanted)`")])
        }
        guard matches.count == 1 else {
            let shown = matches.prefix(4).map(\.traceID).joined(separator: ", ")
            let more = matches.count > 8 ? "more than 8" : "\(matches.count)"
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "ambiguous-id", at: id.span, "\(more) traces have an id starting with `\(wanted)`", closest: shown)
                ])
        }
        guard let trace = try engine.trace(match.traceID, project: match.project.isEmpty ? nil : match.project) else {
            throw StoreError.damaged(path: store.path, reason: "trace \(match.traceID) has been deleted")
        }
        return FoundTrace(trace: trace, match: match, subject: subject)
    }
}
