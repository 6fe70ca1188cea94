import Importing
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `sessions [--recover [N]]`.
struct SessionsStatement: Statement {
    /// What is done with the recorded sessions.
    enum Verb {
        case list
        /// Sessions that were cut off are written to files; or the one with this number.
        case recover(Int64?)
    }

    let verb: Verb

    static let entry = StatementEntry(
        "sessions", "sessions [--recover [N]]",
        "recorded sessions with title, time, cells and drift; --recover saves interrupted ones", example: "sessions",
        reading: .words, role: .aside, traits: .isLikeProse)

    init(verb: Verb) { self.verb = verb }

    init(parsing parser: inout Parser) throws(ParseStop) {
        var words = Arguments(parser.words())
        guard let word = words.next() else {
            parser.offer(.words(["--recover"]))
            verb = .list
            return
        }
        guard ["--recover", "recover"].contains(word.text.lowercased()) else {
            throw parser.stop(
                "unexpected-text", at: word.span, "unknown argument `\(word.text)` of `sessions`", closest: "sessions --recover")
        }
        guard let wanted = words.next() else {
            verb = .recover(nil)
            return
        }
        guard let number = Int64(wanted.text.drop { $0 == "#" }) else {
            throw parser.stop("bad-session", at: wanted.span, "`\(wanted.text)` is not a session number", closest: "#12")
        }
        verb = .recover(number)
    }

    var effects: StatementEffects { if case .recover = verb { .of(.writesFiles) } else { .none } }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        switch verb {
        case .list: Outcome(try session.sessionList())
        case .recover(let number): Outcome(try session.recover(number))
        }
    }
}

/// Recorded sessions.
extension Session {
    /// The small file beside the store; nil where it cannot be made.
    var state: StateStore? { stateFile.ifAvailable }

    /// Writes sessions that were cut off to files, or the one with this number.
    fileprivate func recover(_ wanted: Int64?) throws -> Reply {
        guard let state else {
            return .trouble("\(StateStore.path(besideStore: store.path)): cannot open the file that keeps sessions")
        }
        let known = try state.sessions(limit: 1000)
        let lost = wanted.map { number in known.filter { $0.id == number } } ?? known.filter { isCutOff($0) && $0.file == nil }
        guard !lost.isEmpty else {
            return wanted.map { .trouble("no session #\($0)", exit: .wrong) } ?? .narrated("no interrupted sessions")
        }
        var reply = Reply()
        for session in lost.reversed() {
            let name = Literal("recovered-\(session.id)")
            let place = try sessionPlace(name, name.text)
            let recorded = try state.text(ofSession: session.id)
            guard !recorded.isEmpty else {
                reply.narration += "session #\(session.id) is too old: its text was deleted\n"
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
        session.endedAt == nil && session.statements > 0 && !(session.process.map(ProcessIdentity.isRunning) ?? false)
    }

    fileprivate func sessionList() throws -> Reply {
        var rows: [[Value]] = []
        for folder in environment.locations.sessionFolders {
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
            reply.narration += "`sessions --recover` writes interrupted sessions to files, `sessions --recover 12` any session\n"
        }
        return reply
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
