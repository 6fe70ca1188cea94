/// A calendar date and time of day (proleptic Gregorian), without a time zone.
public struct CivilTime: Hashable, Sendable {
    public var year: Int
    /// 1...12.
    public var month: Int
    /// 1...31.
    public var day: Int
    /// 0...23.
    public var hour: Int
    public var minute: Int
    public var second: Int
    /// 0...999_999_999.
    public var nanosecond: Int64

    /// Creates a civil time; omitted fields are zero. Fields are not validated; see `isValid`.
    public init(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0, nanosecond: Int64 = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.nanosecond = nanosecond
    }

    /// Creates the civil time `localNanoseconds` after 1970-01-01T00:00 on the same clock.
    public init(localNanoseconds: Int64) {
        let seconds = floorDivide(localNanoseconds, 1_000_000_000)
        let days = floorDivide(seconds, 86_400)
        let rest = Int(seconds - days * 86_400)
        (year, month, day) = CivilTime.date(ofDay: days)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        // Wrapping arithmetic: the product overflows in the first representable second, and the subtraction undoes it.
        nanosecond = localNanoseconds &- seconds &* 1_000_000_000
    }

    /// Creates midnight at the start of the day `day` days after 1970-01-01.
    public init(day: Int64) {
        let (year, month, dayOfMonth) = CivilTime.date(ofDay: day)
        self.init(year, month, dayOfMonth)
    }

    /// True if every field is in range and the day exists in its month.
    public var isValid: Bool {
        (1...12).contains(month) && day >= 1 && day <= CivilTime.daysInMonth(year: year, month: month)
            && (0...23).contains(hour) && (0...59).contains(minute) && (0...60).contains(second)
            && (1678...2261).contains(year)
    }

    /// Seconds after 1970-01-01T00:00 on the same clock, without the fraction.
    public var localSeconds: Int64 {
        CivilTime.dayNumber(year: year, month: month, day: day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// Returns the number of days after 1970-01-01; months outside 1...12 are carried over.
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    public static func dayNumber(year: Int, month: Int, day: Int) -> Int64 {
        let carried = Int64(year) * 12 + Int64(month - 1)
        let month = carried - floorDivide(carried, 12) * 12 + 1
        let y = floorDivide(carried, 12) - (month <= 2 ? 1 : 0)
        let era = floorDivide(y, 400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Returns the date `day` days after 1970-01-01. Source: Hinnant, civil_from_days.
    static func date(ofDay day: Int64) -> (Int, Int, Int) {
        let z = day + 719_468
        let era = floorDivide(z, 146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
    }

    /// Returns the day of the week of the day `day` days after 1970-01-01: 0 is Sunday, 6 is Saturday.
    public static func weekday(ofDay day: Int64) -> Int { Int(day + 4 - floorDivide(day + 4, 7) * 7) }

    /// Returns the number of days in a month.
    public static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
