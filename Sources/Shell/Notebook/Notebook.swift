import Model
import Render
import Storage

/// The prompt: reads statements from a terminal, runs them, shows what they answer.
public struct Notebook {
    let interpreter: Interpreter
    let editor: LineEditor
    let sessions: StateStore?

    /// Makes a notebook on a store.
    public init(interpreter: Interpreter, editor: LineEditor, sessions: StateStore?) {
        self.interpreter = interpreter
        self.editor = editor
        self.sessions = sessions
        let completer = Completer(catalog: interpreter.catalog)
        editor.complete = { text, cursor in completer.completion(of: text, cursorByte: cursor) }
        editor.isComplete = { !StatementSplitter.isOpen($0) }
        // Keys that were pasted into a statement are not kept in a file.
        editor.keepInHistory = { !$0.isEmpty && !holdsSecret($0) }
    }

    /// Reads and runs until the end of the input, Ctrl-D or `quit`.
    public func run(banner: [String]) -> ExitCode {
        let session = try? sessions?.beginSession(at: Clock.now())
        defer { if let session { try? sessions?.endSession(session, at: Clock.now()) } }
        Output.write(banner.map { $0 + "\n" }.joined(), to: 1)
        if let problem = editor.historyProblem { Output.write("history: \(problem)\n", to: 2) }
        interpreter.emit = { reply in
            Output.write(reply.output, to: 1)
            Output.write(reply.narration, to: 2)
        }
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
                if let session { try? sessions?.countStatement(ofSession: session) }
                // A paste may hold several statements; each is run by itself.
                for piece in StatementSplitter.pieces(of: text) {
                    guard case .statement(let statement, _) = piece else { continue }
                    let reply = interpreter.run(statement)
                    Output.write(reply.output, to: 1)
                    Output.write(reply.narration, to: 2)
                    if let text = reply.edits { editor.preload(text) }
                    if reply.quits { return .ok }
                    if reply.exit == .interrupted { break }
                }
            }
        }
    }
}
