import Model

/// The buckets of a query; an instant maps to a bucket by an integer key that increases with time.
public struct Buckets: Hashable, Sendable {
    /// How the key is computed from an instant.
    package enum Rule: Hashable, Sendable {
        /// (t + offset) / width: for all widths but multiples of an hour, whose buckets a clock change would split.
        case elapsed(width: Int64, offset: Int64)
        /// Local clock time / width: for widths of several hours.
        case clock(width: Int64)
        /// Local days, weeks (from Monday) and months, `count` per bucket.
        case days(Int64), weeks(Int64), months(Int64)
    }

    /// An interval after clocks were set back, in which they show the time of an earlier bucket again: its instants belong to the
    /// current bucket, so that every bucket is a single interval.
    package struct Repeated: Hashable, Sendable {
        package var from: Int64
        /// The first instant after it.
        package var to: Int64
        package var key: Int64
    }

    package let rule: Rule
    package let axis: TimeAxis
    /// The key of each bucket of the axis, ascending. A bucket that clocks skip is missing.
    package let keys: [Int64]
    /// Intervals that the rule alone would assign to an earlier bucket, ascending.
    package let repeated: [Repeated]

    private static let day: Int64 = 86_400_000_000_000

    /// Creates the buckets of `width` that cover `window`, in its zone.
    init(width: BucketWidth, window: Window, facts: QueryFacts, zone: Zone) {
        let hour: Int64 = 3_600_000_000_000
        switch width {
        case .fixed(let length) where length.inNanoseconds <= hour || length.inNanoseconds % hour != 0:
            rule = .elapsed(width: length.inNanoseconds, offset: zone.offset(at: window.from) * 1_000_000_000)
        case .fixed(let length): rule = .clock(width: length.inNanoseconds)
        case .days(let n): rule = .days(Int64(n))
        case .weeks(let n): rule = .weeks(Int64(n))
        case .months(let n): rule = .months(Int64(n))
        }
        var layout = Layout(end: window.to)
        if !window.isEmpty {
            if case .elapsed(let width, let offset) = rule {
                layout = Layout(elapsed: width, offset: offset, window: window)
            } else {
                layout = Layout(rule, window: window, reach: width.approximateLength, zone: zone)
            }
        }
        (keys, repeated) = (layout.keys, layout.repeated)
        var axis = TimeAxis(
            starts: layout.starts, end: layout.end, width: width.spelling, window: window, coverage: facts.coverage, zone: zone)
        axis.gaps = facts.gaps
        self.axis = axis
    }

    /// Returns true if buckets of `width` nanoseconds never straddle these, for any of the offsets.
    package func contains(widthOf width: Int64, offsets: [Int64]) -> Bool {
        guard repeated.allSatisfy({ $0.from % width == 0 && $0.to % width == 0 }) else { return false }
        return switch rule {
        case .elapsed(let own, let offset): own % width == 0 && offset % width == 0
        case .clock(let own): own % width == 0 && offsets.allSatisfy { $0 * 1_000_000_000 % width == 0 }
        case .days, .weeks, .months: offsets.allSatisfy { $0 * 1_000_000_000 % width == 0 }
        }
    }

    /// Returns the key of a local time in nanoseconds.
    private static func key(ofLocal local: Int64, _ rule: Rule) -> Int64 {
        let day = floorDivide(local, Buckets.day)
        switch rule {
        case .elapsed(let width, _), .clock(let width): return floorDivide(local, width)
        case .days(let n): return floorDivide(day, n)
        case .weeks(let n): return floorDivide(floorDivide(day + 3, 7), n)
        case .months(let n):
            let civil = CivilTime(localNanoseconds: local)
            return floorDivide(Int64(civil.year * 12 + civil.month - 1), n)
        }
    }

    /// Returns the local time in nanoseconds at which a bucket begins.
    private static func localStart(of key: Int64, _ rule: Rule) -> Int64 {
        switch rule {
        case .elapsed(let width, _), .clock(let width): return key.multipliedStopping(by: width)
        case .days(let n): return key.multipliedStopping(by: n).multipliedStopping(by: Buckets.day)
        case .weeks(let n): return (key.multipliedStopping(by: n * 7) - 3).multipliedStopping(by: Buckets.day)
        case .months(let n):
            return CivilTime.dayNumber(year: 0, month: Int(key * n) + 1, day: 1).multipliedStopping(by: Buckets.day)
        }
    }

    /// The keys and starts of the buckets that a window touches.
    private struct Layout {
        var keys: [Int64] = [], starts: [Timestamp] = []
        var end: Timestamp
        var repeated: [Repeated] = []

        init(end: Timestamp) { self.end = end }

        /// Creates buckets of equal length.
        init(elapsed width: Int64, offset: Int64, window: Window) {
            let first = floorDivide(window.from.nanoseconds.addingStopping(offset), width)
            let last = max(first, floorDivide((window.to.nanoseconds - 1).addingStopping(offset), width))
            func start(_ key: Int64) -> Timestamp {
                Timestamp(nanoseconds: key.multipliedStopping(by: width).subtractingStopping(offset))
            }
            keys = Array(first...last)
            starts = keys.map(start)
            end = start(last + 1)
        }

        /// Creates clock and calendar buckets, interval by interval with a constant offset.
        init(_ rule: Rule, window: Window, reach: Duration, zone: Zone) {
            // A margin of a bucket and of any clock change on both sides, so that instants have the same buckets wherever the
            // window begins.
            let margin = reach + reach + .days(3)
            let seen = Window(from: window.from - margin, to: window.to + margin)
            var keys: [Int64] = [], starts: [Timestamp] = [], repeated: [Repeated] = []
            let parts = zone.offsets(in: seen)
            for (index, part) in parts.enumerated() {
                let offset = part.offset * 1_000_000_000, from = part.from.nanoseconds
                let to = index + 1 < parts.count ? parts[index + 1].from.nanoseconds : seen.to.nanoseconds
                let first = Buckets.key(ofLocal: from.addingStopping(offset), rule)
                let last = Buckets.key(ofLocal: (to - 1).addingStopping(offset), rule)
                if let highest = keys.last, first < highest {
                    let next = Buckets.localStart(of: highest + 1, rule).subtractingStopping(offset)
                    repeated.append(Repeated(from: from, to: min(to, next), key: highest))
                }
                let next = max(first, (keys.last ?? first - 1) + 1)
                guard next <= last else { continue }
                for key in next...last {
                    let start = Buckets.localStart(of: key, rule).subtractingStopping(offset)
                    keys.append(key)
                    starts.append(Timestamp(nanoseconds: max(from, start)))
                }
            }
            let first = starts.lastIndex { $0 <= window.from } ?? 0
            let last = max(first, starts.lastIndex { $0 < window.to } ?? 0)
            self.keys = Array(keys[first...last])
            self.starts = Array(starts[first...last])
            end = last + 1 < starts.count ? starts[last + 1] : max(window.to, seen.to)
            self.repeated = repeated.filter { $0.from < window.to.nanoseconds && $0.to > window.from.nanoseconds }
        }
    }
}
