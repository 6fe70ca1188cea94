/// Values whose names stand in other members or tags: `{"value": "abc", "name": "x-api-key"}`, `key="ApiKey" value="abc"`,
/// `{Key:api_key Value:abc}`, `<password>hunter2</password>`, `s:7:"api_key";s:3:"abc"`.
extension SecretScanner {
    /// The content of a member and what quotes it.
    private struct Content {
        var range: Range<Int>
        var quote: UInt8?
    }

    /// Maximum number of members between a name and its value, and of bytes in the content of one.
    private static let membersBetween = 3, longestContent = 256

    /// The value of an object, or of an XML element, that has its name in another member, before or behind the value.
    ///
    /// `at` is the colon or equals sign of the first of both.
    mutating func member(_ at: Int) -> SecretFind? {
        let end = beforeQuotes(at)
        guard let label = label(endingAt: end) else { return nil }
        let content = content(behind: at)
        if label == .name {
            guard let found = name(in: content.range), let value = sibling(.value, of: content) else { return nil }
            return secret(value, found)
        }
        guard content.range.count >= 3, let sibling = sibling(.name, of: content), let found = name(in: sibling.range) else {
            return nil
        }
        return secret(content, found)
    }

    private enum Label { case name, value }

    private static let labels: [(StaticString, Label)] = [
        ("name", .name), ("key", .name), ("header", .name), ("field", .name), ("variable", .name), ("parameter", .name),
        ("value", .value), ("val", .value),
    ]

    /// Returns what the label of a member that ends before `end` is for.
    private func label(endingAt end: Int) -> Label? {
        guard end >= 3 else { return nil }
        for (word, label) in SecretScanner.labels where hasWord(word, at: end - word.utf8CodeUnitCount) {
            let start = end - word.utf8CodeUnitCount
            if start == 0 || !isKeyByte(bytes[start - 1]) { return label }
        }
        return nil
    }

    private mutating func content(behind joint: Int) -> Content {
        var quote: UInt8?
        let start = behindOpening(behindQuotes(joint + 1, &quote), &quote)
        var end = end(of: .value, from: start)
        if quote != nil {
            let low = end
            while end < bytes.count, end - start < SecretScanner.longestContent, bytes[end] >= 0x20, !isQuote(end) { end += 1 }
            steps += end - low
        }
        return Content(range: start..<end, quote: quote)
    }

    /// Returns the content of the next member with this label in the same object.
    private mutating func sibling(_ wanted: Label, of content: Content) -> Content? {
        var content = content
        for _ in 0...SecretScanner.membersBetween {
            let start = behindSeparator(content.range.upperBound), end = end(of: .key, from: start)
            guard end > start, end - start <= 32 else { return nil }
            var quote: UInt8?
            let joint = behindQuotes(end, &quote)
            guard joint < bytes.count, bytes[joint] == 0x3A || bytes[joint] == 0x3D else { return nil }
            content = self.content(behind: joint)
            if label(endingAt: end) == wanted { return content }
            guard content.range.count <= SecretScanner.longestContent else { return nil }
        }
        return nil
    }

    /// Skips what closes one member and separates it from the next; an opening bracket begins another object.
    private mutating func behindSeparator(_ at: Int) -> Int {
        var start = at
        while start < bytes.count, start - at < 48 {
            switch bytes[start] {
            case 0...0x20, 0x22, 0x27, 0x2C, 0x3B, 0x5C, 0x5D, 0x60, 0x7D: start += 1
            case 0x26 where has("&quot;", at: start): start += 6
            case 0x75 where has("\\u0022", at: start - 1): start += 5
            case 0x6E where bytes[start - 1] == 0x5C: start += 1
            default:
                steps += start - at
                return start
            }
        }
        steps += start - at
        return start
    }

    /// Returns the name of a secret that ends this content, when the content is one name.
    private mutating func name(in content: Range<Int>) -> FoundName? {
        guard content.count <= 64, end(of: .dotted, from: content.lowerBound) >= content.upperBound else { return nil }
        return name(endingAt: content.upperBound)
    }

    private mutating func secret(_ content: Content, _ found: FoundName) -> SecretFind? {
        if found.name.kind == .cookie { return cookie(content.range.lowerBound, content.quote) }
        if found.name.letters.count == 13, let find = credentials(content.range.lowerBound, content.quote) { return find }
        // A sentence about the field has blanks.
        guard !content.range.prefix(SecretScanner.longestContent).contains(where: { bytes[$0] == 0x20 }),
            isSecret(content.range, found, .firm, isAssignment: false)
        else { return nil }
        return SecretFind(range: content.range, kind: found.name.kind)
    }

    // MARK: Tags

    /// The content of an XML element with the name of a secret; `at` is the end of its start tag, `>` or that of `&gt;`.
    mutating func element(_ at: Int) -> SecretFind? {
        let isEscaped = bytes[at] == 0x3B
        guard at >= 4, at + 4 < bytes.count, !isEscaped || has("&gt;", at: at - 3) else { return nil }
        let low = max(0, at - 96)
        var open = isEscaped ? at - 3 : at
        while open > low, bytes[open - 1] != 0x3C, bytes[open - 1] != 0x3E, !isEscaped || !has("&lt;", at: open - 4) { open -= 1 }
        steps += at - open
        guard open > low, isEscaped ? has("&lt;", at: open - 4) : bytes[open - 1] == 0x3C else { return nil }
        var nameEnd = end(of: .key, from: open)
        if nameEnd < at, bytes[nameEnd] == 0x3A { nameEnd = end(of: .key, from: nameEnd + 1) }
        guard nameEnd > open, nameEnd <= at, let found = name(endingAt: nameEnd), found.name.kind != .cookie else { return nil }
        let start = has("<![CDATA[", at: at + 1) ? at + 10 : at + 1
        if found.name.letters.count == 13, let find = credentials(start, nil) { return find }
        let value = start..<end(of: .value, from: start)
        let isClosed = has("</", at: value.upperBound) || has("]]>", at: value.upperBound) || has("&lt;/", at: value.upperBound)
        guard isClosed, isSecret(value, found, .firm, isAssignment: false) else { return nil }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// A value as PHP serializes it, behind its name: `s:7:"api_key";s:3:"abc";`. `at` is the colon before the value's quote.
    mutating func serialized(_ at: Int) -> SecretFind? {
        guard at + 2 < bytes.count, bytes[at + 1] == 0x22 || bytes[at + 1] == 0x5C else { return nil }
        var colon = at
        while colon > 0, at - colon < 8, FoldedText.isDigit(bytes[colon - 1]) { colon -= 1 }
        guard colon < at, has(";s:", at: colon - 3), let found = name(endingAt: beforeQuotes(colon - 3)) else { return nil }
        return secret(content(behind: at), found)
    }
}
