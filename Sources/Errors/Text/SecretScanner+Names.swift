/// Values that are secret because of their name.
extension SecretScanner {
    /// A name that was found, and its context.
    struct FoundName {
        var name: SecretName
        var start: Int
        /// True when `?`, `&` or their escapes precede it.
        var isQuery: Bool
    }

    /// The syntax between a name and its value.
    enum Joint {
        /// `name=value`, `"name": "value"`: the extent of the value is certain.
        case firm
        /// `name: value`, `--name value`: prose looks the same.
        case loose
    }

    private static let longestName = 48

    /// `api_key=…`, `"password": "…"`, `x-api-key: …`, `api_key%3D…`.
    mutating func assigned(_ at: Int) -> SecretFind? {
        let isEncoded = bytes[at] == 0x25
        let width = isEncoded ? 3 : 1
        let isAssignment = isEncoded ? bytes[at + 2] | 0x20 == 0x64 : bytes[at] == 0x3D
        let unquoted = beforeQuotes(at), nameEnd = beforeBracket(unquoted)
        // An index may be any key: `counts[key] = …`.
        guard let found = name(endingAt: nameEnd), nameEnd == unquoted || found.name.sureness == .sure else { return nil }
        var start = at + width
        // `:=` and `=>`.
        if start < bytes.count, !isEncoded, bytes[start] == (isAssignment ? 0x3E : 0x3D) { start += 1 }
        var quote: UInt8?
        start = behindQuotes(start, &quote)
        if found.name.kind == .cookie { return cookie(start, quote) }
        let isAuthorization = found.name.letters.count == 13
        if isAuthorization, let find = credentials(start, quote) { return find }
        // Prose about a field lies in lists as well: `"password": ["Choose a longer one."]`.
        let outer = start
        start = behindOpening(start, &quote, isInList: found.name.kind != .password)
        if isAuthorization, start > outer, let find = credentials(start, quote) { return find }
        var value = start..<end(of: .value, from: start)
        if isEncoded { value = value.lowerBound..<decodedEnd(value) }
        if let quote, found.name.kind == .password { value = quoted(value, quote) }
        // The end of a sentence.
        if value.count > 3, bytes[value.upperBound - 1] == 0x2E { value.removeLast() }
        let isClosed =
            value.upperBound < bytes.count
            && (isQuote(value.upperBound) && (quote != nil || isHeader(found.start, nameEnd: at))
                || quote == nil && start > outer && bytes[value.upperBound] == 0x5D)
        let isFirm = isAssignment || isClosed || isLineOfHeader(found, at, value)
        guard isSecret(value, found, isFirm ? .firm : .loose, isAssignment: isAssignment) else { return nil }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// True for `x-api-key:abc` and for `x-api-key: abc` as a whole line: prose has a blank, and goes on.
    private func isLineOfHeader(_ found: FoundName, _ joint: Int, _ value: Range<Int>) -> Bool {
        let first = firstByte(ofNameAt: found.start)
        let isCompound = (first..<joint).contains { bytes[$0] == 0x2D || bytes[$0] == 0x5F }
        guard isCompound || found.name.kind == .password && found.name.sureness == .vague else { return false }
        if isCompound, joint + 1 == value.lowerBound { return true }
        var start = first
        while start > 0, first - start < 16, [0x20, 0x09, 0x22, 0x27].contains(bytes[start - 1]) { start -= 1 }
        let beginsLine = start == 0 || bytes[start - 1] == 0x0A || start > 1 && has("\\n", at: start - 2)
        let end = value.upperBound
        return beginsLine && (end == bytes.count || [0x0A, 0x0D].contains(bytes[end]) || has("\\n", at: end))
    }

    /// `--api-key …`, `-u user:password`.
    mutating func option(_ at: Int) -> SecretFind? {
        guard at == 0 || !isKeyByte(bytes[at - 1]), at + 3 < bytes.count else { return nil }
        if has("-u ", at: at) || has("--user ", at: at) {
            let start = at + (bytes[at + 1] == 0x75 ? 3 : 7)
            let value = start..<end(of: .value, from: start)
            guard let colon = value.prefix(ByteFacts.reach).first(where: { bytes[$0] == 0x3A }), colon > start else { return nil }
            let facts = facts(of: colon + 1..<value.upperBound)
            let isPassword = facts.letters > 0 && facts.slashes == 0 && (facts.digits > 0 || value.upperBound - colon > 8)
            return isPassword && value.upperBound - colon > 4 ? SecretFind(range: value, kind: .password) : nil
        }
        if let find = commandPassword(at) { return find }
        guard bytes[at + 1] == 0x2D, bytes[at + 2] | 0x20 >= 0x61 else { return nil }
        let nameEnd = end(of: .key, from: at)
        guard nameEnd - at <= SecretScanner.longestName, let found = name(endingAt: nameEnd) else { return nil }
        var start = nameEnd
        while start < bytes.count, start - nameEnd < 6, [0x20, 0x22, 0x27, 0x2C].contains(bytes[start]) { start += 1 }
        guard start > nameEnd else { return nil }
        let value = start..<end(of: .value, from: start)
        guard value.first.map({ bytes[$0] != 0x2D }) ?? false, isSecret(value, found, .loose, isAssignment: false) else {
            return nil
        }
        return SecretFind(range: value, kind: found.name.kind)
    }

    /// `sshpass -p …`, `mysql -p…`, `redis-cli -a …`.
    private mutating func commandPassword(_ at: Int) -> SecretFind? {
        let isAttached = bytes[at + 1] == 0x70 && bytes[at + 2] > 0x20
        let commands: [StaticString] = bytes[at + 1] == 0x61 ? ["redis-cli "] : isAttached ? ["mysql", "mariadb"] : ["sshpass "]
        guard bytes[at + 1] == 0x61 || bytes[at + 1] == 0x70, isAttached || bytes[at + 2] == 0x20 else { return nil }
        let low = max(0, at - 48)
        steps += at - low
        guard (low..<at).contains(where: { place in commands.contains { has($0, at: place) } }) else { return nil }
        let start = at + (isAttached ? 2 : 3), value = start..<end(of: .value, from: start)
        guard value.count >= 3, bytes[start] != 0x2D, bytes[start] != 0x5B, !isNoValue(value) else { return nil }
        let facts = facts(of: value)
        // `-port` is an option of its own.
        return facts.stars == 0 && facts.letters > 0 && (facts.digits > 0 || !isAttached)
            ? SecretFind(range: value, kind: .password) : nil
    }

    /// True for the name of a header, such as `x-api-key`: with the quotes of a whole line of a header around it and its value,
    /// the value is as whole as it is written.
    func isHeader(_ start: Int, nameEnd: Int) -> Bool {
        (firstByte(ofNameAt: start)..<nameEnd).contains { bytes[$0] == 0x2D }
    }

    /// Returns the start of the whole name that ends with the name of a secret at `start`: `x` of `x-api-key`.
    func firstByte(ofNameAt start: Int) -> Int {
        var first = start
        while first > 0, start - first < 32, isKeyByte(bytes[first - 1]) { first -= 1 }
        return first
    }

    // MARK: Names

    /// Skips quotes, blanks and their escapes backwards, from a joint to a name.
    func beforeQuotes(_ at: Int) -> Int {
        var end = at
        while end > 0, at - end < 14 {
            let byte = bytes[end - 1]
            if byte == 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x5C || byte == 0x60 { end -= 1; continue }
            if byte == 0x32, has("\\u0022", at: end - 6) { end -= 6; continue }
            if byte == 0x32, has("%22", at: end - 3) { end -= 3; continue }
            if byte == 0x3B, has("&quot;", at: end - 6) { end -= 6; continue }
            if byte == 0x3B, has("&#34;", at: end - 5) || has("&#39;", at: end - 5) { end -= 5; continue }
            // Erlang's binaries: `<<"…">>`.
            if byte == 0x3E, has("\">>", at: end - 3) { end -= 2; continue }
            break
        }
        return end
    }

    /// Skips the bracket behind an element's name backwards: `headers["x-api-key"] = …`, `[api_key] => …`.
    private func beforeBracket(_ end: Int) -> Int {
        end > 0 && bytes[end - 1] == 0x5D ? beforeQuotes(end - 1) : end
    }

    /// Skips quotes, blanks and their escapes; `quote` becomes the opening quote of the value.
    func behindQuotes(_ at: Int, _ quote: inout UInt8?) -> Int {
        var start = at
        while start < bytes.count, start - at < 14 {
            let byte = bytes[start]
            if byte == 0x22 || byte == 0x27 || byte == 0x60 { quote = byte }
            if byte == 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x5C && !has("\\u", at: start) || byte == 0x60 {
                start += 1
            } else if has("\\u0022", at: start) || has("&quot;", at: start) {
                (quote, start) = (0x22, start + 6)
            } else if has("&#34;", at: start) || has("&#39;", at: start) {
                (quote, start) = (0x22, start + 5)
            } else if has("%22", at: start) || has("%20", at: start) {
                (quote, start) = (bytes[start + 2] == 0x32 ? 0x22 : quote, start + 3)
            } else if byte == 0x62, start + 1 < bytes.count, bytes[start + 1] == 0x22 || bytes[start + 1] == 0x27 {
                // Python bytes: `b'…'`.
                start += 1
            } else if has("<<\"", at: start) {
                start += 2
            } else {
                break
            }
        }
        return start
    }

    /// Returns true when a quote, or its escape, closes a value at `at`.
    func isQuote(_ at: Int) -> Bool {
        [0x22, 0x27, 0x60, 0x5C].contains(bytes[at]) || has("%22", at: at) || has("&quot;", at: at) || has("&#3", at: at)
    }

    /// Returns the name of a secret that ends before `end`.
    mutating func name(endingAt end: Int) -> FoundName? {
        guard end >= 2 else { return nil }
        let low = max(0, end - SecretScanner.longestName)
        for name in SecretName.byLastLetter[Int(bytes[end - 1])] {
            guard let start = start(of: name, endingAt: end, low) else { continue }
            var found = FoundName(name: name, start: start, isQuery: false)
            if start > 0 {
                let before = bytes[start - 1]
                found.isQuery =
                    before == 0x3F || before == 0x26 || start > 2 && (has("%3F", at: start - 3) || has("%26", at: start - 3))
            }
            guard name.sureness == .vague else { return found }
            // `API key: …` is equivalent to the name without the space.
            if name.letters.count == 3, name.letters[0] == 0x6B, start >= 4, hasWord("api ", at: start - 4) {
                return FoundName(name: SecretName.apiKey, start: start - 4, isQuery: false)
            }
            return SecretName.harmlessQualifiers.contains(qualifier(before: start)) ? nil : found
        }
        return nil
    }

    /// Returns the start of a name whose letters end before `end`, with any separators in between; nil when it is not there, or
    /// is the end of a longer word.
    private mutating func start(of name: SecretName, endingAt end: Int, _ low: Int) -> Int? {
        var at = end
        for letter in name.letters.reversed() {
            if at < end, at > low, bytes[at - 1] == 0x5F || bytes[at - 1] == 0x2D { at -= 1 }
            guard at > low else { return nil }
            let byte = bytes[at - 1]
            guard (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) == letter else { return nil }
            at -= 1
        }
        steps += end - at
        guard at > 0, !name.endsLongerNames else { return at }
        let before = bytes[at - 1]
        let isCapital = bytes[at] >= 0x41 && bytes[at] <= 0x5A
        let isEscape =
            at > 2 && bytes[at - 3] == 0x25 || at > 5 && has("\\u", at: at - 6)
            || at > 1 && bytes[at - 2] == 0x5C && [0x6E, 0x72, 0x74].contains(before)
        // A capital starts a word only after a lower-case letter.
        return !FoldedText.isWord(before) || before == 0x5F || isEscape || isCapital && before >= 0x61 ? at : nil
    }

    /// Returns the word before a name, in lower case.
    private func qualifier(before start: Int) -> String {
        var end = start
        while end > 0, start - end < 2, bytes[end - 1] == 0x5F || bytes[end - 1] == 0x2D { end -= 1 }
        var low = end
        while low > 0, end - low < 16, bytes[low - 1] | 0x20 >= 0x61, bytes[low - 1] | 0x20 <= 0x7A {
            low -= 1
            if end == start, bytes[low] < 0x61 { break }
        }
        return String(decoding: bytes[low..<end].map { $0 | 0x20 }, as: UTF8.self)
    }

    // MARK: Values

    /// Returns the end of a value inside a URL: the first escaped separator.
    private mutating func decodedEnd(_ value: Range<Int>) -> Int {
        let marks: [StaticString] = ["%26", "%22", "%20", "%0A", "%3B", "%2C", "%7D"]
        let window = value.lowerBound..<min(value.upperBound, value.lowerBound + 2 * ByteFacts.reach)
        var search = separators, read = 0
        let found = search.first(in: window, steps: &read) { at in
            bytes[at] == 0x25 && marks.contains { hasWord($0, at: at) }
        }
        separators = search
        steps += read
        return found ?? value.upperBound
    }

    /// Extends a quoted password with blanks to its closing quote; returns the value unchanged when there is none.
    private mutating func quoted(_ value: Range<Int>, _ quote: UInt8) -> Range<Int> {
        guard value.upperBound < bytes.count, bytes[value.upperBound] != quote else { return value }
        var end = value.lowerBound, hasMark = false
        while end < bytes.count, end - value.lowerBound < 128, bytes[end] != quote, bytes[end] >= 0x20, bytes[end] != 0x5C {
            // Sentences have neither digits nor these characters.
            if FoldedText.isDigit(bytes[end]) || [0x21, 0x23, 0x24, 0x40, 0x5E, 0x2B].contains(bytes[end]) { hasMark = true }
            end += 1
        }
        steps += end - value.lowerBound
        return hasMark && end < bytes.count && bytes[end] == quote ? value.lowerBound..<end : value
    }

    /// Returns the cookies of a header, up to its end.
    mutating func cookie(_ start: Int, _ quote: UInt8?) -> SecretFind? {
        let name = end(of: .key, from: start)
        let isSession = name == start || !has("=", at: name)
        // `JSESSIONID=…` contains the value itself.
        if isSession {
            let facts = facts(of: start..<name)
            return name - start >= 16 && facts.digits > 1 ? SecretFind(range: start..<name, kind: .cookie) : nil
        }
        guard name - start <= 64, name + 1 < bytes.count, bytes[name + 1] > 0x20 else { return nil }
        var end = name + 1
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != 0x22, bytes[end] != 0x27, bytes[end] != 0x5C { end += 1 }
        return SecretFind(range: start..<end, kind: .cookie)
    }

    /// Returns the value after `Authorization:` and a scheme.
    mutating func credentials(_ start: Int, _ quote: UInt8?) -> SecretFind? {
        let schemes: [StaticString] = [
            "bearer ", "basic ", "token ", "apikey ", "api-key ", "key ", "bot ", "digest ", "splunk ", "geniekey ",
            "bearer%20", "basic%20", "token%20",
        ]
        guard let scheme = schemes.first(where: { hasWord($0, at: start) }) else { return nil }
        let begin = start + scheme.utf8CodeUnitCount
        let value = begin..<end(of: .credential, from: begin)
        guard value.count >= 3, !isStarred(value.upperBound), !isNoValue(value) else { return nil }
        let facts = facts(of: value)
        let ends = value.upperBound == bytes.count || bytes[value.upperBound] != 0x20
        guard facts.stars == 0, ends || facts.digits > 0 || facts.capitals > 0 else { return nil }
        return SecretFind(range: value, kind: .token)
    }

    mutating func isSecret(_ value: Range<Int>, _ found: FoundName, _ joint: Joint, isAssignment: Bool) -> Bool {
        guard let first = value.first, value.count >= 3 else { return false }
        // Variables, templates, calls and paths.
        if [0x5B, 0x7B, 0x24, 0x2A, 0x28, 0x25, 0x3D, 0x3A, 0x2F].contains(bytes[first]) { return false }
        let facts = facts(of: value), count = value.count
        if facts.stars > 0 || has("...", at: value.upperBound - 3) || isNoValue(value) { return false }
        if found.name.kind == .password {
            if found.name.sureness == .vague { return isVaguePassword(value, found, facts, joint) }
            if facts.letters == 0, !isAssignment, joint == .loose { return false }
            return count >= 4 && (joint == .firm || facts.digits > 0 && facts.letters > 0) || isAssignment
        }
        if facts.letters > 0, facts.digits == 0, isReference(value, facts) { return false }
        if has("sk-", at: first), count >= 6, facts.digits > 0 { return true }
        if found.name.sureness == .vague { return isVagueSecret(value, found, facts, isAssignment: isAssignment) }
        if hasWord("bearer", at: first) || hasWord("basic", at: first) { return false }
        if facts.letters == 0 {
            return count >= 20 || joint == .firm && count >= 6 && facts.others + facts.dots + facts.dashes == 0
        }
        switch joint {
        case .firm: return true
        case .loose: return count >= 6 && facts.digits > 0 || count >= 8 && facts.capitals > 1 && facts.letters > facts.capitals
        }
    }

    private mutating func isVagueSecret(_ value: Range<Int>, _ found: FoundName, _ facts: ByteFacts, isAssignment: Bool) -> Bool {
        let count = value.count
        // Hyphenated ids are ids; a value with slashes and a dot is a file name.
        guard facts.digits >= 2, facts.letters >= 2, !(count == 36 && facts.dashes == 4), !(facts.slashes > 0 && facts.dots > 0)
        else {
            return false
        }
        if found.isQuery { return count >= 10 }
        if found.name.kind == .token { return count >= (isAssignment ? 8 : 16) }
        return count >= 20
    }

    /// A value of `pass`, a word that also counts tests: it has letters and digits, or belongs to a user.
    private mutating func isVaguePassword(_ value: Range<Int>, _ found: FoundName, _ facts: ByteFacts, _ joint: Joint) -> Bool {
        let low = max(0, found.start - 64)
        steps += found.start - low
        if (low..<found.start).contains(where: { hasWord("user", at: $0) }) { return value.count >= 4 && facts.letters > 0 }
        return joint == .firm && value.count >= 5 && facts.letters >= 2 && facts.digits > 0 && facts.dashes + facts.dots == 0
    }

    /// Returns true for a word that means no value.
    func isNoValue(_ value: Range<Int>) -> Bool {
        guard value.count <= 16 else { return false }
        return SecretName.noValues.contains(
            String(decoding: bytes[value].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self))
    }

    /// Returns true for a reference to a secret: a variable, a field, a placeholder.
    private mutating func isReference(_ value: Range<Int>, _ facts: ByteFacts) -> Bool {
        if facts.parentheses > 0 || facts.dots > 0 && facts.others + facts.slashes + facts.dashes == 0 { return true }
        let shown = value.lowerBound..<min(value.upperBound, value.lowerBound + ByteFacts.reach)
        var search = references, read = 0
        let word = search.first(in: shown, steps: &read) { at in
            SecretName.references.contains { word in
                bytes[at] | 0x20 == word[0] && at + word.count <= bytes.count
                    && word.indices.allSatisfy { bytes[at + $0] | 0x20 == word[$0] }
            }
        }
        references = search
        steps += read
        if word != nil { return true }
        // `xxxx`, `aaaa`.
        return value.count >= 3 && shown.allSatisfy { bytes[$0] == bytes[value.lowerBound] }
    }
}

extension SecretName {
    /// The name that `API key` stands for.
    static let apiKey = SecretName("apikey", .key)
}
