import Model

/// What the rows of one log have in common, learned from many of them.
struct LogHabits: Sendable {
    /// True when lengths of time without a unit are milliseconds.
    var countsMilliseconds = false
    /// True for a log of errors, whose rows are calls and their messages errors'.
    var isErrorLog = false
    /// True when one request has several rows under its id, so that they are one trace.
    var joinsRequests = false
}

extension LogRow {
    /// How a row says that it ended.
    private enum Ending { case well, cancelled, pending, failed }

    /// The record of the row: a call, or an event for what is none. Nil when it has no readable time. `id` gives one to a row
    /// that has none.
    mutating func finish(_ habits: LogHabits, outside: LogContext, id: () -> String) -> Record? {
        guard let start = time(.time) ?? outside.time else { return nil }
        readTexts()
        if self[.level] == nil, let number = count(.levelNumber) { fill(.level, level(number)) }
        fill(.level, outside.level)
        fill(.service, outside.service)
        let ending = self.ending(habits)
        // In a log of errors a row without a level is a call that failed; anywhere else a call shows a model, tokens or a cost.
        let isCall = hasCallMark || habits.isErrorLog && self[.level] == nil && self[.logger] == nil
        return isCall ? .span(call(start, ending, habits, id)) : .event(event(start, ending, id()))
    }

    private func level(_ number: Int64) -> String? {
        LogWords.level(
            number, isSyslog: number < 8, isPython: names(.levelNumber).contains("levelno") || names(.levelNumber) == "no")
    }

    /// Brings exceptions that are kept as one text to their parts.
    private mutating func readTexts() {
        for field in [LogField.exceptionType, .stack] {
            guard let text = self[field], text.utf8.count > 40 || text.contains(":") || text.contains("\n"),
                let found = LogText.exception(text)
            else { continue }
            clear(field)
            fill(.exceptionType, found.type)
            // Often the text repeats what the message says at more length.
            if let said = found.message, self[.message]?.contains(said) == true {
            } else {
                fill(.errorMessage, found.message ?? (found.stack == nil ? text : nil))
            }
            fill(.stack, found.stack)
        }
        if let message = self[.message], self[.exceptionType] == nil, message.contains("Traceback (most recent call last)"),
            let found = LogText.exception(message)
        {
            fill(.exceptionType, found.type)
            fill(.errorMessage, found.message)
            fill(.stack, found.stack)
        }
    }

    // MARK: how it ended

    private mutating func ending(_ habits: LogHabits) -> Ending {
        var word: LogWords.Ending?
        if let outcome = self[.outcome] {
            word = LogWords.ending(outcome)
            if word == .unknown { noteUnclear(.outcome) }
        }
        if isRecovered { return .failed }
        let isFlagged = self[.success].flatMap(LogWords.truth) == false || self[.failed].flatMap(LogWords.truth) == true
        if isFlagged || word == .badly || (httpStatus ?? 0) >= 400 { return httpStatus == 499 ? .cancelled : .failed }
        if word == .cancelled { return .cancelled }
        if errorWord(.errorType) != nil && !isNameOfKind || errorWord(.errorMessage) != nil || errorWord(.exceptionType) != nil
            || errorWord(.errorCode) != nil || LogWords.isGrave(self[.level] ?? "")
        {
            return .failed
        }
        if let kind = self[.kind], LogWords.tellsOfFailure(kind), self[.success] == nil, word != .well { return .failed }
        if word == .pending { return .pending }
        // A bare message is an error's only where nothing says how the call went.
        if habits.isErrorLog, self[.message] != nil,
            hasAny([.httpStatus, .outcome, .level, .success, .failed, .latency]) == false,
            !hasAny([.outputTokens, .inputTokens, .totalTokens, .cost, .output])
        {
            return .failed
        }
        return .well
    }

    /// True for `category` and its like, which may name something other than an error, where nothing else speaks of one.
    private var isNameOfKind: Bool {
        names(.errorType).lowercased() == "category" && self[.errorMessage] == nil
            && (self[.level] != nil || self[.logger] != nil)
    }

    private func errorWord(_ field: LogField) -> String? { self[field].flatMap { LogWords.saysNoError($0) ? nil : $0 } }

    /// True when the row says that its failure was recovered.
    private var isRecovered: Bool {
        self[.outcome]?.lowercased() == "recovered" || self[.recovered].flatMap(LogWords.truth) == true
    }

    /// What the row calls its error: the type, or a status in words, such as `timeout`.
    private var failureType: String? {
        if let type = errorWord(.errorType) { return type }
        if let kind = self[.kind], LogWords.tellsOfFailure(kind), !["error", "exception", "failure"].contains(kind.lowercased()) {
            return kind
        }
        guard let outcome = self[.outcome], LogWords.ending(outcome) == .badly,
            !["error", "failed", "failure", "fail", "errored", "false", "no", "err", "recovered"].contains(outcome.lowercased())
        else { return nil }
        return outcome
    }

    private var failureMessage: String? { errorWord(.errorMessage) ?? self[.message] ?? self[.detail] }

    // MARK: records

    private mutating func call(_ start: Timestamp, _ ending: Ending, _ habits: LogHabits, _ makeID: () -> String) -> SpanRecord {
        let id = self[.spanID].map(Identifier.normalise) ?? makeID()
        let isEmbedding = [LogField.model, .kind, .name].contains { self[$0]?.lowercased().contains("embed") == true }
        var span = SpanRecord(spanID: id, kind: isEmbedding ? .embedding : .llm)
        span.project = self[.project] ?? ""
        span.traceID = self[.traceID].map(Identifier.normalise)
        if span.traceID == nil, habits.joinsRequests { span.traceID = self[.requestID].map(Identifier.normalise) }
        span.parentID = self[.parentID].map(Identifier.normalise)
        span.name = self[.name]
        (span.start, span.end) = (start, time(.endTime))
        span.reportedLatency = latency(isMilliseconds: habits.countsMilliseconds)
        fillModel(&span)
        (span.agent, span.user, span.session) = (self[.agent], self[.user], self[.session])
        (span.environment, span.release, span.service) = (self[.environment], self[.release], self[.service])
        (span.inputTokens, span.outputTokens, span.totalTokens) = (count(.inputTokens), count(.outputTokens), count(.totalTokens))
        (span.cachedInputTokens, span.reasoningTokens) = (count(.cachedTokens), count(.reasoningTokens))
        span.cost = cost
        span.finishReasons = self[.finishReason].map { [$0] } ?? []
        (span.level, span.requestID, span.stack) = (self[.level], self[.requestID], self[.stack])
        (span.httpStatus, span.errorCode, span.fallbackFrom) = (httpStatus, self[.errorCode] ?? self[.code], self[.fallbackFrom])
        span.attemptsMade = count(.retries).flatMap { $0 < 1_000_000 ? Int($0) + 1 : nil }
        span.attempt = count(.attempt).flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        span.input = self[.input]
        span.output = self[.output]
        span.status = [Ending.well: .ok, .cancelled: .cancelled, .pending: .inProgress, .failed: .error][ending] ?? .unknown
        if ending == .failed {
            span.errorType = failureType
            span.statusMessage = failureMessage
            span.exceptionType = self[.exceptionType]
            span.isRecovered = isRecovered
        }
        keepRest(isFailed: ending == .failed, shown: span.statusMessage)
        TokenUsage.clearUnknownZeros(&span)
        span.attributes = takeExtras()
        return span
    }

    private func fillModel(_ span: inout SpanRecord) {
        if let model = self[.model] {
            let (provider, name) = ProviderNames.split(model)
            span.modelRequested = name
            if name != model { span.modelAsWritten = model }
            span.provider = provider
        }
        span.provider =
            self[.provider].map(ProviderNames.canonical) ?? span.provider ?? span.modelRequested.flatMap(ProviderNames.maker)
        if let written = self[.provider], written != span.provider { span.providerAsWritten = written }
    }

    private mutating func event(_ time: Timestamp, _ ending: Ending, _ id: String) -> EventRecord {
        let isFailed = ending == .failed && !isRecovered
        var event = EventRecord(
            eventID: id, kind: !isFailed ? .log : self[.exceptionType] != nil ? .exception : .error)
        event.project = self[.project] ?? ""
        event.traceID = self[.traceID].map(Identifier.normalise)
        event.spanID = self[.spanID].map(Identifier.normalise)
        event.time = time
        event.name = self[.name] ?? self[.kind] ?? self[.logger]
        event.level = self[.level]
        event.message = isFailed ? failureMessage ?? failureType : self[.message] ?? self[.detail] ?? self[.kind]
        (event.exceptionType, event.httpStatus) = (isFailed ? self[.exceptionType] ?? failureType : nil, httpStatus)
        (event.errorCode, event.stack) = (self[.errorCode] ?? self[.code], self[.stack])
        (event.session, event.user, event.service) = (self[.session], self[.user], self[.service])
        (event.environment, event.release) = (self[.environment], self[.release])
        returnToLeftovers([
            .session, .user, .agent, .environment, .release, .service, .requestID, .input, .output, .attempt, .retries,
            .latency, .success, .failed, .endTime,
        ])
        keepRest(isFailed: isFailed, shown: event.message)
        event.attributes = takeExtras()
        return event
    }

    /// Keeps what the record did not take; `shown` is the text that it shows.
    private mutating func keepRest(isFailed: Bool, shown: String?) {
        for field in [LogField.message, .detail] where self[field] != shown { returnToLeftovers([field]) }
        if !isFailed { returnToLeftovers([.errorMessage, .exceptionType]) }
        returnToLeftovers([.logger])
        // A word that nobody knows can at least be searched for.
        if let outcome = self[.outcome], LogWords.ending(outcome) == .unknown { returnToLeftovers([.outcome]) }
        if self[.kind] != shown, !isFailed || self[.kind] != failureType { returnToLeftovers([.kind]) }
    }
}
