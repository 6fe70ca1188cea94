import Glibc
import Model
import QueryLanguage
import Render
import SQLite
import Synthesis
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import Monitoring
@testable import Notebook
@testable import Platform

/// A generated history whose error messages hold secrets of every kind.
enum Planted {
    private static let tail = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2"

    /// Put together here, so that no scanner of repositories takes them for real ones: how each stands in a message, and what of
    /// it must not be seen.
    static let secrets: [(text: String, secret: String)] = [
        ("Incorrect API key provided: sk-\(tail)", "sk-\(tail)"), ("x-api-key: sk-ant-api03-\(tail)", "sk-ant-api03-\(tail)"),
        ("?key=AIza\(tail)", "AIza\(tail)"), ("token gsk_\(tail) refused", "gsk_\(tail)"), ("hf_\(tail)", "hf_\(tail)"),
        ("aws AKIA" + "ABCDEFGH12345678 unknown", "AKIA" + "ABCDEFGH12345678"), ("remote ghp_\(tail)", "ghp_\(tail)"),
        ("slack xoxb-123456789012-\(tail)", "xoxb-123456789012-\(tail)"),
        ("Authorization: Bearer \(tail)zz", "\(tail)zz"),
        ("jwt eyJhbGciOiJI.eyJzdWIiOiIxMjM0.\(tail)", "eyJzdWIiOiIxMjM0"), ("https://svc:pa55wOrd9@db.internal/x", "pa55wOrd9"),
        ("api_key=\(tail)q", "\(tail)q"), ("{\"password\": \"hunter2horse!\"}", "hunter2horse!"),
        ("of jane.doe@customer.example", "jane.doe@customer.example"),
        ("card 4111 1111 1111 1111 declined", "4111 1111 1111 1111"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\(tail)\n-----END RSA PRIVATE KEY-----", "MIIEabc\(tail)"),
        ("'client_secret': 'a1b2c3d4e5f6g7'", "a1b2c3d4e5f6g7"),
    ]

    /// 400 calls of a week; every failed span and every error event has one of the secrets in its message.
    static let store = Stores.made("planted.db") { store in
        var number = 0
        func plant(_ message: String?) -> String {
            number += 1
            return (message ?? "failed") + " " + secrets[number % secrets.count].text + " (call \(number % 7))"
        }
        let history = History(HistoryPlan(calls: 400, days: 7, end: Stores.now, seed: 3)).lazy.map { trace in
            let spans = trace.spans.map { span in
                guard span.status == .error else { return span }
                var span = span
                span.statusMessage = plant(span.statusMessage)
                if span.exceptionMessage != nil { span.exceptionMessage = plant(span.exceptionMessage) }
                return span
            }
            let events = trace.events.map { event in
                guard event.message != nil else { return event }
                var event = event
                event.message = plant(event.message)
                return event
            }
            return (trace.trace, spans, events)
        }
        try store.load(Array(history), now: Stores.now)
        var records: [Record] = []
        for (index, secret) in secrets.enumerated() {
            var span = SpanRecord(spanID: "planted\(index)", kind: .llm)
            span.traceID = "planted\(index)"
            span.end = Stores.now - .seconds(Int64(index + 1))
            span.status = .error
            span.statusMessage = "Error code: 400 - \(secret.text)"
            records.append(.span(span))
        }
        _ = try Importer(store).importRecords("planted", format: "test", now: Stores.now, records)
    }
}

@Suite("Secrets planted in a history")
struct PlantedSecretsTests {
    let folder = TemporaryFolder()

    private func check(_ text: String, _ place: String, _ location: SourceLocation = #_sourceLocation) {
        for planted in Planted.secrets where text.contains(planted.secret) {
            Issue.record("\(place) shows \(planted.secret)", sourceLocation: location)
        }
    }

    @Test("at least twelve kinds are in no fact of the store, and the records know them")
    func facts() throws {
        #expect(Planted.secrets.count >= 12)
        let store = try Store.open(path: Planted.store, create: false)
        for table in ["message", "signature", "err", "message_index", "model", "agent", "operation", "deployment", "meta"] {
            let rows = try store.rows(SQLStatement(text: "SELECT * FROM \(table)", bindings: []))
            for row in rows { check("\(row)", table) }
        }
        let found = try store.secrets()
        #expect(found.filter(\.isFact) == [])
        #expect(found.contains { $0.place == "span.status_message" && $0.count > 10 })
    }

    @Test("no answer, export, session, report or explanation shows one")
    func answers() throws {
        let session = try openSession(Planted.store, testEnvironment(["FAULTLINE_SESSIONS": folder.path], width: 400))
        var statements = [
            "errors all limit all", "errors by message all limit all", "errors by signature all limit all",
            "failures all limit all",
            "summary all", "trace planted0", "trace planted3 as json", "unknown all", "rules list", "events all limit all",
            "sql SELECT * FROM span WHERE status_message IS NOT NULL",
            "sql SELECT * FROM err JOIN message m ON m.id = err.message",
            "errors \"hunter2horse\" all", "note the key sk-\(Planted.secrets[0].secret.dropFirst(3)) leaked",
        ]
        statements += Planted.secrets.indices.map { "why planted\($0)" }
        statements += ExportFormat.allCases.map(\.form.name).sorted().map {
            "errors show time, type, message, signature all limit all as \($0)"
        }
        for statement in statements { check(session.run(statement).shown, statement) }
        for form in ExportFormat.allCases.map(\.form.name).sorted() {
            let path = folder.file("export.\(form)")
            #expect(session.run("errors show time, message all limit all as \(form) to \"\(path)\"").exit == .ok)
            check(try Files.text(of: path), path)
        }
        for what in ["errors all limit all", "calls all limit all", "traces all limit all", "failures all limit all", "metrics"] {
            let path = folder.file("all.csv"), statement = "export \(what) to \"\(path)\""
            let reply = session.run(statement)
            #expect(reply.exit == .ok, "\(reply.shown)")
            check(reply.shown, statement)
            check(try Files.text(of: path), statement)
            check(session.run("export \(what)").shown, "export \(what)")
        }
        #expect(session.run("save leak").exit == .ok)
        check(try Files.text(of: folder.file("leak.flq")), "the session")
        for name in ["leak.html", "leak.md"] {
            #expect(session.run("report \"\(folder.file(name))\"").exit == .ok)
            check(try Files.text(of: folder.file(name)), name)
        }
    }

    @Test("no notification shows one")
    func notifications() throws {
        let receiver = Receiver(.ok)
        // A program in the place of sendmail that keeps what it is sent.
        let mail = folder.file("mail.txt"), sendmail = folder.write("sendmail", "#!/bin/sh\ncat >> '\(mail)'\n")
        chmod(sendmail, 0o755)
        let session = try openSession(
            Stores.copy(Planted.store, in: folder), testEnvironment(["PATH": folder.path + ":/usr/bin:/bin"]))
        let rule = "when errors by message over 7d having count > 0"
        #expect(session.run("alert create hook \(rule) do webhook \"\(receiver.url)\"").exit == .ok)
        #expect(session.run("alert create chat \(rule) do slack \"\(receiver.url)\"").exit == .ok)
        #expect(session.run("alert create game \(rule) do discord \"\(receiver.url)\"").exit == .ok)
        #expect(session.run("alert create post \(rule) do email \"on-call@example.org\"").exit == .ok)
        #expect(session.run("alert create line \(rule) do log").exit == .ok)
        check(session.run("alert check").shown, "alert check")
        check(try session.watchAlerts(once: true).shown, "alert watch")
        check(try Files.text(of: Sender.log(besideStore: session.store.path)), "the log")
        check(try Files.text(of: mail), "the mail")
        #expect(receiver.requests.count >= 3)
        for request in receiver.requests { check(request, "the webhook") }
        check(session.run("firings all limit all").shown, "firings")
    }

    @Test("`set redact off` shows records as they were imported, on the screen alone")
    func off() throws {
        let session = try openSession(Stores.leaking, testEnvironment(["FAULTLINE_SESSIONS": folder.path], width: 300))
        #expect(session.run("set redact off").narration.contains("only on the screen"))
        let email = Witness.secrets[1]
        #expect(session.run("traces show trace, user all").output.contains(email))
        #expect(session.run("sql SELECT user FROM span").output.contains(email))
        #expect(session.run("trace 5ec2e7").output.contains(email))
        // Messages of errors were redacted when they were imported.
        #expect(!session.run("errors show message all").output.contains(email))
        // What leaves the program stays redacted.
        #expect(!session.run("traces show trace, user all as csv").output.contains(email))
        let path = folder.file("x.csv")
        _ = session.run("traces show trace, user all as csv to \"\(path)\"")
        #expect(try !Files.text(of: path).contains(email))
        _ = session.run("save open")
        #expect(try !Files.text(of: folder.file("open.flq")).contains(email))
        _ = session.run("report \"\(folder.file("open.html"))\"")
        #expect(try !Files.text(of: folder.file("open.html")).contains(email))
        #expect(session.run("set redact on").exit == .ok)
        #expect(!session.run("traces show trace, user all").output.contains(email))
        #expect(session.run("set redact maybe").exit == .wrong)
    }
}
