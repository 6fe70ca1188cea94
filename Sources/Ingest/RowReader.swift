import Model

/// Reads rows of other programs' databases. Their queries return each row as a JSON object, which is read like objects in files.
public struct RowReader {
    /// The structure of the objects.
    public enum Form: Sendable {
        /// A span of OpenTelemetry: `context`, `attributes`, `events`, `status`.
        case span
        /// An observation, trace or score of Langfuse.
        case langfuse
        /// An MLflow trace (`info`) or span (`content`).
        case mlflow
        /// A row of LiteLLM's spend log.
        case litellm
    }

    private var reader: any ValueReader

    /// Creates a reader for this form.
    public init(_ form: Form) {
        switch form {
        case .span: reader = SpanObjectReader()
        case .langfuse: reader = LangfuseReader()
        case .mlflow: reader = MLflowReader()
        case .litellm: reader = LiteLLMReader()
        }
    }

    /// Reads one row; reports a malformed row to `problem`, with its number in the database at `path`.
    public mutating func read(
        _ json: UnsafeBufferPointer<UInt8>, row: Int, path: String, record: (consuming Record) throws -> Void,
        problem: (RecordProblem) -> Void
    ) throws {
        try withoutActuallyEscaping(record) { record in
            try withoutActuallyEscaping(problem) { problem in
                let sink = RecordSink(path: path, record: { made, _ in try record(made) }, problem: problem)
                var cursor = JSONCursor(json)
                var lines = LineCounter(json, line: row, isSingle: true)
                do {
                    try reader.read(&cursor, lines: &lines, sink: sink)
                } catch is JSONFault {
                    sink.problem("the row's values are not valid JSON", line: row)
                }
            }
        }
    }
}
