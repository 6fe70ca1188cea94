import Model

/// Operations on each series independently.
enum Elementwise {
    /// Applies a function to each value; the function may return `absent`.
    @inline(__always) static func map(_ vector: StepVector, isIntegral: Bool = false, _ function: (Double) -> Double)
        -> StepVector
    {
        var result = StepVector(series: vector.series, changes: [], isIntegral: isIntegral, failures: vector.failures)
        var recorder = ChangeRecorder(series: vector.series.count, expected: min(vector.changes.count, 1 << 16))
        for change in vector.changes {
            recorder.set(
                Int(change.series), change.value.isAbsent ? .absent : function(change.value), at: change.instant)
        }
        result.changes = recorder.changes
        return result
    }

    /// Combines each value with a scalar that changes over time.
    static func combine(_ vector: StepVector, _ scalar: StepVector, _ function: (Double, Double) -> Double) -> StepVector {
        var recorder = ChangeRecorder(series: vector.series.count)
        var values = [Double](repeating: .absent, count: vector.series.count)
        var current = Double.absent
        walk(vector.changes, scalar.changes) { instant, changed, moved in
            for change in changed { values[Int(change.series)] = change.value }
            func show(_ series: Int) {
                let value = values[series]
                recorder.set(series, value.isAbsent || current.isAbsent ? .absent : function(value, current), at: instant)
            }
            if let last = moved.last {
                current = last.value
                for series in values.indices { show(series) }
            } else {
                for change in changed { show(Int(change.series)) }
            }
        }
        return StepVector(series: vector.series, changes: recorder.changes, failures: vector.failures.union(scalar.failures))
    }

    /// Returns one series with `labels` while the vector is empty, otherwise none.
    static func absent(_ vector: StepVector, labels: SeriesTable) -> StepVector {
        var recorder = ChangeRecorder(series: 1)
        var present = PresenceCount(vector.series.count)
        // The recorder accepts one value per instant: set instant 0 here unless the vector has a change there.
        if vector.changes.first?.instant != 0 { recorder.set(0, 1, at: 0) }
        walk(vector.changes, []) { instant, changed, _ in
            for change in changed { present.note(change) }
            recorder.set(0, present.count == 0 ? 1 : .absent, at: instant)
        }
        return StepVector(series: labels, changes: recorder.changes, isIntegral: true, failures: vector.failures)
    }

    /// Returns the value of the only series, or NaN.
    static func scalar(_ vector: StepVector) -> StepVector {
        var recorder = ChangeRecorder(series: 1)
        var present = PresenceCount(vector.series.count)
        var values = [Double](repeating: .absent, count: vector.series.count)
        if vector.changes.first?.instant != 0 { recorder.set(0, .nan, at: 0) }
        walk(vector.changes, []) { instant, changed, _ in
            for change in changed {
                present.note(change)
                values[Int(change.series)] = change.value
            }
            recorder.set(0, present.only.map { values[$0] } ?? .nan, at: instant)
        }
        return StepVector(series: .scalar, changes: recorder.changes, failures: vector.failures)
    }

    /// Returns seconds since 1970 at every instant.
    static func time(_ grid: Grid) -> StepVector {
        let changes = (0..<grid.count).map { Change(Int32($0), 0, Double(grid.instant($0).nanoseconds) / 1e9) }
        return StepVector(series: .scalar, changes: changes)
    }

    /// Returns the hour (0 to 23) or the day of the week (0 is Sunday) of a time in seconds since 1970, in UTC.
    static func clock(_ function: ClockFunction, _ seconds: Double) -> Double {
        guard let second = Int64(exactly: seconds.rounded(.towardZero)), abs(second) < 1 << 50 else { return .nan }
        let day = floorDivide(second, 86_400)
        switch function {
        case .hour: return Double((second - day * 86_400) / 3600)
        case .dayOfWeek: return Double(CivilTime.weekday(ofDay: day))
        }
    }
}

/// The number of present series, and the index of the only one.
struct PresenceCount {
    private(set) var count = 0
    private var sum = 0
    private var isPresent: [Bool]

    init(_ series: Int) { isPresent = Array(repeating: false, count: series) }

    mutating func note(_ change: Change) {
        let series = Int(change.series), present = !change.value.isAbsent
        if isPresent[series] == present { return }
        isPresent[series] = present
        count += present ? 1 : -1
        sum += present ? series : -series
    }

    var only: Int? { count == 1 ? sum : nil }
}
