import Model
import QueryLanguage
import Render

/// A statement made of words: what runs it, and what it is to a session. Its help stands in `Words.statements`.
struct Command {
    let run: (Interpreter) -> ([Literal], String) throws -> Reply
    let role: StatementRole

    init(_ run: @escaping (Interpreter) -> ([Literal], String) throws -> Reply, _ role: StatementRole) {
        self.run = run
        self.role = role
    }
}

/// The statements that are made of words: one row each feeds dispatch.
extension Interpreter {
    static var commands: [String: Command] {
        [
            "help": Command(Interpreter.help, .aside), "fields": Command(Interpreter.fields, .aside),
            "quit": Command(Interpreter.quit, .aside), "edit": Command(Interpreter.edit, .aside),
            "rerun": Command(Interpreter.rerun, .aside), "save": Command(Interpreter.save, .aside),
            "run": Command(Interpreter.runScript, .aside), "replay": Command(Interpreter.replay, .aside),
            "sessions": Command(Interpreter.sessions, .aside), "queries": Command(Interpreter.queries, .aside),
            "report": Command(Interpreter.report, .aside),
            "set": Command(Interpreter.set, .cell), "let": Command(Interpreter.variables, .aside),
            "sources": Command(Interpreter.sources, .machine), "import": Command(Interpreter.importFiles, .writing),
            "rules": Command(Interpreter.ruleTable, .machine), "unknown": Command(Interpreter.unknown, .machine),
            "follow": Command(Interpreter.follow, .writing), "unfollow": Command(Interpreter.unfollow, .writing),
            "forget": Command(Interpreter.forget, .writing), "doctor": Command(Interpreter.doctor, .machine),
            "export": Command(Interpreter.export, .writing),
        ]
    }

    /// Runs a statement of words; `text` is the whole statement, for carets.
    func command(_ name: Name, _ arguments: [Literal], text: String) throws -> Reply {
        guard let command = Interpreter.commands[name.text] else {
            preconditionFailure("the parser knows a command that the shell does not")
        }
        return try command.run(self)(arguments, text)
    }

    private func quit(_ arguments: [Literal], _ text: String) throws -> Reply {
        if let first = arguments.first {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "too-many-words", at: first.span, "`quit` takes nothing behind it; the session goes on", closest: "quit")
                ])
        }
        var reply = Reply()
        reply.quits = true
        return reply
    }

    private func set(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard let name = arguments.first else {
            let rows = Settings.rows.map { [Value.text($0.name), .text(settings.value(of: $0.name)), .text($0.meaning)] }
            let table = ResultTable(
                columns: [ResultColumn("setting", .text), ResultColumn("value", .text), ResultColumn("meaning", .text)],
                rows: rows)
            return AnswerPresenter(style).table(table, form: nil)
        }
        // `set tz = UTC` is what others write.
        let values = arguments.dropFirst().filter { $0.isQuoted || $0.text != "=" }
        if let mistake = settings.set(name, to: Array(values), locations: surroundings.locations) {
            throw Diagnostics(text: text, [mistake])
        }
        let shown = name.text.lowercased()
        if shown == "redact", !settings.redacts {
            return .narrated(
                "redact is off: answers, traces and `sql` show texts of records as they were imported, on the screen alone; messages of errors, files, sessions, exports and notifications stay redacted"
            )
        }
        return .narrated("\(shown) is \(settings.value(of: shown == "timezone" ? "tz" : shown))")
    }
}
