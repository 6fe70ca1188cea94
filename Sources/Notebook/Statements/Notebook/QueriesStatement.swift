import Model
import QueryLanguage
import Render
import Platform

/// `queries`: the shipped scripts.
struct QueriesStatement: Statement {
    static let entry = StatementEntry(
        "queries", "queries", "the shipped scripts with their parameters and purpose", example: "queries", reading: .words,
        role: .aside, traits: .isLikeProse)

    init() {}

    init(parsing parser: inout Parser) throws(ParseStop) { _ = parser.words() }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let table = session.environment.locations.scriptTable
        return Outcome(AnswerPresenter(session.style).table(table, form: session.settings.form))
    }
}

extension Locations {
    /// The scripts that `run` knows by name, with their parameters and their purpose.
    package var scriptTable: ResultTable {
        let rows: [[Value]] = scripts.compactMap { name, path in
            guard let file = try? NotebookFile.read(path) else { return nil }
            let script = Script(file, path: nil)
            let parameters = script.parameters.map { "\($0.name)=\(Session.spelling($0.values))" }
            return [
                .text(name), parameters.isEmpty ? .missing : .text(parameters.joined(separator: " ")),
                script.purpose.map { .text($0) } ?? .missing,
            ]
        }
        return ResultTable(columns: ["script", "parameters", "purpose"].map { ResultColumn($0, .text) }, rows: rows)
    }
}
