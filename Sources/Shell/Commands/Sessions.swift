import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// `sessions [--recover [N]]` and `queries`.
extension Interpreter {
    /// The small file beside the store; nil where it cannot be made.
    var state: StateStore? {
        if let openedState { return openedState }
        openedState = try? StateStore.open(of: store)
        return openedState
    }

    func sessions(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard let word = arguments.first else { return try sessionList() }
        guard ["--recover", "recover"].contains(word.text.lowercased()) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unexpected-text", at: word.span, "`sessions` does not know `\(word.text)`", closest: "sessions --recover"
                    )
                ])
        }
        var wanted: Int64?
        if arguments.count > 1 {
            wanted = Int64(arguments[1].text.drop { $0 == "#" })
            guard wanted != nil else {
                throw Diagnostics(
                    text: text,
                    [
                        Diagnostic(
                            "bad-session", at: arguments[1].span, "`\(arguments[1].text)` is no session's number", closest: "#12")
                    ])
            }
        }
        return try recover(wanted)
    }

    /// Writes sessions that were cut off to files, or the one with this number.
    func recover(_ wanted: Int64?) throws -> Reply {
        guard let state else {
            return .trouble("\(StateStore.path(besideStore: store.path)): sessions are kept here, and it cannot be opened")
        }
        let known = try state.sessions(limit: 1000)
        let lost = wanted.map { number in known.filter { $0.id == number } } ?? known.filter { isCutOff($0) && $0.file == nil }
        guard !lost.isEmpty else {
            return wanted.map { .trouble("there is no session #\($0)", exit: .wrong) } ?? .narrated("no session was cut off")
        }
        var reply = Reply()
        for session in lost.reversed() {
            let name = Literal.named("recovered-\(session.id)")
            let place = try sessionPlace(name, name.text)
            let recorded = try state.text(ofSession: session.id)
            guard !recorded.isEmpty else {
                reply.narration += "session #\(session.id) is too old: its text is not kept any more\n"
                continue
            }
            var file = NotebookFile(parsing: recorded)
            file.entitle(session.title.map { "Recovered: \($0)" } ?? place.title)
            try write(file.text, to: place)
            try state.setFile(Files.wholePath(place.path), ofSession: session.id)
            if session.endedAt == nil, isCutOff(session) { try state.endSession(session.id, at: Clock.now()) }
            let count = session.statements
            reply.output += "\(Printable.safe(place.path)): \(count.counted("cells"))\n"
        }
        return reply
    }

    /// True for a session that did not end and whose process is gone.
    func isCutOff(_ session: SessionEntry) -> Bool {
        session.endedAt == nil && session.statements > 0 && !(session.process.map(ProcessMark.isRunning) ?? false)
    }

    private func sessionList() throws -> Reply {
        var rows: [[Value]] = []
        for folder in surroundings.locations.sessionFolders {
            for name in Files.names(in: folder) where name.hasSuffix(".flq") {
                guard let file = try? NotebookFile.read(folder + "/" + name) else { continue }
                let replay = (try? state?.lastReplay(of: Files.wholePath(folder + "/" + name))) ?? nil
                rows.append([
                    .text(String(name.dropLast(4))), file.title.map { .text($0) } ?? .missing,
                    file.pins?.now.map { .time($0) } ?? .missing, .count(Int64(file.recorded.count)),
                    .text(replay?.verdict ?? "not replayed"),
                ])
            }
        }
        let recorded = (try? state?.sessions()) ?? []
        for session in recorded where session.file == nil && session.statements > 0 {
            let standing = session.endedAt != nil ? "not saved" : isCutOff(session) ? "cut off" : "open"
            rows.append([
                .text("#\(session.id)"), session.title.map { .text($0) } ?? .missing, .time(session.startedAt),
                .count(session.statements), .text(standing),
            ])
        }
        let columns = [
            ResultColumn("session", .text), ResultColumn("title", .text), ResultColumn("time", .time),
            ResultColumn("cells", .count),
            ResultColumn("state", .text),
        ]
        var reply = AnswerPresenter(style).table(
            ResultTable(columns: columns, rows: rows).redacted, form: settings.form,
            empty: "no sessions yet; `save NAME` writes this one to a file")
        let lost = recorded.filter { isCutOff($0) && $0.file == nil }.count
        if lost > 0 {
            reply.narration += "`sessions --recover` writes what was cut off to files, `sessions --recover 12` any session\n"
        }
        return reply
    }

    func queries(_ arguments: [Literal], _ text: String) throws -> Reply {
        AnswerPresenter(style).table(surroundings.locations.scriptTable, form: settings.form)
    }
}

extension Locations {
    /// The scripts that `run` knows by name, with their parameters and their purpose.
    var scriptTable: ResultTable {
        let rows: [[Value]] = scripts.compactMap { name, path in
            guard let file = try? NotebookFile.read(path) else { return nil }
            let script = Script(file, path: nil)
            let parameters = script.parameters.map { "\($0.name)=\(Interpreter.spelling($0.values))" }
            return [
                .text(name), parameters.isEmpty ? .missing : .text(parameters.joined(separator: " ")),
                script.purpose.map { .text($0) } ?? .missing,
            ]
        }
        return ResultTable(columns: ["script", "parameters", "purpose"].map { ResultColumn($0, .text) }, rows: rows)
    }
}

extension Literal {
    /// A name that the program itself chose.
    static func named(_ text: String) -> Literal {
        guard let literal = Parser.values(of: text)?.first else { preconditionFailure("`\(text)` is a word of the language") }
        return literal
    }
}

extension NotebookFile {
    /// Puts a heading behind the pins of a file that has none.
    mutating func entitle(_ title: String) {
        let lines = title.split { $0.isNewline }
        guard self.title == nil, let first = lines.first else { return }
        let place = (pieces.lastIndex { $0.kind == .header || $0.kind == .pins && $0.line <= 2 } ?? -1) + 1
        insert(Piece(kind: .prose, raw: "# \(first)\n", line: 0), at: place)
    }
}
