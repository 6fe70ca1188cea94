import Errors
import Glibc
import Ingest
import LocalStore
import Model
import SQLite

/// Brings files and databases into a store; each of them whole or not at all.
///
/// Records are identified by project, trace id and span id: a file imported twice, renamed, or overlapping another never counts
/// twice, and the result does not depend on the order of imports. Memory stays flat however large the file is.
public struct Importer {
    let store: Store
    let assessor: Assessor
    private let batchSize: Int
    let options: ReadingOptions

    /// Makes an importer into `store`; `assessor` says what is an error, `options` how sources are read. Records are written
    /// `batchSize` at a time.
    public init(
        _ store: Store, assessor: Assessor = Assessor(), options: ReadingOptions = ReadingOptions(), batchSize: Int = 10_000
    ) {
        self.store = store
        self.assessor = assessor
        self.options = options
        self.batchSize = batchSize
    }

    /// Imports one file: JSON, JSONL, CSV, gzip or zstd of these, or a SQLite database of a known schema.
    ///
    /// `now` is noted as the time of the import. `progress` is called now and then and stops the import when it says false.
    /// A bad record is skipped and told in the report. Throws when the file cannot be read or is of unknown format, when
    /// another process writes to the store, or when it was stopped; the store then is as it was.
    public func importFile(
        _ path: String, now: Timestamp, progress: (ImportProgress) -> Bool = { _ in true }
    ) throws(StoreError) -> ImportReport {
        try StoreError.about(store.path) {
            if LangfuseAddress.isAddress(path) {
                return try LangfuseImport(self, LangfuseAddress(path)).run(now: now, progress: progress)
            }
            return try options.reading(path, into: store) { try importAny(path, now: now, progress: progress) }
        }
    }

    private func importAny(
        _ path: String, now: Timestamp, progress: (ImportProgress) -> Bool
    ) throws(StoreError) -> ImportReport {
        try StoreError.about(store.path) {
            do {
                if !SourceFiles.isPipe(path), FileKind.of(path) == .sqlite {
                    return try importDatabase(path, now: now, progress: progress)
                }
                var reader = try SourceReader(path: path)
                if reader.format == .sqlite {
                    let unpacked = try UnpackedFile(&reader, beside: store.path)
                    return try withExtendedLifetime(unpacked) {
                        try importDatabase(path, at: unpacked.path, now: now, progress: progress)
                    }
                }
                let total = reader.totalBytes
                return try run(path, format: reader.format.name, bytes: total, now: now, whileBusy: progress) { run in
                    var taken: Int64 = 0
                    try reader.read(
                        record: { record, _ in
                            try run.take(record)
                            if run.report.read % 1000 == 0 {
                                try run.tell(progress, ImportProgress(bytes: taken, totalBytes: total, records: run.report.read))
                            }
                        },
                        problem: { run.note($0) }, notice: { run.report.notices.append($0) }, progress: { taken = $0 })
                }
            } catch let error as IngestError {
                throw StoreError.source(path: error.path, line: error.line, reason: error.message)
            }
        }
    }

    /// Imports the database that is told of as `path`; it lies in `file` when it had to be unpacked.
    private func importDatabase(
        _ path: String, at file: String? = nil, now: Timestamp, progress: (ImportProgress) -> Bool
    ) throws -> ImportReport {
        let bytes = FileKind.size(path).map { $0 + (FileKind.size(path + "-wal") ?? 0) }
        return try StoreError.about(path) {
            let (source, schema) = try Importer.database(path, at: file, scratch: store.path)
            // The source is read in one state, whatever its program commits meanwhile.
            return try source.connection.snapshot {
                let reader = try DatabaseReader(schema, connection: source.connection, path: path)
                let report = try StoreError.about(store.path) {
                    try run(path, format: schema.rawValue, bytes: bytes, now: now, whileBusy: progress) { run in
                        while let record = try StoreError.about(path, { try reader.next() }) {
                            try run.take(record)
                            if run.report.read % 1000 == 0 {
                                try run.tell(progress, ImportProgress(bytes: nil, totalBytes: bytes, records: run.report.read))
                            }
                        }
                        run.report.problems = reader.problems
                        run.report.problemCount = reader.problemCount
                        try source.expectStill()
                    }
                }
                return report
            }
        }
    }

    /// Opens a database of a schema that can be read; says what it is when it cannot.
    ///
    /// The database told of as `path` may lie in `file`; names needed for reading a log begin with `scratch`.
    static func database(
        _ path: String, at file: String? = nil, scratch: String
    ) throws -> (source: SourceDatabase, schema: DatabaseSchema) {
        let source = try SourceDatabase.open(path: file ?? path, scratch: scratch), connection = source.connection
        if try connection.integer("PRAGMA application_id") == Migrations.store.applicationID {
            throw StoreError.source(path: path, line: nil, reason: "is a Faultline store itself; open it with --store")
        }
        guard let schema = try DatabaseSchema.of(connection) else {
            let tables = try DatabaseSchema.tables(of: connection)
            var seen = tables.isEmpty ? "without tables" : "with tables \(tables.prefix(6).joined(separator: ", "))"
            if let view = try DatabaseSchema.viewInPlace(on: connection) { seen += "; \(view) is a view; views are not read" }
            throw StoreError.source(path: path, line: nil, reason: "is a SQLite database of unknown format, \(seen)")
        }
        guard schema.isReadable else {
            throw StoreError.source(
                path: path, line: nil, reason: "is \(schema.name), which no known program writes; nothing to import")
        }
        return (source, schema)
    }

    /// Imports a list of records as if they came from the file `path`.
    func importRecords(_ path: String, format: String, now: Timestamp, _ records: [Record]) throws(StoreError) -> ImportReport {
        try feed(path, format: format, now: now) { take in
            for record in records { try take(record) }
        }
    }

    /// Imports what `body` gives to the function it is handed, as if it came from the file `path`.
    func feed(
        _ path: String, format: String, now: Timestamp, _ body: ((consuming Record) throws -> Void) throws -> Void
    ) throws(StoreError) -> ImportReport {
        try StoreError.about(store.path) {
            try run(path, format: format, bytes: nil, now: now) { run in try body(run.take) }
        }
    }

    /// One import under way: what was read, and where it goes.
    final class Run {
        let session: ImportSession
        var report: ImportReport
        /// True when windows that are read overlap, so that only new records count as the source's.
        var overlaps = false
        init(session: ImportSession, report: ImportReport) {
            self.session = session
            self.report = report
        }

        func take(_ record: consuming Record) throws {
            try StopFlag.check()
            report.read += 1
            try session.add(record)
        }

        func note(_ problem: RecordProblem) {
            report.problemCount += 1
            if report.problems.count < RecordProblem.kept { report.problems.append(problem) }
        }

        func tell(_ progress: (ImportProgress) -> Bool, _ state: ImportProgress) throws {
            guard progress(state) else { throw StoreError.interrupted }
        }
    }

    /// As below, after every other process is done with the store, however long that takes.
    func run(
        _ path: String, format: String, bytes: Int64?, now: Timestamp, adds: Bool = false,
        whileBusy progress: (ImportProgress) -> Bool, _ body: (Run) throws -> Void
    ) throws -> ImportReport {
        // Short, so that a wish to stop is heard.
        try store.writer().waiting(milliseconds: 200) {
            let onBusy = { (_: SQLError) throws -> Void in
                guard progress(ImportProgress(bytes: nil, totalBytes: bytes, records: 0, isWaiting: true)) else {
                    throw StoreError.interrupted
                }
            }
            return try run(path, format: format, bytes: bytes, now: now, adds: adds, onBusy: onBusy, body)
        }
    }

    /// One import in one transaction; `adds` when a source is read on from where it was left.
    ///
    /// - Parameter onBusy: What is done when another process goes on writing to the store.
    func run(
        _ path: String, format: String, bytes: Int64?, now: Timestamp, adds: Bool = false,
        onBusy: (SQLError) throws -> Void = { throw $0 }, _ body: (Run) throws -> Void
    ) throws -> ImportReport {
        let started = Clock.seconds()
        let connection = try store.writer()
        var report = try connection.transaction(onBusy: onBusy) {
            let session = try ImportSession(on: connection, assessor: assessor, batchSize: batchSize)
            try session.noteRules(assessor.classifier.rules.version)
            try session.begin(source: path, format: format, size: bytes, now: now)
            try options.note(session.source, on: connection)
            let run = Run(session: session, report: ImportReport(path: path, format: format))
            try body(run)
            try session.finish()
            run.report.new = session.counts.new
            run.report.updated = session.counts.updated
            run.report.unchanged = session.counts.unchanged
            run.report.first = session.seen.first
            run.report.last = session.seen.last
            run.report.bytes = bytes
            try session.endSource(records: run.overlaps ? run.report.new : run.report.read, adds: adds)
            return run.report
        }
        try store.tidy(after: report.new + report.updated)
        report.seconds = Clock.seconds() - started
        return report
    }
}

/// The time that passes, for reports of speed; never for anything that a result depends on.
enum Clock {
    static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
