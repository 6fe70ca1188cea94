import Alerts
import Errors
import LocalStore
import Model
import Render
import Platform

/// What is sent when an alert fires or is resolved, in the form of each receiver; without secrets.
package struct NotificationText {
    package let firing: FiringEntry
    package let event: FiringEvent
    private let condition: FiringCondition

    package init(_ firing: FiringEntry, _ event: FiringEvent) {
        self.firing = firing
        self.event = event
        condition = FiringCondition(json: firing.condition) ?? FiringCondition(alert: firing.rule)
    }

    /// The notification in the form of a receiver.
    package static func body(_ firing: FiringEntry, _ event: FiringEvent, _ receiver: NotificationReceiver) -> String {
        let text = NotificationText(firing, event)
        return switch receiver.kind {
        case "webhook": AlertmanagerBody.json([text.notification], receiver: "faultline")
        case "slack": ChatBodies.slack(text.notification)
        case "discord": ChatBodies.discord(text.notification)
        case "email":
            MailText.message(text.notification, from: "faultline", to: receiver.target, host: "localhost")
        default: text.line
        }
    }

    private var annotations: LabelSet { firing.note.map(LabelText.labels) ?? .empty }

    /// The notification as the engine words it, without secrets.
    private var notification: Notification {
        var named = LabelText.labels(firing.labels)
        if named["severity"] == nil, named["rule_severity"] == nil {
            named = named.overwritten(by: [LabelPair("severity", firing.severity.name)])
        }
        func clean(_ pairs: [LabelPair]) -> [LabelPair] { pairs.map { LabelPair($0.name, Redaction.text($0.value)) } }
        return Notification(
            event == .fired ? .firing : .resolved, alert: Redaction.text(condition.alert), labels: LabelSet(clean(named.pairs)),
            annotations: clean(annotations.pairs), details: clean(details),
            time: event == .fired ? firing.notifiedAt ?? firing.startedAt : firing.endedAt ?? firing.startedAt,
            startsAt: firing.startedAt, endsAt: event == .resolved ? firing.endedAt : nil)
    }

    /// What is known of the firing, in the order in which it is shown.
    private var details: [LabelPair] {
        var details = [
            LabelPair("rule", condition.rule), LabelPair("value", condition.measure.text(firing.value)),
            LabelPair("threshold", condition.threshold), LabelPair("window", condition.window),
        ]
        if event == .resolved {
            details += [
                LabelPair("worst", condition.measure.text(firing.peak)), LabelPair("errors", String(firing.errors)),
                LabelPair("length", length ?? ""), LabelPair("resolution", firing.resolution ?? "condition no longer met"),
            ]
        }
        details.append(LabelPair("trace", firing.trace ?? ""))
        if event == .fired, let type = condition.errorType {
            let steps = NextStep.steps(for: type).map { "\($0.action): \($0.check)" }
            details += [LabelPair("error_type", type.name), LabelPair("next_steps", steps.joined(separator: "\n"))]
        }
        return details.filter { !$0.value.isEmpty }
    }

    private var length: String? {
        firing.endedAt.map { ValueText(Style()).duration($0 - firing.startedAt) }
    }

    /// One line for the log.
    package var line: String {
        let time = TimeText.iso(event == .fired ? firing.startedAt : firing.endedAt ?? firing.startedAt)
        return Printable.safe("\(time) \(sentence)")
    }

    /// For people: what fires, since when, how badly.
    private var sentence: String {
        var parts = ["\(event.word) \(firing.rule)"]
        let series = LabelText.series(firing)
        if !series.isEmpty { parts[0] += " {\(series)}" }
        parts.append("severity \(firing.severity.name)")
        if event == .fired {
            parts.append(condition.measure.text(firing.value))
        } else {
            parts.append("worst \(condition.measure.text(firing.peak))")
            parts.append("\(firing.errors) error\(firing.errors == 1 ? "" : "s")")
            if let length { parts.append("after \(length)") }
        }
        parts.append("since \(TimeText.iso(firing.startedAt))")
        if firing.wasLate { parts.append("found late") }
        if !condition.threshold.isEmpty { parts.append("threshold \(condition.threshold)") }
        if !condition.window.isEmpty { parts.append("window \(condition.window)") }
        if let trace = firing.trace { parts.append("trace \(trace)") }
        if event == .resolved, let reason = firing.resolution { parts.append(reason) }
        parts += annotations.pairs.map(\.value)
        return Redaction.text(parts.joined(separator: " · "))
    }
}

extension FiringEvent {
    /// What notifications call it.
    package var word: String { self == .fired ? "FIRING" : "RESOLVED" }
}
