/// Secrets that are recognised by their shape.
extension SecretScanner {
    /// Returns a key with a known prefix.
    mutating func shaped(_ at: Int) -> SecretFind? {
        for shape in SecretShape.byFirstByte[Int(bytes[at])] where has(shape.head, at: at) {
            let start = at + shape.head.count
            var end = end(of: shape.tail, from: start)
            // The end of a sentence.
            while end > start, [0x2E, 0x3D].contains(bytes[end - 1]), shape.tail != .credential || bytes[end - 1] == 0x2E {
                end -= 1
            }
            guard shape.counts.contains(end - start), !isStarred(end), meets(shape, at, start..<end) else { continue }
            return SecretFind(range: (shape.keepsHead ? start : at)..<end, kind: shape.kind)
        }
        return nil
    }

    private mutating func meets(_ shape: SecretShape, _ at: Int, _ tail: Range<Int>) -> Bool {
        // A key of fixed length ends there; a longer hyphenated name (`cache-key-…`) contains no such key.
        if shape.tail == .hex || shape.tail == .upper || shape.tail == .alphanumeric {
            if tail.upperBound < bytes.count, FoldedText.isWord(bytes[tail.upperBound]) { return false }
            if at > 0, [0x2D, 0x2E, 0x2F, 0x3A].contains(bytes[at - 1]), shape.head.count < 5, shape.head.last == 0x2D {
                return false
            }
        }
        switch shape.demand {
        case .digitOrCapital: return hasDigitOrCapital(at..<tail.upperBound)
        case .mixed: return facts(of: tail).isMixed
        }
    }

    /// Returns a JSON web token, `eyJ….eyJ….…`.
    mutating func webToken(_ at: Int) -> SecretFind? {
        guard has("eyJ", at: at) else { return nil }
        let head = end(of: .key, from: at)
        guard head - at >= 10, head < bytes.count, bytes[head] == 0x2E else { return nil }
        let body = end(of: .key, from: head + 1)
        guard body - head > 8 else { return nil }
        guard body < bytes.count, bytes[body] == 0x2E else { return SecretFind(range: at..<body, kind: .token) }
        return SecretFind(range: at..<end(of: .key, from: body + 1), kind: .token)
    }

    /// Returns credentials after `Bearer …` or `Basic …`.
    mutating func bearer(_ at: Int) -> SecretFind? {
        let isBearer = hasWord("bearer ", at: at)
        guard isBearer || hasWord("basic ", at: at) else { return nil }
        let start = at + (isBearer ? 7 : 6)
        let end = end(of: .credential, from: start)
        guard end - start >= 6, !isStarred(end) else { return nil }
        // Two words after `basic` are prose; user and password are separated by a colon.
        guard isBearer else { return isUserAndPassword(start..<end) ? SecretFind(range: start..<end, kind: .token) : nil }
        let facts = facts(of: start..<end)
        guard facts.digits > 0 || facts.capitals > 0 && facts.letters > facts.capitals + 4 || end - start >= 32 else {
            return nil
        }
        return SecretFind(range: start..<end, kind: .token)
    }

    /// Returns true for `user:password` in base64.
    mutating func isUserAndPassword(_ range: Range<Int>) -> Bool {
        var bits: UInt32 = 0, filled = 0, hasColon = false
        for byte in bytes[range.prefix(ByteFacts.reach)] {
            steps += 1
            let value: UInt32
            switch byte {
            case 0x41...0x5A: value = UInt32(byte) - 0x41
            case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
            case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
            case 0x2B, 0x2D: value = 62
            case 0x2F, 0x5F: value = 63
            case 0x3D: continue
            default: return false
            }
            bits = bits << 6 | value
            filled += 6
            guard filled >= 8 else { continue }
            filled -= 8
            let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(filled))
            if decoded < 0x20 || decoded == 0x7F { return false }
            if decoded == 0x3A { hasColon = true }
        }
        return hasColon
    }

    /// Returns the key after `key provided: …`.
    mutating func provided(_ at: Int) -> SecretFind? {
        guard hasWord("key provided: ", at: at) else { return nil }
        let start = at + 14
        let end = end(of: .key, from: start)
        guard end - start >= 8, facts(of: start..<end).digits > 0, !isStarred(end) else { return nil }
        return SecretFind(range: start..<end, kind: .key)
    }

    /// Returns a Discord bot token: the bot's id in base64, a timestamp, a hash.
    mutating func discordBot(_ at: Int) -> SecretFind? {
        guard bytes[at] >= 0x4D, bytes[at] <= 0x4F else { return nil }
        let number = end(of: .key, from: at)
        guard (23...28).contains(number - at), has(".", at: number) else { return nil }
        let time = end(of: .key, from: number + 1)
        guard (6...7).contains(time - number - 1), has(".", at: time) else { return nil }
        let hash = end(of: .key, from: time + 1)
        guard (27...48).contains(hash - time - 1) else { return nil }
        return SecretFind(range: at..<hash, kind: .token)
    }

    /// Returns a Telegram bot token, `123456789:AA…`.
    mutating func telegramBot(_ at: Int) -> SecretFind? {
        guard has("AA", at: at + 1), at >= 8, FoldedText.isDigit(bytes[at - 1]) else { return nil }
        var start = at
        while start > 0, at - start < 11, FoldedText.isDigit(bytes[start - 1]) { start -= 1 }
        let end = end(of: .key, from: at + 1)
        guard (8...10).contains(at - start), (34...36).contains(end - at - 1) else { return nil }
        return SecretFind(range: start..<end, kind: .token)
    }

    /// Returns `-----BEGIN … PRIVATE KEY-----` up to its end, or to the end of a truncated text.
    mutating func privateKey(_ at: Int) -> SecretFind? {
        guard at == 0 || bytes[at - 1] != 0x2D, has("-----BEGIN ", at: at) else { return nil }
        var label = at + 11
        while label < bytes.count, label - at < 64,
            bytes[label] == 0x20 || (bytes[label] >= 0x41 && bytes[label] <= 0x5A) || FoldedText.isDigit(bytes[label])
        { label += 1 }
        guard has("PRIVATE KEY", at: label - 11) || has("PRIVATE KEY BLOCK", at: label - 17) else { return nil }
        var end = label
        while end < bytes.count, !(bytes[end] == 0x2D && has("-----END ", at: end)) { end += 1 }
        if end < bytes.count {
            end += 9
            while end < bytes.count, bytes[end] != 0x2D { end += 1 }
            while end < bytes.count, bytes[end] == 0x2D { end += 1 }
        }
        return SecretFind(range: at..<end, kind: .privateKey)
    }

    /// Returns user and password of `scheme://user:password@host`, or a key in place of the user.
    mutating func basicAuthentication(_ at: Int) -> SecretFind? {
        guard at > 1, has("//", at: at + 1), FoldedText.isWord(bytes[at - 1]) else { return nil }
        let start = at + 3
        var end = start, colon: Int?, last: Int?
        scan: while end < bytes.count, end - start < 256 {
            switch bytes[end] {
            case 0...0x20, 0x22, 0x27, 0x2F, 0x3C, 0x3E, 0x5B, 0x5D, 0x3F, 0x23, 0x60, 0x5C: break scan
            case 0x3A: colon = last == nil ? colon ?? end : colon
            // A password may contain the @ itself.
            case 0x40: last = end
            default: break
            }
            end += 1
        }
        steps += end - start
        guard let last else { return nil }
        guard let colon else {
            let facts = facts(of: start..<last)
            let isKey = last - start >= 20 && facts.digits > 0 && facts.letters > 0 && facts.others + facts.dots == 0
            return isKey ? SecretFind(range: start..<last, kind: .key) : nil
        }
        guard last > colon + 1, !bytes[colon + 1..<last].allSatisfy({ $0 == 0x2A }) else { return nil }
        return SecretFind(range: start..<last, kind: .password)
    }

    mutating func email(_ at: Int) -> SecretFind? {
        var start = at
        while start > 0, at - start < 64 {
            let byte = bytes[start - 1]
            guard isKeyByte(byte) || byte == 0x2E || byte == 0x2B || byte == 0x25 else { break }
            start -= 1
        }
        steps += at - start
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
        steps += end - at
        guard let lastDot, end - lastDot > 2 else { return nil }
        for index in lastDot + 1..<end where !(bytes[index] | 0x20 >= 0x61 && bytes[index] | 0x20 <= 0x7A) { return nil }
        return SecretFind(range: start..<end, kind: .email)
    }
}

/// Card numbers.
extension SecretScanner {
    /// Returns thirteen to nineteen digits, ungrouped or in groups, that are a valid card number.
    mutating func card(_ at: Int) -> SecretFind? {
        if at > 0 {
            let before = bytes[at - 1]
            if FoldedText.isWord(before) || before == 0x2D || before == 0x2E || before == 0x2C || before >= 0x80 { return nil }
        }
        var end = at, digits: [UInt8] = [], separator: UInt8 = 0
        // Most numbers are short.
        guard at + 12 < bytes.count, (at + 1...at + 3).allSatisfy({ FoldedText.isDigit(bytes[$0]) }) else { return nil }
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
        steps += end - at
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

    /// Returns true when the value belongs to a key that contains an id.
    private func followsID(_ at: Int) -> Bool {
        var end = at
        while end > 0, at - end < 5, [0x20, 0x22, 0x27, 0x3A, 0x3D, 0x23].contains(bytes[end - 1]) { end -= 1 }
        return end >= 2 && bytes[end - 1] | 0x20 == 0x64 && bytes[end - 2] | 0x20 == 0x69
    }
}
