import Model
import QueryLanguage
import Render
import Platform

/// How much of a script is shown between the answers.
package enum ScriptEcho: Sendable {
    /// Nothing: the output is data.
    case nothing
    /// Prose and statements: a script that is read.
    case everything
}

extension Session {
    /// Runs the statements of a text one after another, goes on after one that fails, and gives the first failure's code.
    package func run(script text: String, echo: ScriptEcho) -> Reply {
        run(Script(NotebookFile(parsing: text), path: nil), echo: echo)
    }

    /// Runs a script whose cells become cells of this session; `arguments` take the place of its parameters' values. What it
    /// does besides asking must have been `granted`, or a person allows it.
    func run(
        _ script: Script, _ arguments: ScriptArguments? = nil, echo: ScriptEcho, isNumbered: Bool = false,
        granted: StatementEffects.Kinds = []
    ) -> Reply {
        withPermission(granted, path: script.path) { runPieces(script, arguments, echo: echo, isNumbered: isNumbered) }
    }

    private func runPieces(_ script: Script, _ arguments: ScriptArguments?, echo: ScriptEcho, isNumbered: Bool) -> Reply {
        let base = cells.count
        rights.scriptDepth += 1
        // Later statements of the script may refer to rows, and output that is collected must be complete.
        let outer = (console.keepsRows, console.rowOutput)
        console.keepsRows = true
        if console.emit == nil { console.rowOutput = nil }
        defer {
            rights.scriptDepth -= 1
            (console.keepsRows, console.rowOutput) = outer
        }
        var parts = ReplyParts(self)
        var isAfterProse = true
        let parameters = Dictionary(script.parameters.map { ($0.line, $0.name) }, uniquingKeysWith: { $1 })
        for piece in script.pieces {
            switch piece {
            case .prose(let text):
                add(note: text)
                guard echo == .everything else { continue }
                var reply = Reply()
                reply.isDrawn = true
                if !isAfterProse { reply.output = "\n" }
                isAfterProse = true
                let style = style
                reply.output += wrap(Printable.safe(text), width: style.widthInColumns).map { style.theme.paint($0, .dim) + "\n" }
                    .joined()
                parts.add(reply)
            case .statement(let written, let line):
                var text = ResultShift.text(written, by: base)
                if let name = parameters[line], let values = arguments?.values[name] {
                    text = "let \(name) = \(Session.spelling(values))"
                }
                if echo == .everything {
                    parts.add(self.echo(text, number: isNumbered ? cells.count + 1 : nil))
                }
                isAfterProse = false
                var reply = execute(text).reply
                // What a script sets up is no news.
                if reply.exit == .ok, ScriptPiece.isSetUp(text) { reply.narration = "" }
                if reply.exit != .ok, let path = script.path {
                    reply.narration = "\(Printable.safe(path)):\(line):\n" + reply.narration
                }
                parts.add(reply)
                if reply.quits || reply.exit == .interrupted { return parts.reply }
                // The answer was there, but Ctrl-C ended its writing.
                if stopFlag.isRaised {
                    parts.add(.trouble("interrupted", exit: .interrupted))
                    return parts.reply
                }
            }
        }
        return parts.reply
    }

    /// The script that a name means, with the values for its parameters.
    func scriptToRun(_ name: Literal, _ values: [Literal], _ text: String) throws -> (Script, ScriptArguments) {
        guard let path = try scriptPath(name, text) else { throw Diagnostics(text: text, [noScript(name)]) }
        guard rights.scriptDepth < Session.deepestScript else {
            throw Diagnostics(
                text: text,
                [Diagnostic("too-deep", at: name.span, "scripts run each other more than \(Session.deepestScript) deep")])
        }
        let script = Script(try NotebookFile.read(path), path: path)
        return (script, try scriptArguments(values, script, text))
    }

    private static let deepestScript = 8

    /// Reads the values for a script's parameters; a name that is no parameter is a mistake.
    private func scriptArguments(_ words: [Literal], _ script: Script, _ text: String) throws(Diagnostics) -> ScriptArguments {
        do {
            let arguments = try ScriptArguments(words.map(\.text))
            if let mistake = script.mistake(arguments) {
                let span = words.first { $0.text.lowercased().hasPrefix(mistake.name + "=") }?.span ?? TextSpan(0, 3)
                throw Diagnostics(
                    text: text, [Diagnostic("unknown-parameter", at: span, mistake.message, closest: mistake.closest)])
            }
            return arguments
        } catch let error as ScriptArgumentError {
            let span = words.first { $0.text == error.word }?.span ?? TextSpan(0, 3)
            throw Diagnostics(
                text: text,
                [Diagnostic("bad-parameter", at: span, "`\(error.word)` does not set a parameter", closest: "model=gpt-4o")])
        } catch let error as Diagnostics { throw error } catch { preconditionFailure("reading values throws nothing else") }
    }

    private func noScript(_ name: Literal) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: environment.locations.notebooks.map(\.name))
        return Diagnostic(
            "no-script", at: name.span, "no script `\(name.text)`",
            closest: best ?? "`queries` lists them",
            replacement: best)
    }
}

/// A script of the command line with the values of its parameters.
package struct ScriptRequest {
    fileprivate let script: Script
    fileprivate let arguments: ScriptArguments

    /// - Parameters:
    ///   - name: A path, or the name of a script.
    ///   - words: Values of its parameters: `model=gpt-4o`.
    /// - Throws: `Refusal` when there is no such script, or when it does not take these values.
    package init(_ name: String, _ words: [String], _ locations: Locations) throws {
        guard let path = locations.notebookFile(name) else {
            let best = NearestName.best(for: name, among: locations.notebooks.map(\.name))
            let advice = best.map { "did you mean `\(Printable.safe($0))`?" } ?? "`faultline queries` lists them"
            throw Refusal(code: .trouble, message: "no script `\(Printable.safe(name))`; \(advice)")
        }
        script = Script(try NotebookFile.read(path), path: path)
        do { arguments = try ScriptArguments(words) } catch {
            throw Refusal(code: .usage, message: "`\(error.word)` does not set a parameter; write model=gpt-4o")
        }
        if let mistake = script.mistake(arguments) {
            throw Refusal(code: .usage, message: "\(mistake.message); \(mistake.closest)")
        }
    }
}

extension Session {
    /// Runs a script of the command line.
    /// - Parameter writes: True when it may change the store and rules, read and write files, and send.
    package func run(_ request: ScriptRequest, echo: ScriptEcho, writes: Bool) -> Reply {
        run(request.script, request.arguments, echo: echo, granted: writes ? .all : [])
    }
}

extension ScriptPiece {
    /// True for statements that only prepare others.
    fileprivate static func isSetUp(_ text: String) -> Bool {
        let word = text.prefix { !$0.isWhitespace }.lowercased()
        return ["let", "set", "as"].contains(word)
    }
}

extension Script {
    /// What is wrong with values for parameters: a name that is none; nil when nothing is.
    func mistake(_ arguments: ScriptArguments) -> (name: String, message: String, closest: String)? {
        let names = parameters.map(\.name)
        guard let name = arguments.values.keys.sorted().first(where: { !names.contains($0) }) else { return nil }
        let closest = NearestName.best(for: name, among: names) ?? names.joined(separator: ", ")
        return (
            name, "the script has no parameter `\(name)`",
            names.isEmpty ? "no parameters; a script declares them with `let` at its beginning" : closest
        )
    }
}
