import Model
import QueryLanguage
import Testing

@testable import Notebook

@Suite("Expectations and watching")
struct ExpectationTests {
    @Test(
        "an assertion holds when it holds for every row",
        arguments: [
            "count > 0", "count >= 1 and share <= 100%", "rows > 3", "not count = 0", "type != nonsense",
            "type has \"_\" or count > 0",
            "error_rate is present", "error_rate < 100%", "rate < 1", "type is present", "rows >= 1 and rows < 1k", "share > 0",
            "type in (rate_limit, timeout) or count > 0", "type = * ", "count > 0 or type = x*y",
            "type ~ /_|t/", "type !~ /XYZ/",
        ])
    func holds(_ condition: String) throws {
        let session = try openSession()
        _ = session.run("errors by type all")
        let reply = session.run("expect \(condition)")
        #expect(reply.exit == .ok && reply.output == "holds\n", "\(reply.narration)")
    }

    @Test(
        "units are those of the language",
        arguments: [
            ("calls by model show p95(latency) all", "p95(latency) < 10m", true),
            ("calls by model show p95(latency) all", "p95(latency) < 1ms", false),
            ("calls show cost all", "cost < $1000", true), ("calls show cost all", "cost > $1_000_000", false),
            ("calls show first_seen all", "first_seen < 2026-11-21T14:00", true),
            ("calls show first_seen all", "first_seen > 2d ago", false),
            ("calls show count all", "count < 10k", true), ("errors show time, severity all limit 3", "severity >= INFO", true),
            ("errors all limit 3", "time > 2020-01-01", true),
        ])
    func units(_ query: String, _ condition: String, _ holds: Bool) throws {
        let session = try openSession()
        #expect(session.run(query).exit == .ok)
        let reply = session.run("expect \(condition)")
        #expect(reply.exit == (holds ? .ok : .wrong) && !reply.narration.contains("["), "\(reply.narration)")
    }

    @Test("a failed one names the cell and the first offending row, and ends with 1")
    func fails() throws {
        let session = try openSession()
        _ = session.run("errors by type all")
        let reply = session.run("expect count < 1")
        #expect(reply.exit == .wrong)
        #expect(
            reply.narration.hasPrefix("cell 2: expectation failed: row 1 (") && reply.narration.contains("count is "),
            "\(reply.narration)")
        #expect(reply.narration.contains(" rows\n"))
        #expect(session.run("expect rows = 2").narration.contains("rows is "))
    }

    @Test("a missing value satisfies no comparison, and is named")
    func missing() throws {
        let session = try openSession()
        _ = session.run("calls by model show count, cost where cost is missing and outcome = failed last 7d")
        let reply = session.run("expect cost >= $0")
        #expect(reply.exit == .wrong && reply.narration.contains("cost is missing"), "\(reply.narration)")
    }

    @Test("rows that were cut off count, as far as they are known")
    func cut() throws {
        let session = try openSession()
        _ = session.run("calls all")
        #expect(session.run("expect rows = 50").exit == .wrong)
        #expect(session.run("expect rows > 200").exit == .ok)
    }

    @Test("`expect no` holds when there is nothing, and the noun must be the result's")
    func nothing() throws {
        let session = try openSession()
        _ = session.run("errors where model = gpt-4o and latency > 9d all")
        #expect(session.run("expect no errors").exit == .ok && session.run("expect no rows").exit == .ok)
        #expect(session.run("expect no firings").narration.contains("about errors"))
        #expect(session.run("expect no nonsense").exit == .wrong)
        _ = session.run("errors show count all")
        #expect(session.run("expect no errors").narration.contains("found "))
        _ = session.run("errors show count on 2020-01-01")
        #expect(session.run("expect no errors").exit == .ok)
        _ = session.run("errors all")
        #expect(session.run("expect no errors").exit == .wrong)
    }

    @Test(
        "mistakes in assertions are shown with carets",
        arguments: [
            ("expect", "expected"), ("expect cuont > 1", "unknown-column"), ("expect count > 5s", "wrong-unit"),
            ("expect count", "not-a-flag"),
            ("expect count > 1 extra", "unexpected-text"), ("expect share > 5", "wrong-unit"),
            ("expect type ~ /(x/", "bad-pattern"),
            ("expect count > 1, 2", "one-value"), ("expect count has \"x\"", "not-text"),
        ])
    func mistakes(_ statement: String, _ id: String) throws {
        let session = try openSession()
        _ = session.run("errors by type all")
        let reply = session.run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("[\(id)]"), "\(reply.narration)")
    }

    // MARK: Watching

    @Test("`watch` asks until the condition is true for some row, shows each answer, and tells what changed")
    func watch() throws {
        let folder = TemporaryFolder()
        let session = try openSession(Stores.copy(Stores.small, in: folder))
        let importer = try Session(store: session.store, environment: testEnvironment())
        var shown: [String] = []
        session.console.emit = { reply in
            shown.append(reply.output)
            // Somebody else brings data in between two looks.
            let time = "2026-11-21T13:0\(shown.count):00Z"
            if shown.count < 3 {
                _ = importer.run("import \"\(folder.write("late\(shown.count).jsonl", LateError.line(at: time)))\"")
            }
        }
        let before = session.run("errors show count where message has \"late error\" all as csv").output
        #expect(before == "count\r\n0\r\n")
        let reply = session.run("watch 100ms errors show count where message has \"late error\" all until count >= 2")
        #expect(reply.exit == .ok && reply.narration.contains("asked 3 times: the condition is true"), "\(reply.narration)")
        #expect(shown.count == 3 && shown[1].contains("changed: count 0 to 1") && shown[2].contains("count 1 to 2"), "\(shown)")
        #expect(shown.allSatisfy { !$0.contains("\u{1B}") })
        // The last answer is the cell's result.
        #expect(session.run("$ as csv").output == "count\r\n2\r\n")
    }

    @Test("groups that come and go are told, numbers that stay are not")
    func changes() {
        let columns = [ResultColumn("type", .text), ResultColumn("count", .count)]
        let old = ResultTable(columns: columns, rows: [[.text("a"), .count(1)], [.text("b"), .count(2)]])
        let new = ResultTable(columns: columns, rows: [[.text("a"), .count(3)], [.text("c"), .count(2)]])
        #expect(Changes(from: old, to: new, style: .init()).sentences == ["a count 1 to 3", "new: c", "gone: b"])
        #expect(Changes(from: old, to: old, style: .init()).sentences.isEmpty)
        #expect(Changes.mark(["a  12  7"], against: ["a  11  7"], theme: .colour) == ["a  \u{1B}[33m12\u{1B}[0m  7"])
        #expect(Changes.mark(["a  12  7"], against: ["a  12  7"], theme: .colour) == ["a  12  7"])
    }

    @Test("`until` of a range and `until` of a condition are told apart")
    func until() throws {
        let session = try openSession()
        for statement in [
            "watch 1s errors show count since 3h ago until 1h ago until count >= 0",
            "watch errors show count since 2026-11-20 until 2026-11-21 until count >= 0",
            "watch errors show count until rows = 1",
            "watch 1s $1 until rows = 1",
        ] {
            let reply = session.run(statement)
            #expect(reply.exit == .ok && reply.narration.contains("asked 1 time"), "\(statement): \(reply.shown)")
        }
    }

    @Test(
        "mistakes in what is watched",
        arguments: [
            ("watch", "expected"), ("watch 1s", "expected"), ("watch 1ns errors", "bad-duration"),
            ("watch errors by tpye until rows = 1", "unknown-field"),
            ("watch help", "not-watched"), ("watch errors by type until cuont > 1", "unknown-column"),
            ("watch nonsense", "unknown-statement"),
        ])
    func watchMistakes(_ statement: String, _ id: String) throws {
        let reply = try openSession().run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("[\(id)]"), "\(reply.narration)")
    }
}
