import Model

/// Maps the attributes of a span event or log record to an event.
enum EventMapping {
    /// Events that mark chunks of a streamed answer; the first gives the time of the first token.
    private static let chunks: Set<String> = [
        "First Token Stream Event", "gen_ai.content.completion.chunk", "llm.content.completion.chunk",
    ]

    static func isChunk(_ name: String?) -> Bool { name.map(chunks.contains) ?? false }

    /// Returns the kind of an event, from its name and attributes.
    static func kind(name: String?, hasException: Bool, isError: Bool) -> EventKind {
        if hasException { return .exception }
        let name = name?.lowercased() ?? ""
        if name.contains("fallback") { return .fallback }
        if name.contains("retry") { return .retry }
        if isError || name.contains("error") || name.hasSuffix("failed") || name.contains("failure") { return .error }
        return .log
    }

    /// Fills an event from attributes read with `AttributeTable.events`.
    static func fill(_ event: inout EventRecord, from attributes: inout AttributeSet, isError: Bool = false) {
        event.exceptionType = attributes.text(.exceptionType) ?? attributes.text(.errorType)
        event.stack = attributes.text(.exceptionStack) ?? attributes.text(.errorStack)
        event.escaped = attributes[.exceptionEscaped]?.bool
        let isException = event.name == "exception" || attributes[.exceptionType] != nil || attributes[.exceptionMessage] != nil
        event.kind = kind(name: event.name, hasException: isException, isError: isError)
        event.message =
            event.message ?? attributes.text(.exceptionMessage) ?? attributes.text(.errorMessage) ?? attributes.text(.reason)
            ?? attributes.text(.eventContent)
        event.model = (attributes.text(.fallbackFrom) ?? attributes.text(.modelRequested)).map { ProviderNames.split($0).model }
        event.fallbackModel = attributes.text(.fallbackTo).map { ProviderNames.split($0).model }
        event.provider = (attributes.text(.provider) ?? attributes.text(.hostProvider)).map(ProviderNames.canonical)
        event.httpStatus = httpStatus(attributes)
        event.errorCode = attributes.text(.errorCode)
        attributes.returnToLeftovers([
            .input, .output, .inputWhole, .outputWhole, .retryOf, .attempt, .attemptsMade, .operation, .level,
        ])
        guard !attributes.leftovers.isEmpty else { return }
        var writer = JSONWriter()
        writer.beginObject()
        attributes.writeLeftovers(to: &writer)
        writer.endObject()
        event.attributes = writer.text
    }

    /// Returns the HTTP status in structured attributes; text is not searched.
    static func httpStatus(_ attributes: AttributeSet) -> Int? {
        for field in [AttributeField.httpStatus, .errorCode, .errorType] {
            if let value = attributes[field]?.int, (100...599).contains(value) { return Int(value) }
        }
        return nil
    }
}
