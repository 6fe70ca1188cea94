import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// `replay FILE… [--check|--update] [--now] [--against STORE] [--only CELLS] [--write]`.
extension Interpreter {
    func replay(_ arguments: [Literal], _ text: String) throws -> Reply {
        let (files, options) = try replayOptions(arguments, text)
        guard !files.isEmpty else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "missing-path", at: TextSpan(text.utf8.count, text.utf8.count), "replay which session?",
                        closest: "replay openai-quota; `sessions` lists what there is")
                ])
        }
        return replay(files: files.map(\.text), options)
    }

    /// Reads what stands behind `replay`.
    private func replayOptions(_ arguments: [Literal], _ text: String) throws(Diagnostics) -> ([Literal], SessionReplay.Options) {
        var files: [Literal] = [], options = SessionReplay.Options()
        var rest = arguments[...]
        func fail(_ id: String, _ at: TextSpan, _ message: String, _ closest: String) -> Diagnostics {
            Diagnostics(text: text, [Diagnostic(id, at: at, message, closest: closest)])
        }
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
                    throw fail("missing-path", word.span, "`--against` which store?", "--against other.db")
                }
                options.against = store.text
            case "--only":
                var cells: Set<Int> = []
                while let next = rest.first, let range = CellRange(next.text) {
                    cells.formUnion(range.first...range.last)
                    rest.removeFirst()
                }
                guard !cells.isEmpty else { throw fail("missing-cell", word.span, "`--only` which cells?", "--only 3, 5..7") }
                options.only = cells
            default:
                let known = ["--check", "--update", "--now", "--against", "--only", "--write"]
                throw fail(
                    "unknown-option", word.span, "`replay` does not know `\(word.text)`",
                    NearestName.best(for: word.text, among: known) ?? known.joined(separator: ", "))
            }
        }
        if options.checks, options.updates {
            throw fail(
                "two-ends", TextSpan(0, 6), "`--check` judges and `--update` rewrites; one of them is wanted",
                "replay FILE --check")
        }
        return (files, options)
    }

    /// Replays sessions by their names or paths, one after another.
    func replay(files: [String], _ options: SessionReplay.Options) -> Reply {
        var parts = ReplyParts(self)
        for name in files {
            let reply = answered(name) { Outcome(try replay(file: name, options)) }.reply
            parts.add(reply)
            if reply.exit == .interrupted { break }
        }
        return parts.reply
    }

    private func replay(file name: String, _ options: SessionReplay.Options) throws -> Reply {
        guard let path = try scriptPath(Literal.quoted(name), name) else {
            throw FileError(path: name, reason: "there is no session here; `sessions` lists those that are known")
        }
        let file = try NotebookFile.read(path)
        let asked =
            try options.against.map { try surroundings.locations.openStore(surroundings.locations.expandingHome($0)) } ?? store
        var replay = SessionReplay(file, at: path, by: try replaying(file, in: asked, movesNow: options.movesNow), options)
        try replay.run()
        if let only = options.only,
            let missing = only.sorted().first(where: { number in !replay.cells.contains { $0.number == number } })
        {
            let count = file.recorded.count.counted("statements")
            throw FileError(path: path, reason: "there is no cell \(missing); the session has \(count)")
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
            reply.narration += "\(Printable.safe(path)) has the answers of now\n"
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
            let told = "recorded on the store `\(Printable.safe(recordedOn))`, asked of `\(storeLabel)`"
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
