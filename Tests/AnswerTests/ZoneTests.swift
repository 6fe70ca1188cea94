import Glibc
import Model
import SQLite
import Testing
import TestSupport

@testable import LocalStore
@testable import QueryLanguage

/// Every zone of the system's time zone data, leap seconds included, with buckets of every kind.
@Suite("Zones of the system")
struct ZoneTests {
    private static let folder = "/usr/share/zoneinfo"

    /// Zones by name, each content once; empty where the system has none.
    private static func zones() -> [Zone] {
        var seen: Set<[UInt8]> = [], zones: [Zone] = []
        func look(_ path: String) {
            guard let folder = opendir(ZoneTests.folder + "/" + path) else {
                if let zone = zone(path, &seen) { zones.append(zone) }
                return
            }
            defer { closedir(folder) }
            var names: [String] = []
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if !name.hasPrefix("."), !name.contains("."), !["localtime", "posix", "posixrules", "leapseconds"].contains(name)
                {
                    names.append(name)
                }
            }
            for name in names.sorted() { look(path.isEmpty ? name : path + "/" + name) }
        }
        look("")
        return zones
    }

    private static func zone(_ name: String, _ seen: inout Set<[UInt8]>) -> Zone? {
        guard let handle = fopen(folder + "/" + name, "rb") else { return nil }
        defer { fclose(handle) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, handle)
        guard seen.insert(Array(bytes[..<count])).inserted else { return nil }
        return Zone(name: name, file: Array(bytes[..<count]))
    }

    private static let widths: [BucketWidth] =
        [
            Duration.seconds(7), .minutes(1), .minutes(7), .minutes(30), .hours(1), .minutes(90), .hours(2), .hours(3), .hours(5),
            .hours(6), .hours(12), .hours(36),
        ].map { BucketWidth.fixed($0) } + [.days(1), .days(2), .days(3), .weeks(1), .weeks(2), .months(1), .months(3)]

    private static let nothing = QueryFacts(coverage: nil, newest: nil, keepsSuccesses: true, rules: "")

    /// Checks that each instant has one bucket, the one by its key and by the axis, in a window around a place.
    private func check(_ zone: Zone, around place: Int64, _ random: inout SeededGenerator, _ store: Store) throws {
        let second: Int64 = 1_000_000_000, width = random.pick(ZoneTests.widths)
        let span = min(width.approximateLength.inNanoseconds * Int64(1 + random.next() % 12), 300 * 86_400 * second)
        let from = place - Int64(random.next() % UInt64(span + 1)), to = from + span + Int64(random.next() % 3)
        let window = Window(from: Timestamp(nanoseconds: from), to: Timestamp(nanoseconds: to + 1))
        let buckets = Buckets(width: width, window: window, facts: ZoneTests.nothing, zone: zone), axis = buckets.axis
        let note = "\(zone.name), \(width.spelling), \(TimeText.iso(window.from)) to \(TimeText.iso(window.to))"
        guard !axis.starts.isEmpty, axis.starts[0] <= window.from, axis.end >= window.to,
            zip(axis.starts, axis.starts.dropFirst()).allSatisfy(<), zip(buckets.keys, buckets.keys.dropFirst()).allSatisfy(<)
        else {
            Issue.record("\(note): \(axis.starts.map { TimeText.iso($0) })")
            return
        }
        var instants = [from, to, place - 1, place, place + 1, place - second, place + 3599 * second]
        for start in axis.starts.prefix(8) { instants += [start.nanoseconds, start.nanoseconds - 1] }
        for _ in 0..<24 { instants.append(from + Int64(random.next() % UInt64(to - from + 1))) }
        instants = instants.filter { window.contains(Timestamp(nanoseconds: $0)) }
        var query = CheckedQuery(noun: .calls)
        (query.zone, query.window) = (zone, window)
        // Before 1970 and after it alike.
        let data = Window(from: Timestamp(nanoseconds: -1), to: window.to)
        let fields = FieldSQL(.calls, StatementScope(query, data: data))
        let rows: SQLFragment = .joined(instants.map { "SELECT \(.integer($0)) AS t" as SQLFragment }, " UNION ALL ")
        let question: SQLFragment = "SELECT f.t, \(fields.bucket(buckets)) FROM (\(rows)) AS f"
        for row in try store.rows(question.statement()) {
            let instant = Timestamp(nanoseconds: row[0].integer ?? 0)
            guard let place = buckets.keys.firstIndex(of: row[1].integer ?? .min), axis.bucket(place).contains(instant) else {
                Issue.record("\(note): \(TimeText.iso(instant)) has the key \(row[1]) of \(buckets.keys)")
                return
            }
        }
    }

    @Test("every instant is in exactly one bucket, in every zone of the system, around every kind of change")
    func buckets() throws {
        let history = try HistoryStore([])
        let years = Window(from: Zone.utc.instant(of: CivilTime(1880, 1, 1)), to: Zone.utc.instant(of: CivilTime(2040, 1, 1)))
        for (number, zone) in ZoneTests.zones().enumerated() {
            var random = SeededGenerator(seed: UInt64(number))
            let changes = zone.offsets(in: years).dropFirst().map(\.from.nanoseconds)
            // One of the last changes and one of all.
            for changes in [changes.suffix(2), changes[...]] {
                try check(zone, around: changes.isEmpty ? 0 : random.pick(changes), &random, history.store)
            }
        }
    }

    @Test("a local time is that of its instant, and of two instants the earlier, in every zone of the system")
    func civilTimes() {
        let years = Window(from: Zone.utc.instant(of: CivilTime(1880, 1, 1)), to: Zone.utc.instant(of: CivilTime(2040, 1, 1)))
        for (number, zone) in ZoneTests.zones().enumerated() {
            var random = SeededGenerator(seed: UInt64(number))
            for change in zone.offsets(in: years).dropFirst().map(\.from) {
                let instant = change + .seconds(Int64(random.next() % 200_000) - 100_000)
                let civil = zone.civil(instant), found = zone.instant(of: civil)
                guard found <= instant, zone.civil(found) == civil else {
                    Issue.record("\(zone.name): \(TimeText.iso(instant)) shows \(civil), read as \(TimeText.iso(found))")
                    break
                }
            }
        }
    }

    @Test("leap seconds that a zone file counts are taken out of its changes")
    func leapSeconds() {
        var seen: Set<[UInt8]> = []
        guard let right = ZoneTests.zone("right/Europe/Berlin", &seen), let plain = ZoneTests.zone("Europe/Berlin", &seen) else {
            return
        }
        let years = Window(from: Zone.utc.instant(of: CivilTime(1970, 1, 2)), to: Zone.utc.instant(of: CivilTime(2025, 1, 1)))
        let a = right.offsets(in: years), b = plain.offsets(in: years)
        #expect(a.map(\.from) == b.map(\.from) && a.map(\.offset) == b.map(\.offset))
    }

    /// Rows every ten minutes of the days around a change, and one on the change itself.
    private func history(around change: Int64) throws -> HistoryStore {
        try HistoryStore(
            (0..<500).map { index in
                var span = SpanRecord(spanID: "s\(1000 + index)", kind: .llm)
                span.traceID = "aaaa\(1000 + index)"
                span.start = Timestamp(seconds: change + Int64(index - 250) * 600)
                (span.end, span.output) = (span.start, "an answer")
                return (TraceRecord(traceID: span.traceID ?? ""), [span], [])
            })
    }

    @Test(
        "buckets of two hours count every call once where clocks are set by two hours, by half an hour and at one past midnight")
    func counted() throws {
        for (name, change, width) in [
            ("Antarctica/Troll", 1_792_890_000, "2h"), ("Antarctica/Troll", 1_774_746_000, "2h"),
            ("Australia/Lord_Howe", 1_775_314_800, "2h"), ("America/St_Johns", 1_162_089_060, "1d"),
            ("Pacific/Apia", 1_325_239_200, "1d"),
        ] as [(String, Int64, String)] {
            var seen: Set<[UInt8]> = []
            guard let zone = ZoneTests.zone(name, &seen) else { continue }
            let history = try history(around: change)
            let from = TimeText.iso(Timestamp(seconds: change - 100_000)), to = TimeText.iso(Timestamp(seconds: change + 100_000))
            let answer = try compiled("calls every \(width) show count from \(from) to \(to)", history.store, zone: zone)
                .answer(from: history.store)
            guard case .series(let axis) = answer.shape else { continue }
            let times = (0..<500).map { Timestamp(seconds: change + Int64($0 - 250) * 600) }
            for (index, row) in answer.table.rows.enumerated() {
                let bucket = axis.bucket(index).intersection(axis.window)
                #expect(row[1] == .count(Int64(times.count(where: bucket.contains))), "\(name): \(TimeText.iso(bucket.from))")
            }
        }
    }

    @Test("under `vs` an hour stands beside the hour that clocks show alike, on days of 23 and of 25 hours")
    func versus() throws {
        for (change, day, before) in [(1_792_890_000, "2026-10-25", "2026-10-18"), (1_774_746_000, "2026-03-29", "2026-03-22")] {
            let history = try HistoryStore(
                (0..<1600).map { index in
                    var span = SpanRecord(spanID: "s\(10_000 + index)", kind: .llm)
                    span.traceID = "aaaa\(10_000 + index)"
                    // Further apart the later they are, so that no two hours have equally many.
                    span.start = Timestamp(seconds: Int64(change) - 9 * 86_400 + Int64(index) * 400 + Int64(index * index / 20))
                    (span.end, span.output) = (span.start, "an answer")
                    return (TraceRecord(traceID: span.traceID ?? ""), [span], [])
                })
            let zone = Zones.berlin
            let both = try compiled("calls every 1h show count on \(day) vs 7d", history.store, zone: zone).answer(
                from: history.store)
            for row in both.table.rows {
                guard case .time(let start) = row[0] else { continue }
                let civil = zone.civil(start)
                let from = "\(before)T\(TimeText.two(civil.hour)):00",
                    to = civil.hour == 23 ? nil : "\(before)T\(TimeText.two(civil.hour + 1)):00"
                let text =
                    "calls show count from \(from) to \(to ?? "2026-\(before.dropFirst(5).prefix(3))\(Int(before.suffix(2))! + 1)")"
                let hour = try compiled(text, history.store, zone: zone).answer(from: history.store)
                #expect(row[2] == hour.table.rows[0][0], "\(day) \(civil.hour): \(text)")
            }
        }
    }
}
