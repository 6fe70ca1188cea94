import Engine
import Errors
import Importing
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import System
import Terminal

/// Runs statements one after another on one store: text in, reply out. Prints nothing itself.
package final class Session {
    /// What is asked: every question goes through it.
    package let engine: any Engine
    /// What is written to, and what has more to tell than an engine is asked for.
    package let store: Store
    package let environment: SessionEnvironment
    let catalog: StoreCatalog
    /// Ctrl-C, while a statement runs.
    let interrupts: Interrupts?
    package var settings = Settings()
    /// The settings with which the first statement ran; nil before it.
    private(set) var startSettings: Settings?
    /// What was asked so far.
    var cells = Cells()
    /// Hears of every cell and note.
    var recorder: SessionRecorder?
    /// What `let` bound.
    var bindings: Bindings = [:]
    /// The instant that counts as now; nil asks the clock for each statement.
    var pinnedNow: Timestamp?
    /// Raised by Ctrl-C while a statement runs; governs all that runs then.
    let wasToldToStop = StopFlag()
    /// Where progress of long statements is shown; nil shows none.
    var progress: ProgressLine?
    /// Takes the replies of statements that answer bit by bit, as they come; nil collects them into one.
    package var emit: ((Reply) -> Void)?
    /// Writes the rows of exported listings as they are read; false when the output takes no more. Nil where replies are
    /// collected, compared or recorded.
    package var rowOutput: ((String) -> Bool)?
    /// False where one statement is all that runs, so that no `$n` refers to its rows.
    package var keepsRows = true
    /// Asks a person a question that is answered by yes or no; nil where nobody can be asked.
    package var confirm: ((String) -> Bool)?
    /// False while a session is replayed: answers are not written to files then.
    var writesFiles = true
    /// The small file beside the store.
    let stateFile: StateFile
    /// The user's rules when they were last read.
    var readBook: RuleBook?
    /// What types errors by them.
    var readAssessor: Assessor?
    /// What `unknown` proposed last.
    var proposals: [ProposedRule] = []
    /// Where this session was saved.
    var savedFiles: Set<String> = []
    /// What the script that runs may do; nil while a person's own statements run.
    var permission: ScriptPermission?
    /// How many scripts run inside each other.
    var scriptDepth = 0
    /// Data hashes that were computed already.
    var fingerprints = FingerprintCache()
    /// Watches alerts beside the prompt; nil where there is no prompt.
    var backgroundWatch: BackgroundWatch?
    /// When followed sources may be looked at next; nil before the first time.
    var nextLook: Duration?
    /// What kept followed sources from being read, as it was told.
    var toldProblems: [String: String] = [:]
    /// What is wrong with the user's rules, as it was said last.
    var toldRuleTrouble: String?
    /// When the statement that runs was asked.
    var statementTime: Timestamp?

    /// Makes a session on an open store. A store with a clock of its own (a demonstration) pins now to it.
    package init(store: Store, environment: SessionEnvironment, interrupts: Interrupts? = nil) throws(StoreError) {
        self.store = store
        engine = store
        self.environment = environment
        self.interrupts = interrupts
        catalog = StoreCatalog(engine)
        stateFile = StateFile(besides: store)
        pinnedNow = if let now = environment.pinnedNow { now } else { try store.clock() }
        if environment.traits.errorIsTerminal { progress = ProgressLine(descriptor: 2) }
    }

    /// The instant that counts as now: the same for the whole of a statement.
    package var now: Timestamp { settings.asOf ?? clockNow }

    /// The instant that the clock tells, whatever `as of` pins.
    var clockNow: Timestamp { pinnedNow ?? statementTime ?? Clock.nextSecond() }

    /// True when now stands still.
    package var hasPinnedClock: Bool { pinnedNow != nil }

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
        startSettings = startSettings ?? settings
        statementTime = Clock.nextSecond()
        defer { statementTime = nil }
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
            progress?.clear()
            guard role.isCell, !parsed.isEmpty else { return }
            if recorder != nil { pinFingerprint(&outcome) }
            let cell = Cell(
                number: cells.count + 1, text: outcome.wholeText ?? text, clock: clockNow, now: now, zone: zone, role: role,
                outcome: outcome)
            cells.add(cell)
            // The session is written whole, also after Ctrl-C.
            StopFlag.ignored { recorder?.record(cell) }
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
        return wasToldToStop.isRaised ? .interrupted : reply.exit
    }

    /// The outcome of a body, or of what it throws.
    func answered(_ text: String, _ body: () throws -> Outcome) -> Outcome {
        do { return try body() } catch let found as Diagnostics {
            let diagnostics = offering(found, for: text)
            var outcome = Outcome(report(diagnostics))
            outcome.mistakes = diagnostics.all
            outcome.picture = { [pinnedNow] style in
                DiagnosticRenderer(
                    Style(widthInColumns: style.widthInColumns, glyphs: style.glyphs, zone: style.zone, now: pinnedNow)
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
        guard let interrupts else { return wasToldToStop.governing(body) }
        wasToldToStop.reset()
        // A check of the whole file looks at nothing but the connection.
        let handle = store.interruptHandle
        interrupts.during(wasToldToStop, besides: { handle.interrupt() }, body: body)
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
        if wasToldToStop.isRaised || error is Interrupted || (error as? StoreError) == .interrupted {
            return .trouble("interrupted", exit: .interrupted)
        }
        return .trouble(Printable.safe("\(error)"))
    }
}
