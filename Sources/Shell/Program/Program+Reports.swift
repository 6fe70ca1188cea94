import Model
import Render
import System
import Terminal

extension Program {
    /// Runs a session at its own time and writes it as a document; says how its answers compare with the recorded ones.
    public static func report(_ session: String, to path: String, writes: Bool, _ request: StoreRequest) -> ExitCode {
        guarded {
            guard let form = ReportForm(path: path) else {
                throw Refusal(
                    code: .usage, message: "\(Printable.safe(path)): a report is Markdown or HTML; end its name in .md or .html")
            }
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            guard let file = open.interpreter.surroundings.locations.notebookFile(session) else {
                throw Refusal(code: .trouble, message: "\(Printable.safe(session)): there is no session here")
            }
            let notebook = try NotebookFile.read(file)
            let asked = try open.interpreter.replaying(notebook, in: open.store, movesNow: false)
            var options = SessionReplay.Options()
            options.writes = writes
            var replay = SessionReplay(notebook, at: file, by: asked, options)
            replay.keepsProse = true
            try replay.run()
            guard !replay.wasInterrupted else { throw Refusal(code: .interrupted, message: "interrupted") }
            let isRecorded = replay.judged.contains { $0.recorded.machine != nil }
            let title = notebook.title ?? ReportForm.title(of: path)
            let remarks = (isRecorded ? ["against the record: \(replay.summary)"] : []) + replay.pinProblems
            for problem in replay.pinProblems { Output.write(problem + "\n", to: 2) }
            let document = try asked.reportDocument(title: title, remarks: remarks)
            try Files.write(form.text(document), to: path)
            let cells = replay.cells.count { $0.number != nil }
            Output.write("\(cells.counted("cells")) written to \(Printable.safe(path))\n", to: 2)
            return .ok
        }
    }

    /// Prints the statements that stand in a text, as a script.
    public static func recoverScript(_ file: String?) -> ExitCode {
        guarded {
            let text = try file.map { $0 == "-" ? readStandardInput() : try Files.text(of: $0) } ?? readStandardInput()
            let script = ScriptRecovery.script(from: text)
            guard !script.isEmpty else { throw Refusal(code: .wrong, message: "no statement was found in the text") }
            Output.write(script, to: 1)
            return .ok
        }
    }
}
