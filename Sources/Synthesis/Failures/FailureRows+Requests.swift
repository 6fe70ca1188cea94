import Model

extension FailureRow {
    static let access: [FailureRow] = [
        FailureRow(
            .authentication, [.openai], 7, http: 401, code: "invalid_api_key", kind: "invalid_request_error",
            exception: "openai.AuthenticationError",
            "Error code: 401 - {'error': {'message': 'Incorrect API key provided: %maskedKey%. You can find your API key at https://platform.openai.com/account/api-keys.', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}"
        ),
        FailureRow(
            .authentication, [.openai], 3, http: 401, code: "invalid_api_key", exception: "openai.AuthenticationError",
            "Error code: 401 - Incorrect API key provided: %openaiKey%. You can find your API key at https://platform.openai.com/account/api-keys."
        ),
        FailureRow(
            .authentication, [.anthropic], 8, http: 401, kind: "authentication_error", exception: "anthropic.AuthenticationError",
            "Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .authentication, [.anthropic], 3, http: 401, exception: "anthropic.AuthenticationError",
            "401 invalid x-api-key (sent %anthropicKey% by %email%)"),
        FailureRow(
            .authentication, [.google], 8, http: 400, code: "400", kind: "INVALID_ARGUMENT",
            exception: "google.genai.errors.ClientError",
            "400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'API key not valid. Please pass a valid API key.', 'status': 'INVALID_ARGUMENT', 'details': [{'@type': 'type.googleapis.com/google.rpc.ErrorInfo', 'reason': 'API_KEY_INVALID', 'domain': 'googleapis.com'}]}}"
        ),
        FailureRow(
            .authentication, [.google], 3, http: 400, exception: "google.genai.errors.ClientError",
            "API key not valid. Please pass a valid API key. (url: https://generativelanguage.googleapis.com/v1beta/models/%model%:generateContent?key=%googleKey%)"
        ),
        FailureRow(
            .authentication, [.groq], 9, http: 401, code: "invalid_api_key", kind: "invalid_request_error",
            exception: "groq.AuthenticationError",
            "Error code: 401 - {'error': {'message': 'Invalid API Key', 'type': 'invalid_request_error', 'code': 'invalid_api_key'}}"
        ),
        FailureRow(
            .authentication, [.groq], 3, http: 401, exception: "groq.AuthenticationError", "Invalid API Key: %groqKey%"),
        FailureRow(
            .authentication, [.mistral], 9, http: 401, exception: "mistralai.models.sdkerror.SDKError",
            #"API error occurred: Status 401 {"detail":"Unauthorized"} (Authorization: %bearer%)"#),
        FailureRow(
            .authentication, [.azure], 8, http: 401, code: "401", exception: "openai.AuthenticationError",
            "Error code: 401 - {'error': {'code': '401', 'message': 'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.'}}"
        ),
        FailureRow(
            .permission, [.openai], 10, http: 403, code: "unsupported_country_region_territory", kind: "request_forbidden",
            exception: "openai.PermissionDeniedError",
            "Error code: 403 - {'error': {'code': 'unsupported_country_region_territory', 'message': 'Country, region, or territory not supported', 'param': None, 'type': 'request_forbidden'}}"
        ),
        FailureRow(
            .permission, [.anthropic], 10, http: 403, kind: "permission_error", exception: "anthropic.PermissionDeniedError",
            "Error code: 403 - {'type': 'error', 'error': {'type': 'permission_error', 'message': 'Your API key does not have permission to use the specified resource.'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .permission, [.google], 16, http: 403, code: "403", kind: "PERMISSION_DENIED",
            exception: "google.genai.errors.ClientError",
            "403 PERMISSION_DENIED. {'error': {'code': 403, 'message': \"Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/contoso-%n3%/locations/us-east4/publishers/google/models/%model%'\", 'status': 'PERMISSION_DENIED'}}"
        ),
        FailureRow(
            .permission, [.azure], 14, http: 403, code: "AuthorizationFailed", exception: "openai.PermissionDeniedError",
            "Error code: 403 - {'error': {'code': 'AuthorizationFailed', 'message': 'Public access is disabled. Please configure private endpoint. Client address is %ip%.'}}"
        ),
    ]

    static let requests: [FailureRow] = [
        FailureRow(
            .contextLength, [.openai], 40, http: 400, code: "context_length_exceeded", kind: "invalid_request_error",
            exception: "openai.BadRequestError",
            "Error code: 400 - {'error': {'message': \"This model's maximum context length is %window% tokens. However, your messages resulted in %tokens% tokens. Please reduce the length of the messages.\", 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_exceeded'}}"
        ),
        FailureRow(
            .contextLength, [.azure], 30, http: 400, code: "context_length_exceeded", kind: "invalid_request_error",
            exception: "openai.BadRequestError",
            "Error code: 400 - {'error': {'message': \"This model's maximum context length is %window% tokens. However, you requested %tokens% tokens (%prompt% in the messages, %completion% in the completion). Please reduce the length of the messages or completion.\", 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_exceeded'}}"
        ),
        FailureRow(
            .contextLength, [.anthropic], 45, http: 400, kind: "invalid_request_error", exception: "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'prompt is too long: %tokens% tokens > %window% maximum'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .contextLength, [.google], 25, http: 400, code: "400", kind: "INVALID_ARGUMENT",
            exception: "google.genai.errors.ClientError",
            "400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'The input token count (%tokens%) exceeds the maximum number of tokens allowed (%window%).', 'status': 'INVALID_ARGUMENT'}}"
        ),
        FailureRow(
            .contextLength, [.mistral], 40, http: 400, kind: "invalid_request_error",
            exception: "mistralai.models.sdkerror.SDKError",
            #"API error occurred: Status 400 {"object":"error","message":"Prompt contains %tokens% tokens, too large for model with %window% maximum context length","type":"invalid_request_error","param":null,"code":null}"#
        ),
        FailureRow(
            .contextLength, [.groq], 30, http: 400, code: "context_length_exceeded", exception: "groq.BadRequestError",
            "Error code: 400 - {'error': {'message': 'Please reduce the length of the messages or completion.', 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_exceeded'}}"
        ),
        FailureRow(
            .validationError, [.openai, .azure], 22, http: 400, kind: "invalid_request_error",
            exception: "openai.BadRequestError", embeds: false,
            "Error code: 400 - {'error': {'message': \"Invalid schema for function '%tool%': None is not of type 'object', 'null'.\", 'type': 'invalid_request_error', 'param': 'tools[%n1%].function.parameters', 'code': 'invalid_function_parameters'}}"
        ),
        FailureRow(
            .validationError, [.openai], 12, http: 400, code: "unsupported_parameter", kind: "invalid_request_error",
            exception: "openai.BadRequestError", embeds: false,
            "Error code: 400 - {'error': {'message': \"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.\", 'type': 'invalid_request_error', 'param': 'max_tokens', 'code': 'unsupported_parameter'}}"
        ),
        FailureRow(
            .validationError, [.openai, .azure], 6, http: 400, exception: "openai.BadRequestError",
            "Error code: 400 - {'error': {'message': \"'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.\", 'type': 'invalid_request_error', 'param': None, 'code': None}}"
        ),
        FailureRow(
            .validationError, [.anthropic], 40, http: 400, kind: "invalid_request_error", exception: "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'messages.%n1%: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_%hex%. Each `tool_use` block must have a corresponding `tool_result` block in the next message.'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .validationError, [.google], 26, http: 400, code: "400", kind: "INVALID_ARGUMENT",
            exception: "google.genai.errors.ClientError",
            "400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': '* GenerateContentRequest.contents: contents is not specified', 'status': 'INVALID_ARGUMENT'}}"
        ),
        FailureRow(
            .validationError, [.mistral], 34, http: 422, exception: "mistralai.models.httpvalidationerror.HTTPValidationError",
            #"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","messages",%n1%,"name"],"msg":"Extra inputs are not permitted","input":"%agent%"}]},"type":"invalid_request_error","param":null,"code":null}"#
        ),
        FailureRow(
            .modelError, [.openai], 10, http: 404, code: "model_not_found", kind: "invalid_request_error",
            exception: "openai.NotFoundError",
            "Error code: 404 - {'error': {'message': 'The model `%model%-preview` does not exist or you do not have access to it.', 'type': 'invalid_request_error', 'param': None, 'code': 'model_not_found'}}"
        ),
        FailureRow(
            .modelError, [.anthropic], 8, http: 404, kind: "not_found_error", exception: "anthropic.NotFoundError",
            "Error code: 404 - {'type': 'error', 'error': {'type': 'not_found_error', 'message': 'model: %model%-latest'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .modelError, [.groq], 18, http: 400, code: "model_decommissioned", exception: "groq.BadRequestError",
            "Error code: 400 - {'error': {'message': 'The model `llama-3.1-70b-versatile` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations for a recommendation on which model to use instead.', 'type': 'invalid_request_error', 'code': 'model_decommissioned'}}"
        ),
        FailureRow(
            .modelError, [.azure], 14, http: 404, code: "DeploymentNotFound", exception: "openai.NotFoundError",
            "Error code: 404 - {'error': {'code': 'DeploymentNotFound', 'message': 'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.'}}"
        ),
        FailureRow(
            .contentFilter, [.azure], 55, http: 400, code: "content_filter", exception: "openai.BadRequestError", embeds: false,
            "Error code: 400 - {'error': {'message': \"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766\", 'type': None, 'param': 'prompt', 'code': 'content_filter', 'status': 400}}"
        ),
        FailureRow(
            .contentFilter, [.openai], 16, http: 400, code: "content_policy_violation", exception: "openai.BadRequestError",
            embeds: false,
            "Error code: 400 - {'error': {'message': 'Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.', 'type': 'invalid_request_error', 'param': None, 'code': 'content_policy_violation'}}"
        ),
        FailureRow(
            .contentFilter, [.anthropic], 14, http: 400, kind: "invalid_request_error", exception: "anthropic.BadRequestError",
            embeds: false,
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'Output blocked by content filtering policy'}, 'request_id': '%req%'}"
        ),
        FailureRow(
            .contentFilter, [.google], 30, exception: "ValueError", embeds: false,
            "The prompt was blocked: block_reason: SAFETY (HARM_CATEGORY_DANGEROUS_CONTENT)"),
    ]

    static let answers: [FailureRow] = [
        FailureRow(
            .parseError, [], 18, exception: "langchain_core.exceptions.OutputParserException", pace: .full, shape: .unreadable,
            embeds: false,
            "Invalid json output: Sure! Here is the JSON: {\"id\": %n4%, \"state\": ...\nFor troubleshooting, visit: https://docs.langchain.com/oss/python/langchain/errors/OUTPUT_PARSING_FAILURE"
        ),
        FailureRow(
            .parseError, [], 16, exception: "json.decoder.JSONDecodeError", pace: .full, shape: .unreadable, embeds: false,
            "Unterminated string starting at: line %n1% column %n2% (char %n3%)"),
        FailureRow(
            .parseError, [], 8, exception: "langchain_core.exceptions.OutputParserException", pace: .full, shape: .unreadable,
            embeds: false,
            "Failed to parse Extraction from completion {\"total\": \"about %n3%\"}. Got: 1 validation error for Extraction\ntotal\n  Input should be a valid number, unable to parse string as a number [type=float_parsing, input_value='about %n3%', input_type=str]"
        ),
        FailureRow(
            .unknown, [], 5, exception: "KeyError", pace: .full, shape: .unreadable, embeds: false, "'choices'"),
        FailureRow(
            .parseError, [], 4, exception: "AttributeError", pace: .full, shape: .unreadable, embeds: false,
            "'NoneType' object has no attribute 'content'"),
        FailureRow(.parseError, [], 16, pace: .full, shape: .empty, embeds: false, ""),
    ]

    /// Tool errors; they appear on tool spans.
    static let tools: [FailureRow] = [
        FailureRow(
            .toolError, [], 30, exception: "langchain_core.tools.base.ToolException",
            "Error executing tool %tool%: backend returned no data for id=%n5%"),
        FailureRow(
            .toolError, [], 24, exception: "langchain_core.tools.base.ToolException",
            "Tool '%tool%' failed: relation \"events_v%n1%\" does not exist"),
        FailureRow(
            .toolError, [], 20, exception: "mcp.shared.exceptions.McpError",
            "Error invoking MCP tool %tool%: upstream service answered with an error (id %hex%)"),
        FailureRow(
            .toolError, [], 12, exception: "ToolException", "Tool %tool% failed: no such file %url%"),
        FailureRow(
            .toolError, [], 8, exception: "ToolException",
            "Error executing tool %tool%: command 'git fetch https://oauth2:%githubToken%@git.example.com/app.git' returned exit status 128"
        ),
        FailureRow(
            .toolError, [], 6, exception: "ToolException",
            "Tool %tool% failed: no bucket 'reports-%n4%' (access_key_id=%awsKey%)"),
        FailureRow(
            .toolError, [], 10, exception: "ToolException", "Error executing tool %tool%: the handler raised KeyError 'query'"),
    ]

    /// Cumulative weights of `tools`.
    static let toolTotals: [Int] = {
        var total = 0
        return tools.map {
            total += $0.weight
            return total
        }
    }()
}
