/// What a secret is; the raw value is the word that stands in its place.
public enum SecretKind: String, Sendable, CaseIterable {
    case key, token, password, email, card
    case privateKey = "private key"

    var mark: String { "[redacted \(rawValue)]" }
}

/// A secret found in a text.
struct SecretFind {
    typealias Kind = SecretKind

    var range: Range<Int>
    var kind: Kind
}

/// One pass over the bytes of a text that stops only where a secret can begin.
struct SecretScanner {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The beginning of a key, how many bytes must follow, and what it is called.
    private struct Prefix: Sendable {
        let head: [UInt8], least: Int, kind: SecretFind.Kind

        init(_ head: String, _ least: Int, _ kind: SecretFind.Kind = .key) {
            self.head = Array(head.utf8)
            self.least = least
            self.kind = kind
        }
    }

    private static let prefixes: [Prefix] = [
        Prefix("sk-", 16), Prefix("sk_live_", 12), Prefix("sk_test_", 12), Prefix("rk_live_", 12), Prefix("rk_test_", 12),
        Prefix("AIza", 30),
        Prefix("gsk_", 16), Prefix("hf_", 16), Prefix("AKIA", 16), Prefix("ASIA", 16), Prefix("ghp_", 20), Prefix("gho_", 20),
        Prefix("ghs_", 20), Prefix("ghu_", 20), Prefix("ghr_", 20), Prefix("github_pat_", 20), Prefix("glpat-", 16),
        Prefix("xoxb-", 10, .token),
        Prefix("xoxp-", 10, .token), Prefix("xoxa-", 10, .token), Prefix("xoxr-", 10, .token), Prefix("xoxs-", 10, .token),
        Prefix("xoxe-", 10, .token), Prefix("xapp-", 10, .token), Prefix("xai-", 20), Prefix("pplx-", 20), Prefix("nvapi-", 20),
        Prefix("r8_", 20), Prefix("csk-", 20), Prefix("tgp_v1_", 20), Prefix("ya29.", 20, .token), Prefix("whsec_", 16),
        Prefix("dapi", 32), Prefix("npm_", 30, .token), Prefix("pypi-", 30, .token),
    ]

    /// What can begin at a byte: bit 0 a prefixed key or scheme word, bit 1 a digit, bit 2 a joint (`:`, `=`), bit 3 `@`, bit 4 a dash.
    private static let starts: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for prefix in prefixes { table[Int(prefix.head[0])] |= 1 }
        for byte in "eBbKk".utf8 { table[Int(byte)] |= 1 }
        for byte in "23456".utf8 { table[Int(byte)] |= 2 }
        for byte in ":=".utf8 { table[Int(byte)] |= 4 }
        table[0x40] |= 8
        table[0x2D] |= 16
        return table
    }()

    /// One bit for each pair of bytes with which a prefixed key or a scheme word can begin.
    private static let pairs: [UInt64] = {
        var bits = [UInt64](repeating: 0, count: 1024)
        func add(_ first: UInt8, _ second: UInt8) {
            let pair = Int(first) << 8 | Int(second)
            bits[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        for prefix in prefixes { add(prefix.head[0], prefix.head[1]) }
        for word in ["ey", "be", "Be", "BE", "ba", "Ba", "BA", "ke", "Ke", "KE"] { add(Array(word.utf8)[0], Array(word.utf8)[1]) }
        return bits
    }()

    /// The secrets in order of their place; they do not overlap.
    func finds() -> [SecretFind] {
        var finds: [SecretFind] = []
        SecretScanner.starts.withUnsafeBufferPointer { starts in
            SecretScanner.pairs.withUnsafeBufferPointer { pairs in
                var at = 0
                while at < bytes.count {
                    let start = starts[Int(bytes[at])]
                    if start == 0 {
                        at &+= 1
                        continue
                    }
                    if start == 1 {
                        let second = at &+ 1 < bytes.count ? bytes[at &+ 1] : 0
                        let pair = Int(bytes[at]) << 8 | Int(second)
                        if pairs[pair >> 6] & (1 << UInt64(truncatingIfNeeded: pair & 63)) == 0
                            || (at > 0 && FoldedText.isWord(bytes[at &- 1]))
                        {
                            at &+= 1
                            continue
                        }
                    }
                    if let find = find(at, start) {
                        while let last = finds.last, last.range.upperBound > find.range.lowerBound { finds.removeLast() }
                        finds.append(find)
                        at = max(find.range.upperBound, at + 1)
                    } else if start & 2 != 0 {
                        // A run of digits is looked at once.
                        while at < bytes.count, FoldedText.isDigit(bytes[at]) { at += 1 }
                    } else {
                        at += 1
                    }
                }
            }
        }
        return finds
    }

    private func find(_ at: Int, _ start: UInt8) -> SecretFind? {
        if start & 1 != 0, at == 0 || !FoldedText.isWord(bytes[at - 1]) {
            if let find = prefixed(at) ?? webToken(at) ?? bearer(at) ?? provided(at) { return find }
        }
        if start & 2 != 0 { return card(at) }
        if start & 4 != 0 { return basicAuthentication(at) ?? assigned(at) }
        if start & 8 != 0 { return email(at) }
        if start & 16 != 0 { return privateKey(at) }
        return nil
    }

    // MARK: Shapes

    func isKeyByte(_ byte: UInt8) -> Bool { FoldedText.isWord(byte) || byte == 0x2D }

    func has(_ text: [UInt8], at: Int) -> Bool {
        guard at >= 0, at + text.count <= bytes.count else { return false }
        for index in 0..<text.count where bytes[at + index] != text[index] { return false }
        return true
    }

    /// True when the text at `at` is this lower-case word in any case.
    func hasWord(_ word: StaticString, at: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard at >= 0, at + count <= bytes.count else { return false }
        for index in 0..<count where bytes[at + index] | 0x20 != word.utf8Start[index] | 0x20 { return false }
        return true
    }

    func run(_ at: Int, _ isPart: (UInt8) -> Bool) -> Int {
        var end = at
        while end < bytes.count, isPart(bytes[end]) { end += 1 }
        return end
    }

    func hasDigit(_ range: Range<Int>) -> Bool { bytes[range].contains(where: FoldedText.isDigit) }

    /// True when stars follow or are part: somebody has hidden it already.
    func isStarred(_ end: Int) -> Bool {
        end < bytes.count
            && (bytes[end] == 0x2A
                || (bytes[end] == 0x2E && end + 2 < bytes.count && bytes[end + 1] == 0x2E && bytes[end + 2] == 0x2E))
    }

    private func prefixed(_ at: Int) -> SecretFind? {
        for prefix in SecretScanner.prefixes where prefix.head[0] == bytes[at] && has(prefix.head, at: at) {
            let end = run(at + prefix.head.count) { isKeyByte($0) }
            guard end - at - prefix.head.count >= prefix.least, !isStarred(end), hasDigit(at..<end) || hasCapital(at..<end) else {
                continue
            }
            return SecretFind(range: at..<end, kind: prefix.kind)
        }
        return nil
    }

    func hasCapital(_ range: Range<Int>) -> Bool { bytes[range].contains { $0 >= 0x41 && $0 <= 0x5A } }

    /// `eyJ….eyJ….…`
    private func webToken(_ at: Int) -> SecretFind? {
        guard bytes[at] == 0x65, has([0x65, 0x79, 0x4A], at: at) else { return nil }
        let head = run(at) { isKeyByte($0) }
        guard head - at >= 10, head < bytes.count, bytes[head] == 0x2E else { return nil }
        let body = run(head + 1) { isKeyByte($0) }
        guard body - head > 8 else { return nil }
        guard body < bytes.count, bytes[body] == 0x2E else { return SecretFind(range: at..<body, kind: .token) }
        return SecretFind(range: at..<run(body + 1) { isKeyByte($0) }, kind: .token)
    }

    /// `Bearer …`, `Basic …`
    private func bearer(_ at: Int) -> SecretFind? {
        let isBearer = hasWord("bearer ", at: at)
        guard isBearer || hasWord("basic ", at: at) else { return nil }
        let start = at + (isBearer ? 7 : 6)
        let end = run(start) { isKeyByte($0) || $0 == 0x2E || $0 == 0x2B || $0 == 0x2F || $0 == 0x7E || $0 == 0x3D }
        guard end - start >= 12, hasDigit(start..<end) || end - start >= 32, !isStarred(end) else { return nil }
        return SecretFind(range: start..<end, kind: .token)
    }

    /// `key provided: …`
    private func provided(_ at: Int) -> SecretFind? {
        guard hasWord("key provided: ", at: at) else { return nil }
        let start = at + 14
        let end = run(start) { isKeyByte($0) }
        guard end - start >= 12, hasDigit(start..<end), !isStarred(end) else { return nil }
        return SecretFind(range: start..<end, kind: .key)
    }

    /// `-----BEGIN … PRIVATE KEY-----` to its end, or to the end of the text when it is torn.
    private func privateKey(_ at: Int) -> SecretFind? {
        guard at == 0 || bytes[at - 1] != 0x2D, has(Array("-----BEGIN ".utf8), at: at) else { return nil }
        let label = run(at + 11) { $0 == 0x20 || ($0 >= 0x41 && $0 <= 0x5A) || FoldedText.isDigit($0) }
        guard label >= 11, has(Array("PRIVATE KEY".utf8), at: label - 11) || has(Array("PRIVATE KEY BLOCK".utf8), at: label - 17)
        else { return nil }
        let close = Array("-----END ".utf8)
        var end = label
        while end < bytes.count, !(bytes[end] == 0x2D && has(close, at: end)) { end += 1 }
        if end < bytes.count {
            end = run(end + close.count) { $0 != 0x2D }
            end = run(end) { $0 == 0x2D }
        }
        return SecretFind(range: at..<end, kind: .privateKey)
    }

    /// The user and password of `scheme://user:password@host`.
    func basicAuthentication(_ at: Int) -> SecretFind? {
        guard bytes[at] == 0x3A, at > 1, has([0x2F, 0x2F], at: at + 1), FoldedText.isWord(bytes[at - 1]) else { return nil }
        let start = at + 3
        var end = start, colon: Int?
        while end < bytes.count, end - start < 256 {
            switch bytes[end] {
            case 0...0x20, 0x22, 0x27, 0x2F, 0x3C, 0x3E, 0x5B, 0x5D, 0x3F, 0x23, 0x60: return nil
            case 0x3A: colon = colon ?? end
            case 0x40:
                guard let colon, colon > start || end > colon + 1, end > colon + 1 else { return nil }
                return bytes[colon + 1..<end].allSatisfy { $0 == 0x2A } ? nil : SecretFind(range: start..<end, kind: .password)
            default: break
            }
            end += 1
        }
        return nil
    }

    func email(_ at: Int) -> SecretFind? {
        var start = at
        while start > 0, at - start < 64 {
            let byte = bytes[start - 1]
            guard isKeyByte(byte) || byte == 0x2E || byte == 0x2B || byte == 0x25 else { break }
            start -= 1
        }
        while start < at, !FoldedText.isWord(bytes[start]) { start += 1 }
        guard start < at, FoldedText.isWord(bytes[at - 1]) || bytes[at - 1] == 0x2D else { return nil }
        var end = at + 1, lastDot: Int?
        while end < bytes.count, end - at < 128 {
            let byte = bytes[end]
            if byte == 0x2E {
                guard end > at + 1, end + 1 < bytes.count, isKeyByte(bytes[end + 1]) else { break }
                lastDot = end
            } else if !(isKeyByte(byte) && byte != 0x5F) {
                break
            }
            end += 1
        }
        guard let lastDot, end - lastDot > 2 else { return nil }
        for index in lastDot + 1..<end where !(bytes[index] | 0x20 >= 0x61 && bytes[index] | 0x20 <= 0x7A) { return nil }
        return SecretFind(range: start..<end, kind: .email)
    }

    /// Thirteen to nineteen digits, alone or in groups, that an issuer could have given out.
    private func card(_ at: Int) -> SecretFind? {
        guard bytes[at] >= 0x33 && bytes[at] <= 0x36 || bytes[at] == 0x32 else { return nil }
        if at > 0 {
            let before = bytes[at - 1]
            if FoldedText.isWord(before) || before == 0x2D || before == 0x2E || before == 0x2C || before >= 0x80 { return nil }
        }
        var end = at, digits: [UInt8] = [], separator: UInt8 = 0
        while end < bytes.count, digits.count <= 19 {
            if FoldedText.isDigit(bytes[end]) {
                digits.append(bytes[end] - 0x30)
                end += 1
            } else if (bytes[end] == 0x20 || bytes[end] == 0x2D) && (separator == 0 || separator == bytes[end]),
                digits.count >= 4,
                end + 1 < bytes.count, FoldedText.isDigit(bytes[end + 1])
            {
                separator = bytes[end]
                end += 1
            } else {
                break
            }
        }
        if end < bytes.count, isKeyByte(bytes[end]) { return nil }
        if end + 1 < bytes.count, bytes[end] == 0x2E, FoldedText.isDigit(bytes[end + 1]) { return nil }
        guard isIssued(digits), passesLuhn(digits), !followsID(at) else { return nil }
        return SecretFind(range: at..<end, kind: .card)
    }

    private func isIssued(_ digits: [UInt8]) -> Bool {
        guard digits.count >= 13 else { return false }
        let two = digits[0] * 10 + digits[1]
        switch digits.count {
        case 14: return two == 30 || two == 36 || two == 38 || two == 39
        case 15: return two == 34 || two == 37
        case 16:
            return digits[0] == 4 || (two >= 51 && two <= 55) || (two >= 22 && two <= 27) || two == 60 || two == 64 || two == 65
                || two == 35
        default: return false
        }
    }

    private func passesLuhn(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (index % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    /// True when the value belongs to a key that names an id.
    private func followsID(_ at: Int) -> Bool {
        var end = at
        while end > 0, at - end < 5, [0x20, 0x22, 0x27, 0x3A, 0x3D, 0x23].contains(bytes[end - 1]) { end -= 1 }
        return end >= 2 && bytes[end - 1] | 0x20 == 0x64 && bytes[end - 2] | 0x20 == 0x69
    }
}
