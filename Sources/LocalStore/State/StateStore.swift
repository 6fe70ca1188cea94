import CSQLite
import Ingest
import Model
import SQLite

/// The small file beside a store for what must survive a rebuilt or forgotten store, never blocked by an import: its sessions,
/// alert rules, firings, incidents and notifications.
public final class StateStore {
    /// The path it was opened with.
    public let path: String
    let connection: Connection

    /// The path of the state file that belongs to the store at `storePath`, under whatever name that is reached: the store's own
    /// name and `.state`.
    public static func path(besideStore storePath: String) -> String { SourceFiles.realPath(storePath) + ".state" }

    /// Opens the file of a store, which is made when it is missing, readable by its owner only.
    ///
    /// Where the folder cannot be written, a file that is there is opened for reading.
    public static func open(of store: Store) throws(StoreError) -> StateStore {
        let path = path(besideStore: store.path)
        let shared = try SharedState(of: store)
        if let shared, FileKind.of(path) == .missing {
            do { try shared.copy(to: path) } catch {
                // Nothing can be made here, so what there is is read where it is.
                guard FileKind.isUnwritable(folderOf: path) else { throw error }
                return try open(path: shared.path)
            }
        }
        let state = try open(path: path)
        // From now on a shared file is nothing to this store, even if its own is deleted.
        if shared != nil { try? store.setMeta(SharedState.mark, nil) }
        return state
    }

    /// True when there is a state file of the store, or one that it shared with its folder. Looking makes no file.
    public static func exists(for store: Store) -> Bool {
        FileKind.of(path(besideStore: store.path)) != .missing || ((try? SharedState(of: store)) ?? nil) != nil
    }

    /// Opens the file at `path`, which is made when it is missing, readable by its owner only.
    public static func open(path: String) throws(StoreError) -> StateStore { try open(path: path, busyMilliseconds: 5000) }

    /// - Parameter busyMilliseconds: How long others who write are waited for.
    static func open(path: String, busyMilliseconds: Int32) throws(StoreError) -> StateStore {
        try StoreError.about(path) {
            let looked = try Store.prepare(path: path, create: true, migrations: .state)
            if let looked, FileKind.isUnwritable(folderOf: path) { return StateStore(path: path, looked) }
            // What happened is written down also when it was Ctrl-C that ended it.
            let connection = try Connection(
                path: path, mode: .readWrite(create: false), busyMilliseconds: busyMilliseconds, isInterruptible: false)
            try connection.execute("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")
            return StateStore(path: path, connection)
        }
    }

    private init(path: String, _ connection: Connection) {
        self.path = path
        self.connection = connection
    }
}

/// The file `state.db` that all stores of a folder shared in versions before 5 of the store, and which each of them takes a copy of,
/// once. It stays where it is: nobody can tell which of the stores will still be opened.
struct SharedState {
    let path: String

    /// The key under which a store of an older version is known to have shared its state; gone when it has its own.
    static let mark = "shared_state"

    /// The file that the store may have shared and has no copy of; nil when there is none.
    init?(of store: Store) throws(StoreError) {
        guard try store.meta(SharedState.mark) != nil else { return nil }
        // Older versions looked beside the name that they were given, not beside what it is a link to.
        let folder = store.path.lastIndex(of: "/").map { String(store.path[...$0]) } ?? ""
        path = folder + "state.db"
        let file = path
        let isOurs = try StoreError.about(file) {
            guard FileKind.of(file) == .sqlite else { return false }
            let connection = try Connection.reading(file)
            return try connection.integer("PRAGMA application_id") == Migrations.state.applicationID
        }
        if !isOurs { return nil }
    }

    /// Copies the file whole, in one state, to a path where nothing lies; when something lies there by the time the copy is ready,
    /// because another process was quicker, that stays.
    ///
    /// The copy takes its name when it is complete and on the disk: a process that is killed leaves none.
    func copy(to target: String) throws(StoreError) {
        try StoreError.about(path) {
            let draft = try PrivateFolder(beside: target)
            let name = draft.file("state")
            let connection = try Connection.reading(path)
            let statement = try connection.prepare("VACUUM INTO ?")
            statement.bind(name)
            try statement.run()
            guard try draft.publish("state", as: target) else { return }
            takeNotifications()
        }
    }

    /// What waits to be sent goes with the first copy: two stores would send it twice.
    private func takeNotifications() {
        guard let connection = try? Connection(path: path, mode: .readWrite(create: false)) else { return }
        // The table's name before version 5 of the file, and since.
        for table in ["notice", "notification"] { try? connection.execute("DELETE FROM \(table) WHERE sent IS NULL") }
    }
}
