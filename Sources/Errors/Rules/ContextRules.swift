/// The prompt, or the prompt plus the requested output, exceeds the model's context window.
enum ContextRules {
    static let rows: [Rule] = [
        Rule(
            "rate.request-too-large", .rateLimit,
            phrases: [
                "request too large … tokens per min*", "request too large … tpm", "request too large … input tokens per",
                "too large for … tokens per min*",
            ],
            examples: [
                "Request too large for some-model in organization org-1 on tokens per min (TPM): Limit 30000, Requested 41000."
            ]),
        Rule(
            "validation.output-cap", .validationError,
            phrases: [
                "maximum allowed number of output tokens", "max_tokens is too large", "at most … completion tokens",
                "max_tokens must be", "maxoutputtokens must be", "max_output_tokens must be", "max_tokens … out of range",
                "range of max_tokens should be", "max_completion_tokens is too large", "supports at most … completion",
                "max_tokens … should be in", "invalid max_tokens", "maxtokens … exceeds", "max_tokens … exceeds the maximum",
                "maximum tokens you requested exceeds the model limit", "max_tokens … must be less than",
            ],
            unless: ["context window", "context length", "context limit"],
            examples: [
                "max_tokens: 90000 > 8000, which is the maximum allowed number of output tokens for this model",
                "max_tokens is too large: 40000. This model supports at most 16000 completion tokens.",
            ]),
        Rule(
            "context.window", .contextLength,
            phrases: [
                "maximum context length … tokens. however", "maximum context length is … tokens",
                "maximum context length of … tokens", "exceed* … maximum context length", "exceeds maximum context length",
                "maximum context length … exceed*", "maximum context length … requested", "max context length … exceed*",
                "too large for model with … maximum context length", "maximum context length … your", "context length exceeded",
                "context length exceed*",
                "exceed* … context length", "exceed* … context window", "context window exceed*", "exceed* … context limit",
                "exceed* … context size", "context size exceed*", "context window is full", "context limit exceeded",
                "context limit reached", "exceed* the available context", "context the overflow*", "context overflow*",
                "exceeds the model's context", "larger than the context", "longer than the context",
                "larger than the model's context",
                "context length is too", "context length of only", "context too long", "context is too long",
                "too large for model with", "over the context limit", "fit in the context", "fit within the context",
                "context window overflow", "outside the context window",
            ],
            codes: [
                "context_length_exceeded", "exceed_context_size_error", "context_window_exceeded", "max_context_length_exceeded",
                "model_context_window_exceeded", "context_too_long", "context_limit_exceeded",
            ],
            classes: [
                "*ContextLengthExceededException", "*ContextWindowExceededError",
                "ContextWindowExceededError", "ContextLengthExceededError", "ContextOverflowError",
                "ContextWindowOverflowException",
            ],
            examples: [
                "Error code: 400 - {'error': {'message': \"This model's maximum context length is 16000 tokens, you sent 17500.\"}}",
                "litellm.ContextWindowExceededError: litellm.BadRequestError: too long",
                "the request exceeds the available context size, try a larger one",
            ],
            not: ["server ready: model loaded, context size 8192", "context deadline exceeded"]),
        Rule(
            "context.exceeded", .contextLength,
            phrases: [
                "tokens but the model", "tokens but the maximum", "tokens, limit *", "become too long for the model",
                "too long for the model", "context exceeded", "context was exceeded", "context is exceeded", "exceeded context",
                "exceeds context",
                "exceeds the context", "exceeded the context", "max context exceeded", "context is full", "context full",
                "model's context window", "out of room in … context", "out of context", "no room … context",
                "context … overflow*", "max tokens exceeded", "max_tokens exceeded", "maximum tokens exceeded",
                "max token* exceeded", "maximum token limit", "token limit reached", "token limit … exceeded",
                "max token limit", "token count exceed*", "tokens exceed* … limit", "more than max tokens allowed",
                "maximum allowed input length", "input length … maximum", "max_model_len", "max_seq_len",
                "exceed* … max_position_embeddings", "output token maximum", "conversation … too long to",
                "too long to compact", "prompt length … maximum", "prompt (length", "exceed* … model's limit",
                "exceed* … maximum prompt", "上下文长度", "超过最大上下文",
            ],
            unless: [
                "deadline", "per minute", "per min", "per day", "tokens per", "rate limit*", "model loaded", "supports up to",
                "out of context quote*", "context compaction", "quota",
            ],
            examples: [
                "context exceeded by 900 tokens", "max tokens exceeded: 9000 of 8192",
                "The agent ran out of room in the model's context window.",
                "The decoder prompt (length 41000) does not fit: maximum allowed input length is 32768.",
            ],
            not: ["context deadline exceeded", "context compaction finished, 182k to 41k tokens"]),
        Rule(
            "context.prompt", .contextLength,
            phrases: [
                "input tokens … exceed*", "tokens … exceed the configured limit", "conversation exceeds",
                "exceeds the model's maximum", "more than the maximum allowed", "prompt does not fit",
                "does not fit in the context", "text is too long. it has", "is too long. it has", "input is too large to process",
                "input too large to process", "increase the physical batch size", "tokens, the model takes", "too many tokens in",
                "over the token limit", "over the model's limit",
                "tokens limit exceeded", "token limit has been exceeded",
                "bigger than the … length", "larger than the … length", "greater than the … length", "exceed* … sequence length",
                "prompt is too long", "tokens but the maximum is", "context size has been exceeded",
                "context length has been exceeded", "context window has been exceeded", "prompt tokens … context (*",
                "context length is only",
                "longer than the maximum model length", "input tokens exceed", "only supports up to … tokens",
                "token count is … only supports", "model only supports up to", "too long for context", "too long for the context",
                "longer than the model's context", "longer than the maximum context", "length of messages exceed*",
                "messages exceed*", "total length … exceeds the limit", "prompt too long", "prompt was too long",
                "input is too long", "input too long",
                "input … is too long", "input prompt … too long", "prompt … is too long", "input length … exceed*",
                "too many input tokens", "too many tokens:", "too many prompt tokens",
                "input token count … exceed*", "token count … exceeds the", "number of input tokens … exceed*",
                "exceed* the maximum number of tokens", "exceed* … maximum number of input tokens",
                "exceed* maximum input length",
                "exceed* the max* input", "exceed* … maximum input tokens", "exceed* … token limit", "token limit exceeded",
                "exceeded max tokens", "exceeds max tokens", "exceeds maximum prompt", "maximum prompt length is … but",
                "maximum prompt length … exceed*", "输入长度超", "上下文长度超", "超出上下文", "prompt exceeds",
                "input exceeds", "reduce the length of the messages", "reduce the length of your", "reduce your prompt",
                "shorten your prompt", "reduce the prompt length and", "range of input length should be", "inputs` tokens +",
                "inputs` must have less than", "longer than the maximum sequence length",
                "longer than the specified maximum sequence length", "exceeds the maximum sequence length",
                "exceeds the maximum length of", "total number of tokens … exceed*", "prompt contains … tokens and",
                "request contains … tokens", "requested tokens … exceed*", "tokens … exceed* the model's maximum",
                "tokens … exceeds the maximum", "message is too long for", "conversation is too long", "conversation too long",
                "超出最大长度", "超过最大长度", "超过模型最大", "上下文过长", "输入过长",
            ],
            codes: [
                "prompt_too_long", "input_too_long", "tokens_limit_reached", "input_length_exceeded", "token_limit_exceeded",
            ],
            unless: ["per minute", "per min", "per day", "tokens per"],
            examples: [
                "400 prompt is too long: 231000 tokens > 200000 maximum",
                "The input token count (1200000) exceeds the maximum number of tokens allowed (1000000).",
                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens",
            ],
            not: ["the response was too long to print"]),
        Rule(
            "context.request-size", .contextLength, .telling,
            phrases: [
                "payload exceeds", "request payload exceeds", "request body exceeds",
                "request exceeds the maximum size", "request exceeds the maximum allowed", "request entity too large",
                "payload too large", "request body too large", "request too large", "content too large", "413 payload",
                "body exceeds", "request size exceeds",
            ],
            codes: ["request_too_large", "RequestTooLargeError", "PayloadTooLarge"],
            examples: [
                "413 {\"type\":\"error\",\"error\":{\"type\":\"request_too_large\",\"message\":\"Request is over the byte limit\"}}"
            ]),
        Rule(
            "context.mention", .contextLength, .mention,
            phrases: [
                "context window", "context length", "context size", "maximum context", "max context", "maximum context length",
                "maximum prompt length", "maximum input length", "token limit", "too many tokens", "too many input tokens",
                "prompt length", "context limit", "larger context", "n_ctx", "max_tokens", "max tokens", "tokens to keep",
                "model's window",
                "input length", "context budget", "prompt … too big", "prompt … too large",
                "输入长度", "上下文长度", "上下文", "longer than the model",
            ],
            unless: ["per minute", "per min", "tpm"],
            examples: ["Error: context window full"], not: ["loaded with context length 4096"]),
    ]
}
