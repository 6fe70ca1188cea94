/// The provider failed or is overloaded.
enum ServerRules {
    static let rows: [Rule] = [
        Rule(
            "server.overloaded", .serverError,
            phrases: [
                "scheduled maintenance",
                "undergoing … maintenance", "undergoing maintenance", "down for maintenance",
                "overloaded", "is at capacity", "is warming up", "warming up, try", "server is starting", "are at capacity",
                "currently at capacity", "experiencing high demand",
                "experiencing high load", "due to high demand", "due to high load", "due to heavy load", "due to high traffic",
                "circuit breaker is open", "is under maintenance", "over capacity", "out of capacity",
                "insufficient capacity", "not enough capacity", "capacity constraints", "server is busy", "service is busy",
                "servers are busy",
                "system is busy", "too busy", "no available workers",
                "no workers available", "no healthy upstream", "no healthy deployment*", "no healthy endpoint*",
                "all circuits open", "no matching model service instance", "queue is full", "queue full",
                "server busy", "系统繁忙", "服务繁忙", "服务器繁忙", "服务器内部错误", "负载过高", "负载已饱和", "无可用渠道",
            ],
            codes: [
                "overloaded_error", "engine_overloaded_error", "ServiceUnavailableException", "ModelNotReadyException",
                "no_available_workers",
                "engine_overloaded", "ServerOverloaded", "capacity_exceeded", "model_overloaded", "server_overloaded",
                "serviceUnavailableException",
            ],
            unless: ["peak load", "function overload*", "overload resolution", "no matching overload"],
            examples: [
                "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}",
                "The model is overloaded. Please try again later.", "No available workers (all circuits open)",
            ]),
        Rule(
            "server.local-runner", .serverError,
            phrases: [
                "server crashed",
                "runner exited", "start a llama runner", "runner crashed", "engine crashed", "produced invalid content",
                "runner has crashed",
                "model runner has unexpectedly stopped", "runner process has terminated", "runner process no longer running",
                "unable to load model",
                "failed to load model", "error loading model", "requires more system memory", "out of memory",
                "cuda out of memory", "cudamalloc failed", "engine is dead", "engine process failed",
                "background loop has errored",
                "enginedeaderror", "model … is currently loading", "is currently loading", "cuda error:", "not ready yet",
                "worker process died", "segmentation fault",
            ],
            classes: ["OutOfMemoryError", "EngineDeadError", "AsyncEngineDeadError"],
            unless: ["successfully", "model loaded", "seconds, ready"],
            examples: [
                "500: llama runner process has terminated: exit status 2", "torch.cuda.OutOfMemoryError: CUDA out of memory.",
            ]),
        Rule(
            "server.internal", .serverError, .telling,
            phrases: [
                "internal server error", "service is down", "server is down", "servers are down", "api is down",
                "unexpected error has occurred … try again", "unexpected error occurred … try again",
                "experiencing an outage", "core initialization failed", "server-side issue", "internal error",
                "internal service error", "internal failure", "internal exception",
                "service unavailable", "temporarily unavailable",
                "service is unavailable", "service is currently unavailable", "currently unavailable",
                "unavailable at the moment", "server unavailable",
                "bad gateway", "server had an error", "server error occurred", "internal server_error", "500 server error",
                "502 server error", "503 server error", "server error:", "server error '5*", "server encountered",
                "error on our end", "problem on our side", "something went wrong on our",
                "unexpected error … processing", "unexpected error on", "error processing your request",
                "system encountered an unexpected error",
                "unable to process your request", "try your request again", "web server is down",
                "web server is returning an unknown",
                "upstream error", "upstream server error", "upstream request failed", "provider is down", "backend error",
                "内部错误", "服务异常", "服务不可用", "系统错误", "系统异常",
            ],
            codes: [
                "server_error", "api_error", "internal_error", "internal_server_error", "InternalServerException",
                "ServiceUnavailable", "service_unavailable", "INTERNAL", "UNAVAILABLE", "bad_gateway", "ModelErrorException",
                "InternalError",
                "internalServerException", "ModelStreamErrorException", "modelStreamErrorException", "InternalFailure",
                "UNKNOWN_SERVER_ERROR",
                "DATA_LOSS", "upstream_error", "service_unavailable_error", "BackendError", "provider_error",
            ],
            unless: [
                "status: 4*", "connection refused", "dial tcp", "round-trip http request",
            ],
            examples: [
                "500 Internal Server Error", "Bad gateway: the upstream sent nothing",
                "{\"error\":{\"status\":\"INTERNAL\",\"message\":\"sorry\"}}",
                "The server had an error while processing your request.",
            ]),
        Rule(
            "server.class", .serverError, .named,
            classes: [
                "*InternalServerError", "*InternalServerException", "*ServiceUnavailableError", "*ServiceUnavailableException",
                "*OverloadedError", "*OverloadedException", "*ServerException",
                "InternalServerError", "ServiceUnavailableError", "ServiceUnavailable", "OverloadedError", "BadGatewayError",
                "APIStatusError",
                "ServerError", "InternalServerErrorException", "BadGateway", "GatewayTimeout", "RetryableAPIError",
                "InternalError",
            ],
            examples: ["litellm.InternalServerError: no words"]),
        Rule(
            "server.mention", .serverError, .mention,
            phrases: [
                "overload*", "at capacity", "high demand", "high load", "heavy load", "high traffic", "busy", "unhealthy",
                "circuit breaker",
                "maintenance", "loading model", "model is loading", "currently loading", "server error", "server side",
                "no capacity", "cuda",
                "unavailable", "worker died", "outage",
            ],
            examples: ["Error: the model is under heavy load", "request failed: outage"],
            not: ["loading model weights took 4.2 s"]),
    ]
}
