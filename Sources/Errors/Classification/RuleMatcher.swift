import Model

/// The rules that matched, and the first match of each.
struct RuleHits {
    /// A rule's match: the matched bytes of the original and the field; `end` is -1 for no match.
    struct Match {
        var start: Int32 = 0
        var end: Int32 = -1
        var field: Int8 = 0
        /// True when the text only mentions the name, as in `retry on a RateLimitError`; not a failure by itself.
        var isTalkedAbout = false
    }

    /// One entry per rule.
    var matches: [Match]
    var forbidden: [Int32] = []
    /// True when a code or class was found, not only phrases.
    var hasName = false

    /// Returns true when a rule from `first` on matched; these say that something went wrong.
    func isVague(from first: Int) -> Bool {
        for index in first..<matches.count where matches[index].end >= 0 && !forbidden.contains(Int32(index)) { return true }
        return false
    }

    init(rules: Int) { matches = Array(repeating: Match(), count: rules) }
}

/// The parts of a rule that matter while rules are evaluated; without text, so that copies are free.
struct RuleDecision: Sendable {
    /// True for rules that match by status alone.
    let isByStatus: Bool
    let wantsStatus: Bool
    let isMention: Bool
    let isBenign: Bool
    let beatsNames: Bool

    init(_ rule: Rule) {
        isByStatus = rule.phrases.isEmpty && rule.codes.isEmpty && rule.classes.isEmpty && !rule.statuses.isEmpty
        wantsStatus = !rule.statuses.isEmpty
        isMention = rule.strength == .mention
        isBenign = rule.type == nil
        beatsNames = rule.beatsNames
    }
}

/// All rules' patterns in one automaton, with the conditions around each match.
struct RuleMatcher: Sendable {
    enum Kind: UInt8 { case phrase, freeCode, keyedCode, className }

    /// A literal part of a pattern.
    struct Segment: Sendable {
        var rule: Int32
        var length: Int32
        var kind: Kind
        var startsWord: Bool, endsWord: Bool
        /// True when the part must be at the start of the text, or at its end.
        var startsText = false
        var endsText = false
        /// True for a phrase of `unless`.
        var isForbidding = false
        /// The slot with the end of the preceding part; -1 for the first part.
        var follows: Int32 = -1
        /// The slot that this part fills; -1 for the last part.
        var fills: Int32 = -1
        /// For classes: index in `spellings` of the required spelling.
        var spelling: Int32 = -1
        /// For classes: true when the name has no inner capitals.
        var isPlainWord = false
    }

    /// The identity of a part that is followed by another.
    private struct FillingPart: Hashable {
        var literal: [UInt8]
        var startsWord: Bool, endsWord: Bool, startsText: Bool
        var follows: Int32
    }

    /// Maximum gap between two parts of a phrase, in folded bytes.
    static let gap: Int32 = 60

    /// The parts of all patterns; parts with the same literal are adjacent.
    let segments: [Segment]
    /// Start of each literal's parts in `segments`, with one extra entry at the end.
    let firstSegment: [Int32]
    /// The exact spelling of class names.
    let spellings: [[UInt8]]
    let automaton: PatternAutomaton
    let slots: Int
    /// For each rule, the data for evaluation.
    let decisions: [RuleDecision]
    /// Index of the first rule that says that something went wrong without naming the cause; these rules are last.
    let firstVague: Int

    init(rules: [Rule]) {
        var groups: [[Segment]] = [], spellings: [[UInt8]] = [], literals: [[UInt8]] = [], slots: Int32 = 0
        var places: [[UInt8]: Int] = [:]
        // Phrases with equal leading parts share a slot.
        var slotOfPart: [FillingPart: Int32] = [:]
        func add(_ pattern: String, _ rule: Int, _ kind: Kind, forbids: Bool = false) {
            let parts = RuleMatcher.parts(of: Array(pattern.utf8))
            var before: Int32 = -1
            for (index, part) in parts.enumerated() {
                var text = part[...]
                let isFirstOfText = text.first == 0x5E
                if isFirstOfText { text.removeFirst() }
                let isLastOfText = text.last == 0x24 && text.count > 1
                if isLastOfText { text.removeLast() }
                let isOpenStart = text.first == 0x2A, isOpenEnd = text.last == 0x2A && text.count > 1
                if isOpenStart { text.removeFirst() }
                if isOpenEnd { text.removeLast() }
                let literal = FoldedText.fold(pattern: Array(text))
                guard let first = literal.first, let last = literal.last else { continue }
                var segment = Segment(
                    rule: Int32(rule), length: Int32(literal.count), kind: kind,
                    startsWord: !isOpenStart && FoldedText.isWord(first), endsWord: !isOpenEnd && FoldedText.isWord(last))
                segment.isForbidding = forbids
                segment.startsText = isFirstOfText
                segment.endsText = isLastOfText
                segment.follows = before
                if index < parts.count - 1 {
                    let filling = FillingPart(
                        literal: literal, startsWord: segment.startsWord, endsWord: segment.endsWord, startsText: isFirstOfText,
                        follows: before)
                    if let known = slotOfPart[filling] {
                        before = known
                        continue
                    }
                    segment.fills = slots
                    slotOfPart[filling] = slots
                    before = slots
                    slots += 1
                }
                if kind == .className {
                    segment.spelling = Int32(spellings.count)
                    spellings.append(Array(text))
                    segment.isPlainWord = !RuleMatcher.isDistinctive(pattern)
                }
                if let place = places[literal] {
                    groups[place].append(segment)
                } else {
                    places[literal] = literals.count
                    literals.append(literal)
                    groups.append([segment])
                }
            }
        }
        for (index, rule) in rules.enumerated() {
            for phrase in rule.phrases { add(phrase, index, .phrase) }
            for code in rule.codes { add(code, index, RuleMatcher.isDistinctive(code) ? .freeCode : .keyedCode) }
            for name in rule.classes { add(name, index, .className) }
            for phrase in rule.unless { add(phrase, index, .phrase, forbids: true) }
        }
        var firstSegment: [Int32] = [0]
        for group in groups { firstSegment.append((firstSegment.last ?? 0) + Int32(group.count)) }
        segments = groups.flatMap { $0 }
        self.firstSegment = firstSegment
        self.spellings = spellings
        self.slots = Int(slots)
        automaton = PatternAutomaton(patterns: literals)
        decisions = rules.map(RuleDecision.init)
        firstVague = rules.firstIndex { $0.strength.rawValue >= Rule.Strength.wrapper.rawValue } ?? rules.count
    }

    /// Splits a pattern at its gaps, ` … `.
    private static func parts(of pattern: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var at = 0
        while at < pattern.count {
            if pattern[at] == 0x20, pattern[at...].starts(with: [0x20, 0xE2, 0x80, 0xA6, 0x20]) {
                parts.append([])
                at += 5
            } else {
                parts[parts.count - 1].append(pattern[at])
                at += 1
            }
        }
        return parts
    }

    /// Returns true for a code that does not occur in prose: it has an underscore, or a capital after a lower-case letter.
    static func isDistinctive(_ code: String) -> Bool {
        var hasSmall = false
        for byte in code.utf8 {
            if byte == 0x5F { return true }
            if byte >= 0x61 && byte <= 0x7A { hasSmall = true }
            if hasSmall && byte >= 0x41 && byte <= 0x5A { return true }
        }
        return false
    }

    /// Records the rules that match in one field.
    func scan(
        _ folded: UnsafeBufferPointer<UInt8>, _ offsets: UnsafeBufferPointer<Int32>, _ raw: UnsafeBufferPointer<UInt8>,
        field: ErrorTextField, into hits: inout RuleHits
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: slots + 1) { ends in
            ends.initialize(repeating: -1)
            segments.withUnsafeBufferPointer { segments in
                firstSegment.withUnsafeBufferPointer { firstSegment in
                    automaton.scan(folded) { literal, end in
                        for entry in Int(firstSegment[literal])..<Int(firstSegment[literal &+ 1]) {
                            note(segments[entry], end, folded, offsets, raw, field, ends, &hits)
                        }
                    }
                }
            }
        }
    }

    /// Records a part that was found, if its context fits.
    private func note(
        _ segment: Segment, _ end: Int, _ folded: UnsafeBufferPointer<UInt8>, _ offsets: UnsafeBufferPointer<Int32>,
        _ raw: UnsafeBufferPointer<UInt8>, _ field: ErrorTextField, _ ends: UnsafeMutableBufferPointer<Int32>,
        _ hits: inout RuleHits
    ) {
        let start = end - Int(segment.length), isStructured = field != .text
        if segment.startsText, start > 1 || (start == 1 && folded[0] != 0x20) { return }
        if segment.endsText, !RuleMatcher.isEnd(folded, end) { return }
        if segment.startsWord, start > 0, FoldedText.isWord(folded[start - 1]) { return }
        if segment.endsWord, end < folded.count, FoldedText.isWord(folded[end]) { return }
        if segment.follows >= 0 {
            let before = ends[Int(segment.follows)]
            guard before >= 0, Int32(start) >= before, Int32(start) - before <= RuleMatcher.gap else { return }
        }
        if segment.fills >= 0 {
            ends[Int(segment.fills)] = Int32(end)
            return
        }
        switch segment.kind {
        case .phrase: if field == .exceptionClass { return }
        case .freeCode: break
        case .keyedCode:
            if !isStructured && !RuleMatcher.followsKey(folded, start, raw, offsets) { return }
        case .className:
            if !RuleMatcher.isSpelt(spellings[Int(segment.spelling)], raw, Int(offsets[start])) { return }
            // A name that is also an English word must be written like a class: `httpx.Timeout`, `Timeout: …`.
            if segment.isPlainWord, !isStructured, !RuleMatcher.standsAsClass(folded, start, end) { return }
        }
        if !isStructured && RuleMatcher.isEmptyField(folded, start, end) { return }
        if segment.isForbidding {
            hits.forbidden.append(segment.rule)
            return
        }
        let isTalkedAbout = segment.kind != .phrase && !isStructured && RuleMatcher.isTalkedAbout(folded, start)
        if segment.kind != .phrase, !isTalkedAbout { hits.hasName = true }
        let rule = Int(segment.rule), known = hits.matches[rule]
        guard known.end < 0 || (known.isTalkedAbout && !isTalkedAbout) else { return }
        // For a phrase with gaps, the last part is highlighted.
        hits.matches[rule] = RuleHits.Match(
            start: offsets[start], end: offsets[end - 1] + 1, field: Int8(field.rawValue), isTalkedAbout: isTalkedAbout)
    }

    /// Returns true when the original has this spelling at `at`; the first letter may be upper or lower case.
    private static func isSpelt(_ spelling: [UInt8], _ raw: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard at + spelling.count <= raw.count else { return false }
        for index in 1..<max(1, spelling.count) where raw[at + index] != spelling[index] { return false }
        return true
    }

    /// Returns true when only punctuation and blanks follow.
    private static func isEnd(_ folded: UnsafeBufferPointer<UInt8>, _ end: Int) -> Bool {
        for at in end..<folded.count where FoldedText.isWord(folded[at]) || folded[at] >= 0x80 { return false }
        return true
    }

    /// Returns true when an article precedes the name, as in `to handle a RateLimitError`: then it is not an error by itself,
    /// unless a verb says that it happened, as in `raised a RateLimitError`.
    private static func isTalkedAbout(_ folded: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        let article = FoldedText.word(before: start, in: folded)
        guard KeyWords.article.contains(UnsafeBufferPointer(rebasing: folded[article])) else { return false }
        let verb = FoldedText.word(before: article.lowerBound, in: folded)
        return !KeyWords.happened.contains(UnsafeBufferPointer(rebasing: folded[verb]))
    }

    private static func standsAsClass(_ folded: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        if start > 0, folded[start - 1] == 0x2E { return true }
        if end < folded.count { return folded[end] == 0x3A || folded[end] == 0x28 }
        return start == 0
    }

    /// Returns true when the match is the name of a field that is empty, false, null or 0, such as `"timeouts": 0`.
    private static func isEmptyField(_ folded: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        // `0 timed out` is a count of zero; `node 0 timed out` is not.
        if start > 1, folded[start - 1] == 0x20, folded[start - 2] == 0x30,
            start == 2 || folded[start - 3] <= 0x2B || folded[start - 3] == 0x3D
        {
            let blank = start - 3
            if blank < 0 || folded[blank] != 0x20 { return true }
            var first = blank
            while first > 0, blank - first < 8, FoldedText.isWord(folded[first - 1]) { first -= 1 }
            if first == blank || KeyWords.counting.contains(UnsafeBufferPointer(rebasing: folded[first..<blank])) { return true }
        }
        var at = folded[end - 1] == 0x3A ? end - 1 : end
        func skipQuotes(blanks: Bool) {
            while at < folded.count, folded[at] == 0x22 || folded[at] == 0x27 || (blanks && folded[at] == 0x20) { at += 1 }
        }
        skipQuotes(blanks: false)
        guard at < folded.count, folded[at] == 0x3A || folded[at] == 0x3D else { return false }
        at += 1
        skipQuotes(blanks: true)
        guard at < folded.count else { return false }
        switch folded[at] {
        case 0x30:
            guard at + 1 < folded.count, folded[at + 1] == 0x2E else {
                return at + 1 >= folded.count || !FoldedText.isWord(folded[at + 1])
            }
            return at + 2 >= folded.count || !FoldedText.isDigit(folded[at + 2])
        case 0x2C, 0x7D: return true
        case 0x5B, 0x7B: return at + 1 < folded.count && (folded[at + 1] == 0x5D || folded[at + 1] == 0x7D)
        case 0x66: return begins("false")
        case 0x6E: return begins("null") || begins("none")
        default: return false
        }
        func begins(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard at + count <= folded.count else { return false }
            for index in 0..<count where folded[at + index] != word.utf8Start[index] { return false }
            return at + count == folded.count || !FoldedText.isWord(folded[at + count])
        }
    }

    /// Returns true when the text at `start` is the value of a key such as `code`, `type` or `status`, or follows a number, as in
    /// `503 UNAVAILABLE`.
    private static func followsKey(
        _ folded: UnsafeBufferPointer<UInt8>, _ start: Int, _ raw: UnsafeBufferPointer<UInt8>,
        _ offsets: UnsafeBufferPointer<Int32>
    ) -> Bool {
        var end = start
        while end > 0, start - end < 8 {
            switch folded[end - 1] {
            case 0x20, 0x22, 0x27, 0x3A, 0x3D, 0x28, 0x5B, 0x2E, 0x2C: end -= 1
            case 0x73 where end > 3 && folded[end - 2] == 0x69 && folded[end - 3] == 0x20: end -= 2  // `… is SAFETY`
            default: return isKey(end)
            }
        }
        return false

        func isKey(_ end: Int) -> Bool {
            var first = end
            while first > 0, end - first < 24, FoldedText.isWord(folded[first - 1]) || folded[first - 1] == 0x2D { first -= 1 }
            guard first < end, end < start else { return false }
            if folded[first..<end].allSatisfy(FoldedText.isDigit) {
                return end - first <= 3 && raw[Int(offsets[start])] <= 0x5A
            }
            return KeyWords.mark.contains(UnsafeBufferPointer(rebasing: folded[first..<end]))
        }
    }
}

/// Sets of short ASCII words for lookup by bytes.
struct KeyWords: Sendable {
    private let words: [[UInt8]]

    init(_ words: String) { self.words = words.split(separator: " ").map { Array($0.utf8) } }

    func contains(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        words.contains { $0.count == bytes.count && $0.elementsEqual(bytes) }
    }

    /// Keys whose value may be an error code.
    static let mark = KeyWords(
        """
        code type status reason error error_code errorcode error_type errortype statuscode status_code state errno err \
        exception category title cause finish_reason finishreason block_reason blockreason stop_reason stopreason \
        exception-type __type grpc_status name error_class kind
        """)
    /// Keys of a body whose value may be its HTTP status.
    static let bodyStatus = KeyWords("code status statuscode status_code http_status httpstatus error_code")
    /// Keys whose value, when it is a sentence, is the message.
    static let saying = KeyWords("msg message detail details reason cause description error_message errmsg error_msg err exc")
    /// Units of time and size that follow a number.
    static let unit = KeyWords("ns us \u{B5}s \u{3BC}s ms s sec secs m min mins h hr hrs d kB KB MB GB TB KiB MiB GiB")
    /// Countable nouns: `1 second` and `2 seconds` are treated as the same.
    static let counted = KeyWords("second minute hour day attempt request token time failure error")
    /// Words before a count.
    static let counting = KeyWords("and with had has have but or were are was got saw in of total count")
    /// Words before the name of an error in prose.
    static let article = KeyWords("a an the any each every")
    /// Words before an article and an error name that say that the error happened.
    static let happened = KeyWords("raised raises threw throws thrown got hit received returned with by caused")
}
