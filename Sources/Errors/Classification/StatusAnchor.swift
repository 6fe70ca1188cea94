/// HTTP statuses in running text.
///
/// Digits count only with an anchor: a word such as `status`, `code` or `HTTP` before them, brackets around them, a reason phrase
/// after them, or the start of the text.
enum StatusAnchor {
    /// Returns the first anchored status from 400 to 599; nil when there is none.
    static func find(
        _ folded: UnsafeBufferPointer<UInt8>, _ raw: UnsafeBufferPointer<UInt8>, _ offsets: UnsafeBufferPointer<Int32>
    ) -> Int? {
        var at = 0
        let count = folded.count
        while at + 3 <= count {
            guard folded[at] == 0x34 || folded[at] == 0x35 else {
                at += 1
                continue
            }
            guard FoldedText.isDigit(folded[at + 1]), FoldedText.isDigit(folded[at + 2]), isAlone(folded, at) else {
                at += 1
                continue
            }
            if isAnchoredBefore(folded, at) || isAnchoredAfter(folded, at) || isBracketed(folded, at)
                || leads(folded, raw, offsets, at)
            {
                return Int(folded[at] - 0x30) * 100 + Int(folded[at + 1] - 0x30) * 10 + Int(folded[at + 2] - 0x30)
            }
            at += 3
        }
        return nil
    }

    /// Returns true when the three digits are a separate word, not part of a number, version or id.
    private static func isAlone(_ folded: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        if at > 0 {
            let before = folded[at - 1]
            if FoldedText.isWord(before) || before == 0x2D && at > 1 && FoldedText.isWord(folded[at - 2]) { return false }
            if before == 0x24 || ((before == 0x2E || before == 0x2C) && at > 1 && FoldedText.isDigit(folded[at - 2])) {
                return false
            }
        }
        guard at + 3 < folded.count else { return true }
        let after = folded[at + 3]
        if FoldedText.isWord(after) || after == 0x25 { return false }
        if after == 0x2E || after == 0x2C || after == 0x2D { return at + 4 >= folded.count || !FoldedText.isWord(folded[at + 4]) }
        return true
    }

    private static func isAnchoredBefore(_ folded: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        var end = at
        var hasJoint = false
        while end > 0, at - end < 6 {
            switch folded[end - 1] {
            case 0x20, 0x22, 0x27, 0x3A, 0x3D, 0x28, 0x5B, 0x23, 0x2D:
                end -= 1
                hasJoint = true
                continue
            default: break
            }
            break
        }
        guard hasJoint, end > 0 else { return false }
        var first = end
        while first > 0, end - first < 24,
            FoldedText.isWord(folded[first - 1]) || folded[first - 1] == 0x2F || (folded[first - 1] == 0x2E && first < end)
        {
            first -= 1
        }
        guard first < end else { return false }
        if let slash = folded[first..<end].firstIndex(of: 0x2F) {
            // `HTTP/1.1 429`.
            return slash - first == 4 && KeyWords.status.contains(UnsafeBufferPointer(rebasing: folded[first..<slash]))
        }
        let word = folded[first..<end]
        let lastDot = word.lastIndex(of: 0x2E).map { $0 + 1 } ?? first
        let anchor = UnsafeBufferPointer(rebasing: folded[lastDot..<end])
        if KeyWords.status.contains(anchor) { return true }
        guard KeyWords.answered.contains(anchor) else { return false }
        // `returned 503` and `returned 503, giving up`, not `received 401 votes`.
        return at + 3 >= folded.count || folded[at + 3] != 0x20
    }

    private static func isAnchoredAfter(_ folded: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard at + 4 < folded.count, folded[at + 3] == 0x20 else { return false }
        var end = at + 4
        while end < folded.count, FoldedText.isWord(folded[end]) { end += 1 }
        guard KeyWords.reason.contains(UnsafeBufferPointer(rebasing: folded[at + 4..<end])) else { return false }
        // `400 not only` is prose; `404 not found` is not.
        guard end - at - 4 == 3, folded[at + 4] == 0x6E else { return true }
        return end + 6 <= folded.count && folded[end + 1] == 0x66 && folded[end + 2] == 0x6F
    }

    private static func isBracketed(_ folded: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard at > 0, at + 3 < folded.count else { return false }
        let before = folded[at - 1], after = folded[at + 3]
        return (before == 0x28 && after == 0x29) || (before == 0x5B && (after == 0x5D || after == 0x3A))
    }

    /// Returns true when the text starts with the status: `429 You exceeded`, `401 {"error"…`, `503 - busy`.
    private static func leads(
        _ folded: UnsafeBufferPointer<UInt8>, _ raw: UnsafeBufferPointer<UInt8>, _ offsets: UnsafeBufferPointer<Int32>, _ at: Int
    ) -> Bool {
        if at > 2, folded[at - 1] == 0x22 || folded[at - 1] == 0x27 {
            // The value of a key: `"message": "400 Provider …`.
            guard folded[at - 2] == 0x3A || (folded[at - 2] == 0x20 && folded[at - 3] == 0x3A) else { return false }
        } else {
            for before in 0..<at where folded[before] != 0x20 && folded[before] != 0x22 && folded[before] != 0x27 { return false }
        }
        guard at + 3 < folded.count else { return true }
        if folded[at + 3] == 0x3A { return true }
        guard folded[at + 3] == 0x20, at + 4 < folded.count else { return false }
        switch raw[Int(offsets[at + 4])] {
        case 0x41...0x5A, 0x7B, 0x2D, 0x3C, 0x5B: return true
        default: return false
        }
    }
}
