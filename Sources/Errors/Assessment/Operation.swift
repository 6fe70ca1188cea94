import Model

/// What a span does, apart from the model that it does it with: two attempts of one request have the same operation.
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

    /// The model's name without the provider before a slash, lower case.
    static func bare(_ model: String) -> String {
        let lowered = model.lowercased()
        guard let slash = lowered.lastIndex(of: "/") else { return lowered }
        return String(lowered[lowered.index(after: slash)...])
    }

    /// True when both names mean one model, dated or not.
    static func isSameModel(_ a: String, _ b: String) -> Bool { undated(a) == undated(b) }

    /// The bare name without a date or build at its end: `-2024-08-06`, `-20241022`, `@20240620`, `-0613`.
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

    /// True for a piece of a dotted or slashed model name, such as `gpt-4` and `1` of `gpt-4.1`.
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

    /// Words that clients give every call.
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

/// The operations of a trace's spans, each worked out once, when it is first asked for: taking names apart is costly.
final class Operations {
    private let spans: [SpanEvidence]
    private var numbers: [Operation: Int] = [:]
    private var known: [Int]

    init(_ spans: [SpanEvidence]) {
        self.spans = spans
        known = Array(repeating: -1, count: spans.count)
    }

    /// True when both spans do the same.
    func areEqual(_ a: Int, _ b: Int) -> Bool { number(a) == number(b) }

    private func number(_ index: Int) -> Int {
        if known[index] < 0 { known[index] = numbers.setDefault(numbers.count, for: Operation(spans[index])) }
        return known[index]
    }
}

extension Dictionary {
    /// The value under the key; `value`, which then stands there, when there was none.
    mutating func setDefault(_ value: Value, for key: Key) -> Value {
        if let known = self[key] { return known }
        self[key] = value
        return value
    }
}
