/// The outcome stated by a JSON value (or a Python repr of one), judged by its keys and values.
enum BodyVerdict {
    /// The text is not such a value.
    case noBody
    /// Keys of success, or no keys of failure.
    case benign
    /// An error with a value, or a failed status.
    case failure
    /// Neither, but there is a message.
    case open

    /// Judges the first JSON value of the text; tolerates truncated and loose forms.
    static func of(_ raw: UnsafeBufferPointer<UInt8>) -> BodyVerdict {
        var scanner = BodyScanner(raw: raw)
        return scanner.verdict()
    }
}

private struct BodyScanner {
    let raw: UnsafeBufferPointer<UInt8>
    var at = 0
    var hasSuccess = false, hasMessage = false
    /// Number of entries of the outermost object; whether it has a nonempty `detail`, which alone is a framework's rejection.
    var entries = 0, hasDetail = false

    enum Value { case empty, falsity, truth, number(Int), text(Range<Int>), list, object }

    init(raw: UnsafeBufferPointer<UInt8>) { self.raw = raw }

    static let errorKeys = KeyWords(
        "error exception err error_message errormessage error_msg errmsg error_code errorcode fault failure errors error_str")
    static let messageKeys = KeyWords("message msg detail error_description error_type errortype title")
    static let statusKeys = KeyWords("status statuscode status_code http_status http_code code final_status state outcome result")
    static let truthKeys = KeyWords("ok success succeeded recovered healthy")
    /// Keys that occur only in answers of models.
    static let answerKeys = KeyWords("choices usage total_tokens completion_tokens output_tokens usagemetadata")
    static let successWords = KeyWords("ok success succeeded completed complete healthy done passed finished active ready")
    static let failureWords = KeyWords("error failed failure fatal errored incomplete")
    /// Suffixes of types that occur only in failures, such as `rate_limit_error`.
    static let failureEndings = ["_error", "_exceeded", "Exception", "Error"]
    static let typeKeys = KeyWords("type object level severity")

    mutating func verdict() -> BodyVerdict {
        skipBlanks()
        guard at < raw.count else { return .noBody }
        if raw[at] == 0x5B {
            at += 1
            skipBlanks()
        }
        guard at < raw.count, raw[at] == 0x7B else { return .noBody }
        var depth = 0, sawKey = false
        while at < raw.count {
            switch raw[at] {
            case 0x7B, 0x5B:
                depth += 1
                at += 1
            case 0x7D, 0x5D:
                depth -= 1
                at += 1
                if depth <= 0 { return conclusion(sawKey) }
            case 0x22, 0x27:
                let text = string()
                skipBlanks()
                guard at < raw.count, raw[at] == 0x3A else { continue }
                at += 1
                sawKey = true
                if depth == 1 { entries += 1 }
                if depth <= 4, judge(key: text, value: value()) { return .failure }
            default: at += 1
            }
        }
        return conclusion(sawKey)
    }

    private func conclusion(_ sawKey: Bool) -> BodyVerdict {
        guard sawKey else { return .noBody }
        if hasDetail && entries == 1 { return .failure }
        return hasSuccess ? .benign : hasMessage ? .open : .benign
    }

    /// Evaluates one entry; returns true when it reports a failure.
    private mutating func judge(key: Range<Int>, value: Value) -> Bool {
        guard key.count <= 24 else { return false }
        return lowered(key) { name in
            if BodyScanner.errorKeys.contains(name) {
                switch value {
                case .text, .list, .object, .truth: return true
                case .number(let n): return n >= 400 && n < 600
                case .empty, .falsity: return false
                }
            }
            if BodyScanner.truthKeys.contains(name) {
                if case .truth = value { hasSuccess = true }
                if case .falsity = value { return true }
            }
            if BodyScanner.messageKeys.contains(name) {
                switch value {
                case .text, .list:
                    hasMessage = true
                    if entries == 1, name.count == 6, name[0] == 0x64 { hasDetail = true }
                default: break
                }
            }
            if BodyScanner.answerKeys.contains(name) { hasSuccess = true }
            if BodyScanner.statusKeys.contains(name) {
                switch value {
                case .number(let n):
                    if n >= 400 && n < 600 || n < 0 { return true }
                    if n >= 200 && n < 300 { hasSuccess = true }
                case .text(let range):
                    return word(range)
                default: break
                }
            }
            if BodyScanner.typeKeys.contains(name), case .text(let range) = value {
                if BodyScanner.failureEndings.contains(where: { raw[range].reversed().starts(with: $0.utf8.reversed()) }) {
                    return true
                }
                return lowered(range) { BodyScanner.failureWords.contains($0) }
            }
            return false
        }
    }

    /// Evaluates a status word; returns true for a failure.
    private mutating func word(_ range: Range<Int>) -> Bool {
        lowered(range) { name in
            if BodyScanner.successWords.contains(name) { hasSuccess = true }
            if name.count == 3, name.allSatisfy(FoldedText.isDigit) { return name[0] == 0x34 || name[0] == 0x35 }
            return BodyScanner.failureWords.contains(name)
        }
    }

    private func lowered<R>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let count = min(range.count, 24)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            for index in 0..<count {
                let byte = raw[range.lowerBound + index]
                buffer[index] = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            }
            return body(UnsafeBufferPointer(rebasing: buffer[0..<count]))
        }
    }

    private mutating func skipBlanks() {
        while at < raw.count, raw[at] <= 0x20 || raw[at] == 0x5C { at += 1 }
    }

    /// Reads a quoted string; moves past its closing quote.
    private mutating func string() -> Range<Int> {
        let quote = raw[at]
        at += 1
        let start = at
        while at < raw.count {
            if raw[at] == 0x5C {
                at += 2
                continue
            }
            if raw[at] == quote {
                defer { at += 1 }
                return start..<at
            }
            at += 1
        }
        at = raw.count
        return start..<raw.count
    }

    /// Reads a value far enough to know its kind; objects and lists are left to the main loop.
    private mutating func value() -> Value {
        skipBlanks()
        guard at < raw.count else { return .empty }
        switch raw[at] {
        case 0x22, 0x27:
            let range = string()
            return range.isEmpty ? .empty : .text(range)
        case 0x7B, 0x5B:
            var next = at + 1
            while next < raw.count, raw[next] <= 0x20 { next += 1 }
            if next < raw.count, raw[next] == 0x7D || raw[next] == 0x5D { return .empty }
            return raw[at] == 0x7B ? .object : .list
        default:
            let start = at
            while at < raw.count, FoldedText.isWord(raw[at]) || raw[at] == 0x2D || raw[at] == 0x2E { at += 1 }
            guard start < at else { return .empty }
            switch raw[start] | 0x20 {
            case 0x74: return .truth
            case 0x66: return .falsity
            case 0x6E: return .empty
            default:
                var number = 0, isNegative = false
                for byte in raw[start..<at] {
                    if byte == 0x2D { isNegative = true }
                    guard FoldedText.isDigit(byte), number < 1_000_000_000 else { continue }
                    number = number * 10 + Int(byte - 0x30)
                }
                return number == 0 ? .falsity : .number(isNegative ? -number : number)
            }
        }
    }
}
