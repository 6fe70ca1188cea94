import Glibc
import Model
import Synchronization
import TestSupport
import Testing

@testable import LocalStore
@testable import SQLite

/// Stores of older versions, which shared one `state.db` with all others of their folder.
@Suite("State that stores of a folder shared") struct SharedStateTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    /// A store that was made by a version that shared its state.
    private func oldStore(_ name: String) throws -> Store {
        let store = try Store.open(path: folder.file(name), create: true)
        try store.setMeta(SharedState.mark, "1")
        return store
    }

    /// The shared file: two rules, a session, and a notification that waits.
    private func share() throws {
        let state = try StateStore.open(path: folder.file("state.db"))
        for name in ["quota", "slow"] {
            let rule = StoredRule(
                name: name, form: .own, text: "when errors over 5m having count > 1", createdAt: now, evidence: 7)
            #expect(try state.keep([rule], at: now, limit: 50) { _, _, _ in "" } != nil)
        }
        _ = try state.beginSession(at: now)
        try state.connection.execute(
            "INSERT INTO notification(firing, event, kind, target, body, made, next) VALUES(1, 0, 'log', '', 'x', 1, 1)")
    }

    private func notifications(_ state: StateStore) throws -> Int64? {
        try state.connection.integer("SELECT count(*) FROM notification")
    }

    @Test("each store takes a copy of its own, and what waits to be sent goes with the first")
    func copies() throws {
        try share()
        let (first, second) = (try oldStore("a.db"), try oldStore("b.db"))
        #expect(StateStore.exists(for: first))
        let one = try StateStore.open(of: first), other = try StateStore.open(of: second)
        #expect(one.path == StateStore.path(besideStore: first.path) && one.path.hasSuffix("/a.db.state"))
        #expect(Files.rights(one.path) == 0o600)
        #expect(try one.rules().map(\.name) == ["quota", "slow"] && other.rules().map(\.name) == ["quota", "slow"])
        #expect(try one.sessions().count == 1)
        #expect(try notifications(one) == 1 && notifications(other) == 0)
        _ = try one.deleteRule("quota", at: now) { _, _, _ in "" }
        #expect(try StateStore.open(of: first).rules().map(\.name) == ["slow"])
        #expect(try StateStore.open(of: second).rules().map(\.name) == ["quota", "slow"])
        #expect(try StateStore.open(path: folder.file("state.db")).rules().count == 2, "the shared file stays as it was")
    }

    @Test("a store whose own file is deleted begins anew, and a new store of the folder takes nothing over")
    func once() throws {
        try share()
        let store = try oldStore("a.db")
        _ = try StateStore.open(of: store)
        for end in ["", "-wal", "-shm"] { unlink(StateStore.path(besideStore: store.path) + end) }
        #expect(try StateStore.open(of: store).rules().isEmpty)
        let fresh = try Store.open(path: folder.file("new.db"), create: true)
        #expect(!StateStore.exists(for: fresh))
        #expect(try StateStore.open(of: fresh).rules().isEmpty)
    }

    @Test("a copy that was killed half-way is made again")
    func killed() throws {
        try share()
        let store = try oldStore("a.db")
        // What a killed process leaves: a folder with part of a copy, under a name that nobody looks for.
        let left = folder.file("a.db.state.Zz12Zz")
        mkdir(left, 0o700)
        folder.write("a.db.state.Zz12Zz/state", "SQLite format 3\0 and no more")
        defer {
            unlink(left + "/state")
            rmdir(left)
        }
        #expect(try StateStore.open(of: store).rules().count == 2)
        #expect(try store.meta(SharedState.mark) == nil)
    }

    @Test("programs that take the copy at once get one file, with everything that each of them adds")
    func together() throws {
        try share()
        let path = try oldStore("a.db").path
        let problems = Mutex<[String]>([]), now = now
        let threads = (0..<6).map { number in
            Thread {
                do {
                    let state = try StateStore.open(of: Store.open(path: path, create: false))
                    let rule = StoredRule(name: "r\(number)", form: .own, text: "", createdAt: now, evidence: 7)
                    _ = try state.keep([rule], at: now, limit: 50) { _, _, _ in "" }
                } catch { problems.withLock { $0.append("\(error)") } }
            }
        }
        for thread in threads { thread.join() }
        #expect(problems.withLock { $0 } == [])
        let names = try StateStore.open(of: Store.open(path: path, create: false)).rules().map(\.name)
        #expect(names == ["quota"] + (0..<6).map { "r\($0)" } + ["slow"])
    }

    @Test("a database of another program that is called state.db is left alone")
    func foreign() throws {
        let other = try Connection(path: folder.file("state.db"), mode: .readWrite(create: true))
        try other.execute("CREATE TABLE cats(name)")
        #expect(try StateStore.open(of: oldStore("a.db")).rules().isEmpty)
    }

    @Test("a store that is reached by a link has one state")
    func links() throws {
        let store = try Store.open(path: folder.file("a.db"), create: true)
        symlink(store.path, folder.file("link.db"))
        let linked = try Store.open(path: folder.file("link.db"), create: false)
        #expect(try StateStore.open(of: store).path == StateStore.open(of: linked).path)
    }
}
