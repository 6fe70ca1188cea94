import Model

/// The words by which conventions name the kind of a span.
enum SpanKindWords {
    /// OpenInference span kinds, GenAI operation names, OpenLLMetry span kinds and request types, Langfuse observation types,
    /// LiteLLM call types; compared without case.
    static let table: [String: SpanKind] = [
        "llm": .llm, "chat": .llm, "generation": .llm, "generate_content": .llm, "text_completion": .llm, "completion": .llm,
        "acompletion": .llm, "atext_completion": .llm, "responses": .llm, "aresponses": .llm, "anthropic_messages": .llm,
        "message": .llm, "messages": .llm, "chat_model": .llm, "image_generation": .llm, "transcription": .llm, "speech": .llm,
        "embedding": .embedding, "embeddings": .embedding, "aembedding": .embedding,
        "tool": .tool, "execute_tool": .tool, "function": .tool,
        "agent": .agent, "invoke_agent": .agent, "create_agent": .agent,
        "chain": .chain, "task": .chain, "plan": .chain,
        "workflow": .workflow, "invoke_workflow": .workflow,
        "retriever": .retriever, "retrieval": .retriever,
        "reranker": .reranker, "rerank": .reranker, "arerank": .reranker,
        "guardrail": .guardrail, "evaluator": .evaluator, "prompt": .prompt, "event": .event, "span": .span,
    ]

    /// The kind that a word means; nil for an unknown word.
    static func kind(_ word: String) -> SpanKind? { table[word] ?? table[word.lowercased()] }

    /// The conventions in order of precedence: what names the kind most precisely comes first.
    static let fields: [AttributeField] = [.openInferenceKind, .langfuseType, .operation, .requestType, .traceloopKind]

    /// The kind of a span by its attributes; without any word a span that names a model, and has tokens or a provider, is a
    /// call. `isClient` spans may say it by the first word of their name, `chat gpt-4o`.
    ///
    /// So the proxy's own `litellm_request` is the call of a user's request, and the `raw_gen_ai_request` below it, which
    /// repeats it in the provider's words, is a plain span; so are the spans of web frameworks, routers and authentication.
    static func kind(_ attributes: AttributeSet, name: String?, isClient: Bool) -> SpanKind {
        for field in fields {
            if let word = attributes.text(field), let kind = kind(word) { return kind }
        }
        let namesModel =
            attributes[.modelRequested] != nil || attributes[.modelResponded] != nil || attributes[.modelEither] != nil
        if namesModel { return .llm }
        if isClient, let name, let space = name.firstIndex(of: " "), let kind = kind(String(name[..<space])) { return kind }
        return .span
    }
}
