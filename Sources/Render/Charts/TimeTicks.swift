import Model

/// The ticks of a time axis: on calendar boundaries of its zone, as many as fit without touching.
struct TimeTicks {
    /// A label below the axis: its first column and the bucket that starts there.
    struct Label {
        let column: Int, bucket: Int, text: String
    }

    /// Columns with a tick, ascending.
    private(set) var marks: [Int] = []
    /// Buckets that start at a tick, ascending.
    private(set) var markedBuckets: [Int] = []
    /// Labels in the row below the axis, ascending, never touching.
    private(set) var upper: [Label] = []
    /// Labels in the second row: days below times, years below days.
    private(set) var lower: [Label] = []

    /// A calendar interval between ticks.
    private enum Step {
        case minutes(Int), days(Int), weeks(Int), months(Int), years(Int)

        /// Approximate length in seconds.
        var seconds: Double {
            switch self {
            case .minutes(let n): Double(n) * 60
            case .days(let n): Double(n) * 86_400
            case .weeks(let n): Double(n) * 7 * 86_400
            case .months(let n): Double(n) * 30 * 86_400
            case .years(let n): Double(n) * 365 * 86_400
            }
        }

        static let all: [Step] =
            [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map { .minutes($0) }
            + [.days(1), .days(2), .weeks(1), .weeks(2), .months(1), .months(2), .months(3), .months(6)]
            + [1, 2, 5, 10, 20, 50, 100].map { .years($0) }
    }

    /// Chooses the densest ticks whose labels fit `width` columns; the first bucket starts at column 0.
    init(_ axis: TimeAxis, _ layout: ColumnLayout, style: Style) {
        guard let first = axis.starts.first, axis.end > first, axis.starts.count > 0 else { return }
        let span = Double(axis.end.nanoseconds) / 1e9 - Double(first.nanoseconds) / 1e9
        let bucket = span / Double(axis.starts.count)
        for step in Step.all where step.seconds >= bucket * 0.9 && span / step.seconds <= Double(layout.width) {
            guard let ticks = TimeTicks.placed(step, axis, layout, style), !ticks.upper.isEmpty else { continue }
            self = ticks
            return
        }
        // No calendar boundary fits: the first bucket gets the label.
        marks = [0]
        markedBuckets = [0]
        let civil = axis.zone.civil(first)
        let isDay = civil.hour == 0 && civil.minute == 0 && bucket > 80_000
        upper = [
            Label(column: 0, bucket: 0, text: isDay ? TimeForm.date(civil, withYear: false) : TimeForm.clock(civil))
        ]
        let year = style.isPresent(year: civil.year) ? "" : String(civil.year)
        let below = isDay ? year : TimeForm.date(civil, withYear: !year.isEmpty)
        if !below.isEmpty { lower = [Label(column: 0, bucket: 0, text: below)] }
        upper.removeAll { DisplayWidth.of($0.text) > layout.width }
        lower.removeAll { DisplayWidth.of($0.text) > layout.width }
    }

    private init() {}

    /// Returns the ticks of one step; nil when labels would touch.
    private static func placed(_ step: Step, _ axis: TimeAxis, _ layout: ColumnLayout, _ style: Style) -> TimeTicks? {
        var ticks = TimeTicks()
        let first = axis.starts[0]
        let instants = boundaries(step, from: first, to: axis.end, zone: axis.zone)
        guard instants.count <= layout.width else { return nil }
        var end = -2, lowerEnd = -2
        let start = axis.zone.civil(first)
        var heading: Heading?
        let startHeading = Heading(start, step, style)
        if let text = startHeading.text { ticks.lower.append(Label(column: 0, bucket: 0, text: text)) }
        for instant in instants {
            let bucket = bucketIndex(of: instant, in: axis)
            let column = layout.column(ofBucket: bucket)
            let civil = axis.zone.civil(instant)
            let text = label(civil, step)
            if ticks.marks.last != column {
                ticks.marks.append(column)
                ticks.markedBuckets.append(bucket)
            }
            // A label at the right edge is omitted, its tick stays.
            if column + DisplayWidth.of(text) > layout.width { continue }
            if column < end + 2 { return nil }
            ticks.upper.append(Label(column: column, bucket: bucket, text: text))
            end = column + DisplayWidth.of(text)

            let new = Heading(civil, step, style)
            if new != heading ?? startHeading, let text = new.text {
                // The next heading implies the one at the start, so the latter gives way.
                if ticks.lower.count == 1, heading == nil, column < DisplayWidth.of(ticks.lower[0].text) + 2 { ticks.lower = [] }
                if column < lowerEnd + 2 { return nil }
                if column + DisplayWidth.of(text) <= layout.width {
                    ticks.lower.append(Label(column: column, bucket: bucket, text: text))
                    lowerEnd = column + DisplayWidth.of(text)
                }
                heading = new
            }
        }
        ticks.lower.removeAll { $0.column + DisplayWidth.of($0.text) > layout.width }
        return ticks
    }

    /// The text of the second row from a tick on: the day below times, the year below days and months.
    private struct Heading: Equatable {
        let text: String?

        init(_ civil: CivilTime, _ step: Step, _ style: Style) {
            let year = style.isPresent(year: civil.year) ? nil : String(civil.year)
            switch step {
            case .minutes: text = TimeForm.date(civil, withYear: year != nil)
            case .days, .weeks, .months: text = year
            case .years: text = nil
            }
        }
    }

    private static func label(_ civil: CivilTime, _ step: Step) -> String {
        switch step {
        case .minutes: TimeForm.clock(civil)
        case .days, .weeks: TimeForm.date(civil, withYear: false)
        case .months: TimeForm.month(civil.month)
        case .years: String(civil.year)
        }
    }

    /// Returns the bucket that contains `instant`, or the nearest one.
    private static func bucketIndex(of instant: Timestamp, in axis: TimeAxis) -> Int {
        max(0, axis.starts.partitioningIndex { $0 > instant } - 1)
    }

    /// Returns the calendar boundaries in `[from, to)`, ascending; at most slightly more than a thousand.
    private static func boundaries(_ step: Step, from: Timestamp, to: Timestamp, zone: Zone) -> [Timestamp] {
        let start = zone.civil(from)
        let day = CivilTime.dayNumber(year: start.year, month: start.month, day: start.day)
        var found: [Timestamp] = []
        func take(_ civil: CivilTime) -> Bool {
            // Outside the range of a Timestamp.
            if civil.year < 1678 { return true }
            guard civil.year < 2262 else { return false }
            let instant = zone.instant(of: civil)
            if instant >= to || found.count > 1000 { return false }
            if instant >= from && found.last.map({ $0 < instant }) ?? true { found.append(instant) }
            return true
        }
        func midnight(_ day: Int64) -> CivilTime {
            let (nanoseconds, overflow) = day.multipliedReportingOverflow(by: 86_400_000_000_000)
            return overflow ? CivilTime(2262, 1, 1) : CivilTime(localNanoseconds: nanoseconds)
        }
        switch step {
        case .minutes(let n):
            // Start one day early: a clock change may move that day's last hours into the range.
            var minute = -1440
            while true {
                let ofDay = minute - Int(floorDivide(Int64(minute), 1440)) * 1440
                var civil = midnight(day + floorDivide(Int64(minute), 1440))
                civil.hour = ofDay / 60
                civil.minute = ofDay % 60
                guard take(civil) else { break }
                minute += n
            }
        case .days(let n):
            var next = day - day % Int64(n)
            while take(midnight(next)) { next += Int64(n) }
        case .weeks(let n):
            // Mondays; every nth counted from 1970, so that ticks do not depend on the start of the axis.
            let week = floorDivide(day + 3, 7)
            var next = (week - week % Int64(n)) * 7 - 3
            while take(midnight(next)) { next += 7 * Int64(n) }
        case .months(let n):
            var month = start.year * 12 + (start.month - 1) / n * n
            while take(CivilTime(month / 12, month % 12 + 1, 1)) { month += n }
        case .years(let n):
            var year = start.year / n * n
            while take(CivilTime(year, 1, 1)) { year += n }
        }
        return found
    }
}
