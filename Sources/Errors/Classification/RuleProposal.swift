import Model

/// A proposed rule for texts that no rule matches, derived from their signature.
public struct RuleProposal: Sendable, Hashable {
    /// The common text, as a phrase of a rule.
    public var phrase: String
    /// The suggested type; nil for none.
    public var type: ErrorType?

    /// Creates a proposal.
    public init(phrase: String, type: ErrorType?) {
        self.phrase = phrase
        self.type = type
    }

    /// Returns the unmasked words of a signature: the longest sequence, followed if necessary by the next longest after a gap.
    ///
    /// Nil when too little is left to distinguish texts.
    public static func phrase(of signature: String) -> String? {
        var runs: [String] = []
        for part in masked(signature) {
            let words = part.split(separator: " ").filter { word in word.contains { $0.isLetter } }
            guard !words.isEmpty else { continue }
            let run = cut(words.map { trim($0) }.filter { !$0.isEmpty }.joined(separator: " "))
            if !run.isEmpty { runs.append(run) }
        }
        guard let longest = runs.indices.max(by: { (runs[$0].utf8.count, $1) < (runs[$1].utf8.count, $0) }) else { return nil }
        let phrase = runs[longest]
        if phrase.utf8.count >= leastBytes, phrase.contains(" ") || phrase.utf8.count >= 2 * leastBytes { return phrase }
        guard longest + 1 < runs.count else { return nil }
        let both = phrase + " … " + runs[longest + 1]
        return both.utf8.count >= 2 * leastBytes ? both : nil
    }

    private static let leastBytes = 8
    /// Maximum length of a phrase, in bytes.
    private static let mostBytes = 60

    /// Splits a signature at its masks and sentence ends.
    private static func masked(_ signature: String) -> [String] {
        var parts: [String] = [], part = ""
        var rest = signature[...]
        let masks = [
            "<url>", "<path>", "***", "…", "#", "\"", "'", "`", ": ", ". ", "(", ")", "{", "}", "[", "]", ", ", ";", " - ",
        ]
        outer: while !rest.isEmpty {
            for mask in masks where rest.hasPrefix(mask) {
                rest = rest.dropFirst(mask.count)
                if mask == "#" {
                    // The word around a number is partly masked; its rest is not a word of the message.
                    while let last = part.last, last != " " { part.removeLast() }
                    rest = rest.drop { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "#" }
                }
                parts.append(part)
                part = ""
                continue outer
            }
            part.append(rest.removeFirst())
        }
        return parts + [part]
    }

    private static func trim(_ word: Substring) -> String {
        var word = word
        while let last = word.last, !last.isLetter && !last.isNumber { word.removeLast() }
        while let first = word.first, !first.isLetter && !first.isNumber && first != "/" { word.removeFirst() }
        return String(word)
    }

    /// Returns whole words up to the maximum length.
    private static func cut(_ run: String) -> String {
        guard run.utf8.count > mostBytes else { return run }
        var words: [Substring] = [], bytes = 0
        for word in run.split(separator: " ") {
            bytes += word.utf8.count + 1
            if bytes > mostBytes { break }
            words.append(word)
        }
        return words.joined(separator: " ")
    }

    /// Returns the rule with this id and one of the messages as its example.
    public func rule(id: String, type: ErrorType, example: String) -> Rule {
        Rule(id, type, phrases: [phrase], examples: [example])
    }

    /// Returns the type of the most similar signature, if the two share at least a third of all their words (Jaccard index).
    public static func nearestType(to signature: String, among known: [(signature: String, type: ErrorType)]) -> ErrorType? {
        let own = words(of: signature)
        guard !own.isEmpty else { return nil }
        var best: (share: Double, type: ErrorType)?
        for (other, type) in known where type != .unknown {
            let words = words(of: other)
            let share = Double(own.intersection(words).count) / Double(own.union(words).count)
            if share >= 1.0 / 3, share > best?.share ?? 0 { best = (share, type) }
        }
        return best?.type
    }

    private static func words(of signature: String) -> Set<String> {
        Set(
            signature.lowercased().split { !$0.isLetter }.filter { $0.count > 2 && !common.contains(String($0)) }.map(String.init)
        )
    }

    private static let common: Set<String> = [
        "the", "and", "for", "was", "not", "with", "from", "error", "this", "that", "has", "have", "are", "you", "your", "code",
    ]
}
