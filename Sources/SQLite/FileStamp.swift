import Glibc

/// Sizes and times of change of a database and its log: while they stay the same, nothing was written.
package struct FileStamp: Equatable {
    package let path: String
    package let text: String
    /// Bytes of both.
    package let bytes: Int64
    private let changed: Int64

    package init(_ path: String) {
        self.path = path
        let log = FileStamp.look(path + "-wal"), main = FileStamp.look(path)
        bytes = main.size + log.size
        changed = max(main.changed, log.changed)
        text = "\(main.size) \(main.changed) \(log.size) \(log.changed)"
    }

    /// The state to be noted; "" while it is so fresh that another change might look the same.
    package var settled: String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return now - changed > 2_000_000_000 ? text : ""
    }

    private static func look(_ path: String) -> (size: Int64, changed: Int64) {
        var status = stat()
        guard stat(path, &status) == 0 else { return (0, 0) }
        return (
            Int64(status.st_size), Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        )
    }
}
