import Model
import Render

/// Runs the statements of a script one after another and writes what they answer.
public struct ScriptRunner {
    let interpreter: Interpreter
    /// How much of the script is shown between the answers.
    public enum Echo: Sendable {
        /// Nothing: statements that come through a pipe.
        case nothing
        /// Prose and statements: a script that is read.
        case everything
    }

    let echo: Echo
    /// The script's name, for the place of mistakes; nil names none.
    let name: String?

    /// Makes a runner.
    public init(_ interpreter: Interpreter, echo: Echo, name: String? = nil) {
        self.interpreter = interpreter
        self.echo = echo
        self.name = name
    }

    /// Runs all statements, goes on after one that fails, and gives the first failure's code.
    public func run(_ script: String) -> ExitCode {
        var exit = ExitCode.ok
        var wasProse = true
        for piece in StatementSplitter.pieces(of: script) {
            switch piece {
            case .prose(let text):
                guard echo == .everything else { continue }
                let style = interpreter.style
                if !wasProse { Output.write("\n", to: 1) }
                wasProse = true
                Output.write(wrap(text, width: style.widthInColumns).map { style.theme.paint($0, .dim) + "\n" }.joined(), to: 1)
            case .statement(let text, let line):
                if echo == .everything {
                    let style = interpreter.style
                    Output.write("\n" + style.theme.paint("> " + text, .accent) + "\n", to: 1)
                }
                wasProse = false
                let reply = interpreter.run(text)
                Output.write(reply.output, to: 1)
                if reply.exit != .ok, let name { Output.write("\(Printable.safe(name)):\(line):\n", to: 2) }
                Output.write(reply.narration, to: 2)
                if exit == .ok { exit = reply.exit }
                if reply.quits || reply.exit == .interrupted { return exit }
            }
        }
        return exit
    }
}
