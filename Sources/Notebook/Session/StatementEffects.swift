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
