import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore

@Suite struct FileTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private static let lines = [
        #"{"id":"o1","traceId":"t1","type":"GENERATION","name":"answer","startTime":"2025-10-11T09:00:00.000Z","endTime":"2025-10-11T09:00:01.250Z","model":"gpt-4o-mini","usageDetails":{"input":120,"output":30},"level":"DEFAULT","input":"hi","output":"ho"}"#,
        #"{"id":"o2","traceId":"t1","type":"GENERATION","name":"answer","startTime":"2025-10-11T09:00:02.000Z","endTime":"2025-10-11T09:00:02.400Z","model":"gpt-4o","level":"ERROR","statusMessage":"Error code: 429 - You exceeded your current quota, please check your plan and billing details."}"#,
    ]

    @Test("a file is imported with its bad lines told, and a torn end tolerated")
    func badLines() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let text = FileTests.lines[0] + "\n{\"id\": nonsense}\n" + FileTests.lines[1] + "\n{\"id\":\"o3\",\"traceId\":\"t1\",\"ty"
        let path = folder.write("observations.jsonl", text)
        var told: [ImportProgress] = []
        let report = try Importer(store).importFile(path, now: now) {
            told.append($0)
            return true
        }
        #expect(report.format == "langfuse")
        #expect((report.new, report.problemCount) == (2, 2))
        #expect(report.problems.map(\.line) == [2, 4])
        #expect(report.problems.first?.description.hasPrefix(path + ":2: ") == true)
        #expect(report.bytes == Int64(text.utf8.count))
        #expect(report.first == TimeText.parse("2025-10-11T09:00:00Z"))
        #expect(report.last == TimeText.parse("2025-10-11T09:00:02.400Z"))
        let trace = try #require(try store.trace("t1"))
        #expect(trace.spans.map(\.record.spanID) == ["o1", "o2"])
        #expect(trace.errors.map(\.type) == [.quotaExceeded])
        let source = try #require(try store.sources().first)
        #expect(source.records == 2)
        #expect(source.keepsSuccesses)
        #expect(source.coverage?.from == report.first)
    }

    @Test("a progress that says no stops the import, and nothing of it stays")
    func stopped() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let lines = (0..<3000).map { FileTests.lines[0].replacing("\"o1\"", with: "\"o\($0)\"") }
        let path = folder.write("many.jsonl", lines.joined(separator: "\n"))
        #expect(throws: StoreError.interrupted) { try Importer(store).importFile(path, now: now) { _ in false } }
        #expect(try store.facts().spans == 0)
        #expect(try store.sources() == [])
        #expect(try Importer(store).importFile(path, now: now).new == 3000)
    }

    @Test("a source of failures only has no rate")
    func failuresOnly() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        _ = try Importer(store).importFile(folder.write("errors.jsonl", FileTests.lines[1]), now: now)
        #expect(try store.facts().keepsSuccesses == false)
        _ = try Importer(store).importFile(folder.write("all.jsonl", FileTests.lines.joined(separator: "\n")), now: now)
        #expect(try store.facts().keepsSuccesses)
        #expect(try store.facts().spans == 2)
    }

    @Test("the rules that classified are noted with the store")
    func rules() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        _ = try Importer(store).importFile(folder.write("errors.jsonl", FileTests.lines[1]), now: now)
        let noted = try #require(try store.meta("rules"))
        #expect(!noted.isEmpty)
        try store.setMeta("rules", "0000")
        _ = try Importer(store).importFile(folder.write("more.jsonl", FileTests.lines[0]), now: now)
        #expect(try store.meta("rules") == "0000+" + noted)
        try store.rebuildDerived()
        #expect(try store.meta("rules") == noted)
    }
}
