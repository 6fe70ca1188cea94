import Model

/// A single pass over the bytes of a text that stops only where a secret can start.
///
/// At each such position it reads a bounded number of bytes before and after, and finds the end of a run of bytes once for the
/// whole run: the work is linear in the length of the text, for any content.
struct SecretScanner {
    /// The number of bytes between two checks of the `StopFlag`.
    static let uncheckedBytes = 1 << 16

    let bytes: UnsafeBufferPointer<UInt8>
    /// Bytes read in addition to the pass itself.
    var steps = 0
    /// True if the scan ended early because the work on this thread was stopped; the finds are incomplete.
    private(set) var isStopped = false
    private let classes = ByteClass.table
    /// The last run inspected for each class.
    private var runs = InlineArray<11, Range<Int>>(repeating: -1 ..< -1)
    /// The last bytes counted.
    private var counted = (range: 0..<0, facts: ByteFacts())
    /// The searches inside values, which overlap when names of secrets are parts of one long value.
    var references = ForwardSearch(), separators = ForwardSearch()

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Returns the secrets in text order, without overlaps.
    mutating func finds() -> [SecretFind] {
        var finds: [SecretFind] = []
        let classes = ByteClass.table, beginnings = SecretBeginnings.known
        classes.withUnsafeBufferPointer { classes in
            var at = 0, nextCheck = SecretScanner.uncheckedBytes
            while at < bytes.count {
                if at >= nextCheck {
                    nextCheck = at + SecretScanner.uncheckedBytes
                    isStopped = StopFlag.isRaised
                    if isStopped { return }
                }
                let found: SecretFind?, start = at
                let byteClasses = classes[Int(bytes[at])]
                if byteClasses & ByteClass.word.rawValue != 0 {
                    found = beginsWord(at, beginnings)
                    repeat { at &+= 1 } while at < bytes.count && classes[Int(bytes[at])] & ByteClass.word.rawValue != 0
                } else {
                    at &+= 1
                    guard byteClasses & ByteClass.joint.rawValue != 0 else { continue }
                    found = atJoint(start)
                }
                // What starts inside another secret is part of it: the host of a URL is not the host of an e-mail address.
                guard let found, found.range.lowerBound >= finds.last?.range.upperBound ?? 0 else { continue }
                finds.append(found)
                at = max(found.range.upperBound, start + 1)
            }
        }
        return finds
    }

    /// Returns the secret that starts with the word at `at`.
    @inline(__always)
    private mutating func beginsWord(_ at: Int, _ beginnings: SecretBeginnings) -> SecretFind? {
        guard at + 2 < bytes.count else { return nil }
        let byte = bytes[at]
        if FoldedText.isDigit(byte) {
            if byte >= 0x32, byte <= 0x36, let card = card(at) { return card }
        } else if beginnings.contains(byte, bytes[at + 1], bytes[at + 2]), let find = key(at) {
            return find
        }
        guard at > 0, let start = startBehindEscape(at), start + 2 < bytes.count,
            beginnings.contains(bytes[start], bytes[start + 1], bytes[start + 2])
        else { return nil }
        return key(start)
    }

    /// Returns the position after an escape (`\n`, `\u003d`, `%3D`, a terminal colour) whose last letter touches the next word.
    @inline(__always)
    private func startBehindEscape(_ at: Int) -> Int? {
        switch bytes[at - 1] {
        case 0x5C: bytes[at] == 0x75 ? at + 5 : [0x6E, 0x72, 0x74].contains(bytes[at]) ? at + 1 : nil
        case 0x25: at + 2
        case 0x5B, 0x3B:
            // The last number of a colour, then `m`.
            (at + 1..<min(at + 4, bytes.count)).first { bytes[$0] == 0x6D }.map { $0 + 1 }
        default: nil
        }
    }

    private mutating func key(_ at: Int) -> SecretFind? {
        shaped(at) ?? webToken(at) ?? bearer(at) ?? provided(at) ?? discordBot(at)
    }

    private mutating func atJoint(_ at: Int) -> SecretFind? {
        switch bytes[at] {
        case 0x20: spaced(at)
        case 0x3A: basicAuthentication(at) ?? telegramBot(at) ?? assigned(at) ?? member(at) ?? serialized(at)
        case 0x3D: assigned(at) ?? member(at)
        case 0x3E, 0x3B: element(at)
        case 0x25:
            has("3D", at: at + 1) || has("3d", at: at + 1) || has("3A", at: at + 1) || has("3a", at: at + 1) ? assigned(at) : nil
        case 0x40: email(at)
        case 0x2C: paired(at)
        default: privateKey(at) ?? option(at)
        }
    }

    // MARK: Lookahead

    /// Returns the end of the run of one class that contains `at`; `at` when there is none.
    mutating func end(of run: ByteClass, from at: Int) -> Int {
        let index = run.rawValue.trailingZeroBitCount
        let known = runs[index]
        if known.lowerBound <= at, at <= known.upperBound { return known.upperBound }
        guard at < bytes.count else { return at }
        var end = at
        while end < bytes.count, classes[Int(bytes[end])] & run.rawValue != 0 { end += 1 }
        steps += end - at + 1
        runs[index] = at..<end
        return end
    }

    /// Returns true when the range has a digit or upper-case letter.
    mutating func hasDigitOrCapital(_ range: Range<Int>) -> Bool { end(of: .plain, from: range.lowerBound) < range.upperBound }

    /// Returns whether these bytes are at `at`.
    func has(_ text: StaticString, at: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at >= 0, at + count <= bytes.count else { return false }
        for index in 0..<count where bytes[at + index] != text.utf8Start[index] { return false }
        return true
    }

    func has(_ text: [UInt8], at: Int) -> Bool {
        guard at >= 0, at + text.count <= bytes.count else { return false }
        for index in 0..<text.count where bytes[at + index] != text[index] { return false }
        return true
    }

    /// Returns true when this word is at `at`, ignoring case.
    func hasWord(_ word: StaticString, at: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard at >= 0, at + count <= bytes.count else { return false }
        for index in 0..<count where bytes[at + index] | 0x20 != word.utf8Start[index] | 0x20 { return false }
        return true
    }

    func isKeyByte(_ byte: UInt8) -> Bool { FoldedText.isWord(byte) || byte == 0x2D }

    /// Returns true when asterisks or three dots follow: the secret is already masked.
    func isStarred(_ end: Int) -> Bool { end < bytes.count && (bytes[end] == 0x2A || has("...", at: end)) }

    /// Returns the counts for the first bytes of a range; reads only what a range counted before does not share with it.
    mutating func facts(of range: Range<Int>) -> ByteFacts {
        let shown = range.lowerBound..<min(range.upperBound, range.lowerBound + ByteFacts.reach)
        let known = counted.range
        if known.lowerBound <= shown.lowerBound, shown.lowerBound <= known.upperBound, known.upperBound <= shown.upperBound {
            counted.facts.count(bytes[known.lowerBound..<shown.lowerBound], by: -1)
            counted.facts.count(bytes[known.upperBound..<shown.upperBound], by: 1)
            steps += shown.lowerBound - known.lowerBound + shown.upperBound - known.upperBound
        } else {
            counted.facts = ByteFacts()
            counted.facts.count(bytes[shown], by: 1)
            steps += shown.count
        }
        counted.range = shown
        return counted.facts
    }
}

/// The first match at or after a position, for positions that mostly grow: overlapping searches read each byte once.
struct ForwardSearch {
    /// The bytes searched; a match is the last of them.
    private var range = 0..<0
    private var found: Int?

    /// Returns the first position in `window` that matches.
    mutating func first(in window: Range<Int>, steps: inout Int, _ matches: (Int) -> Bool) -> Int? {
        if let found, range.contains(window.lowerBound) { return found < window.upperBound ? found : nil }
        if found != nil || !(range.lowerBound...range.upperBound).contains(window.lowerBound) {
            (range, found) = (window.lowerBound..<window.lowerBound, nil)
        }
        var at = range.upperBound
        while at < window.upperBound {
            let isMatch = matches(at)
            at += 1
            steps += 1
            guard isMatch else { continue }
            (range, found) = (range.lowerBound..<at, at - 1)
            return at - 1
        }
        range = range.lowerBound..<at
        return nil
    }
}

/// Counts of the kinds of bytes at the start of a value.
struct ByteFacts {
    /// Maximum number of bytes counted.
    static let reach = 128

    var digits = 0, letters = 0, capitals = 0, dashes = 0, stars = 0, slashes = 0, dots = 0, parentheses = 0, others = 0

    /// Adds these bytes, or takes them away with a step of −1.
    mutating func count(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, by step: Int) {
        for byte in bytes {
            switch byte {
            case 0x30...0x39: digits += step
            case 0x41...0x5A: (letters, capitals) = (letters + step, capitals + step)
            case 0x61...0x7A: letters += step
            case 0x5F: break
            case 0x2D: dashes += step
            case 0x2A: stars += step
            case 0x2F: slashes += step
            case 0x2E: dots += step
            case 0x28: parentheses += step
            default: others += step
            }
        }
    }

    /// True with a digit, an upper-case and a lower-case letter.
    var isMixed: Bool { digits > 0 && capitals > 0 && letters > capitals }
}
