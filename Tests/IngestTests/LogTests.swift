import Glibc
import Model
import Testing

@testable import Ingest

@Suite("Logs") struct LogTests {
    @Test(
        "lengths of time are read in the unit that their name tells",
        arguments: [
            ("latency_ms", "1500"), ("latency", "1.5"), ("latency_sec", "1.5"), ("duration_seconds", "1.5"),
            ("elapsed_ms", "1500"),
            ("elapsed_seconds", "1.5"), ("took_ms", "1500"), ("responseTime", "1500"), ("total_time_s", "1.5"),
            ("durationMs", "1500"),
            ("duration_us", "1500000"), ("latency_ns", "1500000000"), ("duration", "1.5s"), ("elapsed", "1500ms"),
            ("took", "0:00:01.5"),
            ("llm_latency_seconds", "1.5"), ("request_duration_ms", "1500"), ("inference_time_ms", "1500"),
            ("duration_in_ms", "1500"),
        ])
    func latency(name: String, value: String) throws {
        let row = #"{"ts":"2026-11-30T09:00:00Z","model":"gpt-4o","\#(name)":"\#(value)","tokens_in":3}"#
        #expect(try Reading(text: row + "\n").spans.first?.reportedLatency == .milliseconds(1500))
    }

    @Test("whole numbers without a unit are milliseconds when most of a log's are too many seconds")
    func unitless() throws {
        let rows = [900, 1200, 40].map {
            #"{"ts":"2026-11-30T09:00:00Z","model":"m","provider":"openai","latency":\#($0)}"# + "\n"
        }
        #expect(try Reading(text: rows.joined()).spans.map(\.reportedLatency) == [900, 1200, 40].map { .milliseconds($0) })
    }

    @Test("tokens and costs are found by the words of their names; limits, rates and prices are none")
    func quantities() throws {
        let row =
            #"{"ts":"2026-11-30T09:00:00Z","model":"m","promptTokens":10,"completion_token_count":5,"max_tokens":99,"tokens_per_second":3.5,"est_cost_usd":0.25,"cost_limit":9}"#
        let span = try #require(try Reading(text: row + "\n").spans.first)
        #expect(span.inputTokens == 10 && span.outputTokens == 5 && span.totalTokens == nil && span.cost == Money(dollars: 0.25))
        let nested = #"{"ts":"2026-11-30T09:00:00Z","model":"m","usage":{"input":7,"output":2,"total":9,"cost":0.5}}"#
        let other = try #require(try Reading(text: nested + "\n").spans.first)
        #expect(other.inputTokens == 7 && other.outputTokens == 2 && other.totalTokens == 9 && other.cost == Money(dollars: 0.5))
    }

    @Test(
        "a row tells by any of its flags that it failed",
        arguments: [
            #""success":false"#, #""ok":"no""#, #""is_error":true"#, #""status":"timeout""#, #""outcome":"failed""#,
            #""error":true"#,
            #""status":429"#, #""level":"error","msg":"x""#, #""error_code":"E17""#, #""err":{"message":"boom"}"#,
            #""response":{"status":503}"#, #""type":"llm_error""#, #""result":{"success":false}"#, #""state":"rate_limited""#,
        ])
    func failed(member: String) throws {
        let rows =
            #"{"ts":"2026-11-30T09:00:00Z","model":"m","latency_ms":5,"status":"ok"}"# + "\n"
            + #"{"ts":"2026-11-30T09:00:01Z","model":"m","latency_ms":5,\#(member)}"# + "\n"
        #expect(try Reading(text: rows).spans.map(\.status) == [.ok, .error])
    }

    @Test(
        "a row that says that all went well, or that somebody stopped it, has not failed",
        arguments: [
            #""success":true,"error":null"#, #""error":"none""#, #""status":"completed""#, #""error_code":0"#, #""status":200"#,
            #""errors":[]"#, #""is_error":false,"level":"info""#, #""status":"cancelled""#, #""error":false"#,
            #""type":"error_free_call""#,
        ])
    func well(member: String) throws {
        let row = #"{"ts":"2026-11-30T09:00:00Z","model":"m","latency_ms":5,\#(member)}"#
        #expect(try Reading(text: row + "\n").spans.first.map { $0.status != .error } == true)
    }

    @Test("a word for the outcome that nobody knows is told, and no error")
    func unclear() throws {
        let rows = (0..<3).map { #"{"ts":"2026-11-30T09:00:0\#($0)Z","model":"m","latency_ms":5,"outcome":"rejected"}"# + "\n" }
            .joined()
        let reading = try Reading(text: rows)
        #expect(reading.spans.allSatisfy { $0.status == .ok })
        #expect(reading.notices.first?.what.hasPrefix("3 records have `outcome: rejected`; not counted as errors") == true)
    }

    @Test("columns mean what the user says")
    func mapping() throws {
        let rows = "when_made;vendor_x;took;problem\n2026-11-30T09:00:00Z;openai;250;Rate limit reached\n"
        #expect(throws: IngestError.self) { try Reading(text: rows) }
        let map = try ColumnMap("time=when_made, provider=vendor_x,latency_ms=took,error=problem")
        let span = try ColumnMap.$current.withValue(map) { try #require(try Reading(text: rows).spans.first) }
        #expect(
            span.provider == "openai" && span.reportedLatency == .milliseconds(250) && span.statusMessage == "Rate limit reached")
        #expect(try ColumnMap(map.text) == map)
        #expect(throws: ColumnMap.Fault.self) { try ColumnMap("lattency=took") }
        #expect(throws: ColumnMap.Fault.self) { try ColumnMap("took") }
    }

    @Test("a refusal says what was seen and which mapping reads the source")
    func refusal() throws {
        do {
            _ = try Reading(text: #"{"made":"2026-11-30T09:00:00Z","engine_x":"m","err_text":"boom"}"# + "\n")
            Issue.record("was read")
        } catch let error as IngestError {
            #expect(error.message.contains("made, engine_x, err_text"))
            #expect(error.message.contains("import --map time=made,error=err_text,model=COLUMN"))
        }
    }

    @Test("a row keeps its id whatever its columns are said to mean")
    func identity() throws {
        let rows = "time,provider,took\n2026-11-30T09:00:00Z,openai,250\n"
        let plain = try Reading(text: rows).spans.map(\.spanID)
        let mapped = try ColumnMap.$current.withValue(try ColumnMap("latency_ms=took")) {
            try Reading(text: rows).spans.map(\.spanID)
        }
        #expect(plain == mapped && plain.count == 1)
    }

    @Test("a log of lines: messages of several lines, tracebacks, levels in any place, prefixes of containers")
    func lines() throws {
        let text = """
            2026-11-30 09:00:00,100 INFO app: first
              goes on
            [2026-11-30 09:00:01 +0000] [7] [ERROR] worker died
            2026/11/30 09:00:02 plain words about an ERROR in a sentence
            web-1  | 2026-11-30T09:00:03Z WARN slow
            ERROR 11-30 09:00:04 [engine.py:1] Traceback (most recent call last):
            ERROR 11-30 09:00:04 [engine.py:1]   File "x"
            ERROR 11-30 09:00:04 [engine.py:1] ValueError: bad
            """
        let events = try Reading(text: text + "\n").events
        #expect(events.map(\.level) == ["INFO", "ERROR", nil, "WARN", "ERROR"])
        #expect(events.map(\.kind) == [.log, .error, .log, .log, .exception])
        #expect(events.last?.exceptionType == "ValueError" && events.last?.message == "bad")
        #expect(events.first?.stack == "  goes on")
    }

    @Test("text of a diary and a table of other things are refused")
    func others() {
        for text in [
            "2026-11-30 09:00 we went out\nhello\n", "when,thing\n2026-11-30T09:00:00Z,a\n", #"{"name":"x","value":1}"# + "\n",
        ] {
            #expect(throws: IngestError.self) { try Reading(text: text) }
        }
    }

    @Test("a document without its usual wrapper is read whole")
    func unwrapped() throws {
        let trace =
            #"{"traceID":"8c72645033aa8810f2b2fa49235ca09b","spans":[{"traceID":"8c72645033aa8810f2b2fa49235ca09b","spanID":"6a2397aa56faf8d7","operationName":"x","startTime":1782706640334893,"duration":5}]}"#
        #expect(try Reading(text: trace.replacing(",\"spans\"", with: ",\n\"spans\"")).spans.count == 1)
    }

    @Test("a flag of an attribute, and one in a tool's result, tell of a failure that no status tells of")
    func flags() throws {
        let tool = ("gen_ai.operation.name", text("execute_tool"))
        let flag = ("mcp.tool.result.is_error", #"{"boolValue":true}"#)
        #expect(try mapped([tool, flag]).errorField == "mcp.tool.result.is_error: true")
        let result = ("gen_ai.tool.call.result", text(#"{\"content\":[{\"type\":\"text\",\"text\":\"boom\"}],\"isError\":true}"#))
        #expect(try mapped([tool, result]).errorField == "boom")
        #expect(try mapped([tool, ("tool.success", #"{"boolValue":false}"#)]).errorField == "tool.success: false")
        #expect(try mapped([tool, ("tool.success", #"{"boolValue":true}"#)]).errorField == nil)
        // A check that did not pass is a result, not a failure of the span.
        #expect(try mapped([tool, ("guardrail.check.success", #"{"boolValue":false}"#)]).errorField == nil)
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let found = firstRange(of: part) else { return self }
        return String(self[..<found.lowerBound]) + other + String(self[found.upperBound...])
    }
}
