/// A time limit was exceeded.
enum TimeoutRules {
    static let rows: [Rule] = [
        Rule(
            "timeout.waited", .timeout,
            phrases: [
                "exceeded deadline", "exceeded the deadline", "took longer than", "exceeded … deadline", "abandoned after",
                "did not finish within", "did not finish in", "did not complete within", "didn't complete within",
                "not completed within", "no reply within", "no answer for",
                "waited too long", "exceeded its time budget", "exceeded … time budget", "time budget … exceeded",
                "did not answer in", "did not answer within", "did not respond in", "failed to respond within",
                "no answer within", "within the allotted", "in the allotted", "execution time … exceeded",
                "maximum execution time", "exceeded … execution time",
                "timed out", "aborted (timeout*", "(timeout)", "timeout on", "exceeded time limit", "stream idle timeout",
                "idle timeout exceeded",
                "idle timeout -", "timed-out",
                "timeout exceeded", "timeout of … exceeded", "timeout … exceeded", "exceeded … timeout",
                "timeout error", "timeout expired", "timeout reached", "timeout after", "timeout waiting", "timeout while",
                "timeout when",
                "read timeout", "write timeout", "connect timeout", "connection timeout", "request timeout", "response timeout",
                "headers timeout", "body timeout", "gateway timeout", "gateway time-out", "upstream timeout",
                "operation timeout", "i/o timeout", "stream timeout", "inference timeout", "client.timeout", "a timeout occurred",
                "due to timeout",
                "due to a timeout", "deadline exceeded", "deadline expired", "deadline of … exceeded", "deadline has elapsed",
                "took too long",
                "taking too long", "too long to respond", "winerror 10060", "respond after a period of time",
                "no response … within",
                "no response after", "did not respond in time", "not respond within", "exceeded the time limit",
                "time limit exceeded",
                "maximum time exceeded", "timeouterror", "etimedout", "esockettimedout", "und_err_*_timeout",
                "httpclient.timeout of",
                "超时",
            ],
            codes: [
                "DEADLINE_EXCEEDED", "request_timeout", "timeout_error", "ModelTimeoutException", "ECONNABORTED",
                "UND_ERR_CONNECT_TIMEOUT",
                "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "timeout", "GatewayTimeout", "RequestTimeout",
                "RequestTimeOut",
                "upstream_timeout", "ETIMEOUT", "gateway_timeout",
            ],
            classes: [
                "DeadlineExceeded", "DeadlineExceededException", "HeadersTimeoutError", "BodyTimeoutError", "ConnectTimeoutError",
            ],
            unless: ["retrieved_docs"],
            examples: [
                "Request timed out.", "Post \"https://api.example.com\": context deadline exceeded",
                "504 Deadline Exceeded", "timeout of 30000ms exceeded", "<html><title>504 Gateway Time-out</title></html>",
            ],
            not: ["LLM_TIMEOUT=60 LLM_RETRIES=2", "The authorities extended the deadline; applications exceeded expectations."]),
        Rule(
            "timeout.class", .timeout, .named,
            classes: [
                "*TimeoutError", "*TimeoutException",
                "APITimeoutError", "ClientTimeout", "Timeout", "TimeoutError", "ReadTimeout", "ConnectTimeout", "WriteTimeout",
                "PoolTimeout",
                "TimeoutException",
                "ReadTimeoutError", "ServerTimeoutError", "SocketTimeoutException", "HttpTimeoutException", "RequestTimeoutError",
                "TimeoutExpired",
                "ConnectTimeoutException", "ReadTimeoutException", "ConnectionTimeoutError", "APIConnectionTimeoutError",
            ],
            examples: ["openai.APITimeoutError", "httpx.ReadTimeout"]),
        Rule(
            "timeout.mention", .timeout, .mention,
            phrases: [
                "timeout", "timeouts", "time-out", "time out", "deadline", "too slow", "no response", "idle timeout",
                "socket timeout",
            ],
            examples: ["call failed: no response"], not: ["LLM_TIMEOUT=60"]),
    ]
}
