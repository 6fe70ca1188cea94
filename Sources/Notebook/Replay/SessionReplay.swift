import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// Runs a recorded session again at its own time, and judges each of its cells.
package struct SessionReplay {
    /// What is wanted of a replay.
    package struct Options: Sendable {
        /// Drift ends with code 4, and only what is not the same is listed.
        package var checks = false
        /// The file gets the new answers.
        package var updates = false
        /// Now is the present, not what was pinned.
        package var movesNow = false
        /// The store to ask instead; nil for the one that is open.
        package var against: String?
        /// Cells to judge; nil for all.
        package var only: Set<Int>?
        /// Statements that write are run, too.
        package var writes = false

        /// Judges every cell, and changes nothing.
        package init() {}
    }

    /// One statement of the file, run again.
    struct Cell {
        var recorded: NotebookFile.Recorded
        /// Its number; nil for statements that take none.
        var number: Int?
        var judgement: Judgement
        /// The lines of the answer now.
        var output: [String] = []
        var machine: MachineLine?
        /// How it ended.
        var exit = ExitCode.ok
    }

    private(set) var file: NotebookFile
    private let session: Session
    private let options: Options
    /// The statements in order, as far as they were run.
    private(set) var cells: [Cell] = []
    /// True when the file's prose becomes the session's, for a document.
    var keepsProse = false
    /// True when Ctrl-C ended it.
    private(set) var wasInterrupted = false
    private var pins: Pins
    /// Pins of the file that mean nothing here, as written.
    private(set) var unknownPins: [String] = []
    /// A sentence for each of them.
    var pinProblems: [String] {
        unknownPins.map { "the file pins `\(Printable.safe($0))`, which cannot be read, so the default is used" }
    }

    /// Prepares a replay by a session that nobody else uses.
    ///
    /// - Parameter path: Where the file lies.
    init(_ file: NotebookFile, at path: String, by session: Session, _ options: Options) {
        self.file = file
        self.session = session
        self.options = options
        pins = file.pins ?? Pins()
        session.rights.writesFiles = options.writes
        session.rights.permission = ScriptPermission(granted: options.writes ? .all : .writesAnswers, path: path)
    }

    /// The version of the rules of the store that is asked.
    private var rules: String { (try? session.facts().rules) ?? "" }

    mutating func run() throws {
        // A store in which nothing was classified has no rules that could be others.
        let present = rules
        let rulesMoved = pins.rules.map { $0 != present && !present.isEmpty } ?? false
        let recorded = file.recorded
        let last = options.only.map { $0.max() ?? 0 }
        var ordinal = 0
        for piece in file.pieces {
            if piece.kind == .pins, let pins = Pins(piece.text) {
                unknownPins += session.apply(pins, keepsNow: options.movesNow)
            }
            if keepsProse, piece.kind == .prose { session.add(note: NotebookFile.proseText(piece)) }
            guard piece.kind == .statement else { continue }
            ordinal += 1
            if let last, session.cells.count >= last { break }
            let cell = try rerun(recorded[ordinal - 1], rulesMoved: rulesMoved)
            cells.append(cell)
            if cell.exit == .interrupted {
                wasInterrupted = true
                break
            }
        }
    }

    private func rerun(_ recorded: NotebookFile.Recorded, rulesMoved: Bool) throws -> Cell {
        let parsed = Statements.parse(recorded.text, bindings: session.bindings), role = parsed.role
        let before = session.cells.count
        // Of the statements about the notebook itself only those that ask something have a place in a replay.
        if !role.isCell, !role.isReplayedAside {
            return Cell(recorded: recorded, number: nil, judgement: Judgement(.unjudged))
        }
        if let words = parsed.statement.flatMap(session.refusal) {
            if role.isCell { session.skip(recorded.text, role) }
            return Cell(
                recorded: recorded, number: role.isCell ? before + 1 : nil,
                judgement: Judgement(.skipped, "it would \(words); `--write` runs it"))
        }
        let outcome = session.execute(recorded.text)
        let number = session.cells.count == before + 1 ? before + 1 : nil
        let style = SessionText.style(pins, zone: session.settings.zone, now: session.now)
        let output = SessionText.output(outcome, role: role, style)
        let machine = try MachineLine(outcome, role: role)
        var judgement = Judgement(.unjudged)
        if role.isJudged || machine != nil && recorded.machine != nil {
            judgement = Judgement(then: (recorded.machine, recorded.output), now: (machine, output), rulesMoved: rulesMoved)
        }
        return Cell(
            recorded: recorded, number: number, judgement: judgement, output: output, machine: machine, exit: outcome.reply.exit)
    }

    /// The cells that are judged.
    var judged: [Cell] {
        cells.filter { cell in
            guard cell.number != nil else { return false }
            return options.only.map { only in cell.number.map(only.contains) ?? false } ?? true
        }
    }

    /// True when an answer is another than the recorded one.
    var hasDrift: Bool { judged.contains { $0.judgement.verdict.isDrift } }

    /// How many cells got each verdict, in words: `7 cells: 5 same, 1 data, 1 rendering`.
    var summary: String {
        let cells = judged
        let counts = Verdict.allCases.compactMap { verdict -> String? in
            let count = cells.count { $0.judgement.verdict == verdict }
            return count > 0 ? "\(count) \(verdict.rawValue)" : nil
        }
        let all = cells.count.counted("cells")
        return counts.isEmpty ? "no cells to judge" : "\(all): \(counts.joined(separator: ", "))"
    }

    /// The file with the answers of now, and what they depend on.
    mutating func updatedFile(now: Timestamp?) -> NotebookFile {
        for cell in cells where cell.judgement.verdict != .skipped {
            guard options.only.map({ only in cell.number.map(only.contains) ?? false }) ?? true else { continue }
            if cell.number == nil && cell.recorded.output == nil && cell.recorded.machine == nil { continue }
            file.record(cell.recorded.ordinal, output: cell.output, machine: cell.machine)
        }
        if options.only == nil {
            var pins = file.pins ?? Pins(Settings(), now: now ?? session.now, store: session.storeLabel, rules: rules)
            if options.movesNow || pins.now == nil { pins.now = now ?? session.now }
            pins.store = session.storeLabel
            pins.rules = rules.isEmpty ? nil : rules
            if pins.width == nil { pins.width = Pins.widthOfFiles }
            if pins.zone == nil { pins.zone = Zone.utc.name }
            file.pin(pins)
            if options.movesNow { file.dropLaterNows() }
        }
        return file
    }
}

extension NotebookFile {
    /// Takes away pins that move now behind the file's head: a session that is asked at one instant has one.
    mutating func dropLaterNows() {
        guard let head = pieces.firstIndex(where: { $0.kind == .pins }) else { return }
        for place in pieces.indices.reversed() where place > head && pieces[place].kind == .pins {
            guard var pins = Pins(pieces[place].text) else { continue }
            pins.now = nil
            if pins == Pins() { remove(at: place) } else { replace(at: place, with: pins) }
        }
    }
}

extension Session {
    /// Takes a number for a statement that is not run, so that those behind it keep theirs.
    func skip(_ text: String, _ role: StatementRole) {
        cells.add(
            Cell(
                number: cells.count + 1, text: text, clock: clockNow, now: now, zone: settings.zone, role: role,
                outcome: Outcome()))
    }

    /// A session for a replay: no terminal, the width of files, the pins' glyphs.
    func replaying(_ file: NotebookFile, in store: Store, movesNow: Bool) throws -> Session {
        let variables = ["TERM": "dumb", "LANG": "C.UTF-8"]
        var environment = SessionEnvironment(
            variables: variables, traits: TerminalTraits(environment: variables, input: -1, output: -1, error: -1))
        environment.locations = self.environment.locations
        environment.width = file.pins?.width ?? Pins.widthOfFiles
        environment.usesASCII = file.pins?.usesASCII ?? false
        environment.showsTime = false
        environment.showsAnswers = false
        // A file without a time of its own is asked now; all of it at one instant.
        environment.pinnedNow = file.pins?.now.flatMap { movesNow ? nil : $0 } ?? now
        return try Session(store: store, environment: environment, interrupts: interrupts)
    }
}
