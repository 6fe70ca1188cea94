/// Reports a comparison that never holds or always holds.
struct ThresholdFinding {
    private let values: MeasuredValue
    private let relation: Relation
    private let threshold: Double
    /// The smallest and the largest value over all series; nil if there are no values.
    private let smallest: Double?, largest: Double?
    /// Whether the comparison held for some series at any instant, and at every instant.
    private let everHolds: Bool, alwaysHolds: Bool

    init(_ vector: StepVector, _ relation: Relation, _ threshold: Double) {
        self.relation = relation
        self.threshold = threshold
        values = MeasuredValue(relation: relation, threshold: threshold)
        let known = vector.changes.map(\.value).filter { !$0.isNaN }
        (smallest, largest) = (known.min(), known.max())
        func holds(_ value: Double) -> Bool { !value.isAbsent && relation.holds(value, threshold) }
        var isHolding = [Bool](repeating: false, count: vector.series.count), holding = 0
        var everHolds = false, alwaysHolds = vector.changes.first?.instant == 0
        walk(vector.changes, []) { _, changed, _ in
            for change in changed where holds(change.value) != isHolding[Int(change.series)] {
                isHolding[Int(change.series)].toggle()
                holding += isHolding[Int(change.series)] ? 1 : -1
            }
            everHolds = everHolds || holding > 0
            alwaysHolds = alwaysHolds && holding > 0
        }
        (self.everHolds, self.alwaysHolds) = (everHolds, alwaysHolds)
    }

    /// Returns the finding; nil if the comparison holds only sometimes, or if there are no values.
    ///
    /// - Parameters:
    ///   - measure: The text of the measure if the rule compares several; nil if it is clear from the rule.
    ///   - missed: Text to append to the sentence.
    func finding(of measure: String? = nil, missed: String = "") -> RuleFinding? {
        guard let smallest, let largest else { return nil }
        let subject = measure.map { "`\($0)`: " } ?? ""
        if !everHolds {
            let seen =
                switch relation {
                case .greater, .greaterOrEqual: "the largest value was \(values.text(largest))"
                case .less, .lessOrEqual: "the smallest value was \(values.text(smallest))"
                case .equal, .notEqual:
                    smallest == largest
                        ? "the only value was \(values.text(largest))"
                        : "values ranged from \(values.text(smallest)) to \(values.text(largest))"
                }
            return RuleFinding(
                "never-reached", subject + "never reached: \(seen), the threshold is \(values.condition)" + missed)
        }
        guard alwaysHolds else { return nil }
        let word = relation == .greater || relation == .greaterOrEqual ? "exceeded" : "met"
        return RuleFinding(
            "always-exceeded", subject + "always \(word): at every evaluation some series satisfies \(values.condition)")
    }
}
