import Errors
import Model
import Testing

@Suite("Propagation and wrappers")
struct PropagationTests {
    let assessor = Assessor()

    @Test("in a chain with one exception, the deepest span is the error")
    func chain() {
        let result = assessor.assess(
            spans: [
                failed("root", .chain, at: 0...9, "NotFoundError: Error code: 404 - no model x"),
                failed("agent", .agent, in: "root", at: 0...8, "NotFoundError: Error code: 404 - no model x"),
                failed("call", .llm, in: "agent", at: 1...2, "Error code: 404 - no model x"),
            ], events: [])
        #expect(result.spans == [2])
        #expect(result.failed && result.root == 0)
    }

    @Test("a message that contains the other counts as the same")
    func contained() {
        let result = assessor.assess(
            spans: [
                failed(
                    "root", .agent, at: 0...9,
                    "litellm.InternalServerError: Connection reset by peer. Model group m failed, no fallback."),
                failed("call", in: "root", at: 1...2, "litellm.InternalServerError: Connection reset by peer."),
            ], events: [])
        #expect(result.spans == [1])
    }

    @Test("propagation passes through spans without text")
    func throughUnset() {
        let result = assessor.assess(
            spans: [
                failed("root", .agent, at: 0...9, "Request timed out."),
                span("middle", .chain, in: "root", at: 0...8, status: .unset),
                failed("call", in: "middle", at: 1...2, "Request timed out."),
            ], events: [])
        #expect(result.spans == [2])
    }

    @Test("an ancestor with a different exception is a separate error")
    func another() {
        let result = assessor.assess(
            spans: [
                failed("root", .agent, at: 0...9, "KeyError: 'answer'"),
                failed("call", in: "root", at: 1...2, "Request timed out."),
            ], events: [])
        #expect(Set(result.spans) == [0, 1])
    }

    @Test("two equal failed attempts are two errors, their parents none")
    func attempts() {
        let result = assessor.assess(
            spans: [
                failed("root", .agent, at: 0...9, "Request timed out."),
                failed("step", .chain, in: "root", at: 0...8, "Request timed out."),
                failed("one", in: "step", at: 1...2, "Request timed out."),
                failed("two", in: "step", at: 3...4, "Request timed out."),
            ], events: [])
        #expect(result.spans == [2, 3])
    }

    @Test("a failed call without text borrows it from its parent")
    func borrowed() {
        let result = assessor.assess(
            spans: [
                failed("root", .agent, at: 0...9, "RateLimitError: Too many requests"),
                span("call", in: "root", at: 1...2, status: .error),
            ], events: [])
        #expect(result.spans == [1])
        #expect(result.findings.first?.type == .rateLimit)
    }

    @Test("a plain failed span without text is an echo")
    func echo() {
        let result = assessor.assess(
            spans: [
                failed("server", .span, at: 0...9, "litellm.Timeout: Request timed out."),
                failed("call", in: "server", at: 1...2, "litellm.Timeout: Request timed out."),
                span("failed mark", .span, in: "server", at: 8.9...9, status: .error),
            ], events: [])
        #expect(result.spans == [1])
    }

    @Test("a plain span beside a failed call with the same text is an echo")
    func echoBeside() {
        let result = assessor.assess(
            spans: [
                span("server", .span, at: 0...9, status: .unset), failed("call", in: "server", at: 1...2, "Request timed out."),
                failed("mark", .span, in: "server", at: 8...9, "litellm.Timeout: Request timed out. No fallback left."),
            ], events: [])
        #expect(result.spans == [1])
    }

    @Test("without parents, time and message decide folding")
    func torn() {
        let result = assessor.assess(
            spans: [
                failed("outer", .agent, in: "gone-1", at: 0...9, "Connection error."),
                failed("inner", in: "gone-2", at: 1...2, "Connection error."),
            ], events: [])
        #expect(result.spans == [1])
    }

    @Test("concurrent calls without parents that fail equally stay two errors")
    func concurrent() {
        let result = assessor.assess(
            spans: [failed("a", at: 0...9, "Connection error."), failed("b", at: 1...2, "Connection error.")], events: [])
        #expect(Set(result.spans) == [0, 1])
    }

    @Test("a call around a call is a wrapper, whether it failed or not")
    func wrapper() {
        let well = assessor.assess(
            spans: [span("outer", at: 0...3) { $0.model = "m" }, span("inner", in: "outer", at: 1...2) { $0.model = "m" }],
            events: [])
        #expect(well.wrapperSpans == [0] && well.findings.isEmpty)
        let failing = assessor.assess(
            spans: [
                failed("outer", at: 0...3, "all attempts failed") { $0.model = "m" },
                failed("inner", in: "outer", at: 1...2, "Connection error.") { $0.model = "m" },
            ], events: [])
        #expect(failing.wrapperSpans == [0] && failing.spans == [1])
    }

    @Test("an inner call without model and tokens is an echo of the outer one")
    func echoCall() {
        let result = assessor.assess(
            spans: [
                span("outer", at: 0...3) {
                    $0.model = "m"; $0.outputTokens = 4
                }, span("raw", in: "outer", at: 0...3),
            ], events: [])
        #expect(result.wrapperSpans == [1])
    }

    @Test("a tool between two calls makes them separate calls")
    func toolBetween() {
        let result = assessor.assess(
            spans: [span("outer", at: 0...9), span("tool", .tool, in: "outer", at: 1...8), span("inner", in: "tool", at: 2...3)],
            events: [])
        #expect(result.wrapperSpans.isEmpty)
    }

    @Test("a failed call around a successful one is a separate error")
    func ownError() {
        let result = assessor.assess(
            spans: [
                failed("outer", at: 0...3, "Failed to parse the answer") { $0.model = "m" },
                span("inner", in: "outer", at: 1...2) { $0.model = "m" },
            ],
            events: [])
        #expect(result.spans == [0] && result.wrapperSpans.isEmpty)
    }

    @Test("parent cycles and repeated ids are harmless")
    func circles() {
        let result = assessor.assess(
            spans: [
                failed("a", .agent, in: "b", "x failed"), failed("b", .agent, in: "a", "x failed"), failed("b", in: "b", "y"),
            ], events: [])
        #expect(!result.findings.isEmpty && result.failed)
    }

    @Test("a gateway's log record of a traced call counts neither as a call nor as an error")
    func copies() {
        let tree = [
            span("s", .workflow, at: 0...4, status: .error), span("a", in: "s", at: 1...2) { $0.requestID = "chatcmpl-1A-b" },
            failed("b", .llm, in: "s", at: 2...3, "Error code: 429 - slow down") { $0.requestID = "fcb45aea-24b0" },
        ]
        let records = [
            span("chatcmpl-1A-b", at: 1...2), failed("fcb45aea24b0", .llm, at: 2...3, "litellm.RateLimitError: slow down"),
            span("chatcmpl-2", at: 3...4),
        ]
        let both = Assessor().assess(spans: tree + records, events: [])
        #expect(both.wrapperSpans == [3, 4])
        #expect(both.spans == Assessor().assess(spans: tree, events: []).spans)
        // In a trace without errors just so.
        let clean = Assessor().assess(spans: [tree[1], records[0]], events: [])
        #expect(clean.wrapperSpans == [1] && clean.findings.isEmpty)
        // The record that alone tells of the failure is the one that stays.
        var silent = tree[2]
        (silent.status, silent.statusMessage) = (.ok, nil)
        let told = Assessor().assess(spans: [tree[1], silent, records[1]], events: [])
        #expect(told.wrapperSpans == [1] && told.spans == [2])
    }
}
