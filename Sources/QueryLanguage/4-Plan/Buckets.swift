import Model

/// The buckets of a query, and how an instant finds its bucket: by a whole number, the bucket's key, that rises with time.
struct Buckets: Hashable, Sendable {
    /// How the key is computed from an instant.
    enum Rule: Hashable, Sendable {
        /// (t + offset) / width: for all widths but whole hours; a clock change would cut their buckets in two.
        case elapsed(width: Int64, offset: Int64)
        /// Local clock time / width: for widths of several whole hours.
        case clock(width: Int64)
        /// Local days, weeks (from Monday) and months, `count` of them a bucket.
        case days(Int64), weeks(Int64), months(Int64)
    }

    let rule: Rule
    let axis: TimeAxis
    /// The key of each bucket of the axis, ascending.
    let keys: [Int64]

    /// The buckets of `width` that cover `window`, in its zone.
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
        var keys: [Int64] = [], starts: [Timestamp] = []
        var end = window.to
        if !window.isEmpty {
            let first = Buckets.key(of: window.from, rule, zone)
            let last = Buckets.key(of: Timestamp(nanoseconds: window.to.nanoseconds - 1), rule, zone)
            for key in first...max(first, last) {
                keys.append(key)
                starts.append(Buckets.start(of: key, rule, zone))
            }
            end = Buckets.start(of: last + 1, rule, zone)
        }
        self.keys = keys
        var axis = TimeAxis(
            starts: starts, end: end, width: width.spelling, window: window, coverage: facts.coverage, zone: zone)
        axis.gaps = facts.gaps
        self.axis = axis
    }

    private static func key(of instant: Timestamp, _ rule: Rule, _ zone: Zone) -> Int64 {
        let local = instant.nanoseconds + zone.offset(at: instant) * 1_000_000_000
        let day = floorDivide(local, 86_400_000_000_000)
        switch rule {
        case .elapsed(let width, let offset): return floorDivide(instant.nanoseconds + offset, width)
        case .clock(let width): return floorDivide(local, width)
        case .days(let n): return floorDivide(day, n)
        case .weeks(let n): return floorDivide(floorDivide(day + 3, 7), n)
        case .months(let n):
            let civil = CivilTime(localNanoseconds: local)
            return floorDivide(Int64(civil.year * 12 + civil.month - 1), n)
        }
    }

    private static func start(of key: Int64, _ rule: Rule, _ zone: Zone) -> Timestamp {
        let day: Int64 = 86_400_000_000_000
        switch rule {
        case .elapsed(let width, let offset): return Timestamp(nanoseconds: key * width - offset)
        case .clock(let width): return zone.instant(of: CivilTime(localNanoseconds: key * width))
        case .days(let n): return zone.instant(of: CivilTime(localNanoseconds: key * n * day))
        case .weeks(let n): return zone.instant(of: CivilTime(localNanoseconds: (key * n * 7 - 3) * day))
        case .months(let n):
            let month = key * n
            return zone.instant(of: CivilTime(Int(floorDivide(month, 12)), Int(month - floorDivide(month, 12) * 12) + 1, 1))
        }
    }

    /// True when buckets of `width` nanoseconds lie whole inside these, whatever the offsets in force are.
    func contains(widthOf width: Int64, offsets: [Int64]) -> Bool {
        switch rule {
        case .elapsed(let own, let offset): own % width == 0 && offset % width == 0
        case .clock(let own): own % width == 0 && offsets.allSatisfy { $0 * 1_000_000_000 % width == 0 }
        case .days, .weeks, .months: offsets.allSatisfy { $0 * 1_000_000_000 % width == 0 }
        }
    }
}
