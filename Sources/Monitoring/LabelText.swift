import Alerts
import Ingest
import LocalStore
import Model
import System

/// Label sets as texts.
package enum LabelText {
    /// A JSON object whose names ascend: equal sets give equal texts.
    package static func json(_ labels: LabelSet) -> String {
        "{" + labels.pairs.map { "\(quoted($0.name)):\(quoted($0.value))" }.joined(separator: ",") + "}"
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

    /// A JSON string.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028 || scalar.value == 0x2029 {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}
