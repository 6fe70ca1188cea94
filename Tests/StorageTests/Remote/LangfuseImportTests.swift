import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import Ingest
@testable import LocalStore

@Suite("Imports from a Langfuse server")
struct LangfuseImportTests {
    /// The end of every window here.
    private let now = TimeText.parse("2025-10-12T18:00:00Z") ?? Timestamp(seconds: 0)

    /// Real rows of the API.
    private static func recorded(hasCursors: Bool) -> LangfuseProject {
        func rows(_ name: String, _ time: String) -> [LangfuseProject.Row] {
            Fixtures.text("ingest/langfuse-api/\(name).jsonl").split(separator: "\n")
                .map { LangfuseProject.Row(String($0), time: time) }
        }
        return LangfuseProject(
            hasCursors: hasCursors, observations: rows("observations", "startTime"), traces: rows("traces", "timestamp"))
    }

    /// Observations a minute apart before `now`, every tenth of which failed; numbers from 0, oldest last.
    private func minutes(_ count: Int, hasCursors: Bool = false, every: Duration = .minutes(1)) -> LangfuseProject {
        LangfuseProject(
            hasCursors: hasCursors,
            observations: (0..<count).map {
                LangfuseProject.generation(
                    $0, at: now - every * ($0 + 1), error: $0 % 10 == 0 ? "429 Too many requests" : nil)
            })
    }

    private func ids(_ count: Int) -> [String] { (0..<count).map { "obs-\($0)" }.sorted() }

    @Test("an import over the API stores what a file of the same pages stores", arguments: [false, true])
    func sameAsFile(hasCursors: Bool) throws {
        let scene = LangfuseScene(LangfuseImportTests.recorded(hasCursors: hasCursors))
        let store = try scene.store(), file = try scene.store("file.db")
        let report = try scene.importAll(store, now: now)
        #expect(report.format == "langfuse" && report.problemCount == 0 && report.new == 76)
        let text = { (name: String) in Fixtures.text("ingest/langfuse-api/\(name).jsonl") }
        let path = scene.folder.write("pages.jsonl", text("observations") + (hasCursors ? "" : text("traces")))
        _ = try Importer(file).importFile(path, now: now)
        #expect(try StoreDump.derived(store) == StoreDump.derived(file))
        #expect(try store.number("SELECT count(*) FROM err") ?? 0 > 0)
        // Again changes nothing.
        let again = try scene.importAll(store, now: now)
        #expect(again.new == 0 && again.updated == 0)
        let source = try #require(try store.sources().first)
        #expect(source.path == LangfuseScene.address && source.records == report.new)
    }

    @Test("every page is read, however many there are", arguments: [false, true])
    func pages(hasCursors: Bool) throws {
        let scene = LangfuseScene(minutes(1234, hasCursors: hasCursors, every: .seconds(5)))
        let store = try scene.store()
        #expect(try scene.importAll(store, now: now).new == 1234)
        #expect(try store.spanIDs() == ids(1234))
        #expect(scene.waits.isEmpty)
        #expect(try store.number("SELECT count(*) FROM err") == 124)
    }

    @Test("only the window that is asked for is read")
    func window() throws {
        let scene = LangfuseScene(minutes(600)), store = try scene.store()
        #expect(try scene.importAll(store, now: now, last: .hours(2)).new == 120)
    }

    @Test("a window with too many rows is divided")
    func divided() throws {
        let scene = LangfuseScene(minutes(9000, every: .milliseconds(300))), store = try scene.store()
        #expect(try scene.importAll(store, now: now, last: .hours(1)).new == 9000)
        let pages = scene.project.requests.compactMap { request in
            request.split(separator: "&").first { $0.hasPrefix("page=") }.flatMap { Int($0.dropFirst(5)) }
        }
        #expect(pages.max() ?? 0 <= 30)
    }

    @Test("429 is waited for as long as the server asks, 5xx and cut connections with growing waits")
    func retries() throws {
        let scene = LangfuseScene(minutes(250)), store = try scene.store()
        scene.project.fail { number, _ in
            switch number {
            case 2: .init(429, headers: "Retry-After: 17")
            case 3: .init(429)
            case 5, 6: .init(503)
            case 8: .init(0)
            case 9: .init(200, body: #"{"data":[{"id":"obs-1","traceId":"tr"#)
            case 10: .init(500, headers: "Retry-After: 3")
            default: nil
            }
        }
        #expect(try scene.importAll(store, now: now).new == 250)
        #expect(try store.spanIDs() == ids(250))
        #expect(scene.waits == [17, 2, 1, 2, 1, 2, 3])
    }

    @Test("an import gives up after eight attempts, says why, and goes on there the next time", arguments: [false, true])
    func resumed(hasCursors: Bool) throws {
        let scene = LangfuseScene(minutes(1000, hasCursors: hasCursors)), store = try scene.store()
        let from = TimeText.iso(now - .hours(4))
        // Windows that reach into the last four hours fail.
        scene.project.fail { _, target in
            let end = target.split(separator: "&").first { $0.hasPrefix("to") }.map { String($0.split(separator: "=")[1]) } ?? ""
            return end > from ? .init(502) : nil
        }
        var message = ""
        do { _ = try scene.importAll(store, now: now) } catch { message = "\(error)" }
        #expect(message.contains("HTTP 502; everything before 2025-10-12T") && message.contains("is imported"), "\(message)")
        #expect(scene.waits == [1, 2, 4, 8, 16, 32, 64])
        let kept = try store.spanIDs().count, before = scene.project.requests.count
        #expect(kept > 0 && kept < 1000)
        scene.project.fail { _, _ in nil }
        let report = try scene.importAll(store, now: now + .minutes(5))
        #expect(report.notices.first?.what.contains("earlier import stopped") == true)
        #expect(try store.spanIDs() == ids(1000))
        let starts = scene.project.requests[before...].compactMap { target in
            target.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix("fromStartTime=") }
        }
        // What was complete is not read again, but for the last half hour.
        #expect(starts.min().map { $0 > "fromStartTime=2025-10-12T00:00" } == true)
        // Another import of the same window reads it all.
        #expect(try scene.importAll(store, now: now + .minutes(6)).read >= 1000)
    }

    @Test("a server that never answered is given up after the second attempt")
    func unreachable() throws {
        let scene = LangfuseScene(minutes(3)), store = try scene.store()
        scene.project.fail { _, _ in .init(0) }
        #expect(throws: StoreError.self) { try scene.importAll(store, now: now) }
        #expect(scene.waits == [1])
    }

    @Test("refused keys end an import at once, with what to check")
    func refusedKeys() throws {
        let scene = LangfuseScene(minutes(300)), store = try scene.store()
        scene.project.fail { number, _ in number >= 6 ? .init(401, body: #"{"message":"Invalid credentials"}"#) : nil }
        do {
            _ = try scene.importAll(store, now: now)
            Issue.record("the import succeeded")
        } catch {
            #expect("\(error)".contains("HTTP 401") && "\(error)".contains("LANGFUSE_SECRET_KEY"), "\(error)")
        }
        #expect(scene.waits.isEmpty)
        scene.project.fail { _, _ in nil }
        _ = try scene.importAll(store, now: now)
        #expect(try store.spanIDs() == ids(300))
    }

    @Test("a page that comes twice in place of another is noticed, and the list is read again")
    func repeatedPage() throws {
        let scene = LangfuseScene(minutes(55)), store = try scene.store(), project = scene.project
        project.change { rows in
            rows = (0..<250).map { LangfuseProject.generation($0, at: now - .seconds(Int64($0) + 1)) }
        }
        project.fail { number, target in
            number == 3 ? project.answer(target.replacing("page=2", with: "page=1")) : nil
        }
        #expect(try scene.importAll(store, now: now, last: .minutes(30)).problemCount == 0)
        #expect(try store.spanIDs() == ids(250))
    }

    @Test("nothing is lost when rows come and go while pages are read", arguments: [false, true])
    func changingPages(hasCursors: Bool) throws {
        let now = now
        let scene = LangfuseScene(minutes(600, hasCursors: hasCursors, every: .seconds(2))), store = try scene.store()
        scene.project.after { number, project in
            guard number < 12 else { return }
            project.change { rows in
                // The newest goes: all others move to earlier places. Or a late one comes, and they move back.
                if number % 3 == 0 {
                    rows.removeAll { $0.id == "obs-\(number)" }
                } else if number % 3 == 1 {
                    rows.append(LangfuseProject.generation(1000 + number, at: now - .seconds(1)))
                }
            }
        }
        _ = try scene.importAll(store, now: now)
        let stored = Set(try store.spanIDs())
        var left: [String] = []
        scene.project.change { rows in left = rows.map(\.id) }
        // A server with cursors gives rows newer than the cursor the next time.
        _ = try scene.importAll(store, now: now)
        #expect(left.allSatisfy { stored.contains($0) || hasCursors && $0.hasPrefix("obs-10") }, "\(hasCursors)")
        #expect(Set(try store.spanIDs()).isSuperset(of: left))
    }

    @Test("a server that counts more rows than it gives is reported")
    func missingRows() throws {
        let scene = LangfuseScene(minutes(30)), store = try scene.store(), project = scene.project
        project.fail { _, target in
            guard target.hasPrefix("/api/public/observations") else { return nil }
            return .init(
                200,
                body: #"{"data":[\#(LangfuseProject.generation(1, at: Timestamp(seconds: 1_760_000_000)).json)],"#
                    + #""meta":{"page":1,"limit":100,"totalItems":7,"totalPages":1}}"#)
        }
        let report = try scene.importAll(store, now: now, last: .minutes(30))
        #expect(report.problems.map(\.what).contains { $0.contains("counts 7 rows") && $0.hasSuffix("gives 1") }, "\(report)")
    }

    @Test(
        "missing keys, other servers and long waits are told apart",
        arguments: [
            (200, "<html>login</html>", "is not a Langfuse server"), (404, "", "is not a Langfuse server"),
            (403, #"{"message":"no access"}"#, "may not read /api/public/"), (302, "", "a redirect"),
            (400, #"{"message":"bad window"}"#, "bad window"),
        ])
    func strangers(status: Int, body: String, words: String) throws {
        let scene = LangfuseScene(minutes(3)), store = try scene.store()
        scene.project.fail { _, _ in .init(status, body: body) }
        do {
            _ = try scene.importAll(store, now: now)
            Issue.record("the import succeeded")
        } catch {
            #expect("\(error)".contains(words) && "\(error)".hasPrefix(LangfuseScene.address), "\(error)")
        }
        #expect(scene.waits.isEmpty)
        #expect(try store.sources().isEmpty)
    }

    @Test("keys come from the environment, are not in the URL, and are named when they are missing")
    func keys() throws {
        let scene = LangfuseScene(minutes(3)), store = try scene.store()
        let options = ReadingOptions(
            remote: RemoteAccess(client: scene.client, environment: ["LANGFUSE_PUBLIC_KEY": "pk-1"]))
        do {
            _ = try Importer(store, options: options).importFile(LangfuseScene.address, now: now)
            Issue.record("the import succeeded")
        } catch {
            #expect("\(error)".contains("LANGFUSE_SECRET_KEY is not set"), "\(error)")
        }
        #expect(scene.project.requests.isEmpty)
        _ = try scene.importAll(store, now: now)
        #expect(!scene.client.requests.isEmpty)
        #expect(
            scene.client.requests.allSatisfy { $0.user == "pk-1" && $0.password == "sk-1" && !$0.url.contains("k-1") })
    }

    @Test("projects on one server keep marks of their own")
    func projects() throws {
        let scene = LangfuseScene(minutes(1000)), store = try scene.store()
        scene.project.fail { number, _ in number > 20 ? .init(401) : nil }
        #expect(throws: StoreError.self) { try scene.importAll(store, now: now) }
        scene.project.fail { _, _ in nil }
        // The mark of the other project says nothing of this one.
        let other = try Importer(store, options: scene.options(key: "pk-2")).importFile(LangfuseScene.address, now: now)
        #expect(other.notices.isEmpty && other.read == 1000)
    }

    @Test("an import that is stopped between windows keeps what it has, and goes on")
    func stopped() throws {
        let scene = LangfuseScene(minutes(1000)), store = try scene.store()
        let stop = StopFlag()
        scene.project.after { number, _ in if number == 20 { stop.raise() } }
        #expect(throws: StoreError.interrupted) { try stop.governing { try scene.importAll(store, now: now) } }
        let kept = try store.spanIDs().count
        #expect(kept > 0 && kept < 1000)
        scene.project.after { _, _ in }
        #expect(try !scene.importAll(store, now: now).notices.isEmpty)
        #expect(try store.spanIDs() == ids(1000))
    }

    @Test("an answer with random damage is a page or not, never a crash")
    func damaged() {
        var random = SeededGenerator(seed: 7)
        let page = Array(
            #"{"data":[{"id":"a","startTime":"2025-10-12T00:00:00Z"},{"id":null}],"meta":{"page":1,"totalItems":2,"totalPages":1,"cursor":"x"}}"#
                .utf8)
        for _ in 0..<3000 {
            var bytes = page
            for _ in 0..<Int(random.next() % 4) { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 256) }
            if random.chance(30) { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            for list in LangfuseList.allCases { _ = LangfusePage(bytes, of: list, at: .start)?.next }
        }
    }
}
