import Model

extension TraceBuilder {
    /// Completes a call, which may be truncated, or cancelled if `mayCancel`; retries are never cancelled, so that they count.
    /// - Returns: The end of the call.
    mutating func succeed(
        _ index: Int, _ step: Step, _ model: CatalogueModel, at time: Int64, slowdown: Int64, mayCancel: Bool
    ) -> Int64 {
        let row = model.row, agent = step.agent
        let input = max(random.logNormal(median: max(agent.tokens.input * step.inputPerMille / 1000, 20), spread: 480), 5)
        spans[index].modelResponded = row.responded
        if row.isEmbedding {
            let query = agent.workflow == .batch ? min(input, Int64(row.window) - 1) : 8 + input % 40
            spans[index].inputTokens = query
            spans[index].totalTokens = query
            spans[index].cost = Money(units: query * row.price.input)
            return end(index, at: time, took: random.logNormal(median: row.firstToken, spread: row.spread) * slowdown / 1000)
        }
        let prompt = min(input, Int64(row.window) - 5000)
        let text = max(random.logNormal(median: max(agent.tokens.output * step.outputPerMille / 1000, 3), spread: 520), 1)
        let thought: Int64? = row.reasons ? random.logNormal(median: 420, spread: 600) : nil
        let output = text + (thought ?? 0)
        let cached: Int64? = row.price.cached < row.price.input && random.chance(300_000) ? prompt * 3 / 5 : nil
        setUsage(index, row, input: prompt, cached: cached, output: output, reasoning: thought)
        spans[index].hasToolCalls = step.wantsTools
        var took = random.logNormal(median: row.firstToken + output * row.eachToken, spread: row.spread) * slowdown / 1000
        // Occasionally a call hangs for no apparent reason.
        if random.chance(1500) { took *= 9 }
        let answer = step.wantsTools ? nil : random.pick(agent.topic.answers).text(Template.Facts(), &random)
        spans[index].output = answer
        spans[index].finishReasons = row.provider.reason(for: step.wantsTools ? .tools : .end)
        if agent.style == .gateway && random.chance(15_000) { spans[index].attemptsMade = random.among(2...3) }
        if !step.wantsTools {
            if random.chance(9000) {
                spans[index].finishReasons = row.provider.reason(for: .length)
            } else if random.chance(900) {
                spans[index].finishReasons = row.provider.reason(for: .filtered)
            } else if mayCancel && spans[index].isStream == true && random.chance(4000) {
                spans[index].status = .cancelled
                spans[index].finishReasons = []
                spans[index].statusMessage = "asyncio.exceptions.CancelledError: client closed the request"
                took /= 3
            }
        }
        if spans[index].isStream == true {
            spans[index].firstToken = Timestamp(
                nanoseconds: (time + took * row.firstToken / (row.firstToken + output * row.eachToken)) * 1000)
        }
        return end(index, at: time, took: took)
    }

    private mutating func setUsage(
        _ index: Int, _ row: CatalogueModel.Row, input: Int64, cached: Int64?, output: Int64, reasoning: Int64?
    ) {
        spans[index].inputTokens = input
        spans[index].cachedInputTokens = cached
        spans[index].outputTokens = output
        spans[index].reasoningTokens = reasoning
        spans[index].totalTokens = input + output
        let fresh = input - (cached ?? 0)
        spans[index].cost = Money(units: fresh * row.price.input + (cached ?? 0) * row.price.cached + output * row.price.output)
    }

    private mutating func end(_ index: Int, at time: Int64, took: Int64) -> Int64 {
        let end = time + max(took, 1000)
        spans[index].end = Timestamp(nanoseconds: end * 1000)
        return end
    }

    /// Ends a call with a failure and records the truth about it.
    mutating func fail(
        _ index: Int, _ step: Step, _ model: CatalogueModel, at time: Int64, row number: Int, incident: String?, slowdown: Int64
    ) -> Attempt {
        let failure = FailureRow.all[number], row = model.row, agent = step.agent
        var facts = Template.Facts(model: row.name, agent: agent.name, tool: agent.tools.first ?? "lookup")
        facts.host = row.host ?? row.provider.host
        var took: Int64
        switch failure.pace {
        case .quick: took = random.logNormal(median: 210_000, spread: 500)
        case .late: took = random.logNormal(median: 2_400_000, spread: 800)
        case .limit:
            facts.seconds = row.isEmbedding ? 30 : random.pick([30, 60, 60, 120])
            took = Int64(facts.seconds) * 1_000_000 + Int64(random.among(2000...40_000))
        case .full:
            took = succeed(index, step, model, at: time, slowdown: slowdown, mayCancel: false) - time
        }
        fillLimits(&facts, row, failure.type)
        let end = end(index, at: time, took: took)
        var text = failure.text.text(facts, &random), exception = failure.exception
        if agent.style == .gateway, failure.shape == .refused, let name = failure.type.gatewayClass {
            text = "litellm.\(name): \(name): \(row.provider.gatewayName) - \(text)"
            exception = "litellm.exceptions.\(name)"
        }
        var fault = Fault(message: text, exception: exception, http: failure.http, code: failure.code ?? failure.kind)
        let evidence = show(failure, fault, on: index, agent)
        fault.isQuiet = failure.shape == .brokenStream || failure.shape == .empty
        failures.append(
            SyntheticFailure(
                traceID: context.traceID, spanID: spans[index].spanID, kind: spans[index].kind, evidence: evidence,
                type: failure.type,
                time: Timestamp(nanoseconds: end * 1000), provider: row.provider.rawValue, model: row.name, agent: agent.name,
                isRecovered: false, incident: incident))
        return Attempt(span: index, end: end, row: number, fault: fault)
    }

    /// Records a failure on its span.
    private mutating func show(_ failure: FailureRow, _ fault: Fault, on index: Int, _ agent: Agent) -> Evidence {
        switch failure.shape {
        case .refused, .unreadable:
            mark(index, agent.style, fault)
            if agent.style == .telemetry { spans[index].errorType = failure.kind ?? failure.exception }
            if agent.style == .telemetry && random.chance(300_000) { spans[index].errorCode = failure.code }
            return agent.style.evidence
        case .brokenStream:
            spans[index].isBrokenStream = true
            spans[index].statusMessage = fault.message
            spans[index].finishReasons = []
            spans[index].hasToolCalls = false
            spans[index].output = spans[index].output.map { String($0.prefix($0.count / 2)) } ?? "Let me"
            clearUsage(index)
            return .stream
        case .empty:
            let input = spans[index].inputTokens ?? 0
            let price = CatalogueModel.allCases.first { $0.row.name == spans[index].modelRequested }?.row.price.input ?? 0
            spans[index].output = ""
            spans[index].hasToolCalls = false
            spans[index].cachedInputTokens = nil
            spans[index].reasoningTokens = nil
            spans[index].outputTokens = 0
            spans[index].totalTokens = input
            spans[index].cost = Money(units: input * price)
            spans[index].finishReasons = ["stop"]
            return .empty
        }
    }

    private mutating func clearUsage(_ index: Int) {
        spans[index].inputTokens = nil
        spans[index].cachedInputTokens = nil
        spans[index].outputTokens = nil
        spans[index].reasoningTokens = nil
        spans[index].totalTokens = nil
        spans[index].cost = nil
    }

    /// Fills in consistent numbers: a limit, the amount used and the amount requested.
    private mutating func fillLimits(_ facts: inout Template.Facts, _ row: CatalogueModel.Row, _ type: ErrorType) {
        if type == .rateLimit {
            facts.limit = row.tokensPerMinute
            facts.used = row.tokensPerMinute - random.below(row.tokensPerMinute / 50)
            facts.asked = row.tokensPerMinute - facts.used + random.among(1...9000)
            facts.waitInMilliseconds = random.among(60...9000)
        } else if type == .contextLength {
            facts.window = row.window
            facts.completion = 4096
            facts.prompt = row.window - 4096 + random.among(900...max(row.window / 3, 1000))
        }
    }

    /// Runs a tool, retrying once if it fails and the agent retries.
    mutating func use(_ tool: String, _ agent: Agent, workflow: String, parent: Int, at time: Int64) -> Result {
        let firstFailure = failures.count
        var clock = time
        for attempt in 1...2 {
            let name = agent.style == .telemetry ? "execute_tool \(tool)" : tool
            let index = open(.tool, name, agent, workflow: workflow, parent: parent, at: clock)
            spans[index].input = "{\"query\":\"\(tool) \(context.traceID.prefix(6))\"}"
            let took = random.logNormal(median: 240_000, spread: 900)
            clock = end(index, at: clock, took: took)
            guard random.chance(attempt == 1 ? 18_000 : 250_000) else {
                spans[index].output = "{\"rows\":\(random.below(40))}"
                for failed in firstFailure..<failures.count { failures[failed].isRecovered = true }
                return Result(end: clock + 400)
            }
            let failure = FailureRow.tools[random.index(in: FailureRow.toolTotals)]
            let text = failure.text.text(Template.Facts(tool: tool), &random)
            mark(index, agent.style, Fault(message: text, exception: failure.exception))
            failures.append(
                SyntheticFailure(
                    traceID: context.traceID, spanID: spans[index].spanID, kind: .tool, evidence: agent.style.evidence,
                    type: .toolError,
                    time: Timestamp(nanoseconds: clock * 1000), agent: agent.name, isRecovered: false))
            if random.chance(400_000) { break }
            clock += Int64(random.among(100_000...400_000))
        }
        return Result(end: clock + 400, fault: Fault(message: "", isQuiet: true))
    }
}

/// The reason why a model stopped generating.
enum StopReason { case end, tools, length, filtered }

extension Provider {
    /// The provider's name for a stop reason, as a list with one element.
    func reason(for stop: StopReason) -> [String] {
        switch (self, stop) {
        case (.anthropic, .end): Self.endTurn
        case (.anthropic, .tools): Self.toolUse
        case (.anthropic, .length): Self.maxTokens
        case (.anthropic, .filtered): Self.refusal
        case (.google, .end), (.google, .tools): Self.bigStop
        case (.google, .length): Self.bigMaxTokens
        case (.google, .filtered): Self.safety
        case (_, .end): Self.stop
        case (_, .tools): Self.toolCalls
        case (_, .length): Self.length
        case (_, .filtered): Self.contentFilter
        }
    }

    private static let endTurn = ["end_turn"], toolUse = ["tool_use"], maxTokens = ["max_tokens"], refusal = ["refusal"]
    private static let bigStop = ["STOP"], bigMaxTokens = ["MAX_TOKENS"], safety = ["SAFETY"]
    private static let stop = ["stop"], toolCalls = ["tool_calls"], length = ["length"], contentFilter = ["content_filter"]

    /// The host name of the API.
    var host: String {
        switch self {
        case .openai: "api.openai.com"
        case .anthropic: "api.anthropic.com"
        case .google: "generativelanguage.googleapis.com"
        case .mistral: "api.mistral.ai"
        case .groq: "api.groq.com"
        case .azure: "contoso-eu.openai.azure.com"
        }
    }
}

extension Instrumentation {
    /// The evidence of a failed call.
    var evidence: Evidence {
        switch self {
        case .telemetry, .langfuse, .gateway: .explicit
        case .events: .event
        case .field: .field
        }
    }
}

extension ErrorType {
    /// LiteLLM's exception class for this type; nil if there is none.
    fileprivate var gatewayClass: String? {
        switch self {
        case .rateLimit, .quotaExceeded: "RateLimitError"
        case .timeout: "Timeout"
        case .authentication: "AuthenticationError"
        case .permission: "PermissionDeniedError"
        case .modelError: "NotFoundError"
        case .validationError: "BadRequestError"
        case .contextLength: "ContextWindowExceededError"
        case .contentFilter: "ContentPolicyViolationError"
        case .serverError: "InternalServerError"
        case .networkError: "APIConnectionError"
        case .parseError, .toolError, .cancelled, .unknown: nil
        }
    }
}
