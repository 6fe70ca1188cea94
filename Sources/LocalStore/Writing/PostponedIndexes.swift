import SQLite

/// Indexes that nobody asks while an import runs. In a store that was empty they are left out and made at its end, from all rows
/// in order, which costs a fraction of keeping them in step row by row.
///
/// All of it happens inside the import's transaction: readers never see a store without its indexes, and an import that ends
/// early leaves them as they were.
struct PostponedIndexes {
    /// What the import itself asks stays in step: the identities of traces and events, the spans and errors of a trace.
    private static let names = [
        "trace_time", "trace_failed", "trace_session", "span_identity", "span_request", "event_time", "score_trace",
        "call_latency", "err_message", "err_agent",
    ]

    /// The statements that make them, in the order of `names`; empty when they are in place.
    private var statements: [(name: String, sql: String)] = []
    /// The cache's size as it was, in the unit of the pragma.
    private var usualCache: Int64 = 0

    /// The cache in KiB while they are away, when few pages are asked for again, and while one is made: its rows are sorted in as
    /// much memory as the cache may have, beside what the cache holds already.
    private static let cacheWithout = 32_768, cacheWhileSorting = 8192

    /// Takes the indexes away. Nothing happens when they are away already.
    mutating func leaveOut(on connection: Connection) throws(SQLError) {
        guard statements.isEmpty else { return }
        for name in PostponedIndexes.names {
            // As the schema spells them, so that it is spelt once.
            guard let sql = try connection.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = '\(name)'") else {
                continue
            }
            try connection.execute("DROP INDEX \(name)")
            statements.append((name, sql))
        }
        usualCache = try connection.integer("PRAGMA cache_size") ?? 0
        try connection.execute("PRAGMA cache_size = -\(PostponedIndexes.cacheWithout)")
    }

    /// Makes one of them, or all, that are away.
    mutating func make(_ only: String? = nil, on connection: Connection) throws(SQLError) {
        let wanted = statements.filter { only == nil || $0.name == only }
        guard !wanted.isEmpty else { return }
        try connection.execute("PRAGMA cache_size = -\(PostponedIndexes.cacheWhileSorting)")
        for (_, sql) in wanted { try connection.execute(sql) }
        statements.removeAll { only == nil || $0.name == only }
        let cache = statements.isEmpty ? usualCache : -Int64(PostponedIndexes.cacheWithout)
        try connection.execute("PRAGMA cache_size = \(cache)")
    }
}
