/// The texts of a trace's spans and events, numbered without duplicates, and which of them are equivalent.
///
/// Text comparison dominates the cost of a large trace: each pair is compared once, and equal words or signatures settle it
/// without reading the characters.
final class FailureTexts {
    /// Everything that a comparison depends on.
    private struct Key: Hashable {
        let isEmpty: Bool
        let words: [UInt8]
        let signature: String
        let exceptionClass: String?
    }

    private struct Pair: Hashable {
        let own: Int, inner: Int
        let ancestorIsCall: Bool
    }

    private var numbers: [Key: Int] = [:]
    private var words: [[UInt8]: Int] = [:]
    private var signatures: [String: Int] = [:]
    /// Texts by number.
    private var texts: [FailureText] = []
    /// For each text, the numbers of its words and signature; -1 without words. Stored separately, because most comparisons need
    /// only these, and copying a text costs more.
    private var wordsOf: [Int] = [], signatureOf: [Int] = []
    private var verdicts: [Pair: Bool] = [:]
    /// Number of text comparisons, and how many of them read characters.
    private(set) var comparisons = 0, readings = 0

    /// Maximum number of cached results; in a trace of distinct texts, none is needed twice.
    private static let keptVerdicts = 1 << 16

    /// Returns the number of a text; texts that no comparison distinguishes have the same number.
    func number(of text: FailureText) -> Int {
        let key = Key(
            isEmpty: text.message.isEmpty, words: text.words, signature: text.signature, exceptionClass: text.exceptionClass)
        let number = numbers.setDefault(texts.count, for: key)
        if number == texts.count {
            let hasWords = !text.words.isEmpty
            texts.append(text)
            wordsOf.append(hasWords ? words.setDefault(words.count, for: text.words) : -1)
            signatureOf.append(hasWords ? signatures.setDefault(signatures.count, for: text.signature) : -1)
        }
        return number
    }

    /// Returns `FailureText.isSame` for the texts with two numbers.
    func isSame(_ own: Int, as inner: Int, ancestorIsCall: Bool) -> Bool {
        comparisons += 1
        if wordsOf[own] >= 0, wordsOf[own] == wordsOf[inner] { return true }
        if signatureOf[own] >= 0, signatureOf[own] == signatureOf[inner] { return true }
        let pair = Pair(own: own, inner: inner, ancestorIsCall: ancestorIsCall)
        if let known = verdicts[pair] { return known }
        readings += 1
        let verdict = texts[own].isSame(as: texts[inner], ancestorIsCall: ancestorIsCall)
        if verdicts.count >= FailureTexts.keptVerdicts { verdicts.removeAll(keepingCapacity: true) }
        verdicts[pair] = verdict
        return verdict
    }
}
