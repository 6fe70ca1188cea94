import Model
import QueryLanguage
import Render

/// `fields [NAME]`.
struct FieldsStatement: Statement {
    let name: Literal?

    static let entry = StatementEntry(
        "fields", "fields [NAME]", "the fields with type, unit, meaning and example", example: "fields", reading: .words,
        role: .replayedAside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        name = parser.words().first
        if name == nil { parser.offer(.fieldTopic) }
    }

    // This only reads, and quickly.
    func check(in session: Session, as written: StatementText) throws { _ = try run(in: session, as: written) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        if let name {
            guard Field(named: name.text) != nil || name.text.lowercased() == FieldID.metadata.rawValue else {
                let best = NearestName.best(for: name.text, among: FieldTable.all.map(\.id.rawValue))
                throw written.mistake(
                    "unknown-field", at: name.span, "no field `\(name.text)`", closest: best ?? "`fields` lists all",
                    replacement: best)
            }
            return try HelpStatement(topic: name).run(in: session, as: written)
        }
        let columns = ["field", "type", "meaning", "example"].map { ResultColumn($0, .text) }
        let rows = FieldTable.all.map { row in
            [
                Value.text(row.id == .metadata ? "metadata.KEY" : row.id.rawValue), .text(row.type.meaning), .text(row.meaning),
                .text(row.example),
            ]
        }
        let table = ResultTable(columns: columns, rows: rows)
        return Outcome(AnswerPresenter(session.style).table(table, form: session.settings.form))
    }
}
