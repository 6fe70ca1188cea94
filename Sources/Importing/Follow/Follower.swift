import Errors
import Ingest
import LocalStore
import Model
import SQLite

/// Keeps reading what is new in live sources: files of lines that grow, and databases that another program writes.
///
/// Sources are only read. How far each was read is kept in the store, in the transaction that brings the records, so that
/// nothing is lost or counted twice whenever a program ends.
public struct Follower {
    let store: Store
    let importer: Importer

    /// What came of one source.
    public struct News: Sendable {
        public var path: String
        /// What was read; nil when it could not be read.
        public var report: ImportReport?
        /// Why it could not be read.
        public var problem: String?
        /// What happened to it besides: it was rotated, cut, replaced.
        public var remark: String?
    }

    /// Makes a follower of a store's sources; `assessor` says what is an error, `options` how sources are read.
    public init(_ store: Store, assessor: Assessor = Assessor(), options: ReadingOptions = ReadingOptions()) {
        self.store = store
        importer = Importer(store, assessor: assessor, options: options)
    }

    // MARK: what is followed

    /// Follows a file or database from `now` on, and reads all that it holds. Following twice changes nothing.
    ///
    /// The path should be whole, because it is looked for again from other folders. Throws when it cannot be read, or is of a
    /// kind that does not grow; nothing is followed then.
    public func follow(
        _ path: String, now: Timestamp, progress: (ImportProgress) -> Bool = { _ in true }
    ) throws(StoreError) -> ImportReport {
        try StoreError.about(store.path) {
            if LangfuseAddress.isAddress(path) {
                return try FollowedLangfuse(self, LangfuseAddress(path)).follow(now: now, progress: progress)
            }
            let connection = try store.writer()
            let isKnown = try Follower.rows(on: connection).contains { $0.path == path }
            if FileKind.of(path) != .sqlite {
                try importer.options.reading(path, into: store) { try refuseUnfollowable(path) }
            }
            let row = try connection.transaction {
                let session = try ImportSession(on: connection, assessor: importer.assessor)
                try session.begin(source: path, format: "", size: FileKind.size(path), now: now)
                try importer.options.note(session.source, on: connection)
                let known = try FollowRow.of(session.source, on: connection)
                let row = known ?? FollowRow(source: session.source, path: path, since: now.nanoseconds)
                if known == nil { try row.write(on: connection, checked: now) }
                return row
            }
            do {
                let news = try read(row, now: now, progress: progress)
                if let problem = news?.problem { throw StoreError.source(path: path, line: nil, reason: problem) }
                return news?.report ?? ImportReport(path: path, format: "")
            } catch {
                // What could not be read at all is not followed.
                if !isKnown { try drop(row.source, on: connection) }
                throw error
            }
        }
    }

    /// Ends following; what was read stays. False when the source is not followed.
    public func unfollow(_ path: String) throws(StoreError) -> Bool {
        try StoreError.about(store.path) {
            let connection = try store.writer()
            guard let row = try FollowRow.all(on: connection).first(where: { $0.path == path }) else { return false }
            try connection.transaction {
                // The followed time stays covered.
                let statement = try connection.statement(
                    """
                    UPDATE source SET followed_from = min(ifnull(followed_from, f.since), f.since),
                    followed_to = max(ifnull(followed_to, f.checked), f.checked)
                    FROM follow f WHERE f.source = source.id AND source.id = ?
                    """)
                statement.bind(row.source)
                try statement.run()
                try Store.forgetFollowing(row.source, on: connection)
            }
            return true
        }
    }

    /// True when any source of a store is to be read on.
    public static func isFollowing(_ store: Store) throws(StoreError) -> Bool {
        try StoreError.about(store.path) { try !rows(on: store.reader).isEmpty }
    }

    // MARK: reading on

    /// Reads what is new in every followed source, up to `now`.
    ///
    /// Gives what changed, and every source that cannot be read, in the order of the first import; a source without news is
    /// left out. Nil when another process goes on writing to the store, so that nothing can be read.
    public func readNew(now: Timestamp) throws(StoreError) -> [News]? {
        try StoreError.about(store.path) {
            let rows = try Follower.rows(on: store.reader)
            guard !rows.isEmpty else { return [] }
            var news: [News] = [], quiet: [Int64] = []
            do {
                // Long enough for another follower to be done, not for an import.
                try store.writer().waiting(milliseconds: 1500) {
                    for row in rows {
                        if let found = try read(row, now: now, progress: { _ in true }) {
                            news.append(found)
                        } else if !LangfuseAddress.isAddress(row.path) {
                            quiet.append(row.source)
                        }
                    }
                    try note(quiet, at: now)
                }
            } catch StoreError.busy {
                return nil
            } catch let error as SQLError where error.isBusy {
                return nil
            }
            return news
        }
    }

    /// Notes that sources were looked at and had nothing new.
    private func note(_ sources: [Int64], at now: Timestamp) throws {
        guard !sources.isEmpty else { return }
        let connection = try store.writer()
        try connection.transaction {
            let statement = try connection.statement(
                "UPDATE follow SET checked = max(checked, ?), problem = NULL WHERE source = ?")
            for source in sources {
                statement.bind(now.nanoseconds)
                statement.bind(source)
                try statement.run()
            }
        }
    }

    /// Reads what is new in one source; nil when nothing is. What keeps it from being read is part of the news, and noted.
    private func read(_ row: FollowRow, now: Timestamp, progress: (ImportProgress) -> Bool) throws -> News? {
        do {
            if LangfuseAddress.isAddress(row.path) {
                return try FollowedLangfuse(self, LangfuseAddress(row.path)).read(row, now: now, progress: progress)
            }
            let isDatabase = row.place == nil && (row.state != nil || FileKind.of(row.path) == .sqlite)
            return try importer.options.reading(row.path, into: store) {
                try isDatabase
                    ? FollowedDatabase(self, row).read(now: now, progress: progress)
                    : FollowedFile(self, row).read(now: now, progress: progress)
            }
        } catch let error as IngestError {
            // A reading that the user stopped is no trouble of the source.
            if StopFlag.isRaised { throw StoreError.interrupted }
            return try trouble(error.message, row)
        } catch StoreError.source(_, _, let reason) {
            return try trouble(reason, row)
        }
    }

    private func trouble(_ problem: String, _ row: FollowRow) throws -> News {
        if row.problem != problem {
            var row = row
            row.problem = problem
            let connection = try store.writer()
            try connection.transaction { try row.write(on: connection, checked: nil) }
        }
        return News(path: row.path, problem: problem)
    }

    /// Refuses what cannot grow before anything is noted. An empty file may become anything.
    private func refuseUnfollowable(_ path: String) throws {
        let file = try Follower.told { () throws(IngestError) in try GrowingFile(path: path) }
        let end = file.endOfLines(from: 0)
        guard end > 0 else {
            // A first line that is not ended yet will be.
            return
        }
        _ = try Follower.told { () throws(IngestError) in try SourceReader(path: path, part: 0..<end, firstLine: 1) }
    }

    /// Tells trouble with a source in the store's words.
    static func told<R>(_ body: () throws(IngestError) -> R) throws(StoreError) -> R {
        do throws(IngestError) { return try body() } catch {
            throw .source(path: error.path, line: error.line, reason: error.message)
        }
    }

    /// The sources that are read; what a receiver brings comes by itself.
    private static func rows(on connection: Connection) throws(SQLError) -> [FollowRow] {
        try FollowRow.all(on: connection).filter { !ReceivedSource.isReceived($0.path) }
    }

    /// Takes a source away that could not be read at all.
    private func drop(_ source: Int64, on connection: Connection) throws {
        try connection.transaction {
            try Store.forgetFollowing(source, on: connection)
            let statement = try connection.statement("DELETE FROM source WHERE id = ? AND records = 0")
            statement.bind(source)
            try statement.run()
        }
    }
}
