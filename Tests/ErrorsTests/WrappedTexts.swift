import Errors
import Model
import Testing

/// What clients, routers and agents of 2026 say, worded for these tests, by what makes them hard to read.
enum WrappedTexts {
    /// The cause stands inside what passed it on.
    static let causes: [LabelledText] = [
        .init(.rateLimit, "stream disconnected before completion: Rate limit reached for m-4 on requests per min: Limit 3"),
        .init(.timeout, "stream disconnected before completion: idle timeout waiting for SSE"),
        .init(.serverError, "stream disconnected before completion: An error occurred while processing your request."),
        .init(.networkError, "stream disconnected before completion: stream closed before response.completed"),
        .init(.networkError, "Reconnecting... 3/5 (stream disconnected before completion)"),
        .init(.rateLimit, "Upstream request failed: [429] slow down, retry in 20s"),
        .init(.authentication, "Upstream request failed: [Incorrect API key provided]"),
        .init(.serverError, "Upstream request failed: [sorry]"),
        .init(.rateLimit, "exceeded retry limit, last status: 429 Too Many Requests, request id: 9a1b"),
        .init(.serverError, "exceeded retry limit, last status: 500 Internal Server Error"),
        .init(.timeout, "worker crashed: Error: step 'summarize' failed: upstream call failed: Request timed out after 120s"),
        .init(.contentFilter, "All 3 fallbacks failed. Last error: content blocked by guardrail 'pii'"),
        .init(.rateLimit, "tenacity.RetryError: RetryError[<Future at 0x7f31 state=finished raised RateLimitError>]"),
        .init(
            .rateLimit,
            "{\"error\":{\"message\":\"Provider returned error\",\"code\":429,\"metadata\":{\"raw\":\"m-4:free is temporarily rate-limited upstream.\"}}}"
        ),
        .init(
            .quotaExceeded,
            "litellm.APIError: APIError: XaiException - Error code: 403 - {'code': 'The caller does not have permission', 'error': 'The team does not have any credits yet.'}"
        ),
        .init(
            .validationError,
            "[API Error: {\"error\":{\"message\":\"{\\n \\\"error\\\": {\\\"message\\\": \\\"Please ensure that function call turn comes immediately after a user turn.\\\"}}\",\"code\":400}}]"
        ),
        .init(
            .networkError,
            "java.util.concurrent.ExecutionException: I/O error on POST request: Connection refused; nested exception is java.net.ConnectException"
        ),
    ]

    /// Sentences without a code or a class.
    static let sentences: [LabelledText] = [
        .init(.quotaExceeded, "You've hit your weekly limit · resets Friday 9am"),
        .init(.quotaExceeded, "5-hour limit reached ∙ resets 11pm"),
        .init(.quotaExceeded, "You're out of extra usage · resets 12am (UTC)"),
        .init(.quotaExceeded, "✗ 402 You have no quota (Request ID: 0A1B)"),
        .init(.quotaExceeded, "chat failed after 5 retries: no account credit left"),
        .init(.rateLimit, "The server is temporarily limiting requests (not your usage limit)"),
        .init(.validationError, "Item 'msg_1' of type 'message' was provided without its required 'reasoning' item: 'rs_2'."),
        .init(.validationError, "Previous response with id 'resp_1' not found."),
        .init(.contextLength, "The agent ran out of room in the model's context window."),
        .init(.contextLength, "context exceeded by 1200 tokens"),
        .init(.contextLength, "max tokens exceeded: 9000 of 8192"),
        .init(.authentication, "auth failed for provider m"),
        .init(.authentication, "invalid key for tenant acme"),
        .init(.authentication, "Illegal header value b'Bearer '"),
        .init(.authentication, "The access token could not be refreshed because the refresh token was already used."),
        .init(.validationError, "validation failed: field `messages[3].role` is none of user, assistant, tool"),
        .init(.validationError, "streaming with tools is not yet supported"),
        .init(.modelError, "Model tiny-1 is not yet supported"),
        .init(.serverError, "internal processing error, reference 8a12"),
        .init(.serverError, "the provider is unavailable"),
        .init(.permission, "It's not allowed to create accounts of this type."),
        .init(.permission, "This model is not available on your plan"),
        .init(.toolError, "issue tracker tool returned isError: push is disabled"),
        .init(.toolError, "<tool_use_error>File has not been read yet.</tool_use_error>"),
        .init(.cancelled, "The tool call was rejected: the user doesn't want to proceed with this."),
        .init(.parseError, "Model stream was invalid or completed without valid content."),
        .init(.unknown, "[AgentSession] Unexpected prompt structure."),
        .init(.networkError, "curl: (18) transfer closed with outstanding read data remaining"),
    ]

    /// A status in the middle of a sentence.
    static let statuses: [LabelledText] = [
        .init(.serverError, "request to the gateway answered 503 after 3 tries"),
        .init(.rateLimit, "LLM call failed with 429, backing off 8 s"),
        .init(.serverError, "got a 502 from the provider while streaming"),
        .init(.authentication, "provider said 401 and closed the stream"),
        .init(.serverError, "POST /v1/messages -> 503"),
        .init(.quotaExceeded, "Request failed: 402 Please look at the account"),
        .init(.validationError, "com.example.NonTransientAiException: 400 - sorry"),
        .init(.modelError, "router API 404: nothing here"),
    ]

    /// Prose, code and reports that mention failures.
    static let benign: [String] = [
        "I can explain how rate limits work: a server answers with HTTP 429.",
        "I've refactored the handler so that a RateLimitError is retried.",
        "We should add a retry when the provider returns 429.",
        "assert response.status_code == 429",
        "The bank said 401 and 403 customers opened accounts in May.",
        "She got 429 likes, then 503 after the weekend.",
        "5h limit: 99% left (resets 03:13)",
        "Recovered from a network error, continuing",
        "The user cancelled their subscription in May.",
        "Please sign in at the front desk.",
        "Our plan does not include a trip to Rome.",
        "The unit is unavailable for rent.",
        "An account credit of $25 has been applied.",
        "context compaction finished: 182k to 41k tokens",
    ]
}

@Suite("Causes, wrappers and sentences")
struct WrappedTextTests {
    let classifier = Classifier()

    private func check(_ item: LabelledText) {
        let found = classifier.classify(ErrorText(text: item.text))
        #expect(found?.type == item.type, "\(item.text) by \(found?.rule ?? "no rule")")
    }

    @Test("the cause says more than what it came wrapped in", arguments: WrappedTexts.causes.indices)
    func causes(index: Int) { check(WrappedTexts.causes[index]) }

    @Test("a sentence without a code or class is understood", arguments: WrappedTexts.sentences.indices)
    func sentences(index: Int) { check(WrappedTexts.sentences[index]) }

    @Test("a status in mid-sentence counts when an answer is spoken of", arguments: WrappedTexts.statuses.indices)
    func statuses(index: Int) { check(WrappedTexts.statuses[index]) }

    @Test("prose about failures is no failure", arguments: WrappedTexts.benign)
    func benign(text: String) {
        let found = classifier.classify(ErrorText(text: text))
        #expect(found == nil, "\(text) by \(found?.rule ?? "")")
    }

    @Test("a name with an article counts when it happened or the failure is known")
    func articles() {
        func type(_ text: String, known: Bool = false) -> ErrorType? {
            classifier.classify(ErrorText(text: text, isKnownFailure: known))?.type
        }
        #expect(type("the handler sees a RateLimitError now and then") == nil)
        #expect(type("the handler sees a RateLimitError now and then", known: true) == .rateLimit)
        #expect(type("the call raised a RateLimitError") == .rateLimit)
    }
}
