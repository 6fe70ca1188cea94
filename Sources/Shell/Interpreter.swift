import Errors
import Glibc
import Model
import QueryLanguage
import Render
import Storage

/// What surrounds a session: fixed when the program starts, so that the same statements give the same bytes.
public struct Surroundings: Sendable {
    /// Where files lie.
    public var locations: Locations
    /// The terminal, or what stands in its place.
    public var traits: TerminalTraits
    /// The instant that counts as now; nil asks the clock for each statement.
    public var pinnedNow: Timestamp?
    /// The width of pictures; nil asks the terminal for each answer.
    public var width: Int?
    /// True for pictures of ASCII characters alone.
    public var usesASCII: Bool
    /// True when the time taken is shown under answers.
    public var showsTime: Bool

    /// Makes surroundings of a terminal and an environment.
    public init(environment: [String: String], traits: TerminalTraits) {
        locations = Locations(environment: environment)
        self.traits = traits
        usesASCII = !traits.isUTF8 || traits.isDumb
        showsTime = traits.outputIsTerminal
    }
}

/// Runs statements one after another on one store: text in, reply out. Prints nothing itself.
public final class Interpreter {
    let store: Store
    let surroundings: Surroundings
    let catalog: StoreCatalog
    /// Ctrl-C, while a statement runs.
    let interrupts: Interrupts?
    var settings = Settings()
    private let clock: Timestamp?
    /// Set by Ctrl-C while a statement runs; what is not SQL looks at it now and then.
    let wasToldToStop = StopFlag()
    private var cachedFacts: QueryFacts?
    /// Where progress of long statements is shown; nil shows none.
    var progress: ProgressLine?

    /// Makes an interpreter on an open store. A store with a clock of its own (a demonstration) pins now to it.
    public init(store: Store, surroundings: Surroundings, interrupts: Interrupts? = nil) throws(StoreError) {
        self.store = store
        self.surroundings = surroundings
        self.interrupts = interrupts
        catalog = StoreCatalog(store)
        clock = try surroundings.pinnedNow == nil ? store.clock() : surroundings.pinnedNow
        if surroundings.traits.errorIsTerminal { progress = ProgressLine(descriptor: 2) }
    }

    /// The instant that counts as now for the next statement.
    public var now: Timestamp { settings.asOf ?? clockNow }

    /// The instant that the clock tells, whatever `as of` pins.
    var clockNow: Timestamp { clock ?? Clock.now() }

    /// True when now stands still.
    public var hasPinnedClock: Bool { clock != nil }

    /// How pictures are drawn at this moment.
    var style: Style {
        Style(
            widthInColumns: surroundings.width ?? surroundings.traits.width, glyphs: surroundings.usesASCII ? .ascii : .unicode,
            theme: surroundings.traits.usesColor ? .colour : .plain, zone: settings.zone, now: now)
    }

    /// The default form of answers, as `set form` names it.
    public func setForm(_ form: String?) { settings.form = form }

    /// Runs one statement.
    public func run(_ text: String) -> Reply {
        let reply = interruptibly { dispatch(text) }
        progress?.clear()
        return reply
    }

    /// Runs a body that Ctrl-C stops: SQL at once, everything else where it looks at `wasToldToStop`.
    func interruptibly(_ body: () -> Reply) -> Reply {
        guard let interrupts else { return body() }
        wasToldToStop.reset()
        let handle = store.interruptHandle, flag = wasToldToStop
        return interrupts.during(
            {
                flag.raise()
                handle.interrupt()
            }, body: body)
    }

    private func dispatch(_ text: String) -> Reply {
        let (statement, mistakes) = Parser.parse(text)
        do {
            if case .query(let syntax) = statement { return try query(syntax, text, mistakes) }
            if case .explain(let syntax) = statement { return try explain(syntax, text, mistakes) }
            if case .trend(let syntax, let method) = statement { return try trend(syntax, method, text, mistakes) }
            if case .summary(let syntax) = statement { return try summary(syntax, text, mistakes) }
            if case .compare(let field, let values, let syntax) = statement {
                return try compare(field, values, syntax, text, mistakes)
            }
            guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
            switch statement {
            case .empty: return Reply()
            case .trace(let id, let form): return try trace(id, form: form, text: text)
            case .sql(let sql): return try self.sql(sql, text)
            case .command(let name, let arguments): return try command(name, arguments, text: text)
            case .asOf(let time): return try asOf(time, text: text)
            case .why(let id, let reference): return try why(id, reference, text: text)
            case .query, .explain, .summary, .compare, .trend: preconditionFailure("queries were run above")
            }
        } catch let diagnostics as Diagnostics {
            return report(diagnostics)
        } catch {
            return trouble(error)
        }
    }

    /// Mistakes of the user's text, drawn with carets.
    func report(_ diagnostics: Diagnostics) -> Reply {
        var reply = Reply(exit: .wrong)
        var style = style
        // The error stream may go elsewhere than the output that the theme was chosen for.
        if !surroundings.traits.errorIsTerminal { style.theme = .plain }
        reply.narration = DiagnosticRenderer(style).lines(diagnostics).map { $0 + "\n" }.joined()
        return reply
    }

    /// Trouble of the world, in words.
    func trouble(_ error: any Error) -> Reply {
        if let error = error as? StoreError, error == .interrupted { return .trouble("interrupted", exit: .interrupted) }
        if wasToldToStop.isRaised { return .trouble("interrupted", exit: .interrupted) }
        return .trouble(Printable.safe("\(error)"))
    }

    // MARK: Queries

    /// What the store says of itself; asked for anew after an import.
    func facts() throws -> QueryFacts {
        if let cachedFacts { return cachedFacts }
        let facts = try store.queryFacts()
        cachedFacts = facts
        return facts
    }

    /// Forgets what was known of the store's content.
    func storeChanged() {
        cachedFacts = nil
        catalog.forget()
    }

    func context() throws -> CheckContext {
        var context = CheckContext(
            now: now, zone: settings.zone, defaultRange: settings.range, evidence: settings.evidence,
            coverage: try facts().coverage)
        context.form = settings.form
        context.asOf = settings.asOf
        return context
    }

    func compile(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> CompiledQuery {
        try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context(), facts: facts(), catalog: catalog)
    }

    private func query(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Reply {
        let compiled = try compile(syntax, text, mistakes)
        let start = Clock.ticks()
        let answer = try store.snapshot { try compiled.answer(from: store) }
        let elapsed = Clock.ticks() - start
        return try AnswerPresenter(style: style, elapsed: surroundings.showsTime ? elapsed : nil).reply(
            answer, to: compiled.query, coverage: facts().coverage)
    }

    private func explain(_ syntax: QuerySyntax, _ text: String, _ mistakes: [Diagnostic]) throws -> Reply {
        let compiled = try compile(syntax, text, mistakes)
        var lines: [String] = []
        for (index, statement) in compiled.statements.enumerated() {
            let start = Clock.ticks()
            let rows = try store.rows(statement)
            let elapsed = Clock.ticks() - start
            if index > 0 { lines.append("") }
            lines += wrap(statement.text, width: style.widthInColumns, hanging: 2)
            for (number, value) in statement.bindings.enumerated() {
                lines.append("  ?\(number + 1) = \(Printable.safe(SQLText.literal(value), columns: style.widthInColumns - 8))")
            }
            lines += try store.plan(of: statement).map { "  \($0)" }
            var result = "  \(rows.count) row\(rows.count == 1 ? "" : "s")"
            if surroundings.showsTime { result += " in " + ValueText(style).duration(elapsed) }
            lines.append(result)
        }
        return Reply(lines)
    }

    private func sql(_ sql: Name, _ text: String) throws -> Reply {
        var rows: [[Value]] = [], types: Set<Int> = []
        var isCut = false
        let columns: [String]
        // For machines numbers are numbers; for people whole ones stay ungrouped, because they may be ids.
        let isForMachines = settings.form.map { ExportFormat(rawValue: $0) != nil } ?? false
        do {
            columns = try store.eachRow(of: SQLStatement(text: sql.text)) { row in
                if rows.count == Interpreter.mostSQLRows {
                    isCut = true
                    throw EnoughRows()
                }
                for (index, value) in row.enumerated() {
                    switch value {
                    case .integer, .real: types.insert(index)
                    case .null, .text: break
                    }
                }
                rows.append(row.map { SQLText.value($0, isForMachines: isForMachines) })
            }
        } catch is EnoughRows {
            columns = try store.columns(of: SQLStatement(text: sql.text))
        } catch let problem as SQLError {
            guard !problem.isInterrupted, !problem.isNoDatabase else { throw problem }
            if problem.isRefused {
                let message = "`sql` only reads the store, and this would do something else"
                throw Diagnostics(
                    text: text, [Diagnostic("sql-reads-only", at: sql.span, message, closest: "SELECT …, WITH … SELECT …")])
            }
            let offset = problem.offset.map { sql.span.start + $0 } ?? sql.span.start
            let end = problem.offset == nil ? sql.span.end : min(sql.span.end, offset + 1)
            throw Diagnostics(text: text, [Diagnostic("sql", at: TextSpan(offset, end), problem.message)])
        }
        let table = ResultTable(
            columns: columns.enumerated().map { index, name in ResultColumn(name, types.contains(index) ? .number : .text) },
            rows: rows)
        let presenter = AnswerPresenter(style: style, elapsed: nil)
        var reply = presenter.reply(table, form: settings.form)
        if isCut { reply.narration += "only the first \(Interpreter.mostSQLRows) rows are shown; add a LIMIT of your own\n" }
        return reply
    }

    private static let mostSQLRows = 10_000
    private struct EnoughRows: Error {}
}

/// Values of SQL for people.
enum SQLText {
    /// A bound value as it is shown beside its placeholder.
    static func literal(_ value: SQLValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let n): String(n)
        case .real(let x): "\(x)"
        case .text(let text): "'" + text + "'"
        }
    }

    /// A value of a column whose meaning is not known, without secrets, and with all its digits.
    static func value(_ value: SQLValue, isForMachines: Bool) -> Value {
        switch value {
        case .null: .missing
        case .integer(let n): isForMachines ? .count(n) : .text(String(n))
        case .real(let x): isForMachines ? .number(x) : .text("\(x)")
        case .text(let text): .text(Redactor.redact(text))
        }
    }
}
