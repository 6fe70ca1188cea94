import Model
import Notebook
import Render
import Platform
import Terminal

extension Program {
    /// Runs a session at its own time and writes it as a document; says how its answers compare with the recorded ones.
    static func report(_ session: String, to path: String, writes: Bool, _ request: StoreRequest) -> ExitCode {
        guarded {
            guard let form = ReportForm(path: path) else {
                throw Refusal(
                    code: .usage, message: "\(Printable.safe(path)): a report is Markdown or HTML: use the extension .md or .html"
                )
            }
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            var note = Result<String, any Error>.failure(Interrupted())
            open.session.interruptibly {
                note = Result { try open.session.writeReport(of: session, as: form, to: path, writes: writes) }
            }
            Output.write(try note.get(), to: 2)
            return .ok
        }
    }

    /// Prints the statements that stand in a text, as a script.
    static func recoverScript(_ file: String?) -> ExitCode {
        guarded {
            let text = try file.map { $0 == "-" ? try readStandardInput() : try Files.text(of: $0) } ?? readStandardInput()
            let script = ScriptRecovery.script(from: text)
            guard !script.isEmpty else { throw Refusal(code: .wrong, message: "no statement was found in the text") }
            Output.write(script, to: 1)
            return .ok
        }
    }
}
