import Engine
import Errors
import Importing
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform
import Terminal

/// Runs statements one after another on one store: text in, reply out. Prints nothing itself.
package final class Session {
    /// Answers every question.
    package let engine: any Engine
    /// The store for what an engine is not asked: imports, repair, its own SQL.
    package let store: Store
    package let environment: SessionEnvironment
    /// The values that the engine holds, for suggestions.
    let catalog: StoreCatalog
    /// Ctrl-C, while a statement runs.
    let interrupts: Interrupts?
    /// Raised by Ctrl-C while a statement runs, and checked by everything that runs then.
    let stopFlag = StopFlag()
    /// The state file beside the store.
    let stateFile: StateFile

    /// What `set` changes.
    package var settings = Settings()
    /// What `let` bound.
    var bindings: Bindings = [:]
    /// The statements so far, with their answers.
    var cells = Cells()
    var clock: SessionClock
    /// Where answers go, and who can be asked.
    package var console = SessionConsole()
    var recording = SessionRecording()
    /// What the statements that run now may do.
    var rights = SessionRights()
    var classification = SessionClassification()
    var followedSources = FollowedSources()
    /// Data hashes, until the store changes.
    var fingerprints = FingerprintCache()

    /// Makes a session on an open store. A store with a clock of its own (a demonstration) pins now to it.
    package init(store: Store, environment: SessionEnvironment, interrupts: Interrupts? = nil) throws(StoreError) {
        self.store = store
        engine = store
        self.environment = environment
        self.interrupts = interrupts
        catalog = StoreCatalog(engine)
        stateFile = StateFile(besides: store)
        let pinned = if let now = environment.pinnedNow { now } else { try store.clock() }
        clock = SessionClock(pinned: pinned)
        if environment.traits.errorIsTerminal { console.progress = ProgressLine(descriptor: 2) }
    }

    /// The instant that counts as now: the same for the whole of a statement.
    package var now: Timestamp { settings.asOf ?? clockNow }

    /// The instant that the clock tells, whatever `as of` pins.
    var clockNow: Timestamp { clock.now }

    /// How pictures are drawn at this moment.
    package var style: Style {
        var style = environment.style(in: settings.zone, now: now)
        style.showsSecrets = !settings.redacts
        return style
    }

    /// The default form of answers, as `set form` names it.
    package func setForm(_ form: String?) { settings.form = form }

    /// Runs one statement. Unless it is about the notebook itself it becomes the next cell.
    package func run(_ text: String) -> Reply { execute(text).reply }

    /// Runs one statement and gives all it came to.
    func execute(_ text: String) -> Outcome {
        execute(Statements.parse(SessionText.statement(text), bindings: bindings))
    }

    /// Runs a statement that was read, or made of what the command line says.
    package func execute(_ parsed: ParsedStatement) -> Outcome {
        recording.begin(with: settings)
        clock.statement = Clock.nextSecond()
        defer { clock.statement = nil }
        let text = parsed.written.text, role = parsed.role, zone = settings.zone
        var outcome = Outcome()
        interruptibly {
            outcome = answered(text) {
                var news = ""
                if let statement = parsed.statement {
                    try permit(statement, text)
                    if statement.asksStore { news = try readFollowed() }
                }
                var outcome = try parsed.run(in: self)
                // An answer that was stopped half-way, or whose redaction was, is not shown.
                if role.isJudged { try StopFlag.check() }
                outcome.reply.narration += news
                return outcome
            }
            console.progress?.clear()
            guard role.isCell, !parsed.isEmpty else { return }
            if recording.recorder != nil { pinFingerprint(&outcome) }
            let cell = Cell(
                number: cells.count + 1, text: outcome.wholeText ?? text, clock: clockNow, now: now, zone: zone, role: role,
                outcome: outcome)
            cells.add(cell)
            // The session is written whole, also after Ctrl-C.
            StopFlag.ignored { recording.recorder?.record(cell) }
        }
        return outcome
    }

    /// Writes a reply to the output and the error stream. Ctrl-C ends the writing of a long one.
    package func show(_ reply: Reply) -> ExitCode {
        if StopFlag.governsThread {
            Output.write(reply)
        } else {
            interruptibly { Output.write(reply) }
        }
        return stopFlag.isRaised ? .interrupted : reply.exit
    }

    /// The outcome of a body, or of what it throws.
    func answered(_ text: String, _ body: () throws -> Outcome) -> Outcome {
        do { return try body() } catch let found as Diagnostics {
            let diagnostics = offering(found, for: text)
            var outcome = Outcome(report(diagnostics))
            outcome.mistakes = diagnostics.all
            outcome.picture = { [pinned = clock.pinned] style in
                DiagnosticRenderer(
                    Style(widthInColumns: style.widthInColumns, glyphs: style.glyphs, zone: style.zone, now: pinned)
                )
                .lines(diagnostics).map { $0 + "\n" }.joined()
            }
            return outcome
        } catch {
            return Outcome(trouble(error))
        }
    }

    /// Runs a body that Ctrl-C stops, wherever it checks the flag that governs it.
    package func interruptibly(_ body: () -> Void) {
        guard let interrupts else { return stopFlag.governing(body) }
        // What came between two statements of a script or a replay was meant for all of it.
        if StopFlag.isRaised { stopFlag.raise() } else { stopFlag.reset() }
        // A check of the whole file looks at nothing but the connection.
        let handle = store.interruptHandle
        interrupts.during(stopFlag, besides: { handle.interrupt() }, body: body)
    }

    /// Mistakes of the user's text, drawn with carets.
    func report(_ diagnostics: Diagnostics) -> Reply {
        var reply = Reply(exit: .wrong)
        var style = style
        // The error stream may go elsewhere than the output that the theme was chosen for.
        if !environment.traits.errorIsTerminal { style.theme = .plain }
        reply.narration = DiagnosticRenderer(style).lines(diagnostics).map { $0 + "\n" }.joined()
        return reply
    }

    /// Trouble of the world, in words.
    func trouble(_ error: any Error) -> Reply {
        if stopFlag.isRaised || error is Interrupted || (error as? StoreError) == .interrupted {
            return .trouble("interrupted", exit: .interrupted)
        }
        return .trouble(Printable.safe("\(error)"))
    }
}
