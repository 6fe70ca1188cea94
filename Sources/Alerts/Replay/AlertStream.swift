/// The alerts of one rule: their label sets, and when their condition holds with which value.
struct AlertStream {
    /// The identity of each alert: the result's labels, overridden by the rule's.
    var alerts: [LabelSet] = []
    /// The labels of the result itself, for templates.
    var resultLabels: [LabelSet] = []
    /// Changes by instant; `series` is the index of the alert.
    var changes: [Change] = []
    /// Instants at which the expression failed or alerts had duplicate labels.
    var failures = FailureSpans.none

    static let duplicates = "vector contains metrics with the same labelset after applying alert labels"

    /// Derives the alerts from a rule's result. Two results with the same identity at an instant fail the rule there.
    init(_ rule: PrometheusRule, _ result: StepVector, _ values: LabelValues) {
        failures = result.failures
        let identities = Identities(rule, result, values)
        var numbers: [LabelSet: Int] = [:]
        // The alert of each series once known, unless it depends on the value.
        var known = [Int](repeating: -1, count: identities.dependOnValue ? 0 : result.series.count)
        // The alert to which each series currently belongs.
        var alertOf = [Int](repeating: -1, count: result.series.count)
        var members: [Int] = [], sums: [Int] = []
        var values = [Double](repeating: .absent, count: result.series.count)
        var shown: [Double] = []
        var duplicated = 0
        var watch = FailureWatch(AlertStream.duplicates)
        var dirty: [Int] = [], isDirty: [Bool] = []
        func touch(_ alert: Int) {
            if isDirty[alert] { return }
            isDirty[alert] = true
            dirty.append(alert)
        }
        func leave(_ series: Int) {
            let alert = alertOf[series]
            guard alert >= 0 else { return }
            members[alert] -= 1
            sums[alert] -= series
            if members[alert] == 1 { duplicated -= 1 }
            alertOf[series] = -1
            touch(alert)
        }
        var index = 0
        while index < result.changes.count {
            let instant = result.changes[index].instant
            while index < result.changes.count, result.changes[index].instant == instant {
                let change = result.changes[index], series = Int(change.series)
                index += 1
                values[series] = change.value
                if change.value.isAbsent {
                    leave(series)
                    continue
                }
                if alertOf[series] >= 0, !identities.dependOnValue {
                    touch(alertOf[series])
                    continue
                }
                var alert = identities.dependOnValue ? -1 : known[series]
                if alert < 0 {
                    let labels = identities.identity(of: series, value: change.value)
                    if let found = numbers[labels] {
                        alert = found
                    } else {
                        alert = alerts.count
                        numbers[labels] = alert
                        alerts.append(labels)
                        resultLabels.append(identities.labels(of: series))
                        members.append(0)
                        sums.append(0)
                        shown.append(.absent)
                        isDirty.append(false)
                    }
                    if !identities.dependOnValue { known[series] = alert }
                }
                if alert != alertOf[series] {
                    leave(series)
                    alertOf[series] = alert
                    members[alert] += 1
                    sums[alert] += series
                    if members[alert] == 2 { duplicated += 1 }
                }
                touch(alert)
            }
            for alert in dirty {
                let value = members[alert] == 0 ? .absent : members[alert] == 1 ? values[sums[alert]] : shown[alert]
                isDirty[alert] = false
                if value.bitPattern == shown[alert].bitPattern { continue }
                shown[alert] = value
                changes.append(Change(instant, Int32(alert), value))
            }
            dirty.removeAll(keepingCapacity: true)
            watch.set(duplicated > 0, at: Int(instant))
        }
        watch.finish(at: Int(Int32.max))
        failures = failures.union(watch.spans)
    }

    /// Computes the identity of each result.
    private struct Identities {
        private let rule: PrometheusRule
        private let series: SeriesTable
        private let values: LabelValues
        let dependOnValue: Bool

        init(_ rule: PrometheusRule, _ result: StepVector, _ values: LabelValues) {
            self.rule = rule
            self.series = result.series
            self.values = values
            dependOnValue = rule.labels.contains { $0.template.usesValue }
        }

        func labels(of number: Int) -> LabelSet { series.labelSet(of: number, values) }

        func identity(of number: Int, value: Double) -> LabelSet {
            let labels = labels(of: number), shown = rule.templateLabels(labels)
            // `alertname` is implied here; elsewhere it is written last.
            return labels.overwritten(
                by: rule.labels.filter { $0.name != "alertname" }.map {
                    LabelPair($0.name, $0.template.rendered(labels: shown, value: value))
                })
        }
    }
}
