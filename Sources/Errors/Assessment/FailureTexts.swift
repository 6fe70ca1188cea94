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

    private struct Pair: Hashable {
        let own: Int, inner: Int
        let ancestorIsCall: Bool
    }

    private var numbers: [Key: Int] = [:]
    private var words: [[UInt8]: Int] = [:]
    private var signatures: [String: Int] = [:]
    /// By number.
    private var texts: [FailureText] = []
    /// For each text the numbers of its words and signature; -1 when it has no words. Beside the texts, because most comparisons
    /// need no more, and copying a text costs more than they do.
    private var wordsOf: [Int] = [], signatureOf: [Int] = []
    private var verdicts: [Pair: Bool] = [:]
    /// How often two texts were compared, and how many of these comparisons had to look at characters.
    private(set) var comparisons = 0, readings = 0

    /// Verdicts kept; in a trace of nothing but different texts none is asked for twice.
    private static let keptVerdicts = 1 << 16

    /// The number of a text; equal for texts that no comparison tells apart.
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

    /// `FailureText.isSame` of the texts under two numbers.
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
