import Glibc

/// Values of a measure beside the threshold that they are compared with, for findings.
struct MeasuredValue {
    /// How the measure is compared, where it is: rounding must not carry a value over its threshold.
    var relation: Relation?
    var threshold: Double?

    /// Whole numbers in full, others in four digits, or in all where four would say something else of the threshold.
    func text(_ value: Double) -> String {
        if !value.isFinite || value == value.rounded() { return GoNumber.plain(value) }
        let rounded = strtod(GoNumber.fixed(value, "g", precision: 4), nil)
        if let relation, let threshold, relation.holds(rounded, threshold) != relation.holds(value, threshold) {
            return GoNumber.plain(value)
        }
        return GoNumber.plain(rounded)
    }

    /// The comparison as written: `> 0.05`.
    var condition: String { "\(relation?.rawValue ?? "") \(threshold.map(GoNumber.plain) ?? "")" }
}
