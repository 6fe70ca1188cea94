import Glibc

/// A folder for what the run makes and nobody keeps. It is emptied at the end, and when the run is stopped by a signal.
struct Scratch {
    private let folder: String
    /// Every name that is ever used in the folder: a signal handler cannot look it up.
    private static let names = [
        "store.db", "rules.db", "import.db", "columns.db", "nothing.db", "observations.jsonl", "session.flq",
    ]

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/faultline-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Trouble("no folder for temporary files in \(base)") }
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let files = Scratch.names.flatMap { name in
            ["", "-wal", "-shm", ".part", ".part-wal", ".part-shm"].map { "\(folder)/\(name)\($0)" }
        }
        Leftovers.remember(files: files, folder: folder)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                Leftovers.remove()
                _exit(128 + number)
            }
        }
    }

    /// The path of a file in the folder; one of `names`.
    func file(_ name: String) -> String {
        precondition(Scratch.names.contains(name), "a temporary file has a name that is removed at the end")
        return "\(folder)/\(name)"
    }

    /// Removes the database and its side files.
    func removeDatabase(_ name: String) { for suffix in ["", "-wal", "-shm"] { Files.remove(file(name) + suffix) } }

    func remove() { Leftovers.remove() }
}

/// What a signal handler needs to know to leave nothing behind: C strings, made before any signal can come.
private enum Leftovers {
    // Written once, before the handler is installed; read by the handler, which may not allocate.
    nonisolated(unsafe) private static var files: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    nonisolated(unsafe) private static var count = 0
    nonisolated(unsafe) private static var folder: UnsafeMutablePointer<CChar>?

    static func remember(files paths: [String], folder path: String) {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: paths.count)
        for (index, path) in paths.enumerated() { list[index] = strdup(path) }
        files = list
        count = paths.count
        folder = strdup(path)
    }

    static func remove() {
        guard let files, let folder else { return }
        for index in 0..<count { if let path = files[index] { unlink(path) } }
        rmdir(folder)
    }
}
