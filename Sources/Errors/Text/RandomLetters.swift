/// Distinguishes ids without digits (`org-JZzdIYLhOCtvrCzFm`) from words and camel-case names.
enum RandomLetters {
    /// Prefixes of provider and gateway ids, in lower case, with their separator.
    private static let prefixes: [StaticString] = [
        "org-", "org_", "proj_", "proj-", "project-", "user-", "user_", "acct_", "cus_", "req_", "req-", "request-", "resp_",
        "msg_", "msg-", "call_", "toolu_", "chatcmpl-", "cmpl-", "asst_", "thread_", "run_", "step_", "file-", "file_", "batch_",
        "vs_", "ft-", "ftjob-", "sess_", "session-", "trace-", "gen-", "key-", "key_", "deployment-", "ray-", "id-", "id_",
    ]

    /// Returns true when a word without digits is an id: random letters alone, between separators, or after an id prefix.
    static func isID(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        if let rest = afterPrefix(word) { return isRandom(rest, isExpected: true) }
        return word.split(whereSeparator: isSeparator).contains { isRandom($0, isExpected: false) }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { !(byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) && byte < 0x80 }

    private static func afterPrefix(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>>? {
        for prefix in prefixes {
            let count = prefix.utf8CodeUnitCount
            guard word.count >= count + 8, word.prefix(count).elementsEqual(prefix.bytes, by: { $0 | 0x20 == $1 | 0x20 }) else {
                continue
            }
            let rest = word.dropFirst(count)
            // After the separator, ordinary words continue: `call_tool_failed`, `user-not-found`.
            return rest.contains(where: isSeparator) ? nil : rest
        }
        return nil
    }

    /// Returns true for letters that form no words: unpronounceable camel-case humps, or a cluster of consonants.
    ///
    /// - Parameter isExpected: True when an id is likely here, which lowers the threshold.
    private static func isRandom(_ letters: Slice<UnsafeBufferPointer<UInt8>>, isExpected: Bool) -> Bool {
        guard letters.count >= (isExpected ? 8 : 12), letters.count <= 128, letters.allSatisfy({ $0 < 0x80 }) else {
            return false
        }
        // Class names have typical endings.
        if !isExpected, endings.contains(where: { letters.suffix($0.utf8CodeUnitCount).elementsEqual($0.bytes) }) { return false }
        var humps = 0, odd = 0, at = letters.startIndex, longest = 0, consonants = 0
        for byte in letters {
            consonants = isVowel(byte) ? 0 : consonants + 1
            longest = max(longest, consonants)
        }
        while at < letters.endIndex {
            let upper = at
            while at < letters.endIndex, letters[at] < 0x61 { at += 1 }
            let capitals = at - upper, lower = at
            while at < letters.endIndex, letters[at] >= 0x61 { at += 1 }
            humps += 1
            if capitals == letters.count || at - lower == letters.count { break }
            // `Zzd`, `YLh`: no vowel after the last capital, or one letter after several.
            let said = letters[max(upper, lower - 1)..<at]
            if at > lower, !said.contains(where: isVowel) || capitals > 1 && at - lower == 1 { odd += 1 }
        }
        // One hump is a word, or all capitals.
        if humps == 1 { return isExpected && longest >= 6 && letters.first.map { $0 >= 0x61 } == true }
        return isExpected ? odd >= 1 && humps >= 3 || humps >= 6 : odd >= 3 && odd * 2 >= humps
    }

    private static let endings: [StaticString] = ["Error", "Exception", "Warning", "Failure", "Client", "Server", "Timeout"]

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case 0x61, 0x65, 0x69, 0x6F, 0x75, 0x79: true
        default: false
        }
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
