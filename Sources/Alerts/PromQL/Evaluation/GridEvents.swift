/// Events on the grid: each at the first instant that sees it, merged per series and instant.
struct GridEvents {
    struct Event {
        /// The index of the instant; negative before the start of the grid.
        var instant: Int64
        var series: Int32
        var weight: Int32
    }

    /// The events, ordered by instant.
    private(set) var events: [Event] = []

    /// Places every event at the first instant at least `delay` nanoseconds after it.
    init(_ source: CounterEvents, _ grid: Grid, delay: Int64) {
        events.reserveCapacity(source.times.count)
        // The index of each series' latest event, for merging events of the same instant.
        var places = [Int](repeating: -1, count: source.series.count)
        // Consecutive events mostly share an instant: divide once per instant.
        var instant = Int64.min, upTo = Int64.min
        for index in source.times.indices {
            let (time, overflow) = source.times[index].addingReportingOverflow(delay)
            if overflow || time > upTo {
                instant = grid.first(atOrAfter: source.times[index], plus: delay)
                if instant >= Int64(grid.count) { break }
                let (distance, isFar) = instant.multipliedReportingOverflow(by: grid.stepInNanoseconds)
                let (end, isTooFar) = grid.startInNanoseconds.addingReportingOverflow(distance)
                upTo = overflow || isFar || isTooFar ? .min : end
            }
            let series = source.seriesOf[index], place = places[Int(series)]
            // Counts saturate at 2³¹ − 1 events per series and instant.
            let weight = Int32(clamping: source.weight(index))
            if place >= 0, events[place].instant == instant {
                let (sum, overflow) = events[place].weight.addingReportingOverflow(weight)
                events[place].weight = overflow ? .max : sum
            } else {
                places[Int(series)] = events.count
                events.append(Event(instant: instant, series: series, weight: weight))
            }
        }
    }
}
