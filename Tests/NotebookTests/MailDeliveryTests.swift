import Glibc
import Model
import Testing

@testable import Importing
@testable import LocalStore
@testable import Monitoring
@testable import Notebook
@testable import Platform

/// A real SMTP server on loopback that keeps every message as a file (aiosmtpd), and the settings of a real `sendmail` (msmtp)
/// that hands its messages to it.
private struct MailSink {
    /// True where both are installed.
    static let isInstalled =
        ["/usr/bin/aiosmtpd", "/usr/sbin/sendmail", "/usr/bin/msmtp"].allSatisfy { (path: String) in access(path, X_OK) == 0 }

    let folder: TemporaryFolder
    private let server: ChildProcess

    init(_ folder: TemporaryFolder) throws {
        self.folder = folder
        let port = MailSink.freePort()
        server = try ChildProcess(
            "aiosmtpd", ["-n", "-l", "127.0.0.1:\(port)", "-c", "aiosmtpd.handlers.Mailbox", folder.file("mailbox")], input: "",
            folder: folder.path, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
        let settings = folder.write(
            ".msmtprc", "account default\nhost 127.0.0.1\nport \(port)\nfrom faultline@example.org\ntimeout 5\n")
        chmod(settings, 0o600)
        let deadline = Clock.ticks() + .seconds(20)
        while !MailSink.answers(port), Clock.ticks() < deadline { usleep(20_000) }
    }

    /// What `sendmail` is found and told by.
    var environment: [String: String] { ["PATH": "/usr/sbin:/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8"] }

    /// Ends the server: connections are refused from now on.
    func stop() {
        server.end()
        while !server.hasEnded() { usleep(5000) }
    }

    /// The messages that arrived, whole, in order of their subjects.
    func messages() throws -> [String] {
        try Files.names(in: folder.file("mailbox") + "/new").map { try Files.text(of: folder.file("mailbox") + "/new/\($0)") }
            .sorted { MailSink.subject($0) < MailSink.subject($1) }
    }

    static func subject(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Subject: ") }.map(String.init) ?? ""
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    private static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(0), size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func answers(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port)
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

@Suite(
    "mail through a real sendmail to a real SMTP server", .serialized,
    .enabled(if: MailSink.isInstalled, "msmtp-mta and aiosmtpd are not installed here"))
struct MailDeliveryTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_795_269_600)

    private func makeSession(_ store: String, _ sink: MailSink, at time: String) throws -> Session {
        var environment = testEnvironment()
        environment.pinnedNow = TimeText.parse(time)
        environment.locations = Locations(environment: sink.environment)
        return try openSession(store, environment)
    }

    @Test("a firing and its end arrive once each, with their headers and texts as they were written")
    func delivered() throws {
        let sink = try MailSink(folder)
        defer { sink.stop() }
        let store = folder.file("store.db")
        _ = try Store.open(path: store, create: true)
        let lines = (0..<6).map { number in
            #"{"provider":"openai","timestamp":"2026-11-21T13:0\#(number):00Z","error_type":"insufficient_quota","status_code":429,"error_message":"You exceeded your current quota \#(number)"}"#
        }
        let log = folder.write("errors.jsonl", lines.joined(separator: "\n") + "\n")
        #expect(try openSession(store).importPaths([log], showsAllProblems: false).exit == .ok)
        let rule =
            #"alert create kontingent when errors over 15m having count > 5 do email "on-call@example.org" note "Kontingent prüfen → Müller""#
        #expect(try makeSession(store, sink, at: "2026-11-21T13:00:00Z").run(rule).exit == .ok)
        for minute in [1, 6, 7, 30, 31] {
            let time = "2026-11-21T13:\(minute < 10 ? "0" : "")\(minute):10Z"
            _ = try makeSession(store, sink, at: time).watchAlerts(once: true)
        }
        let messages = try sink.messages()
        #expect(messages.count == 2, "\(messages)")
        #expect(messages.map { $0.contains("To: on-call@example.org") } == [true, true])
        #expect(MailSink.subject(messages.first ?? "").contains("kontingent"))
        #expect(
            messages.contains { $0.contains("kontingent is firing") }
                && messages.contains { $0.contains("kontingent is resolved") })
        #expect(messages.allSatisfy { $0.contains("note: Kontingent prüfen → Müller") })
        #expect(try StateStore.open(path: folder.file("store.db.state")).undeliveredNotifications().isEmpty)
    }

    @Test("a line of one dot and a long line come through as they are")
    func awkwardLines() throws {
        let sink = try MailSink(folder)
        defer { sink.stop() }
        let body = "To: on-call@example.org\nSubject: dots\n\nfirst\n.\n..\n\(String(repeating: "x", count: 900))\nlast\n"
        let child = try ChildProcess(
            "sendmail", ["-t", "-i"], input: body, folder: folder.path, environment: sink.environment)
        while !child.hasEnded() { usleep(5000) }
        #expect(child.code == 0, "\(child.capturedOutput)")
        let message = try sink.messages().first ?? ""
        #expect(message.contains("first\n.\n..\n\(String(repeating: "x", count: 900))\nlast\n"), "\(message)")
    }

    @Test("a server that refuses is reported, and the notification waits for its next attempt")
    func refused() throws {
        let sink = try MailSink(folder)
        sink.stop()
        let mail = ("email", "on-call@example.org", "To: on-call@example.org\n\nhello\n")
        let state = try Outbox.state(in: folder, [mail], at: start)
        try Sender(state, folder: folder.path, environment: sink.environment).finish(at: start)
        let waiting = try state.dueNotifications(at: start + .minutes(1))
        #expect(waiting.map(\.attempts) == [1])
        #expect(
            waiting.first?.problem?.contains("cannot connect") == true && waiting.first?.problem?.contains("on-call") == false)
    }
}
