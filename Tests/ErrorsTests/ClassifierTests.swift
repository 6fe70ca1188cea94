import Errors
import Model
import Testing

@Suite("Classification")
struct ClassifierTests {
    let classifier = Classifier()

    @Test("every labelled text gets its type", arguments: LabelledTexts.failures.indices)
    func labelled(index: Int) {
        let item = LabelledTexts.failures[index]
        let found = classifier.classify(ErrorText(text: item.text, httpStatus: item.status))
        #expect(found?.type == item.type, "\(item.text) by \(found?.rule ?? "no rule")")
    }

    @Test("benign texts are not errors", arguments: LabelledTexts.benign)
    func benign(text: String) {
        let found = classifier.classify(ErrorText(text: text))
        #expect(found == nil, "\(text) by \(found?.rule ?? "")")
    }

    @Test("there are enough labelled texts, of every type")
    func coverage() {
        #expect(LabelledTexts.failures.count + LabelledTexts.benign.count >= 100)
        #expect(Set(LabelledTexts.failures.compactMap(\.type)) == Set(ErrorType.allCases))
    }

    @Test("the message overrides the status and the class")
    func priorities() {
        func type(_ text: String, status: Int? = nil, name: String? = nil, code: String? = nil) -> ErrorType? {
            classifier.classify(ErrorText(text: text, httpStatus: status, exceptionClass: name, code: code))?.type
        }
        #expect(type("slow down", status: 429, name: "RateLimitError") == .rateLimit)
        #expect(type("no", status: 429, code: "insufficient_quota") == .quotaExceeded)
        #expect(type("no", status: 400, name: "BadRequestError", code: "context_length_exceeded") == .contextLength)
        #expect(type("prompt is too long", status: 500, name: "InternalServerError") == .contextLength)
        #expect(type("sorry", status: 529) == .serverError)
        #expect(type("sorry", name: "openai.APITimeoutError") == .timeout)
        #expect(type("Your credit balance is too low", status: 400, name: "anthropic.BadRequestError") == .quotaExceeded)
        #expect(type("something about the request", status: 400) == .validationError)
        #expect(type("Connection reset by peer", status: 500, name: "litellm.InternalServerError") == .networkError)
        #expect(type("quota: requestsPerMinutePerProject, RESOURCE_EXHAUSTED", status: 429) == .rateLimit)
        #expect(type("quota: requestsPerDayPerProject and requestsPerMinutePerProject", status: 429) == .quotaExceeded)
    }

    @Test("digits count as a status only with an anchor")
    func anchors() {
        func status(_ text: String) -> Int? { classifier.classify(ErrorText(text: text, isKnownFailure: true))?.httpStatus }
        #expect(status("Error code: 429 - no") == 429)
        #expect(status("HTTP/1.1 503 Service Unavailable") == 503)
        #expect(status("Request rejected (429)") == 429)
        #expect(status("{\"status\": 401}") == 401)
        #expect(status("{'code': '404'}") == 404)
        #expect(status("[502] upstream") == 502)
        #expect(status("your messages resulted in 140321 tokens, 403 of them new") == nil)
        #expect(status("took 500 ms, used 429 tokens") == nil)
        #expect(status("req-401 span 5031") == nil)
        #expect(status("code 4290") == nil)
        #expect(status("status: 200") == nil)
    }

    @Test("a body's code is found in all notations")
    func codes() {
        func code(_ text: String) -> String? { classifier.classify(ErrorText(text: text, isKnownFailure: true))?.code }
        #expect(
            code("Error code: 400 - {'error': {'message': 'x', 'type': 'invalid_request_error', 'code': 'unknown_parameter'}}")
                == "unknown_parameter")
        #expect(
            code("{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},\"type\":\"error\"}")
                == "overloaded_error")
        #expect(
            code("b'{\\\"error\\\": {\\\"code\\\": 429, \\\"status\\\": \\\"RESOURCE_EXHAUSTED\\\"}}'") == "RESOURCE_EXHAUSTED")
        #expect(code("nothing here") == nil)
    }

    @Test("the matched bytes refer to the original text")
    func matched() throws {
        let text = "Fehler – Connection   refused"
        let found = try #require(classifier.classify(ErrorText(text: text)))
        let range = try #require(found.matched)
        #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == "Connection   refused")
        #expect(found.field == .text)
        let byClass = try #require(classifier.classify(ErrorText(text: "x", exceptionClass: "openai.RateLimitError")))
        #expect(byClass.field == .exceptionClass)
    }

    @Test("a known failure is never benign, and is unknown without a rule")
    func knownFailure() throws {
        let found = try #require(classifier.classify(ErrorText(text: "Ein Satz ohne Hinweis", isKnownFailure: true)))
        #expect(found.type == .unknown)
        #expect(found.rule == "none")
        #expect(classifier.classify(ErrorText(text: "")) == nil)
        #expect(classifier.classify(ErrorText(text: "{\"status\": \"success\"}", isKnownFailure: true))?.type == .unknown)
    }

    @Test("the end of a very long text is read, too")
    func longText() {
        let text =
            String(repeating: "  File \"/app/x.py\", line 1, in f\n", count: 4000) + "openai.RateLimitError: Too many requests"
        #expect(classifier.classify(ErrorText(text: text))?.type == .rateLimit)
    }
}

@Suite("The table of classification rules")
struct RuleTests {
    let classifier = Classifier()

    @Test("every classification rule matches its examples", arguments: RuleSet.builtIn.rules.map(\.id))
    func examples(id: String) throws {
        let rule = try #require(RuleSet.builtIn.rule(id: id))
        #expect(!rule.examples.isEmpty, "\(rule.id) has no example")
        for example in rule.examples {
            let found = classifier.classify(ErrorText(text: example))
            #expect(found?.type == rule.type, "\(rule.id): \(example) went to \(found?.rule ?? "no rule")")
            if rule.type != nil { #expect(found?.rule == rule.id, "\(example)") }
        }
        for example in rule.counterexamples {
            #expect(classifier.classify(ErrorText(text: example))?.rule != rule.id, "\(rule.id): \(example)")
        }
    }

    @Test("rule ids are unique, and rules are sorted by strength")
    func order() {
        let rules = RuleSet.builtIn.rules
        #expect(Set(rules.map(\.id)).count == rules.count)
        #expect(rules.map(\.strength.rawValue) == rules.map(\.strength.rawValue).sorted())
    }

    @Test("the version has four hexadecimal digits and changes with the table")
    func version() {
        let version = RuleSet.builtIn.version
        #expect(version.count == 4 && version.allSatisfy(\.isHexDigit))
        let own = Rule("own.moon", .serverError, phrases: ["the moon is full"], examples: ["the moon is full"])
        #expect(RuleSet.builtIn.adding([own]).version != version)
        #expect(RuleSet(rules: RuleSet.builtIn.rules).version == version)
    }

    @Test("the user's rules are tried first")
    func ownRules() {
        let own = Rule("own.busy", .toolError, phrases: ["rate limit exceeded"], examples: ["rate limit exceeded"])
        let classifier = Classifier(rules: RuleSet.builtIn.adding([own]))
        #expect(classifier.classify(ErrorText(text: "rate limit exceeded"))?.rule == "own.busy")
    }
}
