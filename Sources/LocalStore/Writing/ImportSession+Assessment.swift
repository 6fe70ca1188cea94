import Errors
import Model
import SQLite

/// Assessing traces anew: what the store holds of them against what it should hold.
extension ImportSession {
    /// Assesses a trace from what the store holds.
    func reassess(traceAt row: Int64) throws(SQLError) {
        guard let (key, project) = try traceKey(ofRow: row) else { return }
        guard let stored = try storedRecord(row, key.traceID) else { return }
        try assess(
            key, row: row, project: project, record: stored.record, version: stored.record == nil ? nil : stored.version)
    }

    /// The identity of the trace at a row, and its project's row; nil when there is none.
    func traceKey(ofRow row: Int64) throws(SQLError) -> (key: TraceKey, project: Int64)? {
        let find = try connection.statement(
            "SELECT t.trace_id, t.project, p.name FROM trace t JOIN project p ON p.id = t.project WHERE t.id = ?")
        find.bind(row)
        defer { find.reset() }
        guard try find.step() else { return nil }
        return (TraceKey(project: find.text(2) ?? "", traceID: find.text(0) ?? ""), find.integer(1))
    }

    /// Reads a trace's spans and events, makes its facts, and changes those that differ.
    func assess(
        _ key: TraceKey, row: Int64, project: Int64, record: TraceRecord?, version: RowVersion?
    ) throws(SQLError) {
        let spans = try spans(ofTrace: row), events = try events(ofTrace: row)
        let facts = try builder.facts(of: key, row: row, record: record, spans: spans, events: events)
        var identities: [Int64: UInt64] = [:]
        func identity(_ id: String) -> UInt64 { FactNames.identity(project: key.project, trace: key.traceID, id: id) }

        var old: [Int64: FactCore] = [:]
        for span in spans {
            guard let t = span.time, let core = try ledger.call(row: span.row, at: t) else { continue }
            old[span.row] = core
        }
        for span in spans { identities[span.row] = identity(span.record.spanID) }
        for call in facts.calls {
            if let before = old.removeValue(forKey: call.core.id) {
                if before == call.core { continue }
                try ledger.remove(before, identity: identities[before.id] ?? 0)
            }
            try ledger.add(call)
        }
        for (_, core) in old.sorted(by: { $0.key < $1.key }) { try ledger.remove(core, identity: identities[core.id] ?? 0) }

        let eventIdentities = Dictionary(events.map { ($0.row, identity($0.record.eventID)) }) { first, _ in first }
        // A span or event has one error at most.
        var new: [FactPlace: ErrorFact] = [:]
        for error in facts.errors { new[FactPlace(error.core)] = error }
        for before in try ledger.errors(ofTrace: row) {
            let place = FactPlace(before.core)
            if new[place]?.isSame(as: before) == true {
                new[place] = nil
                continue
            }
            if let after = new[place] { moves?.note(before, after) }
            let id = before.core.scope == 2 ? eventIdentities[before.core.id] : identities[before.core.id]
            try ledger.remove(before, identity: id ?? 0)
        }
        for error in facts.errors where new[FactPlace(error.core)] != nil { try ledger.add(error) }
        try put(facts, key: key, row: row, project: project, record: record, version: version, spans: spans.count, isNew: false)
    }

    func spans(ofTrace row: Int64) throws(SQLError) -> [SpanItem] {
        let read = statements.spansOfTrace
        read.bind(row)
        defer { read.reset() }
        var spans: [SpanItem] = []
        let derived = Int32(SpanColumns.derived.count)
        while try read.step() {
            let record = SpanRecord(read, from: 2 + derived)
            spans.append(
                SpanItem(
                    row: read.integer(0), record: record,
                    version: RowVersion(
                        updatedAt: record.updatedAt?.nanoseconds, richness: read.integer(4), digest: read.integer(5)),
                    hasOutput: read.integer(2) != 0, inputDigest: read.optionalInteger(3), source: read.integer(1)))
        }
        for span in spans { span.habits = try habits.of(span.source) }
        return spans
    }

    func events(ofTrace row: Int64) throws(SQLError) -> [EventItem] {
        let read = statements.eventsOfTrace
        read.bind(row)
        defer { read.reset() }
        var events: [EventItem] = []
        while try read.step() {
            events.append(
                EventItem(
                    row: read.integer(0), record: EventRecord(read, from: 3),
                    version: RowVersion(updatedAt: nil, richness: read.integer(1), digest: read.integer(2))))
        }
        return events
    }
}

/// Which span or event a fact is of.
private struct FactPlace: Hashable {
    let scope: Int64
    let id: Int64

    init(_ core: FactCore) {
        // A span may change between scope 0 and 1 and is the same span.
        scope = min(core.scope, 2) / 2
        id = core.id
    }
}

extension ErrorFact {
    /// True when both are the same row; the digest follows from the rest.
    func isSame(as other: ErrorFact) -> Bool {
        var other = other
        other.digest = digest
        return self == other
    }
}
