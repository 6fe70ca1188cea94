import Model
import Testing
import TestSupport

@testable import Importing
@testable import Ingest
@testable import LocalStore

@Suite("Following a Langfuse project")
struct FollowedLangfuseTests {
    private let start = TimeText.parse("2025-10-12T18:00:00Z") ?? Timestamp(seconds: 0)

    private func at(_ seconds: Int64) -> Timestamp { start + .seconds(seconds) }

    private func scene(_ count: Int = 5) -> LangfuseScene {
        LangfuseScene(
            LangfuseProject(
                hasCursors: false, observations: (0..<count).map { LangfuseProject.generation($0, at: at(-60 * Int64($0) - 60)) })
        )
    }

    private func look(_ scene: LangfuseScene, _ store: Store, _ seconds: Int64) throws -> [Follower.News] {
        try #require(try Follower(store, options: scene.options()).readNew(now: at(seconds)))
    }

    @Test("new observations are in the next look, which comes ten seconds after the last one")
    func news() throws {
        let scene = scene(), store = try scene.store()
        let report = try Follower(store, options: scene.options()).follow(LangfuseScene.address, now: at(0))
        #expect(report.new == 5)
        let asked = scene.project.requests.count
        scene.project.change { $0.append(LangfuseProject.generation(90, at: at(4), error: "Request timed out.")) }
        #expect(try look(scene, store, 5).isEmpty && scene.project.requests.count == asked)
        #expect(try look(scene, store, 11).first?.report?.new == 1)
        #expect(try look(scene, store, 25).isEmpty)
        #expect(try store.number("SELECT count(*) FROM err") == 1)
        let source = try #require(try store.sources().first)
        #expect(source.following?.checked == at(25) && source.following?.problem == nil && source.records == 6)
    }

    @Test("an observation that comes or ends twenty minutes late is read")
    func late() throws {
        let scene = scene(0), store = try scene.store()
        scene.project.change { $0.append(LangfuseProject.generation(1, at: at(-30), isOpen: true)) }
        _ = try Follower(store, options: scene.options()).follow(LangfuseScene.address, now: at(0))
        for step in 1...40 {
            if step == 33 {
                scene.project.change { rows in
                    rows = [
                        LangfuseProject.generation(1, at: at(-30), error: "Connection error."),
                        LangfuseProject.generation(2, at: at(10), error: "Connection error."),
                    ]
                }
            }
            _ = try look(scene, store, Int64(step) * 35)
        }
        #expect(try store.spanIDs() == ["obs-1", "obs-2"])
        #expect(try store.number("SELECT count(*) FROM err") == 2)
    }

    @Test("a look waits for nothing: a busy server is left alone as long as it asks, then read on without a gap")
    func busy() throws {
        let scene = scene(), store = try scene.store()
        _ = try Follower(store, options: scene.options()).follow(LangfuseScene.address, now: at(0))
        scene.project.fail { _, _ in .init(429, headers: "Retry-After: 300") }
        let news = try look(scene, store, 20)
        #expect(news.first?.problem?.contains("asks to wait 300s") == true && news.first?.report == nil)
        #expect(scene.waits.isEmpty)
        scene.project.fail { _, _ in nil }
        scene.project.change { $0.append(LangfuseProject.generation(90, at: at(30))) }
        let asked = scene.project.requests.count
        #expect(try look(scene, store, 200).isEmpty && scene.project.requests.count == asked)
        #expect(try store.sources().first?.following?.problem != nil)
        #expect(try look(scene, store, 321).first?.report?.new == 1)
        #expect(try store.sources().first?.following?.problem == nil)
    }

    @Test("after a long break nothing is missing")
    func longBreak() throws {
        let scene = scene(), store = try scene.store()
        _ = try Follower(store, options: scene.options()).follow(LangfuseScene.address, now: at(0))
        scene.project.change { rows in
            rows += (100..<400).map { LangfuseProject.generation($0, at: at(600 * Int64($0 - 99)), error: "overloaded") }
        }
        for step in 0..<3 { _ = try look(scene, store, 200_000 + Int64(step) * 15) }
        #expect(try store.spanIDs().count == 305)
    }

    @Test("a project is followed only when it can be read, and no longer after unfollow")
    func ends() throws {
        let scene = scene(), store = try scene.store(), follower = Follower(store, options: scene.options())
        scene.project.fail { _, _ in .init(401) }
        #expect(throws: StoreError.self) { try follower.follow(LangfuseScene.address, now: at(0)) }
        #expect(try !Follower.isFollowing(store))
        scene.project.fail { _, _ in nil }
        _ = try follower.follow(LangfuseScene.address, now: at(0))
        #expect(try follower.unfollow(LangfuseScene.address))
        #expect(try !Follower.isFollowing(store) && store.number("SELECT count(*) FROM follow_mark") == 0)
    }
}
