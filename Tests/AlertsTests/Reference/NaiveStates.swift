import Model

@testable import Alerts

/// The states of a rule's alerts, step by step, as Prometheus' rule manager keeps them.
struct NaiveStates {
    struct Span: Hashable, Comparable, CustomStringConvertible {
        var labels: LabelSet
        var from: Int64
        var to: Int64?
        var peak: Double

        static func < (a: Span, b: Span) -> Bool { (a.labels, a.from) < (b.labels, b.from) }
        var description: String {
            "\(labels.pairs.map { "\($0.name)=\($0.value)" }) \(from / 1_000_000_000)…\(to.map { String($0 / 1_000_000_000) } ?? "") peak \(peak)"
        }
    }

    private struct Alert {
        var activeAt: Int64
        var firing: Span?
        var keepSince: Int64?
    }

    let hold: Int64, keep: Int64
    var isBelow = false
    private var active: [LabelSet: Alert] = [:]
    private(set) var done: [Span] = []

    init(hold: Int64, keep: Int64, isBelow: Bool) {
        self.hold = hold
        self.keep = keep
        self.isBelow = isBelow
    }

    /// Evaluates once with the given results; not called for failed evaluations.
    mutating func step(_ results: [LabelSet: Double], at t: Int64) {
        for (labels, value) in results {
            var alert = active[labels] ?? Alert(activeAt: t)
            alert.keepSince = nil
            if alert.firing == nil, t - alert.activeAt >= hold {
                alert.firing = Span(labels: labels, from: t, to: nil, peak: value)
            } else if let peak = alert.firing?.peak {
                alert.firing?.peak = isBelow ? min(peak, value) : max(peak, value)
            }
            active[labels] = alert
        }
        for (labels, var alert) in active where results[labels] == nil {
            guard var firing = alert.firing else {
                active[labels] = nil
                continue
            }
            if keep > 0, alert.keepSince == nil { alert.keepSince = t }
            if let since = alert.keepSince, t - since < keep {
                active[labels] = alert
                continue
            }
            firing.to = t
            done.append(firing)
            active[labels] = nil
        }
    }

    /// All firings, including open ones.
    func spans() -> [Span] { (done + active.values.compactMap(\.firing)).sorted() }
}
