import Model
import TestSupport
import Testing

@testable import Model

@Suite("Civil dates and times")
struct CivilTimeTests {
    @Test("day numbers follow the calendar over eight centuries")
    func everyDay() {
        var day = CivilTime.dayNumber(year: 1600, month: 1, day: 1)
        #expect(day == -135_140)
        for year in 1600...2400 {
            for month in 1...12 {
                for dayOfMonth in 1...CivilTime.daysInMonth(year: year, month: month) {
                    let isRight =
                        CivilTime.dayNumber(year: year, month: month, day: dayOfMonth) == day
                        && CivilTime.date(ofDay: day) == (year, month, dayOfMonth)
                    if !isRight { Issue.record("\(year)-\(month)-\(dayOfMonth)") }
                    day += 1
                }
            }
        }
    }

    @Test("months outside 1...12 are carried over")
    func carried() {
        #expect(CivilTime.dayNumber(year: 2026, month: 13, day: 1) == CivilTime.dayNumber(year: 2027, month: 1, day: 1))
        #expect(CivilTime.dayNumber(year: 2026, month: 0, day: 1) == CivilTime.dayNumber(year: 2025, month: 12, day: 1))
        #expect(CivilTime.dayNumber(year: 2026, month: -23, day: 1) == CivilTime.dayNumber(year: 2024, month: 1, day: 1))
    }

    @Test("leap years follow the Gregorian rule, and weekdays are continuous")
    func calendar() {
        #expect([1900, 2000, 2024, 2026, 2100].map { CivilTime.daysInMonth(year: $0, month: 2) } == [28, 29, 29, 28, 28])
        // 21 November 2026 is a Saturday, 1 January 1970 a Thursday, 31 December 1969 a Wednesday.
        #expect(CivilTime.weekday(ofDay: CivilTime.dayNumber(year: 2026, month: 11, day: 21)) == 6)
        #expect(CivilTime.weekday(ofDay: 0) == 4)
        #expect(CivilTime.weekday(ofDay: -1) == 3)
        #expect((-1000...1000).allSatisfy { CivilTime.weekday(ofDay: $0 + 1) == (CivilTime.weekday(ofDay: $0) + 1) % 7 })
    }

    @Test("only times that a clock can show are valid")
    func validity() {
        #expect(CivilTime(2024, 2, 29, 23, 59, 60).isValid)
        for civil in [
            CivilTime(2026, 2, 29), CivilTime(2026, 13, 1), CivilTime(2026, 0, 1), CivilTime(2026, 1, 0), CivilTime(2026, 1, 32),
            CivilTime(2026, 1, 1, 24), CivilTime(2026, 1, 1, 0, 60), CivilTime(2026, 1, 1, 0, 0, 61), CivilTime(1677, 12, 31),
            CivilTime(2262, 1, 1), CivilTime(2026, 1, 1, -1),
        ] { #expect(!civil.isValid, "\(civil)") }
    }

    @Test("every instant has a civil time, including the first and the last")
    func limits() {
        #expect(CivilTime(localNanoseconds: -1) == CivilTime(1969, 12, 31, 23, 59, 59, nanosecond: 999_999_999))
        #expect(CivilTime(localNanoseconds: .min) == CivilTime(1677, 9, 21, 0, 12, 43, nanosecond: 145_224_192))
        #expect(CivilTime(localNanoseconds: .max) == CivilTime(2262, 4, 11, 23, 47, 16, nanosecond: 854_775_807))
        var random = SeededGenerator(seed: 12)
        for _ in 0..<20_000 {
            let nanoseconds = Int64(bitPattern: random.next())
            let civil = CivilTime(localNanoseconds: nanoseconds)
            let (whole, _) = civil.localSeconds.multipliedReportingOverflow(by: 1_000_000_000)
            #expect(whole &+ civil.nanosecond == nanoseconds)
            #expect(0...999_999_999 ~= civil.nanosecond)
        }
    }
}
