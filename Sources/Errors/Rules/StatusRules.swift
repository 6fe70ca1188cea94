/// Types that follow from the HTTP status alone.
enum StatusRules {
    static let rows: [Rule] = [
        Rule(
            "status.400", .validationError, .status, statuses: [400...400, 405...407, 409...412, 414...422],
            examples: ["HTTP 422", "400 Provider said no"]),
        Rule("status.401", .authentication, .status, statuses: [401...401], examples: ["status code 401"]),
        Rule("status.402", .quotaExceeded, .status, statuses: [402...402], examples: ["HTTP status 402"]),
        Rule("status.403", .permission, .status, statuses: [403...403, 451...451], examples: ["status: 403"]),
        Rule("status.404", .modelError, .status, statuses: [404...404, 410...410], examples: ["Error code: 404"]),
        Rule(
            "status.408", .timeout, .status, statuses: [408...408, 522...522, 524...524],
            examples: ["status code: 408", "error 524"]),
        Rule("status.413", .contextLength, .status, statuses: [413...413], examples: ["HTTP 413"]),
        Rule("status.429", .rateLimit, .status, statuses: [423...429], examples: ["HTTP/1.1 429", "Request rejected (429)"]),
        Rule("status.499", .cancelled, .status, statuses: [499...499], examples: ["upstream answered with status 499"]),
        Rule("status.tls", .networkError, .status, statuses: [495...496, 525...526], examples: ["Cloudflare error 525"]),
        Rule(
            "status.500", .serverError, .status, statuses: [500...521, 523...523, 527...599],
            examples: ["HTTP 500", "[503]", "status 504"]),
        Rule("status.4xx", .validationError, .status, statuses: [430...450, 452...494, 497...498], examples: ["HTTP 460"]),
    ]
}
