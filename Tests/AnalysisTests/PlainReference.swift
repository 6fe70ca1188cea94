import Model

/// The same statistics as the analysis, computed directly from their definitions.
enum PlainReference {
    static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        if sorted.isEmpty { return nil }
        let n = sorted.count
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
    }

    /// Median ± 3.5 · 1.4826 · MAD of the known values among the `window` before each bucket.
    static func madBand(_ values: [Double?], window: Int, fewest: Int) -> [ClosedRange<Double>?] {
        values.indices.map { index in
            let known = values[max(0, index - window)..<index].compactMap { $0 }
            guard known.count >= fewest, let middle = median(known), let mad = median(known.map { abs($0 - middle) }) else {
                return nil
            }
            return middle - 3.5 * 1.4826 * mad...middle + 3.5 * 1.4826 * mad
        }
    }

    /// Mean ± 2 sample standard deviations of the known values among the `window` before each bucket.
    static func zscoreBand(_ values: [Double?], window: Int, fewest: Int) -> [ClosedRange<Double>?] {
        values.indices.map { index in
            let known = values[max(0, index - window)..<index].compactMap { $0 }
            guard known.count >= fewest else { return nil }
            let mean = known.reduce(0, +) / Double(known.count)
            let sum = known.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
            let deviation = (sum / Double(known.count - 1)).squareRoot()
            return mean - 2 * deviation...mean + 2 * deviation
        }
    }

    /// The Mann–Kendall score and variance from all pairs.
    static func mannKendall(_ values: [Double]) -> (score: Int, variance: Double) {
        var score = 0
        for i in values.indices {
            for j in values.indices where j > i { score += values[j] > values[i] ? 1 : values[j] < values[i] ? -1 : 0 }
        }
        func term(_ n: Int) -> Double { Double(n * (n - 1) * (2 * n + 5)) }
        var variance = term(values.count)
        for value in Set(values) { variance -= term(values.filter { $0 == value }.count) }
        return (score, variance / 18)
    }

    static func slope(_ values: [Double?]) -> Double? {
        var slopes: [Double] = []
        for i in values.indices {
            for j in values.indices where j > i {
                if let from = values[i], let to = values[j] { slopes.append((to - from) / Double(j - i)) }
            }
        }
        return median(slopes)
    }

    /// The position with the largest |Σ Σ sign(x_i − x_j)| between before and after, and that sum.
    static func pettitt(_ values: [Double]) -> (place: Int, sum: Int) {
        var best = (place: 0, sum: 0)
        for place in values.indices.dropFirst() {
            var sum = 0
            for before in values[..<place] {
                for after in values[place...] { sum += before > after ? 1 : before < after ? -1 : 0 }
            }
            if abs(sum) > best.sum { best = (place, abs(sum)) }
        }
        return best
    }
}

/// Published series with known results.
enum Published {
    /// Yearly flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ (Cobb 1978; the data set `Nile` of R).
    static let nile: [Double] = [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100,
        1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456,
        824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897,
        822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975,
        815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
    ]
}

/// True when the two differ by at most one part in 10¹⁰, or both are missing.
func isClose(_ a: Double?, _ b: Double?, within relative: Double = 1e-10) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= relative * max(1e-300, abs(a), abs(b)) || abs(a - b) < 1e-12
}
