/// Names and values as programs print lists of headers and maps: `('x-api-key', 'abc')`, `[b'authorization', b'Bearer abc']`,
/// `{:authorization, "Bearer abc"}`, `:api-key "abc"`, and values that lie in lists of their own: `X-Api-Key:[abc]`.
extension SecretScanner {
    /// A value behind its name and a comma; the name is quoted or an atom.
    ///
    /// Two strings alone in brackets are a header and its value when the name is one of headers. Names of fields stand in
    /// lists as well, so that elsewhere the value has to look like a secret.
    mutating func paired(_ at: Int) -> SecretFind? {
        guard at > 3, at + 4 < bytes.count, let found = name(endingAt: beforeQuotes(at)) else { return nil }
        let first = firstByte(ofNameAt: found.start)
        guard first > 0 else { return nil }
        let isAtom = isAtom(first)
        let isQuoted = isQuote(first - 1) || bytes[first - 1] == 0x3B || bytes[first - 1] == 0x32
        var quote: UInt8?
        let start = behindQuotes(at + 1, &quote)
        guard let quote, isQuoted || isAtom else {
            // `[authorization, Bearer abc]`.
            return found.name.letters.count == 13 && opens(first) ? credentials(start, quote) : nil
        }
        if found.name.kind == .cookie { return cookie(start, quote) }
        if found.name.letters.count == 13, let find = credentials(start, quote) { return find }
        let value = start..<end(of: .value, from: start)
        guard value.upperBound < bytes.count, isQuote(value.upperBound) || bytes[value.upperBound] == 0x26 else { return nil }
        let isHeader = isAtom || found.name.letters.count == 13 || isHeader(found.start, nameEnd: at)
        let isAlone = opens(first) && closes(value.upperBound)
        guard isSecret(value, found, isHeader && isAlone ? .firm : .loose, isAssignment: false) else { return nil }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// A value behind its name and a blank: `:api-key "abc"`, `(:authorization . "Bearer abc")`, `PASSWORD 'hunter2'`,
    /// `API_KEY abc123def`. Without an atom's colon or quotes, the value has to look like a secret.
    mutating func spaced(_ at: Int) -> SecretFind? {
        guard at >= 3, at + 4 < bytes.count, bytes[at + 1] > 0x20 else { return nil }
        let isDotted = bytes[at - 1] == 0x2E && bytes[at - 2] == 0x20
        if hasWord("identified by", at: at - 13) { return quotedPassword(at) }
        guard let found = name(endingAt: isDotted ? beforeQuotes(at - 2) : at), found.name.kind != .cookie else { return nil }
        let first = firstByte(ofNameAt: found.start), isAtom = isAtom(first)
        let nameEnd = isDotted ? at - 2 : at
        let isShouted = !(first..<nameEnd).contains { bytes[$0] >= 0x61 }
        let isCompound = (first..<nameEnd).contains { bytes[$0] == 0x5F || bytes[$0] == 0x2D }
        // `API key abc123def456 is invalid`.
        let isSpoken = found.name.letters == SecretName.apiKey.letters && !isCompound
        guard isAtom || isDotted || found.name.sureness == .sure && (isCompound || isSpoken || found.name.kind == .password)
        else {
            return nil
        }
        var quote: UInt8?
        let start = behindQuotes(has("is ", at: at + 1) ? at + 4 : at + 1, &quote)
        if found.name.letters.count == 13, isAtom || isDotted, let find = credentials(start, quote) { return find }
        let value = start..<end(of: .value, from: start), facts = facts(of: value)
        if quote != nil {
            guard value.upperBound < bytes.count, isQuote(value.upperBound) else { return nil }
            let isFirm = isAtom || isDotted || isShouted
            return isSecret(value, found, isFirm ? .firm : .loose, isAssignment: false)
                ? SecretFind(range: value, kind: found.name.kind) : nil
        }
        guard value.count >= 6, facts.digits > 0, facts.letters > 0, facts.dots + facts.slashes + facts.parentheses == 0,
            end(of: isSpoken ? .alphanumeric : .credential, from: start) == value.upperBound, !isSpoken || value.count >= 10,
            isSecret(value, found, .loose, isAssignment: false)
        else { return nil }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// The quoted password behind a blank, as in SQL's `IDENTIFIED BY 'hunter2'`.
    private mutating func quotedPassword(_ at: Int) -> SecretFind? {
        var quote: UInt8?
        let start = behindQuotes(at + 1, &quote)
        guard let quote else { return nil }
        let value = start..<end(of: .value, from: start)
        return value.count >= 3 && value.upperBound < bytes.count && bytes[value.upperBound] == quote
            && facts(of: value).stars == 0
            ? SecretFind(range: value, kind: .password) : nil
    }

    /// Behind what opens a list, an object or a call around one value, and its quotes: `[`, `{"stringValue":`, `SecretStr(`.
    func behindOpening(_ at: Int, _ quote: inout UInt8?, isInList: Bool = true) -> Int {
        let lists: [StaticString] = ["[]string{", "{\"stringValue\":", "{\"string_value\":", "["]
        if isInList {
            for opening in lists where has(opening, at: at) { return behindQuotes(at + opening.utf8CodeUnitCount, &quote) }
        }
        let calls: [StaticString] = [
            "(", "Some(", "SecretStr(", "SecretString(", "Secret(", "HeaderValue(", "Optional(", "String(", "string(",
        ]
        for call in calls where has(call, at: at) {
            var start = at + call.utf8CodeUnitCount
            // The length in PHP's `string(3) "abc"`.
            while start < bytes.count, start - at < 16, FoldedText.isDigit(bytes[start]) || bytes[start] == 0x29 { start += 1 }
            var inner: UInt8?
            let end = behindQuotes(start, &inner)
            guard inner != nil else { return at }
            quote = inner
            return end
        }
        return at
    }

    /// True when the name at `first` is an atom or a keyword: `:api_key`, `:"x-api-key"`.
    private func isAtom(_ first: Int) -> Bool {
        let colon = first > 1 && bytes[first - 1] == 0x22 ? first - 2 : first - 1
        return colon >= 0 && bytes[colon] == 0x3A
            && (colon == 0 || !FoldedText.isWord(bytes[colon - 1]) && bytes[colon - 1] != 0x22)
    }

    /// True when a bracket opens before `end`: the `b` of Python's bytes, `<<` or an atom's colon may stand between.
    private func opens(_ end: Int) -> Bool {
        var at = beforeQuotes(end)
        if at > 1, bytes[at - 1] == 0x62, !isKeyByte(bytes[at - 2]) { at -= 1 }
        if at > 1, has("<<", at: at - 2) { at -= 2 }
        if at > 1, bytes[at - 1] == 0x3A { at = beforeQuotes(at - 1) }
        return at > 0 && [0x28, 0x5B, 0x7B].contains(bytes[at - 1])
    }

    /// True when a bracket closes behind the quotes at `at`.
    private func closes(_ at: Int) -> Bool {
        var quote: UInt8?, end = behindQuotes(at, &quote)
        if has(">>", at: end) { end += 2 }
        // A comma may stand behind the last element.
        if end < bytes.count, bytes[end] == 0x2C { end += 1 }
        return end < bytes.count && [0x29, 0x5D, 0x7D].contains(bytes[end])
    }
}
