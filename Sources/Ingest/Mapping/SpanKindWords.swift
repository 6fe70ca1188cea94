import Model

/// The words that conventions use for span kinds.
enum SpanKindWords {
    /// OpenInference span kinds, GenAI operation names, OpenLLMetry span kinds and request types, Langfuse observation types,
    /// LiteLLM call types; case-insensitive.
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
        "ai.generatetext.dogenerate": .llm, "ai.streamtext.dostream": .llm, "ai.generateobject.dogenerate": .llm,
        "ai.streamobject.dostream": .llm, "ai.embed.doembed": .embedding, "ai.embedmany.doembed": .embedding,
        "ai.toolcall": .tool, "ai.generatetext": .chain, "ai.streamtext": .chain, "ai.generateobject": .chain,
        "ai.streamobject": .chain, "ai.embed": .chain, "ai.embedmany": .chain,
        "guardrail": .guardrail, "evaluator": .evaluator, "prompt": .prompt, "event": .event, "span": .span,
    ]

    /// Returns the kind for a word; nil for an unknown word.
    static func kind(_ word: String) -> SpanKind? { table[word] ?? table[word.lowercased()] }

    /// The conventions in order of precedence, most precise first.
    static let fields: [AttributeField] = [.openInferenceKind, .langfuseType, .operation, .requestType, .traceloopKind]

    /// Returns a span's kind from its attributes. Without any such word, a span with a model and with tokens or a provider is a
    /// call. `isClient` spans may have the kind as the first word of their name, `chat gpt-4o`.
    ///
    /// The proxy's `litellm_request` is therefore the call of a user's request, while the `raw_gen_ai_request` below it, which
    /// repeats it in the provider's format, is a plain span; so are the spans of web frameworks, routers and authentication.
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
