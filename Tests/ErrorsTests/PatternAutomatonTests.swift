import Model
import TestSupport
import Testing

@testable import Errors

@Suite("Finding many patterns at once")
struct PatternAutomatonTests {
    @Test("finds what looking at every place finds, on any patterns and bytes", arguments: 0..<60)
    func agreesWithSearch(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("abce :_é余".utf8)
        func word(_ lengths: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: lengths, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
        }
        let patterns = (0..<Int.random(in: 1...60, using: &random)).map { _ in word(1...9) }
        let automaton = PatternAutomaton(patterns: patterns)
        for _ in 0..<10 {
            let text = word(0...200)
            var found: [String] = [], expected: [String] = []
            text.withUnsafeBufferPointer { bytes in
                automaton.scan(bytes) { found.append("\($0) \($1)") }
            }
            for (index, pattern) in patterns.enumerated() where pattern.count <= text.count {
                for start in 0...(text.count - pattern.count) where text[start..<start + pattern.count].elementsEqual(pattern) {
                    expected.append("\(index) \(start + pattern.count)")
                }
            }
            #expect(found.sorted() == expected.sorted(), "seed \(seed)")
        }
    }

    @Test("a pattern that ends before another begins is reported before it")
    func order() {
        let automaton = PatternAutomaton(patterns: [Array("exceeded".utf8), Array("quota".utf8), Array("x".utf8)])
        var found: [Int] = []
        Array("exceeded the quota x".utf8).withUnsafeBufferPointer { bytes in
            automaton.scan(bytes) { pattern, _ in found.append(pattern) }
        }
        let names = found.filter { $0 < 2 }
        #expect(names == [0, 1])
    }
}

@Suite("Signs in patterns")
struct PatternSignTests {
    private func type(_ text: String, _ rule: Rule) -> String? {
        Classifier(rules: RuleSet(rules: [rule])).classify(ErrorText(text: text))?.rule
    }

    @Test("a dollar sign asks for the end of the text, signs and blanks aside")
    func end() {
        let rule = Rule("own", .validationError, phrases: ["is required$"], examples: [])
        #expect(type("the model is required.\"", rule) == "own")
        #expect(type("what is required here", rule) == nil)
    }

    @Test("a star before the name of a class takes longer names in")
    func classes() {
        let rule = Rule("own", .rateLimit, .named, classes: ["*RateLimitException"], examples: [])
        #expect(type("com.example.ProviderRateLimitException: slow", rule) == "own")
        #expect(type("ratelimitexception", rule) == nil)
    }

    @Test("phrases with gaps share their beginnings and are still told apart")
    func gaps() {
        let first = Rule("first", .quotaExceeded, phrases: ["exceeded … monthly"], examples: [])
        let second = Rule("second", .rateLimit, phrases: ["exceeded … per minute"], examples: [])
        let classifier = Classifier(rules: RuleSet(rules: [first, second]))
        #expect(classifier.classify(ErrorText(text: "you exceeded 20 calls per minute"))?.rule == "second")
        #expect(classifier.classify(ErrorText(text: "you exceeded the monthly sum"))?.rule == "first")
        #expect(classifier.classify(ErrorText(text: "per minute, exceeded"))?.rule == nil)
    }
}

@Suite("Proposed rules")
struct RuleProposalTests {
    @Test("the longest run of words between masks is the phrase")
    func phrases() {
        let cases: [(String, String?)] = [
            ("the warp core of node # has no coolant left", "the warp core of node"),
            ("GatewayError: '…' seat map is not loaded (#)", "seat map is not loaded"), ("#", nil), ("E#: # of #", nil),
            ("", nil), ("unexpected", nil), ("no seats # for all", "no seats"),
        ]
        for (signature, phrase) in cases { #expect(RuleProposal.phrase(of: signature) == phrase, "\(signature)") }
    }

    @Test("a proposed rule takes the message that its signature was made of")
    func takes() {
        for text in [
            "job 17: the warp core of node a7 has no coolant left", "seat map of flight \"LH 400\" is not loaded yet (12)",
            "the oven said: temperature out of reach for cake-4711 at 2031-05-27",
        ] {
            guard let phrase = RuleProposal.phrase(of: Signature.of(text)) else {
                Issue.record("no phrase for \(text)")
                continue
            }
            let rule = RuleProposal(phrase: phrase, type: .serverError).rule(id: "own.x", type: .serverError, example: text)
            let found = Classifier(rules: RuleSet.builtIn.adding([rule])).classify(ErrorText(text: text, isKnownFailure: true))
            #expect(found?.rule == "own.x", "\(text): \(phrase)")
        }
    }

    @Test("the type of the signature with most words in common suggests itself")
    func nearest() {
        let known: [(signature: String, type: Model.ErrorType)] = [
            ("gateway # lost its seat map", .serverError), ("the oven is too hot", .toolError),
        ]
        #expect(RuleProposal.nearestType(to: "gateway # lost its second seat map", among: known) == .serverError)
        #expect(RuleProposal.nearestType(to: "nothing alike", among: known) == nil)
    }
}
