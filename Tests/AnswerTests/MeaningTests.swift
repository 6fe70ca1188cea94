import LocalStore
import Model
import Testing
import TestSupport

@testable import QueryLanguage

/// What questions mean, over a history small enough to count by hand.
@Suite struct MeaningTests {
    /// The first instant of the history's day, 2026-11-21.
    private static let day = AwkwardHistory.november

    /// Eight calls and two lone events on one morning:
    ///
    /// | hour | model | outcome |
    /// |---|---|---|
    /// | 8 | gpt-4o | rate limit, made good by the next |
    /// | 8 | gpt-4o | ok |
    /// | 9 | gpt-4o | timeout, open |
    /// | 9 | claude | ok, three times |
    /// | 11 | gpt-4o | slow, and ok but for that |
    /// | 11 | mini | server error, open |
    /// | 11 | – | two error events that belong to no call, one with model claude |
    private func history() throws -> HistoryStore {
        var traces: [AwkwardHistory.Trace] = []
        func call(
            _ id: String, _ trace: String, _ hour: Int64, _ model: String, minute: Int64 = 0, seconds: Int64 = 1,
            failure: String? = nil
        ) -> SpanRecord {
            var span = SpanRecord(spanID: id, kind: .llm)
            span.traceID = trace
            span.name = "chat"
            span.modelRequested = model
            span.provider = model == "claude" ? "anthropic" : "openai"
            span.start = Timestamp(seconds: MeaningTests.day + hour * 3600 + minute * 60)
            span.end = span.start.map { $0 + .seconds(seconds) }
            span.input = "q \(trace)"
            span.output = failure == nil ? "an answer" : nil
            span.status = failure == nil ? .ok : .error
            span.statusMessage = failure
            span.cost = Money(units: 1_000_000)
            span.inputTokens = 10
            span.outputTokens = failure == nil ? 5 : nil
            return span
        }
        func add(_ trace: String, _ spans: [SpanRecord], _ events: [EventRecord] = [], user: String? = nil) {
            var record = TraceRecord(traceID: trace)
            record.user = user
            traces.append((record, spans, events))
        }
        var root = call("a0", "aaaaaaa1", 8, "gpt-4o", seconds: 61)
        (root.kind, root.modelRequested, root.cost, root.name) = (.agent, nil, nil, "agent")
        var children = [
            call("a1", "aaaaaaa1", 8, "gpt-4o", failure: "Error code: 429 - rate limit exceeded"),
            call("a2", "aaaaaaa1", 8, "gpt-4o", minute: 1),
        ]
        for index in children.indices { children[index].parentID = "a0" }
        add("aaaaaaa1", [root] + children, user: "ann")
        add("aaaaaaa2", [call("b1", "aaaaaaa2", 9, "gpt-4o", failure: "Request timed out.")], user: "bob")
        add(
            "aaaaaaa3",
            [
                call("c1", "aaaaaaa3", 9, "claude"), call("c2", "aaaaaaa3", 9, "claude", minute: 1),
                call("c3", "aaaaaaa3", 9, "claude", minute: 2),
            ])
        add("aaaaaaa4", [call("d1", "aaaaaaa4", 11, "gpt-4o", seconds: 40)], user: "ann")
        var events: [EventRecord] = []
        for (id, model) in [("e1", nil), ("e2", "claude")] as [(String, String?)] {
            var event = EventRecord(eventID: id, kind: .error)
            event.time = Timestamp(seconds: MeaningTests.day + 11 * 3600 + 1800)
            event.message = "connection refused"
            event.model = model
            events.append(event)
        }
        add("aaaaaaa5", [call("f1", "aaaaaaa5", 11, "mini", failure: "500 Internal Server Error")], events)
        return try HistoryStore(traces)
    }

    private func answer(_ text: String, evidence: Evidence = .default) throws -> Answer {
        let history = try history()
        return try compiled(text, history.store, evidence: evidence).answer(from: history.store)
    }

    /// Rows as plain text: ratios as `1/4`.
    private func rows(_ text: String, evidence: Evidence = .default) throws -> [String] {
        try answer(text, evidence: evidence).table.rows.map { row in
            row.map { value in
                switch value {
                case .missing, .range: "–"
                case .text(let text): text
                case .count(let count): "\(count)"
                case .number(let number): "\(number)"
                case .time(let time): String(TimeText.iso(time).dropFirst(11).dropLast(4))
                case .duration(let length): Units.spelling(length)
                case .money(let money): "$\(money.dollars)"
                case .ratio(let ratio): "\(ratio.numerator)/\(ratio.denominator)"
                case .flag(let flag): flag ? "yes" : "no"
                }
            }.joined(separator: " ")
        }
    }

    @Test("a model without errors shows 0 of its calls; events without a call are counted beside the rate")
    func groupsOfCalls() throws {
        #expect(
            try rows("errors by model on 2026-11-21") == [
                "gpt-4o 2 2/5 2/4", "claude 1 1/5 0/3", "mini 1 1/5 1/1", "– 1 1/5 –",
            ])
        #expect(
            try rows("errors by model where provider = anthropic and type = timeout show error_rate on 2026-11-21") == [
                "claude 0/3"
            ])
    }

    @Test("conditions on what only errors have leave the denominator of a rate alone, whatever the noun")
    func denominators() throws {
        #expect(try rows("errors where type = timeout show count, calls, error_rate on 2026-11-21") == ["1 8 1/8"])
        #expect(try rows("calls where type = timeout show count, calls, error_rate on 2026-11-21") == ["1 8 1/8"])
        #expect(
            try rows("errors by type show error_rate where model = gpt-4o on 2026-11-21") == ["rate_limit 1/4", "timeout 1/4"])
        #expect(
            try rows("calls by type show count, error_rate where model = gpt-4o on 2026-11-21") == [
                "– 2 0/4", "rate_limit 1 1/4", "timeout 1 1/4",
            ])
        #expect(try rows("errors where not recovered and model = gpt-4o show reliability on 2026-11-21") == ["3/4"])
    }

    @Test("what does not count as an error has no type; evidence that is asked for counts")
    func evidence() throws {
        #expect(try rows("calls by type where latency > 30s show count on 2026-11-21") == ["– 1"])
        #expect(try rows("errors where latency > 30s show count on 2026-11-21") == ["0"])
        #expect(try rows("errors where latency > 30s show count on 2026-11-21", evidence: [.explicit, .slow]) == ["1"])
        #expect(try answer("errors by type on 2026-11-21", evidence: [.explicit, .slow]).receipt.evidence == [.explicit, .slow])
        #expect(try answer("errors by type on 2026-11-21").receipt.evidence == nil)
        #expect(try answer("failures on 2026-11-21", evidence: [.explicit]).receipt.remarks.count == 1)
        #expect(try answer("failures on 2026-11-21").receipt.remarks.isEmpty)
    }

    @Test("inside of what the sources cover an empty bucket is zero, outside it has no value")
    func coverage() throws {
        #expect(
            try rows("errors every 1h from 2026-11-21T06:00 to 2026-11-21T13:00") == [
                "06:00 –", "07:00 –", "08:00 1", "09:00 1", "10:00 0", "11:00 3", "12:00 –",
            ])
        #expect(
            try rows("errors every 1h show error_rate from 2026-11-21T08:00 to 2026-11-21T12:00") == [
                "08:00 1/2", "09:00 1/4", "10:00 –", "11:00 1/2",
            ])
    }

    @Test("top folds the rest into one row with its true percentiles, and shares add up")
    func folding() throws {
        #expect(
            try rows("calls by model show count, share, p50(latency), max(latency), distinct(user) top 1 on 2026-11-21") == [
                "gpt-4o 4 4/8 1s 40s 2", "other (2 groups) 4 4/8 1s 1s 0",
            ])
        // Groups that `having` drops are neither kept nor folded, and are told.
        let answer = try answer("errors by model show count having count >= 1 and share < 30% top 1 on 2026-11-21")
        #expect(answer.foldedGroups == 2)
        #expect(answer.table.rows.last == [.text("other (2 groups)"), .count(2)])
        #expect(answer.receipt.dropped == ["1 of 4 groups dropped by having, with 2 errors"])
    }

    @Test("a series ranks its groups by the measure over the whole window")
    func ranking() throws {
        // The median of each hour adds up to more for gpt-4o, the median of the day is the same for all: names decide.
        #expect(
            try rows("calls by model show p50(latency) every 12h top 1 on 2026-11-21").map { $0.split(separator: " ")[1] } == [
                "claude", "other", "claude", "other",
            ])
        #expect(
            try rows("calls by model show max(latency) every 12h top 1 from 2026-11-21 to 2026-11-21T12:00") == [
                "00:00 gpt-4o 40s", "00:00 other (2 groups) 1s",
            ])
    }

    @Test("a condition on calls selects the traces of which one call has it; a negated one those of which none has")
    func traces() throws {
        #expect(try rows("traces where model = gpt-4o show count on 2026-11-21") == ["3"])
        #expect(try rows("traces where model != gpt-4o show count on 2026-11-21") == ["2"])
        #expect(try rows("traces where type = rate_limit show trace, errors, failed on 2026-11-21") == ["aaaaaaa1 1 no"])
        #expect(try rows("failures show trace, type sort trace on 2026-11-21") == ["aaaaaaa2 timeout", "aaaaaaa5 server_error"])
        #expect(try rows("failures \"timed out\" show trace on 2026-11-21") == ["aaaaaaa2"])
        #expect(try rows("traces show errors, calls, max(duration) on 2026-11-21") == ["3 8 2m1s"])
    }

    @Test("the receipt counts errors and calls, and says what was cut")
    func receipts() throws {
        let grouped = try answer("errors by type on 2026-11-21").receipt
        #expect(grouped.errors == 5 && grouped.calls == 8 && !grouped.isCut)
        let counted = try answer("errors by type show count on 2026-11-21").receipt
        #expect(counted.errors == 5 && counted.calls == 8)
        let listed = try answer("errors on 2026-11-21 limit 2").receipt
        #expect(listed.isCut && listed.found == 5 && listed.errors == 5 && listed.calls == 8)
        let calls = try answer("calls by model show count on 2026-11-21 limit 1").receipt
        #expect(calls.calls == 8 && calls.errors == 5 && calls.isCut && calls.found == 3)
        let costs = try answer("calls by model show cost, sum(output_tokens) on 2026-11-21").receipt
        #expect(costs.remarks == ["output_tokens known for 5 of 8"])
        #expect(
            costs.window == Window(from: Timestamp(seconds: MeaningTests.day), to: Timestamp(seconds: MeaningTests.day + 86_400)))
    }

    @Test("severities sort by how grave they are, days of the week from Monday, types by name")
    func order() throws {
        #expect(
            try rows("errors by severity show count sort severity on 2026-11-21").map { $0.split(separator: " ")[0] } == [
                "ERROR", "WARNING",
            ])
        #expect(
            try rows("errors by severity show count sort severity asc on 2026-11-21").map { $0.split(separator: " ")[0] } == [
                "WARNING", "ERROR",
            ])
        #expect(
            try rows("errors show type, time sort type on 2026-11-21").map { String($0.split(separator: " ")[0]) } == [
                "network_error", "network_error", "rate_limit", "server_error", "timeout",
            ])
    }

    @Test("an empty store has no coverage, no rows and no trap")
    func emptyStore() throws {
        let history = try HistoryStore([])
        for text in [
            "errors", "calls by model", "errors every 1h", "errors by type every 1d all", "traces",
            "calls show p95(latency), cost", "errors over time all",
        ] {
            let answer = try compiled(text, history.store).answer(from: history.store)
            let isEmpty = answer.table.rows.allSatisfy { row in
                row.allSatisfy { value in
                    switch value {
                    case .missing, .count(0), .time: true
                    default: false
                    }
                }
            }
            #expect(isEmpty, "\(text): \(answer.table.rows)")
        }
    }

    @Test("events are rows of their own: a fallback stands for the model that was turned to")
    func events() throws {
        var trace = TraceRecord(traceID: "cccccc01")
        trace.user = "ann"
        var span = SpanRecord(spanID: "s1", kind: .llm)
        (span.traceID, span.start, span.agent) = ("cccccc01", Timestamp(seconds: MeaningTests.day), "planner")
        span.end = Timestamp(seconds: MeaningTests.day + 5)
        func event(_ id: String, _ kind: EventKind, _ second: Int64, _ model: String?, to turned: String? = nil) -> EventRecord {
            var event = EventRecord(eventID: id, kind: kind)
            (event.traceID, event.time) = ("cccccc01", Timestamp(seconds: MeaningTests.day + second))
            (event.model, event.fallbackModel, event.name) = (model, turned, "\(kind.name)_\(second)")
            event.message = "said at \(second)"
            event.attributes = "{\"attempt\": \(second), \"team\": \"search\"}"
            return event
        }
        let history = try HistoryStore([
            (
                trace, [span],
                [
                    event("e1", .retry, 1, "gpt-4o"), event("e2", .fallback, 2, "gpt-4o", to: "claude"),
                    event("e3", .log, 3, nil),
                ]
            )
        ])
        func rows(_ text: String) throws -> [[Value]] { try compiled(text, history.store).answer(from: history.store).table.rows }
        #expect(
            try rows("events show event, model, fallback_from, agent, user, trace all") == [
                [.text("log"), .missing, .missing, .text("planner"), .text("ann"), .text("cccccc01")],
                [.text("fallback"), .text("claude"), .text("gpt-4o"), .text("planner"), .text("ann"), .text("cccccc01")],
                [.text("retry"), .text("gpt-4o"), .missing, .text("planner"), .text("ann"), .text("cccccc01")],
            ])
        #expect(try rows("events \"said at 2\" show count all") == [[.count(1)]])
        #expect(try rows("events by fallback_from show count where fallback all") == [[.text("gpt-4o"), .count(1)]])
        #expect(
            try rows("events where model is missing and agent = planner show count, count(event = log) all") == [
                [.count(1), .count(1)]
            ])
        #expect(try rows("events where metadata.attempt > 1 and metadata.team = search show count all") == [[.count(2)]])
        #expect(try rows("events every 1s by event show count from 2026-11-21 to 2026-11-21T00:00:03Z").count == 3 * 2)
    }

    @Test("a history in which one clock is off by decades is still summed up")
    func largeSums() throws {
        var traces: [AwkwardHistory.Trace] = []
        for number in 0..<40 {
            var span = SpanRecord(spanID: "s\(number)", kind: .llm)
            span.traceID = "bbbbbb\(10 + number)"
            span.start = Timestamp(seconds: 0)
            span.end = Timestamp(seconds: MeaningTests.day)
            var event = EventRecord(eventID: "x\(number)", kind: .log)
            event.traceID = span.traceID
            event.time = Timestamp(seconds: 100)
            traces.append((TraceRecord(traceID: span.traceID ?? ""), [span], [event]))
        }
        let history = try HistoryStore(traces)
        let answer = try compiled("traces show count, sum(duration), max(duration) all", history.store).answer(
            from: history.store)
        // 40 times 56 years is more than 64 bits of nanoseconds.
        #expect(answer.table.rows[0][0] == .count(40) && answer.table.rows[0][1].isMissing && !answer.table.rows[0][2].isMissing)
    }
}
