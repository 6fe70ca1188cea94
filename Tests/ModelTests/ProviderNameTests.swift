import Model
import Testing

@Suite("Names of providers")
struct ProviderNameTests {
    @Test(
        "every spelling has one canonical name",
        arguments: [
            (
                "google",
                ["gemini", "gcp.gemini", "google_genai", "google-genai", "Google AI", "google.generative-ai", "google-gla"]
            ),
            ("vertex_ai", ["gcp.vertex_ai", "vertexai", "google_vertexai", "google.vertex.chat", "google-vertex"]),
            ("azure", ["azure_openai", "Azure OpenAI", "azure.ai.openai", "azure-openai.chat"]),
            ("bedrock", ["aws.bedrock", "amazon-bedrock", "Amazon Bedrock", "bedrock_converse"]),
            ("openai", ["OpenAI", "openai.responses", "openai.chat"]), ("anthropic", ["claude", "anthropic.messages"]),
            ("acme llm", ["Acme LLM"]), ("my.gateway", ["my.gateway"]),
        ])
    func canonical(name: String, spellings: [String]) {
        for spelling in spellings { #expect(ProviderNames.canonical(spelling) == name, "\(spelling)") }
    }

    @Test("Vertex AI and Gemini's API are two providers")
    func vertex() {
        #expect(ProviderNames.canonical("vertex_ai") != ProviderNames.canonical("gemini"))
        #expect(ProviderNames.spellings(of: "google").contains("gemini"))
        #expect(!ProviderNames.spellings(of: "gemini").contains("vertex_ai"))
    }
}
