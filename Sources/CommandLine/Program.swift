import Glibc
import LocalStore
import Model
import Notebook
import QueryLanguage
import Render
import Platform
import Terminal

/// What the program does for each of its commands: the words of the command line in, an exit code out.
enum Program {
    /// The process' environment.
    static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }

    /// Runs the body and says what went wrong.
    static func guarded(_ body: () throws -> ExitCode) -> ExitCode {
        // A file that would grow beyond `ulimit -f` is an error to be reported, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            let code = try body()
            guard let reason = Output.lostOutput else { return code }
            Output.write("faultline: the standard output could not be written: \(reason)\n", to: 2)
            return .trouble
        } catch let refusal as Refusal {
            Output.write("faultline: \(refusal.message)\n", to: 2)
            return refusal.code
        } catch is Interrupted {
            Output.write("interrupted\n", to: 2)
            return .interrupted
        } catch StoreError.interrupted {
            Output.write("interrupted\n", to: 2)
            return .interrupted
        } catch {
            Output.write("faultline: \(Printable.safe("\(error)"))\n", to: 2)
            return .trouble
        }
    }

    @discardableResult static func show(_ reply: Reply) -> ExitCode {
        Output.write(reply)
        return reply.exit
    }

    // MARK: Statements

    /// Opens the notebook; without a terminal at the input, runs the statements that come through it.
    static func notebook(_ request: StoreRequest) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: true, interrupts: interrupts)
            guard open.traits.inputIsTerminal, open.traits.outputIsTerminal else {
                return try runInput(open)
            }
            return try prompt(open, interrupts: interrupts, banner: open.session.banner())
        }
    }

    static func prompt(_ open: OpenStore, interrupts: Interrupts, banner: [String]) throws -> ExitCode {
        let options = LineEditorOptions(traits: open.traits, historyPath: Locations.history(besideStore: open.store.path))
        let editor = try LineEditor(options: options, interrupts: interrupts)
        return Prompt(session: open.session, editor: editor, environment: environment()).run(banner: banner)
    }

    /// Runs one statement, or those on the standard input.
    static func query(_ text: String?, format: String?, _ request: StoreRequest) -> ExitCode {
        guarded {
            try checkForm(format)
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.session.setForm(format)
            open.session.console.emit = { show($0) }
            guard let text else { return try runInput(open) }
            return showOnly(Statements.parse(SessionText.statement(text)), open.session)
        }
    }

    /// Runs the only statement of the process.
    static func showOnly(_ parsed: ParsedStatement, _ session: Session) -> ExitCode {
        session.console.rowOutput = { Output.write($0, to: 1) }
        session.console.keepsRows = false
        return session.show(session.execute(parsed).reply)
    }

    /// Runs the statements on the standard input.
    private static func runInput(_ open: OpenStore) throws -> ExitCode {
        showParts(of: open.session)
        var text = Result<String, Interrupted>.failure(Interrupted())
        open.session.interruptibly { text = Result { () throws(Interrupted) in try readStandardInput() } }
        return open.session.show(open.session.run(script: try text.get(), echo: .nothing))
    }

    /// Writes what the statements of a script answer while they run.
    private static func showParts(of session: Session) {
        session.console.emit = { [unowned session] in _ = session.show($0) }
        session.console.rowOutput = { Output.write($0, to: 1) }
    }

    /// Runs a script with values for its parameters; `echoes` shows its prose and statements between the answers, which a
    /// terminal always gets.
    static func run(_ file: String, _ words: [String], echoes: Bool, writes: Bool, _ request: StoreRequest)
        -> ExitCode
    {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.session.console.confirm = question(open.session)
            let echo: ScriptEcho = echoes || open.traits.outputIsTerminal ? .everything : .nothing
            return try run(script: file, words, echo: echo, writes: writes, open)
        }
    }

    static func run(
        script file: String, _ words: [String] = [], echo: ScriptEcho, writes: Bool = false, _ open: OpenStore
    ) throws -> ExitCode {
        let request = try ScriptRequest(file, words, open.session.environment.locations)
        showParts(of: open.session)
        return open.session.show(open.session.run(request, echo: echo, writes: writes))
    }

    /// All of the standard input as text.
    static func readStandardInput() throws(Interrupted) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            guard Waiting.forInput(0) else { throw Interrupted() }
            let count = read(0, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    // MARK: Data

    /// Imports files, folders and patterns.
    static func importFiles(
        _ paths: [String], zone: String? = nil, columns: String? = nil, last: String? = nil, showsAllProblems: Bool,
        _ request: StoreRequest
    )
        -> ExitCode
    {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: true, interrupts: interrupts)
            var reply = Reply()
            let options = try readingOptions(zone, columns, last, for: paths, open.session)
            open.session.interruptibly {
                reply = open.session.importPaths(paths, options: options, showsAllProblems: showsAllProblems)
            }
            return show(reply)
        }
    }

    /// Examines the store and its sources; with `rebuild` it first rebuilds what is derived.
    static func doctor(rebuild: Bool, format: String?, _ request: StoreRequest) -> ExitCode {
        run(.doctor(rebuilds: rebuild), format: format, request)
    }

    // MARK: Requests

    /// Runs a statement that has a subcommand of its own.
    static func run(
        _ statement: ParsedStatement, format: String? = nil, creates: Bool = false, _ request: StoreRequest
    ) -> ExitCode {
        guarded {
            try checkForm(format)
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: creates, interrupts: interrupts)
            open.session.setForm(format)
            open.session.console.emit = { show($0) }
            open.session.console.confirm = question(open.session)
            return show(open.session.execute(statement).reply)
        }
    }

    private static func checkForm(_ format: String?) throws(Refusal) {
        guard let format, !AnswerForms.names.contains(format) else { return }
        let best = NearestName.best(for: format, among: AnswerForms.names).map { "; did you mean \($0)?" } ?? ""
        throw Refusal(code: .usage, message: "--format: no format `\(format)`\(best)")
    }
}
