import Model
import QueryLanguage
import Platform

/// One statement: how it is written, read, allowed, completed and run, in a file of its own.
///
/// To add one, write the type in a file below `Statements/` and name it in `Statements.all`. The parser, completion, help,
/// the reference, scripts' permissions and recorded sessions take what they need from there; its example is run by a test.
protocol Statement: SendableMetatype {
    /// Its words, grammar, meaning and example, and what it is to a session.
    static var entry: StatementEntry { get }

    /// Reads what stands behind the statement's words. What may follow at the end of the text is offered to completion.
    /// - Throws: When it cannot be read, which was reported to the parser.
    init(parsing parser: inout Parser) throws(ParseStop)

    /// What it is to a session; the entry's unless the statement decides otherwise.
    var role: StatementRole { get }

    /// What it does besides answering; nothing unless the statement says so.
    var effects: StatementEffects { get }

    /// True when the answer depends on what the store holds, so that followed sources are read first.
    var asksStore: Bool { get }

    /// Runs the statement.
    /// - Throws: `Diagnostics` about its text, or trouble of the world.
    func run(in session: Session, as written: StatementText) throws -> Outcome

    /// Throws what would keep the statement from being run, without asking or changing anything.
    func check(in session: Session, as written: StatementText) throws
}

extension Statement {
    var role: StatementRole { Self.entry.role }
    var effects: StatementEffects { .none }
    var asksStore: Bool { Self.entry.traits.contains(.asksStore) }

    func check(in session: Session, as written: StatementText) throws { throw NotRunnable() }
}

/// A statement as it was written, for places of mistakes.
struct StatementText {
    let text: String
    /// Mistakes that the parser found; only statements that report their own ever see any.
    var mistakes: [Diagnostic] = []

    /// A mistake with its place in the text.
    func mistake(
        _ id: String, at span: TextSpan, _ message: String, closest: String? = nil, replacement: String? = nil
    ) -> Diagnostics {
        Diagnostics(text: text, [Diagnostic(id, at: span, message, closest: closest, replacement: replacement)])
    }

    /// The place behind the text.
    var end: TextSpan { TextSpan(text.utf8.count, text.utf8.count) }
    /// The whole text.
    var whole: TextSpan { TextSpan(0, text.utf8.count) }
}

/// A statement that has no mistake, and yet would be refused, or of which that cannot be known without running it.
struct NotRunnable: Error {}
