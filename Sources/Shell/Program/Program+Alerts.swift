import Alerts
import Model
import QueryLanguage
import Render
import Storage

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
            let grid = try grid(test, interpreter), labels = try labels(test.labels)
            if let format = test.format, !["json", "table", "csv", "tsv", "ndjson", "markdown"].contains(format) {
                throw Refusal(code: .usage, message: "--format: no format `\(format)`; table, json, csv, tsv, ndjson or markdown")
            }
            interpreter.setForm(test.format == "table" ? nil : test.format)
            var outcome = Outcome()
            interpreter.interruptibly {
                outcome = interpreter.answered(test.subject) {
                    let tried = try interpreter.subject(subject(test.subject), test.subject)
                    var outcome = try interpreter.test(tried.rules, on: grid, isJSON: test.format == "json", labels: labels)
                    outcome.reply.narration = tried.mistakes + outcome.reply.narration
                    if !tried.mistakes.isEmpty { outcome.reply.exit = .wrong }
                    return outcome
                }
            }
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

    /// What the words name: a rule written out, a file, a kept rule.
    private static func subject(_ words: String) throws -> AlertSubjectSyntax {
        let trimmed = words.drop { $0 == " " }
        if trimmed.hasPrefix("when ") { return .rule(try RuleText.syntax(words).rule) }
        let lowered = words.lowercased()
        let isFile = lowered.hasSuffix(".yaml") || lowered.hasSuffix(".yml") || words.contains("/") || Files.exists(words)
        let literal = Literal.quoted(words)
        return isFile ? .file(literal) : .name(Name(words, literal.span))
    }

    private static func grid(_ test: AlertTestRequest, _ interpreter: Interpreter) throws -> Grid {
        func instant(_ text: String?, _ option: String) throws -> Timestamp? {
            guard let text else { return nil }
            if text == "now" { return interpreter.now }
            let epoch = Double(text).flatMap { TimeText.epoch($0) }
            guard let instant = TimeText.parse(text, zone: interpreter.settings.zone) ?? epoch else {
                throw Refusal(code: .usage, message: "\(option): `\(text)` is no time; write 2026-11-21T14:00:00Z")
            }
            return instant
        }
        guard let step = Units.duration(test.step ?? "1m"), step >= .seconds(1) else {
            throw Refusal(code: .usage, message: "--step: `\(test.step ?? "")` is no step of a second or more; write 1m")
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

extension Literal {
    /// A text of the command line, whatever is in it.
    static func quoted(_ text: String) -> Literal {
        var literal = Literal.named("word")
        literal.text = text
        literal.isQuoted = true
        return literal
    }
}
