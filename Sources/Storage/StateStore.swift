import Model

/// The small file beside the store for what must survive a rebuilt or forgotten store, never blocked by an import.
public final class StateStore {
    /// The path it was opened with.
    public let path: String
    let connection: Connection

    /// The path of the state file that belongs to the store at `storePath`: `state.db` in the same folder.
    public static func path(besideStore storePath: String) -> String {
        guard let slash = storePath.lastIndex(of: "/") else { return "state.db" }
        return storePath[...slash] + "state.db"
    }

    /// Opens the file at `path`, which is made when it is missing, readable by its owner only.
    public static func open(path: String) throws(StoreError) -> StateStore { try open(path: path, busyMilliseconds: 5000) }

    /// - Parameter busyMilliseconds: How long others who write are waited for.
    static func open(path: String, busyMilliseconds: Int32) throws(StoreError) -> StateStore {
        try StoreError.about(path) {
            try Store.prepare(path: path, create: true, migrations: .state)
            return try StateStore(path: path, busyMilliseconds)
        }
    }

    private init(path: String, _ busyMilliseconds: Int32) throws {
        self.path = path
        // What happened is written down also when it was Ctrl-C that ended it.
        connection = try Connection(
            path: path, mode: .readWrite(create: false), busyMilliseconds: busyMilliseconds, isInterruptible: false)
        try connection.execute("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")
    }
}
