/// The structure of an agent's traces.
enum Workflow: Sendable {
    /// A single call without a parent span and without retries: retries can be recognised only under a common parent.
    case bare
    /// One call in a chain, occasionally preceded by a guardrail.
    case single
    /// Rewrites the question, retrieves by embedding, answers.
    case retrieval
    /// Calls the model, runs the requested tools, and repeats.
    case loop
    /// An agent that delegates to other agents and summarises their results.
    case team
    /// Embeds a batch of documents.
    case batch
}

/// How an agent's instrumentation records failures.
enum Instrumentation: Sendable {
    /// OpenTelemetry: status, exception class and message, sometimes the HTTP status.
    case telemetry
    /// Langfuse: level and status message only.
    case langfuse
    /// LiteLLM's proxy: its own exception classes around the provider's message, with the HTTP status.
    case gateway
    /// No status; an error event next to the call.
    case events
    /// No status; an error field in the metadata.
    case field
}

/// An agent: its workflow, models and instrumentation. A class, so that copies are cheap.
final class Agent: Sendable {
    let name: String, service: String, workflow: Workflow
    /// The agent's weight among those that start traces; 0 for agents that are only called by others.
    let share: Int
    let model: CatalogueModel
    /// The cheaper model for planning and rewriting.
    let helper: CatalogueModel?
    /// The embedding model for retrieval.
    let embedding: CatalogueModel?
    /// The model used when `model` keeps failing.
    let fallback: CatalogueModel?
    let style: Instrumentation
    let streams: Bool
    /// The maximum number of retries of a failed call.
    let retries: Int
    /// Median tokens of the prompt and the answer.
    let tokens: (input: Int64, output: Int64)
    let tools: [String]
    /// The names of the agents to which a lead agent delegates.
    let team: [String]
    let hasUsers: Bool
    let isStagingOnly: Bool
    let topic: Topic
    let tags: [String]

    private init(
        name: String, service: String, workflow: Workflow, share: Int, model: CatalogueModel, helper: CatalogueModel? = nil,
        embedding: CatalogueModel? = nil, fallback: CatalogueModel? = nil, style: Instrumentation, streams: Bool = false,
        retries: Int,
        tokens: (input: Int64, output: Int64), tools: [String] = [], team: [String] = [], hasUsers: Bool = true,
        isStagingOnly: Bool = false, topic: Topic, tags: [String] = []
    ) {
        self.name = name
        self.service = service
        self.workflow = workflow
        self.share = share
        self.model = model
        self.helper = helper
        self.embedding = embedding
        self.fallback = fallback
        self.style = style
        self.streams = streams
        self.retries = retries
        self.tokens = tokens
        self.tools = tools
        self.team = team
        self.hasUsers = hasUsers
        self.isStagingOnly = isStagingOnly
        self.topic = topic
        self.tags = tags
    }

    /// The agents, mostly in order of their share.
    static let all: [Agent] = [
        Agent(
            name: "support-chat", service: "support-api", workflow: .loop, share: 1600, model: .gpt4o, fallback: .claudeSonnet,
            style: .telemetry, streams: true, retries: 2, tokens: (1450, 190),
            tools: ["lookup_order", "search_help", "create_ticket"],
            topic: .support, tags: ["tier:pro", "chat"]),
        Agent(
            name: "rag-answers", service: "search-api", workflow: .retrieval, share: 1250, model: .gpt4oMini, helper: .gpt4oMini,
            embedding: .embeddingSmall, style: .langfuse, streams: true, retries: 2, tokens: (2600, 240), topic: .knowledge,
            tags: ["rag"]),
        Agent(
            name: "intent-router", service: "support-api", workflow: .single, share: 1100, model: .gpt4oMini,
            fallback: .geminiFlash,
            style: .telemetry, retries: 1, tokens: (420, 12), topic: .support),
        Agent(
            name: "code-reviewer", service: "devtools", workflow: .loop, share: 820, model: .claudeSonnet, style: .langfuse,
            streams: true, retries: 3, tokens: (6200, 620), tools: ["read_file", "run_tests", "search_code"], topic: .code,
            tags: ["ci"]),
        Agent(
            name: "doc-summarizer", service: "docs-worker", workflow: .single, share: 700, model: .geminiFlash,
            fallback: .gpt4oMini,
            style: .gateway, retries: 2, tokens: (7800, 320), hasUsers: false, topic: .documents),
        Agent(
            name: "moderation", service: "trust", workflow: .bare, share: 640, model: .llama, style: .gateway,
            retries: 0, tokens: (350, 8), hasUsers: false, topic: .moderation, tags: ["safety"]),
        Agent(
            name: "sql-analyst", service: "analytics", workflow: .loop, share: 520, model: .gpt4o, style: .telemetry, retries: 1,
            tokens: (2400, 260), tools: ["run_sql", "describe_table", "plot_chart"], topic: .data),
        Agent(
            name: "email-drafter", service: "crm", workflow: .single, share: 450, model: .claudeHaiku, fallback: .gpt4oMini,
            style: .events, retries: 1, tokens: (980, 310), topic: .mail),
        Agent(
            name: "contract-analyzer", service: "legal", workflow: .retrieval, share: 620, model: .azureGPT4o,
            embedding: .azureEmbedding,
            style: .telemetry, retries: 2, tokens: (11_800, 520), topic: .contracts, tags: ["legal", "eu"]),
        Agent(
            name: "product-tagger", service: "catalog-worker", workflow: .single, share: 400, model: .mistralSmall, style: .field,
            retries: 2, tokens: (520, 45), hasUsers: false, topic: .catalogue, tags: ["batch"]),
        Agent(
            name: "translator", service: "docs-worker", workflow: .single, share: 360, model: .mistralLarge, fallback: .gpt4o,
            style: .langfuse, retries: 1, tokens: (1300, 1050), topic: .documents),
        Agent(
            name: "indexer", service: "search-worker", workflow: .batch, share: 330, model: .embeddingSmall, style: .gateway,
            retries: 3,
            tokens: (3900, 0), hasUsers: false, topic: .knowledge, tags: ["batch"]),
        Agent(
            name: "onboarding-coach", service: "crm", workflow: .loop, share: 300, model: .claudeHaiku, style: .langfuse,
            streams: true,
            retries: 1, tokens: (1700, 220), tools: ["get_profile", "schedule_call"], topic: .mail),
        Agent(
            name: "invoice-extractor", service: "finance-worker", workflow: .single, share: 420, model: .azureGPT4o,
            style: .field,
            retries: 2, tokens: (3100, 380), hasUsers: false, topic: .invoices, tags: ["batch", "finance"]),
        Agent(
            name: "research-lead", service: "research", workflow: .team, share: 320, model: .geminiPro, helper: .geminiFlash,
            style: .telemetry, retries: 2, tokens: (4200, 780), team: ["web-searcher", "paper-reader", "fact-checker"],
            topic: .research, tags: ["deep"]),
        Agent(
            name: "meeting-notes", service: "docs-worker", workflow: .single, share: 340, model: .geminiPro,
            fallback: .claudeSonnet,
            style: .langfuse, retries: 1, tokens: (14_500, 690), topic: .meetings),
        Agent(
            name: "pricing-advisor", service: "sales-api", workflow: .retrieval, share: 200, model: .mistralLarge,
            helper: .mistralSmall, embedding: .embeddingSmall, fallback: .gpt4o, style: .events, retries: 1, tokens: (1900, 210),
            topic: .catalogue),
        Agent(
            name: "travel-planner", service: "travel", workflow: .team, share: 180, model: .o3Mini, helper: .gpt4oMini,
            style: .langfuse, retries: 1, tokens: (2100, 640), team: ["flight-finder", "hotel-finder"], topic: .travel),
        Agent(
            name: "incident-bot", service: "devtools", workflow: .loop, share: 150, model: .claudeSonnet, fallback: .gpt4o,
            style: .telemetry, retries: 2, tokens: (3600, 340), tools: ["query_metrics", "read_runbook", "page_oncall"],
            topic: .operations),
        Agent(
            name: "eval-judge", service: "evals", workflow: .bare, share: 140, model: .o3Mini, style: .langfuse, retries: 0,
            tokens: (1800, 160), hasUsers: false, isStagingOnly: true, topic: .evaluation, tags: ["eval"]),
        Agent(
            name: "web-searcher", service: "research", workflow: .loop, share: 0, model: .geminiFlash, fallback: .gpt4oMini,
            style: .telemetry, retries: 2, tokens: (2900, 180), tools: ["web_search", "fetch_page"], topic: .research),
        Agent(
            name: "paper-reader", service: "research", workflow: .single, share: 0, model: .geminiPro, style: .telemetry,
            retries: 1,
            tokens: (18_000, 540), topic: .research),
        Agent(
            name: "fact-checker", service: "research", workflow: .single, share: 0, model: .claudeHaiku, style: .telemetry,
            retries: 1,
            tokens: (2400, 150), topic: .research),
        Agent(
            name: "flight-finder", service: "travel", workflow: .loop, share: 0, model: .gpt4oMini, style: .langfuse, retries: 1,
            tokens: (1500, 130), tools: ["search_flights", "price_quote"], topic: .travel),
        Agent(
            name: "hotel-finder", service: "travel", workflow: .loop, share: 0, model: .gpt4oMini, style: .langfuse, retries: 1,
            tokens: (1500, 130), tools: ["search_hotels", "check_rooms"], topic: .travel),
    ]

    /// Cumulative shares of the agents that start traces.
    static let cumulativeShares: [Int] = {
        var total = 0
        return all.map {
            total += $0.share
            return total
        }
    }()

    /// Returns the index of the agent with this name.
    static func index(named name: String) -> Int? { all.firstIndex { $0.name == name } }
}
