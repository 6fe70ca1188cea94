import Model
import Testing

@testable import Alerts

@Suite("Names in selectors")
struct SpellingTests {
    /// One error of each of these providers, models and types.
    private var scene: Scene {
        var scene = Scene()
        for (second, labels) in [
            (10, [Label.provider: "google", .model: "gemini-2.5-pro", .errorType: "authentication", .severity: "CRITICAL"]),
            (20, [.provider: "openai", .model: "gpt-4o", .errorType: "permission", .severity: "CRITICAL"]),
            (30, [.provider: "azure", .model: "gpt-4o", .errorType: "rate_limit", .severity: "WARNING"]),
            (40, [.provider: "anthropic", .model: "claude-sonnet-4-5", .errorType: "context_length", .severity: "WARNING"]),
        ] as [(Double, [Label: String])] {
            scene.errors([second], labels)
            scene.calls([second], labels.filter { Label.ofCalls.contains($0.key) })
        }
        return scene
    }

    private func providers(_ selector: String) throws -> [String] {
        try scene.replay("sum by (provider) (\(selector)) > 0", minutes: 2).alerts.compactMap { $0.labels["provider"] }.sorted()
    }

    @Test(
        "a provider matches by every name that it has, with every operator, alone and among alternatives",
        arguments: [
            ("{provider=\"gemini\"}", ["google"]), ("{provider=\"google_genai\"}", ["google"]),
            ("{provider=\"gcp.gemini\"}", ["google"]), ("{provider=\"OpenAI\"}", ["openai"]),
            ("{provider=\"azure_openai\"}", ["azure"]), ("{provider!=\"gemini\"}", ["anthropic", "azure", "openai"]),
            ("{provider=~\"gemini|open_ai\"}", ["google", "openai"]),
            ("{provider=~\"(gemini|claude)\"}", ["anthropic", "google"]),
            ("{provider=~\"^(?:gcp\\\\.gemini|azure)$\"}", ["azure", "google"]),
            ("{provider!~\"gemini|claude\"}", ["azure", "openai"]), ("{provider=~\"gem.*\"}", ["google"]),
            // What matches a name of its own means no other provider: bedrock is also known as aws and amazon.
            ("{provider=~\"a.*\"}", ["anthropic", "azure"]), ("{provider=~\".+\"}", ["anthropic", "azure", "google", "openai"]),
            ("{provider=\"\"}", []), ("{provider=\"gemeni\"}", []), ("{provider=~\"goo\"}", []),
        ] as [(String, [String])])
    func providerNames(selector: String, expected: [String]) throws {
        #expect(try providers("llm_errors_total" + selector) == expected)
        #expect(try providers("llm_requests_total" + selector) == expected)
    }

    @Test(
        "an error type matches by its class, a severity in either case",
        arguments: [
            ("{error_type=\"auth_error\"}", ["google", "openai"]), ("{error_type!=\"auth_error\"}", ["anthropic", "azure"]),
            ("{error_type=~\"auth_error|rate_limit\"}", ["azure", "google", "openai"]),
            ("{error_type!~\"auth_error|rate_limit\"}", ["anthropic"]), ("{error_type=\"client_error\"}", ["anthropic"]),
            ("{error_type=\"rate_limit\"}", ["azure"]), ("{error_type=~\".*_error\"}", []),
            ("{error_type=~\"auth_.*\"}", ["google", "openai"]), ("{error_type=\"Permission\"}", ["openai"]),
            ("{severity=\"critical\"}", ["google", "openai"]), ("{severity!=\"critical\"}", ["anthropic", "azure"]),
            ("{severity=~\"critical|error\"}", ["google", "openai"]),
        ] as [(String, [String])])
    func types(selector: String, expected: [String]) throws {
        #expect(try providers("llm_errors_total" + selector) == expected)
    }

    @Test(
        "a model with its provider is that model of that provider alone",
        arguments: [
            ("{model=\"openai/gpt-4o\"}", ["openai"]), ("{model=\"gpt-4o\"}", ["azure", "openai"]),
            ("{model!=\"openai/gpt-4o\"}", ["anthropic", "azure", "google"]),
            ("{model=~\"openai/gpt-4o|gemini/gemini-2\\\\.5-pro\"}", ["google", "openai"]),
            ("{model=\"models/gemini-2.5-pro\"}", ["google"]), ("{model=\"meta/gpt-4o\"}", []),
        ] as [(String, [String])])
    func models(selector: String, expected: [String]) throws {
        #expect(try providers("llm_errors_total" + selector) == expected)
        #expect(try providers("llm_requests_total" + selector) == expected)
        let rule = try Scene.rule("llm_errors_total\(selector) > 0")
        let selection = try #require(rule.errorSelections.first)
        // What is listed behind a firing holds at least what was counted.
        for provider in ["openai", "azure"] where expected.contains(provider) {
            #expect(selection.accepts(provider, of: .provider) && selection.accepts("gpt-4o", of: .model))
        }
        if selector == "{model=\"openai/gpt-4o\"}" { #expect(!selection.accepts("azure", of: .provider)) }
    }

    @Test("a selector that no name explains still says so")
    func unmatched() throws {
        let options = ReplayOptions(findings: true)
        let replay = try scene.replay("sum(llm_errors_total{provider=\"gemeni\"}) > 0", minutes: 2, options: options)
        #expect(replay.finding("no-series")?.sentence.hasSuffix("; closest: gemini") == true, "\(replay.findings)")
        for (typed, closest) in [("gogle", "google"), ("claud", "claude"), ("azur_openai", "azure_openai"), ("opnai", "openai")] {
            let replay = try scene.replay("sum(llm_errors_total{provider=\"\(typed)\"}) > 0", minutes: 2, options: options)
            #expect(replay.finding("no-series")?.sentence.hasSuffix("; closest: \(closest)") == true, "\(typed)")
        }
        let known = try scene.replay("sum(llm_errors_total{provider=\"gemini\"}) > 0", minutes: 2, options: options)
        #expect(known.finding("no-series") == nil)
    }
}
