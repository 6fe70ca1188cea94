import Errors
import Ingest
import Model
import QueryLanguage

/// A row of a table of rules as a rule of our own; its threshold means `>=`.
package struct RuleRow {
    private(set) var text: String
    /// What was not taken over as it stands.
    private(set) var remarks: [String] = []
    /// Why it is no rule; nil when it may be one.
    private(set) var problem: String?

    package init(_ row: AlertRuleRow) {
        func isGiven(_ text: String?) -> Bool { !(text ?? "").isEmpty && text != "*" && text?.lowercased() != "any" }
        if row.threshold == nil { problem = "it has no threshold" }
        let minutes = max(row.windowInMinutes ?? 15, 0)
        let length = minutes < 1e6 ? Units.spelling(.seconds(Int64(minutes * 60))) : "\(minutes)m"
        let kind = (row.thresholdType ?? "count").lowercased()
        let isRate = ["rate", "error_rate", "percentage", "percent"].contains(kind)
        var filters: [String] = [], counted: ErrorType?
        if isGiven(row.errorType), let named = row.errorType {
            let type = RuleRow.type(named)
            counted = type
            if let type, type.name != named.lowercased() { remarks.append("errors of type `\(named)` are `\(type.name)` here") }
            filters.append("type = \(Literal.spelling(type?.name ?? named))")
        }
        // A row's severity says which errors it counts.
        if isGiven(row.severity), let named = row.severity {
            let severity = RuleRow.severities[named.uppercased()] ?? named.uppercased()
            if severity != named.uppercased() { remarks.append("severity \(named) is \(severity) here") }
            filters.append("severity = \(Literal.spelling(severity))")
            if let counted, counted.severity.name != severity {
                remarks.append(
                    "errors of type `\(counted.name)` are \(counted.severity.name) here: unless a custom rule says otherwise, none is \(severity)"
                )
            }
        }
        let filter = filters.isEmpty ? "" : " where " + filters.joined(separator: " and ")
        let number = RuleRow.number(row.threshold ?? 0)
        // Shares above 1 are percents.
        let isPercent = isRate && ((row.threshold ?? 0) > 1 || kind.hasPrefix("percent"))
        let isKnown = isRate || ["count", "absolute", "total", "threshold"].contains(kind)
        let measure = isRate ? "error_rate" : isKnown ? "count" : kind
        text = "when errors\(filter) over \(length) having \(measure) >= \(number)\(isPercent ? "%" : "")"
        text += " do " + actions(row.action ?? "log")
    }

    /// The words of a row's action, which may be several; what they do not say how to reach is logged.
    private mutating func actions(_ words: String) -> String {
        var actions: [String] = [], lost: [String] = []
        for word in words.split(whereSeparator: { ",; |+".contains($0) }).map(String.init) {
            let lowered = word.lowercased()
            if lowered == "log" {
                actions.append("log")
            } else if lowered.hasPrefix("http://") || lowered.hasPrefix("https://") {
                actions.append("webhook \(Literal.quoted(word))")
            } else if lowered.contains("@") {
                actions.append("email \(Literal.quoted(word))")
            } else {
                lost.append(word)
            }
        }
        if !lost.isEmpty {
            let named = lost.map { "`\($0)`" }.joined(separator: ", ")
            remarks.append("the action \(named) has no address: the rule only logs; add a receiver with `alert edit`")
        }
        var seen: Set<String> = []
        if actions.isEmpty || !lost.isEmpty && !actions.contains("log") { actions.append("log") }
        return actions.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }

    /// The type that a row names: one of ours, however it is written, or one that providers and their libraries know.
    private static func type(_ named: String) -> ErrorType? {
        if let type = ErrorType(name: named.lowercased()) { return type }
        let asClass = Classifier().classify(ErrorText(text: "", exceptionClass: named, isKnownFailure: true))
        let asType = Classifier().classify(ErrorText(text: "", providerType: named, isKnownFailure: true))
        return [asClass, asType].compactMap { $0?.type }.first { $0 != .unknown }
    }

    /// Words of other dashboards for severities.
    private static let severities = ["HIGH": "ERROR", "MEDIUM": "WARNING", "LOW": "INFO", "WARN": "WARNING", "FATAL": "CRITICAL"]

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
