import Model
import TestSupport
import Testing

@testable import Render

@Suite("Value formatting")
struct ValueTextTests {
    let text = ValueText(Scenes.style())

    @Test(
        "counts have thousands separators",
        arguments: [
            (0, "0"), (999, "999"), (1203, "1,203"), (-1_234_567, "-1,234,567"), (Int64.min, "-9,223,372,036,854,775,808"),
        ])
    func counts(_ n: Int64, _ expected: String) { #expect(text.count(n) == expected) }

    @Test(
        "durations use a suitable unit",
        arguments: [
            (0, "0s"), (850, "850ns"), (340_000, "340µs"), (999_999, "1ms"), (1_200_000, "1.2ms"), (12_000_000, "12ms"),
            (999_600_000, "1.0s"), (1_240_000_000, "1.2s"), (59_940_000_000, "59.9s"), (59_960_000_000, "1m 00s"),
            (185_000_000_000, "3m 05s"),
            (3_599_600_000_000, "1h 00m"), (7_800_000_000_000, "2h 10m"), (86_399_000_000_000, "1d 0h"),
            (273_600_000_000_000, "3d 4h"),
            (-1_240_000_000, "-1.2s"), (Int64.min, "-106752d 0h"),
        ])
    func durations(_ nanoseconds: Int64, _ expected: String) { #expect(text.duration(.nanoseconds(nanoseconds)) == expected) }

    @Test(
        "money shows cents from one dollar and two significant digits below",
        arguments: [
            (0, "$0"), (1, "$0.00000001"), (420_000, "$0.0042"), (4_230_000, "$0.042"), (42_000_000, "$0.42"),
            (1_234_000_000, "$12.34"),
            (99_950_000_000, "$1,000"), (120_400_000_000, "$1,204"), (-1_234_000_000, "-$12.34"),
        ])
    func money(_ units: Int64, _ expected: String) { #expect(text.money(Money(units: units)) == expected) }

    @Test(
        "only none is 0% and only all is 100%",
        arguments: [
            (0, 7, "0%"), (7, 7, "100%"), (619, 1000, "61.9%"), (29, 1000, "2.9%"), (34, 100_000, "0.034%"),
            (99_966, 100_000, "99.966%"),
            (1, 3, "33.3%"), (1, 1_000_000_000, "0.0000001%"),
        ])
    func percents(_ n: Int64, _ of: Int64, _ expected: String) throws {
        let ratio = try #require(Ratio(n, of: of))
        if of < 1_000_000 {
            #expect(text.percent(ratio.quotient) == expected)
        } else {
            #expect(text.percent(ratio.quotient) != "0%")
        }
    }

    @Test("a rate over fewer than 30 calls shows its interval")
    func rates() throws {
        #expect(text.rate(try #require(Ratio(1203, of: 41_022))) == "2.9% (1,203/41,022)")
        #expect(text.rate(try #require(Ratio(2, of: 10))) == "20.0% (5.7–51%, 2/10)")
        #expect(text.rate(try #require(Ratio(0, of: 10))) == "0% (0–28%, 0/10)")
        #expect(text.rate(try #require(Ratio(5, of: 5))) == "100% (57–100%, 5/5)")
        // Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
        let ends = ValueText.interval(try #require(Ratio(81, of: 263)))
        #expect(abs(ends.lowerBound - 0.2553) < 0.00005 && abs(ends.upperBound - 0.3662) < 0.00005)
    }

    @Test("a missing value is a dash, never zero; flags are words")
    func others() {
        #expect(text.text(.missing) == "–")
        #expect(ValueText(Scenes.style(80, .ascii)).text(.missing) == "-")
        #expect(text.text(.flag(true)) == "yes" && text.text(.flag(false)) == "no")
        #expect(text.text(.number(.nan)) == "–" && text.text(.number(-.infinity)) == "-∞")
        #expect(
            text.text(.number(41.234)) == "41.2" && text.text(.number(0.004166)) == "0.00417"
                && text.text(.number(1204.4)) == "1,204")
        #expect(
            text.text(.number(1.5e20)) == "1.5e20" && text.text(.number(1e308)).hasSuffix("e308")
                && text.text(.number(.leastNonzeroMagnitude)).hasSuffix("e-324"))
    }

    @Test("the numbers of a column have the same number of decimals")
    func columns() {
        #expect(text.column([.number(12.345), .number(1), .missing]) == ["12.35", "1.00", "–"])
        #expect(text.column([.number(3), .number(4)]) == ["3", "4"])
        #expect(text.column([.number(120.5), .number(0.001)]) == ["120.5", "0.001"])
        #expect(
            text.column([.money(Money(units: 120_400_000_000)), .money(Money(units: 420_000)), .money(Money(units: 0))]) == [
                "$1,204.00", "<$0.01", "$0.00",
            ])
    }

    @Test("times show only the parts that the listing needs")
    func times() {
        func column(_ times: [String], _ style: Style = Scenes.style()) -> [String] {
            ValueText(style).column(times.map { .time(Scenes.at($0)) })
        }
        #expect(column(["2026-11-21T10:00:00Z", "2026-11-21T10:05:00Z"]) == ["21 Nov 10:00", "21 Nov 10:05"])
        #expect(column(["2026-11-21T10:00:01Z", "2026-11-20T10:05:00Z"]) == ["21 Nov 10:00:01", "20 Nov 10:05:00"])
        #expect(column(["2026-11-20T10:00:00Z", "2026-11-20T10:05:00Z"]) == ["20 Nov 10:00", "20 Nov 10:05"])
        #expect(column(["2026-11-20T00:00:00Z", "2026-11-19T00:00:00Z"]) == ["20 Nov", "19 Nov"])
        #expect(column(["2025-12-31T23:00:00Z", "2026-01-01T01:00:00Z"]) == ["2025-12-31 23:00", "2026-01-01 01:00"])
        #expect(column(["2026-11-21T10:00:00.5Z", "2026-11-21T10:00:01Z"]) == ["21 Nov 10:00:00.500", "21 Nov 10:00:01.000"])
        #expect(column(["2026-11-21T10:00:00Z"], Style()) == ["2026-11-21 10:00"])
        // The repeated hour: 02:30 in summer time, then in winter time.
        let berlin = Scenes.style(zone: Scenes.berlin)
        #expect(column(["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"], berlin) == ["25 Oct 02:30+02", "25 Oct 02:30+01"])
    }

    @Test("machine-readable text is exact")
    func machine() {
        #expect(MachineText.text(.missing) == nil)
        #expect(MachineText.text(.count(-5)) == "-5")
        #expect(MachineText.text(.time(Scenes.at("2026-11-21T14:05:00.25Z"))) == "2026-11-21T14:05:00.250Z")
        #expect(MachineText.text(.duration(.nanoseconds(1_500_000_001))) == "1.500000001")
        #expect(MachineText.text(.duration(.milliseconds(-1))) == "-0.001")
        #expect(MachineText.text(.duration(.zero)) == "0")
        #expect(MachineText.text(.money(Money(units: 420_000))) == "0.0042")
        #expect(MachineText.text(.money(Money(units: .min))) == "-92233720368.54775808")
        #expect(MachineText.text(.ratio(Ratio(1, of: 3) ?? Ratio(0, of: 1)!)) == "0.3333333333333333")
        #expect(MachineText.text(.number(1e-7)) == "0.0000001" && MachineText.text(.number(-1.5e-5)) == "-0.000015")
        #expect(
            MachineText.text(.number(0.1)) == "0.1" && MachineText.text(.number(3)) == "3"
                && MachineText.text(.number(.nan)) == nil)
    }

    @Test("the shortest digits read back as the same number")
    func shortest() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let x = Double(bitPattern: generator.next())
            guard x.isFinite else { continue }
            #expect(Double(try #require(DecimalText.shortest(x))) == x)
        }
    }
}
