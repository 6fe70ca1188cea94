/// The common line for all messages of one failure.
///
/// Masks numbers with their units, ids, quoted text, URLs, times and paths; keeps class names, anchored HTTP statuses, and a
/// quoted sentence that is the message itself, as in `RetryError("the quota is used up")`. Of an embedded error body, only the
/// innermost message is kept, so that clients that print the body and those that do not share a signature; a body without a
/// message is represented by its next best text, or its code.
public enum Signature {
    /// Maximum length of a signature in bytes.
    public static let limit = 160

    /// Returns the signature of a message; "" for an empty one.
    public static func of(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            let bytes = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, 8192)])
            var writer = SignatureWriter(limit: limit)
            for part in parts(of: bytes, depth: 0) {
                writer.append(UnsafeBufferPointer(rebasing: bytes[part]))
                if writer.isFull { break }
            }
            return writer.text()
        }
    }

    /// Returns the relevant parts: the text before an embedded body and its innermost message, or the text up to a traceback.
    private static func parts(of bytes: UnsafeBufferPointer<UInt8>, depth: Int) -> [Range<Int>] {
        let body = bytes.indices.first { index in
            guard bytes[index] == 0x7B || bytes[index] == 0x5B else { return false }
            var next = index + 1
            while next < bytes.count, bytes[next] <= 0x20 || bytes[next] == 0x5B || bytes[next] == 0x7B || bytes[next] == 0x5C {
                if bytes[next] == 0x5C, next + 1 < bytes.count, bytes[next + 1] == 0x6E { next += 1 }
                next += 1
            }
            return next < bytes.count && (bytes[next] == 0x22 || bytes[next] == 0x27)
                && (bytes[index] == 0x7B || next > index + 1)
        }
        if let body, let parts = bodyParts(bytes, body) { return parts }
        let head = Array("Traceback (most recent call last)".utf8)
        if bytes.starts(with: head) {
            // The last line without indentation contains the exception.
            var end = bytes.count
            while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
            var start = end
            while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
            return [start..<end]
        }
        return [0..<bytes.count]
    }

    /// Returns the text before the body at `body` and the body's message; nil when it has none.
    private static func bodyParts(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Int) -> [Range<Int>]? {
        let said = BodyFields.message(in: bytes).flatMap { $0.lowerBound > body ? $0 : nil }
        let inside = UnsafeBufferPointer(rebasing: bytes[body...])
        func outside(_ range: Range<Int>?) -> Range<Int>? { range.map { $0.lowerBound + body..<$0.upperBound + body } }
        let message = said ?? outside(BodyFields.saying(in: inside))
        let code = outside(BodyFields.code(in: inside))
        guard let words = message ?? code else { return nil }
        var parts = [0..<body]
        // `Provider returned error` is a different failure for each status.
        if !statesStatus(bytes[..<body]) {
            if let status = outside(BodyFields.status(in: inside)) {
                parts.append(status)
            } else if message != nil, let code, !code.overlaps(words), bytes[words].reduce(0, { $1 == 0x20 ? $0 + 1 : $0 }) < 2 {
                parts.append(code)
            }
        }
        parts.append(words)
        return parts
    }

    /// Returns true when three digits from 400 to 599 are a separate word.
    private static func statesStatus(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var run = 0, first: UInt8 = 0
        for at in bytes.startIndex...bytes.endIndex {
            if at < bytes.endIndex, FoldedText.isWord(bytes[at]) {
                if run == 0 { first = bytes[at] }
                run = FoldedText.isDigit(bytes[at]) ? run + 1 : .min / 2
            } else {
                if run == 3, first == 0x34 || first == 0x35 { return true }
                run = 0
            }
        }
        return false
    }
}

/// Writes a masked text, up to its limit plus an ellipsis.
private struct SignatureWriter {
    private var out: [UInt8] = []
    private let limit: Int
    private(set) var isFull = false
    /// True when the last word written is an anchor of an HTTP status.
    private var isAfterAnchor = true
    /// True when the last word was the number 1.
    private var isAfterOne = false
    /// End of a quoted sentence that is kept; -1 when there is none.
    private var closingQuote = -1

    init(limit: Int) {
        self.limit = limit
        out.reserveCapacity(limit + 8)
    }

    func text() -> String {
        var out = out
        while out.last == 0x20 || out.last == 0x2D || out.last == 0x3A { out.removeLast() }
        if isFull {
            // Not inside a character.
            while let last = out.last, last & 0xC0 == 0x80 { out.removeLast() }
            if let last = out.last, last >= 0xC0 { out.removeLast() }
            out += Array("…".utf8)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func put(_ byte: UInt8) {
        if out.count >= limit {
            isFull = true
            return
        }
        if byte == 0x20 && (out.isEmpty || out.last == 0x20) { return }
        out.append(byte)
    }

    private mutating func put(_ word: String) { for byte in word.utf8 { put(byte) } }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        var at = 0
        closingQuote = -1
        if !out.isEmpty { put(0x20) }
        while at < bytes.count, !isFull {
            let byte = bytes[at]
            switch byte {
            case 0x5C:
                // Escaped blanks in an embedded body.
                if at + 1 < bytes.count, bytes[at + 1] == 0x6E || bytes[at + 1] == 0x72 || bytes[at + 1] == 0x74 {
                    put(0x20)
                    at += 2
                } else {
                    at += 1
                }
            case 0...0x20, 0x7F:
                // A stack trace says where, not what.
                if byte == 0x0A, startsStack(bytes, at + 1) { return }
                put(0x20)
                at += 1
            case 0x22, 0x27, 0x60: at = quoted(bytes, at)
            case 0x2F where at > 0 && bytes[at - 1] == 0x3C:
                // The closing tag of a page is not a path.
                put(byte)
                at += 1
            default:
                if FoldedText.isWord(byte) || byte >= 0x80 || byte == 0x2F || byte == 0x7E {
                    at = word(bytes, at)
                } else {
                    put(byte)
                    if byte != 0x3A && byte != 0x3D && byte != 0x28 && byte != 0x5B { isAfterAnchor = false }
                    at += 1
                }
            }
        }
    }

    private func startsStack(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        var next = at
        while next < bytes.count, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
        for mark in ["at ", "File \"", "Traceback ("] as [StaticString] {
            let count = mark.utf8CodeUnitCount
            guard next + count <= bytes.count, next > at || mark.utf8Start[0] == 0x54 else { continue }
            if (0..<count).allSatisfy({ bytes[next + $0] == mark.utf8Start[$0] }) { return true }
        }
        return false
    }

    /// Replaces quoted text by an ellipsis in quotes; keeps an apostrophe.
    private mutating func quoted(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let quote = bytes[at]
        if at == closingQuote {
            closingQuote = -1
            put(quote)
            return at + 1
        }
        let isOpening = at == 0 || !FoldedText.isWord(bytes[at - 1])
        if isOpening {
            var end = at + 1
            while end < bytes.count, end - at <= 240 {
                if bytes[end] == quote, end + 1 >= bytes.count || !FoldedText.isWord(bytes[end + 1]) {
                    if closingQuote < 0, isSaid(bytes, at, end) {
                        closingQuote = end
                        break
                    }
                    put(quote)
                    put("…")
                    put(quote)
                    isAfterAnchor = false
                    return end + 1
                }
                end += 1
            }
        }
        put(quote)
        return at + 1
    }

    /// Returns true when the quoted text is the message itself: at least three words, as the argument of an exception, as the
    /// value of a key such as `msg`, after `Error:`, or at the very start.
    private func isSaid(_ bytes: UnsafeBufferPointer<UInt8>, _ open: Int, _ close: Int) -> Bool {
        guard bytes[open..<close].reduce(0, { $1 == 0x20 ? $0 + 1 : $0 }) >= 2 else { return false }
        var end = open
        while end > 0, bytes[end - 1] == 0x20 { end -= 1 }
        guard end > 0 else { return true }
        let isArgument = bytes[end - 1] == 0x28
        guard isArgument || bytes[end - 1] == 0x3A || bytes[end - 1] == 0x3D else { return false }
        end -= 1
        while end > 0, bytes[end - 1] == 0x22 || bytes[end - 1] == 0x27 || bytes[end - 1] == 0x5D || bytes[end - 1] == 0x5C {
            end -= 1
        }
        var first = end
        while first > 0, end - first < 64, FoldedText.isWord(bytes[first - 1]) { first -= 1 }
        let name = bytes[first..<end].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        if name.ends(with: "error") || name.ends(with: "exception") { return true }
        return !isArgument && name.withUnsafeBufferPointer { KeyWords.saying.contains($0) }
    }

    private mutating func word(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        var end = at, hasDigit = false, hasLetter = false, digits = 0
        while end < bytes.count {
            let byte = bytes[end]
            if FoldedText.isDigit(byte) {
                hasDigit = true
                digits += 1
            } else if FoldedText.isWord(byte) || byte >= 0x80 {
                hasLetter = true
            } else if !(byte == 0x2D || byte == 0x2E || byte == 0x2F || byte == 0x3A || byte == 0x2C || byte == 0x2B
                || byte == 0x40
                || byte == 0x2A || byte == 0x7E || byte == 0x25)
            {
                break
            }
            end += 1
        }
        // Trailing punctuation belongs to the sentence.
        while end > at + 1, !(FoldedText.isWord(bytes[end - 1]) || bytes[end - 1] >= 0x80 || bytes[end - 1] == 0x2A) { end -= 1 }
        if let scheme = urlEnd(bytes, at, end) {
            put("<url>")
            isAfterAnchor = false
            return scheme
        }
        let slice = bytes[at..<end]
        let slashes = slice.reduce(0) { $1 == 0x2F ? $0 + 1 : $0 }
        if slashes > 1 || (bytes[at] == 0x2F && end - at > 1) || bytes[at] == 0x7E {
            put("<path>")
            isAfterAnchor = false
            return end
        }
        // A comma or colon joins two words only between digits.
        if let joint = slice.dropFirst().firstIndex(where: { $0 == 0x2C || $0 == 0x3A }),
            !(FoldedText.isDigit(bytes[joint - 1]) && joint + 1 < end && FoldedText.isDigit(bytes[joint + 1]))
        {
            let rest = wordPart(bytes, at, joint)
            return rest
        }
        if slice.contains(0x2A) {
            put("***")
            isAfterAnchor = false
            return end
        }
        return mask(bytes, at, end, hasDigit, hasLetter, digits)
    }

    /// Writes the word up to `joint`; the rest is read again.
    private mutating func wordPart(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ joint: Int) -> Int {
        let part = bytes[at..<joint]
        let digits = part.reduce(0) { FoldedText.isDigit($1) ? $0 + 1 : $0 }
        let hasLetter = part.contains { !FoldedText.isDigit($0) && (FoldedText.isWord($0) || $0 >= 0x80) }
        if part.contains(0x2A) {
            put("***")
            return joint
        }
        return mask(bytes, at, joint, digits > 0, hasLetter, digits)
    }

    private mutating func mask(
        _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int, _ hasDigit: Bool, _ hasLetter: Bool, _ digits: Int
    ) -> Int {
        let slice = bytes[at..<end]
        defer {
            isAfterAnchor = isAnchor(bytes, at, end)
            isAfterOne = end - at == 1 && bytes[at] == 0x31
        }
        if !hasDigit {
            let isID = slice.count >= 12 && (isHexadecimal(slice) || RandomLetters.isID(slice))
            if isID { put(0x23) } else { slice.forEach { put($0) } }
            if isAfterOne, KeyWords.counted.contains(UnsafeBufferPointer(rebasing: slice)) { put(0x73) }
        } else if !hasLetter {
            if isStatus(bytes, at, end) { slice.forEach { put($0) } } else { put(0x23) }
        } else if isIdentifier(slice, digits) || isMeasure(slice) {
            put(0x23)
        } else {
            var wasDigit = false
            for byte in slice {
                let isDigit = FoldedText.isDigit(byte) || (wasDigit && (byte == 0x2E || byte == 0x2C))
                if !isDigit { put(byte) } else if !wasDigit { put(0x23) }
                wasDigit = isDigit
            }
        }
        return end
    }

    /// Returns true for ids, dates, versions and model names: words with digits that are long or hyphenated.
    private func isIdentifier(_ word: Slice<UnsafeBufferPointer<UInt8>>, _ digits: Int) -> Bool {
        word.count >= 12 || word.contains(0x2D) || word.contains(0x3A) || (digits >= 2 && word.count >= 8)
            || (isHexadecimal(word) && word.count >= 6)
    }

    /// Returns true for one or more numbers with units of time or size: `120ms`, `6m0s`, `1.5GB`.
    private func isMeasure(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard word.count <= 16, let first = word.first, FoldedText.isDigit(first) else { return false }
        var at = word.startIndex
        while at < word.endIndex {
            while at < word.endIndex, FoldedText.isDigit(word[at]) || word[at] == 0x2E || word[at] == 0x2C { at += 1 }
            let unit = at
            while at < word.endIndex, !FoldedText.isDigit(word[at]), word[at] != 0x2E, word[at] != 0x2C { at += 1 }
            guard KeyWords.unit.contains(UnsafeBufferPointer(rebasing: word[unit..<at])) else { return false }
        }
        return true
    }

    private func isHexadecimal(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        word.allSatisfy { FoldedText.isDigit($0) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66) || $0 == 0x2D }
    }

    /// Returns true for three digits from 400 to 599 after an anchor, at the start, or before a reason phrase.
    private func isStatus(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Bool {
        guard end - at == 3, bytes[at] == 0x34 || bytes[at] == 0x35, bytes[at + 1] != 0x2E else { return false }
        if isAfterAnchor { return true }
        return at > 0 && end < bytes.count && bytes[at - 1] == 0x28 && bytes[end] == 0x29
    }

    private func isAnchor(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Bool {
        guard end - at <= 24 else { return false }
        let lowered = bytes[at..<end].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        return lowered.withUnsafeBufferPointer { KeyWords.status.contains($0) }
    }

    /// Returns the end of a URL that starts in this word; nil when there is none.
    private func urlEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Int? {
        var colon = at
        while colon < end, colon - at < 12, bytes[colon] != 0x3A { colon += 1 }
        guard colon > at, colon + 2 < bytes.count, bytes[colon] == 0x3A, bytes[colon + 1] == 0x2F, bytes[colon + 2] == 0x2F else {
            return nil
        }
        var last = colon + 3
        while last < bytes.count {
            switch bytes[last] {
            case 0...0x20, 0x22, 0x27, 0x60, 0x3C, 0x3E, 0x29, 0x5D, 0x7D, 0x5C, 0x7C: break
            default:
                last += 1
                continue
            }
            break
        }
        while last > colon + 3,
            bytes[last - 1] == 0x2E || bytes[last - 1] == 0x2C || bytes[last - 1] == 0x3A || bytes[last - 1] == 0x3B
        { last -= 1 }
        return last
    }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with word: StaticString) -> Bool {
        count >= word.utf8CodeUnitCount
            && self[(count - word.utf8CodeUnitCount)...].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
}
