import Alerts
import Model
import Monitoring
import QueryLanguage
import Render
import System
import Terminal

extension Program {
    /// What `alert test` is asked on the command line, as typed.
    public struct AlertTestRequest: Sendable {
        let subject: String
        let from: String?, to: String?, step: String?, labels: String?, format: String?
        let failsOnFire: Bool

        /// Takes over the options as typed.
        public init(
            subject: String, from: String?, to: String?, step: String?, labels: String?, format: String?, failsOnFire: Bool
        ) {
            self.subject = subject
            (self.from, self.to, self.step, self.labels, self.format) = (from, to, step, labels, format)
            self.failsOnFire = failsOnFire
        }
    }

    /// Tries a rule, or the rules of a file, over history.
    public static func alertTest(_ test: AlertTestRequest, _ request: StoreRequest) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            let interpreter = open.interpreter
            let labels = try labels(test.labels)
            if let format = test.format, format != "table", ExportFormat(rawValue: format) == nil {
                throw Refusal(code: .usage, message: "--format: no format `\(format)`; table, json, csv, tsv, ndjson or markdown")
            }
            interpreter.setForm(test.format == "table" ? nil : test.format)
            var outcome = Outcome(), refusal: Refusal?
            interpreter.interruptibly {
                let (text, read) = asked(test.subject)
                outcome = interpreter.answered(text) {
                    let asked = try read()
                    let tried = try interpreter.monitor.subject(asked.subject, text), grid: Grid
                    if let refusal = interpreter.refusal(of: tried, isJSON: test.format == "json") { return refusal }
                    do { grid = try self.grid(test, asked, tried.rules, text, interpreter) } catch let refused as Refusal {
                        refusal = refused
                        return Outcome()
                    }
                    return try interpreter.test(tried, on: grid, isJSON: test.format == "json", labels: labels)
                }
            }
            if let refusal { throw refusal }
            let code = show(outcome.reply)
            let fires = outcome.result.map { !$0.answer.table.rows.isEmpty } ?? false
            return code == .ok && test.failsOnFire && fires ? .firing : code
        }
    }

    /// Evaluates the rules that are kept every minute, or once.
    public static func alertWatch(once: Bool, _ request: StoreRequest) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.interpreter.emit = { show($0) }
            var outcome = Outcome()
            open.interpreter.interruptibly {
                outcome = open.interpreter.answered("alert watch") { Outcome(try open.interpreter.watchAlerts(once: once)) }
            }
            return show(outcome.reply)
        }
    }

    /// What fires at the present instant.
    public static func alertCheck(format: String?, _ request: StoreRequest) -> ExitCode {
        run(AlertStatement(verb: .check), as: "alert check", format: format, request)
    }

    /// The rules that are kept, and their state.
    public static func alertList(format: String?, _ request: StoreRequest) -> ExitCode {
        run(AlertStatement(verb: .list), as: "alert list", format: format, request)
    }

    /// Keeps the rules of a file or database.
    public static func alertLoad(_ file: String, _ request: StoreRequest) -> ExitCode {
        let words = TypedWords("alert load", [file])
        return run(AlertStatement(verb: .load(words.literals[0])), as: words.text, request)
    }

    /// What the words of the command line ask.
    private struct Asked {
        var subject: AlertSubjectSyntax
        var range: ClauseSyntax?, step: Name?
    }

    /// What the words name: a rule written out, a file, a kept rule; with the text that mistakes are shown in.
    private static func asked(_ words: String) -> (text: String, read: () throws -> Asked) {
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

    private static func grid(
        _ test: AlertTestRequest, _ asked: Asked, _ rules: [TriedRule], _ text: String, _ interpreter: Interpreter
    ) throws -> Grid {
        if asked.range != nil, test.from != nil || test.to != nil {
            throw Refusal(code: .usage, message: "the range stands twice: in the rule's words, and as --from or --to")
        }
        if let range = asked.range {
            let step = asked.step ?? test.step.map { Name($0, range.span) }
            return try interpreter.monitor.grid(interpreter.window(range, text), step: step, for: rules, text)
        }
        func instant(_ text: String?, _ option: String) throws -> Timestamp? {
            guard let text else { return nil }
            if text == "now" { return interpreter.now }
            let epoch = Double(text).flatMap { TimeText.epoch($0) }
            guard let instant = TimeText.parse(text, zone: interpreter.settings.zone) ?? epoch else {
                throw Refusal(code: .usage, message: "\(option): `\(text)` is no time; write 2026-11-21T14:00:00Z")
            }
            return instant
        }
        let named = test.step ?? asked.step?.text
        guard let step = named.map(Units.duration) ?? rules.commonInterval ?? .minutes(1), step >= .seconds(1) else {
            throw Refusal(code: .usage, message: "--step: `\(named ?? "")` is no step of a second or more; write 1m")
        }
        let width = step.inNanoseconds
        let to =
            try instant(test.to, "--to")
            ?? Timestamp(nanoseconds: floorDivide(interpreter.now.nanoseconds, width) * width)
        let from = try instant(test.from, "--from") ?? to - (interpreter.settings.range ?? .hours(24))
        guard from <= to else { throw Refusal(code: .usage, message: "--from lies after --to") }
        guard let grid = Grid(from: from, to: to, step: step) else {
            throw Refusal(code: .usage, message: "--step: more than \(Grid.limit) evaluations; a longer step or a shorter range")
        }
        return grid
    }

    private static func labels(_ text: String?) throws(Refusal) -> Set<Label> {
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
