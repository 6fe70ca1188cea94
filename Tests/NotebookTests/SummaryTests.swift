import Model
import QueryLanguage
import Platform
import Testing

@testable import Notebook

@Suite("What a summary leads with")
struct SummaryTests {
    /// Errors at these minutes of 21 November 2026, nine each unless said otherwise, and three at noon of each of four weeks before:
    /// one file, so that what lies between is known to be calm.
    private func bursts(_ minutes: [String], each count: Int = 9) throws -> ErrorBursts {
        let bursts = try ErrorBursts(at: ["2026-10-20T00:10"])
        let calm = ["2026-10-21T00:10", "2026-10-24T12:10", "2026-10-31T12:10", "2026-11-07T12:10", "2026-11-14T12:10"]
        let lines = (calm.map { ($0, 3) } + minutes.map { ($0, count) }).flatMap { minute, count in
            (1...count).map {
                #"{"provider":"openai","timestamp":"\#(minute):0\#($0)Z","error_type":"APIError","error_message":"failed \#(minute) \#($0)"}"#
                    + "\n"
            }
        }
        let file = bursts.folder.write("calm.jsonl", lines.joined())
        #expect(try openSession(bursts.store).importPaths([file], showsAllProblems: false).exit == .ok)
        return bursts
    }

    private func lines(_ reply: Reply) -> [String] { reply.output.split(separator: "\n").map(String.init) }

    @Test("the peak comes first, with how many times the usual of this hour of the week it is")
    func peak() throws {
        let bursts = try bursts(["2026-11-21T12:02", "2026-11-21T12:07", "2026-11-21T12:12", "2026-11-21T13:59"])
        let first = lines(try bursts.run("summary last 24h", at: "2026-11-21T14:00:00Z")).prefix(6).joined(separator: " ").split(
            separator: " "
        ).joined(separator: " ")
        #expect(first.hasPrefix("peak 27 in 30m at 12:00 on 21 Nov, 9 times the usual 3 at this hour of the week"), "\(first)")
        #expect(
            first.contains("36 errors, usual 3 in these hours of the week (×12), by the median of 4 weeks before"), "\(first)")
        #expect(!first.contains("decreasing"), "\(first)")
    }

    @Test("a peak in the running bucket is told while it runs")
    func running() throws {
        let bursts = try bursts(["2026-11-21T12:02", "2026-11-21T12:07", "2026-11-21T12:12"])
        let summary = try bursts.run("summary last 24h", at: "2026-11-21T12:15:00Z")
        let first = lines(summary).prefix(3).joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(first.hasPrefix("peak 27 so far in 30m at 12:00 on 21 Nov") && first.contains("it goes on"), "\(first)")
    }

    @Test("errors that are usual at this hour do not stand out")
    func usual() throws {
        let bursts = try bursts(["2026-11-21T12:10", "2026-11-21T12:50"], each: 3)
        let first = lines(try bursts.run("summary last 24h", at: "2026-11-21T14:00:00Z")).prefix(2).joined(separator: " ").split(
            separator: " "
        ).joined(separator: " ")
        #expect(first.hasPrefix("nothing stands out: highest 3 in 30m at 12:00 on 21 Nov, usual 3 at this"), "\(first)")
    }

    @Test("no sentence says more than is known: without weeks before, and without errors")
    func little() throws {
        let alone = try ErrorBursts(at: ["2026-11-21T12:10"])
        let first = try alone.run("summary last 24h", at: "2026-11-21T14:00:00Z").output
        #expect(!first.contains("hour of the week") && !first.contains("weeks before"), "\(first)")
        let calm = try bursts([]).run("summary last 1h", at: "2026-11-21T14:00:00Z").output
        #expect(!calm.contains("peak") && !calm.contains("trend"), "\(calm)")
    }

    @Test("the lead, the figures and the beginning of the timeline fit 24 lines of 80 columns")
    func screen() throws {
        let reply = try openSession(Stores.tour).run("summary last 7d")
        let screen = reply.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(24).map(String.init)
        #expect(screen.allSatisfy { $0.count <= 80 })
        for words in ["calls", "error rate", "most common", "trend", "buckets of"] {
            #expect(screen.contains { $0.contains(words) }, "\(words) is not in\n\(screen.joined(separator: "\n"))")
        }
        #expect(reply.output.hasPrefix("peak ") || reply.output.hasPrefix("nothing stands out"), "\(screen[0])")
    }

    @Test("a replay knows the weeks before as data: an error imported into them is a difference of data")
    func replay() throws {
        let bursts = try bursts(["2026-11-21T12:10"])
        let session = try bursts.makeSession(at: "2026-11-21T14:00:00Z")
        let before = try #require(try session.execute("summary last 24h").evidence?.data())
        try bursts.add(["2026-11-14T12:15"], count: 8)
        let later = try bursts.makeSession(at: "2026-11-21T14:00:00Z")
        #expect(try #require(try later.execute("summary last 24h").evidence?.data()) != before)
    }
}
