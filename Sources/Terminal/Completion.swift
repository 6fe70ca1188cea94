/// The completions at the cursor and the start of the text that they replace.
public struct Completion: Hashable, Sendable {
    /// One possible completion.
    public struct Candidate: Hashable, Sendable {
        /// Replaces the text from `replaceFrom` to the cursor.
        public var text: String
        /// Shown dim after the name in a list, such as a count; nil for none.
        public var note: String?
        /// Inserted after the text when this is the only candidate.
        public var ending: String

        /// Creates a candidate, followed by a space by default when it is the only one.
        public init(_ text: String, note: String? = nil, ending: String = " ") {
            self.text = text
            self.note = note
            self.ending = ending
        }
    }

    /// Offset of the first replaced byte, in UTF-8 bytes; at most the cursor.
    public var replaceFrom: Int
    /// In the order listed.
    public var candidates: [Candidate]

    /// Creates a completion.
    public init(replaceFrom: Int, candidates: [Candidate]) {
        self.replaceFrom = replaceFrom
        self.candidates = candidates
    }

    /// The longest prefix that all candidates share, in whole characters; empty without candidates.
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
