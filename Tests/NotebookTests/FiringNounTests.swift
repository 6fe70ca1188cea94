import Glibc
import Model
import Testing

@testable import LocalStore
@testable import Monitoring
@testable import Notebook

@Suite("firings as rows")
struct FiringNounTests {
    private let folder = TemporaryFolder()

    /// A store beside which firings of two rules are kept: three of `burst` over two series, one of `slow` that goes on.
    private func makeSession() throws -> Session {
        let store = folder.file("store.db")
        _ = try Store.open(path: store, create: true)
        let state = try StateStore.open(path: folder.file("store.db.state"))
        func keep(
            _ rule: String, _ labels: String, _ severity: Severity, _ from: String, _ to: String?, _ peak: Double, _ errors: Int64
        )
            throws
        {
            let start = try #require(TimeText.parse(from))
            let kept = StoredRule(
                name: rule, form: .own, text: "when errors over 15m having count > 5", createdAt: start, evidence: 1)
            if try state.rule(named: rule) == nil { _ = try state.keep([kept], at: start, limit: 50, NotificationText.body) }
            var round = AlertRound(try #require(try state.rule(named: rule)), at: start)
            round.firings = [
                FiringEntry(
                    rule: rule, labels: labels, severity: severity, pendingFrom: start, startedAt: start,
                    endedAt: to.flatMap { TimeText.parse($0) }, peak: peak, value: peak, errors: errors, note: nil)
            ]
            #expect(try state.commit(round, at: start, NotificationText.body) != nil)
        }
        try keep("burst", #"{"provider":"openai"}"#, .error, "2026-11-21T10:00:00Z", "2026-11-21T10:10:00Z", 9, 12)
        try keep("burst", #"{"provider":"azure"}"#, .error, "2026-11-21T11:00:00Z", "2026-11-21T11:30:00Z", 30, 40)
        try keep("burst", #"{"provider":"openai"}"#, .error, "2026-11-21T12:00:00Z", "2026-11-21T12:05:00Z", 6.5, 7)
        try keep("slow", "{}", .warning, "2026-11-21T13:00:00Z", nil, 2, 3)
        #expect(try state.acknowledge(1, at: TimeText.parse("2026-11-21T10:05:00Z") ?? Timestamp(seconds: 0)))
        var environment = testEnvironment()
        environment.pinnedNow = TimeText.parse("2026-11-21T14:00:00Z")
        return try openSession(store, environment)
    }

    private func csv(_ statement: String, _ session: Session) -> [String] {
        session.run(statement + " as csv").output.split(whereSeparator: \.isNewline).map(String.init)
    }

    @Test("a listing is newest first, chooses columns, sorts and cuts")
    func listing() throws {
        let session = try makeSession()
        #expect(
            csv("firings last 24h show alert, series", session).dropFirst() == [
                "slow,", "burst,provider=openai", "burst,provider=azure", "burst,provider=openai",
            ])
        #expect(csv("firings last 24h sort peak limit 2 show peak", session) == ["peak", "30", "9"])
        #expect(csv("firings last 70m show alert", session) == ["alert", "slow"])
    }

    @Test("`where` selects by every column: words, numbers with units, flags, what is missing")
    func conditions() throws {
        let session = try makeSession()
        #expect(csv("firings last 24h where alert = burst and peak > 6.9 show peak", session) == ["peak", "30", "9"])
        #expect(csv("firings last 24h where length >= 30m show alert", session) == ["alert", "slow", "burst"])
        #expect(csv("firings last 24h where not acked and series has openai show errors", session) == ["errors", "7"])
        #expect(csv("firings last 24h where end is missing show alert", session) == ["alert", "slow"])
        #expect(csv("firings last 24h where severity = ERROR where errors < 10 show errors", session) == ["errors", "7"])
        #expect(session.run("firings last 24h where alert = nothing").output.hasPrefix("no firings match"))
    }

    @Test("`by` counts, most first; sums, means and extremes of lengths, peaks and errors stand beside")
    func groups() throws {
        let session = try makeSession()
        #expect(csv("firings by alert last 24h", session) == ["alert,count", "burst,3", "slow,1"])
        #expect(
            csv("firings by alert, series last 24h show count, sum(errors)", session) == [
                "alert,series,count,sum(errors)", "burst,provider=openai,2,19", "burst,provider=azure,1,40", "slow,,1,3",
            ])
        #expect(
            csv("firings by alert last 24h show max(peak), avg(errors) sort max(peak)", session).dropFirst() == [
                "burst,30,19.666666666666668", "slow,2,3",
            ])
        #expect(csv("firings last 24h show count", session) == ["count", "4"])
        #expect(csv("firings by acked last 24h where alert = burst", session) == ["acked,count", "false,2", "true,1"])
        let drawn = session.run("firings by alert last 24h").output
        #expect(drawn.contains("firings by alert") && drawn.contains("█"), "\(drawn)")
    }

    @Test("what firings do not take is refused with its place and what they do take")
    func refusals() throws {
        let session = try makeSession()
        for (statement, words) in [
            ("firings every 1h last 24h", "`firings` does not take `every`"),
            ("firings last 24h vs previous", "`firings` does not take `vs`"),
            ("firings by peak last 24h", "firings are not grouped by `peak`"),
            ("firings by alert show p95(length)", "firings have no measure `p95`"),
            ("firings last 24h where colour = red", "no column `colour`"),
            ("firings \"text\" last 24h", "firings do not have messages"),
        ] {
            let reply = session.run(statement)
            #expect(reply.exit == .wrong && reply.narration.contains(words), "\(statement): \(reply.shown)")
            #expect(reply.narration.contains("^"), "\(statement)")
        }
    }

    @Test("a count of firings is a result like others: expected, shown again, exported")
    func results() throws {
        let session = try makeSession()
        _ = session.run("firings by alert last 24h")
        #expect(session.run("expect rows = 2").exit == .ok)
        #expect(session.run("expect count >= 1").exit == .ok)
        #expect(csv("$1 sort count asc", session).dropFirst().first == "slow,1")
    }
}
