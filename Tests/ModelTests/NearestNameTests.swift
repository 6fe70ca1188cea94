import Model
import TestSupport
import Testing

@testable import Model

@Suite("The nearest name")
struct NearestNameTests {
    @Test(
        "the closest of two candidates wins",
        arguments: [
            ("tpye", ["time", "type"], "type"), ("modle", ["module", "model", "mod"], "model"),
            ("latncy", ["latency", "lately"], "latency"),
            ("gpt4o", ["gpt-4", "gpt-4o"], "gpt-4o"), ("rate_limits", ["rate_limit", "rate"], "rate_limit"),
            ("provder", ["prompt", "provider"], "provider"), ("EROR_RATE", ["error_rate", "errors"], "error_rate"),
        ])
    func closest(_ name: String, _ names: [String], _ nearest: String) {
        #expect(NearestName.best(for: name, among: names) == nearest)
        #expect(NearestName.best(for: name, among: names.reversed()) == nearest)
    }

    @Test("nothing is close to a single letter or an empty name")
    func single() {
        for name in ["", "a", "é", "-"] { #expect(NearestName.matches(for: name, among: ["a", "ab", "b", "as", name]).isEmpty) }
    }

    @Test("swapping adjacent letters counts once")
    func swapped() {
        // Two edits are more than a third of four letters.
        #expect(NearestName.best(for: "tpye", among: ["type"]) == "type")
        #expect(NearestName.best(for: "typo", among: ["type"]) == "type")
        #expect(NearestName.best(for: "tyop", among: ["type"]) == nil)
        #expect(NearestName.distance(Array("cost".unicodeScalars), Array("csot".unicodeScalars)) == 1)
    }

    @Test("names that differ only in punctuation are close")
    func punctuation() {
        #expect(NearestName.best(for: "gpt4o", among: ["gpt-4o", "gpt-4o-mini"]) == "gpt-4o")
        #expect(NearestName.best(for: "claude35sonnet", among: ["claude-3.5-sonnet", "claude-3-opus"]) == "claude-3.5-sonnet")
        #expect(NearestName.best(for: "p-95", among: ["p95", "p99"]) == "p95")
    }

    @Test("a name farther away than a third of its length is not suggested")
    func tooFar() {
        #expect(NearestName.matches(for: "latency", among: ["cost", "tokens", "lantern", "latent"]) == ["latent"])
        #expect(NearestName.matches(for: "xyz", among: ["abc", "zyx"]).isEmpty)
        #expect(NearestName.matches(for: "----", among: ["++++", "...."]).isEmpty)
    }

    @Test("matches are sorted by distance, then name, up to the limit")
    func order() {
        let names = ["model_c", "model_b", "model", "models_a", "model_a"]
        #expect(NearestName.matches(for: "model_x", among: names) == ["model_a", "model_b", "model_c"])
        #expect(NearestName.matches(for: "model_x", among: names, limit: 2) == ["model_a", "model_b"])
        #expect(NearestName.matches(for: "modle", among: names, limit: 1) == ["model"])
    }

    @Test("the first match is never farther away than any other name")
    func nearest() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<2000 {
            func word() -> String {
                String((0..<Int.random(in: 2...8, using: &random)).map { _ in "abcd_".randomElement(using: &random)! })
            }
            let wanted = word()
            let names = (0..<4).map { _ in word() }
            let distances = names.map { NearestName.distance(Array(wanted.unicodeScalars), Array($0.unicodeScalars)) }
            guard let best = NearestName.best(for: wanted, among: names), let place = names.firstIndex(of: best) else { continue }
            // Names that differ only in punctuation come before those that differ in a letter.
            func bare(_ text: String) -> String { text.filter { $0 != "_" } }
            #expect(distances[place] == distances.min() || bare(best) == bare(wanted), "\(wanted) among \(names)")
        }
    }
}
