/// A format that can be imported.
public enum SourceFormat: String, Sendable, CaseIterable {
    case otlpTraces, otlpLogs, otelConsole, langfuse, errorLogJSON, errorLogCSV, sqlite

    /// One line for people.
    public var summary: String {
        switch self {
        case .otlpTraces: "OpenTelemetry traces (OTLP/JSON), with gen_ai, OpenInference, OpenLLMetry and Langfuse attributes"
        case .otlpLogs: "OpenTelemetry logs (OTLP/JSON)"
        case .otelConsole: "spans as single JSON objects (OpenTelemetry console exporter, OpenInference)"
        case .langfuse: "Langfuse observations, traces and scores (API pages, JSON, JSONL)"
        case .errorLogJSON: "error log, one JSON object a line"
        case .errorLogCSV: "error log, CSV with a header"
        case .sqlite: "SQLite database"
        }
    }
}

/// Why a file cannot be imported.
public struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as given.
    public var path: String
    /// The line, from 1; nil when the whole file is meant.
    public var line: Int?
    /// One lower-case sentence.
    public var message: String

    /// Makes an error about a file, or a line of it.
    public init(path: String, line: Int? = nil, _ message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// A record that was skipped, or read with a loss; the file goes on.
public struct RecordProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file, as given.
    public var path: String
    /// The line on which the record begins, from 1.
    public var line: Int
    /// What was seen, in lower case.
    public var what: String

    /// Makes a problem at a line.
    public init(path: String, line: Int, _ what: String) {
        self.path = path
        self.line = line
        self.what = what
    }

    public var description: String { "\(path):\(line): \(what)" }
}
