import Glibc
import LocalStore
import Model
import QueryLanguage
import Render
import System
import Terminal

/// What the program does for each of its commands: the words of the command line in, an exit code out.
public enum Program {
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
    public static func notebook(_ request: StoreRequest) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: true, interrupts: interrupts)
            guard open.traits.inputIsTerminal, open.traits.outputIsTerminal else {
                return runInput(open)
            }
            return try prompt(open, interrupts: interrupts, banner: banner(open))
        }
    }

    static func prompt(_ open: OpenStore, interrupts: Interrupts, banner: [String]) throws -> ExitCode {
        let options = LineEditorOptions(traits: open.traits, historyPath: Locations.history(besideStore: open.store.path))
        let editor = try LineEditor(options: options, interrupts: interrupts)
        return Notebook(interpreter: open.interpreter, editor: editor, environment: environment()).run(banner: banner)
    }

    /// What the notebook says when it opens: the store, what it holds, and where to begin.
    static func banner(_ open: OpenStore) throws -> [String] {
        let facts = try open.interpreter.facts()
        let text = ValueText(open.interpreter.style)
        var lines = ["faultline · \(Printable.safe(open.store.path))"]
        if let coverage = facts.coverage {
            let last = Timestamp(nanoseconds: coverage.to.nanoseconds.subtractingStopping(1))
            lines.append("records from \(text.time(coverage.from)) to \(text.time(last)) · `help` tells what can be asked")
        } else {
            lines.append("the store is empty; `import PATH` brings traces in, `help` tells what can be asked")
        }
        let lost = (try? open.interpreter.state?.sessions())?.count { open.interpreter.isCutOff($0) && $0.file == nil } ?? 0
        if lost > 0 {
            let what = lost == 1 ? "a session was" : "\(lost) sessions were"
            lines.append("\(what) cut off; `sessions --recover` writes \(lost == 1 ? "it" : "them") to a file")
        }
        if open.interpreter.hasPinnedClock {
            lines.append("now stands at \(TimeText.iso(open.interpreter.now, zone: open.interpreter.settings.zone))")
        }
        return lines
    }

    /// Runs one statement, or those on the standard input.
    public static func query(_ text: String?, format: String?, _ request: StoreRequest) -> ExitCode {
        guarded {
            try checkForm(format)
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.interpreter.setForm(format)
            open.interpreter.emit = { show($0) }
            guard let text else { return runInput(open) }
            return showOnly(Statements.parse(SessionText.statement(text)), open.interpreter)
        }
    }

    /// Runs the only statement of the process.
    static func showOnly(_ parsed: ParsedStatement, _ interpreter: Interpreter) -> ExitCode {
        interpreter.rowOutput = { Output.write($0, to: 1) }
        interpreter.keepsRows = false
        return interpreter.show(interpreter.execute(parsed).reply)
    }

    /// Runs the statements on the standard input.
    private static func runInput(_ open: OpenStore) -> ExitCode {
        showParts(of: open.interpreter)
        return open.interpreter.show(open.interpreter.run(script: readStandardInput(), echo: .nothing))
    }

    /// Writes what the statements of a script answer while they run.
    private static func showParts(of interpreter: Interpreter) {
        interpreter.emit = { [unowned interpreter] in _ = interpreter.show($0) }
        interpreter.rowOutput = { Output.write($0, to: 1) }
    }

    /// Runs a script with values for its parameters; `echoes` shows its prose and statements between the answers, which a
    /// terminal always gets.
    public static func run(_ file: String, _ words: [String], echoes: Bool, writes: Bool, _ request: StoreRequest)
        -> ExitCode
    {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.interpreter.confirm = question(open.interpreter)
            let echo: ScriptEcho = echoes || open.traits.outputIsTerminal ? .everything : .nothing
            return try run(script: file, words, echo: echo, granted: writes ? .all : [], open)
        }
    }

    static func run(
        script file: String, _ words: [String] = [], echo: ScriptEcho, granted: StatementEffects.Kinds = [], _ open: OpenStore
    ) throws -> ExitCode {
        guard let path = open.interpreter.surroundings.locations.notebookFile(file) else {
            let best = NearestName.best(for: file, among: open.interpreter.surroundings.locations.notebooks.map(\.name))
            let advice = best.map { "did you mean `\(Printable.safe($0))`?" } ?? "`faultline queries` lists them"
            throw Refusal(code: .trouble, message: "no script `\(Printable.safe(file))`; \(advice)")
        }
        let script = Script(try NotebookFile.read(path), path: path)
        let arguments: ScriptArguments
        do { arguments = try ScriptArguments(words) } catch {
            throw Refusal(code: .usage, message: "`\(error.word)` gives no parameter a value; write model=gpt-4o")
        }
        if let mistake = script.mistake(arguments) {
            throw Refusal(code: .usage, message: "\(mistake.message); \(mistake.closest)")
        }
        showParts(of: open.interpreter)
        return open.interpreter.show(open.interpreter.run(script, arguments, echo: echo, granted: granted))
    }

    /// All of the standard input as text.
    static func readStandardInput() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(0, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    // MARK: Data

    /// Imports files, folders and patterns.
    public static func importFiles(
        _ paths: [String], zone: String? = nil, columns: String? = nil, showsAllProblems: Bool, _ request: StoreRequest
    )
        -> ExitCode
    {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: true, interrupts: interrupts)
            var reply = Reply()
            let options = try readingOptions(zone, columns, open.interpreter)
            open.interpreter.interruptibly {
                reply = open.interpreter.importPaths(paths, options: options, showsAllProblems: showsAllProblems)
            }
            return show(reply)
        }
    }

    /// Examines the store and its sources; with `rebuild` what is derived is made anew first.
    public static func doctor(rebuild: Bool, format: String?, _ request: StoreRequest) -> ExitCode {
        run(DoctorStatement(rebuilds: rebuild), as: "doctor", format: format, request)
    }

    // MARK: Requests

    /// Runs a statement that the command line asks for by a subcommand of its own.
    /// - Parameter text: How it would be typed, for places of mistakes.
    static func run(
        _ statement: any Statement, as text: String, format: String? = nil, creates: Bool = false, _ request: StoreRequest
    ) -> ExitCode {
        guarded {
            try checkForm(format)
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: creates, interrupts: interrupts)
            open.interpreter.setForm(format)
            open.interpreter.emit = { show($0) }
            open.interpreter.confirm = question(open.interpreter)
            return show(open.interpreter.execute(ParsedStatement(statement, text: text)).reply)
        }
    }

    private static func checkForm(_ format: String?) throws(Refusal) {
        guard let format, !AnswerForms.names.contains(format) else { return }
        let best = NearestName.best(for: format, among: AnswerForms.names).map { "; did you mean \($0)?" } ?? ""
        throw Refusal(code: .usage, message: "--format: no format `\(format)`\(best)")
    }
}

/// Words of the command line as they would be typed behind a statement, so that carets have something to point at.
struct TypedWords {
    private(set) var text: String
    private(set) var literals: [Literal] = []

    /// - Parameter name: The words of the statement.
    init(_ name: String, _ words: [String]) {
        text = name
        for word in words {
            let start = text.utf8.count + 1
            text += " \"" + word + "\""
            literals.append(Literal(text: word, span: TextSpan(start, text.utf8.count), isQuoted: true))
        }
    }
}
