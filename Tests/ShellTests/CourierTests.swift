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

    @Test("a webhook is posted once, as JSON, and its address stands on no command line")
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
