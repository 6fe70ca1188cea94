/// Events on the grid: each at the first instant that sees it; those of one series and instant are one.
struct GridEvents {
    struct Event {
        /// The instant's number; negative before the grid's start.
        var instant: Int64
        var series: Int32
        var weight: Int32
    }

    /// By instant.
    private(set) var events: [Event] = []

    /// Sees every event at the first instant at least `delay` nanoseconds after it.
    init(_ source: CounterEvents, _ grid: Grid, delay: Int64) {
        events.reserveCapacity(source.times.count)
        // The place of each series' latest event, to join those of one instant.
        var places = [Int](repeating: -1, count: source.series.count)
        // Neighbours mostly share their instant: the division is done once for each.
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
            // More than 2³¹ events of one series in one minute are not counted further.
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
