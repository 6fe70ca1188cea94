/// The texts of a trace's spans and events, numbered without duplicates, and which of them are equivalent.
///
/// Text comparison dominates the cost of a large trace. Numbers settle nearly every comparison; characters are read only if one
/// text may contain the other, and once for each pair.
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
    private var lengthOf: [Int] = []
    /// For each text, whether its message is empty, and the number of its exception class; -1 without a distinctive one.
    private var saysNothing: [Bool] = [], classOf: [Int] = []
    private var classes: [Substring: Int] = [:]
    /// The letter groups of each text, computed on first use.
    private var letters: [LetterGroups?] = []
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
            lengthOf.append(text.words.count)
            saysNothing.append(text.message.isEmpty)
            classOf.append(text.decisiveClass.map { classes.setDefault(classes.count, for: $0) } ?? -1)
            letters.append(nil)
        }
        return number
    }

    /// Returns `FailureText.isSame` for the texts with two numbers.
    func isSame(_ own: Int, as inner: Int, ancestorIsCall: Bool) -> Bool {
        comparisons += 1
        if saysNothing[own] { return true }
        if !ancestorIsCall, classOf[own] >= 0, classOf[own] == classOf[inner] { return true }
        if wordsOf[own] >= 0, wordsOf[own] == wordsOf[inner] { return true }
        if signatureOf[own] >= 0, signatureOf[own] == signatureOf[inner] { return true }
        // Otherwise one text must contain the other, and then it has all of its letter groups.
        guard wordsOf[own] >= 0, wordsOf[inner] >= 0, lengthOf[own] != lengthOf[inner] else { return false }
        let (short, long) = lengthOf[own] < lengthOf[inner] ? (own, inner) : (inner, own)
        guard groups(of: short).isSubset(of: groups(of: long)) else { return false }
        let pair = Pair(own: own, inner: inner, ancestorIsCall: ancestorIsCall)
        if let known = verdicts[pair] { return known }
        readings += 1
        let verdict = texts[own].isSame(as: texts[inner], ancestorIsCall: ancestorIsCall)
        if verdicts.count >= FailureTexts.keptVerdicts { verdicts.removeAll(keepingCapacity: true) }
        verdicts[pair] = verdict
        return verdict
    }

    private func groups(of number: Int) -> LetterGroups {
        if let known = letters[number] { return known }
        let found = LetterGroups(texts[number].words)
        letters[number] = found
        return found
    }
}

/// The groups of four letters that a text has, hashed to 1,024 bits: a text that contains another has all of its bits.
private struct LetterGroups {
    private var bits = SIMD16<UInt64>.zero

    init(_ words: [UInt8]) {
        guard words.count >= 4 else { return }
        var group: UInt32 = 0
        for (place, letter) in words.enumerated() {
            group = group << 8 | UInt32(letter)
            guard place >= 3 else { continue }
            let bit = Int((group &* 0x9E37_79B1) >> 22)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
        }
    }

    func isSubset(of other: LetterGroups) -> Bool { bits & other.bits == bits }
}
