/// Exceptions with which frameworks steer their own course: they end a span early, and nothing has failed.
///
/// A graph that pauses for a person's approval raises an exception through every span that it leaves, and instrumentation
/// records each of them with the status of an error.
enum ControlFlow {
    /// Classes of LangGraph, LlamaIndex, Temporal, Pydantic AI, Prefect, Next.js and the runtimes, without their modules.
    private static let classes: Set<Substring> = [
        "GraphInterrupt", "NodeInterrupt", "GraphBubbleUp", "ParentCommand", "GraphDelegate", "PregelInterrupt", "HumanInterrupt",
        "ContinueAsNewError", "ContinueAsNew", "CallDeferred", "ApprovalRequired", "HumanInputRequired", "WaitingForInput",
        "WorkflowSuspended", "WorkflowPaused", "SuspendExecution", "PauseRun", "PauseExecution", "TaskPaused",
        "StopIteration", "StopAsyncIteration", "NEXT_REDIRECT", "WorkflowInterrupt", "InterruptException", "AgentInterrupt",
    ]

    /// True for a class that only steers.
    static func isSteering(_ exceptionClass: String) -> Bool {
        classes.contains(exceptionClass.split(separator: ".").last ?? exceptionClass[...])
    }

    /// True for the text of such an exception: `GraphInterrupt((Interrupt(value=…`, `langgraph.errors.ParentCommand: …`.
    static func isSteering(message: String) -> Bool {
        let head = message.prefix(80)
        if head.hasPrefix("(Interrupt(value=") || head.hasPrefix("Interrupt(value=") { return true }
        let name = head.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
        guard !name.isEmpty, classes.contains(name.split(separator: ".").last ?? name) else { return false }
        return message[name.endIndex...].first.map { "(:;".contains($0) } ?? true
    }

    /// True for a span that ended so: nothing that it says of a failure is one.
    static func hasSteered(_ span: SpanEvidence) -> Bool {
        if let name = span.exceptionType, isSteering(name) { return true }
        if let type = span.errorType, isSteering(type) { return true }
        return [span.exceptionMessage, span.statusMessage, span.errorField].contains { text in
            text.map { isSteering(message: $0) } ?? false
        }
    }

    /// True for the record of such an exception.
    static func hasSteered(_ event: EventEvidence) -> Bool {
        if let name = event.exceptionType, isSteering(name) { return true }
        return event.message.map { isSteering(message: $0) } ?? false
    }
}
