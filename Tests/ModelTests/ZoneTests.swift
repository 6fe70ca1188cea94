import Model
import TestSupport
import Testing

@Suite("Zones")
struct ZoneTests {
    private static func instant(_ text: String) -> Timestamp { TimeText.parse(text) ?? Timestamp(nanoseconds: .min) }

    /// The first instants of offsets, and the offsets in minutes; the last expanded year is 2100.
    static let changes: [(ZoneFile, [(String, Int64)])] = [
        (
            .berlin,
            [("2026-03-29T01:00Z", 120), ("2026-10-25T01:00Z", 60), ("2100-03-28T01:00Z", 120), ("2100-10-31T01:00Z", 60)]
        ),
        (.newYork, [("2026-03-08T07:00Z", -240), ("2026-11-01T06:00Z", -300), ("2100-11-07T06:00Z", -300)]),
        (.sydney, [("2026-04-04T16:00Z", 600), ("2026-10-03T16:00Z", 660), ("2100-10-02T16:00Z", 660)]),
        (.lordHowe, [("2026-04-04T15:00Z", 630), ("2026-10-03T15:30Z", 660), ("2100-10-02T15:30Z", 660)]),
        (.dublin, [("2026-03-29T01:00Z", 60), ("2026-10-25T01:00Z", 0), ("2100-10-31T01:00Z", 0)]),
        (.nuuk, [("2026-03-29T01:00Z", -60), ("2026-10-25T01:00Z", -120), ("2100-10-31T01:00Z", -120)]),
        (.santiago, [("2026-04-05T03:00Z", -240), ("2026-09-06T04:00Z", -180), ("2100-09-05T04:00Z", -180)]),
        (.cairo, [("2026-04-23T22:00Z", 180), ("2026-10-29T21:00Z", 120), ("2100-10-28T21:00Z", 120)]),
    ]

    @Test("the footer rule of a zone file applies up to the year 2100, in both hemispheres", arguments: changes.indices)
    func rules(_ index: Int) throws {
        let (file, changes) = ZoneTests.changes[index]
        let zone = try #require(file.zone)
        for (text, minutes) in changes {
            let first = ZoneTests.instant(text)
            #expect(zone.offset(at: first) == minutes * 60, "\(file.name) \(text)")
            #expect(zone.offset(at: first - .nanoseconds(1)) != minutes * 60, "\(file.name) \(text)")
        }
    }

    @Test("a zone without rules keeps its offset")
    func fixed() throws {
        let zone = try #require(ZoneFile.kolkata.zone)
        for text in ["2026-01-01", "2026-07-01", "2090-07-01"] { #expect(zone.offset(at: ZoneTests.instant(text)) == 19_800) }
        let bare = try #require(ZoneFile(offsets: [0], footer: "<+0545>-5:45").zone)
        #expect(bare.offset(at: ZoneTests.instant("1980-01-01")) == 20_700)
        let silent = try #require(ZoneFile(offsets: [-3600], transitions: []).zone)
        #expect(silent.offset(at: ZoneTests.instant("2026-01-01")) == -3600)
    }

    @Test("a time skipped by a clock change gives the instant equally far after the change")
    func gap() throws {
        let berlin = try #require(ZoneFile.berlin.zone)
        #expect(berlin.instant(of: CivilTime(2026, 3, 29, 2, 30)) == ZoneTests.instant("2026-03-29T01:30Z"))
        #expect(berlin.instant(of: CivilTime(2026, 3, 29, 1, 59, 59)) == ZoneTests.instant("2026-03-29T00:59:59Z"))
        #expect(berlin.instant(of: CivilTime(2026, 3, 29, 3)) == ZoneTests.instant("2026-03-29T01:00Z"))
        let lordHowe = try #require(ZoneFile.lordHowe.zone)
        #expect(lordHowe.instant(of: CivilTime(2026, 10, 4, 2, 15)) == ZoneTests.instant("2026-10-03T15:45Z"))
        // Midnight itself is skipped: the day begins at one.
        let cairo = try #require(ZoneFile.cairo.zone)
        #expect(cairo.instant(of: CivilTime(2026, 4, 24)) == ZoneTests.instant("2026-04-23T22:00Z"))
    }

    @Test("a time that occurs twice gives the earlier instant")
    func overlap() throws {
        let berlin = try #require(ZoneFile.berlin.zone)
        #expect(berlin.instant(of: CivilTime(2026, 10, 25, 2, 30)) == ZoneTests.instant("2026-10-25T00:30Z"))
        #expect(berlin.instant(of: CivilTime(2026, 10, 25, 3)) == ZoneTests.instant("2026-10-25T02:00Z"))
        let sydney = try #require(ZoneFile.sydney.zone)
        #expect(sydney.instant(of: CivilTime(2026, 4, 5, 2, 30)) == ZoneTests.instant("2026-04-04T15:30Z"))
    }

    @Test("a day skipped by a zone is handled correctly")
    func skippedDay() throws {
        // Samoa went from UTC-10 to UTC+14 at the end of 29 December 2011.
        let zone = try #require(ZoneFile(offsets: [-36_000, 50_400], transitions: [(1_325_239_200, 1)]).zone)
        #expect(zone.civil(Timestamp(seconds: 1_325_239_199)) == CivilTime(2011, 12, 29, 23, 59, 59))
        #expect(zone.civil(Timestamp(seconds: 1_325_239_200)) == CivilTime(2011, 12, 31))
        #expect(zone.instant(of: CivilTime(2011, 12, 31)) == Timestamp(seconds: 1_325_239_200))
        #expect(zone.instant(of: CivilTime(2011, 12, 30, 12)) == zone.instant(of: CivilTime(2011, 12, 31, 12)))
    }

    @Test("converting to civil time and back gives the same instant, or the earlier one with the same civil time")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 13)
        for zone in ZoneFile.all.compactMap(\.zone) + [.utc] {
            for _ in 0..<2000 {
                let instant = Timestamp(nanoseconds: Int64.random(in: 0...4_100_000_000_000_000_000, using: &random))
                let back = zone.instant(of: zone.civil(instant))
                #expect(back <= instant && zone.civil(back) == zone.civil(instant), "\(zone.name) \(TimeText.iso(instant))")
                #expect(instant - back <= .hours(1), "\(zone.name) \(TimeText.iso(instant))")
            }
        }
    }

    @Test("the parts of a window are contiguous and have the offsets of their instants")
    func stretches() throws {
        let zone = try #require(ZoneFile.berlin.zone)
        let window = Window(from: ZoneTests.instant("2026-01-01"), to: ZoneTests.instant("2027-01-01"))
        let parts = zone.offsets(in: window)
        #expect(
            parts.map(\.from) == [window.from, ZoneTests.instant("2026-03-29T01:00Z"), ZoneTests.instant("2026-10-25T01:00Z")])
        #expect(parts.map(\.offset) == [3600, 7200, 3600])
        #expect(Zone.utc.offsets(in: window).map(\.offset) == [0])
    }

    @Test("transitions before the Big Bang, as in some files, are harmless")
    func bigBang() throws {
        let file = ZoneFile(offsets: [-754, 3600], transitions: [(-576_460_752_303_423_488, 0), (0, 1), (.max, 0)])
        let zone = try #require(file.zone)
        let all = Window(from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max))
        #expect(zone.offsets(in: all).map(\.offset) == [-754, 3600])
        for end in [Int64.min, .max] {
            let civil = zone.civil(Timestamp(nanoseconds: end))
            _ = zone.instant(of: civil)
        }
    }

    @Test("a file truncated before its footer is rejected without trapping")
    func truncated() {
        for file in ZoneFile.all {
            let bytes = file.bytes
            let footer = bytes.count - file.footer.utf8.count - 2
            for count in 0..<bytes.count {
                let zone = Zone(name: "x", file: Array(bytes[..<count]))
                if count < footer { #expect(zone == nil, "\(file.name) \(count)") }
            }
        }
        #expect(Zone(name: "x", file: []) == nil)
        #expect(Zone(name: "x", file: Array("TZif".utf8) + [UInt8](repeating: 0xFF, count: 200)) == nil)
    }

    @Test("no corruption of a zone file makes it trap")
    func damaged() {
        var random = SeededGenerator(seed: 14)
        for _ in 0..<1500 {
            var bytes = ZoneFile.all.randomElement(using: &random)!.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            use(Zone(name: "x", file: bytes))
        }
    }

    @Test(
        "an invalid footer is ignored",
        arguments: [
            "CET-99999999999999999999CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0", "CET-1CEST,M99.5.0,M10.5.0",
            "CET-1CEST,M3.9.0,M10.5.0",
            "CET-1CEST,M3.5.9,M10.5.0", "CET-1CEST,M9223372036854775807.5.0,M10.5.0", "CET-1CEST,J60,J300", "<CET-1", "-1", "",
            "CET-1CEST,M3.5.0/999999999999999999,M10.5.0", "CET-1CEST,M3.5,M10.5.0", ",,,,", "CET-1CEST,M3.5.0,M10.5.0,M1.1.1",
            "日本-9",
            "A999999999999999999", "CET-1:99999999999999999CEST,M3.5.0,M10.5.0", "CET-½",
        ])
    func badFooter(_ footer: String) throws {
        var file = ZoneFile.berlin
        file.footer = footer
        let zone = try #require(file.zone)
        use(zone)
        #expect(zone.offset(at: ZoneTests.instant("2026-07-01")) == 3600)
    }

    @Test("a transition to a missing offset, out of order, or by days is invalid")
    func wrongTransitions() {
        #expect(ZoneFile(offsets: [0], transitions: [(0, 1)]).zone == nil)
        #expect(ZoneFile(offsets: [0, 60], transitions: [(10, 1), (10, 0)]).zone == nil)
        #expect(ZoneFile(offsets: [0, 200_000], transitions: [(10, 1)]).zone == nil)
        #expect(ZoneFile(offsets: []).zone == nil)
    }

    /// Calls every method of a zone.
    private func use(_ zone: Zone?) {
        guard let zone else { return }
        for nanoseconds in [Int64.min, -1, 0, 1_795_269_900_000_000_000, .max] {
            let instant = Timestamp(nanoseconds: nanoseconds)
            _ = zone.instant(of: zone.civil(instant))
            _ = TimeText.iso(instant, zone: zone)
        }
        _ = zone.offsets(in: Window(from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max)))
    }
}
