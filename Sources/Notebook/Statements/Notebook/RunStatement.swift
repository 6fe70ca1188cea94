import Model
import QueryLanguage

/// `run FILE [NAME=VALUE …] [--write]`.
struct RunStatement: Statement {
    let name: Literal
    let values: [Literal]
    /// True when the script may write, read other files and send.
    let writes: Bool

    static let entry = StatementEntry(
        "run", "run FILE [NAME=VALUE …] [--write]",
        "run a shipped or custom script; its cells are added to the session; it is read-only unless `--write` or a confirmation allows it to write, read other files or send",
        example: "run tour", reading: .words, role: .replayedAside, traits: .asksStore)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let all = parser.words()
        var words = all.filter { !$0.isWord(among: ["--write"]) }
        parser.offer(words.first.map { .parameter($0.text) } ?? .script)
        guard !words.isEmpty else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "run which script?", closest: "run tour; `queries` lists them")
        }
        name = words.removeFirst()
        values = words
        writes = words.count + 1 < all.count
    }

    // Which scripts a script may run is decided by where they lie.
    var effects: StatementEffects { .of(writes ? .all : []) }

    func check(in session: Session, as written: StatementText) throws {
        _ = try session.scriptToRun(name, values, written.text)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let (script, arguments) = try session.scriptToRun(name, values, written.text)
        let echo = session.console.emit == nil ? ScriptEcho.nothing : .everything
        return Outcome(session.run(script, arguments, echo: echo, isNumbered: true, granted: writes ? .all : []))
    }
}
