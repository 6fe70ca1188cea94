extension SourceFormat: CaseIterable {
    /// Every format. Their forms are asked in this order, and the first that says yes is the format of a source.
    public static let allCases: [SourceFormat] = [
        .otlpTraces, .otlpLogs, .otelSDK, .claudeCode, .codex, .openCode,
        .jaeger, .datadogLLM, .agentOps, .mlflowTable, .otelConsole, .phoenixTable, .langSmith,
        .openAIAgents, .weave, .braintrust, .helicone, .postHog, .litellm, .litellmSpend, .litellmLog, .atif, .vtcodeSession,
        .vtcodeTrajectory, .mlflow, .langfuseEvents, .langfuse, .logAnswers, .errorLogJSON, .errorLogCSV, .logText, .sqlite,
    ]
}

/// Finds the format of an object or a header.
enum FormatTable {
    /// A format and the form that was recognised.
    struct Match: Sendable {
        let format: SourceFormat
        let form: SourceForm
    }

    private static let forms = SourceFormat.allCases.flatMap { format in format.forms.map { Match(format: format, form: $0) } }

    /// The first form whose object this is.
    static func match(_ shape: JSONShape) -> Match? { forms.first { $0.form.isObject(shape) } }

    /// The first form whose header this is.
    static func match(header names: [String]) -> Match? { forms.first { $0.form.isHeader(names) } }
}
