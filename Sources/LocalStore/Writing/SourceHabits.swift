import Ingest
import Model
import SQLite

/// What sources are known to keep of finished calls, so that a missing value says something.
struct SourceHabits: OptionSet {
    let rawValue: Int64

    /// Any finished call of the source has an output.
    static let outputs = SourceHabits(rawValue: 1)
    /// Any finished call of the source has output tokens.
    static let outputTokens = SourceHabits(rawValue: 2)
    /// Any finished stream of the source has a finish reason and tokens.
    static let streamEnds = SourceHabits(rawValue: 4)

    init(rawValue: Int64) { self.rawValue = rawValue }

    /// What a call shows of its source.
    init(_ item: SpanItem) {
        self = []
        guard item.record.kind == .llm, item.record.end != nil else { return }
        if item.hasOutput { insert(.outputs) }
        if (item.record.outputTokens ?? 0) > 0 { insert(.outputTokens) }
        if item.record.isStream == true, !item.record.finishReasons.isEmpty, item.record.outputTokens != nil {
            insert(.streamEnds)
        }
    }
}

/// What the sources of a store keep. What is known of a source may change while it is read: calls that were written before are
/// assessed again at the end.
final class KnownHabits {
    private let connection: Connection
    /// By source; what is not in here is still to be read.
    private var known: [Int64: SourceHabits] = [:]
    /// The source that is being read.
    private var source: Int64 = 0
    /// True when something was first seen in this import, and when calls of the source had been written by then.
    private var isNews = false, isLate = false
    private var hasWritten = false
    /// Calls that came again unchanged, and that the store has from another source.
    private var doubtful: [(span: Int64, trace: Int64, source: Int64)] = []
    /// The last row of `span` before the import.
    private var lastBefore: Int64 = 0
    private var hadRecords = false

    init(on connection: Connection) { self.connection = connection }

    /// What is known by now of the source that is being read.
    var here: SourceHabits { known[source] ?? [] }

    func of(_ source: Int64) throws(SQLError) -> SourceHabits {
        if let habits = known[source] { return habits }
        let find = try connection.statement("SELECT habits FROM source WHERE id = ?")
        find.bind(source)
        defer { find.reset() }
        let habits = try find.step() ? SourceHabits(rawValue: find.integer(0)) : []
        known[source] = habits
        return habits
    }

    func begin(source: Int64, format: String) throws(SQLError) {
        self.source = source
        lastBefore = try connection.integer("SELECT max(id) FROM span") ?? 0
        hadRecords = try connection.integer("SELECT records FROM source WHERE id = \(source)") != 0
        hasWritten = hadRecords
        var habits = try of(source)
        // A row of a metrics database is a whole call: what is missing there was not there.
        if format == DatabaseSchema.llmMetrics.rawValue { habits.insert(.outputTokens) }
        note(habits)
    }

    /// Takes note that calls of the source are written now.
    func isWriting() { hasWritten = true }

    /// Takes note of what a call shows.
    func note(_ habits: SourceHabits) {
        guard !here.isSuperset(of: habits) else { return }
        known[source] = here.union(habits)
        isNews = true
        isLate = isLate || hasWritten
    }

    /// The source that a call is said to be from, of two that have it: the one that keeps more, so that the order of imports
    /// does not matter.
    func better(_ old: Int64, orNew new: Int64) throws(SQLError) -> Int64 {
        try of(new).isSuperset(of: of(old)) ? new : old
    }

    /// Takes note of a call that the store has already, from another source.
    func note(unchanged item: SpanItem, row: Int64, trace: Int64, from other: Int64) {
        if item.dependsOnHabits, other != source { doubtful.append((row, trace, other)) }
    }

    /// Keeps what was found out; the result is the traces that are to be assessed again.
    func end() throws(SQLError) -> Set<Int64> {
        var traces: Set<Int64> = []
        let move = try connection.statement("UPDATE span SET source = ? WHERE id = ?")
        for (span, trace, other) in doubtful {
            let habits = try of(other)
            guard here.isStrictSuperset(of: habits) else { continue }
            move.bind(source)
            move.bind(span)
            try move.run()
            traces.insert(trace)
        }
        guard isNews else { return traces }
        let keep = try connection.statement("UPDATE source SET habits = ? WHERE id = ?")
        keep.bind(here.rawValue)
        keep.bind(source)
        try keep.run()
        guard isLate else { return traces }
        let earlier = try connection.prepare(
            """
            SELECT trace FROM span WHERE id > ? AND source = ? AND kind = 1 AND "end" IS NOT NULL AND has_tool_calls = 0
            AND (has_output = 0 AND (ifnull(tout, 0) <= 1 OR ifnull(finish, '') NOT IN ('', 'stop', 'end_turn', 'STOP', 'length'))
                OR is_stream = 1 AND ifnull(finish, '') = '' AND tout IS NULL)
            """)
        earlier.bind(hadRecords ? 0 : lastBefore)
        earlier.bind(source)
        while try earlier.step() { traces.insert(earlier.integer(0)) }
        return traces
    }
}
