import Model

/// A row of an error log being read.
struct ErrorLogRow {
    private var values = [String?](repeating: nil, count: ErrorLogField.allCases.count)
    private var extras = JSONWriter()

    /// Words that mean an empty cell.
    private static let empty: Set<String> = ["", "null", "none", "nan", "n/a", "na", "-", "\\n", "nil", "undefined"]
    /// Words in an error column that mean no error.
    private static let successes: Set<String> = ["ok", "success", "none", "no_error", "false", "0", "succeeded", "completed"]

    private static func isEmpty(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        // Every word for an empty cell starts with one of these; this settles most cells.
        guard text.utf8.count < 10, [0x6E, 0x4E, 0x75, 0x55, 0x2D, 0x5C].contains(first) else { return false }
        return empty.contains(text.lowercased())
    }

    mutating func reset() {
        for index in values.indices { values[index] = nil }
        extras.removeAll()
    }

    subscript(field: ErrorLogField) -> String? { values[field.rawValue] }

    /// Adds a cell; an empty one is unknown. When two columns give one field, the first with a value wins.
    mutating func add(_ field: ErrorLogField?, name: String, _ text: String) {
        if ErrorLogRow.isEmpty(text) { return }
        // A status is either a number or a word for the outcome.
        let field = field == .httpStatus && text.utf8.contains { $0 >= 0x41 } ? .outcome : field
        if let field, values[field.rawValue] == nil {
            values[field.rawValue] = text
        } else {
            writeExtra(name) { $0.string(text) }
        }
    }

    /// Adds a value that is not a single cell, for an unknown column.
    mutating func addExtra(_ name: String, _ value: JSONSlice) {
        if !value.isVoid { writeExtra(name) { $0.value(value) } }
    }

    private mutating func writeExtra(_ name: String, _ write: (inout JSONWriter) -> Void) {
        if extras.isEmpty { extras.beginObject() }
        extras.key(name)
        write(&extras)
    }

    private func number(_ field: ErrorLogField) -> Double? {
        self[field].flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 && $0 < 1e15 ? $0 : nil }
    }

    private func count(_ field: ErrorLogField) -> Int64? {
        guard var text = self[field] else { return nil }
        return text.withUTF8 { JSONNumber.int($0) }.flatMap { $0 >= 0 && $0 < 1_000_000_000_000_000 ? $0 : nil }
    }

    private func time(_ field: ErrorLogField) -> Timestamp? {
        guard var text = self[field] else { return nil }
        return text.withUTF8 { TimeValue.any($0) }
    }

    /// The error in the row, if there is one.
    private var failure: (type: String?, message: String?)? {
        func word(_ field: ErrorLogField) -> String? {
            self[field].flatMap { $0.utf8.count < 10 && ErrorLogRow.successes.contains($0.lowercased()) ? nil : $0 }
        }
        let type = word(.errorType), message = word(.errorMessage), exception = word(.exceptionType)
        let status = httpStatus ?? 0
        let level = self[.level]?.uppercased() ?? ""
        let isGrave = ["ERROR", "CRITICAL", "FATAL"].contains(level)
        let hasFailed = ["ERROR", "FAILED", "FAILURE"].contains(self[.outcome]?.uppercased() ?? "") || isRecovered
        if type != nil || message != nil || exception != nil || status >= 400 || isGrave || hasFailed {
            return (type, message ?? self[.message])
        }
        // A bare message is an error only when nothing gives the outcome.
        if self[.message] != nil, self[.httpStatus] == nil, self[.outcome] == nil, level.isEmpty, self[.outputTokens] == nil {
            return (nil, self[.message])
        }
        return nil
    }

    /// True when the row says that its failure was recovered.
    private var isRecovered: Bool {
        self[.outcome]?.lowercased() == "recovered" || ["true", "1", "yes"].contains(self[.recovered]?.lowercased() ?? "")
    }

    private var httpStatus: Int? { count(.httpStatus).flatMap { (100...599).contains($0) ? Int($0) : nil } }

    /// Returns the record of the row; nil without a readable time.
    mutating func finish(_ identity: inout RowIdentity) -> SpanRecord? {
        guard let start = time(.time) else { return nil }
        if !extras.isEmpty { extras.endObject() }
        var span = SpanRecord(spanID: self[.spanID].map(Identifier.normalise) ?? identity.next(contentHash), kind: .llm)
        span.project = self[.project] ?? ""
        span.traceID = self[.traceID].map(Identifier.normalise)
        span.parentID = self[.parentID].map(Identifier.normalise)
        span.name = self[.name]
        span.start = start
        span.end = time(.endTime)
        let milliseconds = number(.latencyMilliseconds) ?? number(.latencySeconds).map { $0 * 1000 }
        // More than thirty years is not a latency.
        if let milliseconds, milliseconds < 1e12 { span.reportedLatency = .nanoseconds(Int64((milliseconds * 1e6).rounded())) }
        if let model = self[.model] {
            let (provider, name) = ProviderNames.split(model)
            span.modelRequested = name
            if name != model { span.modelAsWritten = model }
            span.provider = provider
        }
        span.provider =
            self[.provider].map(ProviderNames.canonical) ?? span.provider ?? span.modelRequested.flatMap(ProviderNames.maker)
        if let written = self[.provider], written != span.provider { span.providerAsWritten = written }
        (span.agent, span.user, span.session) = (self[.agent], self[.user], self[.session])
        (span.environment, span.release, span.service) = (self[.environment], self[.release], self[.service])
        (span.inputTokens, span.outputTokens, span.totalTokens) = (count(.inputTokens), count(.outputTokens), count(.totalTokens))
        span.cost = number(.cost).flatMap { Money(dollars: $0) }
        span.finishReasons = self[.finishReason].map { [$0] } ?? []
        (span.level, span.requestID, span.stack) = (self[.level], self[.requestID], self[.stack])
        (span.httpStatus, span.errorCode, span.fallbackFrom) = (httpStatus, self[.errorCode], self[.fallbackFrom])
        span.attemptsMade = count(.retries).flatMap { $0 < 1_000_000 ? Int($0) + 1 : nil }
        span.attempt = count(.attempt).flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        if let failure {
            span.status = .error
            span.errorType = failure.type
            span.statusMessage = failure.message
            span.exceptionType = self[.exceptionType]
            span.isRecovered = isRecovered
        } else {
            span.status = .ok
            if let message = self[.message] {
                extras.removeEnd()
                writeExtra("message") { $0.string(message) }
                extras.endObject()
            }
        }
        TokenUsage.forgetEmptyZeros(&span)
        span.attributes = extras.text
        return span
    }

    private var contentHash: ContentHash {
        var hash = ContentHash()
        for value in values { hash.add(value) }
        hash.add(extras.bytes)
        return hash
    }
}
