import Model
import QueryLanguage
import Render

/// The statements that are made of words: one row each feeds dispatch; their help stands in `Words.statements`.
extension Interpreter {
    private typealias Command = (Interpreter) -> ([Literal], String) throws -> Reply

    private static var commands: [String: Command] {
        [
            "help": Interpreter.help, "fields": Interpreter.fields, "set": Interpreter.set, "sources": Interpreter.sources,
            "import": Interpreter.importFiles, "quit": Interpreter.quit,
        ]
    }

    /// Runs a statement of words; `text` is the whole statement, for carets.
    func command(_ name: Name, _ arguments: [Literal], text: String) throws -> Reply {
        guard let command = Interpreter.commands[name.text] else {
            preconditionFailure("the parser knows a command that the shell does not")
        }
        return try command(self)(arguments, text)
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
            return Reply(TableRenderer(style).lines(table))
        }
        // `set tz = UTC` is what others write.
        let values = arguments.dropFirst().filter { $0.isQuoted || $0.text != "=" }
        if let mistake = settings.set(name, to: Array(values), locations: surroundings.locations) {
            throw Diagnostics(text: text, [mistake])
        }
        let shown = name.text.lowercased()
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
        return AnswerPresenter(style: style, elapsed: nil).reply(
            ResultTable(columns: columns, rows: rows).redacted, form: settings.form)
    }

    /// The last parts of a long path, which tell files apart.
    private func ending(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard path.count > 40, parts.count > 2 else { return path }
        return (style.glyphs == .unicode ? "…/" : "~/") + parts.suffix(2).joined(separator: "/")
    }
}
