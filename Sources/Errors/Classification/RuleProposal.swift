import Model

/// A rule that would know texts which no rule knows, made from their signature.
public struct RuleProposal: Sendable, Hashable {
    /// What the texts have in common, as a phrase of a rule.
    public var phrase: String
    /// The type that suggests itself; nil when nothing does.
    public var type: ErrorType?

    /// Makes a proposal.
    public init(phrase: String, type: ErrorType?) {
        self.phrase = phrase
        self.type = type
    }

    /// The words of a signature that are no mask: the longest run of them, if need be with the next longest behind a gap.
    ///
    /// Nil when too little is left to tell texts apart.
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
    /// A phrase longer than this says no more.
    private static let mostBytes = 60

    /// The parts of a signature between its masks and the ends of its sentences.
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
                    // The word around a number is masked in part; its rest stands in no message alone.
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

    /// Whole words up to the greatest length.
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

    /// The rule, under this id; its example is a message that it was made from.
    public func rule(id: String, type: ErrorType, example: String) -> Rule {
        Rule(id, type, phrases: [phrase], examples: [example])
    }

    /// The type of the signature that has the most words in common with this one, when at least a third of both are the same.
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
