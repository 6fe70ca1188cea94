import Model

/// One thing to do about errors of a type, and the statement that shows whether it would help.
public struct NextStep: Hashable, Sendable {
    /// What to do, as an imperative of a few words.
    public let action: String
    /// A statement of the notebook that runs on any store.
    public let check: String

    init(_ action: String, check: String) { (self.action, self.check) = (action, check) }

    /// What to do about errors of a type: one to three steps, the most effective first.
    ///
    /// - Returns: Data, one table for every screen: help, `why`, notifications and reports.
    public static func steps(for type: ErrorType) -> [NextStep] {
        switch type {
        case .quotaExceeded:
            [
                NextStep(
                    "raise the budget or the quota with the provider",
                    check: "errors by provider where type = quota_exceeded show count, first_seen, last_seen, common(code)"),
                NextStep("find what spends it", check: "calls by agent show cost, tokens, count last 7d"),
                NextStep(
                    "move traffic to a provider with credit left",
                    check: "calls by provider show count, error_rate, cost last 24h"),
            ]
        case .rateLimit:
            [
                NextStep(
                    "retry with exponential backoff and jitter",
                    check: "errors by provider where type = rate_limit show count, recovered, recovery_time"),
                NextStep(
                    "queue requests, so that bursts stay below the limit",
                    check: "errors every 1m where type = rate_limit last 3h"),
                NextStep(
                    "rotate between providers or models",
                    check: "calls by provider, model show count, error_rate, per_minute(tokens)"),
            ]
        case .timeout:
            [
                NextStep(
                    "set the time limit above the normal p99, not below it",
                    check: "calls by model show p95(latency), p99(latency), max(latency)"),
                NextStep(
                    "ask for fewer output tokens, or stream",
                    check: "calls by model, failed show p95(output_tokens), p95(latency)"),
                NextStep("look for one slow host", check: "errors by host where type = timeout show count, share, first_seen"),
            ]
        case .authentication:
            [
                NextStep(
                    "rotate the API key",
                    check: "errors by provider, code where type = authentication show count, first_seen, last_seen"),
                NextStep(
                    "check when the key or token expired: the first error is the moment",
                    check: "errors every 1h where type = authentication last 7d"),
                NextStep(
                    "find the deployment that sends the wrong key",
                    check: "errors by service, environment where type = authentication show count, error_rate"),
            ]
        case .permission:
            [
                NextStep(
                    "check the permission scopes of the key",
                    check: "errors by provider, model where type = permission show count, first_seen, common(message)"),
                NextStep(
                    "enable the model or region for the account",
                    check: "errors by model, host where type = permission show count, error_rate"),
            ]
        case .modelError:
            [
                NextStep(
                    "use a model name that the provider still serves",
                    check: "errors by model_requested where type = model_error show count, first_seen, last_seen"),
                NextStep(
                    "find the release that brought the name",
                    check: "errors by release where type = model_error show count, error_rate, first_seen"),
            ]
        case .validationError:
            [
                NextStep(
                    "fix the request that the message names",
                    check: "errors by signature where type = validation_error last 7d"),
                NextStep(
                    "find the release or prompt that builds it",
                    check: "errors by release, prompt where type = validation_error show count, first_seen"),
            ]
        case .contextLength:
            [
                NextStep(
                    "shorten or summarise the history before it is sent",
                    check: "errors by agent where type = context_length show count, max(input_tokens)"),
                NextStep(
                    "find the prompts that grow", check: "calls by prompt show p50(input_tokens), p99(input_tokens) last 7d"),
                NextStep(
                    "use a model with a larger context window",
                    check: "errors by model where type = context_length show count, error_rate"),
            ]
        case .contentFilter:
            [
                NextStep(
                    "change the prompt that is blocked",
                    check: "errors by prompt where type = content_filter show count, error_rate"),
                NextStep(
                    "see whether few users cause it", check: "errors by user where type = content_filter show count, share top 10"
                ),
            ]
        case .serverError:
            [
                NextStep(
                    "fall back to another provider while it lasts",
                    check: "calls by provider, model show count, error_rate last 1h"),
                NextStep(
                    "retry: most failures of a server are short",
                    check: "errors by provider where type = server_error show count, recovered, recovery_time"),
                NextStep(
                    "see whether one model or host is affected",
                    check: "errors by model, host where type = server_error show count, share"),
            ]
        case .networkError:
            [
                NextStep(
                    "set connect and read timeouts apart",
                    check: "errors by signature where type = network_error show count, first_seen, last_seen last 7d"),
                NextStep(
                    "check the network path: DNS, proxy, TLS, one host or all",
                    check: "errors by host, service where type = network_error show count, share"),
                NextStep(
                    "open a circuit breaker while calls keep failing",
                    check: "errors every 1m by provider where type = network_error last 3h"),
            ]
        case .parseError:
            [
                NextStep(
                    "ask for structured output, and validate it",
                    check: "errors by prompt, model where type = parse_error show count, error_rate"),
                NextStep(
                    "see whether answers are cut off", check: "calls by model show share(finish = length), count last 24h"),
            ]
        case .toolError:
            [
                NextStep(
                    "fix the tool that fails most",
                    check: "calls by name where kind = tool show count, error_rate, last_seen"),
                NextStep(
                    "see what is passed to it", check: "errors by signature where type = tool_error last 7d"),
            ]
        case .cancelled:
            [
                NextStep(
                    "see how long callers wait before they give up",
                    check: "errors by agent where type = cancelled show count, p50(latency), p95(latency)")
            ]
        case .unknown:
            [
                NextStep("give the type with a classification rule of your own", check: "unknown last 7d"),
                NextStep(
                    "see which texts are not known", check: "errors by signature where type = unknown last 7d"),
            ]
        }
    }
}
