import Engine
import Model
import QueryLanguage

/// Measurements of one program start, from its start to its end: milliseconds of wall time and CPU time, medians.
struct StartFigures {
    let title: String
    var own = 0.0, ownProcessor = 0.0
    var plain = 0.0, plainProcessor = 0.0
}

/// Compares one query in a new process with `sqlite3` running the same SQL on the same file.
struct StartMeasurement {
    private let history: BenchHistory
    private let questions: QuestionMeasurement
    private let program: String

    private static let runs = 20
    private static let asked = ["2a", "7a", "11"]

    init(_ history: BenchHistory, program: String) throws {
        self.history = history
        self.program = program
        questions = try QuestionMeasurement(history)
    }

    /// Returns the measurements; none, with a message, when one of the programs is missing.
    func run() throws -> [StartFigures] {
        guard let sqlite = Processes.find("sqlite3") else {
            Terminal.note("sqlite3 not found: skipping one-shot queries")
            return []
        }
        guard Files.exists(program) else {
            Terminal.note("no program at \(program): skipping one-shot queries; set --program")
            return []
        }
        Terminal.note("one-shot queries")
        var figures = [
            try measure("start only", ["--version"], sqlite, [":memory:", "SELECT 1"])
        ]
        for question in Question.all where StartMeasurement.asked.contains(question.id) {
            guard case .statement(let text) = question.wording else { continue }
            let asked = try questions.compile(text).statements(askedOf: questions.store)
            let sql = try asked.map { StartMeasurement.inlined(try questions.store.explain($0)) }.joined(separator: "; ")
            figures.append(
                try measure(
                    text, ["query", text, "--store", history.path, "--now", TimeText.iso(history.now, zone: .utc)], sqlite,
                    [history.path, sql]))
        }
        return figures
    }

    private func measure(_ title: String, _ own: [String], _ sqlite: String, _ plain: [String]) throws -> StartFigures {
        var figures = StartFigures(title: title)
        var ours: [ProcessUse] = [], theirs: [ProcessUse] = []
        for _ in 0...StartMeasurement.runs {
            ours.append(try Processes.run(program, own, keepsOutput: false))
            theirs.append(try Processes.run(sqlite, plain, keepsOutput: false))
        }
        // The first run reads the programs from disk.
        figures.own = ours.dropFirst().map { $0.elapsed * 1000 }.median
        figures.ownProcessor = ours.dropFirst().map { $0.processor * 1000 }.median
        figures.plain = theirs.dropFirst().map { $0.elapsed * 1000 }.median
        figures.plainProcessor = theirs.dropFirst().map { $0.processor * 1000 }.median
        return figures
    }

    /// Returns the SQL with its values inlined.
    static func inlined(_ statement: ExplainedStatement) -> String {
        var text = "", isQuoted = false
        var rest = Substring(statement.text)
        while let character = rest.popFirst() {
            if character == "'" { isQuoted.toggle() }
            guard character == "?", !isQuoted else {
                text.append(character)
                continue
            }
            let digits = rest.prefix(while: \.isNumber)
            rest = rest.dropFirst(digits.count)
            guard let number = Int(digits), statement.bindings.indices.contains(number - 1) else { continue }
            text += literal(statement.bindings[number - 1])
        }
        return text
    }

    private static func literal(_ value: StoredValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let n): String(n)
        case .real(let x): String(x)
        case .text(let text): "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
    }
}
