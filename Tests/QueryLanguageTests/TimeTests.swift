import Model
import TestSupport
import Testing

@testable import QueryLanguage

@Suite struct TimeTests {
    private func window(_ range: String, now: String = "2026-11-21T14:05:00Z", zone: Zone = .utc) throws -> String {
        let context = CheckContext(now: at(now), zone: zone, coverage: coverage)
        guard let window = try compile("errors \(range)", context).query.window else { return "all" }
        return "\(TimeText.iso(window.from)) \(TimeText.iso(window.to))"
    }

    @Test("ranges are half-open and relative to a single `now`")
    func ranges() throws {
        for (range, expected) in [
            ("", "2026-11-20T14:05:00Z 2026-11-21T14:05:00Z"), ("last 24h", "2026-11-20T14:05:00Z 2026-11-21T14:05:00Z"),
            ("last 90m", "2026-11-21T12:35:00Z 2026-11-21T14:05:00Z"), ("last week", "2026-11-14T14:05:00Z 2026-11-21T14:05:00Z"),
            ("last 1mo", "2026-10-22T14:05:00Z 2026-11-21T14:05:00Z"), ("last hour", "2026-11-21T13:05:00Z 2026-11-21T14:05:00Z"),
            ("today", "2026-11-21T00:00:00Z 2026-11-21T14:05:00Z"), ("yesterday", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"),
            ("since 3h", "2026-11-21T11:05:00Z 2026-11-21T14:05:00Z"),
            ("since 3h ago", "2026-11-21T11:05:00Z 2026-11-21T14:05:00Z"),
            ("since yesterday", "2026-11-20T00:00:00Z 2026-11-21T14:05:00Z"),
            ("since 2026-11-01 until today", "2026-11-01T00:00:00Z 2026-11-21T00:00:00Z"),
            ("since 14:00", "2026-11-21T14:00:00Z 2026-11-21T14:05:00Z"),
            ("since 14:06", "2026-11-20T14:06:00Z 2026-11-21T14:05:00Z"),
            ("since 14:05", "2026-11-21T14:05:00Z 2026-11-21T14:05:00Z"),
            ("from 2026-11-20 to 2026-11-21", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"),
            ("from 2026-11-20 14:00 to 15:00", "2026-11-20T14:00:00Z 2026-11-20T15:00:00Z"),
            ("from 2026-11-20T14:00+01:00 to \"2026-11-20 16:00:00.5\"", "2026-11-20T13:00:00Z 2026-11-20T16:00:00.500Z"),
            ("from 2026-11-20 14:00 +01:00 to 2026-11-20 14:00 Z", "2026-11-20T13:00:00Z 2026-11-20T14:00:00Z"),
            ("from 23:00 to 01:00", "2026-11-20T23:00:00Z 2026-11-21T01:00:00Z"),
            ("from 13:00 to 13:00", "2026-11-21T13:00:00Z 2026-11-22T13:00:00Z"),
            ("from 3h ago to now", "2026-11-21T11:05:00Z 2026-11-21T14:05:00Z"),
            ("around 14:00", "2026-11-21T13:45:00Z 2026-11-21T14:15:00Z"),
            ("around 14:00 ± 1h", "2026-11-21T13:00:00Z 2026-11-21T15:00:00Z"),
            ("on 2026-11-20", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"),
            ("on 2026-12", "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z"),
            ("on 2026-W47", "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z"),
            ("on 2026-w01", "2025-12-29T00:00:00Z 2026-01-05T00:00:00Z"),
            ("on 2020-W53", "2020-12-28T00:00:00Z 2021-01-04T00:00:00Z"), ("all", "all"),
        ] {
            #expect(try window(range) == expected, "\(range)")
        }
    }

    @Test("times are accepted in the words in which they are printed and said")
    func words() throws {
        let now = "2026-11-21T14:05:00Z"
        for (range, expected) in [
            ("since 20 Nov 14:00", "2026-11-20T14:00:00Z \(now)"), ("since 21 nov", "2026-11-21T00:00:00Z \(now)"),
            ("since Nov 20 13:37:52.778", "2026-11-20T13:37:52.778Z \(now)"),
            ("since 20 Nov 2025 14:00", "2025-11-20T14:00:00Z \(now)"), ("since 24 Dec", "2025-12-24T00:00:00Z \(now)"),
            ("since 29 Feb", "2024-02-29T00:00:00Z \(now)"), ("since \"20 Nov 14:00\"", "2026-11-20T14:00:00Z \(now)"),
            ("since yesterday 14:00", "2026-11-20T14:00:00Z \(now)"), ("since today 09:30", "2026-11-21T09:30:00Z \(now)"),
            ("since mon", "2026-11-16T00:00:00Z \(now)"), ("since monday 14:00", "2026-11-16T14:00:00Z \(now)"),
            ("since sat", "2026-11-21T00:00:00Z \(now)"), ("since last saturday", "2026-11-14T00:00:00Z \(now)"),
            ("since last mon 09:00 until last mon noon", "2026-11-16T09:00:00Z 2026-11-16T12:00:00Z"),
            ("since midnight", "2026-11-21T00:00:00Z \(now)"), ("since noon", "2026-11-21T12:00:00Z \(now)"),
            ("since 1795183200", "2026-11-20T14:00:00Z \(now)"), ("since 1795183200500", "2026-11-20T14:00:00.500Z \(now)"),
            ("between 13:00 and 14:00", "2026-11-21T13:00:00Z 2026-11-21T14:00:00Z"),
            ("between 20 Nov 23:00 and 01:00", "2026-11-20T23:00:00Z 2026-11-21T01:00:00Z"),
            ("between yesterday noon and today", "2026-11-20T12:00:00Z 2026-11-21T00:00:00Z"),
            ("on 20 Nov", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"), ("on mon", "2026-11-16T00:00:00Z 2026-11-17T00:00:00Z"),
            ("on yesterday", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"),
            ("around 20 Nov 14:00 +- 1h", "2026-11-20T13:00:00Z 2026-11-20T15:00:00Z"),
        ] {
            #expect(try window(range) == expected, "\(range)")
        }
        for range in [
            "since 31 Nov", "since 30 Feb", "since 32 Nov", "since 20 Nov 25:00", "since 12", "since last noon", "on 31 Nov",
        ] {
            #expect(!mistakes("errors \(range)").all.isEmpty, "\(range)")
        }
    }

    @Test("days, weeks and clock times follow the time zone, also at clock changes")
    func zones() throws {
        for (range, now, expected) in [
            ("on 2026-03-29", "2026-11-21T14:05:00Z", "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"),
            ("on 2026-10-25", "2026-11-21T14:05:00Z", "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"),
            ("on 2026-W13", "2026-11-21T14:05:00Z", "2026-03-22T23:00:00Z 2026-03-29T22:00:00Z"),
            ("on 2026-10", "2026-11-21T14:05:00Z", "2026-09-30T22:00:00Z 2026-10-31T23:00:00Z"),
            ("today", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z 2026-03-29T10:00:00Z"),
            ("today", "2026-11-20T23:30:00Z", "2026-11-20T23:00:00Z 2026-11-20T23:30:00Z"),
            ("yesterday", "2026-10-26T10:00:00Z", "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"),
            // Rolling ranges are durations: 24 hours, not a calendar day.
            ("last 1d", "2026-03-29T10:00:00Z", "2026-03-28T10:00:00Z 2026-03-29T10:00:00Z"),
            // A time skipped by a clock change is as far after it as written; of a time that occurs twice, the earlier one counts.
            ("since 02:30", "2026-03-29T10:00:00Z", "2026-03-29T01:30:00Z 2026-03-29T10:00:00Z"),
            ("since 02:30", "2026-10-25T10:00:00Z", "2026-10-25T00:30:00Z 2026-10-25T10:00:00Z"),
            ("from 2026-10-25 to 2026-10-25T12:00", "2026-11-21T14:05:00Z", "2026-10-24T22:00:00Z 2026-10-25T11:00:00Z"),
            ("from 23:00 to 01:00", "2026-03-29T10:00:00Z", "2026-03-28T22:00:00Z 2026-03-29T00:00:00Z"),
        ] {
            #expect(try window(range, now: now, zone: berlin) == expected, "\(range) at \(now)")
        }
    }

    @Test("a clock time is the latest one not after `now`; as an end it is the first after the start")
    func clocks() throws {
        for seed in UInt64(0)..<400 {
            var random = SeededGenerator(seed: seed)
            let zone = random.pick([Zone.utc, berlin])
            let now = Timestamp(seconds: 1_774_600_000 + Int64(random.next() % 20_000_000))
            let clock = "\(random.next() % 24):\(TimeText.two(Int(random.next() % 60)))"
            let context = CheckContext(now: now, zone: zone)
            guard let window = try compile("errors since \(clock)", context).query.window else { continue }
            #expect(window.from <= now && now - window.from <= .hours(25), "seed \(seed): \(clock)")
            let end = "\(random.next() % 24):\(TimeText.two(Int(random.next() % 60)))"
            guard let span = try compile("errors from \(clock) to \(end)", context).query.window else { continue }
            #expect(span.from == window.from && span.to > span.from && span.length <= .hours(25), "seed \(seed): \(clock) \(end)")
        }
    }

    @Test("`over time` chooses a width that gives at most about 60 buckets")
    func automaticWidth() throws {
        for (range, width) in [
            ("last 30s", "1s"), ("last 5m", "5s"), ("last 1h", "1m"), ("last 24h", "30m"), ("last 7d", "3h"), ("last 4w", "12h"),
            ("last 12w", "1w"), ("last 100w", "1mo"), ("all", "1d"), ("on 2026-11-20", "30m"),
        ] {
            #expect(try compile("errors over time \(range)").query.bucket?.spelling == width, "\(range)")
        }
    }

    @Test("widths of whole days, weeks and months follow the calendar, other widths the clock")
    func widths() throws {
        for (text, width) in [
            ("24h", "1d"), ("1d", "1d"), ("day", "1d"), ("48h", "2d"), ("7d", "1w"), ("14d", "2w"), ("1mo", "1mo"),
            ("month", "1mo"),
            ("36h", "1d12h"), ("90m", "1h30m"), ("60s", "1m"), ("hour", "1h"),
        ] {
            #expect(try compile("errors every \(text) last 4w").query.bucket?.spelling == width, "\(text)")
        }
    }
}
