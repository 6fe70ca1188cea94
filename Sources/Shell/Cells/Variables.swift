import Model
import QueryLanguage
import Render

/// `let` and `note`.
extension Interpreter {
    func bind(_ name: Name, _ values: [Literal]) -> Outcome {
        bindings[name.text] = values
        return Outcome(.narrated("$\(name.text) is \(Interpreter.spelling(values))"))
    }

    func variables(_ arguments: [Literal], _ text: String) -> Reply {
        let rows = bindings.sorted { $0.key < $1.key }.map { [Value.text("$" + $0.key), .text(Interpreter.spelling($0.value))] }
        return AnswerPresenter(style).table(
            ResultTable(columns: [ResultColumn("name", .text), ResultColumn("value", .text)], rows: rows).redacted,
            form: settings.form, empty: "nothing is bound; `let model = gpt-4o` binds a name to a value")
    }

    /// Values as they would be typed.
    static func spelling(_ values: [Literal]) -> String {
        values.map { value in
            if value.isMoney { return "$" + value.text }
            return value.isQuoted ? Interpreter.quoted(value.text) : value.text
        }.joined(separator: ", ")
    }

    /// A text in the quotes of the language.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            switch character {
            case "\"", "\\": quoted += "\\" + String(character)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default: quoted.append(character)
            }
        }
        return quoted + "\""
    }

    func note(_ note: Name) -> Outcome {
        // Further lines of a statement are indented; of prose they begin where the first one does.
        let lines = note.text.split(omittingEmptySubsequences: false) { $0.isNewline }
        add(note: lines.map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : String($0) }.joined(separator: "\n"))
        return Outcome()
    }

    /// Adds prose to the session.
    func add(note: String) {
        cells.add(note: note)
        recorder?.record(note: note)
    }
}
