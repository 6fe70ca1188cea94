/// Normalises the names of providers and models.
public enum ProviderNames {
    /// Canonical provider names with the aliases that conventions and libraries use.
    public static let table: [(name: String, aliases: [String])] = [
        ("openai", ["text-completion-openai", "openai_chat", "open_ai"]),
        ("anthropic", ["claude", "anthropic_text"]),
        (
            "google",
            [
                "gcp.gemini", "gcp.gen_ai", "gemini", "google_gemini", "google_genai", "google_generative_ai", "google_gla",
                "google_ai_studio", "google_ai", "googleai", "palm",
            ]
        ),
        (
            "vertex_ai",
            [
                "gcp.vertex_ai", "vertexai", "vertex", "google_vertexai", "google_vertex_ai", "google_vertex", "google.vertex",
                "vertex_ai_beta",
            ]
        ),
        (
            "azure",
            [
                "azure.ai.openai", "az.ai.openai", "azure.ai.inference", "az.ai.inference", "azure_openai", "azure_ai",
                "azure_text",
            ]
        ),
        ("bedrock", ["aws.bedrock", "aws_bedrock", "amazon_bedrock", "bedrock_converse", "aws", "amazon"]),
        ("mistral", ["mistral_ai", "mistralai"]),
        ("xai", ["x_ai", "x.ai", "grok"]),
        ("cohere", ["cohere_chat"]),
        ("watsonx", ["ibm.watsonx.ai", "ibm_watsonx"]),
        ("moonshot", ["moonshot_ai", "moonshotai"]),
        ("together", ["together_ai", "togetherai"]),
        ("fireworks", ["fireworks_ai"]),
        ("huggingface", ["hugging_face"]),
        ("perplexity", ["perplexity_ai"]),
        ("vllm", ["hosted_vllm"]),
        ("deepseek", []), ("groq", []), ("openrouter", []), ("ollama", ["ollama_chat"]), ("replicate", []), ("cerebras", []),
        ("nvidia", ["nvidia_nim"]), ("databricks", []), ("voyage", ["voyageai"]),
    ]

    private static let canonical: [String: String] = {
        var names: [String: String] = [:]
        for row in table {
            names[row.name] = row.name
            for alias in row.aliases { names[alias] = row.name }
        }
        return names
    }()

    /// Returns the canonical name; an unknown name in lower case.
    ///
    /// Blanks and dashes count as underscores. What SDKs write after a dot, as in `openai.responses` and `google.vertex.chat`,
    /// names an endpoint.
    public static func canonical(_ name: String) -> String {
        if let known = canonical[name] { return known }
        let lower = name.lowercased()
        if let known = canonical[lower] { return known }
        let joined = String(lower.map { $0 == "-" || $0 == " " ? "_" : $0 })
        if let known = canonical[joined] { return known }
        var head = Substring(joined)
        while let dot = head.lastIndex(of: ".") {
            head = head[..<dot]
            if let known = canonical[String(head)] { return known }
        }
        return lower
    }

    /// Returns the canonical name of a provider and its other spellings.
    public static func spellings(of name: String) -> [String] {
        let known = canonical(name)
        return [known] + (table.first { $0.name == known }?.aliases ?? [])
    }

    /// Returns the spelling closest to a mistyped name and its provider, one of those given: `gemini` for `gemeni` where `google`
    /// is given. Nil when none is close.
    public static func closest(to name: String, among providers: some Sequence<String>) -> (spelling: String, provider: String)? {
        let providers = Array(providers)
        if let best = NearestName.best(for: name, among: providers) { return (best, best) }
        let others = providers.map { ($0, spellings(of: $0)) }
        guard let best = NearestName.best(for: name, among: others.flatMap(\.1)),
            let owner = others.first(where: { $0.1.contains(best) })
        else { return nil }
        return (best, owner.0)
    }

    /// Returns the provider that a pattern means by another spelling: `gem*` matches no canonical name, and one provider's `gemini`.
    /// Nil when it matches a canonical name, or the spellings of several providers.
    public static func meant(by matches: (String) -> Bool) -> String? {
        let known = table.filter { row in row.aliases.contains(where: matches) }
        guard known.count == 1, !table.contains(where: { matches($0.name) }) else { return nil }
        return known[0].name
    }

    /// Model name prefixes that identify a single provider.
    static let makers: [(prefix: String, provider: String)] = [
        ("gpt-", "openai"), ("chatgpt", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"),
        ("text-embedding-3", "openai"), ("text-embedding-ada", "openai"), ("dall-e", "openai"), ("whisper", "openai"),
        ("claude", "anthropic"), ("gemini", "google"), ("mistral-", "mistral"), ("codestral", "mistral"), ("command-", "cohere"),
        ("deepseek-", "deepseek"), ("grok-", "xai"), ("sonar", "perplexity"),
    ]

    /// Returns the provider of a model by its name; nil if the name does not identify one.
    public static func maker(of model: String) -> String? { makers.first { model.hasPrefix($0.prefix) }?.provider }

    /// Strips known providers from the front of a model's name: `openrouter/anthropic/claude-3` gives anthropic and `claude-3`.
    /// Other names with slashes are left unchanged.
    public static func split(_ model: String) -> (provider: String?, model: String) {
        let (providers, rest) = providersInFront(of: model)
        return (providers.last, rest)
    }

    /// Returns the known providers in front of a model's name, outermost first, and the rest: openrouter, anthropic and `claude-3`
    /// for `openrouter/anthropic/claude-3`.
    public static func providersInFront(of model: String) -> (providers: [String], model: String) {
        guard model.utf8.contains(0x2F) else { return ([], model) }
        var providers: [String] = []
        var rest = Substring(model)
        while let slash = rest.firstIndex(of: "/"), rest.index(after: slash) < rest.endIndex {
            let head = rest[..<slash].lowercased()
            guard head == "models" || canonical[head] != nil else { break }
            if let known = canonical[head] { providers.append(known) }
            rest = rest[rest.index(after: slash)...]
        }
        return (providers, String(rest))
    }
}
