/// Too many requests per second, minute or hour, or too many at once.
enum RateLimitRules {
    static let rows: [Rule] = [
        Rule(
            "rate.window", .rateLimit,
            phrases: [
                "exceeded … requests per sec*", "exceeded … requests per hour", "requests in the last … seconds",
                "requests in the last … minutes", "exceeded … requests in",
                "*perminute*", "exceed* … requests per min*", "exceed* … tokens per min*", "exceed* … requests/min",
                "exceed* … tokens/min", "limit … on tokens per min*", "limit … on requests per min*",
                "limit … requests per min* … exceeded", "exhausted … rate limit", "reached concurrency limit",
                "concurrency limit reached", "concurrency limit exceeded", "请求速率", "limited to … / minute",
                "limited to … per minute", "limited to … per second", "too many tokens, please wait", "please wait before trying",
                "concurrency exceeded", "max rpm: *", "max tpm: *", "organization max *", "assigned rate limits", "*per_minute*",
                "quota exceeded … per minute", "quota … per minute", "exceeded … per minute",
                "exceeded … per second", "exceeded … per hour", "exceeded … requests per min*", "*persecond*",
                "requests_per_second*",
                "limit reached … on tokens per", "limit reached … on requests per", "limit reached for … per day",
                "rate limit … per day",
                "rate limit exceeded: free-models-per*", "free-models-per*", "rate limit … tokens per",
                "rate limit … credits per",
                "rate limit of your organization", "rate limit for your organization", "exceed your organization's rate limit",
                "exceed your account's rate limit", "exceed the rate limit for", "exceeded rate limit of",
                "exceeded token rate limit", "exceeded call rate limit", "rate limit exceeded for", "over rpm", "over tpm",
            ],
            unless: ["*perday*", "*per_day*", "limit: 0", "credit balance", "check your plan and billing details cause"],
            examples: [
                "Rate limit reached for some-model in organization org-1 on requests per min (RPM): Limit 500, Used 500, Requested 1.",
                "Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project with base model: x.",
                "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock more.",
                "Requests have exceeded call rate limit of your current S0 pricing tier. Please retry after 20 seconds.",
            ]),
        Rule(
            "rate.throttling", .rateLimit,
            phrases: [
                "throttled by", "request throttled", "requests throttled",
                "throttlingexception", "throttling: *", "throttling.*", "request was throttled", "requests are throttled",
                "being throttled",
                "got throttled", "too many concurrent", "concurrent request limit",
                "max parallel request*", "requests too frequent", "requests are too frequent",
                "too frequent requests", "calling too fast", "请求过于频繁", "速率限制", "请求频率", "并发数", "并发请求", "限流",
                "触发限制", "访问过于频繁", "调用频率",
            ],
            codes: [
                "rate_limit_exceeded", "rate_limit_error", "RATE_LIMITED", "RateLimitReached", "TooManyRequests",
                "too_many_requests",
                "rate_limit_reached_error", "rate_limit_reached", "requests_limit_exceeded", "concurrency_limit_exceeded",
                "TooManyRequestsException", "ThrottledException", "RequestLimitExceeded", "ThrottlingException", "Throttling",
                "ProvisionedThroughputExceededException", "SlowDown", "rate_limited", "rate_limit_usage", "tokens_exceeded_error",
                "max_parallel_requests", "rateLimitExceeded", "userRateLimitExceeded", "QuotaExceededPerMinute",
            ],
            classes: ["*ThrottlingException", "*ThrottledException"],
            unless: [
                "credit balance", "spend limit", "spending limit", "insufficient_quota", "billing details", "monthly",
                "out of credits",
                "usage limits", "regain access", "budget", "exceeded your current quota", "account balance",
                "insufficient balance",
                "enforced_spend_limit_reached", "usage limit reached", "余额不足",
            ],
            examples: [
                "An error occurred (ThrottlingException) when calling the Converse operation: Too many requests, please wait.",
                "429 {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Number of requests has exceeded your limit\"}}",
                "Too many concurrent requests for this model",
            ]),
        Rule(
            "rate.exceeded", .rateLimit, .telling,
            phrases: [
                "rate limit reached", "rate limit exceeded", "rate limits exceeded", "rate limit … exceed*",
                "exceed* … rate limit*",
                "rate limited", "rate-limited", "ratelimited", "rate limit hit", "hit … rate limit*", "hit a rate limit",
                "rate limit error", "ratelimit exceeded", "too many requests", "too many request",
                "too many requests sent", "exceeded … request limit", "exceeded your request limit",
                "requests limit exceeded", "sending requests too quickly", "sending requests too fast",
                "try again in a few seconds",
                "capacity exceeded for this model", "service tier capacity exceeded", "during peak load",
                "exceeded maximum usage size",
                "no deployments available", "deployments … cooldown",
                "超出限制", "请求过多", "请求数过多", "频率过高",
            ],
            codes: ["rate_limit", "limitation", "1302", "1305", "1300"],
            unless: ["credit balance", "insufficient_quota", "billing details", "insufficient balance"],
            examples: [
                "Requests rate limit exceeded", "HTTP 429: Too many requests", "we are rate-limited by the upstream provider",
                "Service tier capacity exceeded for this model.",
            ],
            not: ["{\"retry\": {\"on\": [\"rate_limit\", \"timeout\"], \"max\": 3}}"]),
        Rule(
            "rate.resource-exhausted", .rateLimit, .telling,
            phrases: ["resource has been exhausted", "resource exhausted", "resources exhausted"],
            codes: ["RESOURCE_EXHAUSTED", "ResourceExhausted"],
            classes: ["ResourceExhausted"],
            unless: ["exceeded your current quota", "*perday*", "limit: 0", "out of memory"],
            examples: [
                "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'Resource exhausted. Please try again later.'}}"
            ]),
        Rule(
            "rate.class", .rateLimit, .named,
            classes: [
                "*RateLimitError", "*RateLimitException", "*RateLimitExceededError", "*TooManyRequestsException",
                "RateLimitError", "RateLimitException", "RateLimitExceeded", "RateLimitExceededError", "TooManyRequestsError",
                "TooManyRequests", "ThrottlingError", "RouterRateLimitError", "RouterRateLimitErrorBasic",
            ],
            examples: ["openai.RateLimitError: no further detail"]),
        Rule(
            "rate.mention", .rateLimit, .mention,
            phrases: [
                "rate limit*", "ratelimit*", "rate-limit*", "rate_limit*", "throttl*", "request rate", "requests per min*",
                "tokens per min*", "requests per second", "requests/min", "tokens/min", "calls per minute", "concurrent requests",
                "concurrency limit",
                "concurrency", "concurrent session*", "slow down", "please slow", "in cooldown", "cooldown", "tpm", "rpm",
            ],
            unless: ["quota", "credit*", "budget"],
            examples: ["Error: rate limit (retry later)", "request failed, slow down"],
            not: ["x-ratelimit-remaining-requests: 499"]),
    ]
}
