/// Names and values as programs print lists of headers: `('x-api-key', 'abc')`, `[b'authorization', b'Bearer abc']`,
/// `{"name": "x-api-key", "value": "abc"}`, and values that lie in lists of their own: `"X-Api-Key"=>["abc"]`, `X-Api-Key:[abc]`.
extension SecretScanner {
    /// A value behind its quoted name and a comma.
    ///
    /// Two strings alone in brackets are a header and its value when the name is one of headers. Names of fields stand in
    /// lists as well, so that elsewhere the value has to look like a secret.
    mutating func paired(_ at: Int) -> SecretFind? {
        guard at > 3, at + 4 < bytes.count, isQuote(at - 1) || bytes[at - 1] == 0x3B, let found = name(endingAt: beforeQuotes(at))
        else { return nil }
        var first = found.start
        while first > 0, found.start - first < 32, isKeyByte(bytes[first - 1]) { first -= 1 }
        guard first > 0, isQuote(first - 1) || bytes[first - 1] == 0x3B || bytes[first - 1] == 0x32 else { return nil }
        var quote: UInt8?
        let start = behindQuotes(at + 1, &quote)
        guard let quote else { return nil }
        if found.name.kind == .cookie { return cookie(start, quote) }
        if found.name.letters.count == 13, let find = credentials(start, quote) { return find }
        let value = start..<end(of: .value, from: start)
        guard value.upperBound < bytes.count, isQuote(value.upperBound) || bytes[value.upperBound] == 0x26 else { return nil }
        let isHeader = found.name.letters.count == 13 || isHeader(found.start, nameEnd: at)
        let isAlone = opens(beforeQuotes(first)) && closes(value.upperBound)
        guard isSecret(value, found, isHeader && isAlone ? .firm : .loose, isAssignment: false) else { return nil }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// The value of an object that has its name in another member: `"name": "x-api-key", "value": "abc"`. `at` is the colon.
    mutating func named(_ at: Int) -> SecretFind? {
        let key = beforeQuotes(at)
        guard key >= 12, hasWord("value", at: key - 5), !isKeyByte(bytes[key - 6]) else { return nil }
        var comma = beforeQuotes(key - 5)
        guard comma > 0, bytes[comma - 1] == 0x2C else { return nil }
        comma -= 1
        guard isQuote(comma - 1) || bytes[comma - 1] == 0x3B, let found = name(endingAt: beforeQuotes(comma)) else { return nil }
        var quote: UInt8?
        var start = behindQuotes(at + 1, &quote)
        start = behindOpening(start, &quote)
        if found.name.kind == .cookie { return cookie(start, quote) }
        if found.name.letters.count == 13, let find = credentials(start, quote) { return find }
        let value = start..<end(of: .value, from: start)
        guard quote != nil, value.upperBound < bytes.count, isQuote(value.upperBound) || bytes[value.upperBound] == 0x26,
            isSecret(value, found, .firm, isAssignment: false)
        else { return nil }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// Behind what opens a list or an object around one value: `[`, `[]string{`, `{"stringValue":`; and its quotes.
    func behindOpening(_ at: Int, _ quote: inout UInt8?) -> Int {
        let openings: [StaticString] = ["[]string{", "{\"stringValue\":", "{\"string_value\":", "["]
        for opening in openings where has(opening, at: at) {
            return behindQuotes(at + opening.utf8CodeUnitCount, &quote)
        }
        return at
    }

    /// True when a bracket opens before `end`: the `b` of Python's bytes may stand between.
    private func opens(_ end: Int) -> Bool {
        var at = end
        if at > 1, bytes[at - 1] == 0x62, !isKeyByte(bytes[at - 2]) { at -= 1 }
        return at > 0 && [0x28, 0x5B, 0x7B].contains(bytes[at - 1])
    }

    /// True when a bracket closes behind the quotes at `at`.
    private func closes(_ at: Int) -> Bool {
        var quote: UInt8?, end = behindQuotes(at, &quote)
        // A comma may stand behind the last element.
        if end < bytes.count, bytes[end] == 0x2C { end += 1 }
        return end < bytes.count && [0x29, 0x5D, 0x7D].contains(bytes[end])
    }
}
