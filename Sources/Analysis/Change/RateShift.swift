import Glibc
import Model

/// Values whose error rate rose more than that of all others, from one window to the next of the same length.
///
/// A value must have risen by itself (G-test or Fisher's exact test), and more than the other calls did (difference of differences);
/// both p-values are corrected over all values (Benjamini and Hochberg 1995). Findings are taken one after another, each without the
/// calls of those before it, so that one cause is one finding.
public struct RateShift: Sendable {
    /// A value whose rate rose.
    public struct Finding: Sendable {
        public var value: ContrastTable.Value
        /// Failed calls of all calls with the value, before and after.
        public var before: (failed: Int64, calls: Int64), after: (failed: Int64, calls: Int64)
        /// Failed calls beyond those that the rate before predicts.
        public var excess: Double
        /// The excess beyond the value's share of the excess of all calls: more specific values come first.
        var focus: Double
        /// The adjusted p-value.
        public var pValue: Double
        /// Values with exactly the same calls.
        public var same: [ContrastTable.Value] = []
        /// Values that rose only because of this one, in order of their excess.
        public var dependents: [Finding] = []
    }

    /// The finding that explains most first.
    public private(set) var findings: [Finding] = []
    /// The number of values compared.
    public private(set) var compared = 0

    /// The maximum number of findings, and of dependents of each.
    static let mostFindings = 6, mostDependents = 2

    /// Compares calls before and after an instant.
    ///
    /// - Parameters:
    ///   - isAfter: 1 for calls after the instant, otherwise 0.
    ///   - hasFailed: 1 for failed calls, otherwise 0.
    ///   - dimensions: The columns of the calls.
    public init(isAfter: [UInt8], hasFailed: [UInt8], dimensions: [ContrastTable.Dimension]) {
        var isLeft = [UInt8](repeating: 1, count: isAfter.count)
        let rows = Rows(isAfter: isAfter, hasFailed: hasFailed, dimensions: dimensions)
        let whole = rows.tests(among: isLeft, only: nil)
        compared = whole.count
        var rest = RateShift.significant(whole, compared)
        let first = rest
        while findings.count < RateShift.mostFindings, var best = RateShift.best(rest) {
            if let found = first.first(where: { $0.value == best.value }) { best = found }
            let membership = rows.table.membership(best.value)
            for row in isLeft.indices where membership[row] == 1 { isLeft[row] = 0 }
            let others = rest.filter { $0.value != best.value }
            rest = RateShift.significant(rows.tests(among: isLeft, only: Set(others.map(\.value))), compared)
            let holding = Set(rest.map(\.value))
            best.dependents = Array(
                others.filter { !holding.contains($0.value) }.sorted(by: RateShift.isBefore).prefix(RateShift.mostDependents))
            findings.append(best)
        }
    }

    private static func isBefore(_ a: Finding, _ b: Finding) -> Bool {
        if a.focus != b.focus { return a.focus > b.focus }
        return (a.value.dimension, a.value.code) < (b.value.dimension, b.value.code)
    }

    private static func best(_ findings: [Finding]) -> Finding? { findings.min(by: isBefore) }

    /// The findings that are significant among as many comparisons.
    private static func significant(_ all: [Finding], _ compared: Int) -> [Finding] {
        let fillers = Array(repeating: 1.0, count: max(0, compared - all.count))
        let adjusted = Significance.benjaminiHochberg(all.map(\.pValue) + fillers)
        return all.indices.filter {
            adjusted[$0] <= Contrast.level && all[$0].excess > 0 && all[$0].after.failed >= Contrast.fewest
        }
        .map { place in
            var finding = all[place]
            finding.pValue = adjusted[place]
            return finding
        }
    }
}

/// The calls of both windows.
private struct Rows {
    /// A table in which failed calls are the selected ones.
    let table: ContrastTable
    let isAfter: [UInt8]

    init(isAfter: [UInt8], hasFailed: [UInt8], dimensions: [ContrastTable.Dimension]) {
        table = ContrastTable(isSelected: hasFailed, dimensions: dimensions)
        self.isAfter = isAfter
    }

    /// Calls in the four cells: before and after, other and failed; and a hash of the set of them.
    private struct Cells: Hashable {
        var beforeOk: Int64 = 0, beforeFailed: Int64 = 0, afterOk: Int64 = 0, afterFailed: Int64 = 0
        var rows: UInt64 = 0
        var before: Int64 { beforeOk + beforeFailed }
        var after: Int64 { afterOk + afterFailed }

        static func - (a: Cells, b: Cells) -> Cells {
            Cells(
                beforeOk: a.beforeOk - b.beforeOk, beforeFailed: a.beforeFailed - b.beforeFailed, afterOk: a.afterOk - b.afterOk,
                afterFailed: a.afterFailed - b.afterFailed)
        }

        static func += (a: inout Cells, b: Cells) {
            a.beforeOk += b.beforeOk
            a.beforeFailed += b.beforeFailed
            a.afterOk += b.afterOk
            a.afterFailed += b.afterFailed
            a.rows &+= b.rows
        }
    }

    /// Tests values among the rows that are left; of all values if none are named.
    func tests(among isLeft: [UInt8], only wanted: Set<ContrastTable.Value>?) -> [RateShift.Finding] {
        var findings: [RateShift.Finding] = [], places: [Cells: Int] = [:]
        for (dimension, column) in table.dimensions.enumerated() {
            var cells = [Cells](repeating: Cells(), count: column.count)
            for (row, code) in column.codes.enumerated() where code >= 0 && isLeft[row] == 1 {
                let place = Int(code)
                switch (isAfter[row], table.isSelected[row]) {
                case (0, 0): cells[place].beforeOk += 1
                case (0, _): cells[place].beforeFailed += 1
                case (_, 0): cells[place].afterOk += 1
                default: cells[place].afterFailed += 1
                }
                cells[place].rows &+= SplitMix64.number(UInt64(truncatingIfNeeded: row))
            }
            let all = cells.reduce(into: Cells(), +=)
            for (code, own) in column.byValue(cells, none: Cells(), +=).enumerated() {
                let value = ContrastTable.Value(dimension: dimension, code: Int32(code))
                guard own.before + own.after >= Contrast.fewest, wanted?.contains(value) ?? true else { continue }
                if let place = places[own] {
                    findings[place].same.append(value)
                } else if let finding = finding(value, own, all - own) {
                    places[own] = findings.count
                    findings.append(finding)
                }
            }
        }
        return findings
    }

    private func finding(_ value: ContrastTable.Value, _ own: Cells, _ rest: Cells) -> RateShift.Finding? {
        guard own.after > 0, own.before + own.after > 0 else { return nil }
        // Without calls before, the others tell what the rate would have been.
        let reference = own.before > 0 ? (own.beforeFailed, own.before) : (rest.afterFailed, rest.after)
        guard reference.1 > 0 else { return nil }
        let rose =
            Significance.compare(Ratio(own.afterFailed, of: own.after)!, Ratio(reference.0, of: reference.1)!)?.pValue ?? 1
        let excess = Double(own.afterFailed) - Double(own.after) * Double(reference.0) / Double(reference.1)
        let rate = rest.before > 0 ? Double(rest.beforeFailed) / Double(rest.before) : 0
        let others = Double(rest.afterFailed) - Double(rest.after) * rate
        let share = Double(own.after) / Double(own.after + rest.after)
        return RateShift.Finding(
            value: value, before: (own.beforeFailed, own.before), after: (own.afterFailed, own.after), excess: excess,
            focus: excess - share * (excess + others), pValue: max(rose, more(own, rest)))
    }

    /// The probability that a rate rose by so much more than the others' by chance; 1 without others: all calls moved alike then.
    private func more(_ own: Cells, _ rest: Cells) -> Double {
        guard rest.after > 0, rest.before > 0 else { return 1 }
        func part(_ failed: Int64, _ calls: Int64) -> (rate: Double, variance: Double) {
            let rate = (Double(failed) + 0.5) / (Double(calls) + 1)
            return (rate, rate * (1 - rate) / Double(max(1, calls)))
        }
        let after = part(own.afterFailed, own.after), before = part(own.beforeFailed, own.before)
        let othersAfter = part(rest.afterFailed, rest.after), othersBefore = part(rest.beforeFailed, rest.before)
        if own.before == 0 { return 0 }
        let difference = (after.rate - before.rate) - (othersAfter.rate - othersBefore.rate)
        let variance = after.variance + before.variance + othersAfter.variance + othersBefore.variance
        guard difference > 0, variance > 0 else { return 1 }
        return Distribution.normalTwoSided(difference / variance.squareRoot())
    }
}
