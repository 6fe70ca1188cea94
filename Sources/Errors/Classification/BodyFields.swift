/// Fields of error bodies embedded in a text: JSON, escaped JSON, Python's dictionary repr or bytes repr.
enum BodyFields {
    /// Returns the last nonempty value of a `message` key, which is the innermost one; nil when there is none.
    ///
    /// The range is in bytes of `raw`, without quotes. Escapes are not decoded.
    static func message(in raw: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var last: Range<Int>?
        var at = 0
        while let key = find("message", in: raw, from: at) {
            at = key.upperBound
            guard let value = quotedValue(after: key.upperBound, in: raw), value.count > 0 else { continue }
            last = value
        }
        return last
    }

    /// Returns the text of a body without `message`: the last value of the first of these keys that has one.
    static func saying(in raw: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        for key in sayingKeys {
            var last: Range<Int>?
            var at = 0
            while let found = find(key, in: raw, from: at) {
                at = found.upperBound
                guard found.lowerBound > 0, raw[found.lowerBound - 1] == 0x22 || raw[found.lowerBound - 1] == 0x27,
                    found.upperBound < raw.count, !FoldedText.isWord(raw[found.upperBound]),
                    let value = quotedValue(after: found.upperBound, in: raw), value.count > 0
                else { continue }
                last = value
            }
            if let last { return last }
        }
        return nil
    }

    private static let sayingKeys: [StaticString] = [
        "msg", "detail", "error_description", "description", "reason", "error", "exception", "title",
    ]

    /// Returns the digits of the first HTTP status from 400 to 599 in a body's `code`, `status` or similar.
    static func status(in raw: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        for joint in raw.indices where raw[joint] == 0x3A && joint > 1 {
            var end = joint
            while end > 0, raw[end - 1] == 0x22 || raw[end - 1] == 0x27 || raw[end - 1] == 0x5C || raw[end - 1] == 0x20 {
                end -= 1
            }
            var first = end
            while first > 0, end - first < 16, FoldedText.isWord(raw[first - 1]) { first -= 1 }
            let key = raw[first..<end].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            guard key.withUnsafeBufferPointer({ KeyWords.bodyStatus.contains($0) }) else { continue }
            var at = joint + 1
            while at < raw.count, raw[at] == 0x20 || raw[at] == 0x22 || raw[at] == 0x27 || raw[at] == 0x5C { at += 1 }
            guard at + 3 <= raw.count, raw[at] == 0x34 || raw[at] == 0x35, FoldedText.isDigit(raw[at + 1]),
                FoldedText.isDigit(raw[at + 2]), at + 3 == raw.count || !FoldedText.isWord(raw[at + 3])
            else { continue }
            return at..<at + 3
        }
        return nil
    }

    /// Returns the first value that identifies the error: `code` if it is a word, else `type`, `status`, `reason`.
    static func code(in raw: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var best: (rank: Int, value: Range<Int>)?
        for joint in raw.indices where raw[joint] == 0x3A || raw[joint] == 0x3D {
            var end = joint
            while end > 0, raw[end - 1] == 0x22 || raw[end - 1] == 0x27 || raw[end - 1] == 0x5C || raw[end - 1] == 0x20 {
                end -= 1
            }
            guard let rank = keyRank(raw, end), rank < best?.rank ?? .max else { continue }
            guard let value = quotedValue(after: joint, in: raw), isName(raw, value) else { continue }
            best = (rank, value)
            if rank == 0 { break }
        }
        return best?.value
    }

    /// Returns the rank of the key that ends at `end`; nil for other words.
    private static func keyRank(_ raw: UnsafeBufferPointer<UInt8>, _ end: Int) -> Int? {
        guard end >= 4 else { return nil }
        func ends(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard end >= count, end == count || !FoldedText.isWord(raw[end - count - 1]) else { return false }
            for index in 0..<count where raw[end - count + index] | 0x20 != word.utf8Start[index] { return false }
            return true
        }
        switch raw[end - 1] | 0x20 {
        case 0x65: return ends("code") ? 0 : ends("type") ? 1 : nil
        case 0x73: return ends("status") ? 2 : nil
        case 0x6E: return ends("reason") ? 3 : nil
        default: return nil
        }
    }

    /// Returns true for identifiers of at least four bytes with a letter, except words without meaning.
    private static func isName(_ raw: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 4, range.count <= 64 else { return false }
        var hasLetter = false
        for byte in raw[range] {
            guard FoldedText.isWord(byte) || byte == 0x2E || byte == 0x2D else { return false }
            if byte >= 0x41 { hasLetter = true }
        }
        return hasLetter && !nothing.contains(UnsafeBufferPointer(rebasing: raw[range]))
    }

    private static let nothing = KeyWords(
        "error null None none failed failure object string message invalid_request_error array text function tool_use tool")

    /// Returns the next occurrence of `word` from `from` on, ignoring case.
    private static func find(_ word: StaticString, in raw: UnsafeBufferPointer<UInt8>, from: Int) -> Range<Int>? {
        let count = word.utf8CodeUnitCount, first = word.utf8Start[0]
        var at = from
        while at + count <= raw.count {
            if raw[at] | 0x20 == first {
                var same = 1
                while same < count, raw[at + same] | 0x20 == word.utf8Start[same] { same += 1 }
                if same == count { return at..<at + count }
            }
            at += 1
        }
        return nil
    }

    /// Returns the quoted value of the key that ends at `end`: `": "…"`, `': '…'`, `\": \"…\"`, `: "…"`.
    private static func quotedValue(after end: Int, in raw: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var at = end
        while at < raw.count, raw[at] == 0x5C || raw[at] == 0x22 || raw[at] == 0x27 { at += 1 }
        while at < raw.count, raw[at] == 0x20 { at += 1 }
        guard at < raw.count, raw[at] == 0x3A || raw[at] == 0x3D else { return nil }
        at += 1
        while at < raw.count, raw[at] <= 0x20 { at += 1 }
        var slashes = 0
        while at < raw.count, raw[at] == 0x5C {
            slashes += 1
            at += 1
        }
        guard at < raw.count, raw[at] == 0x22 || raw[at] == 0x27 else { return nil }
        let quote = raw[at]
        at += 1
        let start = at
        while at < raw.count {
            if raw[at] == quote {
                var before = 0
                while at - before > start, raw[at - before - 1] == 0x5C { before += 1 }
                if before == slashes { return start..<at - slashes }
                // In a repr, an apostrophe inside a word does not end the value.
            }
            at += 1
        }
        return start < raw.count ? start..<raw.count : nil
    }
}
