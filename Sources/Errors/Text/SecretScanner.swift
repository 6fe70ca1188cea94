/// One pass over the bytes of a text that stops only where a secret can begin.
///
/// At each such place a bounded number of bytes before and behind it is looked at, and where a run of bytes ends is
/// found once for the whole run: the work grows with the length of the text, whatever stands in it.
struct SecretScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    /// Bytes that were looked at beside the pass itself.
    var steps = 0
    private let classes = ByteClass.table
    /// Of each class the run that was looked at last.
    private var runs = InlineArray<11, Range<Int>>(repeating: -1 ..< -1)

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The secrets in order of their place; they do not overlap.
    mutating func finds() -> [SecretFind] {
        var finds: [SecretFind] = []
        let classes = ByteClass.table, beginnings = SecretBeginnings.known
        classes.withUnsafeBufferPointer { classes in
            var at = 0
            while at < bytes.count {
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
                // What begins inside another secret is part of it: the host of an address is no host of a mailbox.
                guard let found, found.range.lowerBound >= finds.last?.range.upperBound ?? 0 else { continue }
                finds.append(found)
                at = max(found.range.upperBound, start + 1)
            }
        }
        return finds
    }

    /// The secret that begins with the word at `at`.
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

    /// Where the text begins whose escaped neighbour (`\n`, `\u003d`, `%3D`, a colour of a terminal) grew together with it.
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
        case 0x3A: basicAuthentication(at) ?? telegramBot(at) ?? assigned(at)
        case 0x3D: assigned(at)
        case 0x25:
            has("3D", at: at + 1) || has("3d", at: at + 1) || has("3A", at: at + 1) || has("3a", at: at + 1) ? assigned(at) : nil
        case 0x40: email(at)
        default: privateKey(at) ?? option(at)
        }
    }

    // MARK: Looking

    /// Where the run of bytes of one class that `at` belongs to ends; `at` when it belongs to none.
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

    /// True when the range has a byte that is a digit or a capital.
    mutating func hasDigitOrCapital(_ range: Range<Int>) -> Bool { end(of: .plain, from: range.lowerBound) < range.upperBound }

    /// Whether the text goes on with these bytes at `at`.
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

    /// True when the text at `at` is this word in any letter case.
    func hasWord(_ word: StaticString, at: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard at >= 0, at + count <= bytes.count else { return false }
        for index in 0..<count where bytes[at + index] | 0x20 != word.utf8Start[index] | 0x20 { return false }
        return true
    }

    func isKeyByte(_ byte: UInt8) -> Bool { FoldedText.isWord(byte) || byte == 0x2D }

    /// True when stars follow or three dots: somebody has hidden it already.
    func isStarred(_ end: Int) -> Bool { end < bytes.count && (bytes[end] == 0x2A || has("...", at: end)) }

    /// What the first bytes of a range are.
    mutating func facts(of range: Range<Int>) -> ByteFacts {
        let shown = range.prefix(ByteFacts.reach)
        steps += shown.count
        return ByteFacts(bytes[shown])
    }
}

/// How many bytes of each kind begin a value.
struct ByteFacts {
    /// The most bytes that are counted.
    static let reach = 128

    var digits = 0, letters = 0, capitals = 0, dashes = 0, stars = 0, slashes = 0, dots = 0, parentheses = 0, others = 0

    init(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        for byte in bytes {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x5A: (letters, capitals) = (letters + 1, capitals + 1)
            case 0x61...0x7A: letters += 1
            case 0x5F: break
            case 0x2D: dashes += 1
            case 0x2A: stars += 1
            case 0x2F: slashes += 1
            case 0x2E: dots += 1
            case 0x28: parentheses += 1
            default: others += 1
            }
        }
    }

    /// A digit, a capital and a small letter.
    var isMixed: Bool { digits > 0 && capitals > 0 && letters > capitals }
}
