/// The recurring pattern of a week, and its removal.
public enum WeeklySeason {
    /// Returns the values without what recurs at the same hour of each week; unchanged if fewer than two weeks are known.
    ///
    /// The usual value of an hour of the week is the median of its values. Of only two values it is the one nearer to the median of
    /// the same hour on all working days, or on all days of the weekend: an incident of one week is then not taken for a season,
    /// and a wave of both weeks is.
    /// - Parameters:
    ///   - values: One value per bucket, in ascending order of time; nil without data.
    ///   - hours: The hour of the week of each bucket, 0...167, counted from Monday.
    ///   - week: The number of buckets per week.
    public static func removed(from values: [Double?], hours: [Int], week: Int) -> [Double?] {
        // The window may cut the first and the last bucket off.
        guard week > 0, values.count >= 2 * week - max(2, week / 84) else { return values }
        var ofHour: [Int: [Double]] = [:], ofDay: [Int: [Double]] = [:]
        for (value, hour) in zip(values, hours) {
            guard let value else { continue }
            ofHour[hour, default: []].append(value)
            ofDay[kind(hour), default: []].append(value)
        }
        let perHour = max(1, week / 168)
        let daily = ofDay.mapValues { OrderStatistics.median($0) ?? 0 }
        let usual = ofHour.mapValues { values -> (hour: [Double], median: Double) in (values, OrderStatistics.median(values) ?? 0)
        }
        let level = OrderStatistics.median(values.compactMap { $0 }) ?? 0
        return zip(values, hours).map { value, hour in
            guard let value, let season = usual[hour] else { return nil }
            guard season.hour.count <= 2 * perHour, let daily = daily[kind(hour)] else { return value - season.median + level }
            let nearest = season.hour.min { abs($0 - daily) < abs($1 - daily) } ?? season.median
            return value - nearest + level
        }
    }

    /// The hour of the day, apart for working days and weekends.
    private static func kind(_ hour: Int) -> Int { hour % 24 + (hour >= 120 ? 24 : 0) }
}
