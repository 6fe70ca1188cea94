import Glibc
import Importing
import Ingest
import Model
import QueryLanguage
import Terminal

extension Program {
    /// Imports live sources and goes on reading them.
    public static func follow(
        _ paths: [String], zone: String? = nil, columns: String? = nil, _ request: StoreRequest
    ) -> ExitCode {
        command("follow", paths, request, creates: true) { interpreter, paths, _ in
            interpreter.followPaths(paths.map(\.text), options: try readingOptions(zone, columns, interpreter))
        }
    }

    /// How sources are read by the options `--tz` and `--map`.
    static func readingOptions(_ zone: String?, _ columns: String?, _ interpreter: Interpreter) throws -> ReadingOptions {
        let named = zone.flatMap { interpreter.surroundings.locations.zone(named: $0) }
        if let zone, named == nil {
            throw Refusal(code: .usage, message: "--tz: no time zone `\(zone)`; write UTC or a name such as Europe/Berlin")
        }
        do {
            return interpreter.readingOptions(zone: named, columns: try columns.map { try ColumnMap($0) })
        } catch let fault as ColumnMap.Fault {
            throw Refusal(code: .usage, message: "--map: \(fault)")
        }
    }

    /// Ends following sources.
    public static func unfollow(_ sources: [String], _ request: StoreRequest) -> ExitCode {
        command("unfollow", sources, request) { try $0.unfollow($1, $2) }
    }

    /// Removes what came from a source, or what was over before a time; one of them is given. Asks at a terminal.
    public static func forget(source: String?, before: String?, isConfirmed: Bool, _ request: StoreRequest) -> ExitCode {
        let end = isConfirmed ? " yes" : ""
        guard let before else {
            return command("forget", [source ?? ""], request) { interpreter, sources, text in
                interpreter.confirm = question(interpreter)
                let answer = isConfirmed ? [Literal.quoted("yes").bare] : []
                return try interpreter.forget(sources + answer, text)
            }
        }
        return guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.interpreter.confirm = question(open.interpreter)
            return show(open.interpreter.run("forget before \(before)\(end)"))
        }
    }

    /// Writes rows as data or counters as OpenMetrics: to a file, or to the standard output when there is no path.
    public static func export(_ words: [String], to path: String?, format: String?, _ request: StoreRequest) -> ExitCode {
        guarded {
            let isMetrics = words.first?.lowercased().hasPrefix("metrics") ?? false
            if let format, isMetrics || !Words.exports.contains(format) {
                let what = isMetrics ? "metrics are always OpenMetrics" : "no format `\(format)` to export"
                throw Refusal(code: .usage, message: "--format: \(what)")
            }
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            let form = format.map { " as \($0)" } ?? "", file = path.map { " to \(Interpreter.quoted($0))" } ?? ""
            return show(open.interpreter.run("export " + words.joined(separator: " ") + form + file))
        }
    }

    /// Who can be asked: a person at a terminal.
    static func question(_ interpreter: Interpreter) -> ((String) -> Bool)? {
        let traits = interpreter.surroundings.traits
        guard traits.inputIsTerminal, traits.errorIsTerminal else { return nil }
        return { Question.confirm($0) }
    }

    /// Runs a statement of words whose arguments came as words of the command line, whatever is in them.
    private static func command(
        _ name: String, _ words: [String], _ request: StoreRequest, creates: Bool = false,
        _ body: (Interpreter, [Literal], String) throws -> Reply
    ) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: creates, interrupts: interrupts)
            let interpreter = open.interpreter
            // Written as it would be typed, so that carets have something to point at.
            var text = name, literals: [Literal] = []
            for word in words {
                let start = text.utf8.count + 1
                text += " \"" + word + "\""
                var literal = Literal.quoted(word)
                literal.span = TextSpan(start, text.utf8.count)
                literals.append(literal)
            }
            var reply = Reply()
            interpreter.interruptibly {
                reply = interpreter.answered(text) { Outcome(try body(interpreter, literals, text)) }.reply
            }
            return show(reply)
        }
    }
}

extension Literal {
    /// The same word without quotes.
    fileprivate var bare: Literal {
        var literal = self
        literal.isQuoted = false
        return literal
    }
}
