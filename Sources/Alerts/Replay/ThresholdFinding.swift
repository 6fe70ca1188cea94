/// Whether a measure ever reaches its threshold, or always exceeds it.
struct ThresholdFinding {
    /// The changes of the worst value over all series.
    private let worst: [Change]
    private let relation: Relation
    private let threshold: Double
    /// The worst value of all; nil when there never was one.
    let largest: Double?

    init(_ worst: [Change], _ relation: Relation, _ threshold: Double) {
        self.worst = worst
        self.relation = relation
        self.threshold = threshold
        let values = worst.map(\.value).filter(\.isFinite)
        largest = relation.isBelow ? values.min() : values.max()
    }

    private func holds(_ change: Change) -> Bool { !change.value.isAbsent && relation.holds(change.value, threshold) }
    private func four(_ value: Double) -> String { GoNumber.fixed(value, "g", precision: 4) }

    /// What stands out; nil when the threshold is sometimes reached and sometimes not. `missed` is added to the sentence.
    var finding: RuleFinding? { finding(missed: "") }

    func finding(missed: String) -> RuleFinding? {
        guard let largest else { return nil }
        if !worst.contains(where: holds) {
            return RuleFinding(
                "never-reached",
                "never reached: the \(relation.isBelow ? "smallest" : "largest") value was \(four(largest)), the threshold is "
                    + "\(relation.rawValue) \(four(threshold))" + missed)
        }
        guard worst.first?.instant == 0, worst.allSatisfy(holds) else { return nil }
        return RuleFinding(
            "always-exceeded",
            "always exceeded: at every evaluation some series satisfies \(relation.rawValue) \(four(threshold))")
    }
}
