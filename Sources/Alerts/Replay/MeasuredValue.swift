import Glibc

/// Formats values of a measure next to its threshold, for findings.
struct MeasuredValue {
    /// The comparison, if any: rounding must not move a value across its threshold.
    var relation: Relation?
    var threshold: Double?

    /// Formats integers in full and other values with four digits, or with all if four would cross the threshold.
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
