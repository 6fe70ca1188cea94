import Glibc
import PtySupport
import TestSupport
import Testing

@Suite("Alerts on the command line")
struct AlertToolTests {
    let tool = Tool()

    /// A store with bursts of errors over two hours from 12:00, and a rule that fires on them.
    private func prepare(_ name: String, actions: String = "log") -> String {
        var lines = "", generator = SeededGenerator(seed: 7)
        for minute in 0..<120 where minute % 30 < 8 || Int.random(in: 0..<6, using: &generator) == 0 {
            for second in [3, 31] {
                let hour = 12 + minute / 60, rest = minute % 60
                func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
                lines +=
                    #"{"provider":"openai","timestamp":"2026-11-21T\#(hour):\#(two(rest)):\#(two(second))Z","error_type":"APIError","status_code":500,"error_message":"the server failed \#(minute) \#(second)"}"#
                    + "\n"
            }
        }
        tool.folder.write("errors.jsonl", lines)
        #expect(tool.run("import", "--store", "\(name)/store.db", "errors.jsonl").code == 0)
        let rule = "alert create burst when errors over 5m having count > 6 for 1m do \(actions)"
        #expect(tool.run("query", "--store", "\(name)/store.db", "--now", "2026-11-21T12:00:30Z", rule).code == 0)
        return "\(name)/store.db"
    }

    private func watch(_ store: String, _ minute: Int) -> [String] {
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return ["alert", "watch", "--once", "--store", store, "--now", "2026-11-21T\(12 + minute / 60):\(two(minute % 60)):30Z"]
    }

    private func firings(_ store: String) -> String {
        tool.run(
            "query", "--store", store, "--now", "2026-11-21T14:00:00Z",
            "firings last 1d sort start asc show alert, start, end, peak, errors as csv"
        ).output
    }

    /// Number of runs to kill: a few, or as many as the environment sets.
    private static let runs = getenv("FAULTLINE_KILLS").flatMap { Int(String(cString: $0)) } ?? 40

    @Test("a watcher killed at random moments loses no firing or notification and sends each once, in order")
    func killed() {
        let (hook, slow) = (Receiver(.ok), Receiver(.slow(60)))
        defer { [hook, slow].forEach { $0.close() } }
        let quiet = prepare("quiet"), runs = AlertToolTests.runs
        let killed = prepare("killed", actions: "log, webhook \"\(hook.url)\", webhook \"\(slow.url)\"")
        // Evaluations are on whole minutes; with more runs, several find the same one.
        let minutes = (0..<runs).map { 1 + $0 * 118 / max(runs, 1) }
        var began = timespec(), ended = timespec(), timed = 0
        clock_gettime(CLOCK_MONOTONIC, &began)
        for minute in Set(minutes).sorted() {
            #expect(tool.start(watch(quiet, minute)).wait().code == 0)
            timed += 1
        }
        clock_gettime(CLOCK_MONOTONIC, &ended)
        // Kills hit any point of a run, however fast the machine is.
        let length = (ended.tv_sec - began.tv_sec) * 1_000_000 + (ended.tv_nsec - began.tv_nsec) / 1000
        let usual = UInt32(clamping: max(20_000, length / max(timed, 1)))
        // The first round is not killed.
        #expect(tool.start(watch(killed, minutes[0])).wait().code == 0)
        var generator = SeededGenerator(seed: 3), kills = 0, longest = usual
        func kill(at minute: Int) {
            let running = tool.start(watch(killed, minute))
            usleep(UInt32.random(in: 0..<longest, using: &generator))
            running.signal(SIGKILL)
            let isKilled = running.wait().code == 128 + SIGKILL
            if isKilled { kills += 1 }
            // A run finished before its kill: the machine has become faster. And vice versa.
            longest = isKilled ? min(longest / 4 * 5, 2 * usual) : max(longest / 2, 2000)
        }
        for minute in minutes.dropFirst() { kill(at: minute) }
        var more = 0
        while kills < runs / 3, more < 10 * runs {
            kill(at: 118)
            more += 1
        }
        #expect(tool.start(watch(quiet, 119)).wait().code == 0)
        #expect(tool.start(watch(killed, 119)).wait().code == 0)
        let expected = firings(quiet)
        #expect(expected.split(whereSeparator: \.isNewline).count >= 4, "\(expected)")
        #expect(firings(killed) == expected)
        #expect(kills >= runs / 3, "\(kills) of \(runs) runs were killed")
        // Notifications left in the outbox are sent when due, each once.
        #expect(tool.start(["alert", "watch", "--once", "--store", killed, "--now", "2026-11-21T14:30:00Z"]).wait().code == 0)
        #expect(tool.start(["alert", "watch", "--once", "--store", quiet, "--now", "2026-11-21T14:30:00Z"]).wait().code == 0)
        func told(_ folder: String) -> [String] {
            Folder.text(tool.folder.file("\(folder)/store.db.alerts.log")).split(separator: "\n").map { line in
                String(line[..<(line.lastIndex(of: "[") ?? line.endIndex)])
            }.sorted()
        }
        #expect(told("killed") == told("quiet"))
        #expect(Set(told("quiet")).count == told("quiet").count)
        let changes = told("quiet").map { $0.contains(" RESOLVED ") ? "resolved" : "firing" }
        for receiver in [hook, slow] {
            let sent = receiver.requests.compactMap { request in
                ["firing", "resolved"].first { request.contains(#""alerts":[{"status":"\#($0)""#) }
            }
            #expect(sent == changes, "\(kills) kills")
        }
    }

    @Test("a rule file is tested over a range, with JSON output, and exits with 5 on firing if requested")
    func testFile() {
        let store = prepare("a")
        tool.folder.write(
            "rules.yaml",
            """
            groups:
              - name: g
                rules:
                  - alert: Burst
                    expr: sum by (provider) (increase(llm_errors_total[5m])) > 6
                    labels: {team: search}
            """)
        let arguments = [
            "alert", "test", "rules.yaml", "--store", store, "--from", "2026-11-21T12:00:00Z", "--to", "2026-11-21T13:00:00Z",
            "--step", "1m", "--labels", "provider,model", "--format", "json",
        ]
        let outcome = tool.start(arguments).wait()
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(
            outcome.output.hasPrefix(
                #"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T13:00:00Z","step_seconds":60,"alerts":[{"alert":"Burst","labels":{"provider":"openai","team":"search"},"firing":[{"firing_from":"#
            ), "\(outcome.output)")
        #expect(tool.start(arguments + ["--fail-on-fire"]).wait().code == 5)
        let never = tool.start(
            [
                "alert", "test", "--store", store, "--now", "2026-11-21T14:00:00Z", "--fail-on-fire",
                "when errors over 5m having count > 600",
            ])
        #expect(never.wait().code == 0)
        #expect(tool.start(["alert", "test", "rules.yaml", "--store", store, "--labels", "colour"]).wait().code == 64)
        #expect(tool.start(["alert", "test", "missing.yaml", "--store", store]).wait().code == 3)
    }

    @Test("check exits with 5 while a rule fires")
    func check() {
        let store = prepare("c")
        #expect(tool.run("alert", "check", "--store", store, "--now", "2026-11-21T12:06:00Z").code == 5)
        #expect(tool.run("alert", "check", "--store", store, "--now", "2026-11-21T15:06:00Z").code == 0)
    }

    @Test("an error in a rule on the command line has a caret, and the correction is a statement that runs")
    func carets() {
        let store = prepare("d")
        let wrong = tool.run(
            "alert", "test", "--store", store, "--now", "2026-11-21T14:00:00Z",
            "when errors where tpye = timeout over 5m having count > 5"
        )
        #expect(wrong.code == 1)
        let lines = wrong.errors.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "alert test when errors where tpye = timeout over 5m having count > 5", "\(wrong.errors)")
        #expect(lines.dropFirst().first == "                             ^^^^", "\(wrong.errors)")
        #expect(
            wrong.errors.contains("try: alert test when errors where type = timeout over 5m having count > 5"), "\(wrong.errors)")
        let syntax = tool.run(
            "alert", "test", "--store", store, "--now", "2026-11-21T14:00:00Z", "when errors ovr 5m having count > 5")
        #expect(syntax.code == 1 && !syntax.errors.contains("alert create"), "\(syntax.errors)")
    }

    @Test("a rule on the command line may give its range and step as in a statement, but only once")
    func ranges() {
        let store = prepare("e")
        let rule = "when errors over 5m having count > 6 from 2026-11-21T12:00 to 2026-11-21T12:30"
        let ranged = tool.run("alert", "test", "--store", store, "--now", "2026-11-21T14:00:00Z", "--format", "json", rule)
        #expect(
            ranged.output.hasPrefix(#"{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T12:30:00Z","step_seconds":60"#), "\(ranged)"
        )
        #expect(tool.run("alert", "test", "--store", store, "--from", "2026-11-21T12:00:00Z", rule).code == 64)
    }

    @Test("`expect no firings` fails a script with exit code 1 after a firing, and passes without one")
    func expectations() {
        let store = prepare("f")
        func script(_ threshold: Int) -> Tool.Outcome {
            tool.run(
                "query", "--store", store, "--now", "2026-11-21T14:00:00Z",
                input: "alert test when errors over 5m having count > \(threshold) last 3h\nexpect no firings\n")
        }
        #expect(script(600).code == 0)
        let fired = script(6)
        #expect(fired.code == 1 && fired.errors.contains("expectation failed"), "\(fired)")
    }

    @Test("alert test writes no files and sends no notifications")
    func testWritesNothing() {
        let store = prepare("g")
        let hook = "alert create hook when errors over 5m having count > 6 do log, webhook \"http://127.0.0.1:9/\""
        #expect(tool.run("query", "--store", store, "--now", "2026-11-21T12:00:30Z", hook).code == 0)
        // SQLite's side files come and go with every reader.
        func contents() -> [String] {
            let names = tool.shell("cd g && ls -A | grep -v -e -wal -e -shm").output
            let rows = tool.run("query", "--store", store, "--now", "2026-11-21T14:00:00Z", "firings all as csv").output
            return [names, rows]
        }
        let before = contents()
        for subject in [["burst"], ["hook"], ["when errors over 5m having count > 6 do log"]] {
            let outcome = tool.start(["alert", "test", "--store", store, "--now", "2026-11-21T14:00:00Z"] + subject).wait()
            #expect(outcome.code == 0 && !outcome.output.contains("no firings"), "\(outcome.errors)")
        }
        #expect(contents() == before)
        #expect(!before[0].contains("alerts.log"))
        // The same rule does send notifications when watched.
        #expect(tool.start(watch(store, 119)).wait().code == 0)
        #expect(contents() != before && contents()[0].contains("alerts.log"))
    }
}
