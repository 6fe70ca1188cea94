/// Messages that say only that something went wrong: mostly bugs in the application.
enum FallbackRules {
    static let rows: [Rule] = [
        // Code that unpacks something unexpected. On the record of a call, it means that the answer could not be parsed
        // (`AnswerReading`); the text alone does not say so.
        Rule(
            "app.reading", .unknown, .status,
            phrases: [
                "list index out of range", "index out of range", "index out of bounds", "object has no attribute",
                "object is not subscriptable", "object is not iterable", "indices must be integers", "cannot read propert*",
                "of undefined", "nonetype",
            ],
            classes: ["AttributeError", "IndexError"],
            unless: ["goroutine 1 [running]", "panic:"],
            origin: .app,
            examples: [
                "IndexError: list index out of range", "'str' object has no attribute 'choices'",
                "TypeError: Cannot read properties of undefined (reading 'content')",
            ],
            not: ["TypeError: f() got an unexpected keyword argument 'x'"]),
        Rule(
            "app.exception", .unknown, .status,
            phrases: [
                "duplicate key value", "unique constraint", "max iterations", "maximum iterations", "iteration limit",
                "maximum number of iterations",
                "duplicate key value violates", "violates unique constraint", "due to max iterations", "max iterations reached",
                "reached max iterations", "exceeded max iterations", "reached maximum iterations", "iteration limit reached",
                "maximum number of iterations reached", "database is locked",
                "unsupported operand type", "segmentation violation", "object is not callable",
                "got an unexpected keyword argument", "unexpected keyword argument",
                "missing … required positional argument*", "division by zero", "nil pointer dereference", "null pointer",
                "is not a function", "is not defined", "is not iterable",
                "no module named",
                "cannot import name", "non-zero exit status", "exited with code", "exit code 1", "panic:", "panicked at",
                "unhandled exception",
                "unhandled error", "unhandled promise", "uncaught exception", "stack overflow", "recursion depth",
                "recursion limit",
                "goroutine 1 [running]", "traceback (most recent call last)", "no such file or directory", "assertion failed",
            ],
            classes: [
                "KeyError", "TypeError", "NameError", "ImportError", "ModuleNotFoundError",
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
                "*error:", "*exception:", "are not valid", "is not valid", "not recognised", "not recognized", "header missing",
                "has been exceeded", "is not supported", "are not supported", "could not be read", "could not be found",
                "could not be loaded", "could not be completed", "could not be processed", "an error occurred", "error occurred",
                "an error has occurred", "error:", "errors:", "exception:", "failed:",
                "^failed to", "^could not", "^cannot", "^unable to", "^error: ", "^error - ", "^error [*", "^error (*",
                "^error calling", "^error from", "^error in", "^error code", "^error invoking", "^error generating",
                "^error processing", "^error making", "^error sending", "^error fetching", "^error running", "^error executing",
                "^error reading", "^error occurred", "^failed", "fatal:", "fatal error",
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
        // Complaints that do not report a failure: they let a mentioned subject count, but are not errors alone.
        Rule(
            "talk.complaint", nil, .vague,
            phrases: [
                "must not be", "must be set", "must contain", "cannot exceed", "cannot be used", "cannot be combined",
                "not permitted", "not supported", "unsupported", "not accepted", "not connected", "not reachable", "is invalid",
                "are invalid", "was invalid", "is missing", "are missing", "is malformed", "is too long", "is too large",
                "are too large", "too many", "exceeds the", "exceed the", "exceeded the", "more than the maximum", "was rejected",
                "were rejected", "been rejected", "is rejected", "was refused", "been refused", "was denied", "is denied",
                "was blocked", "is blocked", "been blocked", "was declined", "been paused", "been suspended", "was abandoned",
                "is exhausted", "been exhausted", "used up", "ran out of", "run out of", "has crashed", "has died",
                "please retry", "please try again", "try again later", "please resend", "please top up", "is not enabled",
                "is disabled", "not enough", "insufficient", "did not return", "returned nothing", "returned no", "no response",
                "not respond", "lost the", "broke off", "never arrived", "cut off",
            ],
            examples: ["Applications were rejected for want of a stamp."]),
    ]
}
