import Model
import QueryLanguage
import Testing

@testable import Notebook

@Suite("Rows of results that are explained and traced")
struct RowSubjectTests {
    private func fields(_ text: String, _ name: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix(name + " ") }
            .map { String($0.dropFirst(name.count).drop { $0 == " " }) }
    }

    @Test("`why $1[k]` explains exactly the error of that row, also of a trace with many")
    func why() throws {
        let session = try openSession(Stores.tour)
        let listed = session.execute("errors show time, type, trace, span last 30d limit 60").result?.answer.table
        let table = try #require(listed)
        var traces: [Value: Int] = [:]
        for row in table.rows { traces[row[2], default: 0] += 1 }
        #expect(traces.values.contains { $0 > 1 }, "no trace has two errors: the test shows nothing")
        for (index, row) in table.rows.enumerated() {
            let why = session.run("why $1[\(index + 1)]").output
            #expect(fields(why, "type").count == 1, "row \(index + 1): \(why)")
            guard case .text(let type) = row[1] else { continue }
            #expect(fields(why, "type")[0].hasPrefix(type), "row \(index + 1): \(why)")
            if case .text(let span) = row[3] { #expect(fields(why, "span") == [span], "row \(index + 1): \(why)") }
        }
    }

    @Test("`trace $1[k]` marks the row's span, and no other")
    func trace() throws {
        let session = try openSession(Stores.tour)
        let listed = session.execute("errors show time, type, trace, span last 30d limit 20").result?.answer.table
        let table = try #require(listed)
        for index in table.rows.indices {
            let shown = session.run("trace $1[\(index + 1)]").output.split(separator: "\n")
            let marked = shown.filter { $0.contains("▶ ✗") }
            #expect(
                marked.count == 1 && shown.count { $0.contains("▶") } == 2, "row \(index + 1): \(shown.joined(separator: "\n"))")
            #expect(shown.contains { $0.hasPrefix("▶ row \(index + 1) of $1") })
        }
    }

    @Test("a row of a group stands for the newest behind it, and says so")
    func groups() throws {
        let session = try openSession(Stores.tour)
        _ = session.run("errors by type last 30d")
        let newest = session.run("$1[1] show type, span limit 1 as csv").output
        let why = session.run("why $1[1]").output
        #expect(fields(why, "type").count == 1)
        for span in fields(why, "span") { #expect(newest.contains(span), "\(newest)") }
        #expect(session.run("trace $1[1]").output.contains("▶ the newest row behind row 1 of $1"))
    }

    @Test("a call that ended well is no error, and a trace is explained whole")
    func others() throws {
        let session = try openSession(Stores.tour)
        _ = session.run("calls where not failed last 30d limit 1")
        #expect(session.run("why $1[1]").output.hasPrefix("row 1 of $1 is not an error: span "))
        let traces = session.execute("traces where errors > 1 last 30d limit 1")
        guard case .count(let errors)? = traces.result?.answer.table.rows.first?[4] else { return }
        let why = session.run("why $3[1]").output
        #expect(fields(why, "type").count == Int(errors), "\(why)")
    }

    @Test("a row that is not there is told with its place, and a span typed by its id is marked too")
    func mistakes() throws {
        let session = try openSession(Stores.tour)
        let table = try #require(session.execute("errors show span last 30d limit 1").result?.answer.table)
        #expect(session.run("why $1[9]").narration.contains("cell 1 has no row 9 [no-row]"))
        #expect(session.run("why $1[9]").narration.contains("    ^^^^^\n"))
        guard case .text(let span) = table.rows[0][0] else { return }
        #expect(session.run("trace \(span)").output.contains("▶ the requested span"))
    }
}

@Suite("Values side by side")
struct CompareTests {
    @Test("a value without rows in the window keeps its column: no calls, no errors, no rate")
    func empty() throws {
        let session = try openSession(Stores.tour)
        let shown = session.execute("compare model gpt-4o, text-embedding-3-large last 10m")
        let figures = try #require(shown.result?.answer.table)
        #expect(figures.rows.map { $0[0] } == [.text("gpt-4o"), .text("text-embedding-3-large")], "\(shown.reply.shown)")
        for row in figures.rows where row[1] == .count(0) { #expect(row[2] == .count(0) && row[3] == .missing) }
        #expect(figures.rows.contains { $0[1] == .count(0) } && shown.reply.output.contains("no calls of"))
    }

    @Test("patterns and values with rows get no empty column")
    func whole() throws {
        let session = try openSession(Stores.tour)
        let figures = session.execute("compare model gpt-4o*, o3-mini last 30d").result?.answer.table
        #expect(try #require(figures).rows.allSatisfy { $0[1] != .count(0) })
    }

    @Test("one value twice is a mistake; it is left out where two are left, else replaced by the most frequent other one")
    func twice() throws {
        let session = try openSession(Stores.tour)
        let one = session.run("compare model gpt-4o, gpt-4o").narration
        #expect(one.contains("[compared-twice]"), "\(one)")
        #expect(one.contains("try: compare model gpt-4o, gpt-4o-mini\n"), "\(one)")
        let two = session.run("compare model gpt-4o, gpt-4o, o3-mini last 30d").narration
        #expect(two.hasSuffix("try: compare model gpt-4o, o3-mini last 30d\n"), "\(two)")
    }
}
