/// A field of the canonical model that span attributes can set.
enum AttributeField: UInt8, CaseIterable {
    case openInferenceKind, langfuseType, operation, requestType, traceloopKind
    case provider, hostProvider, serverAddress, apiBase
    case modelRequested, modelResponded, modelEither, parameters, isStream, finishReasons
    case agent, graphNode, entityName, workflow, user, session, environment, release, service, project, tags
    case promptName, promptVersion
    case inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens, usageDetails
    case cost, costOfInput, costOfOutput, costDetails
    case firstTokenAfter, firstTokenAfterMilliseconds, completionStart
    case systemText, input, output, inputWhole, outputWhole
    case level, statusMessage, errorType, errorCode, errorMessage, errorStack, errorField, httpStatus
    case exceptionType, exceptionMessage, exceptionStack, exceptionEscaped, requestID
    case fallbackFrom, fallbackTo, reason, retryOf, attempt, attemptsMade
    case traceName, traceInput, traceOutput, isRoot
    case eventName, eventContent

    /// True when a different value under an older name is kept among the attributes. Text is not kept: old and new names repeat
    /// the same content.
    var keepsOlderNames: Bool {
        switch self {
        case .input, .output, .inputWhole, .outputWhole, .systemText: false
        default: true
        }
    }
}

/// The attribute names of each field, newest first: when a span has several, the newest wins.
///
/// Sources: OpenTelemetry GenAI semantic conventions 1.27 to 1.41 and genai; OpenLLMetry `semconv_ai`; OpenInference
/// `spec/semantic_conventions.md`; Langfuse SDK `_client/attributes.py`; LiteLLM `integrations/opentelemetry.py`.
enum AttributeNames {
    static let table: [(field: AttributeField, names: [StaticString])] = [
        (.openInferenceKind, ["openinference.span.kind"]),
        (.langfuseType, ["langfuse.observation.type"]),
        (.operation, ["gen_ai.operation.name", "ai.operationId"]),
        (.requestType, ["llm.request.type"]),
        (.traceloopKind, ["traceloop.span.kind"]),

        (.provider, ["gen_ai.provider.name", "gen_ai.system", "llm.system", "error.llm_provider", "ai.model.provider"]),
        (.hostProvider, ["llm.provider"]),
        (.serverAddress, ["server.address", "net.peer.name"]),
        (.apiBase, ["gen_ai.openai.api_base", "llm.api_base"]),
        (
            .modelRequested,
            [
                "gen_ai.request.model", "llm.request.model_name", "llm.request.model", "langfuse.observation.model.name",
                "ai.model.id",
            ]
        ),
        (.modelResponded, ["gen_ai.response.model", "llm.response.model_name", "llm.response.model", "ai.response.model"]),
        (.modelEither, ["llm.model_name", "embedding.model_name", "reranker.model_name"]),
        (
            .parameters,
            [
                "llm.invocation_parameters", "langfuse.observation.model.parameters", "embedding.invocation_parameters",
                "llm.request.parameters",
            ]
        ),
        (.isStream, ["gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming"]),
        (
            .finishReasons,
            [
                "gen_ai.response.finish_reasons", "llm.finish_reason", "llm.response.finish_reason", "llm.response.stop_reason",
                "langfuse.observation.metadata.finish_reason", "ai.response.finishReason",
            ]
        ),

        (.agent, ["gen_ai.agent.name", "agent.name"]),
        (.graphNode, ["graph.node.name", "graph.node.id", "langgraph_node", "metadata.langgraph_node"]),
        (.entityName, ["traceloop.entity.name"]),
        (.workflow, ["gen_ai.workflow.name", "traceloop.workflow.name"]),
        (
            .user,
            [
                "user.id", "enduser.id", "langfuse.user.id", "traceloop.association.properties.user_id", "llm.user",
                "gen_ai.user.id", "ai.telemetry.metadata.userId",
            ]
        ),
        (
            .session,
            [
                "session.id", "gen_ai.conversation.id", "langfuse.session.id", "traceloop.association.properties.session_id",
                "traceloop.association.properties.conversation_id", "ai.telemetry.metadata.sessionId",
            ]
        ),
        (.environment, ["langfuse.environment", "deployment.environment.name", "deployment.environment"]),
        (.release, ["langfuse.release", "service.version"]),
        (.service, ["service.name"]),
        (.project, ["openinference.project.name"]),
        (.tags, ["tag.tags", "langfuse.trace.tags"]),
        (
            .promptName,
            ["gen_ai.prompt.name", "langfuse.observation.prompt.name", "llm.prompt_template.name", "traceloop.prompt.key"]
        ),
        (
            .promptVersion,
            [
                "gen_ai.prompt.version", "langfuse.observation.prompt.version", "llm.prompt_template.version",
                "traceloop.prompt.version",
            ]
        ),

        (
            .inputTokens,
            [
                "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt",
                "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens",
            ]
        ),
        (
            .outputTokens,
            [
                "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
                "llm.token_count.completion", "ai.usage.outputTokens", "ai.usage.completionTokens",
            ]
        ),
        (.totalTokens, ["gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total", "ai.usage.totalTokens"]),
        (
            .cachedTokens,
            [
                "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
                "llm.token_count.prompt_details.cache_read", "ai.usage.cachedInputTokens",
            ]
        ),
        (
            .reasoningTokens,
            [
                "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens",
                "llm.token_count.completion_details.reasoning", "ai.usage.reasoningTokens",
            ]
        ),
        (.usageDetails, ["langfuse.observation.usage_details"]),
        (.cost, ["llm.cost.total", "gen_ai.usage.cost", "gen_ai.cost.total_cost"]),
        (.costOfInput, ["llm.cost.prompt", "gen_ai.cost.input_cost"]),
        (.costOfOutput, ["llm.cost.completion", "gen_ai.cost.output_cost"]),
        (.costDetails, ["langfuse.observation.cost_details"]),
        (.firstTokenAfter, ["gen_ai.response.time_to_first_chunk"]),
        (.firstTokenAfterMilliseconds, ["ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"]),
        (.completionStart, ["langfuse.observation.completion_start_time"]),

        (.systemText, ["gen_ai.system_instructions"]),
        (
            .input,
            [
                "gen_ai.input.messages", "langfuse.observation.input", "gen_ai.prompt", "llm.input_messages", "llm.prompts",
                "ai.prompt.messages", "ai.prompt",
            ]
        ),
        (
            .output,
            [
                "gen_ai.output.messages", "langfuse.observation.output", "gen_ai.completion", "llm.output_messages",
                "llm.completions", "ai.response.text", "ai.response.object",
            ]
        ),
        (
            .inputWhole,
            ["gen_ai.tool.call.arguments", "input.value", "traceloop.entity.input", "tool.parameters", "ai.toolCall.args"]
        ),
        (.outputWhole, ["gen_ai.tool.call.result", "output.value", "traceloop.entity.output", "ai.toolCall.result"]),

        (.level, ["langfuse.observation.level"]),
        (.statusMessage, ["langfuse.observation.status_message"]),
        (.errorType, ["error.type"]),
        (.errorCode, ["error.code"]),
        (.errorMessage, ["error.message"]),
        (.errorStack, ["error.stack_trace", "error.stack"]),
        (.errorField, ["exception", "error"]),
        (.httpStatus, ["http.response.status_code", "http.status_code"]),
        (.exceptionType, ["exception.type"]),
        (.exceptionMessage, ["exception.message"]),
        (.exceptionStack, ["exception.stacktrace"]),
        (.exceptionEscaped, ["exception.escaped"]),
        (.requestID, ["gen_ai.response.id", "llm.response.id", "ai.response.id"]),

        (.fallbackFrom, ["fallback.from"]),
        (.fallbackTo, ["fallback.to"]),
        (.reason, ["fallback.reason"]),
        (.retryOf, ["retry.of"]),
        (.attempt, ["retry.attempt"]),
        (.attemptsMade, ["retry.attempts"]),

        (.traceName, ["langfuse.trace.name"]),
        (.traceInput, ["langfuse.trace.input"]),
        (.traceOutput, ["langfuse.trace.output"]),
        (.isRoot, ["langfuse.internal.is_app_root"]),
        (.eventName, ["event.name"]),
        (.eventContent, ["gen_ai.event.content"]),
    ]

    /// Plain names that set a field only on events and log records; on spans they may mean anything.
    static let onEvents: [(field: AttributeField, names: [StaticString])] = [
        (.provider, ["provider"]),
        (.modelRequested, ["model"]),
        (.httpStatus, ["status_code", "http_status"]),
        (.requestID, ["request_id"]),
        (.fallbackFrom, ["fallback_from", "from", "original_model", "from_model"]),
        (.fallbackTo, ["fallback_to", "to", "fallback_model", "to_model"]),
        (.reason, ["reason", "error_message"]),
        (.errorType, ["error_type"]),
        (.errorCode, ["error_code"]),
        (.eventContent, ["message"]),
    ]
}
