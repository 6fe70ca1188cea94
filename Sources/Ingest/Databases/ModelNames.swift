/// What a model's name tells of its provider.
package enum ModelNames {
    /// Which provider makes models whose names begin so; only names that one provider alone uses. First hit wins.
    private static let makers: [(prefix: String, provider: String)] = [
        ("gpt-", "openai"), ("chatgpt", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"),
        ("text-embedding", "openai"), ("dall-e", "openai"), ("whisper", "openai"), ("claude", "anthropic"),
        ("gemini", "google"), ("mistral-", "mistral"), ("codestral", "mistral"), ("ministral", "mistral"),
        ("command", "cohere"), ("embed-", "cohere"), ("rerank-", "cohere"), ("deepseek-", "deepseek"), ("grok-", "xai"),
        ("sonar", "perplexity"),
    ]

    /// Words before a slash that name a provider, and its usual name.
    private static let prefixes: [String: String] = [
        "openai": "openai", "anthropic": "anthropic", "gemini": "google", "google": "google", "vertex_ai": "google",
        "azure": "azure", "bedrock": "bedrock", "mistral": "mistral", "mistralai": "mistral", "cohere": "cohere",
        "groq": "groq", "together_ai": "together", "openrouter": "openrouter", "ollama": "ollama", "deepseek": "deepseek",
        "xai": "xai", "huggingface": "huggingface", "perplexity": "perplexity", "fireworks_ai": "fireworks",
    ]

    /// The provider that makes a model, by its name; nil when the name does not tell.
    package static func maker(of model: String) -> String? {
        model.utf8.withContiguousStorageIfAvailable { name in
            makers.first { name.starts(with: $0.prefix.utf8) }?.provider
        } ?? makers.first { model.hasPrefix($0.prefix) }?.provider
    }

    /// Takes a provider off the front of a model's name: `openai/gpt-4o-mini` is `gpt-4o-mini` of openai. Other names with a
    /// slash are left alone.
    package static func split(_ model: String, provider: String?) -> (provider: String?, model: String) {
        guard let slash = model.firstIndex(of: "/"), model.index(after: slash) < model.endIndex else { return (provider, model) }
        let head = model[..<slash].lowercased()
        guard let known = prefixes[head] ?? (head == provider?.lowercased() ? provider : nil) else { return (provider, model) }
        return (provider ?? known, String(model[model.index(after: slash)...]))
    }
}
