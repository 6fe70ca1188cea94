import Model
import Testing

@testable import Ingest

@Suite("Error logs") struct ErrorLogTests {
    @Test("JSON rows become calls, failed or not")
    func json() throws {
        let reading = try Reading("error-log.jsonl")
        #expect(reading.format == .errorLogJSON && reading.problems.isEmpty)
        let spans = reading.spans
        try #require(spans.count == 5)
        #expect(spans.allSatisfy { $0.kind == .llm && $0.traceID == nil })
        #expect(
            spans[0].status == .ok && spans[0].provider == "openai" && spans[0].attemptsMade == 1 && spans[0].inputTokens == 120)
        #expect(spans[0].reportedLatency == .milliseconds(850) && spans[0].httpStatus == 200)
        #expect(
            spans[1].status == .error && spans[1].errorType == "rate_limit" && spans[1].attemptsMade == 3
                && spans[1].httpStatus == 429)
        #expect(spans[1].start?.nanoseconds == 1_760_173_201_500_000_000)
        #expect(
            spans[2].errorType == "overloaded_error" && spans[2].httpStatus == 529
                && spans[2].modelRequested == "claude-sonnet-4-5")
        #expect(
            spans[4].status == .ok && spans[4].attributes == #"{"region":"eu","message":"ok"}"#
                && spans[4].reportedLatency == .milliseconds(1500))
        #expect(spans[4].start?.nanoseconds == 1_760_173_204_250_000_000)
    }

    @Test("CSV rows with quotes, line breaks and empty cells are read")
    func csv() throws {
        let reading = try Reading("error-log.csv")
        #expect(reading.format == .errorLogCSV && reading.problems.isEmpty)
        let spans = reading.spans
        try #require(spans.count == 4)
        #expect(spans.map(\.status) == [.ok, .error, .ok, .error])
        #expect(
            spans[1].statusMessage == "Incorrect API key provided: \"sk-...\",\nsee the docs, please"
                && spans[1].errorType == "auth_error")
        #expect(spans[2].httpStatus == nil && spans[2].attemptsMade == nil && spans[2].reportedLatency == nil)
        #expect(spans[3].reportedLatency == .microseconds(30_000_500))
        #expect(reading.lines == [2, 3, 5, 6])
    }

    @Test("rows without ids get a content id, and repetitions a number")
    func identity() throws {
        let first = try Reading("error-log.jsonl").spans.map(\.spanID),
            second = try Reading("error-log.jsonl").spans.map(\.spanID)
        #expect(first == second && Set(first).count == 5)
        #expect(first[3] == first[2] + ".2" && first[2].utf8.count == 16)
        let one = try Reading(text: "ts,provider,status_code\n1760173200,openai,429\n").spans.map(\.spanID)
        let two = try Reading(text: "ts,provider,status_code\n1760173100,openai,200\n1760173200,openai,429\n").spans.map(\.spanID)
        #expect(one.first == two.last)
    }

    @Test("ids and other columns are kept")
    func columns() throws {
        let text =
            "created_at;provider;agent;user_id;session;trace_id;span_id;request_id;http status;cost\n2025-10-11T09:00:00Z;openai;bot;u;s;AABBCCDD00112233;0011223344556677;r1;500;0.5\n"
        let span = try #require(try Reading(text: text).spans.first)
        #expect(span.agent == "bot" && span.user == "u" && span.session == "s" && span.requestID == "r1" && span.status == .error)
        #expect(span.traceID == "aabbccdd00112233" && span.spanID == "0011223344556677" && span.cost == Money(units: 50_000_000))
    }

    @Test("a row without a readable time is reported with its line")
    func time() throws {
        let reading = try Reading(text: "ts,provider\nyesterday,openai\n1760173200,openai\n99999999999999999999,openai\n")
        #expect(reading.spans.count == 1 && reading.problems.map(\.line) == [2, 4])
    }

    @Test("rows with too many cells, truncated rows and stray quotes are reported, the others are read")
    func damage() throws {
        let reading = try Reading(
            text:
                "ts,provider,model\n1760173200,openai,m,extra\n1760173201,openai,m\n1760173202,\"open\n1760173203,openai,m\n17601732"
        )
        #expect(reading.spans.compactMap { $0.start?.nanoseconds } == [1_760_173_201_000_000_000, 1_760_173_203_000_000_000])
        #expect(reading.problems.map(\.line) == [2, 4, 6])
    }

    @Test("absurdly large numbers are unknown")
    func extremes() throws {
        let text =
            "ts,provider,latency_ms,retry_count,cost,input_tokens\n1760173200,openai,1e300,9e99,1e30,-4\n9e14,openai,-1,,nan,1e400\n"
        let reading = try Reading(text: text)
        #expect(reading.spans.first?.reportedLatency == nil && reading.spans.first?.cost == nil)
        #expect(reading.spans.allSatisfy { $0.inputTokens == nil && $0.attemptsMade == nil })
    }

    @Test("numbered attempts of one request are one trace")
    func attempts() throws {
        let lines = (1...3).map { attempt in
            #"{"timestamp":"2026-11-30T09:00:0\#(attempt)Z","provider":"anthropic","model":"claude-opus-4-6","request_id":"job-7","attempt":\#(attempt),"#
                + (attempt < 3 ? #""error_message":"529 Overloaded"}"# : #""status_code":200,"output_tokens":3}"#)
        }
        let spans = try Reading(text: lines.joined(separator: "\n") + "\n").spans
        #expect(spans.map(\.traceID) == ["job-7", "job-7", "job-7"] && spans.map(\.attempt) == [1, 2, 3])
        #expect(spans.map(\.status) == [.error, .error, .ok])
    }
}
