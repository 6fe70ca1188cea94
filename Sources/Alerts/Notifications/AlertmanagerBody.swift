import Model

/// The webhook body of Alertmanager, version 4.
public enum AlertmanagerBody {
    /// Returns one body for all notifications to one receiver; its status is firing if any of them is firing.
    ///
    /// - Parameters:
    ///   - receiver: The receiver's name, such as that of the action.
    ///   - externalURL: The URL of this program; "" if it has none.
    public static func json(_ notifications: [Notification], receiver: String, externalURL: String = "") -> String {
        var writer = JSONWriter(.printable)
        let labels = common(notifications.map(\.namedLabels.pairs))
        let annotations = common(notifications.map(\.describedAnnotations))
        writer.object {
            $0.member("version") { $0.string("4") }
            $0.member("groupKey") { $0.string("{}:{" + (notifications.first.map { "alertname=\"\($0.alert)\"" } ?? "") + "}") }
            $0.member("truncatedAlerts") { $0.integer(0) }
            $0.member("status") { $0.string(notifications.contains { $0.kind == .firing } ? "firing" : "resolved") }
            $0.member("receiver") { $0.string(receiver) }
            $0.member("groupLabels") { $0.pairs(labels.filter { $0.name == "alertname" }) }
            $0.member("commonLabels") { $0.pairs(labels) }
            $0.member("commonAnnotations") { $0.pairs(annotations) }
            $0.member("externalURL") { $0.string(externalURL) }
            $0.member("alerts") { writer in
                writer.array(notifications) { writer, notification in
                    writer.object {
                        $0.member("status") { $0.string(notification.kind.rawValue) }
                        $0.member("labels") { $0.pairs(notification.namedLabels.pairs) }
                        $0.member("annotations") { $0.pairs(notification.describedAnnotations) }
                        $0.member("startsAt") { $0.string(TimeText.iso(notification.startsAt)) }
                        // Alertmanager's value for "not resolved yet".
                        $0.member("endsAt") { $0.string(notification.endsAt.map { TimeText.iso($0) } ?? "0001-01-01T00:00:00Z") }
                        $0.member("generatorURL") { $0.string("") }
                        $0.member("fingerprint") { $0.string(fingerprint(notification.namedLabels)) }
                    }
                }
            }
        }
        return writer.text
    }

    /// Returns the pairs common to all lists.
    private static func common(_ lists: [[LabelPair]]) -> [LabelPair] {
        guard let first = lists.first else { return [] }
        return first.filter { pair in lists.allSatisfy { $0.contains(pair) } }.sorted()
    }

    /// Returns the alert's fingerprint, 16 hexadecimal digits: FNV-1a over names and values, as in Prometheus.
    static func fingerprint(_ labels: LabelSet) -> String {
        var hash = FNV1a()
        for pair in labels.pairs {
            for text in [pair.name, pair.value] {
                hash.add(text)
                hash.add(255 as UInt8)
            }
        }
        return hash.digits
    }
}

extension JSONWriter {
    /// Writes an object with string members.
    mutating func pairs(_ pairs: [LabelPair]) {
        object { for pair in pairs { $0.member(pair.name) { $0.string(pair.value) } } }
    }
}
