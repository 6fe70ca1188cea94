import Analysis
import Model
import QueryLanguage
import Testing

@testable import Notebook

@Suite("`correlate`")
struct CorrelateStatementTests {
    /// The coefficients of two measures, from the series that a query of calls gives.
    private func plain(_ measures: String, _ rest: String, _ session: Session) throws -> [[Value]: SeriesCorrelation] {
        let answer = try #require(session.execute("calls show \(measures) \(rest)").result?.answer)
        let axis: TimeAxis, keys: Int
        switch answer.shape {
        case .series(let buckets): (axis, keys) = (buckets, 0)
        case .groupedSeries(let buckets, let count): (axis, keys) = (buckets, count)
        default: throw Diagnostics(text: "", [])
        }
        var pairs: [[Value]: (x: [Double?], y: [Double?])] = [:]
        for row in answer.table.rows {
            guard case .time(let start) = row[0], let place = axis.starts.firstIndex(of: start) else { continue }
            let isWhole = axis.isCovered(place) && !axis.isPartial(place)
            let names = Array(row[1..<1 + keys])
            pairs[names, default: ([], [])].x.append(isWhole ? row[1 + keys].magnitude : nil)
            pairs[names, default: ([], [])].y.append(isWhole ? row[2 + keys].magnitude : nil)
        }
        return pairs.mapValues { SeriesCorrelation.of($0.x, $0.y) }
    }

    @Test(
        "its rows are the coefficients of the series that a query gives",
        arguments: [
            ("p95(latency), error_rate", "every 6h last 30d"), ("count, cost", "every 1d last 30d"),
            ("count, tokens", "every 12h last 30d by provider"),
            ("count, errors", "every 1d last 30d by model where model is present"),
        ])
    func equalsPlain(measures: String, rest: String) throws {
        let session = try openSession(Stores.tour), plain = try plain(measures, rest, session)
        let answer = try #require(session.execute("correlate \(measures) \(rest)").result?.answer), table = answer.table
        #expect(table.rows.count == plain.count && !plain.isEmpty)
        let first = try #require(table.index(of: "n"))
        for row in table.rows {
            let expected = try #require(plain[Array(row[..<first])])
            #expect(row[first] == .count(Int64(expected.pairs)))
            #expect(row[first + 2].magnitude == expected.spearman?.coefficient)
            #expect(row[first + 4].magnitude == expected.pearson?.coefficient)
            #expect(row[first + 6].magnitude == expected.best.map { Double($0.buckets) })
            // Adjusted p-values are never smaller.
            if let p = row[first + 3].magnitude, let own = expected.spearman?.pValue { #expect(p >= own - 1e-12) }
        }
    }

    @Test("a count moves with the tokens it brings, and its row leads to the calls of the group")
    func standsOut() throws {
        let session = try openSession(Stores.tour)
        let reply = session.run("correlate count, tokens every 1d last 30d by provider")
        #expect(reply.output.contains("move together in") && reply.output.contains("rise together"), "\(reply.shown)")
        let behind = session.run("$1[1] show time, provider limit all as csv").output.split(separator: "\r\n").dropFirst()
        let name = session.run("$1 as csv").output.split(separator: "\r\n")[1].split(separator: ",")[0]
        #expect(!behind.isEmpty && behind.allSatisfy { $0.hasSuffix(",\(name)") })
    }

    @Test("where nothing stands out, or there is too little data, one line says so")
    func nothing() throws {
        let session = try openSession(Stores.tour)
        let few = session.run("correlate count, cost every 1h last 3h").output
        #expect(few.hasPrefix("count and cost: not enough data; "), "\(few)")
        let none = session.run("correlate count, cost every 1d last 30d where user = \"nobody at all\"").output
        #expect(none.contains("not enough data") || none.contains("never changes"), "\(none)")
    }

    @Test(
        "what cannot be correlated is a mistake with its place",
        arguments: [
            ("correlate p95(latency) every 1h", "correlate-needs-two"),
            ("correlate count, cost last 7d", "correlate-needs-every"),
            ("correlate count, count every 1h", "correlate-needs-two"), ("correlate count, last_seen every 1h", "not-a-number"),
            ("correlate count, cost every 1h sort count", "clause-not-here"), ("correlate", "expected"),
        ])
    func mistakes(text: String, id: String) throws {
        let reply = try openSession().run(text)
        #expect(reply.exit == .wrong && reply.narration.contains("[\(id)"), "\(reply.narration)")
    }

    @Test("buckets and groups are points of `as scatter` too")
    func scatter() throws {
        let session = try openSession(Stores.tour)
        for query in ["calls show p95(latency), error_rate every 1d last 30d", "calls by model show count, cost last 30d"] {
            let reply = session.run(query + " as scatter")
            #expect(reply.exit == .ok && reply.output.contains("points") && reply.output.contains("y: "), "\(reply.shown)")
        }
        #expect(session.run("calls show count every 1d last 30d as scatter").exit == .wrong)
    }
}
