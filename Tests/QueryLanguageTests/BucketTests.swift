import Model
import TestSupport
import Testing

@testable import QueryLanguage

@Suite struct BucketTests {
    private static let nothing = QueryFacts(coverage: nil, newest: nil, keepsSuccesses: true, rules: "")
    private static let zones = [Zone.utc, berlin, zone("Asia/Kolkata"), zone("America/New_York"), zone("Australia/Lord_Howe")]
    private static let widths = [
        "1m", "7m", "15m", "30m", "1h", "50m", "90m", "2h", "3h", "5h", "6h", "12h", "36h", "1d", "2d", "3d", "1w", "2w", "1mo",
        "3mo",
    ]

    @Test("buckets are contiguous, cover the window and contain the instants with their key")
    func cover() throws {
        for seed in UInt64(0)..<700 {
            var random = SeededGenerator(seed: seed)
            let zone = random.pick(BucketTests.zones), width = random.pick(BucketTests.widths)
            // Near clock changes, near 1970, and anywhere else.
            let place = random.pick(
                [1_774_746_000, 1_792_890_000, 1_775_318_400, 1_791_043_200, 0, 1_700_000_000, -2_000_000_000] as [Int64])
            let from = (place + Int64(random.next() % 200_000) - 100_000) * 1_000_000_000 + Int64(random.next() % 2)
            let bucket = try compile("errors every \(width)").query.bucket!
            let longest = min(bucket.approximateLength.inNanoseconds * 60, 400 * 86_400_000_000_000)
            let window = Window(
                from: Timestamp(nanoseconds: from), to: Timestamp(nanoseconds: from + 1 + Int64(random.next() % UInt64(longest))))
            let buckets = Buckets(width: bucket, window: window, facts: BucketTests.nothing, zone: zone)
            let axis = buckets.axis
            let note = "seed \(seed): \(width) in \(zone.name)"
            try #require(!axis.starts.isEmpty, "\(note)")
            #expect(axis.starts[0] <= window.from && axis.end >= window.to, "\(note)")
            #expect(axis.starts.count == 1 || axis.starts[1] > window.from, "\(note)")
            #expect(axis.bucket(axis.starts.count - 1).from < window.to, "\(note)")
            #expect(zip(axis.starts, axis.starts.dropFirst()).allSatisfy { $0 <= $1 }, "\(note)")
            #expect(zip(buckets.keys, buckets.keys.dropFirst()).allSatisfy { $1 == $0 + 1 }, "\(note)")
            for _ in 0..<8 {
                let index = Int(random.next() % UInt64(axis.starts.count))
                let stretch = axis.bucket(index)
                guard !stretch.isEmpty else { continue }
                let inside = random.pick([
                    stretch.from, Timestamp(nanoseconds: stretch.to.nanoseconds - 1),
                    Timestamp(
                        nanoseconds: stretch.from.nanoseconds + Int64(random.next() % UInt64(stretch.length.inNanoseconds))),
                ])
                let own = Buckets(
                    width: bucket, window: Window(from: inside, to: inside + .nanoseconds(1)), facts: BucketTests.nothing,
                    zone: zone)
                // Buckets of other widths start at the start of the window, in its offset.
                if case .elapsed(_, let offset) = own.rule, case .elapsed(_, let first) = buckets.rule, offset != first {
                    continue
                }
                #expect(own.keys == [buckets.keys[index]], "\(note): \(TimeText.iso(inside)) in bucket \(index)")
            }
        }
    }

    @Test("buckets begin on the boundaries of the zone's calendar")
    func boundaries() throws {
        for zone in BucketTests.zones {
            for (width, isBoundary) in [
                ("1h", { $0.minute == 0 && $0.second == 0 }), ("3h", { $0.hour % 3 == 0 && $0.minute == 0 }),
                ("1d", { $0.hour == 0 && $0.minute == 0 }),
                (
                    "1w",
                    { civil in
                        let day = CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day)
                        return civil.hour == 0 && CivilTime.weekday(ofDay: day) == 1
                    }
                ),
                ("1mo", { $0.day == 1 && $0.hour == 0 }), ("3mo", { $0.month % 3 == 1 && $0.day == 1 }),
            ] as [(String, (CivilTime) -> Bool)] {
                let context = CheckContext(now: now, zone: zone, coverage: coverage)
                let query = try compile("errors every \(width) from 2026-10-20 to 2026-10-30", context)
                let starts = query.plan.buckets?.axis.starts ?? []
                #expect(!starts.isEmpty)
                for start in starts {
                    // After half-hour clock changes, hours begin at half past.
                    if zone.name == "Australia/Lord_Howe", width == "1h" { continue }
                    #expect(isBoundary(zone.civil(start)), "\(width) in \(zone.name): \(TimeText.iso(start, zone: zone))")
                }
            }
        }
    }

    @Test("days of clock changes have 23 and 25 hours")
    func longDays() throws {
        let context = CheckContext(now: now, zone: berlin, coverage: coverage)
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)] {
            let axis = try #require(try compile("errors every 1h on \(day)", context).plan.buckets?.axis)
            #expect(axis.starts.count == hours, "\(day)")
            let days = try #require(try compile("errors every 1d on \(day)", context).plan.buckets?.axis)
            #expect(days.starts.count == 1 && days.bucket(0).length == .hours(Int64(hours)), "\(day)")
        }
    }
}
