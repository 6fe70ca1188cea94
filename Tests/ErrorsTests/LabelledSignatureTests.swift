import Errors
import Model
import TestSupport
import Testing

/// Near-identical messages fold to one signature, different causes do not.
@Suite("Signatures of labelled texts")
struct LabelledSignatureTests {
    /// The blocks of the fixture: a type, and texts that differ only in what a signature masks.
    private static func blocks() -> [(type: ErrorType, texts: [String])] {
        var blocks: [(type: ErrorType, texts: [String])] = []
        for line in Fixtures.text("errors/signatures.txt").split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("["), line.hasSuffix("]"), let type = ErrorType(name: String(line.dropFirst().dropLast())) {
                blocks.append((type, []))
            } else if !blocks.isEmpty {
                blocks[blocks.count - 1].texts.append(String(line))
            }
        }
        return blocks
    }

    @Test("messages that differ only in ids, numbers, times, URLs and model dates have one signature")
    func folds() {
        let blocks = LabelledSignatureTests.blocks()
        #expect(blocks.count > 20)
        let classifier = Classifier()
        for block in blocks {
            #expect(block.texts.count > 1)
            let signatures = Set(block.texts.map(Signature.of))
            #expect(signatures.count == 1, "\(signatures.sorted())")
            for text in block.texts {
                #expect(classifier.classify(ErrorText(text: text, isKnownFailure: true))?.type == block.type, "\(text)")
            }
        }
    }

    @Test("different causes never share a signature")
    func distinct() {
        var owner: [String: Int] = [:]
        for (index, block) in LabelledSignatureTests.blocks().enumerated() {
            for text in block.texts {
                let signature = Signature.of(text)
                #expect(owner[signature, default: index] == index, "\(signature)")
                owner[signature] = index
            }
        }
        var type: [String: ErrorType] = [:]
        for text in LabelledTexts.failures {
            guard let label = text.type else { continue }
            let signature = Signature.of(text.text)
            #expect(type[signature, default: label] == label, "\(signature)")
            type[signature] = label
        }
    }

    @Test(
        "different causes have different signatures in any wrapper",
        arguments: [
            "Error code: 400 - {'error': {'message': '%', 'type': 'e'}}", "{\"error\": {\"message\": \"%\"}}",
            "{\"error\": \"%\"}", "{\"detail\": \"%\"}", "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"%\"}]}",
            "{\"level\":\"error\",\"msg\":\"%\"}", "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"reason\":\"%\"}}",
            "the call failed, response_content={'error': '%'}", "X - b'{\"error\":{\"message\":\"%\"}}'",
            "upstream said: {\\\"error\\\":{\\\"message\\\":\\\"%\\\"}}", "Error: \"%\"", "run failed error='%'",
            "RuntimeError('%')", "APICallError [AI_APICallError]: \"%\"", "level=error msg=\"%\" component=proxy",
            "Post \"https://api.example.com/v1\": %", "调用失败：“%”",
        ])
    func wrapped(in wrapper: String) {
        let causes = [
            "You exceeded your current quota", "Rate limit reached on requests per min", "Incorrect API key provided",
            "The model does not exist", "Connection reset by peer", "The request timed out",
        ]
        let parts = wrapper.split(separator: "%", omittingEmptySubsequences: false)
        let signatures = causes.map { Signature.of(parts.joined(separator: $0)) }
        #expect(Set(signatures).count == causes.count, "\(signatures)")
    }
}
