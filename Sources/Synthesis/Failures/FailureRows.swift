import Model

extension FailureRow {
    /// The table of failures. Messages have the formats of the client libraries: Python's repr of the body for OpenAI, Azure and
    /// Anthropic, status and body for Google, the bare body for Mistral and Groq, plain text if there was no response.
    static let all: [FailureRow] = rateAndQuota + serverAndNetwork + access + requests + answers

    private static let rateAndQuota: [FailureRow] = [
        FailureRow(
            .rateLimit, [.openai], 150, http: 429, code: "rate_limit_exceeded", kind: "tokens",
            exception: "openai.RateLimitError",
            "Error code: 429 - {'error': {'message': 'Rate limit reached for %model% in organization %org% on tokens per min (TPM): Limit %limit%, Used %used%, Requested %asked%. Please try again in %wait%. Visit https://platform.openai.com/account/rate-limits to learn more.', 'type': 'tokens', 'param': None, 'code': 'rate_limit_exceeded'}}"
        ),
        FailureRow(
            .rateLimit, [.openai], 60, http: 429, code: "rate_limit_exceeded", kind: "requests",
            exception: "openai.RateLimitError",
            "Error code: 429 - {'error': {'message': 'Rate limit reached for %model% in organization %org% on requests per min (RPM): Limit %n4%, Used %n4%, Requested 1. Please try again in %wait%.', 'type': 'requests', 'param': None, 'code': 'rate_limit_exceeded'}}"
        ),
        FailureRow(
            .rateLimit, [.openai], 40, http: 429, exception: "openai.RateLimitError",
            "Error code: 429 - Rate limit reached for %model% in organization %org% on tokens per min (TPM): Limit %limit%, Used %used%, Requested %asked%."
        ),
        FailureRow(
            .rateLimit, [.anthropic], 170, http: 429, kind: "rate_limit_error", exception: "anthropic.RateLimitError",
            "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message': 'This request would exceed the rate limit for your organization (%uuid%) of %limit% input tokens per minute. For details, refer to: https://docs.anthropic.com/en/api/rate-limits. Please reduce the prompt length or the maximum tokens requested, or try again later.'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .rateLimit, [.anthropic], 50, http: 429, kind: "rate_limit_error", exception: "anthropic.RateLimitError",
            "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message': 'Number of concurrent connections has exceeded your rate limit. Please try again later.'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .rateLimit, [.google], 190, http: 429, code: "429", kind: "RESOURCE_EXHAUSTED",
            exception: "google.genai.errors.ClientError",
            "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': \"Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service 'generativelanguage.googleapis.com' for consumer 'project_number:%n6%%n6%'.\", 'status': 'RESOURCE_EXHAUSTED', 'details': [{'@type': 'type.googleapis.com/google.rpc.RetryInfo', 'retryDelay': '%n2%s'}]}}"
        ),
        FailureRow(
            .rateLimit, [.mistral], 180, http: 429, code: "1300", kind: "rate_limited",
            exception: "mistralai.models.sdkerror.SDKError",
            #"API error occurred: Status 429 {"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}"#
        ),
        FailureRow(
            .rateLimit, [.groq], 260, http: 429, code: "rate_limit_exceeded", kind: "tokens", exception: "groq.RateLimitError",
            "Error code: 429 - {'error': {'message': 'Rate limit reached for model `%model%` in organization `%org%` service tier `on_demand` on tokens per minute (TPM): Limit %limit%, Used %used%, Requested %asked%. Please try again in %wait%.', 'type': 'tokens', 'code': 'rate_limit_exceeded'}}"
        ),
        FailureRow(
            .rateLimit, [.azure], 200, http: 429, code: "429", exception: "openai.RateLimitError",
            "Error code: 429 - {'error': {'code': '429', 'message': 'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after %n2% seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.'}}"
        ),
        FailureRow(
            .quotaExceeded, [.openai], 8, http: 429, code: "insufficient_quota", kind: "insufficient_quota",
            exception: "openai.RateLimitError",
            "Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.', 'type': 'insufficient_quota', 'param': None, 'code': 'insufficient_quota'}}"
        ),
        FailureRow(
            .quotaExceeded, [.openai], 4, http: 429, exception: "openai.RateLimitError",
            "Error code: 429 - You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
        ),
        FailureRow(
            .quotaExceeded, [.anthropic], 10, http: 400, kind: "invalid_request_error", exception: "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .quotaExceeded, [.google], 14, http: 429, code: "429", kind: "RESOURCE_EXHAUSTED",
            exception: "google.genai.errors.ClientError",
            "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'You exceeded your current quota, please check your plan and billing details. Quota metric: generativelanguage.googleapis.com/generate_requests_per_model_per_day, limit: %n4%', 'status': 'RESOURCE_EXHAUSTED'}}"
        ),
    ]

    private static let serverAndNetwork: [FailureRow] = [
        FailureRow(
            .serverError, [.openai], 60, http: 500, kind: "server_error", exception: "openai.InternalServerError", pace: .late,
            "Error code: 500 - {'error': {'message': 'The server had an error processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error. (Please include the request ID %req% in your email.)', 'type': 'server_error', 'param': None, 'code': None}}"
        ),
        FailureRow(
            .serverError, [.openai], 40, http: 503, kind: "service_unavailable_error", exception: "openai.InternalServerError",
            pace: .late,
            "Error code: 503 - {'error': {'message': 'The engine is currently overloaded, please try again later', 'type': 'service_unavailable_error', 'param': None, 'code': None}}"
        ),
        FailureRow(
            .serverError, [.openai, .azure, .groq], 14, http: 502, exception: "openai.InternalServerError", pace: .late,
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>"
        ),
        FailureRow(
            .serverError, [.anthropic], 130, http: 529, kind: "overloaded_error",
            exception: "anthropic._exceptions.OverloadedError",
            "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .serverError, [.anthropic], 60, http: 500, kind: "api_error", exception: "anthropic.InternalServerError", pace: .late,
            "Error code: 500 - {'type': 'error', 'error': {'type': 'api_error', 'message': 'Internal server error'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .serverError, [.google], 120, http: 503, code: "503", kind: "UNAVAILABLE",
            exception: "google.genai.errors.ServerError", pace: .late,
            "503 UNAVAILABLE. {'error': {'code': 503, 'message': 'The model is overloaded. Please try again later.', 'status': 'UNAVAILABLE'}}"
        ),
        FailureRow(
            .serverError, [.google], 50, http: 500, code: "500", kind: "INTERNAL", exception: "google.genai.errors.ServerError",
            pace: .late,
            "500 INTERNAL. {'error': {'code': 500, 'message': 'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting', 'status': 'INTERNAL'}}"
        ),
        FailureRow(
            .serverError, [.mistral], 110, http: 500, code: "1000", exception: "mistralai.models.sdkerror.SDKError", pace: .late,
            #"API error occurred: Status 500 {"object":"error","message":"Service unavailable.","type":"internal_server_error","param":null,"code":"1000"}"#
        ),
        FailureRow(
            .serverError, [.groq], 80, http: 503, kind: "internal_server_error", exception: "groq.InternalServerError",
            pace: .late,
            "Error code: 503 - {'error': {'message': '%model% is currently over capacity. Please try again and back off exponentially. Visit https://groqstatus.com to see if there is an active incident.', 'type': 'internal_server_error'}}"
        ),
        FailureRow(
            .serverError, [.azure], 90, http: 500, code: "InternalServerError", exception: "openai.InternalServerError",
            pace: .late,
            "Error code: 500 - {'error': {'code': 'InternalServerError', 'message': 'Backend returned unexpected response. Please contact Microsoft for help. Activity ID: %uuid%'}}"
        ),
        FailureRow(.timeout, [.openai, .azure], 80, exception: "openai.APITimeoutError", pace: .limit, "Request timed out."),
        FailureRow(.timeout, [.anthropic], 80, exception: "anthropic.APITimeoutError", pace: .limit, "Request timed out."),
        FailureRow(
            .timeout, [.google], 70, http: 504, code: "504", kind: "DEADLINE_EXCEEDED",
            exception: "google.genai.errors.ServerError", pace: .limit,
            "504 DEADLINE_EXCEEDED. {'error': {'code': 504, 'message': 'Deadline expired before operation could complete.', 'status': 'DEADLINE_EXCEEDED'}}"
        ),
        FailureRow(
            .timeout, [.google], 30, exception: "httpx.ReadTimeout", pace: .limit, "The read operation timed out"),
        FailureRow(
            .timeout, [], 40, exception: "TimeoutError", pace: .limit,
            "%agent%: call to %model% timed out after %seconds% seconds"),
        FailureRow(
            .timeout, [.mistral, .groq], 60, exception: "httpx.ReadTimeout", pace: .limit,
            "HTTPSConnectionPool(host='%host%', port=443): Read timed out. (read timeout=%seconds%)"),
        FailureRow(.networkError, [.openai, .azure], 45, exception: "openai.APIConnectionError", "Connection error."),
        FailureRow(.networkError, [.anthropic], 40, exception: "anthropic.APIConnectionError", "Connection error."),
        FailureRow(
            .networkError, [], 22, exception: "httpx.ConnectError", "[Errno 111] Connection refused: %host%:443"),
        FailureRow(
            .networkError, [], 14, exception: "socket.gaierror", "[Errno -3] Temporary failure in name resolution: '%host%'"),
        FailureRow(
            .networkError, [.google, .mistral, .groq], 34, exception: "httpx.RemoteProtocolError", pace: .late,
            "Server disconnected without sending a response."),
        FailureRow(
            .networkError, [], 8, exception: "ConnectionResetError", pace: .late,
            "[Errno 104] Connection reset by peer (%ip%:443)"),
        FailureRow(
            .networkError, [], 90, exception: "httpx.RemoteProtocolError", pace: .full, shape: .brokenStream,
            "peer closed connection without sending complete message body (incomplete chunked read)"),
        FailureRow(
            .serverError, [.anthropic], 50, kind: "overloaded_error", pace: .full, shape: .brokenStream,
            #"stream error: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#),
    ]
}
