import Model
import QueryLanguage
import Render

/// A statement made of words: what runs it, what it is to a session, and what it does besides answering. Its help stands in
/// `Words.statements`.
struct Command {
    let run: (Interpreter) -> ([Literal], String) throws -> Reply
    let role: StatementRole
    /// What it does with these words.
    let effects: ([Literal]) -> StatementEffects

    init(
        _ run: @escaping (Interpreter) -> ([Literal], String) throws -> Reply, _ role: StatementRole,
        does effects: @escaping ([Literal]) -> StatementEffects
    ) {
        self.run = run
        self.role = role
        self.effects = effects
    }

    init(
        _ run: @escaping (Interpreter) -> ([Literal], String) throws -> Reply, _ role: StatementRole,
        does kinds: StatementEffects.Kinds
    ) {
        self.init(run, role, does: { _ in .of(kinds) })
    }
}

/// The statements that are made of words: one row each feeds dispatch and says what may happen.
extension Interpreter {
    static var commands: [String: Command] {
        [
            "help": Command(Interpreter.help, .aside, does: []), "fields": Command(Interpreter.fields, .aside, does: []),
            "quit": Command(Interpreter.quit, .aside, does: []), "edit": Command(Interpreter.edit, .aside, does: []),
            // The statements that run again are looked at themselves.
            "rerun": Command(Interpreter.rerun, .aside, does: []),
            "save": Command(Interpreter.save, .aside, does: .writesFiles),
            // Which scripts a script may run is decided by where they lie.
            "run": Command(Interpreter.runScript, .aside, does: { .of(asks("--write", $0) ? .all : []) }),
            "replay": Command(Interpreter.replay, .aside, does: effectsOfReplay),
            "sessions": Command(
                Interpreter.sessions, .aside,
                does: { .of(asks("--recover", $0) || asks("recover", $0) ? .writesFiles : []) }),
            "queries": Command(Interpreter.queries, .aside, does: []),
            "report": Command(Interpreter.report, .aside, does: .writesFiles),
            "set": Command(Interpreter.set, .cell, does: []), "let": Command(Interpreter.variables, .aside, does: []),
            "sources": Command(Interpreter.sources, .machine, does: []),
            "import": Command(Interpreter.importFiles, .machine, does: [.changesStore, .readsFiles]),
            "rules": Command(Interpreter.ruleTable, .machine, does: { .of(asks("apply", $0) ? .changesStore : []) }),
            "unknown": Command(Interpreter.unknown, .machine, does: { .of(asks("keep", $0) ? .writesFiles : []) }),
            "follow": Command(
                Interpreter.follow, .machine, does: { .of($0.isEmpty ? [] : [.changesStore, .readsFiles]) }),
            "unfollow": Command(Interpreter.unfollow, .machine, does: .changesStore),
            "forget": Command(Interpreter.forget, .machine, does: .changesStore),
            "doctor": Command(Interpreter.doctor, .machine, does: { .of($0.isEmpty ? [] : .changesStore) }),
            "export": Command(Interpreter.export, .machine, does: { .of(asks("to", $0) ? .writesFiles : []) }),
        ]
    }

    /// True when one of the words is this one.
    private static func asks(_ word: String, _ words: [Literal]) -> Bool {
        words.contains { !$0.isQuoted && $0.text.lowercased() == word }
    }

    private static func effectsOfReplay(_ words: [Literal]) -> StatementEffects {
        if asks("--write", words) { return .of(.all) }
        var kinds: StatementEffects.Kinds = asks("--update", words) ? .writesFiles : []
        if asks("--against", words) { kinds.insert(.readsFiles) }
        return StatementEffects(
            kinds: kinds, read: words.map(\.text).filter { $0.contains("/") || $0.hasPrefix("~") })
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
            return AnswerPresenter(style).table(table, form: settings.form)
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
