import Model

/// Traces made by hand: one whose fields have the values that the language's examples ask for, one with a secret in every
/// text that a source may fill.
enum Witness {
    static let end = Timestamp(seconds: 1_795_269_600)

    /// A key as providers give it out, an address of a person, a password: none of them may ever be shown.
    static let secrets = ["sk-proj-Qm7dPz2LxV9aKt4RbYc8NwEu3HsJf6Gi", "jane.doe@customer.example", "hunter2horse"]
    private static func leak(_ what: String) -> String {
        "\(what) key \(secrets[0]) for \(secrets[1]) at https://root:\(secrets[2])@db.internal/x"
    }

    /// The trace that examples find.
    static var plain: [Record] {
        let id = "3f2a0000000000000000000000000017"
        var trace = TraceRecord(traceID: id)
        (trace.name, trace.user, trace.session, trace.environment) = ("chat support", "u-17", "s-1", "production")
        (trace.release, trace.service, trace.project, trace.tags) = ("2.14", "checkout", "", ["vip"])
        trace.metadata = #"{"team":"search"}"#
        var root = span("3f2a000000000001", .agent, id, from: 300, to: 60)
        (root.name, root.agent, root.status) = ("plan", "planner", .ok)
        var failed = span("3f2a000000000002", .llm, id, from: 290, to: 200)
        (failed.parentID, failed.name, failed.modelRequested, failed.provider) = (root.spanID, "chat gpt-4o", "gpt-4o", "openai")
        (failed.status, failed.httpStatus, failed.errorCode, failed.requestID) = (.error, 429, "rate_limit_exceeded", "req-17")
        failed.statusMessage = "Rate limit reached for gpt-4o in organization org-1 on requests per min (RPM): Limit 500"
        (failed.attemptsMade, failed.promptName, failed.host) = (3, "answer-v2", "azure")
        (failed.inputTokens, failed.updatedAt) = (900, end)
        var second = span("3f2a000000000003", .llm, id, from: 190, to: 70)
        (second.parentID, second.name, second.modelRequested, second.provider) = (
            root.spanID, "chat claude", "claude-sonnet-4", "anthropic"
        )
        (second.status, second.fallbackFrom, second.finishReasons) = (.ok, "gpt-4o", ["length"])
        (second.inputTokens, second.outputTokens, second.cost, second.output) = (900, 300, Money(units: 7_200_000), "done")
        second.firstToken = end - .seconds(180)
        return [.trace(trace), .span(root), .span(failed), .span(second)]
    }

    /// The trace full of secrets.
    static var leaking: [Record] {
        let id = "5ec2e7000000000000000000000000ff"
        var trace = TraceRecord(traceID: id)
        (trace.name, trace.user, trace.session, trace.environment) = (
            leak("name"), leak("user"), leak("session"), leak("environment")
        )
        (trace.release, trace.service, trace.project, trace.tags) = (
            leak("release"), leak("service"), leak("project"), [leak("tag")]
        )
        (trace.input, trace.output) = (leak("input"), leak("output"))
        trace.metadata = #"{"team":"\#(leak("team"))","api_key":"\#(secrets[0])"}"#
        var root = span("5ec2e70000000001", .agent, id, from: 400, to: 100)
        fill(&root)
        var failed = span("5ec2e70000000002", .llm, id, from: 390, to: 150)
        fill(&failed)
        failed.parentID = root.spanID
        (failed.exceptionType, failed.errorField, failed.isBrokenStream) = ("ProviderError", leak("field"), true)
        var event = EventRecord(eventID: "5ec2e70000000003", kind: .fallback)
        (event.traceID, event.spanID, event.time, event.project) = (id, failed.spanID, end - .seconds(200), trace.project)
        (event.name, event.level, event.message, event.model) = (leak("event"), leak("level"), leak("message"), leak("model"))
        (event.fallbackModel, event.provider, event.stack) = (leak("fallback"), leak("provider"), leak("stack"))
        event.attributes = #"{"note":"\#(leak("note"))"}"#
        var lone = event
        (lone.eventID, lone.kind, lone.spanID, lone.traceID) = ("5ec2e70000000004", .error, nil, nil)
        var score = ScoreRecord(scoreID: "5ec2e70000000005", name: leak("score"))
        (score.traceID, score.project, score.time) = (id, trace.project, end - .seconds(90))
        (score.text, score.comment, score.source) = (leak("text"), leak("comment"), leak("source"))
        let spans = [root, failed].map { span in
            var span = span
            span.project = trace.project
            return Record.span(span)
        }
        return [.trace(trace)] + spans + [.event(event), .event(lone), .score(score)]
    }

    private static func span(_ id: String, _ kind: SpanKind, _ trace: String, from: Int64, to: Int64) -> SpanRecord {
        var span = SpanRecord(spanID: id, kind: kind)
        (span.traceID, span.start, span.end) = (trace, end - .seconds(from), end - .seconds(to))
        return span
    }

    private static func fill(_ span: inout SpanRecord) {
        (span.name, span.modelRequested, span.modelResponded) = (leak("span"), leak("model"), leak("responded"))
        (span.provider, span.host, span.parameters) = (leak("provider"), leak("host"), #"{"stop":"\#(leak("stop"))"}"#)
        (span.finishReasons, span.agent, span.workflow) = ([leak("finish")], leak("agent"), leak("workflow"))
        (span.user, span.session, span.environment) = (leak("user"), leak("session"), leak("environment"))
        (span.release, span.service, span.tags) = (leak("release"), leak("service"), [leak("tag")])
        (span.promptName, span.promptVersion) = (leak("prompt"), leak("version"))
        (span.input, span.output) = (leak("input"), leak("output"))
        (span.status, span.level, span.statusMessage) = (.error, leak("level"), leak("status"))
        (span.exceptionMessage, span.stack) = (leak("exception"), leak("stack"))
        (span.errorCode, span.errorType, span.requestID) = (leak("code"), leak("type"), leak("request"))
        (span.retryOf, span.fallbackFrom) = (leak("retry"), leak("fallback"))
        span.attributes = #"{"header":"Authorization: Bearer \#(secrets[0])","note":"\#(leak("note"))"}"#
    }
}
