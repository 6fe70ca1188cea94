import Glibc

/// Rows divided by the findings so far, within which further values are compared.
struct Strata {
    /// A test of a value given the strata.
    struct Test {
        /// The p-value of the Mantel–Haenszel test with continuity correction; for few expected rows, of the Poisson distribution.
        var pValue: Double
        /// Selected rows beyond those expected within each stratum.
        var excess: Double
    }

    private var strataOf: [Int32]
    private var count = 1

    /// Creates one stratum with all rows.
    init(rows: Int) { strataOf = Array(repeating: 0, count: rows) }

    /// Divides each stratum by a membership of 0, 1 or 2.
    mutating func split(by membership: [UInt8]) {
        var places: [Int32: Int32] = [:]
        for row in strataOf.indices {
            let key = strataOf[row] * 3 + Int32(membership[row])
            if let place = places[key] {
                strataOf[row] = place
            } else {
                let place = Int32(places.count)
                places[key] = place
                strataOf[row] = place
            }
        }
        count = max(1, places.count)
    }

    /// Tests values within the strata, in the given order.
    func tests(_ values: [ContrastTable.Value], in table: ContrastTable) -> [Test] {
        var tests = values.map { _ in Test(pValue: 1, excess: 0) }
        let byDimension = Dictionary(grouping: values.indices) { values[$0].dimension }
        for (dimension, places) in byDimension.sorted(by: { $0.key < $1.key }) {
            let column = table.dimensions[dimension], width = column.count
            var selected = [Int64](repeating: 0, count: count * width), others = selected
            for (row, code) in column.codes.enumerated() where code >= 0 {
                let cell = Int(strataOf[row]) * width + Int(code)
                if table.isSelected[row] == 1 { selected[cell] += 1 } else { others[cell] += 1 }
            }
            let totals = (0..<count).map { stratum -> (Int64, Int64) in
                let cells = stratum * width..<(stratum + 1) * width
                return (selected[cells].reduce(0, +), others[cells].reduce(0, +))
            }
            for place in places {
                let code = values[place].code
                let codes = column.members.map { sets in sets.indices.filter { sets[$0].contains(code) } } ?? [Int(code)]
                var sum = 0.0, variance = 0.0, found = 0.0
                for stratum in 0..<count {
                    let a = codes.reduce(Int64(0)) { $0 + selected[stratum * width + $1] }
                    let c = codes.reduce(Int64(0)) { $0 + others[stratum * width + $1] }
                    found += Double(a)
                    add(Double(a), Double(c), Double(totals[stratum].0), Double(totals[stratum].1), &sum, &variance)
                }
                guard variance > 0 else { continue }
                let distance = max(0, abs(sum) - 0.5), expected = found - sum
                // The normal approximation is optimistic where little is expected.
                let p =
                    sum > 0 && expected < 10
                    ? min(1, 2 * Distribution.poissonTail(found, mean: expected))
                    : Distribution.chiSquaredOne(distance * distance / variance)
                tests[place] = Test(pValue: p, excess: sum)
            }
        }
        return tests
    }

    /// Adds the difference of a stratum from what is expected, and its hypergeometric variance.
    private func add(
        _ a: Double, _ c: Double, _ selected: Double, _ others: Double, _ sum: inout Double, _ variance: inout Double
    ) {
        let n = selected + others, with = a + c
        guard n > 1, selected > 0, others > 0, with > 0, with < n else { return }
        sum += a - with * selected / n
        variance += selected * others / (n * n) * with * (n - with) / (n - 1)
    }
}
