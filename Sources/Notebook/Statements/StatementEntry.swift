import QueryLanguage
import Platform

/// What a statement says of itself: one entry feeds the parser, completion, highlighting, help, the reference and tests.
struct StatementEntry: Sendable {
    /// How the text behind the words is read.
    enum Reading: Sendable {
        /// As the language: quotes and `$names` have their meaning.
        case language
        /// As words, whatever marks they hold.
        case words
        /// As words that are paths or names of a person's own; not highlighted.
        case paths
        /// As free text, to its end; not highlighted.
        case text
    }

    /// What else is true of a statement.
    struct Traits: OptionSet, Sendable {
        let rawValue: Int

        /// The answer depends on what the store holds.
        static let asksStore = Traits(rawValue: 1)
        /// Its mistakes are reported together with what the checker finds.
        static let reportsOwnMistakes = Traits(rawValue: 2)
        /// `watch` may ask it again and again.
        static let canBeWatched = Traits(rawValue: 4)
        /// It begins with a word of any sentence, and is no statement where it stands alone in prose.
        static let isLikeProse = Traits(rawValue: 8)

        /// A question about the store's records.
        static let question: Traits = [.asksStore, .reportsOwnMistakes, .canBeWatched]
    }

    /// Word, grammar, meaning and example.
    let words: WordEntry
    /// Words that mean the same at its beginning.
    let synonyms: [String]
    let reading: Reading
    /// What it is to a session.
    let role: StatementRole
    let traits: Traits

    /// - Parameters:
    ///   - word: The words it begins with.
    ///   - grammar: How it is written, in full.
    ///   - meaning: One line: what it does.
    ///   - example: A statement that uses it and runs on any store.
    init(
        _ word: String, _ grammar: String, _ meaning: String, example: String, synonyms: [String] = [],
        reading: Reading = .language, role: StatementRole, traits: Traits = []
    ) {
        words = WordEntry(word: word, grammar: grammar, meaning: meaning, example: example)
        self.synonyms = synonyms
        self.reading = reading
        self.role = role
        self.traits = traits
    }
}
