import Glibc

/// A temporary folder, emptied at the end and when a signal stops the run.
struct Scratch {
    private let folder: String
    /// Every name used in the folder: a signal handler cannot list it.
    private static let names = [
        "store.db", "rules.db", "import.db", "columns.db", "nothing.db", "observations.jsonl", "session.flq",
    ]

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/faultline-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BenchError("cannot create a temporary folder in \(base)") }
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

    /// Returns the path of a file in the folder; `name` must be one of `names`.
    func file(_ name: String) -> String {
        precondition(Scratch.names.contains(name), "\(name) is not in the list of temporary files")
        return "\(folder)/\(name)"
    }

    /// Removes the database and its side files.
    func removeDatabase(_ name: String) { for suffix in ["", "-wal", "-shm"] { Files.remove(file(name) + suffix) } }

    func remove() { Leftovers.remove() }
}

/// The data that the signal handler needs to clean up: C strings, allocated before any signal can arrive.
private enum Leftovers {
    // Written once, before the handler is installed; the handler, which may not allocate, only reads it.
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
