import Glibc
import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import Monitoring
@testable import Notebook
@testable import Platform

@Suite("notifications on their way")
struct SenderTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_795_269_600)

    /// A state file whose outbox holds a notification for each of these receivers.
    private func state(_ messages: [Outbox.Message]) throws -> StateStore { try Outbox.state(in: folder, messages, at: start) }

    private func sender(_ state: StateStore, path: String = "/usr/bin:/bin", patience: Int = 1) -> Sender {
        Sender(state, folder: folder.path, environment: ["PATH": path], patience: patience)
    }

    /// What became of each notification, in order.
    private func states(_ state: StateStore) throws -> [String] {
        try state.notifications(ofFirings: try state.firings()).values.flatMap { $0 }.sorted { $0.id < $1.id }
            .map { "\($0.event.word) \($0.stateWords)" }
    }

    /// The contents of the requests that a receiver got.
    private func bodies(_ receiver: Receiver) -> [String] {
        receiver.requests.map { String($0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last ?? "") }
    }

    @Test("the address of a receiver and the text for it stand on no command line")
    func commandLine() throws {
        let silent = Receiver(.silent)
        defer { silent.close() }
        let state = try state([("webhook", silent.url, #"{"text":"b0dy-of-it"}"#)])
        let sender = sender(state)
        try sender.work(at: start)
        // The receiver has the connection and answers nothing: curl waits.
        let deadline = Clock.ticks() + .seconds(5)
        while silent.requests.isEmpty, Clock.ticks() < deadline { usleep(5_000) }
        #expect(silent.requests.count == 1)
        let child = try #require(sender.processes.first)
        let line = try Files.text(of: "/proc/\(child)/cmdline").split(separator: "\0").map(String.init)
        #expect(line == ["curl", "-q", "--config", "-"] || line.dropFirst() == ["-q", "--config", "-"], "\(line)")
        let environment = try Files.text(of: "/proc/\(child)/environ")
        #expect(!environment.contains("s3cret") && !environment.contains("b0dy"))
        try sender.finish(at: start)
    }

    @Test("what is not delivered is listed by rule and receiver with its state; what was given up is sent again or deleted")
    func givenUp() throws {
        let bad = Receiver(.error), good = Receiver(.ok)
        defer { [bad, good].forEach { $0.close() } }
        let store = folder.file("store.db")
        _ = try Store.open(path: store, create: true)
        let state = try state(
            ["a", "b"].map { ("slack", bad.url + $0, "{}") } + [("webhook", good.url, "{}")])
        let session = try openSession(store)
        #expect(session.run("alert discard").narration == "no failed notifications\n")
        let (first, rest) = (try state.dueNotifications(at: start)[0], try state.dueNotifications(at: start).dropFirst())
        try state.noteFailure(first.id, problem: "no answer", nextAt: start + .minutes(1))
        #expect(
            session.run("alert list").narration.split(separator: "\n").map(String.init) == [
                "3 notifications not delivered:",
                "  r to slack 127.0.0.1:\(bad.port): FIRING retrying (1 of 7: no answer), next attempt 21 Nov 14:01:00",
                "  r to slack 127.0.0.1:\(bad.port): FIRING queued", "  r to webhook 127.0.0.1:\(good.port): FIRING queued",
                "`alert watch` sends queued notifications",
            ])
        try state.noteFailure(first.id, problem: "no answer", nextAt: nil)
        for other in rest { try state.noteFailure(other.id, problem: "no answer", nextAt: nil) }
        let listed = session.run("alert list").narration
        #expect(listed.contains("  r to webhook 127.0.0.1:\(good.port): FIRING gave up (1 attempt: no answer)\n"), "\(listed)")
        #expect(
            listed.hasSuffix("`alert resend` retries notifications that gave up, `alert discard` deletes them\n"), "\(listed)")
        #expect(!listed.contains("s3cret") && !listed.contains("`alert watch`"))
        let wrong = session.run("alert resend q")
        #expect(wrong.exit == .wrong && wrong.narration.contains("no failed notifications for rule `q`"), "\(wrong.shown)")
        #expect(session.run("alert resend r").narration == "3 notifications queued again: `alert watch` sends them\n")
        try sender(state).finish(at: session.clockNow)
        #expect(good.requests.count == 1 && bad.requests.count == 2)
        for failed in try state.dueNotifications(at: session.clockNow + .days(1)) {
            try state.noteFailure(failed.id, problem: "no answer", nextAt: nil)
        }
        #expect(session.run("alert discard").narration == "2 notifications deleted; the firings stay in `firings`\n")
        #expect(session.run("alert list").narration.isEmpty)
        #expect(try state.firings().count == 1)
    }

    @Test("a webhook is posted once, as JSON")
    func webhook() throws {
        let receiver = Receiver(.ok)
        defer { receiver.close() }
        let state = try state([("webhook", receiver.url, #"{"text":"a \"quoted\" \\ text"}"#)])
        try sender(state).finish(at: start)
        try sender(state).finish(at: start + .minutes(5))
        #expect(receiver.requests.count == 1)
        let request = receiver.requests.first ?? ""
        #expect(request.hasPrefix("POST /hook?key=s3cret-in-the-url"))
        #expect(request.contains("Content-Type: application/json"))
        #expect(request.hasSuffix(#"{"text":"a \"quoted\" \\ text"}"#))
        #expect(try state.undeliveredNotifications().isEmpty)
    }

    @Test("a server that is down, silent or answers 500 delays no other notification, and its own is tried again")
    func trouble() throws {
        let good = Receiver(.ok), bad = Receiver(.error), silent = Receiver(.silent), gone = Receiver(.ok)
        gone.close()
        usleep(50_000)
        defer { [good, bad, silent].forEach { $0.close() } }
        let state = try state(
            [silent, bad, gone, good].map { ("webhook", $0.url, "{}") }
                + [("log", "", "a line")])
        let sender = sender(state)
        let began = Clock.ticks()
        try sender.work(at: start)
        // Nothing was waited for, and the log is written.
        #expect(Clock.ticks() - began < .milliseconds(900))
        #expect((try? Files.text(of: Sender.log(of: state)))?.hasPrefix("a line [") == true)
        try sender.finish(at: start)
        #expect(good.requests.count == 1)
        #expect(try state.dueNotifications(at: start + .seconds(59)).isEmpty)
        let waiting = try state.dueNotifications(at: start + .minutes(1))
        #expect(waiting.map(\.attempts) == [1, 1, 1])
        #expect(waiting.allSatisfy { !($0.problem ?? "").contains("s3cret") })
        #expect(waiting.contains { $0.problem?.contains("500") == true })
    }

    @Test("what fails is tried after 1, 2, 4, 8, 16 and 32 minutes, then given up")
    func backoff() throws {
        let bad = Receiver(.error)
        defer { bad.close() }
        let state = try state([("slack", bad.url, "{}")])
        var now = start, waits: [Int64] = []
        for _ in 0..<10 {
            try sender(state).finish(at: now)
            guard let next = try state.undeliveredNotifications().first?.nextAt else { break }
            waits.append((next - now).inNanoseconds / 60_000_000_000)
            now = next
        }
        #expect(waits == [1, 2, 4, 8, 16, 32])
        #expect(bad.requests.count == 7)
        #expect(try states(state) == ["FIRING gave up (7 attempts: HTTP 500 Internal Server Error)"])
    }

    @Test("a line that was written before a kill is not written again")
    func logLines() throws {
        let state = try state([("log", "", "a line")])
        let line = try #require(try state.dueNotifications(at: start).first)
        try Files.write("a line [\(line.id)]\n", to: Sender.log(of: state))
        try sender(state).finish(at: start)
        #expect(try Files.text(of: Sender.log(of: state)) == "a line [\(line.id)]\n")
        #expect(Files.mode(of: Sender.log(of: state)) == 0o600)
    }

    @Test("mail goes through sendmail, address and text by its input")
    func mail() throws {
        let script = folder.write(
            "sendmail", "#!/bin/sh\necho \"$@\" > \(folder.file("arguments"))\ncat > \(folder.file("mail"))\n")
        chmod(script, 0o700)
        let state = try state([
            ("email", "on-call@example.org", "To: on-call@example.org\n\nhello\n")
        ])
        try sender(state, path: "\(folder.path):/usr/bin:/bin").finish(at: start)
        #expect(try Files.text(of: folder.file("arguments")) == "-t -i\n")
        #expect(try Files.text(of: folder.file("mail")) == "To: on-call@example.org\n\nhello\n")
        #expect(try state.undeliveredNotifications().isEmpty)
    }

    @Test("a program that is not installed is reported, and the notification waits")
    func missingProgram() throws {
        let state = try state([("webhook", "http://127.0.0.1:9/", "{}")])
        try sender(state, path: folder.path).finish(at: start)
        #expect(try state.dueNotifications(at: start + .minutes(1)).first?.problem?.contains("is not installed") == true)
    }

    // MARK: Order

    @Test("two senders on one outbox send everything once and in order, also to a slow receiver")
    func twoSenders() throws {
        let slow = Receiver(.slow(150))
        defer { slow.close() }
        let one = try state([])
        let two = try StateStore.open(path: folder.file("store.db.state"))
        for minute in 1...3 as ClosedRange<Int64> {
            try Outbox.fire(
                one, [("webhook", slow.url, "\(minute)")], from: start + .minutes(minute),
                to: start + .minutes(minute) + .seconds(30))
        }
        let senders = [sender(one), sender(two)], now = start + .hours(1)
        let deadline = Clock.ticks() + .seconds(20)
        while try one.undeliveredNotifications().count > 0, Clock.ticks() < deadline {
            for sender in senders { try sender.work(at: now) }
            usleep(2000)
        }
        #expect(bodies(slow) == ["1", "1!", "2", "2!", "3", "3!"])
    }

    @Test("what another sender has on its way is waited for, and not sent twice")
    func heldElsewhere() throws {
        let slow = Receiver(.slow(200))
        defer { slow.close() }
        let one = try state([("webhook", slow.url, "1")])
        let other = sender(try StateStore.open(path: folder.file("store.db.state")))
        try other.work(at: start)
        #expect(other.isBusy)
        let mine = sender(one)
        #expect(try mine.work(at: start) == .waiting)
        #expect(!mine.isBusy)
        try other.finish(at: start)
        try mine.finish(at: start)
        #expect(bodies(slow) == ["1"])
    }

    @Test("an answer that a killed sender heard is known to the next one")
    func killedSender() throws {
        let receiver = Receiver(.ok)
        defer { receiver.close() }
        let state = try state([("webhook", receiver.url, "1"), ("slack", receiver.url, "2"), ("discord", receiver.url, "3")])
        let due = try state.dueNotifications(at: start)
        func left(_ answer: String, _ index: Int) throws {
            try Files.write(answer, to: "\(state.path)-sending-\(due[index].id)-0")
        }
        try left("HTTP/1.1 204 No Content\r\n\r\n", 0)
        try left("HTTP/1.1 503 Not now\r\n\r\n", 1)
        // Killed before curl had an answer.
        try left("HTTP/1.1 200", 2)
        try left("", 2)
        try Files.write("HTTP/1.1 200 OK\r\n\r\n", to: "\(state.path)-sending-99-0")
        try sender(state).finish(at: start)
        #expect(bodies(receiver) == ["3"])
        #expect(try states(state) == ["FIRING sent", "FIRING retrying (1 of 7: HTTP 503 Not now)", "FIRING sent"])
        #expect(!Files.names(in: folder.path).contains { $0.contains("-sending-") })
    }

    @Test("a receiver that was down and comes back gets FIRING before RESOLVED, each once")
    func comesBack() throws {
        let receiver = Receiver(.error, .closes, .answer("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), .ok)
        defer { receiver.close() }
        let state = try state([])
        try Outbox.fire(state, [("webhook", receiver.url, "1")], from: start + .minutes(1), to: start + .minutes(2))
        var now = start + .minutes(2), seen: [[String]] = []
        for _ in 0..<4 {
            try sender(state).finish(at: now)
            seen.append(try states(state))
            now = try state.undeliveredNotifications().compactMap(\.nextAt).max() ?? now
        }
        #expect(
            seen == [
                ["FIRING retrying (1 of 7: HTTP 500 Internal Server Error)", "RESOLVED queued"],
                ["FIRING retrying (2 of 7: Empty reply from server)", "RESOLVED queued"],
                ["FIRING retrying (3 of 7: HTTP 302 Found, a redirect, which is not followed)", "RESOLVED queued"],
                ["FIRING sent", "RESOLVED sent"],
            ])
        #expect(bodies(receiver) == ["1", "1", "1", "1", "1!"])
    }

    @Test("a receiver that closes within the content of a good answer has the notification; one that refuses TLS has not")
    func halfAnswers() throws {
        let cut = Receiver(.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")), plain = Receiver(.ok)
        defer { [cut, plain].forEach { $0.close() } }
        let state = try state([
            ("webhook", cut.url, "1"), ("webhook", plain.url.replacing("http://", with: "https://"), "2"),
        ])
        try sender(state).finish(at: start)
        let found = try states(state)
        #expect(found[0] == "FIRING sent")
        #expect(found[1].hasPrefix("FIRING retrying (1 of 7: ") && found[1].contains("SSL"), "\(found)")
        #expect(cut.requests.count == 1)
    }

    @Test("a receiver that says when to come back is left alone until then")
    func retryAfter() throws {
        let busy = Receiver(
            .answer("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"), .ok)
        defer { busy.close() }
        let state = try state([("webhook", busy.url, "1")])
        try sender(state).finish(at: start)
        #expect(try state.undeliveredNotifications().map(\.nextAt) == [start + .minutes(10)])
        try sender(state).finish(at: start + .minutes(9))
        #expect(busy.requests.count == 1)
        try sender(state).finish(at: start + .minutes(10))
        #expect(try states(state) == ["FIRING sent"])
    }

    @Test("brackets and braces in an address are sent as they are")
    func globbing() throws {
        let receiver = Receiver(.ok)
        defer { receiver.close() }
        let state = try state([("webhook", "http://127.0.0.1:\(receiver.port)/a[1-3]/{x,y}", "1")])
        try sender(state).finish(at: start)
        #expect(receiver.requests.count == 1 && receiver.requests[0].hasPrefix("POST /a[1-3]/{x,y} HTTP/1.1"))
    }

    @Test("what fails and what arrives at last is reported once each")
    func reports() throws {
        let receiver = Receiver(.error, .error, .ok)
        defer { receiver.close() }
        let state = try state([("webhook", receiver.url, "1")]), sender = sender(state)
        var reports: [[String]] = []
        for minute in [0, 1, 3] as [Int64] {
            try sender.finish(at: start + .minutes(minute))
            reports.append(sender.takeReports())
        }
        let receiverName = "webhook 127.0.0.1:\(receiver.port)"
        #expect(
            reports == [
                ["FIRING r to \(receiverName): retrying (1 of 7: HTTP 500 Internal Server Error)"], [],
                ["FIRING r to \(receiverName): sent, attempt 3"],
            ])
    }
}
