/// What may stand at the cursor, and from where it replaces the text.
public struct Completion: Hashable, Sendable {
    /// One thing that may stand there.
    public struct Candidate: Hashable, Sendable {
        /// What replaces the text from `replaceFrom` to the cursor.
        public var text: String
        /// Shown dim behind the name in a list, such as a count; nil for none.
        public var note: String?
        /// Inserted behind the text when this is the only candidate.
        public var ending: String

        /// Makes a candidate; a space follows it when it is the only one, unless said otherwise.
        public init(_ text: String, note: String? = nil, ending: String = " ") {
            self.text = text
            self.note = note
            self.ending = ending
        }
    }

    /// UTF-8 bytes from the text's beginning to the first byte replaced; at most the cursor.
    public var replaceFrom: Int
    /// In the order in which they are listed.
    public var candidates: [Candidate]

    /// Makes a completion.
    public init(replaceFrom: Int, candidates: [Candidate]) {
        self.replaceFrom = replaceFrom
        self.candidates = candidates
    }

    /// The longest beginning that all candidates share, in whole characters; empty without candidates.
    var commonPrefix: String {
        guard var prefix = candidates.first.map({ Substring($0.text) }) else { return "" }
        for candidate in candidates.dropFirst() {
            var end = prefix.startIndex, other = candidate.text.startIndex
            while end < prefix.endIndex, other < candidate.text.endIndex, prefix[end] == candidate.text[other] {
                end = prefix.index(after: end)
                other = candidate.text.index(after: other)
            }
            prefix = prefix[..<end]
        }
        return String(prefix)
    }
}
