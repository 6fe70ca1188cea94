import Model
import SQLite

/// One file or database that was imported.
public struct StoreSource: Hashable, Sendable {
    public var path: String
    /// The name of its format, such as `otlpTraces`.
    public var format: String
    /// Bytes at the last import; nil when not known.
    public var size: Int64?
    /// Records read at the last import.
    public var records: Int64
    /// From the first record's time to just after the last one's, and for a followed source to when it was last looked at; nil
    /// when no record has a time and nothing was followed.
    public var coverage: Window?
    /// Time of its newest record; nil when none has a time.
    public var newest: Timestamp?
    /// How it is followed; nil when it is not.
    public var following: Following?
    /// False when the source records failures only, so that there is no rate.
    public var keepsSuccesses: Bool
    public var importedAt: Timestamp
    /// The zone that the user gave for its local times; nil for UTC.
    public var zone: String?
    /// What the user says that its columns mean, as it is written; nil when nothing was said.
    public var columns: String?

    /// What is known of a followed source.
    public struct Following: Hashable, Sendable {
        /// The instant from which it is followed.
        public var since: Timestamp
        /// When all that it held was known.
        public var checked: Timestamp
        /// Why it cannot be read; nil when it can.
        public var problem: String?
        /// Of a source that a receiver brings, what marks the process that listens; of a file, how it was read so far.
        public var state: String?
    }
}

/// What the store holds, in numbers.
public struct StoreFacts: Hashable, Sendable {
    /// Time of the newest span or event; nil when the store is empty.
    public var newest: Timestamp?
    /// From the first record of any source to just after the last one; nil when the store is empty.
    public var coverage: Window?
    public var traces: Int64
    public var spans: Int64
    public var events: Int64
    public var scores: Int64
    /// LLM and embedding calls.
    public var calls: Int64
    /// Errors that count by default, of calls and of events without one.
    public var errors: Int64
    /// In the order of their first import.
    public var sources: [StoreSource]
    /// False when no source records successes.
    public var keepsSuccesses: Bool
}

extension Store {
    /// What the store holds. Cheap: nothing of it is counted anew.
    public func facts() throws(StoreError) -> StoreFacts {
        try StoreError.about(path) {
            func number(_ sql: String) throws -> Int64? { try rows(SQLStatement(text: sql)).first?.first?.integer }
            let sources = try sources()
            let known = sources.compactMap(\.coverage)
            let newest = [
                try number("SELECT max(t) FROM call WHERE scope = 0"), try number("SELECT max(t) FROM call WHERE scope = 1"),
                try number("SELECT max(t) FROM event"), try number("SELECT max(t) FROM trace"),
            ].compactMap { $0 }.max()
            let from = known.map(\.from).min(), to = known.map(\.to).max()
            var coverage: Window?
            if let from, let to { coverage = Window(from: from, to: to) }
            func count(_ table: String) throws -> Int64 {
                try number("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'count.\(table)'") ?? 0
            }
            return StoreFacts(
                newest: newest.map(Timestamp.init(nanoseconds:)), coverage: coverage, traces: try count("trace"),
                spans: try count("span"), events: try count("event"), scores: try count("score"),
                calls: try number("SELECT sum(calls) FROM call_hour_model") ?? 0,
                errors: try number("SELECT sum(errors) FROM error_hour_type_model WHERE scope IN (0, 2)") ?? 0,
                sources: sources, keepsSuccesses: sources.isEmpty || sources.contains(where: \.keepsSuccesses))
        }
    }

    /// What was imported, in the order of the first import.
    public func sources() throws(StoreError) -> [StoreSource] {
        try StoreError.about(path) { try readSources() }
    }

    private func readSources() throws -> [StoreSource] {
        try rows(
            SQLStatement(
                text: """
                    SELECT path, format, size, records, first, last, keeps_successes, imported_at, f.since, f.checked, f.problem,
                        followed_from, followed_to, zone, columns, f.state
                    FROM source LEFT JOIN follow f ON f.source = source.id ORDER BY source.id
                    """)
        ).map(StoreSource.init)
    }
}

extension StoreSource {
    /// Reads a row as `readSources` asks for it.
    fileprivate init(_ row: [StoredValue]) {
        let newest = row[5].integer.map(Timestamp.init(nanoseconds:))
        var first = row[4].integer.map(Timestamp.init(nanoseconds:)), end = newest.map { $0 + .nanoseconds(1) }
        var following: Following?
        if let since = row[8].integer.map(Timestamp.init(nanoseconds:)), let checked = row[9].integer {
            let checked = Timestamp(nanoseconds: checked)
            following = Following(since: since, checked: checked, problem: row[10].text, state: row[15].text)
        }
        // A source that is followed and silent says that nothing happened.
        for (since, checked) in [(row[8].integer, row[9].integer), (row[11].integer, row[12].integer)] {
            guard let since = since.map(Timestamp.init(nanoseconds:)), let checked = checked.map(Timestamp.init(nanoseconds:))
            else { continue }
            first = min(first ?? since, since)
            end = max(end ?? checked, checked)
        }
        var coverage: Window?
        if let first, let end { coverage = Window(from: first, to: end) }
        self.init(
            path: row[0].text ?? "", format: row[1].text ?? "", size: row[2].integer, records: row[3].integer ?? 0,
            coverage: coverage, newest: newest, following: following, keepsSuccesses: row[6].integer != 0,
            importedAt: Timestamp(nanoseconds: row[7].integer ?? 0), zone: row[13].text, columns: row[14].text)
    }
}
