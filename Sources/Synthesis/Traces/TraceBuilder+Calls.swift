import Model

/// A logical call in a workflow, which may take several attempts.
struct Step {
    let name: String
    let model: CatalogueModel
    let agent: Agent
    let workflow: String
    var input: String
    /// True if the model is to request tools.
    var wantsTools = false
    /// The sizes of prompt and answer, in thousandths of the agent's usual sizes.
    var inputPerMille: Int64 = 1000
    var outputPerMille: Int64 = 1000
}

extension TraceBuilder {
    /// Makes a call, with retries and fallback according to the agent's policy, until it succeeds or is given up.
    mutating func request(_ step: Step, parent: Int?, at time: Int64) -> Result {
        // The history has its number of calls: skip the rest of this trace.
        guard callsLeft > 0 else { return Result(end: time, input: step.input) }
        let firstFailure = failures.count
        var model = step.model, attempt = 1, clock = time
        var previous: Attempt?
        var leftModel: CatalogueModel?
        while true {
            let made = self.attempt(
                step, model, parent: parent, at: clock, number: attempt, previous: previous, leftModel: leftModel)
            guard let row = made.row else {
                for index in firstFailure..<failures.count { failures[index].isRecovered = true }
                return Result(end: made.end, fault: made.fault, input: step.input, output: spans[made.span].output)
            }
            let failure = FailureRow.all[row]
            let again = failure.shape == .refused || failure.shape == .unreadable ? 930_000 : 550_000
            if callsLeft > 0 && failure.isTransient && attempt <= step.agent.retries && random.chance(again) {
                clock = made.end + Int64(random.among(350_000...900_000)) << Int64(attempt - 1)
                attempt += 1
                previous = made
                continue
            }
            let fallback = step.agent.fallback
            if callsLeft > 0, leftModel == nil, let fallback, fallback != model, !model.row.isEmbedding,
                failure.shape == .refused,
                failure.type != .validationError, failure.type != .contentFilter
            {
                leave(model, for: fallback, after: made, failure.type)
                leftModel = model
                model = fallback
                attempt = 1
                previous = nil
                clock = made.end + Int64(random.among(5000...60_000))
                continue
            }
            return Result(end: made.end, fault: made.fault, input: step.input)
        }
    }

    /// Records a fallback to another model.
    private mutating func leave(_ model: CatalogueModel, for fallback: CatalogueModel, after made: Attempt, _ type: ErrorType) {
        let name: String =
            switch type {
            case .quotaExceeded: "quota_exceeded_fallback"
            case .contextLength: "context_length_fallback"
            default: "model_fallback"
            }
        addEvent(.fallback, name, span: made.span) {
            $0.level = "WARNING"
            $0.fallbackModel = fallback.row.name
            $0.message = "falling back from \(model.row.name) to \(fallback.row.name): \(type.name)"
        }
    }

    /// One attempt of a call.
    struct Attempt {
        let span: Int
        let end: Int64
        /// The row of its failure; nil if it succeeded or was cancelled.
        let row: Int?
        let fault: Fault?
    }

    private mutating func attempt(
        _ step: Step, _ model: CatalogueModel, parent: Int?, at time: Int64, number: Int, previous: Attempt?,
        leftModel: CatalogueModel?
    ) -> Attempt {
        callsLeft -= 1
        let agent = step.agent, row = model.row
        let kind: SpanKind = row.isEmbedding ? .embedding : .llm
        let index = open(kind, spanName(step, row), agent, workflow: step.workflow, parent: parent, at: time)
        let isStream = agent.streams && !row.isEmbedding
        spans[index].modelRequested = row.name
        spans[index].provider = row.provider.rawValue
        spans[index].host = row.host
        spans[index].input = step.input
        if !row.isEmbedding {
            spans[index].parameters =
                agent.streams ? #"{"temperature":0.4,"max_tokens":2048}"# : #"{"temperature":0,"max_tokens":4096}"#
            spans[index].isStream = isStream
            if agent.style == .langfuse || agent.style == .telemetry {
                spans[index].promptName = agent.name
                spans[index].promptVersion = context.release.map { $0.hasPrefix("2.14") ? "8" : "7" }
            }
        }
        if agent.style == .telemetry || agent.style == .gateway {
            if number > 1 || leftModel != nil { spans[index].attempt = number }
            if let previous, agent.style == .telemetry { spans[index].retryOf = spans[previous.span].spanID }
            spans[index].fallbackFrom = leftModel?.row.name
        } else if agent.style == .events, let previous {
            addEvent(.retry, "retry", span: previous.span) { $0.message = "attempt \(number) of \(agent.retries + 1)" }
        }
        let outcome = self.outcome(agent, model, at: time, isStream: isStream, previous: previous)
        guard let failed = outcome.row else {
            let isFirst = previous == nil && leftModel == nil
            let end = succeed(index, step, model, at: time, slowdown: outcome.slowdown, mayCancel: isFirst)
            let wasCancelled = spans[index].status == .cancelled
            return Attempt(span: index, end: end, row: nil, fault: wasCancelled ? Fault(message: "", isQuiet: true) : nil)
        }
        return fail(index, step, model, at: time, row: failed, incident: outcome.incident, slowdown: outcome.slowdown)
    }

    private func spanName(_ step: Step, _ model: CatalogueModel.Row) -> String {
        guard step.agent.style == .telemetry else { return step.name }
        return model.isEmbedding ? "embeddings \(model.name)" : "chat \(model.name)"
    }

    /// Decides whether and how a call fails, and its latency factor in thousandths.
    private mutating func outcome(
        _ agent: Agent, _ model: CatalogueModel, at time: Int64, isStream: Bool, previous: Attempt?
    ) -> (row: Int?, incident: String?, slowdown: Int64) {
        let row = model.row, instant = Timestamp(nanoseconds: time * 1000)
        var slowdown: Int64 = 1000
        for (index, window) in windows.enumerated() where window.contains(instant) {
            let incident = plan.incidents[index]
            guard incident.touches(provider: row.provider.rawValue, model: row.name, agent: agent.name, at: instant) else {
                continue
            }
            if row.isEmbedding && (incident.type == .contextLength || incident.type == .timeout) { continue }
            let progress = incident.progress(at: instant), range = incident.effect.failure
            slowdown = Int64(1000 + (incident.effect.latencyPerMille - 1000) * progress / 1000)
            if random.chance(range.lowerBound + (range.upperBound - range.lowerBound) * progress / 1000),
                let drawn = FailureTable.shared.draw(row.provider, incident.type, &random)
            {
                return (drawn, incident.name, slowdown)
            }
        }
        if let before = previous?.row, random.chance(200_000) { return (before, nil, slowdown) }
        var chance = row.failures
        if context.environment == "staging" { chance = chance * 8 / 5 }
        guard random.chance(chance) else { return (nil, nil, slowdown) }
        let call: FailureTable.Call = row.isEmbedding ? .embedding : isStream ? .stream : .answer
        let drawn = FailureTable.shared.draw(row.provider, call, &random)
        // Rate limits are hit under load; in quiet hours such calls succeed.
        if FailureRow.all[drawn].type == .rateLimit && !random.chance(context.load * 600) { return (nil, nil, slowdown) }
        return (drawn, nil, slowdown)
    }
}
