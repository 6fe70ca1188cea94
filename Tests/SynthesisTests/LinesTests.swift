import Model
import Testing

@testable import Synthesis

@Suite("Lines of a synthetic history")
struct LinesTests {
    @Test("every line is one JSON object")
    func linesAreJSON() {
        var wrong: [String] = []
        for trace in Histories.month.prefix(1500) {
            let lines = LangfuseLines.lines(of: trace)
            if lines.count != trace.spans.count + trace.events.count { wrong.append(trace.trace.traceID) }
            wrong += lines.filter { !JSONShape.isOneObject($0) }
        }
        #expect(wrong == [])
    }

    @Test("the lines have the same calls and errors as the records")
    func linesAgree() {
        for trace in Histories.month.filter({ !$0.failures.isEmpty }).prefix(300) {
            let lines = LangfuseLines.lines(of: trace)
            let calls = lines.count { $0.contains("\"type\":\"GENERATION\"") || $0.contains("\"type\":\"EMBEDDING\"") }
            #expect(calls == trace.calls)
            for failure in trace.failures {
                let own = lines.first { $0.hasPrefix("{\"id\":\"\(failure.spanID)\"") } ?? ""
                switch failure.evidence {
                case .event:
                    let parent = trace.spans.first { $0.spanID == failure.spanID }?.parentID ?? "none"
                    #expect(
                        lines.contains {
                            $0.contains("\"type\":\"EVENT\"") && $0.contains("\"level\":\"ERROR\"")
                                && $0.contains("\"parentObservationId\":\"\(parent)\"")
                        })
                case .field: #expect(own.contains("\"error\":\""))
                case .empty: #expect(own.contains("\"output\":\"\"") && own.contains("\"output\":0,"))
                default: #expect(own.contains("\"level\":\"ERROR\""))
                }
            }
        }
    }

    @Test("a line uses Langfuse's names")
    func lineIsWritten() {
        var span = SpanRecord(spanID: "00f067aa0ba902b7", kind: .llm)
        span.traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
        span.name = "answer"
        span.start = Timestamp(nanoseconds: 1_795_269_900_000_001_000)
        span.end = Timestamp(nanoseconds: 1_795_269_901_250_000_000)
        span.modelRequested = "gpt-4o"
        span.inputTokens = 120
        span.cachedInputTokens = 40
        span.outputTokens = 30
        span.totalTokens = 150
        span.cost = Money(units: 55_000)
        span.agent = "support-chat"
        span.input = "say \"hi\"\n"
        span.output = "h\u{1}"
        span.status = .ok
        var trace = TraceRecord(traceID: "4bf92f3577b34da6a3ce929d0e0e4736")
        trace.tags = ["a", "b"]
        let made = SyntheticTrace(trace: trace, spans: [span], events: [], failures: [])
        #expect(
            LangfuseLines.lines(of: made) == [
                #"{"id":"00f067aa0ba902b7","traceId":"4bf92f3577b34da6a3ce929d0e0e4736","tags":["a","b"],"type":"GENERATION","name":"answer","startTime":"2026-11-21T14:05:00.000001Z","endTime":"2026-11-21T14:05:01.250000Z","parentObservationId":null,"level":"DEFAULT","statusMessage":null,"model":"gpt-4o","usageDetails":{"input":80,"input_cached_tokens":40,"output":30,"total":150},"costDetails":{"total":0.00055},"input":"say \"hi\"\n","output":"h\u0001","metadata":{"agent.name":"support-chat"}}"#
            ])
    }
}

/// Checks the structure: brackets match outside strings, strings are terminated, and nothing follows.
enum JSONShape {
    static func isOneObject(_ text: String) -> Bool {
        var open: [UInt8] = [], isText = false, isEscaped = false, ended = false
        for byte in text.utf8 {
            if ended || byte < 0x20 { return false }
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == 0x22 {
                    isText = false
                }
                continue
            }
            switch byte {
            case 0x22: isText = true
            case 0x7B, 0x5B: open.append(byte + 2)
            case 0x7D, 0x5D:
                guard open.popLast() == byte else { return false }
                ended = open.isEmpty
            default: if open.isEmpty { return false }
            }
        }
        return ended
    }
}
