/// Derives the provider from a model's name.
package enum ModelNames {
    /// Providers by model name prefix; only prefixes that a single provider uses. The first match wins.
    private static let makers: [(prefix: String, provider: String)] = [
        ("gpt-", "openai"), ("chatgpt", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"),
        ("text-embedding", "openai"), ("dall-e", "openai"), ("whisper", "openai"), ("claude", "anthropic"),
        ("gemini", "google"), ("mistral-", "mistral"), ("codestral", "mistral"), ("ministral", "mistral"),
        ("command", "cohere"), ("embed-", "cohere"), ("rerank-", "cohere"), ("deepseek-", "deepseek"), ("grok-", "xai"),
        ("sonar", "perplexity"),
    ]

    /// Provider prefixes before a slash, and the provider's usual name.
    private static let prefixes: [String: String] = [
        "openai": "openai", "anthropic": "anthropic", "gemini": "google", "google": "google", "vertex_ai": "vertex_ai",
        "azure": "azure", "bedrock": "bedrock", "mistral": "mistral", "mistralai": "mistral", "cohere": "cohere",
        "groq": "groq", "together_ai": "together", "openrouter": "openrouter", "ollama": "ollama", "deepseek": "deepseek",
        "xai": "xai", "huggingface": "huggingface", "perplexity": "perplexity", "fireworks_ai": "fireworks",
    ]

    /// Returns the provider that makes a model; nil when the name does not say.
    package static func maker(of model: String) -> String? {
        model.utf8.withContiguousStorageIfAvailable { name in
            makers.first { name.starts(with: $0.prefix.utf8) }?.provider
        } ?? makers.first { model.hasPrefix($0.prefix) }?.provider
    }

    /// Splits a provider prefix off a model's name: `openai/gpt-4o-mini` is `gpt-4o-mini` by openai. Other names with a slash are
    /// unchanged.
    package static func split(_ model: String, provider: String?) -> (provider: String?, model: String) {
        guard let slash = model.firstIndex(of: "/"), model.index(after: slash) < model.endIndex else { return (provider, model) }
        let head = model[..<slash].lowercased()
        guard let known = prefixes[head] ?? (head == provider?.lowercased() ? provider : nil) else { return (provider, model) }
        return (provider ?? known, String(model[model.index(after: slash)...]))
    }
}
