import Model
import Platform
import Testing

@testable import LocalStore
@testable import Notebook

@Suite("what alerts answer")
struct AlertAnswerTests {
    private let folder = TemporaryFolder()

    private func makeSession(_ store: String, at time: String) throws -> Session {
        var environment = testEnvironment()
        environment.pinnedNow = TimeText.parse(time)
        return try openSession(store, environment)
    }

    private func store(_ lines: [String]) throws -> String {
        let path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        let log = folder.write("records.jsonl", lines.map { $0 + "\n" }.joined())
        #expect(try openSession(path).importPaths([log], showsAllProblems: false).exit == .ok)
        return path
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// One error of each severity a minute, from 13:00:10 to 13:09:10.
    private func severities() throws -> String {
        try store(
            (0..<10).flatMap { minute in
                [("rate_limit", 429), ("timeout", 504), ("authentication_error", 401)].map { type, status in
                    #"{"provider":"openai","timestamp":"2026-11-21T13:\#(two(minute)):10Z","error_type":"\#(type)","status_code":\#(status),"error_message":"\#(type) \#(minute)"}"#
                }
            })
    }

    /// Calls of two providers, one a minute from 10:00:05 on; azure's end at 11:59:07, openai's at 13:59:05.
    private func dying() throws -> String {
        try store(
            (0..<240).flatMap { minute -> [String] in
                let time = "2026-11-21T\(10 + minute / 60):\(two(minute % 60))"
                let azure = #"{"provider":"azure","model":"m","ts":"\#(time):07Z"}"#
                return [#"{"provider":"openai","model":"m","ts":"\#(time):05Z"}"#] + (minute < 120 ? [azure] : [])
            })
    }

    private let bad = """
        groups:
          - name: g
            rules:
              - alert: Bad
                expr: histogram_quantile(0.9, llm_errors_total) > 1

        """

    @Test("a rule by severity has a firing for each, in the table, behind $n[k], in JSON, in firings and in what is sent")
    func bySeverity() throws {
        let path = try severities(), session = try makeSession(path, at: "2026-11-21T13:10:40Z")
        #expect(session.run("alert create sev when errors by severity over 10m having count > 4 do log").exit == .ok)
        #expect(session.run("alert test sev last 1h").exit == .ok)
        #expect(session.run("expect rows = 3").exit == .ok)
        #expect(
            session.run("$2 as csv").output.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",")[0] }
                == ["severity=CRITICAL", "severity=ERROR", "severity=WARNING"])
        for (place, type) in ["authentication", "timeout", "rate_limit"].enumerated() {
            let rows = session.run("$2[\(place + 1)] show type as csv").output.split(whereSeparator: \.isNewline).dropFirst()
            #expect(rows.count == 10 && rows.allSatisfy { $0 == type }, "\(rows)")
        }
        let json = session.run("alert test sev last 1h as json").output
        for severity in ["CRITICAL", "ERROR", "WARNING"] {
            #expect(json.contains(#""labels":{"rule_severity":"WARNING","severity":"\#(severity)"}"#), "\(json)")
        }
        #expect(session.run("alert check as csv").exit != .ok)
        let watched = try makeSession(path, at: "2026-11-21T13:10:40Z").run("alert watch").output
        #expect(watched.contains("FIRING sev {severity=WARNING} · severity WARNING"), "\(watched)")
        let firings = session.run("firings show series last 24h as csv").output.split(whereSeparator: \.isNewline).dropFirst()
        #expect(Set(firings) == ["severity=CRITICAL", "severity=ERROR", "severity=WARNING"], "\(firings)")
    }

    @Test("a provider that fell silent fires wherever the range begins", arguments: ["09:00", "11:00", "12:05", "13:30"])
    func silentProvider(start: String) throws {
        let session = try makeSession(try dying(), at: "2026-11-21T14:00:00Z")
        for rule in ["calls by provider", "calls by provider, model", "calls where provider = azure"] {
            let answer = session.run(
                "alert test when \(rule) over 30m having count < 1 from 2026-11-21T\(start) to 2026-11-21T14:00 as json")
            let silent = max("12:29", start),
                firing = try #require(TimeText.parse("2026-11-21T\(silent == "12:29" ? "12:30" : start):00Z"))
            #expect(
                answer.output.contains(#""firing":[{"firing_from":\#(firing.nanoseconds / 1_000_000_000),"resolved_at":null"#),
                "\(rule) from \(start): \(answer.output)")
            #expect(answer.output.components(separatedBy: "firing_from").count == 2)
        }
    }

    @Test("check answers for the present second, whole minute or not, and counts for")
    func checksNow() throws {
        let path = try severities()
        func check(_ time: String) throws -> Reply { try makeSession(path, at: "2026-11-21T13:\(time)Z").run("alert check") }
        _ = try makeSession(path, at: "2026-11-21T13:00:00Z").run("alert create now when errors over 30s having count > 2")
        #expect(try check("09:20").exit == .firing)
        #expect(try check("09:50").exit == .ok)
        #expect(try check("09:50").output == "nothing fires: 1 rule at 2026-11-21T13:09:50Z\n")
        _ = try makeSession(path, at: "2026-11-21T13:00:00Z").run("alert edit now when errors over 2m having count > 2 for 3m")
        #expect(try check("02:30").output.contains("pending"))
        #expect(try check("03:30").output.contains("firing"))
    }

    @Test("check says when a rule fails, and when there is nothing to evaluate")
    func checkSaysWhatIsNot() throws {
        let path = try severities()
        let file = folder.write(
            "clash.yaml",
            """
            groups:
              - name: g
                rules:
                  - alert: Clash
                    expr: sum by (severity) (increase(llm_errors_total[10m])) > 0
                    labels: {severity: page}

            """)
        let session = try makeSession(path, at: "2026-11-21T13:09:40Z")
        #expect(session.run("alert load \"\(file)\"").exit == .ok)
        let reply = session.run("alert check")
        #expect(reply.exit == .trouble && reply.output.contains("failed") && reply.narration.contains("same labelset"))
        let late = try makeSession(path, at: "2026-11-23T13:09:40Z").run("alert check")
        #expect(late.narration.contains("the latest record is from 2026-11-21T13:09:10Z, before every window"), "\(late.shown)")
    }

    @Test("a refused file reads as refused in every form, and one refused in part says so")
    func refusals() throws {
        let session = try makeSession(try severities(), at: "2026-11-21T13:10:00Z")
        let refused = folder.write("bad.yaml", bad)
        let part = folder.write(
            "part.yaml", bad + "      - alert: Good\n        expr: sum(increase(llm_errors_total[5m])) > 999\n")
        let empty = folder.write("empty.yaml", "groups: []\n")
        for form in ["", " as json"] {
            let reply = session.run("alert test \"\(refused)\" last 1h\(form)")
            #expect(reply.exit == .wrong && reply.narration.contains("bad.yaml: refused; nothing was evaluated"))
            #expect(
                !reply.output.contains("no firings") && !reply.output.contains("\"alerts\"")
                    && !reply.output.contains("evaluations"))
            #expect(session.run("alert tune \"\(refused)\" last 1h").exit == .wrong)
            let half = session.run("alert test \"\(part)\" last 1h\(form)")
            #expect(
                half.exit == .wrong && half.narration.contains("only 1 of its rules could be read and was evaluated"),
                "\(half.shown)")
            #expect(
                form.isEmpty
                    ? half.output.contains("no firings of the rules that were read") : half.output.contains("\"refused\":["))
            #expect(session.run("alert test \"\(empty)\" last 1h\(form)").exit == .wrong)
        }
        let json = session.run("alert test \"\(refused)\" last 1h as json").output
        #expect(json.hasPrefix(#"{"refused":[{"alert":"Bad","line":5,"column":"#), "\(json)")
    }

    @Test("a threshold is never cut, however long its expression is, and a peak reads like its threshold")
    func wholeThresholds() throws {
        let session = try makeSession(try severities(), at: "2026-11-21T13:10:00Z")
        let expression =
            "sum(rate(llm_errors_total{provider=\"openai\"}[5m])) / sum(rate(llm_requests_total{provider=\"openai\"}[5m]))"
        let file = folder.write(
            "long.yaml", "groups:\n  - name: g\n    rules:\n      - {alert: A, expr: '\(expression) > 0.0525'}\n")
        let output = session.run("alert test \"\(file)\" last 1h").output
        #expect(output.contains("> 0.0525") && !output.contains("> 0.\n") && !output.contains("> 0 "), "\(output)")
        let share = session.run("alert test when errors over 5m having share(type = timeout) > 12.345% last 1h").output
        #expect(share.contains("> 12.345%") && share.contains("33.3%"), "\(share)")
    }

    @Test("a value that nothing in the store has is told when a rule is kept and when it is tried")
    func unknownValue() throws {
        let session = try makeSession(try severities(), at: "2026-11-21T13:10:00Z")
        let told = "no calls with provider `opanai` in the store; closest: openai"
        let kept = session.run("alert create gone when errors where provider = opanai over 10m having count > 4")
        #expect(kept.exit == .ok && kept.narration.contains(told), "\(kept.shown)")
        #expect(session.run("alert test gone last 1h").output.contains("no calls with provider `opanai`"))
    }

    @Test("a range without a whole step is evaluated at its end, never behind it; one before the data says so")
    func shortRanges() throws {
        let session = try makeSession(try severities(), at: "2026-11-21T13:09:40Z")
        let rule = "alert test when errors over 15m having count > 3"
        #expect(
            session.run("\(rule) last 30s as json").output.contains(#""from":"2026-11-21T13:09:40Z","to":"2026-11-21T13:09:40Z""#)
        )
        let point = session.run("\(rule) from 2026-11-21T13:05:30 to 2026-11-21T13:05:30 as json").output
        #expect(point.contains(#""firing_from":1795266330,"resolved_at":null,"peak":18"#), "\(point)")
        let before = session.run("\(rule) from 2026-11-19T10:00 to 2026-11-19T11:00").output
        #expect(before.contains("no data to evaluate"), "\(before)")
    }

    @Test("a day of 25 hours is evaluated in each of its minutes")
    func longDay() throws {
        let session = try makeSession(try severities(), at: "2026-11-21T13:10:00Z")
        _ = session.run("set tz Europe/Berlin")
        let long = session.run("alert test when errors over 15m having count > 3 on 2026-10-25").output
        let short = session.run("alert test when errors over 15m having count > 3 on 2026-03-29").output
        #expect(long.contains("1,501 evaluations") && short.contains("1,381 evaluations"), "\(long) \(short)")
    }
}
