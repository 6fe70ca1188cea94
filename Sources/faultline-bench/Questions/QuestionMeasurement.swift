import LocalStore
import Model
import QueryLanguage

/// Measurements of one question: milliseconds of CPU time, medians of alternating runs.
struct QuestionFigures {
    let question: Question
    /// This program: compiling, querying and building the answer, without rendering; the compiling part on its own.
    var own = 0.0, compiling = 0.0
    var byHand = 0.0
    var raw = 0.0
    /// Number of runs.
    var runs = 0, rawRuns = 0
    var ownOutcome = Outcome(), handOutcome = Outcome(), rawOutcome = Outcome()

    /// True when this program and the best hand-written SQL agree.
    var agrees: Bool {
        ownOutcome.rows == handOutcome.rows && ownOutcome.agrees(with: handOutcome)
    }
}

/// Number of rows of an answer, and the total of the column that is compared.
struct Outcome {
    var rows = 0
    var total: Double?

    /// Returns true when the totals are equal up to rounding of sums.
    func agrees(with other: Outcome) -> Bool {
        guard let total, let theirs = other.total else { return total == nil && other.total == nil }
        return abs(total - theirs) <= 1e-9 * max(abs(total), abs(theirs))
    }
}

/// Runs questions in alternation: this program, hand-written SQL, raw SQL.
struct QuestionMeasurement {
    let store: Store
    private let plain: PlainSQLite
    private let now: Timestamp
    private let facts: QueryFacts
    private let trace: String

    /// Opens the history a second time for the hand-written statements.
    init(_ history: BenchHistory) throws {
        store = history.store
        now = history.now
        plain = try PlainSQLite(history.path)
        facts = try store.queryFacts()
        let failed = try plain.prepare("SELECT trace_id FROM trace WHERE failed = 1 ORDER BY t DESC, id LIMIT 1 OFFSET 10").rows()
        guard case .text(let id)? = failed.first?.first else { throw BenchError("the store has no failed traces") }
        trace = id
    }

    /// Measures the questions one by one; without `asksRaw`, skips the raw SQL.
    func run(_ questions: [Question], asksRaw: Bool) throws -> [QuestionFigures] {
        try questions.map {
            Terminal.note("question \($0.id): \($0.title)")
            return try measure($0, asksRaw: asksRaw)
        }
    }

    private func measure(_ question: Question, asksRaw: Bool) throws -> QuestionFigures {
        var figures = QuestionFigures(question: question)
        let byHand = try prepare(question.byHand, question), raw = try prepare(question.raw, question)
        // Warm up: pages into memory, statements into the cache.
        var firsts: [Double] = []
        (figures.ownOutcome, _, _) = try timed { try self.own(question) }
        (figures.handOutcome, _, _) = try timed { try ask(byHand, question) }
        firsts.append(try timed { try self.own(question) }.seconds)
        firsts.append(try timed { try ask(byHand, question) }.seconds)
        var rawFirst = 0.0
        if asksRaw { (figures.rawOutcome, rawFirst, _) = try timed { try ask(raw, question) } }
        figures.runs = min(max(Int(1 / max(firsts[0], firsts[1], 1e-6)), 7), 51)
        figures.rawRuns = asksRaw ? min(max(Int(6 / max(rawFirst, 1e-6)), 1), 7) : 0
        var own: [Double] = [], compiling: [Double] = [], hand: [Double] = [], rawly: [Double] = []
        // A question that takes many seconds is run only once.
        if rawFirst > 5 { rawly.append(rawFirst) }
        for run in 0..<figures.runs {
            if rawly.count < figures.rawRuns {
                rawly.append(try timed { try ask(raw, question) }.seconds)
                // A long statement leaves the CPU caches cold: run the other two once without measuring.
                _ = (try self.own(question), try ask(byHand, question))
            }
            // Alternate which one goes first.
            if run % 2 == 1 { hand.append(try timed { try ask(byHand, question) }.seconds) }
            let answer = try timed { try self.own(question) }
            own.append(answer.seconds)
            compiling.append(answer.compiling)
            if run % 2 == 0 { hand.append(try timed { try ask(byHand, question) }.seconds) }
        }
        figures.own = own.median * 1000
        figures.compiling = compiling.median * 1000
        figures.byHand = hand.median * 1000
        figures.raw = rawly.median * 1000
        return figures
    }

    private func timed(_ body: () throws -> (Outcome, compiling: Double)) rethrows
        -> (outcome: Outcome, seconds: Double, compiling: Double)
    {
        let start = Clocks.processor()
        let (outcome, compiling) = try body()
        return (outcome, Clocks.processor() - start, compiling)
    }

    // MARK: This program

    private func own(_ question: Question) throws -> (Outcome, compiling: Double) {
        switch question.wording {
        case .trace:
            guard let match = try store.findTraces(prefix: trace).first,
                let found = try store.trace(match.traceID, project: match.project)
            else { throw BenchError("trace \(trace) not found") }
            return (Outcome(rows: 1 + found.spans.count + found.events.count + found.errors.count + found.scores.count), 0)
        case .statement(let text):
            let start = Clocks.processor()
            let query = try compile(text)
            let compiling = Clocks.processor() - start
            let answer = try store.snapshot { try query.answer(from: store) }
            return (outcome(answer, question), compiling)
        }
    }

    /// Compiles the statement as the notebook does.
    func compile(_ text: String) throws -> CompiledQuery {
        let (read, mistakes) = Parser.query(text)
        guard let syntax = read else { throw BenchError("`\(text)` is not a query") }
        let context = CheckContext(now: now, coverage: facts.coverage)
        do {
            return try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context, facts: facts)
        } catch { throw BenchError("`\(text)`: \(error)") }
    }

    private func outcome(_ answer: Answer, _ question: Question) -> Outcome {
        var outcome = Outcome(rows: answer.table.rows.count)
        if let name = question.total, let column = answer.table.index(of: name) {
            outcome.total = answer.table.rows.reduce(0) { $0 + QuestionMeasurement.number($1[column]) }
        }
        return outcome
    }

    /// Returns a value in the units of the store; of a ratio, its numerator.
    private static func number(_ value: Value) -> Double {
        switch value {
        case .count(let n): Double(n)
        case .duration(let length): Double(length.inNanoseconds)
        case .ratio(let ratio): Double(ratio.numerator)
        default: value.magnitude ?? 0
        }
    }

    // MARK: Hand-written

    private func prepare(_ statements: [String], _ question: Question) throws -> [PlainStatement] {
        var values = Placeholders.values(from: now - .hours(question.hours), to: now)
        values["agent"] = .text(Question.agent)
        values["text"] = .text(question.id == "7b" ? Question.rareText : Question.frequentText)
        values["trace"] = .text(trace)
        return try statements.map { sql in
            let statement = try plain.prepare(sql)
            statement.bind(values)
            return statement
        }
    }

    /// Reads all rows of all statements. The first statement has the groups; for a trace, every row counts.
    private func ask(_ statements: [PlainStatement], _ question: Question) throws -> (Outcome, compiling: Double) {
        let answers = try statements.map { try $0.rows() }
        var outcome = Outcome(rows: answers[0].count)
        if case .trace = question.wording { outcome.rows = answers.reduce(0) { $0 + $1.count } }
        if let column = statements[0].columns.firstIndex(of: "total") {
            outcome.total = answers[0].reduce(0) { $0 + ($1[column].number ?? 0) }
        }
        return (outcome, 0)
    }
}
