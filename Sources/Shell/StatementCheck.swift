import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import SQLite
import System

/// Whether a statement would run: everything that is looked at before it is asked, without asking it and without changing anything.
extension Interpreter {
    /// The mistakes with a correction that runs, where there is one. Mistakes of another text than the statement keep none.
    func offering(_ diagnostics: Diagnostics, for statement: String) -> Diagnostics {
        diagnostics.text == statement ? diagnostics.offering(check) : diagnostics
    }

    /// Throws what would keep a statement from being run: its mistakes, or trouble of the world.
    func check(_ text: String) throws {
        let (statement, mistakes) = Parser.parse(text, bindings: bindings)
        try check(statement, mistakes, text)
    }

    private func check(_ statement: StatementSyntax, _ mistakes: [Diagnostic], _ text: String) throws {
        switch statement {
        case .query(let syntax) where syntax.isShownAgain: try checkShownAgain(syntax, mistakes, text)
        case .query(let syntax), .explain(let syntax): _ = try compile(syntax, text, mistakes)
        case .summary(let syntax): _ = try compile(syntax.comparedWithBefore, text, mistakes)
        case .trend(let syntax, let method):
            _ = try QueryCompiler().compileTrend(
                syntax, method: method, text: text, mistakes: mistakes, context: context(), facts: facts(), catalog: catalog)
        case .compare(let field, let values, let syntax):
            _ = try QueryCompiler().compileComparison(
                field, values, syntax, text: text, mistakes: mistakes, context: context(), facts: facts(), catalog: catalog)
        case .firings(let syntax): try checkFirings(syntax, mistakes, text)
        default:
            guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
            try checkOther(statement, text)
        }
    }

    private func checkOther(_ statement: StatementSyntax, _ text: String) throws {
        switch statement {
        case .trace(let id, _), .why(let id, _): _ = try findTrace(id, text: text)
        case .sql(let sql):
            try store.offerTables(for: sql.text, now: now, alerts: alertRows)
            _ = try store.columns(of: SQLStatement(text: sql.text))
        case .asOf(let time?): _ = try instant(time, text)
        case .watch(let watched, _, _): try check(watched, [], text)
        case .alert(let alert): try check(alert, text)
        case .incident(.add(let from, let to, _)):
            guard try instant(from, text) < instant(to, text) else { throw NotRunnable() }
        case .incident(.load(let path)): try checkFile(path)
        case .command(let name, let arguments): try checkCommand(name, arguments, text)
        case .expect(let expectation): try checkExpectation(expectation, text)
        case .empty, .bind, .note, .asOf, .incident, .query, .explain, .trend, .summary, .compare, .firings: break
        }
    }

    private func checkShownAgain(_ syntax: QuerySyntax, _ mistakes: [Diagnostic], _ text: String) throws {
        guard mistakes.isEmpty, let reference = syntax.result else { throw Diagnostics(text: text, mistakes) }
        let cell = try cell(reference, at: syntax.noun.span, text)
        guard let result = cell.outcome.result else { return }
        _ = try ResultView(syntax, of: result, number: cell.number, text: text).answer()
    }

    /// The question, and its clauses over firings of which there are none.
    private func checkFirings(_ syntax: QuerySyntax, _ mistakes: [Diagnostic], _ text: String) throws {
        let question = try firingQuestion(syntax, text, mistakes), table = FiringTable.table(of: [])
        let receipt = Receipt(window: try window(question.range, text), zone: settings.zone)
        let answer =
            question.isCounted
            ? FiringGroups(table, by: question.keys, show: question.items).answer(receipt)
            : Answer(table: table, shape: .listing, receipt: receipt)
        _ = try ResultView(question.view, of: CellResult(answer: answer), number: 0, text: text).answer()
    }

    private func instant(_ time: TimeSyntax, _ text: String) throws -> Timestamp {
        try QueryCompiler().instant(time, text: text, context: context())
    }

    private func checkExpectation(_ expectation: ExpectationSyntax, _ text: String) throws {
        guard let result = cells.lastResult()?.outcome.result else { throw NotRunnable() }
        switch expectation {
        case .condition(let syntax):
            var reader = RowCondition.Reader(result.answer.table, now: now, zone: settings.zone)
            _ = reader.condition(syntax)
            guard reader.mistakes.isEmpty else { throw Diagnostics(text: text, reader.mistakes) }
        case .nothing(let name): try checkNoun(name, result, text)
        }
    }

    private func checkFile(_ path: Literal) throws {
        guard Files.exists(surroundings.locations.expandingHome(path.text)) else { throw NotRunnable() }
    }

    // MARK: Rules

    private func check(_ alert: AlertSyntax, _ text: String) throws {
        switch alert {
        case .create(let name, let rule), .edit(let name, let rule):
            let isKnown = try keptRules().contains { $0.name == name.text }
            if case .create = alert, isKnown { throw NotRunnable() }
            if case .edit = alert, !isKnown { _ = try keptRule(name, text) }
            _ = try QueryCompiler().compileRule(
                rule, text: text, context: ruleContext(zone: settings.zone, evidence: settings.evidence), catalog: catalog)
        case .show(let name), .enable(let name), .disable(let name), .delete(let name): _ = try keptRule(name, text)
        case .resend(let name), .discard(let name): if let name { _ = try keptRule(name, text) }
        case .load(let path): try checkFile(path)
        case .acknowledge(let name):
            let firings = hasAlertState ? try alertState().firings() : []
            guard let number = Int64(name.text.drop { $0 == "#" }), firings.contains(where: { $0.id == number }) else {
                throw NotRunnable()
            }
        case .test(let tried, let range, _, _), .tune(let tried, let range, _):
            _ = try subject(tried, text)
            _ = try window(range, text)
        case .list, .check, .watch: break
        }
    }

    // MARK: Commands

    private func checkCommand(_ name: Name, _ arguments: [Literal], _ text: String) throws {
        let first = arguments.first
        switch name.text {
        // These only read, and quickly.
        case "help", "fields",
            "set" where first == nil:
            _ = try command(name, arguments, text: text)
        case "set":
            var changed = settings
            let values = arguments.dropFirst().filter { $0.isQuoted || $0.text != "=" }
            if let first, let mistake = changed.set(first, to: Array(values), locations: surroundings.locations) {
                throw Diagnostics(text: text, [mistake])
            }
        case "rules" where !["check", "apply"].contains(first?.text.lowercased()): _ = try command(name, arguments, text: text)
        case "rerun", "edit": if !arguments.isEmpty { _ = try cellNumbers(arguments, text, to: name.text) }
        case "run": _ = try scriptToRun(arguments, text)
        case "replay":
            guard let first, surroundings.locations.notebookFile(first.text) != nil else { throw NotRunnable() }
        case "import", "follow":
            guard !arguments.isEmpty else { throw NotRunnable() }
            for path in arguments { try checkFile(path) }
        case "quit", "queries", "sources", "sessions", "doctor", "rules": break
        // What is known of the others is known only when they run.
        default: throw NotRunnable()
        }
    }
}

/// A statement that has no mistake, and yet would be refused, or of which that cannot be known without running it.
private struct NotRunnable: Error {}
