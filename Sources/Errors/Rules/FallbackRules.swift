/// Texts that say only that something went wrong: mostly mistakes of the application.
enum FallbackRules {
    static let rows: [Rule] = [
        Rule(
            "app.exception", .unknown, .status,
            phrases: [
                "list index out of range", "index out of range", "index out of bounds", "object has no attribute",
                "object is not subscriptable",
                "object is not iterable", "object is not callable", "got an unexpected keyword argument",
                "unexpected keyword argument",
                "missing … required positional argument*", "division by zero", "nil pointer dereference", "nonetype",
                "null pointer",
                "cannot read propert*", "is not a function", "is not defined", "is not iterable", "of undefined",
                "no module named",
                "cannot import name", "non-zero exit status", "exited with code", "exit code 1", "panic:", "panicked at",
                "unhandled exception",
                "unhandled error", "unhandled promise", "uncaught exception", "stack overflow", "recursion depth",
                "recursion limit",
                "goroutine 1 [running]", "traceback (most recent call last)", "no such file or directory", "assertion failed",
            ],
            classes: [
                "KeyError", "AttributeError", "TypeError", "IndexError", "NameError", "ImportError", "ModuleNotFoundError",
                "ZeroDivisionError", "NotImplementedError", "AssertionError", "UnboundLocalError", "RecursionError",
                "FileNotFoundError",
                "NullPointerException", "IllegalStateException", "IllegalArgumentException", "ReferenceError", "RangeError",
                "StopIteration",
                "LookupError", "NullReferenceException", "ClassCastException", "ArithmeticError", "GraphRecursionError",
                "MaxTurnsExceeded",
            ],
            origin: .app,
            examples: [
                "KeyError: 'answer'", "panic: runtime error: index out of range [3] with length 3",
                "TypeError: f() got an unexpected keyword argument 'x'",
            ]),
        Rule(
            "validation.mention", .validationError, .mention,
            phrases: [
                "tool_choice", "cache_control", "thinking blocks", "`thinking` block*", "function name*", "tool name*",
                "media type", "mime type",
                "image url", "reasoning_effort", "budget_tokens", "additionalproperties", "参数", "required parameter",
                "required field",
                "required property", "trailing whitespace", "is required", "not supported", "unsupported", "must be one of",
                "malformed",
                "invalid input", "invalid format", "invalid option", "invalid field", "invalid message*", "out of range",
                "not allowed here",
            ],
            unless: ["list index out of range", "index out of range", "model … not supported", "unsupported operand"],
            examples: ["Error: the media type image/x is unsupported"]),
        Rule(
            "app.words", .unknown, .vague,
            phrases: [
                "an error occurred", "error occurred", "an error has occurred", "error:", "errors:", "exception:", "failed:",
                "^failed to", "^could not", "^cannot", "^unable to", "^error", "^failed", "fatal:", "fatal error",
                "failed with", "has failed", "request failed", "call failed", "run failed", "failure:", "^error while",
                "^error during", "error getting", "unexpected error", "unknown error", "something went wrong", "error code",
                "error message",
                "could not complete", "cannot complete", "unable to complete", "aborting", "gave up", "giving up", "error!",
                "crashed", "all attempts failed",
                "报错", "错误", "失败", "异常",
            ],
            classes: [
                "APIError", "Exception", "RuntimeError", "ValueError", "OSError", "IOError", "OpenAIError", "AnthropicError",
                "APIException",
                "ClientError", "RetryError", "UnknownError", "ApplicationError", "AgentsException", "SystemError", "HTTPError",
                "HTTPStatusError",
                "ApiException", "AI_APICallError", "APICallError", "UserError", "EnvironmentError", "GoogleGenerativeAIError",
            ],
            examples: ["RuntimeError: sorry", "An error occurred while running the crew", "Run failed: see above"],
            not: ["0 errors", "test_error_handling ... ok"]),
    ]
}
