/// A variant of an input format: how to recognise it and which reader to use.
///
/// The table drives recognition, reading, help, the README and the tests; a new format is a new row.
struct FormatRow: Sendable {
    /// The format that this variant belongs to.
    let format: SourceFormat
    /// Returns true for the first object of such a source. Rows are tried in order; the first match wins.
    let isObject: @Sendable (JSONShape) -> Bool
    /// Returns true for the CSV header of such a source.
    var isHeader: @Sendable ([String]) -> Bool = { _ in false }
    /// Members whose array is read element by element, so that a document need not fit into memory.
    var wrappers: [StaticString] = []
    /// True when plain lines of other programs may be between the objects; they are skipped silently.
    var hasPlainLines = false
    /// True when later lines complete earlier ones, so that part of a file cannot be read on its own.
    var needsWhole = false
    /// Creates the reader.
    let reader: @Sendable () -> any ValueReader
}

enum FormatTable {
    static let rows: [FormatRow] = [
        FormatRow(
            format: .otlpTraces,
            isObject: { $0.hasAny("resourceSpans", "resource_spans", "batches", "scopeSpans", "instrumentationLibrarySpans") },
            wrappers: ["resourceSpans", "resource_spans", "batches"], reader: { OTLPReader(isBare: false) }),
        FormatRow(
            format: .otlpLogs,
            isObject: { $0.hasAny("resourceLogs", "resource_logs", "scopeLogs", "instrumentationLibraryLogs") },
            wrappers: ["resourceLogs", "resource_logs"], reader: { OTLPReader(isBare: false) }),
        // A trace in the responses of Tempo's and Jaeger's newer APIs.
        FormatRow(
            format: .otlpTraces,
            isObject: { shape in
                ["trace", "result"].contains { shape.inner($0)?.hasAny("resourceSpans", "resource_spans", "batches") == true }
            }, reader: { OTLPReader(isBare: false) }),
        FormatRow(
            format: .jaeger,
            isObject: { $0.has("traceID") && ($0.has("spans") || $0.has("spanID", "operationName")) }, wrappers: ["data"],
            reader: { JaegerReader() }),
        FormatRow(
            format: .otelConsole,
            isObject: { shape in
                if shape.inner("context")?.has("trace_id") == true { return true }
                return shape.has("trace_id", "span_id") && shape.hasAny("attributes", "parent_span_id", "parent_id")
                    && shape.hasAny("start_time", "name")
            }, reader: { SpanObjectReader() }),
        FormatRow(
            format: .otlpTraces,
            isObject: { $0.has("attributes", "name") && $0.inner("attributes")?.has("key", "value") == true },
            reader: { OTLPReader(isBare: true) }),
        FormatRow(
            format: .otelConsole,
            isObject: { shape in
                guard shape.has("spans"), !shape.hasAny("traceID", "info"), let span = shape.inner("spans") else { return false }
                return span.row?.format == .otelConsole
            }, reader: { SpanObjectReader() }),
        FormatRow(
            format: .litellm,
            isObject: {
                $0.has("call_type", "startTime") && $0.hasAny("litellm_call_id", "error_str", "model_group") && !$0.has("spend")
            },
            reader: { LiteLLMReader() }),
        FormatRow(
            format: .litellmSpend, isObject: { $0.has("request_id", "startTime") && $0.hasAny("spend", "exception_string") },
            isHeader: {
                $0.contains("request_id") && $0.contains("startTime") && ($0.contains("spend") || $0.contains("exception_string"))
            },
            reader: { LiteLLMReader() }),
        FormatRow(
            format: .litellmLog, isObject: { $0.has("message", "level", "timestamp", "component") }, hasPlainLines: true,
            reader: { LiteLLMLogReader() }),
        FormatRow(
            format: .atif, isObject: { $0.has("steps") && $0.text("schema_version")?.hasPrefix("ATIF-") == true },
            reader: { ATIFReader() }),
        FormatRow(
            format: .vtcodeSession,
            isObject: { shape in
                if shape.has("schema_version", "event") { return true }
                let type = shape.text("type") ?? ""
                return ["thread.", "turn.", "item."].contains { type.hasPrefix($0) }
            }, needsWhole: true, reader: { VTCodeSessionReader() }),
        FormatRow(
            format: .vtcodeTrajectory, isObject: { $0.has("kind", "turn", "ts") }, needsWhole: true,
            reader: { VTCodeTrajectoryReader() }),
        FormatRow(
            format: .mlflow,
            isObject: { shape in
                guard shape.has("data"), let info = shape.inner("info") else { return false }
                return info.hasAny("trace_id", "request_id")
            }, reader: { MLflowReader() }),
        FormatRow(
            format: .langfuseEvents,
            isObject: { shape in
                if shape.has("path", "body") { return shape.text("path")?.contains("/api/public/") == true }
                if shape.inner("batch")?.has("body") == true { return true }
                guard shape.has("body"), let type = shape.text("type") else { return false }
                return type.hasSuffix("-create") || type.hasSuffix("-update") || type == "sdk-log"
            }, needsWhole: true, reader: { IngestionReader() }),
        FormatRow(format: .langfuse, isObject: isLangfuse, isHeader: isLangfuse, reader: { LangfuseReader() }),
        FormatRow(
            format: .errorLogJSON, isObject: { ErrorLogField.isErrorLog($0.keys) }, reader: { ErrorLogReader() }),
        FormatRow(
            format: .errorLogCSV, isObject: { _ in false }, isHeader: { ErrorLogField.isErrorLog($0) },
            reader: { ErrorLogReader() }),
    ]

    /// Returns the first row that recognises this object.
    static func row(of shape: JSONShape) -> FormatRow? { rows.first { $0.isObject(shape) } }

    /// Returns the first row that recognises this header.
    static func row(ofHeader names: [String]) -> FormatRow? { rows.first { $0.isHeader(names) } }

    @Sendable private static func isLangfuse(_ shape: JSONShape) -> Bool {
        if shape.has("trace", "observations") { return true }
        return isLangfuse(shape.keys)
    }

    /// Returns true for the members of an observation, trace or score, in camel case or snake case.
    @Sendable private static func isLangfuse(_ names: [String]) -> Bool {
        let names = Set(names)
        func hasAny(_ some: String...) -> Bool { some.contains(where: names.contains) }
        if hasAny("traceId", "trace_id"), hasAny("startTime", "start_time") {
            return hasAny("type", "parentObservationId", "parent_observation_id")
        }
        guard names.contains("id") else { return false }
        if names.contains("timestamp"),
            hasAny("htmlPath", "sessionId", "errorCount", "session_id", "userId", "user_id", "bookmarked")
        {
            return true
        }
        return names.contains("name") && hasAny("value", "stringValue", "string_value")
            && hasAny("traceId", "trace_id", "dataType", "data_type", "observationId")
    }
}
