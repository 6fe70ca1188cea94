import Glibc
import Ingest
import LocalStore
import Model
import SQLite

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
            do { return try readOnce(now: now, progress: progress) } catch let error as IngestError
                where error.message == SourceDatabase.moved
            {
                // Its log is there by now.
            }
        }
        return try readOnce(now: now, progress: progress)
    }

    private func readOnce(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> Follower.News? {
        guard FileKind.of(row.path) == .sqlite else {
            throw StoreError.source(path: row.path, line: nil, reason: "is missing or no longer a SQLite database")
        }
        let before = FileStamp(row.path)
        if let noted = row.state, noted == before.text { return nil }
        return try StoreError.about(row.path) {
            let (source, schema) = try Importer.database(row.path, scratch: follower.store.path)
            let report = try readOn(source, schema, before, now: now, progress: progress)
            return report.map { Follower.News(path: row.path, report: $0) }
        }
    }

    /// Reads the rows behind those that were read, in one state of the source.
    private func readOn(
        _ source: SourceDatabase, _ schema: DatabaseSchema, _ before: FileStamp, now: Timestamp,
        progress: (ImportProgress) -> Bool
    ) throws -> ImportReport? {
        let store = follower.store, writer = try store.writer()
        var isTaken = false
        let report = try source.connection.snapshot {
            try StoreError.about(store.path) {
                try follower.importer.run(row.path, format: schema.rawValue, bytes: before.bytes, now: now, adds: true) { run in
                    guard var noted = try FollowRow.of(row.source, on: writer), noted.state == row.state else {
                        isTaken = true
                        return
                    }
                    let marks = try DatabaseMarks(of: row.source, on: writer)
                    let reader = try StoreError.about(row.path) {
                        try DatabaseReader(schema, connection: source.connection, path: row.path, after: marks)
                    }
                    while let record = try StoreError.about(row.path, { try reader.next() }) {
                        try run.take(record)
                        if run.report.read % 1000 == 0 {
                            try run.tell(progress, ImportProgress(bytes: nil, totalBytes: nil, records: run.report.read))
                        }
                    }
                    run.report.problems = reader.problems
                    run.report.problemCount = reader.problemCount
                    try source.expectStill()
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
