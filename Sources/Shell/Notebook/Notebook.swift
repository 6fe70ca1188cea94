import Model
import Monitoring
import Render
import System
import Terminal

/// The prompt: reads statements from a terminal, runs them, shows what they answer.
public struct Notebook {
    let interpreter: Interpreter
    let editor: LineEditor
    let pager: Pager

    /// Makes a notebook on a store.
    public init(interpreter: Interpreter, editor: LineEditor, environment: [String: String] = [:]) {
        self.interpreter = interpreter
        pager = Pager(environment: environment)
        self.editor = editor
        var completer = Completer(catalog: interpreter.catalog, session: interpreter.sessionWords)
        completer.rules = { [unowned interpreter] in (try? interpreter.state?.rules().map(\.name)) ?? [] }
        editor.complete = { [completer] text, cursor in completer.completion(of: text, cursorByte: cursor) }
        let highlighting = StatementHighlighter(completer: completer)
        editor.highlight = { text, cursor in highlighting.highlighting(of: text, cursorByte: cursor) }
        editor.isComplete = { !StatementSplitter.isOpen($0) }
        // Keys that were pasted into a statement are not kept in a file.
        editor.keepInHistory = { !$0.isEmpty && !holdsSecret($0) }
    }

    /// Reads and runs until the end of the input, Ctrl-D or `quit`.
    public func run(banner: [String]) -> ExitCode {
        interpreter.beginRecording()
        defer { interpreter.recorder?.end(at: Clock.now()) }
        var isToldOfRecorder = false
        interpreter.backgroundWatch = BackgroundWatch { [notices = editor.notices] in notices.printAbove($0) }
        interpreter.confirm = Question.confirm
        Output.write(banner.map { $0 + "\n" }.joined(), to: 1)
        if let problem = editor.historyProblem { Output.write("history: \(problem)\n", to: 2) }
        interpreter.emit = { Output.write($0) }
        while true {
            let theme = interpreter.style.theme
            let number = theme.paint("\(interpreter.cells.count + 1) ", .dim)
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
                    let reply = interpreter.run(statement)
                    if pager.show(
                        reply.output, as: reply.isDrawn ? .drawn : .data, height: interpreter.surroundings.traits.height)
                    {
                        Output.write(reply.narration, to: 2, as: .drawn)
                    } else {
                        Output.write(reply)
                    }
                    if let text = reply.edits { editor.preload(text) }
                    if reply.quits { return .ok }
                    if reply.exit == .interrupted { break }
                }
                if !isToldOfRecorder, let problem = interpreter.recorder?.problem {
                    isToldOfRecorder = true
                    Output.write("the session is not recorded: \(Printable.safe(problem))\n", to: 2)
                }
            }
        }
    }
}

extension Interpreter {
    /// Writes the session down from now on, where that is possible.
    func beginRecording() {
        guard let state else { return }
        recorder = try? SessionRecorder(state, at: Clock.now()) { [unowned self] in
            Pins(startSettings ?? settings, now: clockNow, store: storeLabel, rules: (try? facts().rules) ?? "")
        }
    }
}
