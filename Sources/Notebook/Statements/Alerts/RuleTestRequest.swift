import Alerts
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `alert test` with the options of the command line, as typed.
package struct RuleTestRequest: Sendable {
    /// A file of rules, the name of a stored rule, or `when` and a query.
    let subject: String
    let from: String?, to: String?, step: String?, labels: String?, format: String?

    /// Takes over the options as typed.
    package init(subject: String, from: String?, to: String?, step: String?, labels: String?, format: String?) {
        self.subject = subject
        (self.from, self.to, self.step, self.labels, self.format) = (from, to, step, labels, format)
    }

    private var isJSON: Bool { format == "json" }

    /// Tests the rules; mistakes in the subject are part of the outcome.
    /// - Throws: `Refusal` when an option cannot be used.
    fileprivate func run(in session: Session) throws -> Outcome {
        let labels = try labels(labels)
        if let format, format != "table", ExportFormat(rawValue: format) == nil {
            throw Refusal(
                code: .usage, message: "--format: unknown format `\(format)`; expected table, json, csv, tsv, ndjson or markdown")
        }
        session.setForm(format == "table" ? nil : format)
        var outcome = Outcome(), refusal: Refusal?
        session.interruptibly {
            let (text, read) = asked(subject)
            outcome = session.answered(text) {
                let asked = try read()
                let tried = try session.monitor.subject(asked.subject, text), grid: Grid
                if let refusal = session.refusal(of: tried, isJSON: isJSON) { return refusal }
                do { grid = try self.grid(asked, tried.rules, text, session) } catch let refused as Refusal {
                    refusal = refused
                    return Outcome()
                }
                return try session.test(tried, on: grid, isJSON: isJSON, labels: labels)
            }
        }
        if let refusal { throw refusal }
        return outcome
    }

    /// What the words of the command line ask.
    private struct Asked {
        var subject: AlertSubjectSyntax
        var range: ClauseSyntax?, step: Name?
    }

    /// What the words name: a rule written out, a file, a kept rule; with the text that mistakes are shown in.
    private func asked(_ words: String) -> (text: String, read: () throws -> Asked) {
        let trimmed = String(words.drop { $0 == " " })
        if trimmed.hasPrefix("when ") {
            let parsed = Statements.parse("alert test " + trimmed)
            return (
                parsed.written.text,
                {
                    guard parsed.written.mistakes.isEmpty, let trial = (parsed.statement as? AlertTestStatement)?.trial else {
                        throw Diagnostics(text: parsed.written.text, parsed.written.mistakes)
                    }
                    return Asked(subject: trial.subject, range: trial.range, step: trial.step)
                }
            )
        }
        let lowered = words.lowercased()
        let isFile = lowered.hasSuffix(".yaml") || lowered.hasSuffix(".yml") || words.contains("/") || Files.exists(words)
        let literal = Literal(words)
        return (words, { Asked(subject: isFile ? .file(literal) : .name(Name(words, literal.span))) })
    }

    private func grid(
        _ asked: Asked, _ rules: [RuleUnderTest], _ text: String, _ session: Session
    ) throws -> Grid {
        if asked.range != nil, from != nil || to != nil {
            throw Refusal(code: .usage, message: "the range is given twice: in the rule, and as --from or --to")
        }
        if let range = asked.range {
            let step = asked.step ?? step.map { Name($0, range.span) }
            return try session.monitor.grid(session.window(range, text), step: step, for: rules, text)
        }
        func instant(_ text: String?, _ option: String) throws -> Timestamp? {
            guard let text else { return nil }
            if text == "now" { return session.now }
            let epoch = Double(text).flatMap { TimeText.epoch($0) }
            guard let instant = TimeText.parse(text, zone: session.settings.zone) ?? epoch else {
                throw Refusal(code: .usage, message: "\(option): `\(text)` is not a time; write 2026-11-21T14:00:00Z")
            }
            return instant
        }
        let named = step ?? asked.step?.text
        guard let step = named.map(Units.duration) ?? rules.commonInterval ?? .minutes(1), step >= .seconds(1) else {
            throw Refusal(code: .usage, message: "--step: `\(named ?? "")` is not a step of a second or more; write 1m")
        }
        let width = step.inNanoseconds
        let to =
            try instant(to, "--to")
            ?? Timestamp(nanoseconds: floorDivide(session.now.nanoseconds, width) * width)
        let from = try instant(from, "--from") ?? to - (session.settings.range ?? .hours(24))
        guard from <= to else { throw Refusal(code: .usage, message: "--from is after --to") }
        guard let grid = Grid(from: from, to: to, step: step) else {
            throw Refusal(code: .usage, message: "--step: more than \(Grid.limit) evaluations; a longer step or a shorter range")
        }
        return grid
    }

    private func labels(_ text: String?) throws(Refusal) -> Set<Label> {
        guard let text else { return Set(Label.allCases) }
        var labels: Set<Label> = []
        for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let label = Label(name: String(word)) else {
                let known = Label.allCases.map(\.name).joined(separator: ", ")
                throw Refusal(code: .usage, message: "--labels: no label `\(word)`; \(known)")
            }
            labels.insert(label)
        }
        return labels
    }
}

extension Session {
    /// Tests rules on history as the command line asks for it.
    /// - Throws: `Refusal` when an option cannot be used.
    package func test(_ request: RuleTestRequest) throws -> Outcome { try request.run(in: self) }
}
