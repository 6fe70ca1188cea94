import Glibc
import Model
import Testing
import TestSupport

@testable import LocalStore
@testable import Monitoring
@testable import SQLite
@testable import Notebook
@testable import Platform

@Suite("rules that are changed while they fire, or cannot be evaluated")
struct RuleChangeTests {
    private let rule = "when errors over 5m having count > 5"

    /// A store whose rule `q` fires since 12:11, with these actions.
    private func firing(_ actions: String) throws -> ErrorBursts {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        try scene.run("alert create q \(rule) do \(actions)", at: "2026-11-21T12:00:00Z")
        #expect(try scene.run("alert watch", at: "2026-11-21T12:12:00Z").output.contains("FIRING q"))
        return scene
    }

    private func log(_ scene: ErrorBursts) throws -> [String] {
        try Files.text(of: Sender.log(besideStore: scene.folder.file("store.db"))).split(separator: "\n").map { String($0) }
    }

    private func content(_ receiver: Receiver) -> [String] {
        receiver.requests.map { String($0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last ?? "") }
    }

    /// Replaces the text of a rule behind the program's back, as an older version may have accepted it.
    private func replaceText(of rule: String, by text: String, _ scene: ErrorBursts) throws {
        let state = try #require(try scene.makeSession(at: "2026-11-21T12:00:00Z").state)
        try state.connection.execute("UPDATE alert_rule SET text = '\(text)' WHERE name = '\(rule)'")
    }

    @Test(
        "disabling, editing or deleting a firing rule resolves the firing, sends RESOLVED and says so",
        arguments: [
            ("alert disable q", "rule q is disabled", "rule disabled"),
            ("alert edit q when errors over 5m having count > 500 do log", "rule q saved", "rule changed"),
            ("alert delete q", "rule q deleted", "rule deleted"),
        ])
    func changed(_ statement: String, _ said: String, _ reason: String) throws {
        let hook = Receiver(.ok)
        defer { hook.close() }
        let scene = try firing("log, webhook \"\(hook.url)\" note \"call us\"")
        let reply = try scene.run(statement, at: "2026-11-21T12:13:00Z")
        #expect(reply.narration.hasPrefix(said), "\(reply.shown)")
        #expect(
            reply.narration.contains(
                "; 1 firing resolved: RESOLVED sent to log, sent to webhook 127.0.0.1:\(hook.port)\n"), "\(reply.narration)")
        let lines = try log(scene)
        #expect(lines.count == 2 && lines[1].contains("RESOLVED q · ") && lines[1].contains(" · \(reason) · call us"), "\(lines)")
        #expect(lines[1].contains("threshold count > 5 · window 5m"), "\(lines)")
        #expect(content(hook).map { $0.contains(#""status":"resolved""#) } == [false, true])
        #expect(content(hook).last?.contains(#""resolution":"\#(reason)""#) == true, "\(content(hook))")
        // Nothing is left to be sent.
        #expect(try scene.run("alert watch", at: "2026-11-21T12:14:00Z").narration.contains("not delivered") == false)
    }

    @Test("a change of a rule says which receivers have not got its RESOLVED yet")
    func undelivered() throws {
        let bad = Receiver(.error, .ok)
        defer { bad.close() }
        let scene = try firing("webhook \"\(bad.url)\"")
        let reply = try scene.run("alert disable q", at: "2026-11-21T12:12:30Z")
        #expect(
            reply.narration
                == "rule q is disabled; 1 firing resolved: RESOLVED queued to webhook 127.0.0.1:\(bad.port); "
                + "`alert list` shows what is not delivered\n")
        try scene.run("alert watch", at: "2026-11-21T12:13:30Z")
        #expect(content(bad).map { $0.contains(#""status":"resolved""#) } == [false, false, true])
    }

    @Test("where notifications cannot be sent, what was found and what was changed is reported all the same")
    func nothingSent() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        try scene.run("alert create q \(rule) do log", at: "2026-11-21T12:00:00Z")
        let session = try scene.makeSession(at: "2026-11-21T12:12:00Z")
        // A folder in the place of the file that senders lock.
        let path = try session.stateFile.open().path + "-sending"
        #expect(mkdir(path, 0o700) == 0)
        let watched = session.run("alert watch")
        #expect(watched.output.contains("FIRING q") && watched.exit == .trouble, "\(watched.shown)")
        #expect(watched.narration.contains("notifications were not sent: "), "\(watched.narration)")
        let disabled = session.run("alert disable q")
        #expect(disabled.exit == .ok, "\(disabled.shown)")
        #expect(
            disabled.narration.hasPrefix("rule q is disabled; 1 firing resolved; RESOLVED is not sent yet: "), "\(disabled.shown)"
        )
        #expect(rmdir(path) == 0)
        #expect(!session.run("alert watch").narration.contains("not delivered"))
        #expect(try log(scene).count == 2)
    }

    @Test("`firings`, `alert list`, `doctor` and `alert watch` show what became of each receiver's notifications")
    func shown() throws {
        let (good, bad) = (Receiver(.ok), Receiver(.error))
        defer { [good, bad].forEach { $0.close() } }
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let actions = "log, webhook \"\(good.url)\", slack \"\(bad.url)\""
        try scene.run("alert create q \(rule) do \(actions)", at: "2026-11-21T12:00:00Z")
        let line = "q to slack 127.0.0.1:\(bad.port): FIRING retrying (1 of 7: HTTP 500 Internal Server Error)"
        let watched = try scene.run("alert watch", at: "2026-11-21T12:12:00Z")
        #expect(watched.narration.contains("1 notification not delivered:\n  \(line)"), "\(watched.narration)")
        let session = try scene.makeSession(at: "2026-11-21T12:12:10Z")
        let csv = session.run("firings last 1h show notification, delivery as csv").output
        #expect(
            csv.contains(
                "log: sent; webhook 127.0.0.1:\(good.port): sent; slack 127.0.0.1:\(bad.port): "
                    + "retrying (1 of 7: HTTP 500 Internal Server Error)"), "\(csv)")
        #expect(csv.contains("\nretrying,") || csv.contains("\r\nretrying,"), "\(csv)")
        #expect(session.run("firings last 1h").narration.contains(line))
        #expect(session.run("firings by notification last 1h as csv").output.contains("retrying,1"))
        #expect(session.run("alert list").narration.contains(line))
        let doctor = session.run("doctor").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            doctor.contains("1 notification not delivered; the latest, FIRING of \(line.replacing("FIRING ", with: ""))"),
            "\(doctor)")
        #expect(![watched.shown, csv, doctor].contains { $0.contains("s3cret") })
    }

    @Test("every channel carries rule, value, threshold, window, labels, note and trace, when it fires and when it is resolved")
    func channels() throws {
        let receivers = ["webhook", "slack", "discord"].map { ($0, Receiver(.ok)) }
        defer { receivers.forEach { $0.1.close() } }
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let mail = scene.folder.file("mail.txt")
        chmod(scene.folder.write("sendmail", "#!/bin/sh\ncat >> '\(mail)'\n"), 0o755)
        var environment = testEnvironment(["PATH": scene.folder.path + ":/usr/bin:/bin"])
        func run(_ statement: String, _ time: String) throws -> Reply {
            environment.pinnedNow = TimeText.parse("2026-11-21T\(time)Z")
            return try openSession(scene.store, environment).run(statement)
        }
        let actions = ["log", "email \"on-call@example.org\""] + receivers.map { "\($0.0) \"\($0.1.url)\"" }
        let when = "when errors by provider over 5m having count > 5 and count < 500"
        _ = try run("alert create q \(when) do \(actions.joined(separator: ", ")) note \"call us\"", "12:00:00")
        #expect(try run("alert watch", "12:12:00").output.contains("FIRING"))
        #expect(try run("alert watch", "12:20:00").output.contains("RESOLVED"))
        var texts = receivers.flatMap { kind, receiver in content(receiver).map { (kind, $0) } }
        let lines = try log(scene), mails = try Files.text(of: mail).split(separator: "From: ").map { String($0) }
        texts += lines.map { ("log", $0) } + mails.map { ("email", $0) }
        #expect(texts.count == 10)
        for (kind, text) in texts {
            let plain = text.replacing("&gt;", with: ">").replacing("&lt;", with: "<").lowercased()
            for part in ["count 6", "count > 5 and count < 500", "5m", "openai", "call us", "warning", "span-"] {
                #expect(plain.contains(part), "\(kind): \(part): \(text)")
            }
            #expect(plain.contains(kind == "log" ? " q " : "errors by provider over 5m having"), "\(kind): \(text)")
        }
    }

    @Test(
        "a rule that cannot be evaluated disables itself alone, is reported with what to do, and is enabled again by `alert edit`"
    )
    func disablesItself() throws {
        let hook = Receiver(.ok)
        defer { hook.close() }
        let scene = try firing("webhook \"\(hook.url)\"")
        for name in ["a", "z"] { try scene.run("alert create \(name) \(rule) do log", at: "2026-11-21T12:00:00Z") }
        try replaceText(of: "q", by: "when errors over 5m having colour > 5", scene)
        let checked = try scene.run("alert check", at: "2026-11-21T12:12:30Z")
        #expect(checked.exit == .firing && checked.output.contains("a ") && checked.output.contains("z "), "\(checked.shown)")
        #expect(checked.narration.contains("q could not be evaluated: "), "\(checked.narration)")
        let watched = try scene.run("alert watch", at: "2026-11-21T12:13:00Z")
        #expect(watched.output.contains("FIRING a") && watched.output.contains("FIRING z"), "\(watched.shown)")
        #expect(watched.output.contains("RESOLVED q"), "\(watched.shown)")
        let advice = "fix it with `alert edit q when …`, or try it again with `alert enable q`"
        #expect(watched.narration.contains("q is disabled, it could not be evaluated: "), "\(watched.narration)")
        #expect(watched.narration.contains(advice), "\(watched.narration)")
        #expect(content(hook).last?.contains(#""resolution":"rule disabled: "#) == true, "\(content(hook))")
        let listed = try scene.run("alert list", at: "2026-11-21T12:13:10Z")
        #expect(listed.output.contains("failed") && listed.narration.contains(advice), "\(listed.shown)")
        let doctor = try scene.run("doctor", at: "2026-11-21T12:13:10Z").output.split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        #expect(doctor.contains("warning alerts q is disabled") && doctor.contains(advice), "\(doctor)")
        // It stays reported, once it is disabled, by every way of asking what fires.
        #expect(try scene.run("alert check", at: "2026-11-21T12:13:30Z").narration.contains(advice))
        #expect(try scene.run("alert watch", at: "2026-11-21T12:14:00Z").narration.contains(advice))
        try scene.run("alert edit q \(rule) do log", at: "2026-11-21T12:14:10Z")
        let fixed = try scene.run("alert list", at: "2026-11-21T12:14:20Z")
        #expect(!fixed.output.contains("failed") && fixed.narration.isEmpty, "\(fixed.shown)")
        #expect(try scene.run("alert watch", at: "2026-11-21T12:15:00Z").output.contains("FIRING q"))
    }

    @Test("a rule whose text cannot be read, of either language, keeps no other from being evaluated")
    func unreadable() throws {
        let scene = try ErrorBursts(at: ["2026-11-21T12:10"])
        let file = scene.folder.write(
            "rules.yaml",
            #"groups: [{name: g, rules: [{alert: P, expr: "sum(increase(llm_errors_total[5m])) > 5"}]}]"#)
        try scene.run("alert load \"\(file)\"", at: "2026-11-21T12:00:00Z")
        for name in ["a", "q"] { try scene.run("alert create \(name) \(rule) do log", at: "2026-11-21T12:00:00Z") }
        try replaceText(of: "q", by: "when nonsense", scene)
        try replaceText(of: "P", by: "groups: [{name: g, rules: [{alert: P, expr: nonsense(}]}]", scene)
        let session = try scene.makeSession(at: "2026-11-21T12:12:00Z")
        // As the watch beside the prompt does it.
        let round = try session.monitor.round(at: session.clockNow, isFirst: false)
        #expect(round.trouble == nil)
        #expect(round.reply.output.contains("FIRING a"), "\(round.reply.shown)")
        #expect(round.reply.narration.contains("q is disabled, it could not be evaluated: "), "\(round.reply.narration)")
        #expect(round.reply.narration.contains("P is disabled, it could not be evaluated: "), "\(round.reply.narration)")
        #expect(round.reply.narration.contains("rules.yaml and `alert load`"), "\(round.reply.narration)")
        #expect(try session.stateFile.open().rules().map(\.isEnabled) == [false, true, false])
        // Its file, loaded again, replaces what was damaged.
        try scene.run("alert load \"\(file)\"", at: "2026-11-21T12:12:10Z")
        #expect(try scene.run("alert watch", at: "2026-11-21T12:13:00Z").output.contains("FIRING P"))
    }

    @Test("trouble of the store disables no rule")
    func storeTrouble() {
        #expect(!Evaluation.isOfRule(StoreError.busy(path: "s")))
        #expect(!Evaluation.isOfRule(StoreError.unusable(path: "s", reason: "disk I/O error")))
        #expect(!Evaluation.isOfRule(StoreError.damaged(path: "s", reason: "malformed")))
        #expect(Evaluation.isOfRule(StoreError.statement(path: "s", SQLError(code: 1, message: "integer overflow"))))
        #expect(!Evaluation.isOfRule(StoreError.statement(path: "s", SQLError(code: 1, message: "no such table: call"))))
        #expect(!Evaluation.isOfRule(StoreError.statement(path: "s", SQLError(code: 7, message: "out of memory"))))
        #expect(Evaluation.isOfRule(RuleTrouble("no value")))
    }
}
