import Glibc
import Model
import Testing

@testable import Importing
@testable import Ingest
@testable import LocalStore

@Suite("Following sources")
struct FollowTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_763_800_000)

    private static func line(_ number: Int, error: String? = nil) -> String {
        let state = error.map { #","level":"ERROR","statusMessage":"\#($0)""# } ?? ""
        return
            #"{"id":"o\#(number)","traceId":"t\#(number)","type":"GENERATION","startTime":"2025-11-22T08:00:00Z","endTime":"2025-11-22T08:00:\#(10 + number % 50)Z","model":"gpt-4o"\#(state)}"#
    }

    private func append(_ text: String, to path: String) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
    }

    private func store() throws -> Store { try Store.open(path: folder.file("store.db"), create: true) }

    private func at(_ seconds: Int64) -> Timestamp { start + .seconds(seconds) }

    // MARK: files

    @Test("what is appended is read once, and a torn last line waits for its end")
    func appended() throws {
        let store = try store(), path = folder.write("live.jsonl", FollowTests.line(1) + "\n")
        let follower = Follower(store)
        #expect(try follower.follow(path, now: at(0)).new == 1)
        #expect(try follower.readNew(now: at(1))?.isEmpty == true)
        let second = FollowTests.line(2, error: "Request timed out.")
        append(String(second.prefix(40)), to: path)
        #expect(try follower.readNew(now: at(2))?.isEmpty == true)
        append(String(second.dropFirst(40)) + "\n" + FollowTests.line(3), to: path)
        let news = try #require(try follower.readNew(now: at(3))?.first)
        #expect((news.report?.read, news.report?.new) == (1, 1))
        #expect(try store.facts().errors == 1)
        append("\n{broken\n" + FollowTests.line(4) + "\n", to: path)
        let broken = try #require(try follower.readNew(now: at(4))?.first?.report)
        #expect(broken.new == 2 && broken.problems.map(\.line) == [4], "lines are counted from the file's beginning")
        let source = try #require(try store.sources().first)
        #expect(source.records == 4 && source.format == "langfuse")
        #expect(source.following?.checked == at(4) && source.coverage?.to == at(4))
        #expect(source.newest == TimeText.parse("2025-11-22T08:00:14Z"))
    }

    @Test("a file that is empty at first is followed, and its format is told when it has one")
    func emptyAtFirst() throws {
        let store = try store(), path = folder.write("live.jsonl", "")
        #expect(try Follower(store).follow(path, now: at(0)).read == 0)
        #expect(try store.sources().map(\.format) == [""])
        append(FollowTests.line(1) + "\n", to: path)
        #expect(try Follower(store).readNew(now: at(1))?.first?.report?.new == 1)
        #expect(try store.sources().map(\.format) == ["langfuse"])
    }

    @Test("another process goes on where this one ended")
    func restart() throws {
        let path = folder.write("live.jsonl", FollowTests.line(1) + "\n")
        do { _ = try Follower(store()).follow(path, now: at(0)) }
        append(FollowTests.line(2) + "\n", to: path)
        let store = try store()
        let report = try #require(try Follower(store).readNew(now: at(5))?.first?.report)
        #expect((report.read, report.new) == (1, 1))
        #expect(try store.facts().spans == 2)
    }

    @Test("a rotated file is read to its end under its new name, then the new one from its beginning")
    func rotated() throws {
        let store = try store(), path = folder.write("live.jsonl", FollowTests.line(1) + "\n")
        let follower = Follower(store)
        _ = try follower.follow(path, now: at(0))
        append(FollowTests.line(2) + "\n" + FollowTests.line(3), to: path)
        rename(path, folder.file("live.jsonl.1"))
        // Between the two names the old file is read on; its last line may still be under way.
        #expect(try follower.readNew(now: at(1))?.first?.report?.new == 1)
        #expect(try follower.readNew(now: at(2))?.first?.problem?.contains("no such file") == true)
        folder.write("live.jsonl", FollowTests.line(4) + "\n" + FollowTests.line(5) + "\n")
        let news = try #require(try follower.readNew(now: at(3))?.first)
        #expect(news.report?.new == 3 && news.remark == "was rotated")
        #expect(try follower.readNew(now: at(4))?.isEmpty == true)
        #expect(try store.facts().spans == 5)
        #expect(try store.sources().first?.following?.problem == nil)
    }

    @Test("a file that was cut and written anew is read from its beginning, also when it is longer than before")
    func truncated() throws {
        let store = try store(), path = folder.write("live.jsonl", FollowTests.line(1) + "\n" + FollowTests.line(2) + "\n")
        let follower = Follower(store)
        _ = try follower.follow(path, now: at(0))
        folder.write("live.jsonl", FollowTests.line(3) + "\n")
        let news = try #require(try follower.readNew(now: at(1))?.first)
        #expect(news.report?.new == 1 && news.remark?.contains("was truncated or replaced") == true)
        folder.write("live.jsonl", (4..<9).map { FollowTests.line($0) + "\n" }.joined())
        #expect(try follower.readNew(now: at(2))?.first?.report?.new == 5)
        folder.write("live.jsonl", "")
        _ = try follower.readNew(now: at(3))
        append(FollowTests.line(9) + "\n", to: path)
        #expect(try follower.readNew(now: at(4))?.first?.report?.new == 1)
        #expect(try store.facts().spans == 9)
    }

    @Test("what cannot grow line by line is refused, and leaves no trace")
    func refused() throws {
        let store = try store(), follower = Follower(store)
        let array = folder.write("array.json", "[\n" + FollowTests.line(1) + "\n]\n")
        for path in [array, folder.write("notes.txt", "just words\nand more\n"), folder.file("nowhere"), folder.path] {
            #expect(throws: StoreError.self, "\(path)") { try follower.follow(path, now: at(0)) }
        }
        #expect(try store.sources().isEmpty)
        #expect(try Follower.isFollowing(store) == false)
    }

    @Test("a source that is followed no more keeps its records and the time it was followed")
    func unfollowed() throws {
        let store = try store(), path = folder.write("live.jsonl", FollowTests.line(1) + "\n")
        let follower = Follower(store)
        _ = try follower.follow(path, now: at(0))
        _ = try follower.readNew(now: at(60))
        #expect(try follower.unfollow(path))
        #expect(try follower.unfollow(path) == false)
        append(FollowTests.line(2) + "\n", to: path)
        #expect(try follower.readNew(now: at(70))?.isEmpty == true)
        let source = try #require(try store.sources().first)
        #expect(source.following == nil && source.coverage?.to == at(60))
    }

    @Test("while another process imports nothing is read, and nothing is lost")
    func busy() throws {
        let store = try store(), path = folder.write("live.jsonl", FollowTests.line(1) + "\n")
        _ = try Follower(store).follow(path, now: at(0))
        append(FollowTests.line(2) + "\n", to: path)
        let other = try Store.open(path: folder.file("store.db"), create: false).writer()
        try other.execute("BEGIN IMMEDIATE")
        #expect(try Follower(store).readNew(now: at(1)) == nil)
        try other.execute("ROLLBACK")
        #expect(try Follower(store).readNew(now: at(2))?.first?.report?.new == 1)
    }

    @Test("a reading that is stopped leaves the place where it was")
    func stopped() throws {
        let store = try store(), path = folder.write("live.jsonl", FollowTests.line(1) + "\n")
        _ = try Follower(store).follow(path, now: at(0))
        append((2..<1500).map { FollowTests.line($0) + "\n" }.joined(), to: path)
        let stop = StopFlag()
        stop.raise()
        #expect(throws: StoreError.interrupted) { try stop.governing { try Follower(store).readNew(now: at(1)) } }
        #expect(try store.facts().spans == 1)
        #expect(try Follower(store).readNew(now: at(2))?.first?.report?.new == 1498)
    }
}
