import Model

/// The operation of a span, independent of the model: two attempts of one request have the same operation.
struct Operation: Hashable {
    let kind: SpanKind
    let words: String

    init(_ span: SpanEvidence) {
        kind = span.kind
        let name = (span.name ?? "").lowercased()
        let model = Operation.bare(span.model ?? "")
        var kept: [Substring] = []
        for word in name.split(whereSeparator: { " /:.()[]".contains($0) }) {
            if word == model[...] || (!model.isEmpty && Operation.isPart(word, of: model)) || Operation.isModel(word) { continue }
            kept.append(word)
        }
        let isPlain = span.kind.isCall && kept.allSatisfy { Operation.plain.contains(String($0)) }
        words = isPlain ? "" : kept.joined(separator: " ")
    }

    /// Returns the model's name without a provider prefix before a slash, in lower case.
    static func bare(_ model: String) -> String {
        let lowered = model.lowercased()
        guard let slash = lowered.lastIndex(of: "/") else { return lowered }
        return String(lowered[lowered.index(after: slash)...])
    }

    /// Returns true when both names mean the same model, dated or not.
    static func isSameModel(_ a: String, _ b: String) -> Bool { undated(a) == undated(b) }

    /// Returns the bare name without a trailing date or build: `-2024-08-06`, `-20241022`, `@20240620`, `-0613`.
    static func undated(_ model: String) -> String {
        let name = bare(model)
        var parts = name.split(whereSeparator: { $0 == "-" || $0 == "@" })
        func isNumber(_ place: Int, _ count: ClosedRange<Int>) -> Bool {
            place > 0 && count.contains(parts[place].utf8.count) && parts[place].utf8.allSatisfy(FoldedText.isDigit)
        }
        let last = parts.count - 1
        if last > 2, isNumber(last, 2...2), isNumber(last - 1, 2...2), isNumber(last - 2, 4...4) {
            parts.removeLast(3)
        } else if last > 0, isNumber(last, 4...8) {
            parts.removeLast()
        }
        return parts.joined(separator: "-")
    }

    /// Returns true for part of a model name with dots or slashes, such as `gpt-4` and `1` in `gpt-4.1`.
    private static func isPart(_ word: Substring, of model: String) -> Bool {
        model.split(whereSeparator: { " /:.()[]".contains($0) }).contains(word)
    }

    private static func isModel(_ word: Substring) -> Bool {
        families.contains {
            word == $0 || (word.hasPrefix($0) && word.dropFirst($0.utf8.count).first.map { "-0123456789".contains($0) } == true)
        }
    }

    private static let families = [
        "gpt", "chatgpt", "o1", "o3", "o4", "claude", "gemini", "gemma", "llama", "mistral", "mixtral", "codestral", "ministral",
        "command",
        "deepseek", "qwen", "glm", "grok", "phi", "nova", "titan", "kimi", "moonshot", "minimax", "yi", "jamba", "davinci",
        "text-embedding",
        "openai", "azure", "azureopenai", "anthropic", "google", "vertex", "vertexai", "vertex_ai", "bedrock", "cohere", "groq",
        "openrouter",
        "ollama", "vllm", "together", "fireworks", "xai", "huggingface", "litellm",
    ]

    /// Generic words that clients use in every call.
    private static let plain: Set<String> = [
        "chat", "completion", "completions", "chatcompletion", "acompletion", "create", "stream", "messages", "message",
        "generate", "generation",
        "generatecontent", "generate_content", "generate_text", "text_completion", "text", "content", "invoke", "ainvoke",
        "converse", "llm",
        "call", "llm_call", "llm-call", "request", "response", "responses", "litellm_request", "raw_gen_ai_request", "model",
        "async", "beta",
        "parse", "chatopenai", "azurechatopenai", "chatanthropic", "chatgooglegenerativeai", "chatvertexai", "chatbedrock",
        "chatbedrockconverse",
        "chatgroq", "chatmistralai", "chatollama", "chatlitellm", "streamtext", "generatetext", "dogenerate", "dostream", "ai",
        "inference",
        "embedding", "embeddings", "createembeddings", "embed", "openai-generation", "models", "attempt", "retry", "fallback",
    ]
}

/// The operations of a trace's spans, each computed once on first use: parsing names is costly.
final class Operations {
    private let spans: [SpanEvidence]
    private var numbers: [Operation: Int] = [:]
    private var known: [Int]

    init(_ spans: [SpanEvidence]) {
        self.spans = spans
        known = Array(repeating: -1, count: spans.count)
    }

    /// Returns true when both spans have the same operation.
    func areEqual(_ a: Int, _ b: Int) -> Bool { number(a) == number(b) }

    private func number(_ index: Int) -> Int {
        if known[index] < 0 { known[index] = numbers.setDefault(numbers.count, for: Operation(spans[index])) }
        return known[index]
    }
}

extension Dictionary {
    /// Returns the value for the key; inserts `value` when there is none.
    mutating func setDefault(_ value: Value, for key: Key) -> Value {
        if let known = self[key] { return known }
        self[key] = value
        return value
    }
}
