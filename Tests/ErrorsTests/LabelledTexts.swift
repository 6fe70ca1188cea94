import Model

/// A text, what it is, and the HTTP status that its source gave beside it.
struct LabelledText: Sendable {
    let text: String, type: ErrorType?, status: Int?

    init(_ type: ErrorType?, _ text: String, status: Int? = nil) {
        self.type = type
        self.text = text
        self.status = status
    }
}

/// Texts in the shapes of providers and clients, worded for these tests.
enum LabelledTexts {
    static let failures: [LabelledText] = [
        // Money and allowances.
        .init(
            .quotaExceeded,
            "Error code: 429 - {'error': {'message': 'You exceeded your current quota, look at your plan.', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}"
        ),
        .init(.quotaExceeded, "Error code: 429 - You exceeded your current quota", status: 429),
        .init(
            .quotaExceeded,
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'Your credit balance is too low to use this API.'}}"
        ),
        .init(
            .quotaExceeded,
            "402 {\"error\":{\"message\":\"This request requires more credits, or fewer max_tokens. You asked for 9000 tokens.\",\"code\":402}}"
        ),
        .init(
            .quotaExceeded,
            "openai.APIStatusError: Error code: 402 - {'error': {'message': 'Insufficient Balance', 'code': 'invalid_request_error'}}"
        ),
        .init(.quotaExceeded, "litellm.BudgetExceededError: Budget has been exceeded! Current cost: 12.1, Max budget: 12.0"),
        .init(
            .quotaExceeded,
            "You have reached your specified API usage limits. You will regain access on 2031-01-01 at 00:00 UTC.", status: 400),
        .init(
            .quotaExceeded, "com.example.ApiException: {\"statusCode\":400,\"code\":\"Arrearage\",\"message\":\"Access denied.\"}"
        ),
        .init(.quotaExceeded, "账户余额不足，请充值", status: 403),
        .init(
            .quotaExceeded,
            "{\"error\":{\"code\":429,\"message\":\"Quota exceeded for metric: x/requests\",\"details\":[{\"quotaId\":\"GenerateRequestsPerDayPerProjectPerModel-FreeTier\"}]}}"
        ),
        .init(.quotaExceeded, "403 The free tier of the model has been exhausted. Switch off the free-tier-only mode."),
        .init(.quotaExceeded, "Billing hard limit has been reached"),
        // Too fast.
        .init(
            .rateLimit,
            "Error code: 429 - {'error': {'message': 'Rate limit reached for m-4 in organization org-9x on tokens per min (TPM): Limit 30000, Used 29500, Requested 900. Please try again in 800ms.', 'type': 'tokens', 'code': 'rate_limit_exceeded'}}"
        ),
        .init(
            .rateLimit,
            "anthropic.RateLimitError: Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message': 'This request would exceed your organization’s rate limit of 50 requests per minute.'}}"
        ),
        .init(
            .rateLimit,
            "An error occurred (ThrottlingException) when calling the ConverseStream operation: Too many tokens, please wait before trying again."
        ),
        .init(
            .rateLimit,
            "429 Requests to the ChatCompletions_Create Operation have exceeded call rate limit of your current pricing tier. Please retry after 7 seconds."
        ),
        .init(.rateLimit, "{\"message\":\"Requests rate limit exceeded\",\"type\":\"rate_limited\",\"code\":\"1300\"}"),
        .init(
            .rateLimit,
            "google.api_core.exceptions.ResourceExhausted: 429 Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model"
        ),
        .init(.rateLimit, "Provider error: Rate limit exceeded"),
        .init(.rateLimit, "HTTPStatusError: Client error '429 Too Many Requests' for url 'https://api.example.com/v1/chat'"),
        .init(.rateLimit, "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 requests."),
        .init(.rateLimit, "No deployments available for selected model, Try again in 5 seconds. Passed model=fast", status: 429),
        .init(.rateLimit, "您的请求过于频繁，请稍后再试"),
        .init(.rateLimit, "slow answer from the model", status: 429),
        // Waiting.
        .init(.timeout, "Request timed out."),
        .init(.timeout, "httpx.ReadTimeout: The read operation timed out"),
        .init(.timeout, "litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out."),
        .init(.timeout, "504 Deadline Exceeded", status: 504),
        .init(
            .timeout,
            "Post \"https://api.example.com/v1/chat/completions\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        ),
        .init(.timeout, "AxiosError: timeout of 60000ms exceeded, code: 'ECONNABORTED'"),
        .init(.timeout, "HTTPSConnectionPool(host='api.example.com', port=443): Read timed out. (read timeout=600)"),
        .init(.timeout, "DOMException [TimeoutError]: The operation was aborted due to timeout"),
        .init(
            .timeout,
            "<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center></body></html>"
        ),
        .init(.timeout, "upstream request timeout", status: 504),
        .init(.timeout, "rpc error: code = DeadlineExceeded desc = stream terminated", status: nil),
        // Keys.
        .init(
            .authentication,
            "openai.AuthenticationError: Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-ab***yz.', 'code': 'invalid_api_key'}}"
        ),
        .init(
            .authentication,
            "401 {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key\"}}"),
        .init(.authentication, "400 API key not valid. Please pass a valid API key. [reason: \"API_KEY_INVALID\"]"),
        .init(
            .authentication,
            "An error occurred (UnrecognizedClientException) when calling the InvokeModel operation: The security token included in the request is invalid."
        ),
        .init(.authentication, "botocore.exceptions.NoCredentialsError: Unable to locate credentials"),
        .init(.authentication, "google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found."),
        .init(.authentication, "Authentication Fails, Your api key: ****abcd is invalid"),
        .init(.authentication, "{\"error\":{\"message\":\"No auth credentials found\",\"code\":401}}"),
        .init(.authentication, "Access denied due to invalid subscription key or wrong API endpoint."),
        .init(
            .authentication,
            "OpenAIError: The api_key client option must be set either by passing api_key to the client or by setting OPENAI_API_KEY"
        ),
        .init(.authentication, "HTTP 401", status: 401),
        // Access.
        .init(
            .permission,
            "openai.PermissionDeniedError: Error code: 403 - {'error': {'code': 'unsupported_country_region_territory', 'message': 'Country, region, or territory not supported'}}"
        ),
        .init(
            .permission,
            "An error occurred (AccessDeniedException) when calling the Converse operation: User: arn:aws:sts::1:role/x is not authorized to perform: bedrock:InvokeModel"
        ),
        .init(
            .permission,
            "403 Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/p' (or it may not exist)."
        ),
        .init(.permission, "Project `proj_a1` does not have access to model `m-4o`", status: 403),
        .init(.permission, "User location is not supported for the API use.", status: 400),
        .init(.permission, "403 Your organization must be verified to use the model `big-1`."),
        .init(.permission, "Team not allowed to access model. Team=ops tried to access model=big-1", status: 401),
        // Models.
        .init(
            .modelError,
            "Error code: 404 - {'error': {'message': 'The model `m-9` does not exist or you do not have access to it.', 'code': 'model_not_found'}}"
        ),
        .init(
            .modelError, "Error code: 404 - {'type': 'error', 'error': {'type': 'not_found_error', 'message': 'model: claude-9'}}"
        ),
        .init(.modelError, "404 models/gemini-9 is not found for API version v1beta, or is not supported for generateContent."),
        .init(.modelError, "The model `old-70b` has been decommissioned and is no longer supported."),
        .init(.modelError, "ollama._types.ResponseError: model 'tiny' not found (status code: 404)"),
        .init(.modelError, "ValidationException: The provided model identifier is invalid.", status: 400),
        .init(
            .modelError, "Invocation of model ID x.y with on-demand throughput isn’t supported. Retry with an inference profile."),
        .init(
            .modelError, "litellm.BadRequestError: LLM Provider NOT provided. Pass in the LLM provider you are trying to call."),
        .init(.modelError, "Model Not Exist", status: 400),
        .init(.modelError, "The API deployment for this resource does not exist.", status: 404),
        // Requests.
        .init(
            .validationError,
            "Error code: 400 - {'error': {'message': \"Unsupported parameter: 'max_tokens' is not supported with this model.\", 'code': 'unsupported_parameter'}}"
        ),
        .init(
            .validationError,
            "litellm.BadRequestError: OpenAIException - Invalid schema for function 'find': schema must be a JSON Schema of 'type: \"object\"'"
        ),
        .init(
            .validationError, "messages.4: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_01",
            status: 400),
        .init(
            .validationError, "422 {\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"model\"],\"msg\":\"Field required\"}]}"),
        .init(
            .validationError, "max_tokens: 99999 > 8192, which is the maximum allowed number of output tokens for claude-x",
            status: 400),
        .init(.validationError, "Invalid JSON payload received. Unknown name \"foo\": Cannot find field.", status: 400),
        .init(.validationError, "Conversation roles must alternate user/assistant/user/assistant/..."),
        .init(.validationError, "UnsupportedParamsError: provider does not support parameters: ['logit_bias']"),
        .init(.validationError, "registry.example/m does not support tools", status: 400),
        .init(.validationError, "the server did not like it", status: 400),
        // Length.
        .init(
            .contextLength,
            "Error code: 400 - {'error': {'message': \"This model's maximum context length is 128000 tokens. However, your messages resulted in 140403 tokens.\", 'code': 'context_length_exceeded'}}"
        ),
        .init(
            .contextLength,
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'prompt is too long: 210500 tokens > 200000 maximum'}}"
        ),
        .init(
            .contextLength, "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease one of them"),
        .init(.contextLength, "400 The input token count (1048700) exceeds the maximum number of tokens allowed (1048576)."),
        .init(.contextLength, "ValidationException: Input is too long for requested model.", status: 400),
        .init(
            .contextLength,
            "Prompt contains 40100 tokens and 0 draft tokens, too large for model with 32768 maximum context length"),
        .init(.contextLength, "This model's maximum prompt length is 131072 but the request contains 150001 tokens."),
        .init(.contextLength, "Range of input length should be [1, 30720]", status: 400),
        .init(.contextLength, "Input validation error: `inputs` must have less than 1024 tokens. Given: 1500", status: 422),
        .init(.contextLength, "ValueError: Requested tokens (2051) exceed context window of 512"),
        .init(.contextLength, "litellm.InternalServerError: 500 - prompt is too long", status: 500),
        // Policy.
        .init(
            .contentFilter,
            "Error code: 400 - {'error': {'message': \"The response was filtered due to the prompt triggering our content management policy.\", 'code': 'content_filter'}}"
        ),
        .init(.contentFilter, "400 Output blocked by content filtering policy"),
        .init(.contentFilter, "DataInspectionFailed: Input data may contain inappropriate content.", status: 400),
        .init(.contentFilter, "Your request was rejected as a result of our safety system."),
        .init(.contentFilter, "Content Exists Risk", status: 400),
        .init(.contentFilter, "google.generativeai.types.BlockedPromptException: block_reason: SAFETY"),
        .init(.contentFilter, "GuardrailRaisedException: Guardrail intervened on the input"),
        // Servers.
        .init(
            .serverError, "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}"),
        .init(
            .serverError,
            "503 UNAVAILABLE. {'error': {'code': 503, 'message': 'The model is overloaded. Please try again later.', 'status': 'UNAVAILABLE'}}"
        ),
        .init(.serverError, "Provider error: OpenAI http 500 Internal Server Error: sorry"),
        .init(.serverError, "\u{1B}[31mError\u{1B}[0m: 502 Bad Gateway"),
        .init(.serverError, "InternalServerException: The system encountered an unexpected error during processing."),
        .init(.serverError, "llama runner process has terminated: signal: killed"),
        .init(.serverError, "Model org/m is currently loading", status: 503),
        .init(.serverError, "The engine is currently overloaded, please try again later", status: 503),
        .init(.serverError, "系统繁忙，请稍后再试"),
        .init(.serverError, "<html><body>sorry</body></html>", status: 504),
        // Connections.
        .init(.networkError, "Connection error."),
        .init(.networkError, "litellm.InternalServerError: AnthropicException - [Errno 104] Connection reset by peer"),
        .init(.networkError, "httpx.ConnectError: [Errno -2] Name or service not known"),
        .init(.networkError, "TypeError: fetch failed\n  cause: Error: getaddrinfo ENOTFOUND api.example.com"),
        .init(.networkError, "peer closed connection without sending complete message body (incomplete chunked read)"),
        .init(.networkError, "aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected"),
        .init(
            .networkError,
            "Post \"https://api.example.com\": tls: failed to verify certificate: x509: certificate signed by unknown authority"),
        .init(.networkError, "requests.exceptions.SSLError: certificate verify failed: unable to get local issuer certificate"),
        .init(.networkError, "Error: socket hang up"),
        .init(.networkError, "dial tcp 10.0.0.5:443: connect: connection refused"),
        // Reading answers.
        .init(.parseError, "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        .init(.parseError, "langchain_core.exceptions.OutputParserException: Invalid json output: Sure, here you go"),
        .init(.parseError, "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON"),
        .init(.parseError, "invalid character 'H' looking for beginning of value"),
        .init(
            .parseError,
            "litellm.BadRequestError: GeminiException - Error converting to valid response block=Expecting value: line 1 column 1"
        ),
        .init(.parseError, "AI_NoObjectGeneratedError: No object generated: response did not match schema."),
        .init(.parseError, "Failed to call a function. Please adjust your prompt. See 'failed_generation'.", status: 400),
        // Tools.
        .init(.toolError, "ToolException: the weather service had no data"),
        .init(.toolError, "agents.exceptions.AgentsException: Error invoking MCP tool lookup: no answer"),
        .init(.toolError, "Error: MCP error -32602: unknown record"),
        .init(.toolError, "ValueError: Tool with name grep not found"),
        .init(.toolError, "AI_NoSuchToolError: Model tried to call unavailable tool 'drive'. Available tools: walk."),
        // Callers.
        .init(.cancelled, "AbortError: This operation was aborted"),
        .init(.cancelled, "rpc error: code = Canceled desc = context canceled"),
        .init(.cancelled, "asyncio.exceptions.CancelledError: Cancelled by cancel scope 7f0a"),
        .init(.cancelled, "Client disconnected the request", status: 499),
        .init(.cancelled, "APIUserAbortError: Request was aborted."),
        // The application's own.
        .init(.unknown, "KeyError: 'choices'"),
        .init(.unknown, "AttributeError: 'NoneType' object has no attribute 'content'"),
        .init(.unknown, "panic: runtime error: invalid memory address or nil pointer dereference"),
        .init(.unknown, "IndexError: list index out of range"),
        .init(.unknown, "TypeError: Cannot read properties of undefined (reading 'text')"),
        .init(.unknown, "An error occurred while running the crew"),
    ]

    static let benign: [String] = [
        "{\"author\": \"K. Auth\", \"max_output_tokens\": 4000}",
        "{\"usage\": {\"prompt_tokens\": 1000, \"total\": 1500}}",
        "{\"status\": 200, \"error\": null, \"latency_ms\": 429}",
        "{\"error_information\": {\"error_code\": \"\", \"error_class\": \"\"}, \"status\": \"success\"}",
        "{\"retries\": 1, \"last_error\": \"connection reset\", \"recovered\": true}",
        "{\"content_filter_results\": {\"hate\": {\"filtered\": false}}, \"finish_reason\": \"stop\"}",
        "{\"limits\": {\"rate_limit\": 500, \"timeout\": 60}, \"region\": \"eu\"}",
        "{\"ok\": true, \"errors\": [], \"timeouts\": 0}",
        "{'status': 'completed', 'error': None, 'incomplete_details': None}",
        "INFO:     10.0.0.1:5000 - \"POST /v1/messages HTTP/1.1\" 200 OK",
        "The expedition walked 429 miles and met 503 travellers.",
        "In 1404 the town had 500 inhabitants, 401 of them weavers.",
        "Flight 502 leaves at 5:04 from gate 403.",
        "The deadline was moved; the number of applications exceeded what we hoped.",
        "How to read \"rate limit exceeded\" answers: wait, then try again.",
        "The tutorial explains when a gateway timeout is returned.",
        "LLM_TIMEOUT=30 LLM_RETRIES=4 LLM_RATE_LIMIT=10",
        "test_connection_refused ... ok",
        "===== 503 passed in 4.29s =====",
        "Rate limited once, then succeeded on attempt 2.",
        "model loaded, context size 8192, ready",
        "Usage: 61% of monthly quota used, 0 rejected.",
        "request finished model=m-4 status=200 duration=4.04s",
        "The token budget of this answer is 512 tokens.",
        "{\"documents\": [\"fix-500-errors.md\", \"api-key-rotation.md\"], \"k\": 2}",
        "Cache hit for key 40100; 0 errors so far.",
    ]
}
