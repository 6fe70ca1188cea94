import Model

/// The distribution of calls over time: working hours of two regions, weekends, growth, and some noise.
///
/// Calls are placed along the cumulative weights of ten-minute slots, so that their number is exact and their times ascend
/// without sorting or storing anything.
struct Season: Sendable {
    static let slotInSeconds: Int64 = 600

    private let start: Timestamp
    private let calls: UInt64
    /// The cumulative weight before each slot, and after the last.
    private let totals: [UInt64]
    private let meanWeight: UInt64
    private var slot = 0

    init(_ plan: HistoryPlan) {
        start = plan.window.from
        calls = UInt64(max(plan.calls, 1))
        let count = plan.days * 144
        var totals: [UInt64] = [0]
        totals.reserveCapacity(count + 1)
        for slot in 0..<count {
            let from = start + .seconds(Int64(slot) * Season.slotInSeconds)
            let ten = Window(from: from, to: from + .seconds(Season.slotInSeconds))
            var weight = Season.demand(at: from) * UInt64(1000 + 250 * slot / count)
            // Noise of ±15%, independent of the calendar.
            weight = weight * (850 + SplitMix64.mixed(plan.seed ^ (UInt64(slot) << 20)) % 301) / 1000
            for incident in plan.incidents where !incident.window.intersection(ten).isEmpty {
                weight = weight * UInt64(incident.effect.trafficPerMille) / 1000
            }
            totals.append(totals[totals.count - 1] + weight)
        }
        self.totals = totals
        meanWeight = totals[totals.count - 1] / UInt64(count)
    }

    /// Returns the start time of a call; call it with ascending numbers.
    /// - Parameters:
    ///   - call: The 0-based number of the call.
    ///   - fraction: The position between this call and the next, in 1/65,536.
    /// - Returns: The time in whole microseconds, and the load in thousandths of the mean.
    mutating func instant(of call: Int, fraction: UInt64) -> (time: Timestamp, load: Int) {
        let position = ((UInt64(call) << 16) | (fraction & 0xFFFF)).multipliedFullWidth(by: totals[totals.count - 1])
        let target = (calls << 16).dividingFullWidth(position).quotient
        while slot + 2 < totals.count && totals[slot + 1] <= target { slot += 1 }
        let weight = totals[slot + 1] - totals[slot]
        let inside = (target - totals[slot]).multipliedFullWidth(by: UInt64(Season.slotInSeconds) * 1_000_000)
        let microseconds = weight.dividingFullWidth(inside).quotient
        let time = start + .seconds(Int64(slot) * Season.slotInSeconds) + .microseconds(Int64(microseconds))
        return (time, Int(weight * 1000 / meanWeight))
    }

    /// The demand in arbitrary units: the sum of two regions (Central Europe and the US East Coast).
    private static func demand(at instant: Timestamp) -> UInt64 {
        600 + 45 * region(at: instant + .hours(1)) + 55 * region(at: instant - .hours(5))
    }

    /// The demand of one region at its local time, 2...10,000, interpolated between hours.
    private static func region(at local: Timestamp) -> UInt64 {
        let civil = CivilTime(localNanoseconds: local.nanoseconds)
        let day = CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day)
        let weekday = CivilTime.weekday(ofDay: day)
        let hourly = weekday == 0 || weekday == 6 ? weekend : workday
        let here = hourly[civil.hour], next = hourly[(civil.hour + 1) % 24]
        return (here * UInt64(60 - civil.minute) + next * UInt64(civil.minute)) / 60 * 100
    }

    /// The demand by local hour, in percent of the busiest hour of a working day.
    private static let workday: [UInt64] = [
        3, 2, 2, 2, 2, 3, 6, 16, 42, 76, 96, 100, 84, 88, 100, 98, 90, 70, 42, 27, 20, 14, 9, 5,
    ]
    private static let weekend: [UInt64] = [
        3, 2, 2, 2, 2, 2, 3, 5, 8, 13, 17, 19, 18, 18, 19, 19, 18, 17, 16, 16, 14, 10, 7, 5,
    ]
}
