import Glibc
import Model
import Testing

@testable import Shell
@testable import Storage

@Suite("notices on their way")
struct CourierTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_795_269_600)

    /// A state file whose outbox holds a notice for each of these receivers.
    private func state(_ notices: [NewNotice]) throws -> StateStore { try Outbox.state(in: folder, notices, at: start) }

    private func courier(_ state: StateStore, path: String = "/usr/bin:/bin") -> Courier {
        Courier(state, folder: folder.path, environment: ["PATH": path], patience: 1)
    }

    @Test("the address of a receiver and the text for it stand on no command line")
    func commandLine() throws {
        let silent = Receiver(.silent)
        defer { silent.close() }
        let state = try state([NewNotice(kind: "webhook", target: silent.url, body: #"{"text":"b0dy-of-the-notice"}"#)])
        let courier = courier(state)
        try courier.work(at: start)
        // The receiver has the connection and answers nothing: curl waits.
        let deadline = Clock.ticks() + .seconds(5)
        while silent.requests.isEmpty, Clock.ticks() < deadline { usleep(5_000) }
        #expect(silent.requests.count == 1)
        let child = try #require(courier.processes.first)
        let line = try Files.text(of: "/proc/\(child)/cmdline").split(separator: "\0").map(String.init)
        #expect(line == ["curl", "-q", "--config", "-"] || line.dropFirst() == ["-q", "--config", "-"], "\(line)")
        let environment = try Files.text(of: "/proc/\(child)/environ")
        #expect(!environment.contains("s3cret") && !environment.contains("b0dy"))
        try courier.finish(at: start)
    }

    @Test("notices that were given up are told by rule and receiver, tried again or forgotten")
    func deadNotices() throws {
        let bad = Receiver(.error), good = Receiver(.ok)
        defer { [bad, good].forEach { $0.close() } }
        let store = folder.file("store.db")
        _ = try Store.open(path: store, create: true)
        let state = try state(
            ["a", "b"].map { NewNotice(kind: "slack", target: bad.url + $0, body: "{}") }
                + [NewNotice(kind: "webhook", target: good.url, body: "{}")])
        let session = try session(store)
        #expect(session.run("alert discard").narration == "no notice was given up\n")
        for notice in try state.dueNotices(at: start) {
            try state.noteFailure(notice.id, problem: "no answer", nextAt: nil)
        }
        let listed = session.run("alert list").narration
        #expect(
            listed.hasPrefix("3 notices could not be delivered; `alert resend` tries again, `alert discard` forgets them:\n"),
            "\(listed)")
        #expect(listed.contains("  r to slack 127.0.0.1:\(bad.port), 2, the last of "), "\(listed)")
        #expect(listed.contains("  r to webhook 127.0.0.1:\(good.port), 1, the last of ") && !listed.contains("s3cret"))
        let wrong = session.run("alert resend q")
        #expect(wrong.exit == .wrong && wrong.narration.contains("no notice of a rule `q` was given up"), "\(wrong.shown)")
        #expect(session.run("alert resend r").narration == "3 notices to be tried again: `alert watch` sends them\n")
        #expect(try state.deadNotices().isEmpty)
        try courier(state).finish(at: session.clockNow)
        #expect(good.requests.count == 1 && bad.requests.count == 2)
        for notice in try state.dueNotices(at: session.clockNow + .days(1)) {
            try state.noteFailure(notice.id, problem: "no answer", nextAt: nil)
        }
        #expect(session.run("alert discard").narration == "2 notices forgotten; the firings stay in `firings`\n")
        #expect(session.run("alert list").narration.isEmpty)
        #expect(try state.firings().count == 1)
    }

    @Test("a webhook is posted once, as JSON")
    func webhook() throws {
        let receiver = Receiver(.ok)
        defer { receiver.close() }
        let state = try state([NewNotice(kind: "webhook", target: receiver.url, body: #"{"text":"a \"quoted\" \\ text"}"#)])
        try courier(state).finish(at: start)
        try courier(state).finish(at: start + .minutes(5))
        #expect(receiver.requests.count == 1)
        let request = receiver.requests.first ?? ""
        #expect(request.hasPrefix("POST /hook?key=s3cret-in-the-url"))
        #expect(request.contains("Content-Type: application/json"))
        #expect(request.hasSuffix(#"{"text":"a \"quoted\" \\ text"}"#))
        #expect(try state.nextNotice() == nil)
    }

    @Test("a server that is down, silent or answers 500 delays no other notice, and its notice is tried again")
    func trouble() throws {
        let good = Receiver(.ok), bad = Receiver(.error), silent = Receiver(.silent), gone = Receiver(.ok)
        gone.close()
        usleep(50_000)
        defer { [good, bad, silent].forEach { $0.close() } }
        let state = try state(
            [silent, bad, gone, good].map { NewNotice(kind: "webhook", target: $0.url, body: "{}") }
                + [NewNotice(kind: "log", target: "", body: "a line")])
        let courier = courier(state)
        let began = Clock.ticks()
        try courier.work(at: start)
        // Nothing was waited for, and the log is written.
        #expect(Clock.ticks() - began < .milliseconds(900))
        #expect((try? Files.text(of: Courier.log(in: folder.path)))?.hasPrefix("a line [") == true)
        try courier.finish(at: start)
        #expect(good.requests.count == 1)
        #expect(try state.dueNotices(at: start + .seconds(59)).isEmpty)
        let waiting = try state.dueNotices(at: start + .minutes(1))
        #expect(waiting.map(\.attempts) == [1, 1, 1])
        #expect(waiting.allSatisfy { !($0.problem ?? "").contains("s3cret") })
        #expect(waiting.contains { $0.problem?.contains("500") == true })
    }

    @Test("what fails is tried after 1, 2, 4, 8, 16 and 32 minutes, then kept as dead")
    func backoff() throws {
        let bad = Receiver(.error)
        defer { bad.close() }
        let state = try state([NewNotice(kind: "slack", target: bad.url, body: "{}")])
        var now = start, waits: [Int64] = []
        for _ in 0..<10 {
            try courier(state).finish(at: now)
            guard let next = try state.nextNotice() else { break }
            waits.append((next - now).inNanoseconds / 60_000_000_000)
            now = next
        }
        #expect(waits == [1, 2, 4, 8, 16, 32])
        #expect(bad.requests.count == 7)
        #expect(try state.deadNotices().map(\.attempts) == [7])
    }

    @Test("a line that was written before a kill is not written again")
    func logLines() throws {
        let state = try state([NewNotice(kind: "log", target: "", body: "a line")])
        let notice = try #require(try state.dueNotices(at: start).first)
        try Files.write("a line [\(notice.id)]\n", to: Courier.log(in: folder.path))
        try courier(state).finish(at: start)
        #expect(try Files.text(of: Courier.log(in: folder.path)) == "a line [\(notice.id)]\n")
        #expect(Files.mode(of: Courier.log(in: folder.path)) == 0o600)
    }

    @Test("mail goes through sendmail, address and text by its input")
    func mail() throws {
        let script = folder.write(
            "sendmail", "#!/bin/sh\necho \"$@\" > \(folder.file("arguments"))\ncat > \(folder.file("mail"))\n")
        chmod(script, 0o700)
        let state = try state([
            NewNotice(kind: "email", target: "on-call@example.org", body: "To: on-call@example.org\n\nhello\n")
        ])
        try courier(state, path: "\(folder.path):/usr/bin:/bin").finish(at: start)
        #expect(try Files.text(of: folder.file("arguments")) == "-t -i\n")
        #expect(try Files.text(of: folder.file("mail")) == "To: on-call@example.org\n\nhello\n")
        #expect(try state.nextNotice() == nil)
    }

    @Test("a program that is not there is told, and the notice waits")
    func missingProgram() throws {
        let state = try state([NewNotice(kind: "webhook", target: "http://127.0.0.1:9/", body: "{}")])
        try courier(state, path: folder.path).finish(at: start)
        #expect(try state.dueNotices(at: start + .minutes(1)).first?.problem?.contains("is not installed") == true)
    }
}
