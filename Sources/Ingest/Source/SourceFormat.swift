import SQLite

/// A format that can be imported.
public enum SourceFormat: String, Sendable, CaseIterable {
    case otlpTraces, otlpLogs, otelConsole, jaeger, langfuse, langfuseEvents, litellm, litellmLog, litellmSpend, mlflow
    case vtcodeTrajectory, vtcodeSession, atif, errorLogJSON, errorLogCSV, sqlite

    /// A one-line description.
    public var summary: String {
        switch self {
        case .otlpTraces:
            "OpenTelemetry traces as OTLP/JSON (Collector lines, a document, Tempo), with gen_ai, OpenInference, OpenLLMetry, Langfuse and LiteLLM attributes"
        case .otlpLogs: "OpenTelemetry logs as OTLP/JSON"
        case .otelConsole: "spans as single JSON objects: OpenTelemetry's console exporter, OpenInference"
        case .jaeger: "Jaeger's JSON export, with gen_ai attributes"
        case .langfuse: "Langfuse observations, traces and scores: API pages, UI and blob exports as JSON, JSONL or CSV"
        case .langfuseEvents: "Langfuse ingestion batches, and recorded requests to its API; create and update are merged"
        case .litellm: "LiteLLM's StandardLoggingPayload, one object a call"
        case .litellmLog: "LiteLLM's JSON log, plain lines in between passed over"
        case .litellmSpend: "LiteLLM's SpendLogs and ErrorLogs as JSON or CSV"
        case .mlflow: "MLflow traces as JSON"
        case .vtcodeTrajectory: "VT Code's trajectory log"
        case .vtcodeSession: "VT Code's session events"
        case .atif: "agent trajectories in ATIF"
        case .errorLogJSON: "error log, one JSON object a row"
        case .errorLogCSV: "error log as CSV with a header"
        case .sqlite: "SQLite database"
        }
    }
}

/// The reason a file cannot be imported.
public struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as given.
    public var path: String
    /// The line, from 1; nil for the whole file.
    public var line: Int?
    /// A single lower-case sentence.
    public var message: String

    /// Creates an error about a file, or a line of it.
    public init(path: String, line: Int? = nil, _ message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}

extension IngestError {
    /// Runs `body`; reports errors of the database at `path` as errors of that file.
    static func about<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as SQLError where !error.isInterrupted {
            throw IngestError(path: path, error.reason)
        }
    }
}

/// A record that was skipped or read incompletely; reading continues.
public struct RecordProblem: Sendable, Equatable, CustomStringConvertible {
    /// How many problems of a source are kept with their text; all are counted.
    public static let kept = 1000

    /// The file, as given.
    public var path: String
    /// The first line of the record, from 1.
    public var line: Int
    /// The problem, in lower case.
    public var what: String

    /// Creates a problem at a line.
    public init(path: String, line: Int, _ what: String) {
        self.path = path
        self.line = line
        self.what = what
    }

    public var description: String { "\(path):\(line): \(what)" }
}
