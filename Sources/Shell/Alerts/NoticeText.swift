import Alerts
import Model
import Render
import Storage

/// What is sent when an alert begins or ceases to fire, in the form of each receiver; without secrets.
struct NoticeText {
    let firing: FiringEntry
    let event: FiringEvent
    let measure: MeasureWords
    /// The alert's own name where the rule is kept under another one.
    var alert: String?

    private var labels: LabelSet { LabelText.labels(firing.labels) }
    private var annotations: LabelSet { firing.note.map(LabelText.labels) ?? .empty }

    /// The notice in the form of a kind of receiver.
    func body(for kind: String, target: String) -> String {
        switch kind {
        case "webhook": AlertmanagerBody.json([notice], receiver: "faultline")
        case "slack": ChatBodies.slack(notice)
        case "discord": ChatBodies.discord(notice)
        case "email": MailText.message(notice, from: "faultline", to: target, host: "localhost")
        default: line
        }
    }

    /// The notice as the engine words it, without secrets.
    private var notice: Notice {
        var named = labels
        if named["severity"] == nil { named = named.overwritten(by: [LabelPair("severity", firing.severity.name)]) }
        let clean = LabelSet(named.pairs.map { LabelPair($0.name, Redaction.text($0.value)) })
        return Notice(
            event == .fired ? .firing : .resolved, alert: alert ?? firing.rule, labels: clean,
            annotations: annotations.pairs.map { LabelPair($0.name, Redaction.text($0.value)) },
            time: event == .fired ? firing.noticedAt ?? firing.startedAt : firing.endedAt ?? firing.startedAt,
            startsAt: firing.startedAt, endsAt: event == .resolved ? firing.endedAt : nil, value: firing.value,
            expression: measure.name)
    }

    private var word: String { event == .fired ? "FIRING" : "RESOLVED" }

    /// One line for the log.
    var line: String {
        let time = TimeText.iso(event == .fired ? firing.startedAt : firing.endedAt ?? firing.startedAt)
        return Printable.safe("\(time) \(sentence)")
    }

    /// For people: what fires, since when, how badly.
    var sentence: String {
        var parts = ["\(word) \(firing.rule)"]
        let series = LabelText.series(firing)
        if !series.isEmpty { parts[0] += " {\(series)}" }
        parts.append("severity \(firing.severity.name)")
        if event == .fired {
            parts.append(measure.text(firing.value))
        } else {
            parts.append("worst \(measure.text(firing.peak))")
            parts.append("\(firing.errors) error\(firing.errors == 1 ? "" : "s")")
            if let end = firing.endedAt { parts.append("after \(ValueText(Style()).duration(end - firing.startedAt))") }
        }
        parts.append("since \(TimeText.iso(firing.startedAt))")
        if firing.wasLate { parts.append("found late") }
        parts += annotations.pairs.map(\.value)
        return Redaction.text(parts.joined(separator: " · "))
    }
}
