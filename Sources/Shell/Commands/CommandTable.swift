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
        ]
    }

    /// Runs a statement of words; `text` is the whole statement, for carets.
    func command(_ name: Name, _ arguments: [Literal], text: String) throws -> Reply {
        guard let command = Interpreter.commands[name.text] else {
            preconditionFailure("the parser knows a command that the shell does not")
        }
        return try command.run(self)(arguments, text)
    }

    private func quit(_ arguments: [Literal], _ text: String) -> Reply {
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
                "redact is off: answers, traces and `sql` show texts of records as they were imported, on the screen alone; messages of errors, files, sessions, exports and notices stay redacted"
            )
        }
        return .narrated("\(shown) is \(settings.value(of: shown == "timezone" ? "tz" : shown))")
    }

    private func sources(_ arguments: [Literal], _ text: String) throws -> Reply {
        let sources = try store.sources()
        guard !sources.isEmpty else { return Reply(["nothing was imported yet; `import PATH` brings traces in"]) }
        let columns: [ResultColumn] = [
            ResultColumn("source", .text), ResultColumn("format", .text), ResultColumn("records", .count),
            ResultColumn("first", .time),
            ResultColumn("last", .time),
        ]
        let rows = sources.map { source in
            [
                Value.text(settings.form == nil ? ending(of: source.path) : source.path), .text(source.format),
                .count(source.records),
                source.coverage.map { .time($0.from) } ?? .missing,
                source.coverage.map { .time(Timestamp(nanoseconds: $0.to.nanoseconds - 1)) } ?? .missing,
            ]
        }
        return AnswerPresenter(style).table(ResultTable(columns: columns, rows: rows).redacted, form: settings.form)
    }

    /// The last parts of a long path, which tell files apart.
    private func ending(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard path.count > 40, parts.count > 2 else { return path }
        return (style.glyphs == .unicode ? "…/" : "~/") + parts.suffix(2).joined(separator: "/")
    }
}
