/// The caller gave up.
enum CancellationRules {
    static let rows: [Rule] = [
        Rule(
            "cancelled.caller", .cancelled,
            phrases: [
                "session was cancelled", "session was canceled", "doesn't want to proceed", "does not want to proceed",
                "turn aborted", "turn interrupted", "interrupted the turn", "conversation interrupted", "declined by user",
                "rejected by user", "rejected by the user", "user rejected", "user declined", "user denied", "^c interrupted",
                "task was destroyed", "user pressed",
                "request … been cancelled", "task … been cancelled", "run … been cancelled", "job … been cancelled",
                "operation … been cancelled", "stream … been cancelled",
                "stopped by user", "stopped by the user", "terminated by user", "killed by user", "user interrupted",
                "user stopped", "aborted by",
                "context canceled", "context cancelled", "request was aborted", "request aborted", "user aborted",
                "aborted by user",
                "aborted by the user", "operation was aborted", "operation aborted", "stream aborted", "stream was aborted",
                "was aborted",
                "signal is aborted", "been aborted", "cancelled by user", "canceled by user", "cancelled by the user",
                "canceled by the user",
                "cancelled by client", "canceled by client", "cancelled by the client", "canceled by the client",
                "user cancelled",
                "user canceled", "request was cancelled", "request was canceled", "request cancelled", "request canceled",
                "operation was cancelled", "operation was canceled", "operation cancelled", "operation canceled",
                "task was cancelled",
                "task was canceled", "job was cancelled", "run was cancelled", "run cancelled",
                "^signal: interrupt", "signal: interrupt$", "interrupted by user", "interrupted by the user", "received sigint",
                "ctrl-c",
                "client disconnected", "client closed request", "client has disconnected", "code = canceled",
                "操作已取消", "用户取消", "请求已取消",
            ],
            codes: [
                "CANCELLED", "CANCELED", "ERR_CANCELED", "request_cancelled", "client_disconnected", "ABORT_ERR",
                "client_closed_request",
            ],
            classes: [
                "*CancelledError", "*CancelledException", "*CanceledException", "*CancellationException", "*AbortedException",
                "CancelledError", "AbortError", "CanceledError", "APIUserAbortError", "KeyboardInterrupt",
                "OperationCanceledException",
                "TaskCanceledException", "ClientDisconnected", "CancellationException", "GeneratorExit", "ClientDisconnect",
                "Cancelled",
            ],
            unless: [
                "due to timeout", "(timeout)", "client.timeout", "timed out", "deadline exceeded", "connection was aborted",
                "connection aborted",
                "exceeding the configured timeout", "elapsing", "transaction", "subscription", "their order", "the order",
                "booking",
                "membership",
            ],
            examples: [
                "Post \"http://127.0.0.1:8080/v1/messages\": context canceled", "AbortError: The user aborted a request.",
                "asyncio.exceptions.CancelledError",
            ],
            not: ["The operation was aborted due to timeout", "software caused connection abort: connection aborted"]),
        Rule(
            "cancelled.mention", .cancelled, .mention,
            phrases: [
                "aborted", "cancelled", "canceled", "cancellation", "keyboard interrupt", "received sigterm", "cancel scope",
                "client closed", "interrupted",
            ],
            unless: ["timeout", "timed out", "transaction"],
            examples: ["Error: it was cancelled"]),
    ]
}
