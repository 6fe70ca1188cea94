import Model
import TestSupport
import Testing

@Suite("Times as text")
struct TimeTextTests {
    /// 2026-11-21T14:05:00Z.
    static let instant = Timestamp(seconds: 1_795_269_900)

    @Test(
        "every format is parsed",
        arguments: [
            "2026-11-21T14:05:00Z", "2026-11-21 14:05:00Z", "2026-11-21t14:05:00z", "2026-11-21T14:05Z", "2026-11-21T14:05:00",
            "2026-11-21 14:05", "2026-11-21T14:05:00.000Z", "2026-11-21T14:05:00,000000", "2026-11-21T16:05:00+02:00",
            "2026-11-21T16:05:00+0200", "2026-11-21T16:05:00+02", "2026-11-21 16:05:00 +02:00", "2026-11-21T08:35:00-05:30",
            "2026-11-22T04:05:00.000000000+14:00", "2026-11-20T14:06:00-23:59",
        ])
    func forms(_ text: String) {
        #expect(TimeText.parse(text) == TimeTextTests.instant)
        #expect(TimeText.parse(Substring(text)) == TimeTextTests.instant)
    }

    @Test("a date means midnight; a time without an offset is in the given zone")
    func zoned() throws {
        let berlin = try #require(ZoneFile.berlin.zone)
        #expect(TimeText.parse("2026-11-21") == Timestamp(seconds: 1_795_219_200))
        #expect(TimeText.parse("2026-11-21", zone: berlin) == Timestamp(seconds: 1_795_215_600))
        #expect(TimeText.parse("2026-11-21T15:05", zone: berlin) == TimeTextTests.instant)
        #expect(TimeText.parse("2026-11-21T14:05Z", zone: berlin) == TimeTextTests.instant)
    }

    @Test("fractions are parsed to the nanosecond, and further digits are dropped")
    func fractions() {
        for (text, nanoseconds) in [
            ("5", 500_000_000), ("123", 123_000_000), ("123456", 123_456_000), ("000000001", 1), ("1234567899999", 123_456_789),
        ] as [(String, Int64)] {
            #expect(TimeText.parse("2026-11-21T14:05:00.\(text)Z") == TimeTextTests.instant + .nanoseconds(nanoseconds))
        }
    }

    @Test("a leap second becomes the following second")
    func leap() {
        #expect(TimeText.parse("2016-12-31T23:59:60Z") == TimeText.parse("2017-01-01T00:00:00Z"))
    }

    @Test(
        "anything else is not a time",
        arguments: [
            "", "2026", "2026-11", "2026-1-1", "2026-11-21T", "2026-11-21T14", "2026-11-21T14:", "2026-11-21T14:5",
            "2026-11-21T14:05:", "2026-11-21T14:05:0", "2026-11-21T14:05:00.", "2026-11-21T14:05:00.Z", "2026-11-21T14:05:00ZZ",
            "2026-11-21T14:05:00 ", "2026-11-21T14:05:00+", "2026-11-21T14:05:00+2", "2026-11-21T14:05:00+24:00",
            "2026-11-21T14:05:00+02:60", "2026-11-21T14:05:00+02:0", "2026-11-21T14:05:00+02:000", "2026-13-01", "2026-00-01",
            "2026-02-29", "2026-11-31", "2026-11-00", "2026-11-21T24:00", "2026-11-21T14:60", "2026-11-21T14:05:61", "21.11.2026",
            "11/21/2026", "1677-12-31", "2262-01-01", "9999-99-99", "２０２６-11-21", "yesterday", "2026-11-21Tabc", "+026-11-21",
        ])
    func garbage(_ text: String) { #expect(TimeText.parse(text) == nil) }

    @Test("no bytes make it trap")
    func anyBytes() throws {
        let berlin = try #require(ZoneFile.berlin.zone)
        var random = SeededGenerator(seed: 9)
        let pieces = Array("0123456789-:T Z+., tz".utf8)
        for _ in 0..<20_000 {
            var bytes = Array("2026-11-21T14:05:00.123456789+02:00".utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    Bool.random(using: &random)
                    ? pieces.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...20, using: &random))
            let found = bytes.withUnsafeBufferPointer { TimeText.parse($0, zone: berlin) }
            if let found { #expect(TimeText.parse(TimeText.iso(found)) == found) }
        }
    }

    @Test("formatted times round-trip in every zone")
    func roundTrip() throws {
        let zones = [Zone.utc] + ZoneFile.all.compactMap(\.zone)
        var random = SeededGenerator(seed: 10)
        let limits: ClosedRange<Int64> = -9_214_560_000_000_000_000...9_214_646_399_000_000_000
        for index in 0..<4000 {
            // Whole seconds, milliseconds, microseconds, nanoseconds in turn.
            let unit: Int64 = [1_000_000_000, 1_000_000, 1000, 1][index % 4]
            let instant = Timestamp(nanoseconds: Int64.random(in: limits, using: &random) / unit * unit)
            for zone in zones {
                // Before the zones' first rule, offsets include seconds, which the text format cannot express.
                guard zone.offset(at: instant) % 60 == 0 else { continue }
                let text = TimeText.iso(instant, zone: zone)
                #expect(TimeText.parse(text) == instant, "\(text)")
            }
        }
    }

    @Test("instants are formatted with the fewest groups of digits, up to the limits of the range")
    func writing() throws {
        #expect(TimeText.iso(TimeTextTests.instant) == "2026-11-21T14:05:00Z")
        #expect(TimeText.iso(TimeTextTests.instant + .milliseconds(120)) == "2026-11-21T14:05:00.120Z")
        #expect(TimeText.iso(TimeTextTests.instant + .nanoseconds(1)) == "2026-11-21T14:05:00.000000001Z")
        #expect(TimeText.iso(TimeTextTests.instant, zone: try #require(ZoneFile.berlin.zone)) == "2026-11-21T15:05:00+01:00")
        #expect(TimeText.iso(TimeTextTests.instant, zone: try #require(ZoneFile.newYork.zone)) == "2026-11-21T09:05:00-05:00")
        #expect(TimeText.iso(Timestamp(nanoseconds: -1)) == "1969-12-31T23:59:59.999999999Z")
        #expect(TimeText.iso(Timestamp(nanoseconds: .min)) == "1677-09-21T00:12:43.145224192Z")
        #expect(TimeText.iso(Timestamp(nanoseconds: .max)) == "2262-04-11T23:47:16.854775807Z")
        for zone in ZoneFile.all.compactMap(\.zone) {
            for end in [Int64.min, .min + 1, .max - 1, .max] { _ = TimeText.iso(Timestamp(nanoseconds: end), zone: zone) }
        }
    }

    @Test("units of numbers since 1970 are distinguished by magnitude")
    func epoch() {
        for value in [1_795_269_900, 1_795_269_900_000, 1_795_269_900_000_000, 1_795_269_900_000_000_000] as [Double] {
            #expect(TimeText.epoch(value) == TimeTextTests.instant)
        }
        #expect(TimeText.epoch(0) == Timestamp(nanoseconds: 0))
        #expect(TimeText.epoch(-1.5) == Timestamp(nanoseconds: -1_500_000_000))
        #expect(TimeText.epoch(1_795_269_900.25) == TimeTextTests.instant + .milliseconds(250))
        #expect(TimeText.epoch(1_795_269_900_123.5) == TimeTextTests.instant + .microseconds(123_500))
    }

    @Test("numbers outside the range give nil and never trap")
    func epochLimits() {
        for value in [
            5e10, 9.3e9, -5e10, -9.3e9, -1e11, -1e12, 9.2e18, 1e19, 1e300, .infinity, -.infinity, .nan, .greatestFiniteMagnitude,
            9.9e10,
        ] {
            #expect(TimeText.epoch(value) == nil, "\(value)")
        }
        // 10¹¹ is interpreted as milliseconds: 1973.
        #expect(TimeText.epoch(1e11) == TimeText.parse("1973-03-03T09:46:40Z"))
        var random = SeededGenerator(seed: 11)
        for _ in 0..<20_000 { _ = TimeText.epoch(Double(bitPattern: random.next())) }
        for exponent in stride(from: 0.0, to: 19, by: 0.01) {
            for value in [exp10(exponent), -exp10(exponent)] { _ = TimeText.epoch(value) }
        }
    }
}

/// Ten to the power of `x`, accurate enough for a sweep.
private func exp10(_ x: Double) -> Double {
    var result = 1.0
    for _ in 0..<Int(x) { result *= 10 }
    return result * (1 + (x - x.rounded(.down)) * 9)
}
