import Model

/// The counters of a history in the OpenMetrics text format, with the names and labels that rules select.
///
/// Counters are sorted by name and their unique series by the labels' bytes; the last line is `# EOF`.
/// Source: https://github.com/OpenObservability/OpenMetrics, version 1.0.
public struct OpenMetricsText {
    private let families: [(counter: Counter, series: [Series])]
    private let beginning: Int64

    /// One series: its labels as written between braces, and its events in time order with the counter's value after each.
    private struct Series {
        var labels: String
        /// Label names and values, alternating; series are ordered by their bytes.
        var key: [[UInt8]]
        var times: [Int64] = []
        var totals: [Int64] = []

        /// Returns the counter's value at an instant, including events at exactly that instant.
        func total(at instant: Int64, from hint: inout Int) -> Int64 {
            while hint < times.count, times[hint] <= instant { hint += 1 }
            return hint == 0 ? 0 : totals[hint - 1]
        }
    }

    /// Collects the events up to and including `end`.
    ///
    /// - Parameter cleared: Redacts a label value; series whose labels become equal are merged.
    public init(_ history: EventHistory, until end: Timestamp, cleared: (String) -> String) {
        beginning = history.beginning.nanoseconds
        let tables = CounterTables(history, limit: Set(Label.allCases), end: end.nanoseconds)
        families = Counter.allCases.sorted { $0.name < $1.name }.map { counter in
            let events = tables.events(of: Selector(counter: counter), needed: counter.labels)
            var series: [Series] = [], places: [String: Int] = [:], placeOf: [Int] = []
            for number in 0..<events.series.count {
                let pairs = events.series.labelSet(of: number, tables.values).pairs.map { LabelPair($0.name, cleared($0.value)) }
                let labels = OpenMetricsText.text(of: pairs)
                if places[labels] == nil {
                    places[labels] = series.count
                    series.append(Series(labels: labels, key: pairs.flatMap { [Array($0.name.utf8), Array($0.value.utf8)] }))
                }
                placeOf.append(places[labels] ?? 0)
            }
            for (index, time) in events.times.enumerated() {
                let place = placeOf[Int(events.seriesOf[index])]
                let before = series[place].totals.last ?? 0
                let sum = before.addingReportingOverflow(events.weight(index))
                series[place].times.append(time)
                series[place].totals.append(sum.overflow ? .max : sum.partialValue)
            }
            series.sort { $0.key.lexicographicallyPrecedes($1.key) { $0.lexicographicallyPrecedes($1) } }
            return (counter, series)
        }
    }

    /// The number of series.
    public var seriesCount: Int { families.reduce(0) { $0 + $1.series.count } }

    /// Writes the final value of every counter, without timestamps, for a textfile collector.
    public func totals(_ write: (String) throws -> Void) rethrows {
        for (counter, series) in families {
            try write(OpenMetricsText.head(counter))
            for one in series { try write("\(counter.name)\(one.labels) \(one.totals.last ?? 0)\n") }
        }
        try write("# EOF\n")
    }

    /// Writes every counter at each grid instant since the history began, with timestamps, for a backfill.
    public func samples(on grid: Grid, _ write: (String) throws -> Void) rethrows {
        for (counter, series) in families {
            try write(OpenMetricsText.head(counter))
            for one in series {
                var hint = 0, text = ""
                for index in 0..<grid.count {
                    let instant = grid.instant(index).nanoseconds
                    if instant < beginning { continue }
                    let total = one.total(at: instant, from: &hint)
                    text += "\(counter.name)\(one.labels) \(total) \(OpenMetricsText.seconds(instant))\n"
                    if text.utf8.count > 1 << 16 {
                        try write(text)
                        text = ""
                    }
                }
                try write(text)
            }
        }
        try write("# EOF\n")
    }

    private static func head(_ counter: Counter) -> String {
        let family = counter.name.hasSuffix("_total") ? String(counter.name.dropLast(6)) : counter.name
        return "# TYPE \(family) counter\n# HELP \(family) \(counter.meaning)\n"
    }

    private static func text(of pairs: [LabelPair]) -> String {
        if pairs.isEmpty { return "" }
        return "{" + pairs.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Seconds since 1970, with a fraction if there is one.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let whole = floorDivide(nanoseconds, 1_000_000_000), rest = nanoseconds &- whole &* 1_000_000_000
        if rest == 0 { return String(whole) }
        // Before 1970 the fraction would count backwards; whole seconds are precise enough there.
        if whole < 0 { return String(whole) }
        let digits = String(rest)
        return "\(whole)." + String(repeating: "0", count: 9 - digits.count) + digits
    }
}
