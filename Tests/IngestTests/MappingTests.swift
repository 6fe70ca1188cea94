import Model
import Testing

@testable import Ingest

@Suite("Attributes to fields") struct MappingTests {
    @Test("the name table has a row per field, in field order")
    func table() {
        #expect(AttributeNames.table.map(\.field) == AttributeField.allCases)
        #expect(AttributeNames.table.allSatisfy { !$0.names.isEmpty })
    }

    @Test("every name in the table maps to its field")
    func lookup() {
        for row in AttributeNames.table {
            for (rank, name) in row.names.enumerated() {
                let entry = AttributeTable.spans.entry(JSONKey(name))
                #expect(entry?.field == row.field && entry?.rank == UInt8(rank), "\(name)")
            }
        }
        #expect(AttributeTable.spans.entry(JSONKey("model")) == nil)
        #expect(AttributeTable.events.entry(JSONKey("model"))?.field == .modelRequested)
    }

    @Test(
        "the kind of a span follows its convention's word",
        arguments: [
            ("openinference.span.kind", "RERANKER", SpanKind.reranker), ("gen_ai.operation.name", "execute_tool", .tool),
            ("llm.request.type", "chat", .llm), ("traceloop.span.kind", "workflow", .workflow),
            ("langfuse.observation.type", "generation", .llm), ("gen_ai.operation.name", "embeddings", .embedding),
            ("gen_ai.request.model", "gpt-4o", .llm), ("http.route", "/x", .span),
        ])
    func kinds(name: String, word: String, kind: SpanKind) throws { #expect(try mapped([(name, text(word))]).kind == kind) }

    @Test("each provider has one name, separate from the host")
    func providers() throws {
        #expect(ProviderNames.canonical("OpenAI") == "openai" && ProviderNames.canonical("gcp.vertex_ai") == "vertex_ai")
        #expect(ProviderNames.canonical("aws.bedrock") == "bedrock" && ProviderNames.canonical("Acme") == "acme")
        let azure = try mapped([("llm.system", text("openai")), ("llm.provider", text("azure"))])
        #expect(azure.provider == "openai" && azure.host == "azure")
        let base = try mapped([
            ("gen_ai.request.model", text("claude-x")), ("gen_ai.openai.api_base", text("https://api.example.com/v1")),
        ])
        #expect(base.provider == "anthropic" && base.host == "api.example.com")
        #expect(ProviderNames.split("openrouter/anthropic/claude-3") == ("anthropic", "claude-3"))
        #expect(ProviderNames.split("acme/own-model") == (nil, "acme/own-model"))
        #expect(ProviderNames.split("models/gemini-pro") == (nil, "gemini-pro"))
        #expect(ProviderNames.split("openai/") == (nil, "openai/"))
    }

    @Test("the requested and the answering model are separate")
    func models() throws {
        let span = try mapped([
            ("gen_ai.request.model", text("openai/gpt-4o")), ("gen_ai.response.model", text("gpt-4o-2024-08-06")),
        ])
        #expect(span.modelRequested == "gpt-4o" && span.modelResponded == "gpt-4o-2024-08-06" && span.provider == "openai")
        let invoked = try mapped([
            ("llm.model_name", text("m-1")), ("llm.invocation_parameters", text(#"{\"model\": \"m\", \"stream\": true}"#)),
        ])
        #expect(invoked.modelRequested == "m" && invoked.modelResponded == "m-1" && invoked.isStream == true)
    }

    @Test("an HTTP status is taken from attributes, also from a numeric error type")
    func httpStatus() throws {
        #expect(try mapped([("http.response.status_code", int(429))]).httpStatus == 429)
        #expect(try mapped([("error.type", text("503"))]).httpStatus == 503)
        #expect(try mapped([("http.status_code", text("200"))]).httpStatus == 200)
        #expect(
            try mapped([("error.type", text("Timeout")), ("error.code", text("insufficient_quota"))]).errorCode
                == "insufficient_quota")
        #expect(try mapped([("error.message", text("Error code: 429"))]).httpStatus == nil)
    }

    @Test("an error field counts only with a value")
    func errorField() throws {
        #expect(try mapped([("error", #"{"boolValue":false}"#)]).errorField == nil)
        #expect(try mapped([("error", text(""))]).errorField == nil)
        #expect(try mapped([("exception", text("boom"))]).errorField == "boom")
    }

    @Test("messages in any form become text, and an empty answer becomes nil")
    func messages() throws {
        let parts = #"[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]"#
        #expect(try mapped([("gen_ai.input.messages", text(parts))]).input == "user: hi")
        let tool =
            #"[{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool_call\",\"name\":\"f\",\"arguments\":{\"a\":1}}],\"finish_reason\":\"tool_call\"}]"#
        let called = try mapped([("gen_ai.operation.name", text("chat")), ("gen_ai.output.messages", text(tool))])
        #expect(called.output == #"[tool f {"a":1}]"# && called.hasToolCalls && called.finishReasons == ["tool_call"])
        let empty = #"[{\"role\":\"assistant\",\"parts\":[]}]"#
        #expect(try mapped([("gen_ai.output.messages", text(empty)), ("output.value", text("raw"))]).output == nil)
        #expect(try mapped([("output.value", text("raw"))]).output == "raw")
        let choices = #"{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}"#
        let whole = try mapped([("output.value", text(choices))])
        #expect(whole.output == "yes" && whole.finishReasons == ["stop"])
        #expect(try mapped([("input.value", text(#"{\"order\": 1}"#))]).input == #"{"order": 1}"#)
    }

    @Test("flattened messages keep their order")
    func flattened() throws {
        let span = try mapped([
            ("llm.input_messages.1.message.content", text("two")), ("llm.input_messages.0.message.content", text("one")),
            ("llm.input_messages.0.message.role", text("system")), ("gen_ai.completion.0.content", text("done")),
            ("gen_ai.completion.0.finish_reason", text("stop")),
        ])
        #expect(span.input == "system: one\ntwo" && span.output == "done" && span.finishReasons == ["stop"])
    }

    @Test("usage maps are summed by Langfuse's rule, and OpenAI's names are understood")
    func usage() throws {
        let details =
            #"{\"prompt_tokens\":41,\"completion_tokens\":23,\"total_tokens\":64,\"prompt_tokens_details\":{\"cached_tokens\":5}}"#
        let span = try mapped([("langfuse.observation.usage_details", text(details)), ("gen_ai.request.model", text("m"))])
        #expect(span.inputTokens == 41 && span.outputTokens == 23 && span.totalTokens == 64 && span.cachedInputTokens == 5)
    }

    @Test("costs are exact, and zero for a failure is unknown")
    func costs() throws {
        #expect(
            try mapped([("gen_ai.request.model", text("m")), ("llm.cost.total", #"{"doubleValue":0.00004}"#)]).cost
                == Money(units: 4000))
        let failed = try mapped(
            [("gen_ai.request.model", text("m")), ("gen_ai.cost.total_cost", int(0)), ("gen_ai.usage.input_tokens", int(0))],
            #","status":{"code":2}"#)
        #expect(failed.cost == nil && failed.inputTokens == nil)
        #expect(try mapped([("gen_ai.request.model", text("m")), ("llm.cost.total", int(0))]).cost == Money(units: 0))
        #expect(try mapped([("gen_ai.request.model", text("m")), ("gen_ai.usage.input_tokens", int(-5))]).inputTokens == nil)
    }

    @Test("a span without an agent name has no agent, unless it is one")
    func agents() throws {
        #expect(try mapped([("gen_ai.request.model", text("m"))]).agent == nil)
        #expect(try mapped([("openinference.span.kind", text("AGENT"))]).agent == "x")
        #expect(try mapped([("graph.node.id", text("planner"))]).agent == "planner")
        #expect(try mapped([("traceloop.span.kind", text("agent")), ("traceloop.entity.name", text("e"))]).agent == "e")
        #expect(try mapped([("traceloop.span.kind", text("tool")), ("traceloop.entity.name", text("e"))]).agent == nil)
    }
}
