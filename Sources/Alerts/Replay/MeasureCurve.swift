import Model

/// A measure over time, downsampled to equal intervals of the grid.
public struct MeasureCurve: Hashable, Sendable {
    /// The smallest and the largest value in an interval.
    public struct Point: Hashable, Sendable {
        public var low: Double, high: Double
    }

    /// The labels of the series; nil for the worst value over all series.
    public var labels: LabelSet?
    /// One point per interval, in time order; nil where there was no value.
    public var points: [Point?]
}

/// Downsamples values over time for a chart.
struct CurveSampler {
    let grid: Grid
    let points: Int

    /// Returns the interval that contains an instant.
    private func interval(_ instant: Int) -> Int { instant * points / grid.count }

    /// Returns the points of one series from its changes, ordered by instant.
    func curve(_ changes: [Change]) -> [MeasureCurve.Point?] {
        var result = [MeasureCurve.Point?](repeating: nil, count: points)
        for (index, change) in changes.enumerated() where change.value.isFinite {
            let end = index + 1 < changes.count ? Int(changes[index + 1].instant) : grid.count
            guard end > Int(change.instant) else { continue }
            for interval in interval(Int(change.instant))...interval(end - 1) {
                let point = result[interval]
                result[interval] = MeasureCurve.Point(
                    low: min(point?.low ?? change.value, change.value), high: max(point?.high ?? change.value, change.value))
            }
        }
        return result
    }

    /// Returns the changes of the worst value over all series.
    static func worst(_ vector: StepVector, isBelow: Bool) -> [Change] {
        var tournament = Tournament(max(vector.series.count, 1), prefersSmall: isBelow)
        var recorder = ChangeRecorder(series: 1)
        walk(vector.changes, []) { instant, changed, _ in
            for change in changed { tournament.set(Int(change.series), change.value) }
            recorder.set(0, tournament.best.map { tournament.value($0) } ?? .absent, at: instant)
        }
        return recorder.changes
    }

    /// Returns the worst-value curve, then the wanted series, then the others with the worst values; at most `limit` series.
    func curves(_ vector: StepVector, isBelow: Bool, wanted: Set<Int>, limit: Int, labels: (Int) -> LabelSet) -> [MeasureCurve] {
        guard points > 0 else { return [] }
        var result = [MeasureCurve(labels: nil, points: curve(CurveSampler.worst(vector, isBelow: isBelow)))]
        var extremes = [Double?](repeating: nil, count: vector.series.count)
        for change in vector.changes where change.value.isFinite {
            let series = Int(change.series)
            extremes[series] = extremes[series].map { isBelow ? min($0, change.value) : max($0, change.value) } ?? change.value
        }
        func isWorse(_ a: Int, _ b: Int) -> Bool {
            let x = extremes[a] ?? 0, y = extremes[b] ?? 0
            return x == y ? a < b : isBelow ? x < y : x > y
        }
        let known = extremes.indices.filter { extremes[$0] != nil }
        let chosen =
            (known.filter(wanted.contains).sorted(by: isWorse) + known.filter { !wanted.contains($0) }.sorted(by: isWorse))
            .prefix(limit)
        var changes: [Int: [Change]] = [:]
        for series in chosen { changes[series] = [] }
        for change in vector.changes { changes[Int(change.series)]?.append(change) }
        for series in chosen {
            result.append(MeasureCurve(labels: labels(series), points: curve(changes[series] ?? [])))
        }
        return result
    }
}
