import Glibc
import Model

/// A followed database that another program writes: what it has that was not read yet.
struct FollowedDatabase {
    private let follower: Follower
    private let row: FollowRow

    init(_ follower: Follower, _ row: FollowRow) {
        self.follower = follower
        self.row = row
    }

    /// Reads what is new; nil when nothing is.
    func read(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> Follower.News? {
        for _ in 0..<2 {
            do { return try readOnce(now: now, progress: progress) } catch StoreError.source(_, _, FileState.moved) {
                // Its log is there by now.
            }
        }
        return try readOnce(now: now, progress: progress)
    }

    private func readOnce(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> Follower.News? {
        guard FileKind.of(row.path) == .sqlite else {
            throw StoreError.source(path: row.path, line: nil, reason: "is not there, or no SQLite database any more")
        }
        let before = FileState(row.path)
        if let noted = row.state, noted == before.text { return nil }
        return try StoreError.about(row.path) {
            let (connection, schema) = try Importer.database(row.path, scratch: follower.store.path)
            let report = try readOn(connection, schema, before, now: now, progress: progress)
            return report.map { Follower.News(path: row.path, report: $0) }
        }
    }

    /// Reads the rows behind those that were read, in one state of the source.
    private func readOn(
        _ source: Connection, _ schema: DatabaseSchema, _ before: FileState, now: Timestamp, progress: (ImportProgress) -> Bool
    ) throws -> ImportReport? {
        let store = follower.store, writer = try store.writer()
        var isTaken = false
        let report = try source.snapshot {
            try StoreError.about(store.path) {
                try follower.importer.run(row.path, format: schema.rawValue, bytes: before.bytes, now: now, adds: true) { run in
                    guard var noted = try FollowRow.of(row.source, on: writer), noted.state == row.state else {
                        isTaken = true
                        return
                    }
                    let marks = try DatabaseMarks(of: row.source, on: writer)
                    let reader = try StoreError.about(row.path) {
                        try DatabaseReader(schema, connection: source, path: row.path, after: marks)
                    }
                    while let record = try StoreError.about(row.path, { try reader.next() }) {
                        try run.take(record)
                        if run.report.read % 1000 == 0 {
                            try run.tell(progress, ImportProgress(bytes: nil, totalBytes: nil, records: run.report.read))
                        }
                    }
                    run.report.problems = reader.problems
                    run.report.problemCount = reader.problemCount
                    try before.expectUnmoved()
                    try reader.marks.write(of: row.source, on: writer)
                    noted.state = before.settled
                    noted.problem = nil
                    try noted.write(on: writer, checked: now)
                }
            }
        }
        return isTaken ? nil : report
    }
}

/// Sizes and times of change of a database and its log: while they stay the same, nothing was written.
private struct FileState {
    let path: String
    let text: String
    /// Bytes of both.
    let bytes: Int64
    /// True while the log holds anything; without one the file is read as one that nobody writes.
    private let hasLog: Bool
    private let changed: Int64

    init(_ path: String) {
        self.path = path
        let log = FileState.look(path + "-wal"), main = FileState.look(path)
        hasLog = log.size > 0
        bytes = main.size + log.size
        changed = max(main.changed, log.changed)
        text = "\(main.size) \(main.changed) \(log.size) \(log.changed)"
    }

    /// The state to be noted; "" while it is so fresh that another change might look the same.
    var settled: String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return now - changed > 2_000_000_000 ? text : ""
    }

    /// Throws when the file was written while it was read as one that nobody writes.
    func expectUnmoved() throws(StoreError) {
        if !hasLog, FileKind.isWriteAheadLogged(path), FileState(path).text != text {
            throw .source(path: path, line: nil, reason: FileState.moved)
        }
    }

    static let moved = "was written while it was read; it is read again soon"

    private static func look(_ path: String) -> (size: Int64, changed: Int64) {
        var status = stat()
        guard stat(path, &status) == 0 else { return (0, 0) }
        return (
            Int64(status.st_size), Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        )
    }
}
