/// Whether a measure ever meets its comparison, or always does.
struct ThresholdFinding {
    private let values: MeasuredValue
    private let relation: Relation
    private let threshold: Double
    /// The smallest and the largest value of all series; nil when there never was one.
    private let smallest: Double?, largest: Double?
    /// Whether the comparison held for some series at some instant, and at every one.
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

    /// What stands out; nil when the comparison sometimes holds and sometimes not, and without values.
    ///
    /// - Parameters:
    ///   - measure: The measure's text, for rules that compare several; nil where there is no doubt.
    ///   - missed: Added to the sentence.
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
                        : "values went from \(values.text(smallest)) to \(values.text(largest))"
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
