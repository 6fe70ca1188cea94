import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `replay FILE… [--check|--update] [--now] [--against STORE] [--only CELLS] [--write]`.
struct ReplayStatement: Statement {
    let files: [String]
    let options: SessionReplay.Options

    static let entry = StatementEntry(
        "replay", "replay FILE… [--check|--update] [--now] [--against STORE] [--only CELLS] [--write]",
        "replay a recorded session at its own time and compare each cell: same, data, meaning, both, rendering",
        example: "replay openai-quota", reading: .words, role: .aside, traits: .isLikeProse)

    private static let options = ["--check", "--update", "--now", "--against", "--only", "--write"]

    init(files: [String], options: SessionReplay.Options) {
        self.files = files
        self.options = options
    }

    init(parsing parser: inout Parser) throws(ParseStop) {
        var files: [Literal] = [], options = SessionReplay.Options()
        let words = parser.words()
        if words.isEmpty { parser.offer(.script) }
        parser.offer(.words(ReplayStatement.options.filter { option in !words.contains { $0.text == option } }))
        var rest = words[...]
        while let word = rest.popFirst() {
            guard !word.isQuoted, word.text.hasPrefix("--") else {
                files.append(word)
                continue
            }
            switch word.text.lowercased() {
            case "--check": options.checks = true
            case "--update": options.updates = true
            case "--now": options.movesNow = true
            case "--write": options.writes = true
            case "--against":
                guard let store = rest.popFirst() else {
                    throw parser.stop(
                        "missing-path", at: word.span, "`--against` which store?", closest: "--against other.db")
                }
                options.against = store.text
            case "--only":
                var cells: Set<Int> = []
                while let next = rest.first, let range = CellRange(next.text) {
                    cells.formUnion(range.first...range.last)
                    rest.removeFirst()
                }
                guard !cells.isEmpty else {
                    throw parser.stop("missing-cell", at: word.span, "`--only` which cells?", closest: "--only 3, 5..7")
                }
                options.only = cells
            default:
                let known = ReplayStatement.options
                throw parser.stop(
                    "unknown-option", at: word.span, "unknown argument `\(word.text)` of `replay`",
                    closest: NearestName.best(for: word.text, among: known) ?? known.joined(separator: ", "))
            }
        }
        if options.checks, options.updates {
            throw parser.stop(
                "two-ends", at: TextSpan(0, 6), "`--check` judges and `--update` rewrites; use one of them",
                closest: "replay FILE --check")
        }
        guard !files.isEmpty else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "replay which session?",
                closest: "replay openai-quota; `sessions` lists them")
        }
        self.files = files.map(\.text)
        self.options = options
    }

    var effects: StatementEffects {
        if options.writes { return .of(.all) }
        var effects = StatementEffects(kinds: options.updates ? .writesFiles : [], read: [])
        if options.against != nil { effects.kinds.insert(.readsFiles) }
        effects.read = (files + (options.against.map { [$0] } ?? [])).filter { $0.contains("/") || $0.hasPrefix("~") }
        return effects
    }

    func check(in session: Session, as written: StatementText) throws {
        guard session.environment.locations.notebookFile(files[0]) != nil else { throw NotRunnable() }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        Outcome(session.replay(files: files, options))
    }
}

/// Sessions that are run again.
extension Session {
    /// Replays sessions by their names or paths, one after another.
    fileprivate func replay(files: [String], _ options: SessionReplay.Options) -> Reply {
        var parts = ReplyParts(self)
        for name in files {
            let reply = answered(name) { Outcome(try replay(file: name, options)) }.reply
            parts.add(reply)
            if reply.exit == .interrupted { break }
        }
        return parts.reply
    }

    private func replay(file name: String, _ options: SessionReplay.Options) throws -> Reply {
        guard let path = try scriptPath(Literal(name), name) else {
            throw FileError(path: name, reason: "no such session; `sessions` lists them")
        }
        let file = try NotebookFile.read(path)
        let asked =
            try options.against.map { try environment.locations.openStore(environment.locations.expandingHome($0)) } ?? store
        var replay = SessionReplay(file, at: path, by: try replaying(file, in: asked, movesNow: options.movesNow), options)
        try replay.run()
        if let only = options.only,
            let missing = only.sorted().first(where: { number in !replay.cells.contains { $0.number == number } })
        {
            let count = file.recorded.count.counted("statements")
            throw FileError(path: path, reason: "no cell \(missing); the session has \(count)")
        }
        var reply = Reply(replayLines(replay, path: path, options))
        if replay.wasInterrupted {
            reply.narration = "interrupted\n"
            reply.exit = .interrupted
            return reply
        }
        if options.updates {
            let mode = Files.mode(of: path) ?? 0o600
            try Files.write(replay.updatedFile(now: options.movesNow ? now : nil).text, to: path, mode: mode)
            reply.narration += "\(Printable.safe(path)) was updated with the current answers\n"
        }
        if options.only == nil, options.against == nil, !options.movesNow {
            let verdict = options.updates ? "updated" : replay.summary.split(separator: ": ").last.map(String.init) ?? ""
            try? state?.noteReplay(of: Files.wholePath(path), at: Clock.now(), verdict: verdict)
        }
        if options.checks, replay.hasDrift { reply.exit = .drift }
        return reply
    }

    /// What is said of a replay: a line for each cell, below it what is other, and the count of verdicts.
    private func replayLines(_ replay: SessionReplay, path: String, _ options: SessionReplay.Options) -> [String] {
        let style = style, theme = style.theme
        var lines: [String] = []
        if let recordedOn = replay.file.pins?.store, recordedOn != storeLabel, options.against == nil {
            let told = "recorded on the store `\(Printable.safe(recordedOn))`, replayed against `\(storeLabel)`"
            lines += wrap(told, width: style.widthInColumns).map { theme.paint($0, .dim) }
        }
        for told in replay.pinProblems { lines += wrap(told, width: style.widthInColumns).map { theme.paint($0, .bad) } }
        for cell in replay.judged {
            let verdict = cell.judgement.verdict
            if options.checks, [.same, .unjudged, .skipped].contains(verdict) { continue }
            let number = cell.number.map(String.init) ?? ""
            let head = "  " + DisplayWidth.pad(number, to: 3, right: true) + " " + DisplayWidth.pad(verdict.rawValue, to: 9) + " "
            let statement = cell.recorded.text.split { $0.isNewline }.joined(separator: " ")
            let room = max(10, style.widthInColumns - DisplayWidth.of(head))
            let shown = DisplayWidth.cut(
                Printable.safe(statement, glyphs: style.glyphs), to: room, mark: style.glyphs == .unicode ? "…" : "~")
            lines.append(theme.paint(head, verdict.isDrift ? .bad : verdict == .same ? .good : .dim) + shown)
            if let remark = cell.judgement.remark {
                lines += wrap(remark, width: max(20, style.widthInColumns - 6)).map { theme.paint("      " + $0, .dim) }
            }
            guard verdict.isDrift || verdict == .rendering else { continue }
            for line in LineDiff(cell.recorded.output ?? [], cell.output).lines() {
                let role: Role = line.hasPrefix("-") ? .bad : line.hasPrefix("+") ? .good : .dim
                let text = Printable.safe(line, glyphs: style.glyphs)
                lines.append(
                    "      " + theme.paint(DisplayWidth.cut(text, to: max(20, style.widthInColumns - 6), mark: "…"), role))
            }
        }
        return lines + wrap("\(Printable.safe(path)): \(replay.summary)", width: style.widthInColumns, hanging: 2)
    }
}
