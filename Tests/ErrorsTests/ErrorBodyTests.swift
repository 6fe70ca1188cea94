import Model
import Testing

@testable import Errors

@Suite("Error objects and the source's own types")
struct ErrorBodyTests {
    @Test(
        "an error object is shown as its message",
        arguments: [
            (#"{"error": {"message": "You exceeded \"it\"", "code": "insufficient_quota"}}"#, #"You exceeded "it""#),
            (#"{"error": {"message": "inner"}, "message": "outer"}"#, "inner"), (#"{"error": "boom"}"#, "boom"),
            (#"{"object": "error", "message": {"detail": [{"msg": "field required"}]}}"#, "field required"),
            (#"{"detail": "not found"}"#, "not found"), ("{'error': {'message': 'slow down', 'code': None}}", "slow down"),
            (#"[{"error": {"code": 429, "message": "caf\u00e9", "status": "RESOURCE_EXHAUSTED"}}]"#, "café"),
        ] as [(String, String)])
    func message(_ text: String, _ message: String) {
        #expect(ErrorBody(text)?.message == message)
    }

    @Test("text around an object, and objects without a message, are shown unchanged")
    func others() {
        for text in ["Error code: 429 - {'error': {'message': 'x'}}", #"{"code": 429}"#, "{", "plain", ""] {
            #expect(ErrorBody(text) == nil, "\(text)")
        }
    }

    @Test("the fields of an object still decide its type")
    func fields() {
        var span = SpanEvidence(spanID: "a", kind: .llm)
        span.errorField = #"{"error": {"message": "no", "code": "insufficient_quota", "status": 429}}"#
        let found = Assessor().assess(spans: [span], events: []).findings.first
        #expect(found?.message == "no" && found?.type == .quotaExceeded && found?.code == "insufficient_quota")
    }

    @Test("a type that is one of ours overrides the status and phrases that repeat it")
    func words() {
        func type(_ word: String, _ status: Int?, _ text: String = "Service Unavailable") -> ErrorType? {
            Classifier().classify(ErrorText(text: text, httpStatus: status, providerType: word, isKnownFailure: true))?.type
        }
        #expect(type("context_length", 400, "Bad Request") == .contextLength)
        #expect(type("model_error", 503) == .modelError)
        #expect(type("permission", 400) == .permission)
        #expect(type("Rate_Limit", 500) == .rateLimit)
        #expect(type("server_error", 429, "no") == .serverError)
        #expect(type("server_error", 500, "Rate limit reached for requests") == .rateLimit, "a general word of providers")
        #expect(type("unknown", 429, "no") == .rateLimit)
        let own = Rule("own.slow", .timeout, phrases: ["service unavailable"], examples: [])
        let found = Classifier(rules: RuleSet.builtIn.adding([own])).classify(
            ErrorText(text: "Service Unavailable", httpStatus: 503, providerType: "model_error", isKnownFailure: true))
        #expect(found?.rule == "own.slow", "rules of the user come first")
    }

    @Test("an event finds its call by the call's alternate id, unless another call has that id")
    func alternateIDs() {
        func call(_ id: String, _ other: String) -> SpanEvidence {
            var span = SpanEvidence(spanID: id, kind: .llm)
            span.alternateID = other
            span.end = Timestamp(seconds: 1)
            return span
        }
        func failed(_ name: String) -> [FindingSubject] {
            var event = EventEvidence(eventID: "e", kind: .error, spanID: name, time: Timestamp(seconds: 1))
            event.message = "boom"
            return Assessor().assess(spans: [call("o1", "g1"), call("o2", "o1")], events: [event]).findings.map(\.subject)
        }
        #expect(failed("g1") == [.span(0)] && failed("o2") == [.span(1)] && failed("o1") == [.span(0)])
    }
}
