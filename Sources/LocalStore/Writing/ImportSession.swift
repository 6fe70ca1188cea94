import Errors
import Model
import SQLite

/// One import inside one transaction: takes records, writes them in batches, keeps facts and rollups in step.
///
/// Traces that are new to the store are assessed from memory and nothing is read back. Traces that it knows are merged, and read
/// and assessed again at the end, once, however many pieces of them came; only facts that differ are touched.
package final class ImportSession {
    let connection: Connection
    let statements: RecordStatements
    let dictionaries: Dictionaries
    let builder: FactBuilder
    var ledger: FactLedger
    package internal(set) var counts = RecordCounts()
    var ids: RowIDs
    /// Indexes that are made at the end of the import.
    var postponedIndexes = PostponedIndexes()
    /// True as long as the store holds no more than this import brought.
    private let isFirst: Bool
    /// Known traces that changed; assessed once, at the end.
    var postponed: Set<Int64> = []
    /// Rows of known traces that were looked through for a span.
    var searched: Int64 = 0
    /// How many traces were assessed from what the store holds.
    private(set) var reassessed = 0
    /// Known traces that may wait: their number must not grow with the import.
    static let mostPostponed = 1 << 20
    /// What the sources keep of their calls.
    let habits: KnownHabits
    /// True when the store has error events without a trace, which older versions of the program kept.
    private(set) lazy var hasLoneErrors: Bool = {
        let kinds = [EventKind.exception, .error].map { String($0.rawValue) }.joined(separator: ", ")
        let lone = "SELECT EXISTS(SELECT 1 FROM event WHERE trace IS NULL AND kind IN (\(kinds)))"
        return (try? connection.integer(lone)) ?? 0 != 0
    }()
    /// What errors became, while they are typed anew; nil otherwise.
    var moves: Moves?

    private let batchSize: Int
    private var units: [TraceUnit] = []
    private var unitPlaces: [TraceKey: Int] = [:]
    private var loneEvents: [EventRecord] = []
    private var scores: [ScoreRecord] = []
    private var held = 0
    private var heldBytes = 0
    package private(set) var source: Int64 = 0
    package private(set) var seen = Seen()

    /// A batch is written when its texts are this large, however few its records are.
    private static let heldBytesLimit = 24 << 20

    /// How many records of one kind or another came and what became of them.
    package struct RecordCounts {
        package var new = 0
        package var updated = 0
        package var unchanged = 0
        /// Rows added to each table.
        var traces: Int64 = 0
        var spans: Int64 = 0
        var events: Int64 = 0
        var scores: Int64 = 0

        /// Counts a record by what became of it, nil for nothing; and those that it superseded in its own batch.
        mutating func note(isNew: Bool?, superseded: Int = 0) {
            switch isNew {
            case true?:
                new += 1
                updated += superseded
            case false?: updated += 1 + superseded
            case nil: unchanged += 1 + superseded
            }
        }
    }

    /// What the records of the source tell about it as a whole.
    package struct Seen {
        /// Times of the first and the last record.
        package var first: Timestamp?
        package var last: Timestamp?
        var anyError = false
        private var anyCall = false
        private var anySuccess = false

        /// False when the source holds failures only: then it has no rate.
        var keepsSuccesses: Bool { anySuccess || (!anyCall && !anyError) }

        mutating func cover(_ instant: Timestamp?) {
            guard let instant else { return }
            first = first.map { min($0, instant) } ?? instant
            last = last.map { max($0, instant) } ?? instant
        }

        mutating func look(at span: SpanItem) {
            cover(span.record.start)
            cover(span.record.end)
            guard span.record.kind.isCall else { return }
            anyCall = true
            if !anySuccess {
                anySuccess =
                    span.record.status != .error && span.record.exceptionType == nil && span.record.errorField == nil
                    && (span.record.httpStatus ?? 200) < 400 && !span.record.isBrokenStream
            }
        }
    }

    /// The row ids given out last: one writer at a time makes them its own.
    struct RowIDs {
        var trace: Int64
        var span: Int64
        var event: Int64
        var score: Int64

        static func next(_ id: inout Int64) -> Int64 {
            id += 1
            return id
        }
    }

    /// Begins inside an open transaction on `connection`.
    package init(on connection: Connection, assessor: Assessor, batchSize: Int = 10_000) throws(SQLError) {
        self.connection = connection
        self.batchSize = max(1, batchSize)
        statements = try RecordStatements(on: connection)
        habits = KnownHabits(on: connection)
        dictionaries = try Dictionaries(on: connection)
        builder = FactBuilder(dictionaries: dictionaries, assessor: assessor)
        ledger = FactLedger(statements: statements, dictionaries: dictionaries)
        func last(_ table: String) throws(SQLError) -> Int64 { try connection.integer("SELECT max(id) FROM \(table)") ?? 0 }
        ids = RowIDs(trace: try last("trace"), span: try last("span"), event: try last("event"), score: try last("score"))
        isFirst = ids.trace == 0 && ids.event == 0 && ids.score == 0
    }

    /// Notes which rules classify what is imported now: every version that had a part, joined by `+`; with `anew` this one alone.
    package func noteRules(_ version: String, anew: Bool = false) throws(SQLError) {
        var versions = anew ? [] : try (connection.text("SELECT value FROM meta WHERE key = 'rules'") ?? "").split(separator: "+")
        if !versions.contains(version[...]) { versions.append(version[...]) }
        try Store.setMeta("rules", versions.joined(separator: "+"), on: connection)
    }

    /// Names the source whose records follow; makes its row when it is missing. A format of "" is not known yet.
    package func begin(source path: String, format: String, size: Int64?, now: Timestamp) throws(SQLError) {
        let statement = try connection.statement(
            """
            INSERT INTO source(path, format, size, records, keeps_successes, imported_at) VALUES(?, ?, ?, 0, 0, ?)
            ON CONFLICT(path) DO UPDATE SET format = ifnull(nullif(excluded.format, ''), format), size = excluded.size,
            imported_at = excluded.imported_at
            RETURNING id
            """)
        defer { statement.reset() }
        statement.bind(path)
        statement.bind(format)
        statement.bind(size)
        statement.bind(now.nanoseconds)
        if try statement.step() { source = statement.integer(0) }
        try habits.begin(source: source, format: format)
    }

    // MARK: taking records

    /// Takes one record; writes the batch when it is full.
    package func add(_ record: consuming Record) throws(SQLError) {
        switch consume record {
        case .span(let span): add(span)
        case .trace(let trace):
            seen.cover(trace.start)
            seen.cover(trace.end)
            note(wasTaken: units[place(of: trace.project, trace.traceID)].add(trace))
        case .event(let event):
            seen.cover(event.time)
            if event.kind.isError { seen.anyError = true }
            if let traceID = event.traceID {
                let item = EventItem(record: event, version: event.version)
                note(wasTaken: units[place(of: event.project, traceID)].add(item))
            } else if event.kind.isError {
                // An error without a trace forms a trace of its own, so that it can be asked for by its id.
                let item = EventItem(record: event, version: event.version)
                note(wasTaken: units[place(of: event.project, TraceKey.own(event))].add(own: item))
            } else {
                loneEvents.append(event)
            }
        case .score(let score):
            seen.cover(score.time)
            scores.append(score)
        }
        held += 1
        if held >= batchSize || heldBytes >= ImportSession.heldBytesLimit { try flush() }
    }

    private func add(_ span: consuming SpanRecord) {
        let item = SpanItem(span)
        seen.look(at: item)
        habits.note(SourceHabits(item))
        // A span without a trace is a trace of its own.
        let place = place(of: item.record.project, item.record.traceID ?? "span-" + item.record.spanID)
        heldBytes += item.content?.length ?? 0
        note(wasTaken: units[place].add(item))
    }

    /// What is no better than the batch's own is counted here, everything else when it is written.
    private func note(wasTaken: Bool) {
        if !wasTaken { counts.note(isNew: nil) }
    }

    private func place(of project: String, _ traceID: String) -> Int {
        let key = TraceKey(project: project, traceID: traceID)
        if let last = units.indices.last, units[last].key == key { return last }
        if let place = unitPlaces[key] { return place }
        unitPlaces[key] = units.count
        units.append(TraceUnit(key: key))
        return units.count - 1
    }

    /// Writes what is held.
    func flush() throws(SQLError) {
        if isFirst, held >= batchSize { try postponedIndexes.leaveOut(on: connection) }
        let batch = units
        if !batch.isEmpty { habits.isWriting() }
        units.removeAll(keepingCapacity: true)
        unitPlaces.removeAll(keepingCapacity: true)
        for unit in batch {
            try StopFlag.checkBetweenStatements()
            try write(unit)
        }
        for event in loneEvents { try write(lone: event) }
        for score in scores { try write(score) }
        loneEvents.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        held = 0
        heldBytes = 0
        try ledger.flush(to: connection, all: false)
    }

    /// Assesses the traces that wait for it.
    func assessPostponed() throws(SQLError) {
        for trace in postponed.sorted() {
            try StopFlag.checkBetweenStatements()
            try reassess(traceAt: trace)
            reassessed += 1
            if reassessed % 1000 == 0 { try ledger.flush(to: connection, all: false) }
        }
        postponed = []
    }

    /// Writes what is held, what was postponed, the rollups and the counts.
    package func finish() throws(SQLError) {
        try flush()
        postponed.formUnion(try habits.end())
        try assessPostponed()
        try ledger.flush(to: connection, all: true)
        try postponedIndexes.make(on: connection)
        for (table, added) in [
            ("trace", counts.traces), ("span", counts.spans), ("event", counts.events), ("score", counts.scores),
        ] where added != 0 {
            let statement = try connection.statement(
                "INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = value + excluded.value")
            statement.bind("count." + table)
            statement.bind(added)
            try statement.run()
        }
    }

    /// Notes what the source held; `adds` when it is read on from where it was left.
    package func endSource(records: Int, adds: Bool = false) throws(SQLError) {
        let statement = try connection.statement(
            """
            UPDATE source SET records = ?1 + records * ?6, first = min(ifnull(first, ?2), ifnull(?2, first)),
            last = max(ifnull(last, ?3), ifnull(?3, last)), keeps_successes = max(keeps_successes, ?4) WHERE id = ?5
            """)
        statement.bind(records)
        statement.bind(seen.first?.nanoseconds)
        statement.bind(seen.last?.nanoseconds)
        statement.bind(seen.keepsSuccesses)
        statement.bind(source)
        statement.bind(adds)
        try statement.run()
    }
}
