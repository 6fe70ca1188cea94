import Glibc
import Model

/// What is different about selected rows: the values that occur more often among them than chance explains.
///
/// Each value with enough selected rows is tested by the G-test (Fisher's exact test for small counts) and corrected over all values
/// compared (Benjamini and Hochberg 1995). Findings are then taken one after another, the one that explains most rows first; each
/// further one must hold given those before it (Mantel and Haenszel 1959, corrected by the number of values compared), so that one
/// cause is one finding.
public struct Contrast: Sendable {
    /// A value that stands out.
    public struct Finding: Sendable {
        public var value: ContrastTable.Value
        /// Selected rows with the value, and other rows with it.
        public var selected: Int64, others: Int64
        /// All selected rows and all other rows for which the column has a value.
        public var selectedKnown: Int64, othersKnown: Int64
        /// The share among the selected rows divided by the share among the others; infinite if no other row has the value.
        public var lift: Double
        /// Selected rows beyond those that the value's share of traffic predicts.
        public var excess: Double
        /// The adjusted p-value.
        public var pValue: Double
        /// Values with exactly the same rows.
        public var same: [ContrastTable.Value] = []
        /// Values that hold only because of this one, in order of their excess.
        public var dependents: [Finding] = []
    }

    /// Findings, the one that explains most first; causes before traits.
    public private(set) var findings: [Finding] = []
    /// The number of values compared.
    public private(set) var compared = 0
    /// Selected rows and other rows.
    public let selected: Int64, others: Int64
    /// Two findings whose values lead to selected rows only in combination; nil if there are none.
    public private(set) var together: (Int, Int)?

    /// The share of false findings that is accepted.
    public static let level = 0.05
    /// The number of rows below which a value is not compared, and of selected rows below which it is no finding.
    ///
    /// What is compared must not depend on how many rows are selected: counting only the values that have many would make chance
    /// look significant.
    public static let fewest: Int64 = 5
    /// The maximum number of findings of causes, and of traits.
    static let mostCauses = 8, mostTraits = 3
    /// The maximum number of dependents of a finding.
    static let mostDependents = 3

    private let table: ContrastTable
    private let knownCounts: [ContrastTable.Count]

    /// Compares the selected rows of a table with the others.
    public init(_ table: ContrastTable) {
        self.table = table
        selected = table.isSelected.reduce(0) { $0 + Int64($1) }
        others = Int64(table.isSelected.count) - selected
        var known: [ContrastTable.Count] = []
        var candidates: [Finding] = [], places: [ContrastTable.Count: Int] = [:]
        for dimension in table.dimensions.indices {
            let counts = table.counts(of: dimension), all = counts[counts.count - 1]
            known.append(all)
            for (code, count) in counts.dropLast().enumerated() where count.selected + count.others >= Contrast.fewest {
                let value = ContrastTable.Value(dimension: dimension, code: Int32(code))
                guard let place = places[count] else {
                    guard let found = Contrast.tested(value, count, all, table.comparison) else { continue }
                    places[count] = candidates.count
                    candidates.append(found)
                    continue
                }
                candidates[place].same.append(value)
                // A cause stands for a trait of the same rows.
                let own = table.dimensions[candidates[place].value.dimension].rank
                if table.dimensions[dimension].rank < own { candidates[place].swapSame() }
            }
        }
        knownCounts = known
        compared = candidates.count
        let adjusted = Significance.benjaminiHochberg(candidates.map(\.pValue))
        for place in candidates.indices { candidates[place].pValue = adjusted[place] }
        let significant = candidates.filter {
            $0.pValue <= Contrast.level && $0.excess > 0 && $0.selected >= Contrast.fewest
        }
        guard !significant.isEmpty else { return }
        select(among: significant)
        together = combination()
        if together == nil { refine(candidates) }
    }

    /// Tests one value; nil if every row, or no other row, has it, so that nothing is compared.
    private static func tested(
        _ value: ContrastTable.Value, _ count: ContrastTable.Count, _ all: ContrastTable.Count,
        _ comparison: ContrastTable.Comparison
    ) -> Finding? {
        let table = TwoByTwo(count.selected, all.selected - count.selected, count.others, all.others - count.others)
        guard let table, let expected = table.expected else { return nil }
        let p = (expected.min()! < 5 ? table.fisher() : nil) ?? Significance.gTest(table, isCorrected: true)?.pValue ?? 1
        let share = Double(count.selected) / Double(all.selected)
        let otherShare = Double(count.others) / Double(all.others)
        let predicted =
            switch comparison {
            case .otherRows: expected[0]
            case .otherTime: Double(all.selected) * otherShare
            }
        return Finding(
            value: value, selected: count.selected, others: count.others, selectedKnown: all.selected, othersKnown: all.others,
            lift: otherShare > 0 ? share / otherShare : .infinity, excess: Double(count.selected) - predicted, pValue: p)
    }

    // MARK: One cause is one finding

    /// Takes the findings among candidates that are significant by themselves; the others become dependents.
    private mutating func select(among candidates: [Finding]) {
        var strata = Strata(rows: table.isSelected.count), rest = candidates
        for rank in [ContrastTable.Rank.cause, .trait] {
            let most = findings.count + (rank == .cause ? Contrast.mostCauses : Contrast.mostTraits)
            while findings.count < most {
                let tests = strata.tests(rest.map(\.value), in: table)
                let possible = rest.indices.filter { table.dimensions[rest[$0].value.dimension].rank == rank }
                let holding = possible.filter {
                    tests[$0].pValue * Double(compared) <= Contrast.level && tests[$0].excess > 0 || findings.isEmpty
                }
                guard
                    let best = holding.min(by: { a, b in
                        if tests[a].excess != tests[b].excess { return tests[a].excess > tests[b].excess }
                        return (rest[b].lift, rest[a].value.dimension, rest[a].value.code)
                            < (rest[a].lift, rest[b].value.dimension, rest[b].value.code)
                    })
                else { break }
                let found = rest.remove(at: best)
                findings.append(found)
                strata.split(by: table.membership(found.value))
            }
        }
        attach(rest)
    }

    /// Shows each value under the finding with which it shares most selected rows.
    private mutating func attach(_ rest: [Finding]) {
        guard !findings.isEmpty else { return }
        let memberships = findings.map { table.membership($0.value) }
        for candidate in rest {
            let own = table.membership(candidate.value)
            let shared = memberships.map { finding in
                own.indices.count { own[$0] == 1 && finding[$0] == 1 && table.isSelected[$0] == 1 }
            }
            let most = shared.indices.max { (shared[$0], $1) < (shared[$1], $0) }!
            findings[most].dependents.append(candidate)
        }
        for place in findings.indices {
            findings[place].dependents.sort { a, b in
                (b.excess, a.value.dimension, a.value.code) < (a.excess, b.value.dimension, b.value.code)
            }
            findings[place].dependents.removeLast(max(0, findings[place].dependents.count - Contrast.mostDependents))
        }
    }

    /// The number of selected rows with both values, and with the second.
    public func selectedRows(with value: ContrastTable.Value, within other: ContrastTable.Value) -> (both: Int64, all: Int64) {
        let a = table.membership(value), b = table.membership(other)
        var both: Int64 = 0, all: Int64 = 0
        for row in a.indices where table.isSelected[row] == 1 && b[row] == 1 {
            all += 1
            if a[row] == 1 { both += 1 }
        }
        return (both, all)
    }

    /// Looks within the first cause for a value without which it does no harm, and which does none by itself.
    private mutating func refine(_ candidates: [Finding]) {
        guard let first = findings.first, table.dimensions[first.value.dimension].rank == .cause else { return }
        let membership = table.membership(first.value)
        let rows = membership.indices.filter { membership[$0] == 1 }
        var inside = table
        inside.isSelected = rows.map { table.isSelected[$0] }
        for place in inside.dimensions.indices { inside.dimensions[place].codes = rows.map { table.dimensions[place].codes[$0] } }
        let all = Dictionary(candidates.map { ($0.value, $0) }) { a, _ in a }
        let found = inside.dimensions.indices.filter { inside.dimensions[$0].rank == .cause }.flatMap { dimension in
            let counts = inside.counts(of: dimension)
            return counts.dropLast().enumerated().compactMap { code, count -> Finding? in
                guard count.selected >= Contrast.fewest else { return nil }
                let value = ContrastTable.Value(dimension: dimension, code: Int32(code))
                guard all[value] != nil else { return nil }
                return Contrast.tested(value, count, counts[counts.count - 1], .otherRows)
            }
        }
        let best = found.filter { $0.excess > 0 && $0.pValue * Double(compared) <= Contrast.level }
            .min { ($1.excess, $0.value.dimension, $0.value.code) < ($0.excess, $1.value.dimension, $1.value.code) }
        guard let best, let whole = all[best.value] else { return }
        let before = findings
        if let place = findings.firstIndex(where: { $0.value == best.value }) { findings.remove(at: place) }
        for place in findings.indices { findings[place].dependents.removeAll { $0.value == best.value } }
        findings.insert(whole, at: 1)
        together = combination()
        if together == nil { findings = before }
    }

    /// Looks for two causes of which neither alone has more selected rows than rows with neither.
    private func combination() -> (Int, Int)? {
        let causes = findings.indices.filter { table.dimensions[findings[$0].value.dimension].rank == .cause }.prefix(4)
        for first in causes {
            for second in causes where second > first {
                let cells = Cells(table, findings[first].value, findings[second].value)
                let isAbove = { (a: Ratio?, b: Ratio?) -> Bool in
                    guard let a, let b, a.quotient > b.quotient else { return false }
                    return (Significance.compare(a, b)?.pValue ?? 1) < 0.01
                }
                guard isAbove(cells.both, cells.first), isAbove(cells.both, cells.second), !isAbove(cells.first, cells.neither),
                    !isAbove(cells.second, cells.neither)
                else { continue }
                return (first, second)
            }
        }
        return nil
    }

    /// The share of selected rows by two values.
    private struct Cells {
        var both: Ratio?, first: Ratio?, second: Ratio?, neither: Ratio?

        init(_ table: ContrastTable, _ a: ContrastTable.Value, _ b: ContrastTable.Value) {
            let one = table.membership(a), two = table.membership(b)
            var selected = [Int64](repeating: 0, count: 4), all = selected
            for row in one.indices where one[row] < 2 && two[row] < 2 {
                let cell = Int(one[row]) * 2 + Int(two[row])
                all[cell] += 1
                selected[cell] += Int64(table.isSelected[row])
            }
            func ratio(_ cell: Int) -> Ratio? { Ratio(selected[cell], of: all[cell]) }
            (both, first, second, neither) = (ratio(3), ratio(2), ratio(1), ratio(0))
        }
    }
}

extension Contrast.Finding {
    /// Exchanges the value with the last one that has the same rows.
    fileprivate mutating func swapSame() {
        let last = same.removeLast()
        same.insert(value, at: 0)
        value = last
    }
}
