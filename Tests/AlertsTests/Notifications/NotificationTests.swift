import Model
import Testing

@testable import Alerts

@Suite("Notifications")
struct NotificationTests {
    /// True in the listed minutes.
    private func replay(_ minutes: [Double]) throws -> RuleReplay {
        var scene = Scene()
        scene.errors(minutes.map { $0 * 60 })
        return try scene.replay("sum(increase(llm_errors_total[1m])) > 0", minutes: 60)
    }

    private func told(_ minutes: [Double], cooldown: Duration) throws -> [String] {
        try replay(minutes).notifications(cooldown: cooldown).notifications.map {
            "\($0.kind.rawValue) \(Int(($0.time - Scene.time(0)).inSeconds / 60))"
        }
    }

    @Test("a notification is sent when an alert fires and when it resolves")
    func both() throws {
        #expect(try told([1, 5, 6], cooldown: .zero) == ["firing 1", "resolved 2", "firing 5", "resolved 7"])
    }

    @Test("notifications are suppressed during the cooldown")
    func suppressed() throws {
        #expect(try told([1, 5, 11, 20], cooldown: .minutes(10)) == ["firing 1", "resolved 2", "firing 11", "resolved 12"])
        let plans = try replay([1, 5, 11, 20]).notifications(cooldown: .minutes(10)).plans[0]
        #expect(plans.map(\.isSuppressed) == [false, true, false, true])
        #expect(plans.map { $0.notified == nil } == [false, true, false, true])
    }

    @Test("an alert still firing when the cooldown ends is notified then")
    func late() throws {
        let minutes = [1.0] + (8...14).map(Double.init)
        #expect(try told(minutes, cooldown: .minutes(10)) == ["firing 1", "resolved 2", "firing 11", "resolved 15"])
        #expect(try replay(minutes).notifications(cooldown: .minutes(10)).plans[0].map(\.isSuppressed) == [false, true])
        // Resolved at the evaluation at which the cooldown ends: never notified.
        #expect(try told([1, 8, 9, 10], cooldown: .minutes(10)) == ["firing 1", "resolved 2"])
    }

    @Test("the cooldown continues from earlier notifications")
    func before() {
        var cooldown = Cooldown(.minutes(10), last: Scene.time(0))
        #expect(!cooldown.allows(Scene.time(599)))
        #expect(cooldown.allows(Scene.time(600)))
        cooldown.notified(at: Scene.time(600))
        #expect(!cooldown.allows(Scene.time(660)))
    }

    private var notification: Notification {
        Notification(
            .firing, alert: "Burst", labels: LabelSet([LabelPair("provider", "open\"ai"), LabelPair("severity", "CRITICAL")]),
            annotations: [LabelPair("description", "6 errors\nin <15m> & more"), LabelPair("summary", "Größere Störung")],
            details: [LabelPair("value", "count 6"), LabelPair("threshold", "count > 5"), LabelPair("trace", "t1")],
            time: Scene.time(60), startsAt: Scene.time(60))
    }

    private var resolved: Notification {
        var notification = notification
        notification.kind = .resolved
        notification.time = Scene.time(300)
        notification.endsAt = Scene.time(300)
        return notification
    }

    @Test("the webhook body is that of Alertmanager, version 4")
    func alertmanager() {
        #expect(
            AlertmanagerBody.json([notification, resolved], receiver: "webhook") == """
                {"version":"4","groupKey":"{}:{alertname=\\"Burst\\"}","truncatedAlerts":0,"status":"firing","receiver":"webhook",\
                "groupLabels":{"alertname":"Burst"},"commonLabels":{"alertname":"Burst","provider":"open\\"ai","severity":"CRITICAL"},\
                "commonAnnotations":{"description":"6 errors\\nin <15m> & more","summary":"Größere Störung","threshold":"count > 5","trace":"t1","value":"count 6"},"externalURL":"","alerts":[\
                {"status":"firing","labels":{"alertname":"Burst","provider":"open\\"ai","severity":"CRITICAL"},\
                "annotations":{"description":"6 errors\\nin <15m> & more","summary":"Größere Störung","value":"count 6","threshold":"count > 5","trace":"t1"},"startsAt":"2025-10-09T08:55:00Z",\
                "endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"\(AlertmanagerBody.fingerprint(notification.namedLabels))"},\
                {"status":"resolved","labels":{"alertname":"Burst","provider":"open\\"ai","severity":"CRITICAL"},\
                "annotations":{"description":"6 errors\\nin <15m> & more","summary":"Größere Störung","value":"count 6","threshold":"count > 5","trace":"t1"},"startsAt":"2025-10-09T08:55:00Z",\
                "endsAt":"2025-10-09T08:59:00Z","generatorURL":"","fingerprint":"\(AlertmanagerBody.fingerprint(notification.namedLabels))"}]}
                """)
        #expect(AlertmanagerBody.json([resolved], receiver: "w").contains("\"status\":\"resolved\",\"receiver\""))
        #expect(AlertmanagerBody.fingerprint(notification.namedLabels).count == 16)
        #expect(AlertmanagerBody.fingerprint(notification.namedLabels) != AlertmanagerBody.fingerprint(notification.labels))
    }

    @Test("the Slack body escapes markup")
    func slack() {
        let body = ChatBodies.slack(notification)
        #expect(body.hasPrefix("{\"text\":\"FIRING: Größere Störung\",\"attachments\":[{\"color\":\"danger\""))
        #expect(body.contains("6 errors\\nin &lt;15m&gt; &amp; more\\nsince 2025-10-09T08:55:00Z"))
        #expect(body.contains(#"{"title":"threshold","value":"count &gt; 5","short":true}"#))
        #expect(ChatBodies.slack(resolved).contains("\"color\":\"good\""))
    }

    @Test("the Discord body disables mentions")
    func discord() {
        let body = ChatBodies.discord(notification)
        #expect(body.contains("\"allowed_mentions\":{\"parse\":[]}"))
        #expect(body.contains("\"title\":\"FIRING: Größere Störung\""))
        #expect(body.contains("{\"name\":\"provider\",\"value\":\"open\\\"ai\",\"inline\":true}"))
    }

    @Test("the Discord body stays within Discord's limits")
    func discordLimits() throws {
        var long = notification
        long.annotations = [LabelPair("description", String(repeating: "d", count: 5000))]
        long.details = [LabelPair("rule", String(repeating: "r", count: 5000))]
        long.labels = LabelSet((0..<40).map { LabelPair("label\($0)", String(repeating: "v", count: 300)) })
        let body = ChatBodies.discord(long)
        let fields = body.split(separator: "{\"name\":").count - 1
        #expect((5...25).contains(fields), "\(fields)")
        #expect(body.count < 6000 + 60 * fields)
        #expect(body.contains(#"{"name":"rule","value":"\#(String(repeating: "r", count: 1000))""#))
    }

    @Test("mail header fields are single lines, whatever the texts contain")
    func mail() {
        var evil = notification
        evil.annotations = [
            LabelPair("summary", "x\r\nBcc: everybody@example.com"),
            LabelPair("description", ".\n" + String(repeating: "long ", count: 400)),
        ]
        let message = MailText.message(evil, from: "faultline@host", to: "a@b.c\nCc: d@e.f", host: "host")
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        let header = lines.prefix { !$0.isEmpty }
        #expect(
            header.map { $0.prefix { $0 != ":" } } == [
                "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ])
        #expect(header.contains("Subject: [firing] x  Bcc: everybody@example.com"))
        #expect(header.contains("To: a@b.c Cc: d@e.f"))
        #expect(header.contains("Date: Thu, 9 Oct 2025 08:55:00 +0000"))
        #expect(lines.allSatisfy { $0.utf8.count < 998 && $0 != "." })
        let umlauts = MailText.message(notification, from: "a@b", to: "c@d", host: "h")
        #expect(umlauts.contains("Subject: =?utf-8?B?W2ZpcmluZ10gR3LDtsOfZXJlIFN0w7ZydW5n?=\n"))
        #expect(umlauts.utf8.allSatisfy { $0 == 10 || $0 >= 0x20 })
    }

    @Test("the fingerprint is the same as in Prometheus")
    func fingerprint() {
        // FNV-1a of the empty input is the offset basis.
        #expect(AlertmanagerBody.fingerprint(.empty) == "cbf29ce484222325")
    }
}
