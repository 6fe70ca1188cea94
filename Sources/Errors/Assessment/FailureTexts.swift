/// What the spans and events of a trace say, each text once under a number, and which texts say the same.
///
/// Comparing two texts costs more than all else in a large trace: each pair is compared once, and equal words or signatures settle
/// it without a look at the characters.
final class FailureTexts {
    /// All that a comparison looks at.
    private struct Key: Hashable {
        let isEmpty: Bool
        let words: [UInt8]
        let signature: String
        let exceptionClass: String?
    }

    private struct Entry {
        let text: FailureText
        /// The numbers of its words and signature; -1 when it has no words.
        let words: Int, signature: Int
    }

    private struct Pair: Hashable {
        let own: Int, inner: Int
        let ancestorIsCall: Bool
    }

    private var numbers: [Key: Int] = [:]
    private var words: [[UInt8]: Int] = [:]
    private var signatures: [String: Int] = [:]
    private var entries: [Entry] = []
    private var verdicts: [Pair: Bool] = [:]
    /// How often two texts were compared, and how many of these comparisons had to look at characters.
    private(set) var comparisons = 0, readings = 0

    /// Verdicts kept; in a trace of nothing but different texts none is asked for twice.
    private static let keptVerdicts = 1 << 16

    /// The number of a text; equal for texts that no comparison tells apart.
    func number(of text: FailureText) -> Int {
        let key = Key(
            isEmpty: text.message.isEmpty, words: text.words, signature: text.signature, exceptionClass: text.exceptionClass)
        let number = numbers.setDefault(entries.count, for: key)
        if number == entries.count {
            let hasWords = !text.words.isEmpty
            entries.append(
                Entry(
                    text: text, words: hasWords ? words.setDefault(words.count, for: text.words) : -1,
                    signature: hasWords ? signatures.setDefault(signatures.count, for: text.signature) : -1))
        }
        return number
    }

    /// `FailureText.isSame` of the texts under two numbers.
    func isSame(_ own: Int, as inner: Int, ancestorIsCall: Bool) -> Bool {
        comparisons += 1
        if entries[own].words >= 0, entries[own].words == entries[inner].words { return true }
        if entries[own].signature >= 0, entries[own].signature == entries[inner].signature { return true }
        let pair = Pair(own: own, inner: inner, ancestorIsCall: ancestorIsCall)
        if let known = verdicts[pair] { return known }
        readings += 1
        let verdict = entries[own].text.isSame(as: entries[inner].text, ancestorIsCall: ancestorIsCall)
        if verdicts.count >= FailureTexts.keptVerdicts { verdicts.removeAll(keepingCapacity: true) }
        verdicts[pair] = verdict
        return verdict
    }
}
