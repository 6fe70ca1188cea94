/// What the first object of a JSON text looks like, by the names of its members.
struct JSONShape {
    /// The names at the top of the object, in order; those that lie before any damage.
    private(set) var keys: [String] = []
    /// What the object is; nil when nobody knows.
    private(set) var verdict: FormatSniffer.Verdict?

    private var members: [String: JSONSlice] = [:]

    init(_ text: UnsafeBufferPointer<UInt8>) {
        var cursor = JSONCursor(text)
        self.init(&cursor, depth: 0)
    }

    private init(_ cursor: inout JSONCursor, depth: Int) {
        // Into lists: their first element tells.
        var depth = depth
        while depth < 4, (try? cursor.enterArray()) == true {
            depth += 1
            guard (try? cursor.nextElement()) == true else { return }
        }
        guard depth < 4, (try? cursor.enterObject()) == true else { return }
        while let key = try? cursor.nextKey() {
            let name = key.text
            keys.append(name)
            let start = cursor.at
            if let value = try? cursor.skipValue() {
                if members[name] == nil { members[name] = value }
                continue
            }
            // Torn or larger than what was read: its beginning may still tell.
            members[name] = JSONSlice(start: cursor.base + start, count: cursor.end - start)
            break
        }
        verdict = judge(depth: depth)
    }

    private func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }
    private func hasAny(_ names: String...) -> Bool { names.contains { members[$0] != nil } }

    private func inner(_ name: String, depth: Int) -> JSONShape? {
        guard depth < 3, let value = members[name] else { return nil }
        var cursor = JSONCursor(value)
        return JSONShape(&cursor, depth: depth + 1)
    }

    private func judge(depth: Int) -> FormatSniffer.Verdict? {
        judgeOpenTelemetry(depth: depth) ?? judgeUnread(depth: depth) ?? judgeLangfuse(depth: depth) ?? judgeRows()
    }

    private func judgeOpenTelemetry(depth: Int) -> FormatSniffer.Verdict? {
        if hasAny("resourceSpans", "resource_spans", "batches", "scopeSpans", "instrumentationLibrarySpans") {
            return .known(.init(format: .otlpTraces))
        }
        if hasAny("resourceLogs", "resource_logs", "scopeLogs") { return .known(.init(format: .otlpLogs)) }
        if hasAny("resourceMetrics") {
            return .refused("looks like OpenTelemetry metrics; only traces and logs hold calls and errors")
        }
        if let context = inner("context", depth: depth), context.has("trace_id") { return .known(.init(format: .otelConsole)) }
        if has("trace_id", "span_id"), hasAny("attributes", "parent_span_id", "parent_id"), hasAny("start_time", "name") {
            return .known(.init(format: .otelConsole))
        }
        if has("attributes", "name"), let attributes = inner("attributes", depth: depth), attributes.has("key", "value") {
            return .known(.init(format: .otlpTraces, isBareSpan: true))
        }
        if has("spans"), !hasAny("traceID", "info"), inner("spans", depth: depth)?.verdict == .known(.init(format: .otelConsole))
        {
            return .known(.init(format: .otelConsole))
        }
        return nil
    }

    /// Formats that are recognised so that the refusal can name them.
    private func judgeUnread(depth: Int) -> FormatSniffer.Verdict? {
        func unread(_ name: String) -> FormatSniffer.Verdict { .refused("looks like \(name), which cannot be read yet") }
        if has("traceID"), hasAny("spans", "spanID") { return unread("a Jaeger export") }
        if has("call_type", "startTime"), hasAny("litellm_call_id", "error_str", "model_group") {
            return unread("LiteLLM StandardLoggingPayload")
        }
        if has("request_id", "spend", "startTime") { return unread("LiteLLM spend logs") }
        if has("message", "level", "timestamp", "component") { return unread("a LiteLLM JSON log") }
        if let version = members["schema_version"]?.string, version.hasPrefix("ATIF-") { return unread("an ATIF trajectory") }
        if has("schema_version", "event") { return unread("a VT Code session") }
        if has("kind", "turn", "ts") { return unread("a VT Code trajectory log") }
        if has("info"), hasAny("data"), let info = inner("info", depth: depth), info.has("trace_id") || info.has("request_id") {
            return unread("an MLflow trace")
        }
        if let type = members["type"]?.string, has("body") || has("thread_id") {
            if type.hasSuffix("-create") || type.hasSuffix("-update") { return unread("a batch of Langfuse ingestion events") }
            if type.hasPrefix("thread.") || type.hasPrefix("turn.") || type.hasPrefix("item.") {
                return unread("a VT Code session")
            }
        }
        if has("batch"), inner("batch", depth: depth)?.has("body") == true {
            return unread("a batch of Langfuse ingestion events")
        }
        if has("path", "body"), members["path"]?.string?.hasPrefix("/api/public/") == true {
            return unread("recorded requests to Langfuse's API")
        }
        return nil
    }

    private func judgeLangfuse(depth: Int) -> FormatSniffer.Verdict? {
        let known = FormatSniffer.Verdict.known(.init(format: .langfuse))
        if hasAny("traceId", "trace_id"), hasAny("startTime", "start_time"),
            hasAny("type", "parentObservationId", "parent_observation_id")
        {
            return known
        }
        if has("id", "timestamp"), hasAny("htmlPath", "sessionId", "errorCount", "session_id", "userId", "bookmarked") {
            return known
        }
        if has("id", "name"), hasAny("value", "stringValue"),
            hasAny("traceId", "trace_id", "dataType", "data_type", "observationId")
        {
            return known
        }
        if has("trace", "observations") { return known }
        if has("data") { return inner("data", depth: depth)?.verdict }
        return nil
    }

    private func judgeRows() -> FormatSniffer.Verdict? {
        ErrorLogField.isErrorLog(keys) ? .known(.init(format: .errorLogJSON)) : nil
    }
}
