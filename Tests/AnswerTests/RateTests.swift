import LocalStore
import Model
import Testing
import TestSupport

@testable import QueryLanguage

/// Which groups an answer has, what rates and shares are taken of, and what a trace matches; counted by hand.
@Suite("Groups, rates and shares")
struct RateTests {
    private static let day = AwkwardHistory.november

    private func call(
        _ id: String, _ trace: String, second: Int64, _ model: String = "m1", provider: String = "openai", status: Int? = nil,
        attempts: Int? = nil, failure: String? = nil
    ) -> SpanRecord {
        var span = SpanRecord(spanID: id, kind: .llm)
        (span.traceID, span.name, span.modelRequested, span.provider) = (trace, "chat", model, provider)
        span.start = Timestamp(seconds: RateTests.day + second)
        span.end = Timestamp(seconds: RateTests.day + second + 1)
        (span.input, span.output) = ("q \(id)", failure == nil ? "an answer" : nil)
        span.status = failure == nil ? .ok : .error
        (span.statusMessage, span.httpStatus, span.attemptsMade) = (failure, status, attempts)
        span.outputTokens = failure == nil ? 5 : nil
        return span
    }

    private func store(_ spans: [SpanRecord], users: [String: String] = [:]) throws -> HistoryStore {
        let traces = Dictionary(grouping: spans) { $0.traceID ?? "" }.sorted { $0.key < $1.key }
        return try HistoryStore(
            traces.map { id, spans in
                var record = TraceRecord(traceID: id)
                record.user = users[id]
                return (record, spans, [])
            })
    }

    private func rows(_ text: String, _ history: HistoryStore) throws -> [[Value]] {
        try compiled(text, history.store).answer(from: history.store).table.rows
    }

    /// Of openai two of four calls are refused with 429, one of google's two ends with 500, anthropic's two end well.
    private func providers() throws -> HistoryStore {
        try store(
            [
                call("a1", "aaaaaaa1", second: 0, status: 429, failure: "Error code: 429 - rate limit exceeded"),
                call("a2", "aaaaaaa2", second: 10, status: 429, failure: "Error code: 429 - rate limit exceeded"),
                call("a3", "aaaaaaa3", second: 20, status: 200), call("a4", "aaaaaaa4", second: 30),
                call("b1", "bbbbbbb1", second: 40, "m2", provider: "anthropic", status: 200),
                call("b2", "bbbbbbb2", second: 50, "m2", provider: "anthropic"),
                call("c1", "ccccccc1", second: 60, "m3", provider: "google", status: 500, failure: "500 Internal Server Error"),
                call("c2", "ccccccc2", second: 70, "m3", provider: "google", status: 200),
            ], users: ["aaaaaaa1": "ann", "aaaaaaa3": "ben", "bbbbbbb1": "cat", "ccccccc1": "ann"])
    }

    private func ratio(_ a: Int64, _ b: Int64) -> Value { Ratio(a, of: b).map { .ratio($0) } ?? .missing }

    @Test("a group without a row of the noun is not in the answer, but where a rate comes first")
    func zeroGroups() throws {
        let history = try providers()
        #expect(
            try rows("errors by provider show count, error_rate on 2026-11-21", history) == [
                [.text("openai"), .count(2), ratio(2, 4)], [.text("google"), .count(1), ratio(1, 2)],
            ])
        #expect(
            try rows("errors by provider show error_rate on 2026-11-21", history) == [
                [.text("google"), ratio(1, 2)], [.text("openai"), ratio(2, 4)], [.text("anthropic"), ratio(0, 2)],
            ])
        #expect(try rows("errors by user on 2026-11-21", history).map(\.first) == [.text("ann"), .missing])
        #expect(try rows("errors by provider show count, calls, per_minute(calls) on 2026-11-21", history).count == 2)
        #expect(try rows("calls by type show count, errors on 2026-11-21", history).count == 3)
    }

    @Test("a result used as a condition holds only groups that have rows")
    func membership() throws {
        let history = try providers(), facts = try history.store.queryFacts()
        let query = try compiled("errors by trace on 2026-11-21 limit all", history.store)
        var context = CheckContext(now: Timestamp(seconds: RateTests.day + 50_000), coverage: facts.coverage)
        context.results = [1: ResultSource(query: query.query, answer: try query.answer(from: history.store))]
        let text = "calls where trace in $1 on 2026-11-21 show traces"
        guard let syntax = Parser.query(text).query else { return }
        let answer = try QueryCompiler().compile(syntax, text: text, context: context, facts: facts).answer(from: history.store)
        #expect(answer.table.rows == [[.count(3)]])
    }

    @Test("the folded groups are those with rows, and their rate is of their own calls")
    func folded() throws {
        let history = try providers()
        #expect(
            try rows("errors by provider show count, error_rate top 1 on 2026-11-21", history) == [
                [.text("openai"), .count(2), ratio(2, 4)], [.text("other (1 group)"), .count(1), ratio(1, 2)],
            ])
    }

    @Test(
        "a condition that only failed calls can meet leaves the denominator of errors alone",
        arguments: [
            "status = 429", "status = 4xx", "status >= 400 and not status >= 500", "status > 399 and status < 500",
            "status in (429, 500) and status != 500",
            "not (status < 400 or status is missing) and status = 429", "(status = 429 or type = authentication)",
            "failed and status = 429", "outcome = failed and status = 429",
        ])
    func statusOfErrors(_ condition: String) throws {
        #expect(
            try rows("errors where \(condition) by provider show count, error_rate on 2026-11-21", providers()) == [
                [.text("openai"), .count(2), ratio(2, 4)]
            ])
    }

    @Test("a condition that other calls can meet selects the calls of the rate, too")
    func statusOfCalls() throws {
        let history = try providers()
        #expect(try rows("errors where status != 500 show error_rate on 2026-11-21", history) == [[ratio(2, 7)]])
        #expect(try rows("errors where status is present show error_rate on 2026-11-21", history) == [[ratio(3, 6)]])
        #expect(
            try rows("errors by status show count, error_rate on 2026-11-21", history) == [
                [.count(429), .count(2), ratio(2, 8)], [.count(500), .count(1), ratio(1, 8)],
            ])
    }

    @Test("a rate of calls that can only have failed says so")
    func byConstruction() throws {
        let history = try providers()
        for (text, says) in [
            ("calls where status = 5xx show error_rate", true), ("calls where failed show reliability", true),
            ("calls where outcome = failed, recovered show error_rate", true),
            ("calls where status = 2xx show error_rate", false),
            ("calls where status = 5xx show count", false), ("errors where status = 5xx show error_rate", false),
        ] {
            let remarks = try compiled(text + " on 2026-11-21", history.store).answer(from: history.store).receipt.remarks
            #expect(remarks.contains { $0.contains("100% by construction") } == says, "\(text): \(remarks)")
        }
    }

    @Test("a share is of the rows whose values are known; without any it has no value")
    func unknownShares() throws {
        let history = try store([
            call("a1", "aaaaaaa1", second: 0), call("a2", "aaaaaaa2", second: 1),
            call("b1", "bbbbbbb1", second: 2, "m2", attempts: 3),
            call("b2", "bbbbbbb2", second: 3, "m2", attempts: 1), call("b3", "bbbbbbb3", second: 4, "m2"),
            call("b4", "bbbbbbb4", second: 5, "m2", failure: "Request timed out."),
        ])
        for (share, first, second) in [
            ("retries > 0", Value.missing, ratio(1, 2)), ("not retries > 0", .missing, ratio(1, 2)),
            ("retries != 0", .missing, ratio(1, 2)), ("retries is missing", ratio(2, 2), ratio(2, 4)),
            ("retries > 0 or model = m1", ratio(2, 2), ratio(1, 2)), ("retries > 0 and model = m1", .missing, ratio(0, 4)),
            ("ttft > 1s", .missing, .missing), ("cost > $0.1", .missing, .missing), ("user = ann", .missing, .missing),
            ("type = timeout", ratio(0, 2), ratio(1, 4)), ("failed", ratio(0, 2), ratio(1, 4)),
            ("status = 429", ratio(0, 2), ratio(0, 4)),
        ] {
            #expect(
                try rows("calls by model show share(\(share)) on 2026-11-21 sort model", history) == [
                    [.text("m1"), first], [.text("m2"), second],
                ], "\(share)")
        }
        let receipt = try compiled("calls show share(retries > 0) on 2026-11-21", history.store).answer(from: history.store)
            .receipt
        #expect(receipt.remarks == ["share(retries > 0) known for 2 of 6"])
    }

    @Test("`new` and `not new` may stand in `where` and in `having`")
    func newValues() throws {
        var early = call("a1", "aaaaaaa1", second: -90_000, failure: "Request timed out.")
        early.end = early.start
        let history = try store([
            early, call("a2", "aaaaaaa2", second: 10, failure: "Request timed out."),
            call("b1", "bbbbbbb1", second: 20, "m2", failure: "500 Internal Server Error"),
        ])
        let timeout = Value.text("Request timed out."), server = Value.text("500 Internal Server Error")
        for (clause, expected) in [
            ("having new", [server]), ("having not new", [timeout]), ("having new = yes", [server]),
            ("having new = no", [timeout]),
            ("where new", [server]), ("where not new", [timeout]), ("where new and model = m1", []), ("", [server, timeout]),
        ] as [(String, [Value])] {
            let found = try rows("errors by signature show count \(clause) on 2026-11-21", history).map { $0[0] }
            #expect(found == expected, "\(clause): \(found)")
        }
        #expect(try rows("errors where new show message on 2026-11-21", history) == [[server]])
        #expect(try rows("errors by model where not new show count on 2026-11-21", history) == [[.text("m1"), .count(1)]])
        #expect(try rows("errors show count(new), share(not new) by model on 2026-11-21 sort model", history).count == 2)
    }

    /// One trace with a rate limit and a timeout, one with a timeout alone, one without errors.
    private func mixed() throws -> HistoryStore {
        try store([
            call("a1", "aaaaaaa1", second: 0, status: 429, failure: "Error code: 429 - rate limit exceeded"),
            call("a2", "aaaaaaa1", second: 5, "m2", failure: "Request timed out."),
            call("b1", "bbbbbbb1", second: 10, failure: "Request timed out."), call("c1", "ccccccc1", second: 20, status: 200),
        ])
    }

    @Test(
        "a trace matches when any of its errors does, and two conditions may be met by two errors",
        arguments: [
            ("type = rate_limit and type = timeout", 1), ("type = rate_limit", 1), ("type = timeout", 2), ("type != timeout", 1),
            ("not type = rate_limit", 2), ("type in (rate_limit, timeout)", 2), ("type != rate_limit, timeout", 1),
            ("type is missing", 1), ("type is present", 2), ("type in (rate_limit, (none))", 2), ("not type is missing", 2),
            ("severity = WARNING and severity = ERROR", 1), ("severity >= ERROR", 2), ("severity < ERROR", 1),
            ("class = rate_limit and class = network_error", 1), ("status = 429 and type = timeout", 1), ("status = 4xx", 1),
            ("status != 429", 2), ("status is missing", 2), ("message has \"rate limit\" and message has \"timed out\"", 1),
            ("message is missing", 1), ("message !~ /rate/", 2), ("signature is present", 2),
        ] as [(String, Int64)])
    func traces(_ condition: String, _ count: Int64) throws {
        #expect(try rows("traces where \(condition) show count on 2026-11-21", mixed()) == [[.count(count)]])
    }

    @Test("traces are grouped and shown by their worst error, and the rows behind a group are as many as it says")
    func worst() throws {
        let history = try mixed(), facts = try history.store.queryFacts()
        let query = try compiled("traces by type show count on 2026-11-21", history.store)
        let answer = try query.answer(from: history.store)
        #expect(answer.table.rows == [[.text("timeout"), .count(2)], [.missing, .count(1)]])
        var context = CheckContext(now: Timestamp(seconds: RateTests.day + 50_000), coverage: facts.coverage)
        context.results = [1: ResultSource(query: query.query, answer: answer)]
        for (row, count) in [(1, 2), (2, 1)] {
            guard let syntax = Parser.query("$1[\(row)]").query else { continue }
            let behind = try QueryCompiler().compile(syntax, text: "$1[\(row)]", context: context, facts: facts)
            #expect(try behind.answer(from: history.store).table.rows.count == count)
        }
    }

    @Test("growth from nothing comes first by change, what vanished last, and `top` keeps it so")
    func changes() throws {
        var spans: [SpanRecord] = []
        func add(_ model: String, before: Int, now: Int) {
            for index in 0..<before + now {
                let second: Int64 = index < before ? -86_400 + Int64(index) : Int64(index - before)
                spans.append(call("\(model)\(index)", "\(model)aaaa\(index)", second: second, model))
            }
        }
        add("c1", before: 0, now: 2)
        add("a2", before: 4, now: 6)
        add("b3", before: 3, now: 0)
        add("d4", before: 0, now: 5)
        add("e5", before: 2, now: 2)
        let history = try store(spans)
        // Records begin before both windows.
        spans.append(call("z1", "ffffffff", second: -90_000, "z9"))
        let window = "from 2026-11-21 to 2026-11-21T00:00:07Z vs 1d"
        #expect(
            try rows("calls by model show count, change, delta \(window) sort change", history).map { [$0[0], $0[3], $0[4]] } == [
                [.text("d4"), .number(.infinity), .count(5)], [.text("c1"), .number(.infinity), .count(2)],
                [.text("a2"), .number(0.5), .count(2)], [.text("e5"), .number(0), .count(0)],
                [.text("b3"), .number(-1), .count(-3)],
            ])
        #expect(
            try rows("calls by model show count \(window) top 2 sort change", history).map(\.first) == [
                .text("d4"), .text("c1"), .text("other (3 groups)"),
            ])
        #expect(
            try rows("calls by model show count \(window) sort delta", history).map(\.first) == [
                .text("d4"), .text("a2"), .text("c1"), .text("e5"), .text("b3"),
            ])
        #expect(
            try rows("calls by model show count \(window) having change > 40% sort model", history).map(\.first) == [
                .text("a2"), .text("c1"), .text("d4"),
            ])
        #expect(
            try rows("calls by model show count top 2 sort model asc \(window)", history).map(\.first) == [
                .text("a2"), .text("b3"), .text("other (3 groups)"),
            ])
    }
}
