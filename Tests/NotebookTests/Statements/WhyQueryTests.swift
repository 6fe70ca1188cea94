import Model
import QueryLanguage
import Synthesis
import Platform
import Testing

@testable import Importing
@testable import LocalStore
@testable import Notebook

/// A store with planted calls, and sessions at the end of their window.
struct PlantedStore {
    static let window = Window(from: Timestamp(seconds: 1_795_183_200), to: Timestamp(seconds: 1_795_269_600))

    let folder = TemporaryFolder()
    let history: PlantedHistory
    let path: String

    init(_ cause: PlantedCause, seed: UInt64 = 7, count: Int = 3000, onset: Int = 0) throws {
        history = PlantedHistory(cause, seed: seed, count: count, window: PlantedStore.window, onset: onset)
        path = folder.file("store.db")
        let store = try Store.open(path: path, create: true)
        try store.load(
            history.calls.enumerated().map { PlantedStore.trace(history, $1, number: $0) }, now: PlantedStore.window.to)
    }

    private static func trace(
        _ history: PlantedHistory, _ call: PlantedCall, number: Int
    ) -> (TraceRecord, [SpanRecord], [EventRecord]) {
        let id = "t\(number)"
        func value(_ field: String) -> String { history.value(field, of: call) }
        var span = SpanRecord(spanID: "s\(number)", kind: .llm)
        (span.start, span.end) = (call.time - .seconds(1), call.time)
        (span.provider, span.modelRequested, span.agent) = (value("provider"), value("model"), value("agent"))
        (span.release, span.environment, span.promptName) = (value("release"), value("environment"), value("prompt"))
        (span.host, span.user) = (value("host"), value("user"))
        span.attributes = #"{"region": "\#(value("region"))"}"#
        span.status = call.hasFailed ? .error : .ok
        if call.hasFailed { (span.httpStatus, span.statusMessage) = (500, "internal server error") }
        return (TraceRecord(traceID: id), [span], [])
    }

    func session(width: Int = 120) throws -> Session {
        var environment = testEnvironment(width: width)
        environment.pinnedNow = PlantedStore.window.to
        return try openSession(path, environment)
    }
}

@Suite("why QUERY")
struct WhyQueryTests {
    @Test("the planted cause is the first row, and its numbers are those of single queries")
    func cause() throws {
        let planted = try PlantedStore(.oneValue), session = try planted.session()
        let outcome = session.execute("why errors last 24h")
        let table = try #require(outcome.result?.answer.table, "\(outcome.reply.narration)")
        let first = try #require(table.rows.first)
        let (field, value) = try #require(planted.history.truth.values.first)
        let name = field == "region" ? "metadata.region" : field
        #expect(first[0] == .text(name) && first[1] == .text(value), "\(outcome.reply.output)")
        // Counts equal single queries.
        let errors = session.execute("errors where \(name) = \"\(value)\" last 24h show count").result?.answer.table.rows
        let calls = session.execute("calls where \(name) = \"\(value)\" and not failed last 24h show count").result?.answer.table
            .rows
        #expect(errors == [[first[2]]] && calls == [[first[4]]])
        // The rows behind a row are its errors.
        let drilled = session.execute("$1[1] limit all").result?.answer.table.rows.count
        #expect(first[2] == .count(Int64(drilled ?? -1)))
    }

    @Test("two values that fail only together are named together, in a question that runs")
    func together() throws {
        let planted = try PlantedStore(.twoValues, seed: 3, count: 6000), session = try planted.session()
        let output = session.run("why errors last 24h").output
        let line = output.split(separator: "\n").first { $0.hasPrefix("together: ") }
        for value in planted.history.truth.values.values { #expect(line?.contains(value) ?? false, "\(output)") }
        let question = try #require(output.split(separator: "\n").first { $0.hasPrefix("try: ") }).dropFirst(5)
        #expect(session.run(String(question)).exit == .ok, "\(question)")
    }

    @Test("without a cause one line says that nothing stands out, in text and as no rows of data")
    func nothing() throws {
        for cause in [PlantedCause.nothing, .drift, .season] {
            let session = try PlantedStore(cause, seed: 2).session()
            let output = session.run("why errors last 24h").output
            #expect(output.contains("nothing stands out"), "\(cause): \(output)")
            #expect(session.execute("why errors last 24h as json").reply.output == "[]\n")
        }
    }

    @Test("a cause that begins within the window is dated")
    func onset() throws {
        let planted = try PlantedStore(.oneValue, seed: 7, count: 6000, onset: 500), session = try planted.session()
        let since = session.execute("why errors last 24h").result?.answer.table.rows.first?.last
        guard case .time(let start)? = since, let began = planted.history.truth.began else {
            Issue.record("no onset: \(session.run("why errors last 24h").output)")
            return
        }
        #expect(abs((start - began).inNanoseconds) <= 3_600_000_000_000, "\(TimeText.iso(start)) for \(TimeText.iso(began))")
    }

    @Test("few errors, no errors and an empty store are said plainly")
    func little() throws {
        let session = try PlantedStore(.nothing, count: 60).session()
        #expect(session.run("why errors last 24h").output.contains("too few to compare"))
        #expect(session.run("why errors where type = timeout last 24h").output.contains("nothing to explain"))
        #expect(try openSession(Stores.empty).run("why errors last 24h").exit == .ok)
        #expect(session.run("why events last 24h").exit == .wrong)
    }

    @Test("a recorded contrast replays as the same; new data is drift")
    func replay() throws {
        let planted = try PlantedStore(.oneValue), session = try planted.session()
        let file = planted.folder.file("why.flq")
        for statement in ["why errors last 24h", "changes last 24h", "changes around 12h ago"] {
            #expect(session.run(statement).exit == .ok, "\(statement)")
        }
        #expect(session.run("save \"\(file)\"").exit == .ok)
        let reply = try planted.session().run("replay \"\(file)\" --check")
        #expect(reply.exit == .ok, "\(reply.output)\(reply.narration)")
    }
}

@Suite("changes")
struct ChangesStatementTests {
    @Test("a planted onset is a step of the error rate, within a bucket, and the value's rate rose first")
    func onset() throws {
        let planted = try PlantedStore(.oneValue, seed: 7, count: 12_000, onset: 500), session = try planted.session()
        let began = try #require(planted.history.truth.began)
        let table = try #require(session.execute("changes in error_rate last 24h").result?.answer.table)
        let steps = table.rows.compactMap { row -> Timestamp? in
            if case .time(let time) = row[0] { time } else { nil }
        }
        #expect(
            steps.contains { abs(($0 - began).inNanoseconds) <= 1_800_000_000_000 },
            "\(session.run("changes in error_rate last 24h").output)")
        let around = session.execute("changes around \(TimeText.iso(began)) +- 6h")
        let first = try #require(around.result?.answer.table.rows.first, "\(around.reply.output)\(around.reply.narration)")
        let (field, value) = try #require(planted.history.truth.values.first)
        #expect(
            first[1] == .text(field == "region" ? "metadata.region" : field) && first[2] == .text(value), "\(around.reply.output)"
        )
    }

    @Test("without a cause nothing changed, and nothing stands out around any time")
    func nothing() throws {
        let session = try PlantedStore(.nothing, seed: 4, count: 6000).session()
        #expect(session.run("changes last 24h").output.contains("nothing changed beyond chance"))
        #expect(session.run("changes around 10h ago +- 4h").output.contains("nothing of yours stands out"))
        #expect(session.run("changes around 20h ago +- 6h").output.contains("nothing to compare with"))
    }

    @Test("measures that are no series, and clauses of other statements, are refused with their place")
    func mistakes() throws {
        let session = try PlantedStore(.nothing, count: 60).session()
        for text in [
            "changes in users", "changes in error_rate around 13:20", "changes around 13:20 by model", "changes sort count",
            "changes in",
        ] {
            #expect(session.run(text).exit == .wrong, "\(text)")
        }
        #expect(session.run("changes in p95(latency), cost by prompt last 7d where environment = production").exit == .ok)
    }
}
