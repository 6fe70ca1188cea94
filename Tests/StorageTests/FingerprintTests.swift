import Engine
import Errors
import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore

@Suite("Hashes of data")
struct FingerprintTests {
    let folder = TemporaryFolder()

    private func store(_ name: String, _ records: [Record]) throws -> Store {
        let store = try Store.open(path: folder.file(name), create: true)
        _ = try Importer(store).importRecords("a", format: "test", now: Timestamp(seconds: 0), records)
        return store
    }

    private static let start = Timestamp(seconds: 1_795_000_000)

    private func span(_ number: Int, after seconds: Int64, message: String? = nil) -> Record {
        var span = SpanRecord(spanID: "span\(number)", kind: .llm)
        (span.traceID, span.modelRequested, span.provider) = ("trace\(number / 3)", ["gpt-4o", "o3-mini"][number % 2], "openai")
        span.start = FingerprintTests.start + .seconds(seconds)
        span.end = FingerprintTests.start + .seconds(seconds) + .milliseconds(700)
        span.status = message == nil ? .ok : .error
        span.statusMessage = message
        span.inputTokens = Int64(number)
        return .span(span)
    }

    private func history() -> [Record] {
        var records = (0..<400).map {
            span($0, after: Int64($0) * 397, message: $0 % 7 == 0 ? "Request timed out after \($0)s" : nil)
        }
        var event = EventRecord(eventID: "lone", kind: .error)
        (event.time, event.message, event.provider) = (FingerprintTests.start + .seconds(5000), "connection reset", "openai")
        records.append(.event(event))
        return records
    }

    private func window(_ from: Int64, _ to: Int64) -> Window {
        Window(from: FingerprintTests.start + .seconds(from), to: FingerprintTests.start + .seconds(to))
    }

    private let windows: [(Int64, Int64)] = [
        (0, 200_000), (0, 3600), (17, 18), (100, 50_000), (3601, 7199), (86_400, 172_800), (59, 61), (5000, 5001),
    ]

    private func scopes() -> [DataScope] {
        var scopes = [DataScope(window: nil)] + windows.map { DataScope(window: window($0.0, $0.1)) }
        for index in scopes.indices where index % 2 == 0 { scopes[index].coversTraces = true }
        for index in scopes.indices where index % 3 == 0 {
            (scopes[index].coversEveryKind, scopes[index].coversWeakEvidence) = (true, true)
        }
        return scopes
    }

    @Test("equal data has equal hashes, in whatever order it came and however it was built up")
    func orderFree() throws {
        let first = try store("a.db", history())
        var random = SeededGenerator(seed: 5)
        let second = try store("b.db", history().shuffled(using: &random))
        let third = try store("c.db", Array(history().prefix(100)))
        _ = try Importer(third).importRecords("b", format: "test", now: Timestamp(seconds: 0), Array(history().dropFirst(60)))
        for scope in scopes() {
            let hash = try first.fingerprint(of: scope)
            let others = [try second.fingerprint(of: scope), try third.fingerprint(of: scope), try first.fingerprint(of: scope)]
            #expect(others.allSatisfy { $0 == hash }, "\(scope)")
        }
        try first.rebuildDerived()
        for scope in scopes() { #expect(try first.fingerprint(of: scope) == second.fingerprint(of: scope), "rebuilt: \(scope)") }
    }

    @Test("the sums of rollups and of the facts at the edges are those of all facts")
    func layers() throws {
        let store = try store("a.db", history())
        // Two parts of a window add up to the whole, wherever it is cut: then every layer has one definition.
        func sums(_ window: Window?) throws -> [[Int64]] { try store.digests(of: window) }
        let whole = try sums(window(0, 200_000))
        for cut in [1, 59, 61, 3599, 3600, 3601, 50_000, 86_399, 100_001] as [Int64] {
            let left = try sums(window(0, cut)), right = try sums(window(cut, 200_000))
            for (index, sum) in whole.enumerated() {
                #expect(zip(left[index], right[index]).map(&+) == sum, "cut after \(cut) s")
            }
        }
        #expect(whole[0][1] == 400 && whole[1][1] == 59)
        #expect(try sums(nil) == whole)
    }

    @Test("one row more, one other value: another hash of the windows that hold it, and of no other")
    func sensitive() throws {
        let before = try store("a.db", history())
        var other = history()
        other.append(span(900, after: 4000, message: "late"))
        let late = try store("b.db", other)
        var changed = history()
        changed[14] = span(14, after: 14 * 397, message: "Request timed out after 15s")
        let corrected = try store("c.db", changed)
        for (from, to) in windows {
            let scope = DataScope(window: window(from, to))
            let hash = try before.fingerprint(of: scope)
            let holdsLate = from <= 4000 && 4001 < to, holdsChange = from <= 14 * 397 && 14 * 397 + 1 < to
            #expect(try (late.fingerprint(of: scope) != hash) == holdsLate, "late: \(from) to \(to)")
            #expect(try (corrected.fingerprint(of: scope) != hash) == holdsChange, "corrected: \(from) to \(to)")
        }
    }

    @Test("what classification says of the data is no part of it")
    func classification() throws {
        let store = try store("a.db", history())
        let hashes = try scopes().map { try store.fingerprint(of: $0) }
        let rule = Rule(
            "own.reset", .quotaExceeded, severity: .critical, phrases: ["timed out", "connection reset"], examples: ["timed out"])
        try store.rebuildDerived(assessor: Assessor(rules: RuleSet.builtIn.adding([rule])))
        #expect(try scopes().map { try store.fingerprint(of: $0) } == hashes)
    }

    @Test("the mark of a store moves when something is written, and not before")
    func mark() throws {
        let store = try store("a.db", history())
        let mark = try store.changeMark()
        #expect(try store.changeMark() == mark)
        _ = try Importer(store).importRecords("b", format: "test", now: Timestamp(seconds: 0), [span(901, after: 10)])
        #expect(try store.changeMark() != mark)
    }
}
