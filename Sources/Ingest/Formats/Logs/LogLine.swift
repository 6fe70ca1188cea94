import Model

/// One line of a plain log: its time, its level, where it came from, and what it says.
struct LogLine {
    private(set) var time: Timestamp?
    private(set) var level: String?
    private(set) var logger: String?
    private(set) var message = ""
    /// The line as it is written, without colours.
    private(set) var text = ""
    /// `key=value` in the line.
    private(set) var pairs: [(name: String, value: String)] = []
    /// The object at the end of the line.
    private(set) var json: [UInt8] = []
    /// The lines that belong to it: a traceback, a message of several lines.
    private var continuation = ""

    private static let longestContinuation = 1 << 16

    /// Reads a line; nil when it has no time of its own and none is known from elsewhere, so that it belongs to the line before.
    ///
    /// `isTimed` lines have a time by their collector; those that look like the middle of a traceback still belong to `follows`.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, isTimed: Bool, follows: LogLine?) {
        var rest = LogLine.plain(bytes)
        text = String(rest)
        guard takePrefix(&rest, depth: 0) || isTimed && !(follows != nil && LogLine.isMiddle(rest, after: follows)) else {
            return nil
        }
        readContent(rest)
        if let follows, follows.continues(with: self) { return nil }
    }

    /// True when a text begins with a time.
    static func beginsWithTime(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { LogTime.prefix($0) != nil }
    }

    /// True for `INFO:     127.0.0.1:5000 - "POST …`, the line of a program that writes no times.
    static func beginsWithLevel(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let text = plain(UnsafeBufferPointer(rebasing: bytes.prefix(64)))
        let word = text.prefix { $0.isLetter }
        return levels.contains(word) && text.dropFirst(word.count).hasPrefix(":")
    }

    /// Adds a line without a time of its own.
    mutating func add(continuation bytes: UnsafeBufferPointer<UInt8>) {
        guard continuation.utf8.count < LogLine.longestContinuation else { return }
        var rest = LogLine.plain(bytes)
        var own = LogLine()
        if own.takePrefix(&rest, depth: 0) {
            own.readContent(rest)
            rest = own.message[...]
        }
        continuation += (continuation.isEmpty ? "" : "\n") + rest
    }

    private init() {}

    /// vLLM writes its prefix before each line of a traceback: such lines are one.
    private func continues(with line: LogLine) -> Bool {
        guard line.level == level, let before = time, let now = line.time, (now - before).inNanoseconds.magnitude < 2_000_000_000
        else { return false }
        if line.rawMessage.hasPrefix("Traceback (most recent call last)") { return !continuation.contains("Traceback") }
        guard isInTraceback else { return false }
        return line.rawMessage.first?.isWhitespace == true || LogText.head(line.message[...]) != nil || line.message.isEmpty
    }

    private var isInTraceback: Bool {
        guard message.hasPrefix("Traceback") || continuation.contains("Traceback (most recent call last)") else { return false }
        guard let last = continuation.split(separator: "\n").last else { return true }
        return last.first?.isWhitespace == true || LogText.head(last) == nil
    }

    /// The message with the blanks before it.
    private var rawMessage = ""

    private static func isMiddle(_ line: Substring, after before: LogLine?) -> Bool {
        if line.first?.isWhitespace == true { return true }
        if ["Caused by:", "During handling of", "The above exception", "}", "at "].contains(where: line.hasPrefix) {
            return true
        }
        guard let before else { return false }
        if line.hasPrefix("Traceback (most recent call last)") { return LogWords.isGrave(before.level ?? "") }
        return before.isInTraceback && LogText.head(line) != nil
    }

    /// The text of a line without the codes that colour it.
    private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> Substring {
        guard bytes.contains(0x1B) else { return Substring(decoding: bytes, as: UTF8.self) }
        var kept: [UInt8] = [], isCode = false
        for byte in bytes {
            if isCode {
                if byte >= 0x40 && byte <= 0x7E && byte != 0x5B { isCode = false }
            } else if byte == 0x1B {
                isCode = true
            } else {
                kept.append(byte)
            }
        }
        return Substring(decoding: kept, as: UTF8.self)
    }

    // MARK: the prefix

    /// Takes a time, and what stands before it, off the front; false when there is none.
    private mutating func takePrefix(_ rest: inout Substring, depth: Int) -> Bool {
        var at = rest
        for _ in 0..<4 {
            if let found = LogLine.time(at) ?? glog(at) {
                time = found.time
                rest = found.rest
                // A collector's prefix before the line of a program, which has a prefix of its own.
                rest = LogLine.withoutStream(rest)
                var inner = LogLine(), content = rest
                if depth < 2, inner.takePrefix(&content, depth: depth + 1) {
                    (time, level) = (inner.time, inner.level ?? level)
                    rest = content
                }
                return true
            }
            guard let next = skipped(at) else { return false }
            at = next
        }
        return false
    }

    private static func time(_ text: Substring) -> (time: Timestamp, rest: Substring)? {
        var start = text.drop { $0 == "[" || $0 == "\"" || $0 == " " || $0 == "(" || $0 == "<" }
        for name in ["time=", "ts=", "timestamp=", "t=", "@timestamp="] where start.hasPrefix(name) {
            start = start.dropFirst(name.count).drop { $0 == "\"" }
            break
        }
        var head = String(decoding: start.utf8.prefix(40), as: UTF8.self)
        let found = head.withUTF8 { LogTime.prefix($0) }
        guard let found else { return nil }
        let rest = start.utf8.dropFirst(found.length)
        return (found.time, Substring(rest).drop { "]\")>".contains($0) })
    }

    /// Go's and Kubernetes' `E1130 09:00:00.123456       1 file.go:10] message`.
    private mutating func glog(_ text: Substring) -> (time: Timestamp, rest: Substring)? {
        guard let letter = text.first, let word = ["I": "INFO", "W": "WARN", "E": "ERROR", "F": "FATAL"][letter] else {
            return nil
        }
        let digits = text.dropFirst().prefix { $0.isNumber }
        guard digits.count == 4, let found = LogLine.time(digits.prefix(2) + "-" + digits.suffix(2) + text.dropFirst(5)) else {
            return nil
        }
        level = word
        return found
    }

    /// What follows a word that may stand before the time: a level, a name in brackets, a container's name and its bar.
    private mutating func skipped(_ text: Substring) -> Substring? {
        for (open, close) in [("(", ")"), ("[", "]"), ("<", ">")] as [(Character, Character)] where text.first == open {
            guard let end = text.prefix(80).firstIndex(of: close) else { return nil }
            let word = text[text.index(after: text.startIndex)..<end]
            if LogLine.isLevel(word) { level = LogLine.level(word) }
            return text[text.index(after: end)...].drop { $0 == " " }
        }
        let word = text.prefix { $0.isLetter }
        if LogLine.isLevel(word) {
            level = LogLine.level(word)
            return text.dropFirst(word.count).drop { $0 == ":" || $0 == " " || $0 == "-" || $0 == "|" || $0 == "\t" }
        }
        if let bar = text.prefix(60).firstRange(of: " | ") { return text[bar.upperBound...] }
        // An access log begins with the address of its client.
        if text.first?.isNumber == true, let bracket = text.prefix(80).firstIndex(of: "[") {
            let before = text[..<bracket]
            return before.contains(".") || before.contains(":") ? text[bracket...] : nil
        }
        return nil
    }

    /// Without containerd's `stdout F `.
    private static func withoutStream(_ text: Substring) -> Substring {
        let rest = text.drop { $0 == " " }
        for stream in ["stdout F ", "stderr F ", "stdout P ", "stderr P "] where rest.hasPrefix(stream) {
            return rest.dropFirst(stream.count)
        }
        return text
    }

    // MARK: the content

    private static let levels: Set<Substring> = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "SEVERE", "PANIC", "ALERT", "EMERG",
        "ERR", "CRIT", "SUCCESS", "EXCEPTION",
    ]

    private static func isLevel(_ word: Substring) -> Bool {
        levels.contains(word)
            || word.utf8.count > 3 && levels.contains(Substring(word.uppercased())) && word == word.lowercased()[...]
    }

    private static func level(_ word: Substring) -> String {
        word.uppercased() == "EXCEPTION" ? "ERROR" : String(word).uppercased()
    }

    private mutating func readContent(_ text: Substring) {
        var rest = text
        takeObject(&rest)
        let whole = rest
        takeLevel(&rest)
        rest = LogLine.trimmed(rest)
        takeLogger(&rest)
        if level == nil, let colon = rest.prefix(12).firstIndex(of: ":"),
            ["error", "fatal", "exception"].contains(rest[..<colon].lowercased())
        {
            level = "ERROR"
            rest = LogLine.trimmed(rest[rest.index(after: colon)...])
        }
        message = String(rest)
        let blanks = whole[..<rest.startIndex].reversed().prefix { $0 == " " || $0 == "\t" }.count
        rawMessage = String(repeating: " ", count: max(0, blanks - 1)) + message
        takePairs()
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop { " :|-]\t>".contains($0) }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }

    /// A JSON object at the end of the line.
    private mutating func takeObject(_ rest: inout Substring) {
        guard let brace = rest.firstIndex(of: "{"), rest.utf8.last == 0x7D || rest.last?.isWhitespace == true else { return }
        var tail = String(rest[brace...])
        let isObject = tail.withUTF8 { bytes in
            var cursor = JSONCursor(bytes)
            guard let value = try? cursor.skipValue(), value.isObject, value.count > 2 else { return false }
            return (try? cursor.expectEnd()) != nil
        }
        guard isObject else { return }
        json = Array(tail.utf8)
        rest = rest[..<brace]
    }

    /// The level among the first words, and what stands before it as the logger.
    private mutating func takeLevel(_ rest: inout Substring) {
        var words = 0, at = rest.startIndex
        let limit = rest.index(rest.startIndex, offsetBy: 90, limitedBy: rest.endIndex) ?? rest.endIndex
        while at < limit, words < 6 {
            guard rest[at].isLetter else {
                at = rest.index(after: at)
                continue
            }
            let word = rest[at...].prefix { $0.isLetter || $0 == "_" || $0.isNumber }
            let before = at > rest.startIndex ? rest[rest.index(before: at)] : " "
            let after = rest[word.endIndex...].first ?? " "
            let isMarked = "[=|(\t<\"".contains(before) || "]:|)\t>\"".contains(after) || words == 0
            if LogLine.levels.contains(word) || isMarked && LogLine.isLevel(word) {
                guard !"/.".contains(before), !"/.(".contains(after) else { return }
                let source = rest[..<at]
                guard source.allSatisfy({ $0.isWhitespace }) || source.contains(where: { ".:[]|-()=\t".contains($0) }) else {
                    return
                }
                level = LogLine.level(word)
                var name = LogLine.trimmed(source)
                while let last = name.last, " :|-[(=\t".contains(last) { name.removeLast() }
                if name.hasSuffix("level") || name.hasSuffix("lvl") { name = "" }
                if !name.isEmpty, name.utf8.count < 60 { logger = String(name) }
                rest = rest[word.endIndex...].drop { "])\"".contains($0) }
                return
            }
            words += 1
            at = word.endIndex
        }
    }

    /// The place in the program before the message: `[engine.py:160]`, `proxy_server.py:123 - `, `app.llm:generate:113 - `,
    /// `my_app::llm: `.
    private mutating func takeLogger(_ rest: inout Substring) {
        if rest.first == "[", let end = rest.prefix(80).firstIndex(of: "]") {
            let place = rest[rest.index(after: rest.startIndex)..<end]
            guard !place.contains(" "), !place.isEmpty else { return }
            logger = String(place)
            rest = LogLine.trimmed(rest[rest.index(after: end)...])
        }
        for mark in [" - ", ": "] {
            guard let end = rest.prefix(100).firstRange(of: mark) else { continue }
            let place = rest[..<end.lowerBound]
            let isPlace =
                !place.isEmpty && !place.contains(" ") && (place.contains(":") || place.contains(".") || place.contains("::"))
            guard isPlace, !LogText.isClass(place), !place.contains("/"), !place.contains("=") else { continue }
            logger = String(place)
            rest = rest[end.upperBound...]
            return
        }
    }

    /// The pairs of logfmt and of Rust's tracing: `model="gpt-4o" latency_ms=900`.
    private mutating func takePairs() {
        var rest = message[...]
        while pairs.count < 64, let equals = rest.firstIndex(of: "=") {
            let name = String(
                rest[..<equals].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-" }.reversed()
            )
            rest = rest[rest.index(after: equals)...]
            guard let first = name.first, first.isLetter || first == "_", let start = rest.first, !start.isWhitespace,
                start != "="
            else {
                continue
            }
            if start == "\"" || start == "'" {
                var value = "", isEscaped = false, at = rest.index(after: rest.startIndex), isClosed = false
                while at < rest.endIndex {
                    let character = rest[at]
                    at = rest.index(after: at)
                    if isEscaped || character != "\\" && character != start { value.append(character) }
                    if !isEscaped, character == start {
                        isClosed = true
                        break
                    }
                    isEscaped = character == "\\" && !isEscaped
                }
                if isClosed {
                    pairs.append((name, value))
                    rest = rest[at...]
                }
            } else {
                var value = rest.prefix { !$0.isWhitespace && $0 != "," && $0 != ";" }
                rest = rest[value.endIndex...]
                while let last = value.last, ")]}>".contains(last) { value.removeLast() }
                if !value.isEmpty { pairs.append((name, String(value))) }
            }
        }
    }

    // MARK: the row

    /// Adds what the line tells to a row; what the program wrote as an object comes first.
    func add(to row: inout LogRow, _ object: inout LogObject) {
        if !json.isEmpty {
            json.withUnsafeBufferPointer { bytes in
                var cursor = JSONCursor(bytes)
                try? object.read(&cursor, into: &row)
            }
        }
        for (name, value) in pairs {
            guard let meaning = LogName(name) else { continue }
            // A time of the program that stands in its own line is in the prefix.
            if meaning.field != .time || time == nil { row.add(meaning, name: name, value) }
        }
        if let time { row.fill(.time, TimeText.iso(time)) }
        row.fill(.level, level)
        row.fill(.logger, logger)
        row.fill(.message, message)
        if let access = AccessLine(message) { row.fill(.httpStatus, String(access.status)) }
        // An exception that a program lets through is printed without a level.
        if level == nil, json.isEmpty, let found = LogText.head(message[...]),
            found.type.hasSuffix("Error") || found.type.hasSuffix("Exception"), found.message != nil || !continuation.isEmpty
        {
            row.fill(.exceptionType, found.type)
            row.fill(.errorMessage, found.message ?? found.type)
        }
        guard !continuation.isEmpty else { return }
        if let found = LogText.exception(message.hasPrefix("Traceback") ? message + "\n" + continuation : continuation),
            found.type != nil
        {
            row.fill(.exceptionType, found.type)
            row.fill(.errorMessage, found.message ?? found.type)
        }
        row.fill(.stack, continuation)
    }

    /// True when the line shows that a program wrote it, and nobody a diary.
    var isOfProgram: Bool {
        level != nil || !json.isEmpty || !pairs.isEmpty || message.contains(" HTTP/") || message.contains("HTTP/1.1")
    }
}

/// A line about a request to a model over HTTP, by a client or by a server, and of how it ended.
private struct AccessLine {
    let status: Int

    /// Paths that belong to models.
    private static let paths = [
        "/chat/completions", "/completions", "/v1/responses", "/v1/messages", "/embeddings", ":generatecontent",
        ":streamgeneratecontent", "/invoke", "/converse", "/api/generate", "/api/chat", "/rerank", "/audio/", "/images/",
        "/messages",
        "/generate", "/infer", "openai.azure.com", "api.openai.com", "api.anthropic.com",
    ]

    init?(_ message: String) {
        guard let http = message.firstRange(of: "HTTP/") else { return nil }
        let before = message[..<http.lowerBound].lowercased()
        guard before.contains("post ") || before.contains("http request"), AccessLine.paths.contains(where: before.contains)
        else {
            return nil
        }
        let after = message[http.upperBound...].drop { $0.isNumber || $0 == "." }.drop { $0 == "\"" || $0 == " " }
        guard let status = Int(after.prefix { $0.isNumber }), (100...599).contains(status) else { return nil }
        self.status = status
    }
}

/// The first lines of a text that may be a log.
struct LogLineSample {
    /// The objects at the ends of its lines.
    private(set) var contents = Envelope.Contents()

    /// Nil unless lines begin with times, as those of a program's log do.
    init?(_ lines: [UnsafeBufferPointer<UInt8>]) {
        var timed = 0, filled = 0, programs = 0
        for line in lines where line.contains(where: { !FormatSniffer.isBlank($0) }) {
            filled += 1
            guard let parsed = LogLine(line, isTimed: false, follows: nil) else { continue }
            timed += 1
            if parsed.isOfProgram { programs += 1 }
            if !parsed.json.isEmpty { contents.objects.append(parsed.json) }
        }
        contents.hasLines = contents.objects.count < timed
        guard timed > 0, timed * 5 >= filled, programs > 0 else { return nil }
    }
}
