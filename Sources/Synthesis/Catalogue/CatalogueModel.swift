/// A provider; the raw value is its name in records.
enum Provider: String, CaseIterable, Sendable {
    case openai, anthropic, google, mistral, groq, azure

    /// The exception name that LiteLLM uses for this provider.
    var gatewayName: String {
        switch self {
        case .openai: "OpenAIException"
        case .anthropic: "AnthropicException"
        case .google: "GeminiException"
        case .mistral: "MistralException"
        case .groq: "GroqException"
        case .azure: "AzureException"
        }
    }
}

/// A model of a provider, with its prices and speed.
///
/// Prices are public list prices of 2025; one dollar per million tokens is 100 units of 10⁻⁸ USD per token.
enum CatalogueModel: Int, CaseIterable, Sendable {
    case gpt4o, gpt4oMini, o3Mini, embeddingSmall
    case claudeSonnet, claudeHaiku
    case geminiFlash, geminiPro
    case mistralLarge, mistralSmall
    case llama
    case azureGPT4o, azureEmbedding

    /// The properties of a model. A class, so that copies are cheap.
    final class Row: Sendable {
        let name: String, responded: String, provider: Provider, host: String?
        /// Money units per token: input, cached input, output.
        let price: (input: Int64, cached: Int64, output: Int64)
        /// Median time to the first token and time per output token, in microseconds.
        let firstToken: Int64, eachToken: Int64
        /// The spread of the latency: the standard deviation of its logarithm, in thousandths.
        let spread: Int64
        /// The context window in tokens, and the token limit per minute.
        let window: Int, tokensPerMinute: Int
        /// Spontaneous failures per million calls.
        let failures: Int
        let isEmbedding: Bool, reasons: Bool

        fileprivate init(
            name: String, responded: String, provider: Provider, host: String? = nil,
            price: (input: Int64, cached: Int64, output: Int64), firstToken: Int64, eachToken: Int64, spread: Int64, window: Int,
            tokensPerMinute: Int, failures: Int, isEmbedding: Bool = false, reasons: Bool = false
        ) {
            self.name = name
            self.responded = responded
            self.provider = provider
            self.host = host
            self.price = price
            self.firstToken = firstToken
            self.eachToken = eachToken
            self.spread = spread
            self.window = window
            self.tokensPerMinute = tokensPerMinute
            self.failures = failures
            self.isEmbedding = isEmbedding
            self.reasons = reasons
        }
    }

    var row: Row { CatalogueModel.rows[rawValue] }

    private static let rows: [Row] = [
        Row(
            name: "gpt-4o", responded: "gpt-4o-2024-08-06", provider: .openai, price: (250, 125, 1000), firstToken: 520_000,
            eachToken: 11_000, spread: 420, window: 128_000, tokensPerMinute: 450_000, failures: 27_500),
        Row(
            name: "gpt-4o-mini", responded: "gpt-4o-mini-2024-07-18", provider: .openai, price: (15, 7, 60), firstToken: 380_000,
            eachToken: 7_500, spread: 400, window: 128_000, tokensPerMinute: 2_000_000, failures: 17_000),
        Row(
            name: "o3-mini", responded: "o3-mini-2025-01-31", provider: .openai, price: (110, 55, 440), firstToken: 2_600_000,
            eachToken: 6_500, spread: 640, window: 200_000, tokensPerMinute: 200_000, failures: 34_500, reasons: true),
        Row(
            name: "text-embedding-3-small", responded: "text-embedding-3-small", provider: .openai, price: (2, 2, 0),
            firstToken: 140_000, eachToken: 0, spread: 350, window: 8_192, tokensPerMinute: 1_000_000, failures: 8_500,
            isEmbedding: true),
        Row(
            name: "claude-sonnet-4-5", responded: "claude-sonnet-4-5-20250929", provider: .anthropic, price: (300, 30, 1500),
            firstToken: 900_000, eachToken: 13_500, spread: 430, window: 200_000, tokensPerMinute: 400_000, failures: 29_000),
        Row(
            name: "claude-haiku-4-5", responded: "claude-haiku-4-5-20251001", provider: .anthropic, price: (100, 10, 500),
            firstToken: 450_000, eachToken: 6_800, spread: 380, window: 200_000, tokensPerMinute: 800_000, failures: 18_500),
        Row(
            name: "gemini-2.0-flash", responded: "gemini-2.0-flash-001", provider: .google, price: (10, 2, 40),
            firstToken: 340_000,
            eachToken: 5_200, spread: 450, window: 1_048_576, tokensPerMinute: 4_000_000, failures: 23_000),
        Row(
            name: "gemini-2.5-pro", responded: "gemini-2.5-pro", provider: .google, price: (125, 31, 1000), firstToken: 2_900_000,
            eachToken: 6_400, spread: 460, window: 1_048_576, tokensPerMinute: 2_000_000, failures: 34_500, reasons: true),
        Row(
            name: "mistral-large-latest", responded: "mistral-large-2411", provider: .mistral, price: (200, 200, 600),
            firstToken: 620_000, eachToken: 8_600, spread: 400, window: 128_000, tokensPerMinute: 500_000, failures: 30_000),
        Row(
            name: "mistral-small-latest", responded: "mistral-small-2506", provider: .mistral, price: (10, 10, 30),
            firstToken: 300_000, eachToken: 6_000, spread: 380, window: 128_000, tokensPerMinute: 1_000_000, failures: 21_500),
        Row(
            name: "llama-3.3-70b-versatile", responded: "llama-3.3-70b-versatile", provider: .groq, price: (59, 59, 79),
            firstToken: 160_000, eachToken: 3_400, spread: 360, window: 131_072, tokensPerMinute: 300_000, failures: 40_500),
        Row(
            name: "gpt-4o", responded: "gpt-4o-2024-11-20", provider: .azure, host: "contoso-eu.openai.azure.com",
            price: (250, 125, 1000), firstToken: 610_000, eachToken: 12_500, spread: 400, window: 128_000,
            tokensPerMinute: 300_000, failures: 30_000),
        Row(
            name: "text-embedding-3-large", responded: "text-embedding-3-large", provider: .azure,
            host: "contoso-eu.openai.azure.com", price: (13, 13, 0), firstToken: 170_000, eachToken: 0, spread: 350,
            window: 8_192,
            tokensPerMinute: 350_000, failures: 10_000, isEmbedding: true),
    ]
}
