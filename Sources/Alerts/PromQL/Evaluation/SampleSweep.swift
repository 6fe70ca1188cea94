/// Functions of a counter's samples: the counter is sampled at every grid instant since it began, and a window `[t − w, t]`
/// includes the samples at both ends, as in Prometheus 2.
struct SampleSweep {
    /// The counter's events.
    var events: GridEvents
    /// The number of series.
    var count: Int
    /// The instant of the first sample; negative before the start of the grid.
    var beginning: Int64
    /// The newest and the oldest sample of the window, in steps before the instant; the window is empty if `oldest < newest`.
    var newest: Int64, oldest: Int64
    /// The number of instants in the grid.
    var instants: Int
    /// Seconds between samples.
    var secondsPerStep: Double

    func changes(_ function: RangeFunction) -> [Change] {
        let first = beginning + newest + (function == .irate ? 1 : 0)
        // `irate` needs the last two samples.
        guard oldest >= newest + (function == .irate ? 1 : 0), first < Int64(instants) else { return [] }
        var recorder = ChangeRecorder(series: count)
        var atNewest = Tally(count), atOldest = Tally(count), beforeOldest = Tally(count), beforeNewest = Tally(count)
        var sums = [Double](repeating: 0, count: count)
        var active: [Int] = [], isActive = [Bool](repeating: false, count: count)
        var samples: Int64 = 0
        var instant = first
        while instant < Int64(instants) {
            // No sample has left the window before the first one does.
            let left = instant - oldest - 1
            let touched = [
                atNewest.advance(to: instant - newest, events), atOldest.advance(to: max(instant - oldest, beginning), events),
                beforeOldest.advance(to: left < beginning ? .min : left, events),
                beforeNewest.advance(to: instant - newest - 1, events),
            ]
            for series in touched.joined() where !isActive[series] {
                isActive[series] = true
                active.append(series)
            }
            let known = min(oldest - newest + 1, instant - newest - beginning + 1)
            let shows = instant >= 0
            let everySeries = shows && (samples != known || instant == max(first, 0))
            samples = known
            for series in active {
                sums[series] += Double(atNewest.counts[series]) - Double(beforeOldest.counts[series])
            }
            func show(_ series: Int) {
                let value: Double
                switch function {
                case .irate: value = Double(atNewest.counts[series] - beforeNewest.counts[series]) / secondsPerStep
                case .sumOverTime: value = sums[series]
                case .averageOverTime: value = sums[series] / Double(known)
                case .minOverTime: value = Double(atOldest.counts[series])
                case .countOverTime: value = Double(known)
                default: value = Double(atNewest.counts[series])
                }
                recorder.set(series, value, at: Int32(instant))
            }
            if everySeries { for series in 0..<count { show(series) } } else if shows { for series in active { show(series) } }
            active.removeAll { series in
                // Once all counts are equal, nothing changes until the next event.
                let rests = atNewest.counts[series] == beforeOldest.counts[series]
                if rests { isActive[series] = false }
                return rests
            }
            // If nothing changes, skip to the next event.
            var next = instant + 1
            if active.isEmpty, known == oldest - newest + 1 {
                next = max(next, atNewest.next(events).map { $0 + newest } ?? Int64(instants))
                if instant < 0 { next = min(next, 0) }
            }
            instant = next
        }
        return recorder.changes
    }

    /// Running counts up to an advancing instant.
    private struct Tally {
        var counts: [Int64]
        private var at = 0
        private var touched: [Int] = []

        init(_ count: Int) { counts = Array(repeating: 0, count: count) }

        /// Adds the events up to the instant; returns the series that had any.
        mutating func advance(to instant: Int64, _ source: GridEvents) -> [Int] {
            touched.removeAll(keepingCapacity: true)
            while at < source.events.count, source.events[at].instant <= instant {
                let event = source.events[at]
                counts[Int(event.series)] += Int64(event.weight)
                touched.append(Int(event.series))
                at += 1
            }
            return touched
        }

        /// The instant of the next event.
        func next(_ source: GridEvents) -> Int64? { at < source.events.count ? source.events[at].instant : nil }
    }
}
