import Errors
import Model
import Testing

@Suite("Evidence")
struct EvidenceTests {
    let assessor = Assessor()

    private func evidence(_ span: SpanEvidence, _ events: [EventEvidence] = []) -> Evidence {
        assessor.assess(spans: [span], events: events).findings.first?.evidence ?? []
    }

    @Test("a successful call yields no finding")
    func clean() {
        let result = assessor.assess(spans: [span("a", .agent), span("b", in: "a")], events: [])
        #expect(result.findings.isEmpty && result.wrapperSpans.isEmpty && !result.failed)
        #expect(result.root == 0)
        #expect(assessor.assess(spans: [], events: []) == TraceFindings())
    }

    @Test("status ERROR and error levels are explicit evidence, WARNING is not")
    func explicit() {
        #expect(evidence(span("a", status: .error)) == .explicit)
        #expect(evidence(span("a", status: .unset) { $0.level = "ERROR" }) == .explicit)
        #expect(evidence(span("a", status: .unset) { $0.level = "fatal" }) == .explicit)
        #expect(evidence(span("a", status: .unset) { $0.level = "WARNING" }) == [])
        #expect(
            evidence(
                span("a", status: .unset) {
                    $0.level = "DEFAULT"; $0.statusMessage = "falling back"
                }) == [])
    }

    @Test("a structured error field counts when it has a value")
    func field() {
        for empty in ["", "null", "false", "0", "None", "{}", " "] {
            #expect(evidence(span("a", status: .unset) { $0.errorField = empty }) == [], "\(empty)")
        }
        #expect(evidence(span("a", status: .unset) { $0.errorField = "Connection error." }) == .field)
        #expect(evidence(span("a", status: .unset) { $0.errorType = "RateLimitError" }) == .field)
        #expect(evidence(span("a", status: .unset) { $0.httpStatus = 503 }) == .field)
        #expect(evidence(span("a", .span, status: .unset) { $0.httpStatus = 404 }) == [])
        #expect(evidence(span("a", status: .ok) { $0.httpStatus = 200 }) == [])
    }

    @Test("a broken stream counts even when the span says OK")
    func stream() {
        let result = assessor.assess(spans: [span("a") { $0.isBrokenStream = true }], events: [])
        #expect(result.findings.first?.evidence == .stream)
        #expect(result.findings.first?.type == .networkError)
    }

    @Test("a finished call without output is empty, if its source keeps content")
    func empty() {
        func call(_ change: (inout SpanEvidence) -> Void) -> SpanEvidence {
            span("a") {
                $0.keepsOutputs = true
                $0.hasOutput = false
                change(&$0)
            }
        }
        #expect(evidence(call { _ in }) == [], "unknown tokens are not zero")
        #expect(evidence(call { $0.countsOutputTokens = true }) == .empty, "unless the source counts them")
        #expect(evidence(call { $0.outputTokens = 0 }) == .empty)
        #expect(evidence(call { $0.outputTokens = 7 }) == [])
        #expect(evidence(call { $0.hasToolCalls = true }) == [])
        #expect(evidence(call { $0.keepsOutputs = false }) == [])
        #expect(
            evidence(
                call {
                    $0.keepsOutputs = false
                    $0.outputTokens = 0
                }) == [])
        #expect(evidence(call { $0.end = nil }) == [])
        #expect(evidence(call { $0.status = .inProgress }) == [])
        #expect(evidence(call { $0.kind = .embedding }) == [])
    }

    @Test("a call without output tokens that exceeded the limit timed out")
    func silentAndSlow() {
        func first(_ change: (inout SpanEvidence) -> Void) -> Finding? {
            let call = span("a", at: 0...45) {
                $0.hasOutput = false
                $0.keepsOutputs = true
                $0.outputTokens = 0
                change(&$0)
            }
            return assessor.assess(spans: [call], events: []).findings.first
        }
        let found = first { _ in }
        #expect(found?.type == .timeout && found?.severity == .error && found?.evidence.contains(.empty) == true)
        // Where outputs are not kept it is noticed and does not count.
        #expect(first { $0.keepsOutputs = false }?.type == .timeout)
        #expect(first { $0.keepsOutputs = false }?.evidence.isDisjoint(with: .default) == true)
        #expect(first { $0.end = $0.start.map { $0 + .seconds(2) } }?.type == .parseError)
        let reported = first {
            $0.end = $0.start.map { $0 + .seconds(2) }
            $0.reportedLatency = .milliseconds(31_500)
        }
        #expect(reported?.type == .timeout, "a finer reported latency counts")
    }

    @Test("an answer that a filter withheld whole is soft, and not empty beside; it failed where outputs are not kept")
    func withheld() {
        let refused = span("a") {
            $0.keepsOutputs = true
            $0.hasOutput = false
            $0.outputTokens = 0
            $0.finishReasons = ["content_filter"]
        }
        #expect(evidence(refused) == .soft)
        // Where outputs are not kept, the provider's word is all there is.
        var unseen = refused
        unseen.keepsOutputs = false
        #expect(evidence(unseen) == [.field, .soft])
        var cut = refused
        cut.finishReasons = ["length"]
        #expect(evidence(cut) == [.soft, .empty])
    }

    @Test(
        "a reason for which the model stopped says what failed",
        arguments: ["MALFORMED_FUNCTION_CALL", "malformed_tool_use", "error"])
    func failedReasons(reason: String) {
        let stopped = span("a") { $0.finishReasons = [reason] }
        #expect(evidence(stopped) == [.field, .soft])
        let finding = assessor.assess(spans: [stopped], events: []).findings.first
        #expect(finding?.type == (reason == "error" ? .serverError : .parseError) && finding?.rule == "evidence.finish")
        #expect(finding?.message.contains(reason) == true)
    }

    @Test(
        "exceptions that only steer are no failures, on spans and as events",
        arguments: [
            "langgraph.errors.GraphInterrupt", "ParentCommand", "temporalio.workflow.ContinueAsNewError",
        ])
    func steering(name: String) {
        let paused = span("a") {
            $0.status = .error
            $0.exceptionType = name
            $0.statusMessage = "approve?"
        }
        var event = EventEvidence(eventID: "e", kind: .exception)
        event.exceptionType = name
        let found = assessor.assess(spans: [paused], events: [event])
        #expect(found.findings.isEmpty && !found.failed)
        let told = span("b") {
            $0.status = .error
            $0.statusMessage = "GraphInterrupt((Interrupt(value='approve?'),))"
        }
        #expect(assessor.assess(spans: [told], events: []).findings.isEmpty)
        let failed = span("c") {
            $0.status = .error
            $0.statusMessage = "GraphRecursionError: limit of 25 reached"
        }
        #expect(assessor.assess(spans: [failed], events: []).findings.count == 1)
    }

    @Test("a stream without a finish reason and tokens was cut off where the source notes both of others")
    func cutStream() {
        let cut = span("a") {
            $0.isStream = true
            $0.hasOutput = true
            $0.marksStreamEnds = true
            $0.end = $0.start.map { $0 + .seconds(2) }
        }
        #expect(evidence(cut).contains(.stream))
        var unknown = cut
        unknown.marksStreamEnds = false
        #expect(evidence(unknown).isEmpty)
        var ended = cut
        ended.finishReasons = ["stop"]
        #expect(evidence(ended).isEmpty)
    }

    @Test("a mistake of code on the record of a call is an answer that could not be read")
    func unreadableAnswer() {
        func type(_ spans: [SpanEvidence]) -> ErrorType? { assessor.assess(spans: spans, events: []).findings.first?.type }
        #expect(type([failed("a", .llm, "'str' object has no attribute 'choices'")]) == .parseError)
        #expect(type([failed("a", .chain, "'str' object has no attribute 'choices'")]) == .unknown)
        #expect(type([failed("a", .llm, "create() got an unexpected keyword argument 'tokens'")]) == .unknown)
        #expect(type([failed("a", .llm, "KeyError: 'customer'")]) == .unknown)
    }

    @Test("a bug right after a call with an empty answer concerns that answer")
    func missingAnswer() {
        func type(_ change: (inout SpanEvidence) -> Void) -> ErrorType? {
            let spans = [
                failed("r", .agent, at: 0...3, "list index out of range"),
                span("x", in: "r", at: 0...1) { $0.outputTokens = 9 },
                span("y", in: "r", at: 1...2) {
                    $0.keepsOutputs = true
                    $0.hasOutput = false
                    $0.outputTokens = 1
                    change(&$0)
                },
            ]
            return assessor.assess(spans: spans, events: []).findings.first?.type
        }
        #expect(type { _ in } == .parseError)
        #expect(type { $0.hasOutput = true } == .unknown)
        #expect(type { $0.hasToolCalls = true } == .unknown)
        #expect(type { $0.keepsOutputs = false } == .parseError)
        #expect(
            type {
                $0.keepsOutputs = false
                $0.outputTokens = 9
            } == .unknown)
        #expect(type { $0.parentID = "elsewhere" } == .unknown)
    }

    @Test("a failure with little text has the signature of its exception class or status")
    func wordless() {
        let key = failed("a", .tool, "'A-74354'") { $0.exceptionType = "builtins.KeyError" }
        #expect(assessor.assess(spans: [key], events: []).findings.first?.signature == "KeyError: '…'")
        let status = span("a", status: .unset) { $0.httpStatus = 404 }
        let finding = assessor.assess(spans: [status], events: []).findings.first
        #expect(finding?.message == "HTTP 404" && finding?.signature == "HTTP 404" && finding?.type == .modelError)
    }

    @Test("slow, soft and anomalous calls are recorded but do not count")
    func quiet() {
        #expect(evidence(span("a", at: 0...31)) == .slow)
        #expect(evidence(span("a", at: 0...30)) == [])
        #expect(evidence(span("a", .agent, at: 0...300)) == [])
        #expect(evidence(span("a") { $0.finishReasons = ["length"] }) == .soft)
        #expect(evidence(span("a") { $0.finishReasons = ["SAFETY"] }) == .soft)
        #expect(evidence(span("a") { $0.finishReasons = ["tool_calls"] }) == [])
        #expect(evidence(span("a", status: .cancelled)) == .soft)
        #expect(evidence(span("a", at: 0...31) { $0.outputTokens = 0 }).contains(.anomaly))
        let priced = span("b", at: 2...3) {
            $0.keepsCost = true; $0.cost = Money(units: 1); $0.inputTokens = 3
        }
        let result = assessor.assess(spans: [span("a") { $0.inputTokens = 10 }, priced], events: [])
        #expect(result.findings.map(\.evidence) == [.anomaly])
        #expect(!result.failed)
        #expect(evidence(span("a") { $0.inputTokens = 10 }) == [])
    }

    @Test("an exception that was handled inside is not an error")
    func handledException() {
        let handled = event("e", .exception, of: "a", 0.5, "no") {
            $0.exceptionType = "KeyError"; $0.escaped = false
        }
        #expect(evidence(span("a"), [handled]) == [])
        #expect(evidence(span("a", .agent, status: .unset), [handled]) == [])
        let cancelled = event("e", .exception, of: "a", 0.5) { $0.exceptionType = "asyncio.exceptions.CancelledError" }
        #expect(evidence(span("a", .span, status: .unset), [cancelled]) == [])
    }

    @Test("an exception that escaped the span, or failed it, is explicit evidence")
    func escapedException() {
        let escaped = event("e", .exception, of: "a", 1, "Connection error.") { $0.escaped = true }
        #expect(evidence(span("a", .agent, status: .unset), [escaped]) == .explicit)
        let recorded = event("e", .exception, of: "a", 1, "Request timed out.") { $0.escaped = false }
        let result = assessor.assess(spans: [span("a", status: .error)], events: [recorded])
        #expect(result.findings.first?.evidence == .explicit)
        #expect(result.findings.first?.type == .timeout)
        #expect(result.findings.first?.message == "Request timed out.")
        #expect(evidence(span("a", status: .ok) { $0.hasOutput = false }, [recorded]) == .event)
    }

    @Test("five error events on one call are one error with the event's message")
    func eventsOfOneCall() {
        let events = (0..<5).map { event("e\($0)", of: "a", 0.5 + Double($0) / 10, "You exceeded your current quota") }
        let result = assessor.assess(spans: [span("a")], events: events)
        #expect(result.spans == [0] && result.events.isEmpty)
        #expect(result.findings.first?.evidence == .event)
        #expect(result.findings.first?.type == .quotaExceeded)
        #expect(result.failed)
    }

    @Test("fallback, retry and log events are not errors")
    func otherEvents() {
        for kind in [EventKind.fallback, .retry, .log, .lifecycle] {
            #expect(
                assessor.assess(spans: [span("a")], events: [event("e", kind, of: "a", 0.5, "rate limit exceeded")]).findings
                    .isEmpty)
        }
    }

    @Test("an event finds its call by parent, model and nearest end")
    func eventByModel() {
        let spans = [
            span("a", in: "p", at: 0...1) { $0.model = "openai/m-1" },
            span("b", in: "p", at: 2...3) {
                $0.model = "m-1"; $0.hasOutput = false
            },
            span("c", in: "p", at: 3.1...4) { $0.model = "m-2" },
            span("d", in: "q", at: 2...3) {
                $0.model = "m-1"; $0.hasOutput = false
            },
        ]
        let told = event("e", of: "p", 3.01, "Rate limit reached") { $0.model = "openai/m-1" }
        let result = assessor.assess(spans: spans, events: [told])
        #expect(result.spans == [1] && result.events.isEmpty)
    }

    @Test("an event without a call of its model is a lone error")
    func loneEvent() throws {
        let ok = span("a", in: "p", at: 5...6) { $0.model = "m-2" }
        let told = event("e", of: "p", 4, "You exceeded your current quota") { $0.model = "m-1" }
        let result = assessor.assess(spans: [ok], events: [told])
        let finding = try #require(result.findings.first)
        #expect(finding.subject == .event(0) && finding.type == .quotaExceeded && finding.evidence == .event)
        #expect(finding.recovery == .inferred && finding.recoveredAt == second(6))
        #expect(!result.failed)
        #expect(assessor.assess(spans: [], events: [told]).failed)
    }

    @Test("an event on a failed span of another kind belongs to it")
    func eventOfTool() {
        let result = assessor.assess(
            spans: [failed("t", .tool, at: 0...1, "no such city")], events: [event("e", of: "t", 0.5, "no such city")])
        #expect(result.spans == [0] && result.events.isEmpty)
        #expect(result.findings.first?.type == .toolError)
    }

    @Test("messages are redacted and truncated to 4 kB")
    func messages() {
        let long = "key sk-abcdefghijklmnop1234567890 " + String(repeating: "é", count: 5000)
        let finding = assessor.assess(spans: [failed("a", at: 0...1, long)], events: []).findings[0]
        #expect(finding.message.utf8.count <= 4096)
        #expect(finding.message.hasPrefix("key [redacted key] "))
        #expect(finding.signature.utf8.count <= Signature.limit + 3)
    }
}
