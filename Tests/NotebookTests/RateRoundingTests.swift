import LocalStore
import Model
import Testing

@testable import Notebook

@Suite("Rates of calls at their threshold")
struct RateRoundingTests {
    /// 20 calls of eleven models in one window, one of them failed: 5 % exactly, which the sum of eleven rates is not.
    private static let store = Stores.made("rounding.db") { store in
        let calls = [1, 1, 2, 2, 1, 1, 1, 2, 7, 1, 1]
        var traces: [(TraceRecord, [SpanRecord], [EventRecord])] = []
        for (model, count) in calls.enumerated() {
            for number in 0..<count {
                var span = SpanRecord(spanID: "\(model)-\(number)", kind: .llm)
                span.traceID = "t\(model)-\(number)"
                span.start = Stores.now - .seconds(Int64(100 + number))
                span.end = Stores.now - .seconds(Int64(90 + number))
                span.modelRequested = "m" + String(10 + model)
                span.provider = "openai"
                span.output = "done"
                if model == 0 {
                    span.status = .error
                    span.statusMessage = "Error code: 503 - overloaded"
                    span.httpStatus = 503
                } else {
                    span.status = .ok
                }
                traces.append((TraceRecord(traceID: "t\(model)-\(number)"), [span], []))
            }
        }
        try store.load(traces, now: Stores.now)
    }

    /// Prometheus 2.42 gives 5.000000000000002 for these eleven series, and fires.
    @Test("they are summed over the series that an exporter has, as Prometheus sums them")
    func sums() throws {
        let folder = TemporaryFolder()
        let path = folder.write(
            "r.yml",
            """
            groups:
            - name: g
              rules:
              - alert: High
                expr: sum(rate(llm_errors_total{status_code=~"5.."}[5m])) / sum(rate(llm_requests_total[5m])) * 100 > 5
            """)
        let reply = try openSession(RateRoundingTests.store).run("alert test \"\(path)\" last 10m step 1m as json")
        #expect(reply.output.contains("\"peak\":5.000000000000002"), "\(reply.shown)")
    }
}
