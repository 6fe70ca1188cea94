/// HTTP statuses stated in running text.
///
/// Digits count only with an anchor: a word such as `status`, `code`, `HTTP` before them, brackets around them, a reason
/// phrase after them, the beginning of the text or of what failed (`request failed: 402 You …`), or a verb of answering
/// (`got a 502 from the provider`). `Loaded 401 documents` states none.
enum StatusAnchor {
    /// The first anchored status from 400 to 599; nil when there is none.
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
            let place = StatusPlace(folded: folded, raw: raw, offsets: offsets, at: at)
            if place.isAnchored { return place.status }
            at += 3
        }
        return nil
    }

    /// True when the three digits are a word of their own, not part of a number, version or id.
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
}

/// Three digits in a text that may be a status, and what stands around them.
private struct StatusPlace {
    let folded: UnsafeBufferPointer<UInt8>
    let raw: UnsafeBufferPointer<UInt8>
    let offsets: UnsafeBufferPointer<Int32>
    let at: Int

    var status: Int {
        Int(folded[at] - 0x30) * 100 + Int(folded[at + 1] - 0x30) * 10 + Int(folded[at + 2] - 0x30)
    }

    var isAnchored: Bool {
        hasKey || hasReason || isBracketed || leadsText || (isInUse && (leadsClause || isAnswer || isLabelled))
    }

    /// True for statuses that servers and proxies send; the weaker anchors ask for one.
    private var isInUse: Bool {
        switch status {
        case 400...431, 451, 499, 500...511, 520...530, 598...599: true
        default: false
        }
    }

    private func contains(_ range: Range<Int>, in words: KeyWords) -> Bool {
        words.contains(UnsafeBufferPointer(rebasing: folded[range]))
    }

    /// `status: 429`, `code=503`, `HTTP/1.1 500`, `"statusCode":401`.
    private var hasKey: Bool {
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
            return slash - first == 4 && contains(first..<slash, in: .status)
        }
        let lastDot = folded[first..<end].lastIndex(of: 0x2E).map { $0 + 1 } ?? first
        return contains(lastDot..<end, in: .status)
    }

    /// `404 Not Found`, `503 Service Unavailable`.
    private var hasReason: Bool {
        guard at + 4 < folded.count, folded[at + 3] == 0x20 else { return false }
        let word = wordAfter
        guard contains(word, in: .reason) else { return false }
        // `400 not only` is prose, `404 not found` is not.
        guard word.count == 3, folded[at + 4] == 0x6E else { return true }
        return word.upperBound + 6 <= folded.count && folded[word.upperBound + 1] == 0x66
            && folded[word.upperBound + 2] == 0x6F
    }

    /// `(429)`, `[503]`, `[500: …`.
    private var isBracketed: Bool {
        guard at > 0, at + 3 < folded.count else { return false }
        let before = folded[at - 1], after = folded[at + 3]
        return (before == 0x28 && after == 0x29) || (before == 0x5B && (after == 0x5D || after == 0x3A))
    }

    /// The text, or the value of a key, begins with the status and a sentence: `429 You exceeded`, `✗ 402 You have no quota`.
    private var leadsText: Bool {
        if at > 2, folded[at - 1] == 0x22 || folded[at - 1] == 0x27 {
            // `"message": "400 Provider …`.
            guard folded[at - 2] == 0x3A || (folded[at - 2] == 0x20 && folded[at - 3] == 0x3A) else { return false }
        } else {
            for before in 0..<at {
                switch folded[before] {
                case 0x20, 0x22, 0x27, 0x28, 0x5B, 0x80...0xFF: continue
                default: return false
                }
            }
        }
        return at + 3 >= folded.count || sentenceFollows
    }

    /// What failed begins with the status: `Request failed: 402 You have no quota`, `NonTransientAiException: 400 - …`.
    private var leadsClause: Bool {
        var end = at
        while end > 0, at - end < 4, folded[end - 1] == 0x20 || folded[end - 1] == 0x3A || folded[end - 1] == 0x2D { end -= 1 }
        guard end < at - 1 else { return false }
        var first = end
        while first > 0, end - first < 64, FoldedText.isWord(folded[first - 1]) { first -= 1 }
        let endings: [StaticString] = ["error", "exception", "failed", "failure", "rejected", "refused", "aborted"]
        guard endings.contains(where: { ending($0, first..<end) }) else { return false }
        return at + 3 >= folded.count || folded[at + 3] != 0x20 || sentenceFollows
    }

    private func ending(_ word: StaticString, _ range: Range<Int>) -> Bool {
        let count = word.utf8CodeUnitCount
        guard range.count >= count else { return false }
        for index in 0..<count where folded[range.upperBound - count + index] != word.utf8Start[index] { return false }
        return true
    }

    /// `returned 503`, `failed with 429`, `got a 502 from the provider`, `POST /v1/chat -> 503`; not `received 401 votes`.
    private var isAnswer: Bool {
        var word = FoldedText.word(before: at, in: folded), skipped = 0
        while !word.isEmpty, skipped < 3, contains(word, in: .betweenAnswer) {
            word = FoldedText.word(before: word.lowerBound, in: folded)
            skipped += 1
        }
        if word.isEmpty {
            guard skipped == 0, isArrow else { return false }
        } else if !contains(word, in: .answered) {
            return false
        }
        guard at + 3 < folded.count, folded[at + 3] == 0x20 else { return true }
        let next = wordAfter
        if next.isEmpty { return true }
        if contains(next, in: .afterStatus) { return true }
        // `answered 503 in 2 s` and `said 401 and closed`, not `said 401 and 403 of them`.
        guard contains(next, in: .afterAnswer), !word.isEmpty, contains(word, in: .said) else { return false }
        return next.count < 3 || next.upperBound + 1 >= folded.count || !FoldedText.isDigit(folded[next.upperBound + 1])
    }

    /// `-> 503`, `=> 503`, `→ 503`.
    private var isArrow: Bool {
        guard at > 2, folded[at - 1] == 0x20 else { return false }
        return (folded[at - 2] == 0x3E && (folded[at - 3] == 0x2D || folded[at - 3] == 0x3D))
            || (at > 3 && folded[at - 4] == 0xE2 && folded[at - 3] == 0x86 && folded[at - 2] == 0x92)
    }

    /// `openrouter API 404: no endpoints`.
    private var isLabelled: Bool {
        guard at + 3 < folded.count, folded[at + 3] == 0x3A else { return false }
        return contains(FoldedText.word(before: at, in: folded), in: .side)
    }

    /// The word one blank after the digits; empty when a sign follows.
    private var wordAfter: Range<Int> {
        let first = min(at + 4, folded.count)
        var end = first
        while end < folded.count, FoldedText.isWord(folded[end]) { end += 1 }
        return first..<end
    }

    /// True when a colon follows, or a capital or the sign of a body after one blank.
    private var sentenceFollows: Bool {
        if folded[at + 3] == 0x3A { return true }
        guard folded[at + 3] == 0x20, at + 4 < folded.count else { return false }
        switch raw[Int(offsets[at + 4])] {
        case 0x41...0x5A, 0x7B, 0x2D, 0x3C, 0x5B: return true
        default: return false
        }
    }
}

extension KeyWords {
    /// Words after which three digits are an HTTP status.
    static let status = KeyWords(
        """
        status statuscode status_code code http https http_code httpcode http_status httpstatus error err error_code errorcode \
        response upstream_status response_status_code responsestatus resp_status
        """)
    /// First words of HTTP reason phrases and of what providers write after a status.
    static let reason = KeyWords(
        """
        bad unauthorized payment forbidden method client server internal service gateway unprocessable too conflict \
        request precondition not resource_exhausted unavailable deadline_exceeded invalid_argument permission_denied \
        unauthenticated entity overloaded status
        """)
    /// Verbs after which three digits are a status when nothing follows that they could count.
    fileprivate static let answered = KeyWords(
        """
        returned received responded got answered said replied gave hit failed rejected errored ended died refused aborted threw
        """)
    /// Verbs that only an answer has as its subject: `answered 503 in 2 s`.
    fileprivate static let said = KeyWords("returned responded answered said replied failed")
    /// Words that may stand between such a verb and the status.
    fileprivate static let betweenAnswer = KeyWords("a an the with http of")
    /// Words after a status that it cannot count.
    fileprivate static let afterStatus = KeyWords(
        "from while when after because during again error errors response responses status at on via then retrying giving but")
    /// The same, after a verb of answering.
    fileprivate static let afterAnswer = KeyWords("and in for")
    /// Who a status is of: `upstream 503: …`.
    fileprivate static let side = KeyWords("api provider upstream backend gateway server")
}
