/// Texts that mention errors without being one. Most yield to any code, class or status found.
enum BenignRules {
    static let rows: [Rule] = [
        Rule(
            "benign.recovered", nil,
            phrases: [
                "^recovered", "recovered from", "succeeded after", "succeeded on attempt", "succeeded on retry",
                "retry succeeded", "success after",
                "then succeeded",
                "recovered after", "recovered on", "completed successfully", "finished successfully", "ok after", "and succeeded",
                "succeeded on the", "second attempt succeeded", "fallback succeeded", "passed after",
            ],
            examples: ["The call was rate limited once and succeeded on attempt 2.", "connection reset, then succeeded"],
            not: ["All 3 attempts failed, no retry succeeded so far: Error code: 429 - Too many requests"]),
        Rule(
            "benign.written", nil,
            phrases: [
                "^:param", "^:raise*", "^:return*", "^whether or not", "^- **", "^| *", "^note that", "^i fixed", "^i've fixed",
                "^i added", "^i've added", "^we fixed", "^fixed", "^assert ", "^expect(*", "^npm warn",
                "the docs say", "the doc says", "documentation says", "^i can explain", "^i can show", "^i can help", "^i'll",
                "^let me", "^here is how", "^here's how", "^to understand",
                "^to learn", "^in this", "^for example", "^please explain", "^explain", "^what is", "^what does", "^what happens",
                "^if the request", "^if you", "^when the", "^when a", "^how ", "^why ", "^to avoid", "^to fix", "^to handle",
                "^the function returns",
                "^returns an error", "^status codes", "^http status … means", "error … means that", "status … means", "^except ",
                "^✓", "^ok ", "^pass:", "^passed", "^const ", "^let ", "^var ", "^select ", "^alter ", "^insert ", "^update ",
                "^//*", "^# ", "^#!", "passed [*", "^test_*", "^tests/*", "^try:", "^catch",
                "^import ", "^from ", "^def ", "^class ", "^fix:", "^fix(*", "^feat:", "^feat(*", "^docs:", "^chore:", "^git ",
                "^todo", "^added ", "^added handling",
                "^handle ", "^retry on", "clients should", "callers should", "you should retry", "^add ", "^refactor*",
            ],
            unless: ["api error:", "error occurred", "exception:", "failed:"], beatsNames: true,
            examples: [
                "If the request fails with a connection reset error, retry it.", "fix: retry on RateLimitError",
                "HTTP status 429 means that there were too many requests.",
            ],
            not: ["Error: connection reset by peer"]),
        Rule(
            "benign.prose", nil,
            phrases: [
                "to handle a", "to handle an", "to handle the", "to catch a", "to catch an", "wrap the call", "wrap your",
                "how to", "how do i", "how do you", "how can i", "why do i", "why does", "what does", "this guide",
                "this article", "the article", "tutorial", "this chapter", "the handbook", "runbook", "best practice*",
                "explains", "asked about", "asks about", "asking about", "explained", "describes", "in order to avoid",
                "to avoid", "you might see", "you may see",
                "you will see",
                "if you see", "if you get", "if you receive", "when a server", "when the server", "when a client",
                "is returned when",
                "are returned when", "the paper",
                "release notes", "changelog", "documentation for", "faq", "should be retried",
                "be retried with", "the user asks", "the novel", "the essay",
                "remember to", "consider adding", "we added", "unit test*",
                "a common", "common causes",
            ],
            unless: [
                "error:", "failed:", "exception:", "error code", "api error", "caused by", "error message:", "^unable to",
                "^failed to",
                "^could not", "^cannot",
            ],
            examples: [
                "How to handle rate limit exceeded answers: wait and try again.",
                "The article explains why a gateway timeout is returned when the upstream is slow.",
            ],
            not: ["Error: connection refused. For example, check that the service listens."]),
        Rule(
            "benign.report", nil,
            phrases: [
                "no errors", "0 errors", "0 failed", "zero errors", "without errors", "no error", "no timeouts", "0 timeouts",
                "0 rejected", "all checks passed", "all tests passed", "... ok", "=== … passed in", "tests passed",
                "within limits", "within the limit",
                "within quota", "of monthly quota used", "quota remaining", "remaining quota", "remaining requests",
                "requests remaining", "tokens remaining", "below the limit", "under the limit",
            ],
            unless: ["error:", "failed:", "exception:", "error code", "api error", "1 error", "exceeded"],
            examples: ["Nightly check: no errors, connection refused counter at zero.", "test_rate_limit_exceeded ... ok"]),
    ]
}
