import Model
import Monitoring
import Render
import Platform
import Terminal

/// The prompt: reads statements from a terminal, runs them, shows what they answer.
package struct Prompt {
    let session: Session
    let editor: LineEditor
    let pager: Pager

    /// Prepares a prompt that runs statements in a session.
    package init(session: Session, editor: LineEditor, environment: [String: String] = [:]) {
        self.session = session
        pager = Pager(environment: environment)
        self.editor = editor
        var completer = Completer(catalog: session.catalog, session: session.sessionWords)
        completer.rules = { [unowned session] in (try? session.state?.rules().map(\.name)) ?? [] }
        editor.complete = { [completer] text, cursor in completer.completion(of: text, cursorByte: cursor) }
        let highlighting = StatementHighlighter(completer: completer)
        editor.highlight = { text, cursor in highlighting.highlighting(of: text, cursorByte: cursor) }
        editor.isComplete = { !StatementSplitter.isOpen($0) }
        // Keys that were pasted into a statement are not kept in a file.
        editor.keepInHistory = { !$0.isEmpty && !holdsSecret($0) }
    }

    /// Reads and runs until the end of the input, Ctrl-D or `quit`.
    package func run(banner: [String]) -> ExitCode {
        session.beginRecording()
        defer { session.recording.recorder?.end(at: Clock.now()) }
        var isToldOfRecorder = false
        session.console.backgroundWatch = BackgroundWatch { [notices = editor.notices] in notices.printAbove($0) }
        session.console.receivers = RunningReceivers(
            store: session.store.path, locations: session.environment.locations, pinnedNow: session.clock.pinned
        ) { [notices = editor.notices] in notices.printAbove($0) }
        defer { session.console.receivers?.stopAll() }
        session.console.confirm = Question.confirm
        Output.write(banner.map { $0 + "\n" }.joined(), to: 1)
        if let problem = editor.historyProblem { Output.write("history: \(problem)\n", to: 2) }
        session.console.emit = { Output.write($0) }
        while true {
            let theme = session.style.theme
            let number = theme.paint("\(session.cells.count + 1) ", .dim)
            switch editor.readLine(prompt: number + theme.paint("faultline> ", .accent), continuation: "      ...> ") {
            case .endOfInput:
                Output.write("\n", to: 1)
                return .ok
            case .interrupted: continue
            case .line(let text):
                guard !text.allSatisfy(\.isWhitespace) else { continue }
                editor.addHistory(text)
                // A paste may hold several statements; each is run by itself.
                for piece in StatementSplitter.pieces(of: text) {
                    guard case .statement(let statement, _) = piece else { continue }
                    let reply = session.run(statement)
                    if pager.show(
                        reply.output, as: reply.isDrawn ? .drawn : .data, height: session.environment.traits.height)
                    {
                        Output.write(reply.narration, to: 2, as: .drawn)
                    } else {
                        Output.write(reply)
                    }
                    if let text = reply.edits { editor.preload(text) }
                    if reply.quits { return .ok }
                    if reply.exit == .interrupted { break }
                }
                if !isToldOfRecorder, let problem = session.recording.recorder?.problem {
                    isToldOfRecorder = true
                    Output.write("the session is not recorded: \(Printable.safe(problem))\n", to: 2)
                }
            }
        }
    }
}

extension Session {
    /// The lines with which the prompt opens: the store, its content, and where to begin.
    package func banner() throws -> [String] {
        let facts = try facts()
        let text = ValueText(style)
        var lines = ["faultline · \(Printable.safe(store.path))"]
        if let coverage = facts.coverage {
            let last = Timestamp(nanoseconds: coverage.to.nanoseconds.subtractingStopping(1))
            lines.append("records from \(text.time(coverage.from)) to \(text.time(last)) · `help` shows what to ask")
        } else {
            lines.append("the store is empty; `import PATH` adds traces, `help` shows what to ask")
        }
        let lost = (try? state?.sessions())?.count { isCutOff($0) && $0.file == nil } ?? 0
        if lost > 0 {
            let what = lost == 1 ? "a session was" : "\(lost) sessions were"
            lines.append("\(what) interrupted; `sessions --recover` writes \(lost == 1 ? "it" : "them") to a file")
        }
        if clock.isPinned { lines.append("now stands at \(TimeText.iso(now, zone: settings.zone))") }
        return lines
    }

    /// Writes the session down from now on, where that is possible.
    func beginRecording() {
        guard let state else { return }
        recording.recorder = try? SessionRecorder(state, at: Clock.now()) { [unowned self] in
            Pins(recording.startSettings ?? settings, now: clockNow, store: storeLabel, rules: (try? facts().rules) ?? "")
        }
    }
}
