import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import SQLite

@Suite("Days in columns")
struct DayTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)
    private static let always = Window(from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max))

    private func number(_ value: Int64) -> StoredValue { value == PackedColumns.none ? .null : .integer(value) }

    /// What days hold is what rows hold, of all days but the newest.
    private func expectDays(_ store: Store, _ comment: Comment) throws {
        let day = DayPacker.length
        let newest = floorDivide(try store.number("SELECT ifnull(max(t), 0) FROM err") ?? 0, day)
        let kinds = try store.ask("SELECT id, \(ErrorKind.columns) FROM error_kind")
        #expect(Set(kinds.map { Array($0.dropFirst()) }).count == kinds.count, comment)
        let kindByID = Dictionary(uniqueKeysWithValues: kinds.map { ($0[0], Array($0.dropFirst())) })
        let errors = try store.errorColumns(in: DayTests.always, recoveries: true, settlements: true)
        let packed = errors.times.indices.map { row -> [StoredValue] in
            [.integer(errors.times[row]), number(errors.recoveredAt[row]), number(errors.settledAt[row])]
                + (kindByID[.integer(Int64(errors.kinds[row]))] ?? [])
        }
        let rows = try store.ask(
            """
            SELECT t, CASE WHEN recovery > 0 THEN recovered_at END, CASE WHEN recovery = 0 THEN coalesce(settled_at, t) END,
                \(ErrorKind.columns) FROM err WHERE t < \(newest * day) ORDER BY t, scope, id
            """)
        #expect(differences(packed.map(String.init(describing:)), rows.map(String.init(describing:))) == [], comment)
        #expect(try store.number("SELECT count(*) FROM error_day WHERE day >= \(newest)") == 0, comment)
        #expect(errors.stretches.allSatisfy { !$0.isEmpty }, comment)

        let lastDay = floorDivide(try store.number("SELECT ifnull(max(bucket), 0) FROM call_minute") ?? 0, 1440)
        let minutes = try store.minuteColumns(in: DayTests.always)
        let columns = minutes.times.indices.map { row -> [StoredValue] in
            [
                minutes.times[row] / 60_000_000_000, minutes.calls[row], minutes.callsOnStart[row], minutes.failed[row],
                minutes.failedOnStart[row],
            ].map { .integer($0) }
        }
        let counted = try store.ask(
            """
            SELECT bucket, calls, calls_on, errors, errors_on FROM call_minute WHERE bucket < \(lastDay * 1440) ORDER BY bucket
            """)
        #expect(differences(columns.map(String.init(describing:)), counted.map(String.init(describing:))) == [], comment)
    }

    @Test(
        "they hold what the rows hold after imports in any order, after forgetting and after a rebuild",
        arguments: 31...34 as ClosedRange<UInt64>)
    func kept(seed: UInt64) throws {
        let store = try Store.open(path: folder.file("store\(seed).db"), create: true)
        var random = RandomRecords(seed: seed)
        for (number, file) in random.files(random.records(traces: 25)).enumerated() {
            _ = try Importer(store, batchSize: 13).importRecords("f\(number)", format: "test", now: now, file)
            try expectDays(store, "seed \(seed), file \(number)")
        }
        #expect(try store.number("SELECT count(*) FROM error_day") ?? 0 > 0)
        #expect(try store.number("SELECT count(*) FROM call_day") ?? 0 > 0)
        try store.forget(.source("f0"))
        try expectDays(store, "seed \(seed), forgotten")
        try store.rebuildDerived()
        try expectDays(store, "seed \(seed), rebuilt")
    }

    @Test("the newest day is packed when a newer one begins")
    func newDay() throws {
        let store = try Store.open(path: folder.file("n.db"), create: true)
        func span(_ id: String, day: Int64) -> Record {
            var span = SpanRecord(spanID: id, kind: .llm)
            span.traceID = "t" + id
            span.end = Timestamp(nanoseconds: RandomRecords.start + day * DayPacker.length)
            span.status = .error
            span.statusMessage = "Connection error."
            return .span(span)
        }
        for (place, day) in ([3, 3, 4, 7, 1] as [Int64]).enumerated() {
            _ = try Importer(store).importRecords("f\(place)", format: "test", now: now, [span("\(place)", day: day)])
            try expectDays(store, "record \(place)")
        }
        let first = RandomRecords.start / DayPacker.length
        let days: [Int64] = [1, 3, 4]
        #expect(try store.ask("SELECT day - \(first) FROM error_day ORDER BY 1") == days.map { [.integer($0)] })
    }

    @Test("a day that cannot be read is left to its rows")
    func broken() throws {
        let path = folder.file("b.db"), store = try Store.open(path: path, create: true)
        var random = RandomRecords(seed: 36)
        _ = try Importer(store).importRecords("f", format: "test", now: now, random.records(traces: 25))
        let whole = try store.errorColumns(in: DayTests.always)
        #expect(!whole.stretches.isEmpty)
        let connection = try Connection(path: path, mode: .readWrite(create: false))
        #expect(try store.integrityProblems() == [])
        try connection.execute("DELETE FROM err WHERE t = (SELECT min(t) FROM err)")
        #expect(try store.integrityProblems().contains { $0.hasPrefix("error_day has ") })
        try connection.execute("UPDATE error_day SET columns = x'01ff'")
        #expect(try store.errorColumns(in: DayTests.always).stretches.isEmpty)
    }
}
