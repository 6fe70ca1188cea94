import Model
import QueryLanguage
import Render
import Platform

/// `let NAME = VALUE {, VALUE}`; `let` alone lists what is bound.
struct LetStatement: Statement {
    /// The name and its values; nil to list those that are bound.
    let binding: (name: Name, values: [Literal])?

    static let entry = StatementEntry(
        "let", "let [NAME = VALUE {, VALUE}]",
        "a variable for a value or a list, used as $NAME; variables at the start of a script are its parameters",
        example: "let model = gpt-4o", role: .cell)

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard parser.token.kind != .end else {
            binding = nil
            return
        }
        guard parser.token.kind == .word, LetStatement.isName(parser.token.value) else {
            parser.report(Mistake.expected("a name", at: parser.token, closest: "let model = gpt-4o"))
            throw ParseStop()
        }
        let name = parser.advance()
        guard parser.token.kind == .comparison, parser.token.value == "=" else {
            parser.report(
                Mistake.expected("`=` and a value", at: parser.token, closest: "let \(name.folded) = gpt-4o"))
            throw ParseStop()
        }
        parser.advance()
        let known = parser.diagnostics.count
        let values = parser.valueList()
        if values.isEmpty, parser.diagnostics.count == known { parser.report(Mistake.expected("a value", at: parser.token)) }
        if parser.diagnostics.count == known { parser.end() }
        binding = (Name(name.folded, name.span), values)
    }

    private static func isName(_ text: String) -> Bool {
        text.first.map { $0.isLetter || $0 == "_" } == true && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    var role: StatementRole { binding == nil ? .replayedAside : .cell }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        if let (name, values) = binding {
            session.bindings[name.text] = values
            return Outcome(.narrated("$\(name.text) is \(Session.spelling(values))"))
        }
        let rows = session.bindings.sorted { $0.key < $1.key }.map {
            [Value.text("$" + $0.key), .text(Session.spelling($0.value))]
        }
        let table = ResultTable(columns: [ResultColumn("name", .text), ResultColumn("value", .text)], rows: rows).redacted
        return Outcome(
            AnswerPresenter(session.style).table(
                table, form: session.settings.form, empty: "no variables; `let model = gpt-4o` sets one"))
    }
}

extension Session {
    /// Values as they would be typed.
    static func spelling(_ values: [Literal]) -> String {
        values.map { value in
            if value.isMoney { return "$" + value.text }
            return value.isQuoted ? Literal.quoted(value.text) : value.text
        }.joined(separator: ", ")
    }
}
