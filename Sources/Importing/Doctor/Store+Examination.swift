import Ingest
import LocalStore
import Model
import SQLite

/// Bytes of one part of the store.
public struct StorePart: Hashable, Sendable {
    /// `records`, `texts of records`, `facts`, `rollups`, `messages`, `names`, `free`, `log`.
    public var name: String
    public var bytes: Int64
}

/// Two sources whose clocks do not agree.
public struct ClockSkew: Hashable, Sendable {
    /// The source of the parents.
    public var source: String
    /// The source of the children.
    public var other: String
    /// Calls of `other` inside calls of `source` that were compared, and how many lie outside them.
    public var compared: Int
    public var outside: Int
    /// By how much those lie before (negative) or behind, in the middle of them.
    public var offset: Duration
}

/// Two sources that seem to hold the same calls under different ids.
public struct DoubledCalls: Hashable, Sendable {
    public var source: String
    public var other: String
    public var calls: Int64
}

/// What `doctor` looks at. Each is one pass over a part of the store.
extension Store {
    /// Bytes by part, largest first; what SQLite cannot tell apart is left out.
    public func sizes() throws(StoreError) -> [StorePart] {
        try StoreError.about(path) {
            let connection = try Connection.reading(path)
            var bytes: [String: Int64] = [:]
            var owners: [String: String] = [:]
            let names = try connection.prepare("SELECT name, tbl_name FROM sqlite_master")
            while try names.step() { owners[names.text(0) ?? ""] = names.text(1) }
            let size = try connection.integer("PRAGMA page_size") ?? 0
            // Some builds of SQLite lack the table of pages: then only the whole is known.
            if let pages = try? connection.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE") {
                while try pages.step() {
                    let name = pages.text(0) ?? ""
                    bytes[Store.part(of: owners[name] ?? name), default: 0] += pages.integer(1)
                }
            } else {
                bytes["all"] = (try connection.integer("PRAGMA page_count") ?? 0) * size
            }
            bytes["free"] = (try connection.integer("PRAGMA freelist_count") ?? 0) * size
            bytes["log"] = FileKind.size(path + "-wal") ?? 0
            return bytes.filter { $0.value > 0 }.map { StorePart(name: $0.key, bytes: $0.value) }
                .sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
        }
    }

    private static func part(of table: String) -> String {
        switch table {
        case "trace", "span", "event", "score": "records"
        case "trace_content", "span_content": "texts of records"
        case "call", "err", "error_kind", "error_day", "call_day": "facts"
        case "message", "signature": "messages"
        case _ where table.hasPrefix("message_index"): "messages"
        case _ where Rollup.all.contains { $0.name == table }: "rollups"
        default: "names"
        }
    }

    /// Errors that count by default, and how many of them no rule could name.
    public func unknownShare() throws(StoreError) -> (unknown: Int64, errors: Int64) {
        try StoreError.about(path) {
            let row = try rows(
                SQLStatement(
                    text: """
                        SELECT sum(CASE WHEN type = \(ErrorType.unknown.rawValue) THEN errors ELSE 0 END), sum(errors)
                        FROM error_hour_type_model WHERE scope IN (0, 2)
                        """)
            ).first
            return (row?[0].integer ?? 0, row?[1].integer ?? 0)
        }
    }

    /// Error events that belong to no call, and all error events.
    public func orphanEvents() throws(StoreError) -> (orphans: Int64, events: Int64) {
        try StoreError.about(path) {
            func number(_ sql: String) throws -> Int64 { try rows(SQLStatement(text: sql)).first?.first?.integer ?? 0 }
            let kinds = EventKind.allCases.filter(\.isError).map { String($0.rawValue) }.joined(separator: ", ")
            return (
                try number("SELECT count(*) FROM err WHERE scope = 2"),
                try number("SELECT count(*) FROM event WHERE kind IN (\(kinds))")
            )
        }
    }

    /// How each source that is still there writes its times; sources whose times are numbers, or that are gone, are left out.
    public func timeSpellings() throws(StoreError) -> [(path: String, spelling: TimeSpelling)] {
        try sources().compactMap { source in timeSpelling(of: source.path).map { (source.path, $0) } }
    }

    /// How a file or database writes its first times; nil when it has none that are texts, or cannot be read.
    public func timeSpelling(of path: String) -> TimeSpelling? {
        if SourceFiles.isPipe(path) { return nil }
        let spelling: TimeSpelling?
        switch FileKind.of(path) {
        case .sqlite: spelling = try? timeSpelling(database: path)
        case .missing: spelling = nil
        default: spelling = try? TimeSpelling(path: path)
        }
        return spelling.flatMap { $0.zoned + $0.zoneless > 0 ? $0 : nil }
    }

    /// The times among the first rows of each table.
    private func timeSpelling(database file: String) throws -> TimeSpelling {
        let connection = try SourceDatabase.open(path: file, scratch: path).connection
        var spelling = TimeSpelling()
        for table in try DatabaseSchema.tables(of: connection) {
            let name = table.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            // A table that cannot be read tells nothing of times.
            guard let statement = try? connection.prepare("SELECT * FROM \"\(name)\" LIMIT 50") else { continue }
            while (try? statement.step()) == true {
                try StopFlag.check()
                for column in 0..<statement.columnCount {
                    if case .text(let text) = statement.value(column) { spelling.look(at: text) }
                }
            }
        }
        return spelling
    }

    /// Pairs of sources whose calls lie in each other's traces and yet outside each other's times, among the newest spans.
    public func clockSkews() throws(StoreError) -> [ClockSkew] {
        try StoreError.about(path) {
            let paths = try sourcePaths()
            guard paths.count > 1 else { return [] }
            // A call that begins before the span it belongs to, or after that has ended, was timed by another clock.
            let sql = """
                SELECT p.source, c.source, CASE WHEN c.start < p.start THEN c.start - p.start
                    WHEN c.start > p."end" THEN c.start - p."end" ELSE 0 END
                FROM span c JOIN span p ON p.trace = c.trace AND p.span_id = c.parent_id
                WHERE c.id > (SELECT max(id) FROM span) - 200000 AND c.source <> p.source AND c.start NOT NULL
                AND p.start NOT NULL AND p."end" NOT NULL
                UNION ALL
                SELECT s.source, e.source, CASE WHEN e.t < s.start THEN e.t - s.start
                    WHEN e.t > s."end" + 5000000000 THEN e.t - s."end" ELSE 0 END
                FROM event e JOIN span s ON s.trace = e.trace AND s.span_id = e.span_id
                WHERE e.id > (SELECT max(id) FROM event) - 200000 AND e.source <> s.source AND e.t NOT NULL
                AND s.start NOT NULL AND s."end" NOT NULL
                """
            struct Pair: Hashable { let parent: Int64, child: Int64 }
            var offsets: [Pair: [Int64]] = [:]
            _ = try eachRow(of: SQLStatement(text: sql)) { row in
                guard let parent = row[0].integer, let child = row[1].integer, let offset = row[2].integer else { return }
                offsets[Pair(parent: parent, child: child), default: []].append(offset)
            }
            return offsets.sorted { ($0.key.parent, $0.key.child) < ($1.key.parent, $1.key.child) }.compactMap { pair, all in
                let outside = all.filter { $0.magnitude >= 1_000_000_000 }.sorted()
                // A few are late logs; most of them are a clock.
                guard outside.count >= 3, outside.count * 2 >= all.count else { return nil }
                return ClockSkew(
                    source: paths[pair.parent] ?? "", other: paths[pair.child] ?? "", compared: all.count,
                    outside: outside.count, offset: .nanoseconds(outside[outside.count / 2]))
            }
        }
    }

    /// Sources that hold the same calls under different ids: the same instant, model, latency and tokens.
    public func doubledCalls() throws(StoreError) -> [DoubledCalls] {
        try StoreError.about(path) {
            let paths = try sourcePaths()
            guard paths.count > 1 else { return [] }
            let sql = """
                WITH same AS (
                    SELECT min(id) AS a, max(id) AS b FROM call WHERE scope = 0 AND lat NOT NULL AND tin NOT NULL
                    GROUP BY t, model, lat, tin, tout HAVING count(*) > 1)
                SELECT min(x.source, y.source), max(x.source, y.source), count(*)
                FROM same JOIN span x ON x.id = a JOIN span y ON y.id = b WHERE x.source <> y.source GROUP BY 1, 2 ORDER BY 1, 2
                """
            return try rows(SQLStatement(text: sql)).map { row in
                DoubledCalls(
                    source: row[0].integer.flatMap { paths[$0] } ?? "", other: row[1].integer.flatMap { paths[$0] } ?? "",
                    calls: row[2].integer ?? 0)
            }
        }
    }

    func sourcePaths() throws -> [Int64: String] {
        var paths: [Int64: String] = [:]
        for row in try rows(SQLStatement(text: "SELECT id, path FROM source")) {
            if let id = row[0].integer { paths[id] = row[1].text }
        }
        return paths
    }
}
