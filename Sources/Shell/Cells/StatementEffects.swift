import QueryLanguage

/// What a statement does besides answering. Nothing of it happens in a script of somebody else's unless a person allows it.
struct StatementEffects: Hashable {
    /// Kinds of effects, a bit each.
    struct Kinds: OptionSet, Hashable {
        let rawValue: Int

        /// Records come, go or are typed again.
        static let changesStore = Kinds(rawValue: 1)
        /// Alert rules, firings and incidents.
        static let changesRules = Kinds(rawValue: 2)
        /// A file is written, whatever its path.
        static let writesFiles = Kinds(rawValue: 4)
        /// A file is read that is no script and no part of the script's folder.
        static let readsFiles = Kinds(rawValue: 8)
        /// Something leaves the machine.
        static let sends = Kinds(rawValue: 16)
        /// An answer is written to a file; a replay asks the question and leaves the file out.
        static let writesAnswers = Kinds(rawValue: 32)

        static let all: Kinds = [changesStore, changesRules, writesFiles, readsFiles, sends, writesAnswers]

        /// Every kind by itself, with what it is called.
        static let named: [(kind: Kinds, words: String)] = [
            (changesStore, "change the store"), (changesRules, "change alert rules and incidents"),
            ([writesFiles, writesAnswers], "write files"), (readsFiles, "read other files"), (sends, "send notifications"),
        ]
    }

    var kinds: Kinds
    /// Files that are only read: those of the script's own folder are no effect.
    var read: [String] = []

    static let none = StatementEffects(kinds: [])

    static func of(_ kinds: Kinds) -> StatementEffects { StatementEffects(kinds: kinds) }
}

/// The table: every form of statement says what it does.
extension StatementSyntax {
    var effects: StatementEffects {
        switch self {
        case .query(let query), .explain(let query), .summary(let query), .compare(_, _, let query), .trend(let query, _),
            .firings(let query):
            query.effects
        case .watch(let watched, _, _): watched.effects
        case .alert(let alert): alert.effects
        case .incident(let incident): incident.effects
        case .command(let name, let words): Interpreter.commands[name.text]?.effects(words) ?? .none
        // `sql` reads the store through a connection that cannot write.
        case .why, .asOf, .trace, .bind, .note, .expect, .sql, .empty: .none
        }
    }
}

extension QuerySyntax {
    /// A query only writes where `as FORM to PATH` says so.
    fileprivate var effects: StatementEffects {
        let hasPath = clauses.contains { if case .as(_, .some) = $0.kind { true } else { false } }
        return hasPath ? .of(.writesAnswers) : .none
    }
}

extension AlertSyntax {
    fileprivate var effects: StatementEffects {
        switch self {
        case .create(_, let rule), .edit(_, let rule):
            .of(rule.actions.contains { $0.name.text != "log" } ? [.changesRules, .sends] : .changesRules)
        case .enable, .disable, .delete, .acknowledge, .discard: .of(.changesRules)
        case .load(let file): StatementEffects(kinds: .changesRules, read: [file.text])
        case .resend, .watch: .of([.changesRules, .sends])
        case .test(let subject, _, _, _), .tune(let subject, _, _):
            if case .file(let file) = subject { StatementEffects(kinds: [], read: [file.text]) } else { .none }
        case .list, .show, .check: .none
        }
    }
}

extension IncidentSyntax {
    fileprivate var effects: StatementEffects {
        switch self {
        case .add, .delete: .of(.changesRules)
        case .load(let file): StatementEffects(kinds: .changesRules, read: [file.text])
        case .list: .none
        }
    }
}
