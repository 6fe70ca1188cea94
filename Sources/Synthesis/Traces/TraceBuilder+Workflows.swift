import Model

extension TraceBuilder {
    /// The result of a unit of work.
    struct Result {
        var end: Int64
        var fault: Fault?
        var input: String?
        var output: String?
    }

    /// Runs an agent's workflow below `parent`.
    mutating func run(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        switch agent.workflow {
        case .bare: runCall(agent, parent: parent, at: time, workflow: workflow)
        case .single: runSingle(agent, parent: parent, at: time, workflow: workflow)
        case .retrieval: runRetrieval(agent, parent: parent, at: time, workflow: workflow)
        case .loop: runLoop(agent, parent: parent, at: time, workflow: workflow)
        case .team: runTeam(agent, parent: parent, at: time, workflow: workflow)
        case .batch: runBatch(agent, parent: parent, at: time, workflow: workflow)
        }
    }

    private mutating func question(_ agent: Agent) -> String {
        random.pick(agent.topic.questions).text(Template.Facts(agent: agent.name), &random)
    }

    private mutating func runCall(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        let step = Step(name: "answer", model: agent.model, agent: agent, workflow: workflow, input: question(agent))
        return request(step, parent: parent, at: time)
    }

    private mutating func runSingle(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        let root = open(.chain, agent.name, agent, workflow: workflow, parent: parent, at: time)
        var clock = time + Int64(random.among(300...4000))
        if random.chance(150_000) {
            let guardrail = open(.guardrail, "check-input", agent, workflow: workflow, parent: root, at: clock)
            clock += Int64(random.among(2000...30_000))
            _ = close(guardrail, agent, at: clock, fault: nil)
        }
        let step = Step(name: "answer", model: agent.model, agent: agent, workflow: workflow, input: question(agent))
        return finish(root, agent, request(step, parent: root, at: clock))
    }

    private mutating func runRetrieval(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        let root = open(.chain, agent.name, agent, workflow: workflow, parent: parent, at: time)
        let input = question(agent)
        var clock = time + Int64(random.among(400...5000))
        if let helper = agent.helper {
            var plan = Step(name: "rewrite-question", model: helper, agent: agent, workflow: workflow, input: input)
            plan.inputPerMille = 200
            plan.outputPerMille = 250
            let planned = request(plan, parent: root, at: clock)
            if planned.fault != nil { return finish(root, agent, planned) }
            clock = planned.end + Int64(random.among(200...2000))
        }
        if let embedding = agent.embedding, callsLeft > 0 {
            let retriever = open(.retriever, "retrieve", agent, workflow: workflow, parent: root, at: clock)
            spans[retriever].input = input
            let step = Step(name: "embed-query", model: embedding, agent: agent, workflow: workflow, input: input)
            var fetched = request(step, parent: retriever, at: clock + 300)
            fetched.end += Int64(random.among(6000...90_000))
            if fetched.fault == nil { spans[retriever].output = "\(random.among(3...12)) passages" }
            let passed = close(retriever, agent, at: fetched.end, fault: fetched.fault)
            // Some agents answer without context if retrieval fails.
            if passed != nil || (fetched.fault != nil && random.chance(600_000)) {
                fetched.fault = passed
                return finish(root, agent, fetched)
            }
            clock = fetched.end + 500
        }
        let answer = Step(name: "answer", model: agent.model, agent: agent, workflow: workflow, input: input)
        return finish(root, agent, request(answer, parent: root, at: clock))
    }

    private mutating func runLoop(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        let name = agent.style == .telemetry ? "invoke_agent \(agent.name)" : agent.name
        let root = open(.agent, name, agent, workflow: workflow, parent: parent, at: time)
        let input = question(agent)
        var clock = time + Int64(random.among(400...6000)), rounds = 0, hasTools = true
        while rounds < 7 {
            hasTools = hasTools && rounds < 6 && random.chance(rounds == 0 ? 800_000 : 600_000)
            var step = Step(name: "step", model: agent.model, agent: agent, workflow: workflow, input: input)
            step.wantsTools = hasTools
            step.inputPerMille = Int64(1000 + 260 * rounds)
            step.outputPerMille = hasTools ? 350 : 1000
            if rounds > 0 { step.input = input + " (round \(rounds + 1))" }
            var answered = request(step, parent: root, at: clock)
            answered.input = input
            if !hasTools || answered.fault != nil { return finish(root, agent, answered) }
            clock = answered.end + Int64(random.among(300...3000))
            let first = random.below(agent.tools.count), count = random.chance(180_000) ? 2 : 1
            for offset in 0..<count {
                let tool = agent.tools[(first + offset) % agent.tools.count]
                let used = use(tool, agent, workflow: workflow, parent: root, at: clock)
                clock = used.end
                // A tool that failed permanently is not used again in this run.
                if used.fault != nil { hasTools = false }
            }
            rounds += 1
            if callsLeft == 0 { break }
        }
        return finish(root, agent, Result(end: clock, input: input))
    }

    private mutating func runTeam(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        let name = agent.style == .telemetry ? "invoke_agent \(agent.name)" : agent.name
        let root = open(.agent, name, agent, workflow: workflow, parent: parent, at: time)
        let input = question(agent)
        var plan = Step(
            name: "plan", model: agent.helper ?? agent.model, agent: agent, workflow: workflow, input: input + " Make a plan.")
        plan.outputPerMille = 400
        let planned = request(plan, parent: root, at: time + 1000)
        if planned.fault != nil { return finish(root, agent, planned) }
        // Team members work in parallel.
        let begin = planned.end + Int64(random.among(500...4000))
        var clock = begin
        for (index, member) in agent.team.enumerated() where callsLeft > 0 && (index == 0 || random.chance(750_000)) {
            guard let child = Agent.index(named: member) else { continue }
            let done = run(Agent.all[child], parent: root, at: begin + Int64(index) * 1500, workflow: workflow)
            clock = max(clock, done.end)
            // Most lead agents continue if a member fails.
            if let fault = done.fault, !fault.isQuiet, random.chance(350_000) {
                return finish(root, agent, Result(end: clock, fault: fault, input: input))
            }
        }
        guard callsLeft > 0 else { return finish(root, agent, Result(end: clock, input: input)) }
        let sum = Step(
            name: "sum-up", model: agent.model, agent: agent, workflow: workflow, input: input + " Sum up the findings.")
        return finish(root, agent, request(sum, parent: root, at: clock + 800))
    }

    private mutating func runBatch(_ agent: Agent, parent: Int?, at time: Int64, workflow: String) -> Result {
        let root = open(.workflow, "index-documents", agent, workflow: workflow, parent: parent, at: time)
        var result = Result(end: time + 1000)
        for part in 0..<random.among(1...5) where callsLeft > 0 {
            let step = Step(
                name: "embed-batch", model: agent.model, agent: agent, workflow: workflow,
                input: "batch \(part + 1): \(random.among(20...200)) passages")
            result = request(step, parent: root, at: result.end + Int64(random.among(1000...20_000)))
            if result.fault != nil { break }
        }
        return finish(root, agent, result)
    }

    /// Ends the span around a unit of work.
    private mutating func finish(_ root: Int, _ agent: Agent, _ result: Result) -> Result {
        var result = result
        result.end += Int64(random.among(200...3000))
        spans[root].input = result.input
        spans[root].output = result.output
        result.fault = close(root, agent, at: result.end, fault: result.fault)
        return result
    }
}
