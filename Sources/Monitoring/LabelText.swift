import Alerts
import Ingest
import LocalStore
import Model
import Platform

/// Label sets as texts.
package enum LabelText {
    /// A JSON object whose names ascend: equal sets give equal texts.
    package static func json(_ labels: LabelSet) -> String {
        "{"
            + labels.pairs.map { "\($0.name.quotedAsJSON(.printable)):\($0.value.quotedAsJSON(.printable))" }.joined(
                separator: ",") + "}"
    }

    /// The set that a JSON object holds; empty for anything else.
    package static func labels(_ json: String) -> LabelSet {
        LabelSet((FlatObject.members(of: json) ?? [:]).map { LabelPair($0.key, $0.value) })
    }

    /// For people, without secrets: `provider=openai, severity=critical`; "" when there are none.
    package static func words(_ labels: LabelSet) -> String {
        Redaction.text(labels.pairs.map { "\($0.name)=\(Redaction.text($0.value))" }.joined(separator: ", "))
    }

    /// The labels of a firing for people, without its rule's severity, which stands beside them.
    package static func series(_ firing: FiringEntry) -> String {
        words(series(labels(firing.labels), severity: firing.severity))
    }

    /// The labels of an alert without its rule's severity. Where `severity` is a group's own label, the rule's is
    /// `rule_severity`.
    package static func series(_ labels: LabelSet, severity: Severity) -> LabelSet {
        let own = labels["rule_severity"] == nil ? "severity" : "rule_severity"
        return LabelSet(labels.pairs.filter { $0 != LabelPair(own, severity.name) })
    }
}
