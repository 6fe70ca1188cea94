import Model
import QueryLanguage
import Render
import Platform

/// `set NAME VALUE`; `set` alone lists the settings.
struct SetStatement: Statement {
    /// The setting and the words of its value; nil to list them.
    let change: (name: Literal, values: [Literal])?

    static let entry = StatementEntry(
        "set", "set [NAME VALUE]", "show or change a setting: tz, range, detect, form", example: "set tz Europe/Berlin",
        reading: .words, role: .cell)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let words = parser.words()
        guard let name = words.first else {
            parser.offer(.setting)
            change = nil
            return
        }
        parser.offer(.settingValue(name.text.lowercased()))
        // `set tz = UTC` is what others write.
        change = (name, words.dropFirst().filter { $0.isQuoted || $0.text != "=" })
    }

    func check(in session: Session, as written: StatementText) throws {
        guard let (name, values) = change else { return }
        var changed = session.settings
        if let mistake = changed.set(name, to: values, locations: session.environment.locations) {
            throw Diagnostics(text: written.text, [mistake])
        }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard let (name, values) = change else {
            let rows = Settings.rows.map { [Value.text($0.name), .text(session.settings.value(of: $0.name)), .text($0.meaning)] }
            let columns = ["setting", "value", "meaning"].map { ResultColumn($0, .text) }
            return Outcome(
                AnswerPresenter(session.style).table(ResultTable(columns: columns, rows: rows), form: session.settings.form))
        }
        if let mistake = session.settings.set(name, to: values, locations: session.environment.locations) {
            throw Diagnostics(text: written.text, [mistake])
        }
        let shown = name.text.lowercased()
        if shown == "redact", !session.settings.redacts {
            return Outcome(
                .narrated(
                    "redact is off: answers, traces and `sql` show record texts as imported, only on the screen; error messages, files, sessions, exports and notifications stay redacted"
                ))
        }
        return Outcome(.narrated("\(shown) is \(session.settings.value(of: shown == "timezone" ? "tz" : shown))"))
    }
}
