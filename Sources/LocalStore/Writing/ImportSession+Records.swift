import Errors
import Model
import SQLite

/// Writing records: what is new, what replaces an older version, what changes nothing.
extension ImportSession {
    /// A trace as the store holds it.
    struct StoredRecord {
        var version: RowVersion
        /// Nil when no source said anything of the whole trace.
        var record: TraceRecord?
        var spans: Int64
    }

    /// Rows of known traces that are looked through before their index is made, when it was left out.
    private static let searchedRows: Int64 = 100_000

    func write(_ unit: TraceUnit) throws(SQLError) {
        let project = try dictionaries.project.entry(.init(first: unit.key.project.isEmpty ? nil : unit.key.project)).id
        statements.findTrace.bind(unit.key.traceID)
        statements.findTrace.bind(project)
        let found = try statements.findTrace.step() ? statements.findTrace.integer(0) : nil
        statements.findTrace.reset()
        if found == nil, unit.key.isOwn(spans: unit.spans.count, events: unit.events), hasLoneErrors {
            try drop(lone: unit.events[0].record, project: project)
        }
        if let found { try merge(unit, into: found, project: project) } else { try writeNew(unit, project: project) }
    }

    private func writeNew(_ unit: TraceUnit, project: Int64) throws(SQLError) {
        let row = RowIDs.next(&ids.trace)
        counts.traces += 1
        var unit = unit
        for span in unit.spans {
            span.row = RowIDs.next(&ids.span)
            (span.source, span.habits) = (source, habits.here)
            try put(span, trace: row, isNew: true)
            counts.note(isNew: true, superseded: span.superseded)
        }
        for place in unit.events.indices {
            unit.events[place].row = RowIDs.next(&ids.event)
            try put(unit.events[place], trace: row, project: project, isNew: true)
            counts.note(isNew: true, superseded: unit.events[place].superseded)
        }
        counts.spans += Int64(unit.spans.count)
        counts.events += Int64(unit.events.count)
        if let record = unit.record {
            try putContent(record, trace: row, isNew: true)
            if !unit.isRecordDerived { counts.note(isNew: true, superseded: unit.supersededRecords) }
        }
        let facts = try builder.facts(of: unit.key, row: row, record: unit.record, spans: unit.spans, events: unit.events)
        for call in facts.calls { try ledger.add(call) }
        for error in facts.errors { try ledger.add(error) }
        try put(
            facts, key: unit.key, row: row, project: project, record: unit.record, version: unit.record?.version,
            spans: unit.spans.count, isNew: true)
    }

    private func merge(_ unit: TraceUnit, into row: Int64, project: Int64) throws(SQLError) {
        guard let stored = try storedRecord(row, unit.key.traceID) else { return }
        // A few spans are soon looked through; many are worth an index.
        searched += stored.spans * Int64(unit.spans.count)
        if searched > ImportSession.searchedRows { try postponedIndexes.make("span_identity", on: connection) }
        var record = stored.record, version = stored.record == nil ? nil : stored.version
        var isChanged = false
        if let incoming = unit.record {
            let incomingVersion = incoming.version
            if version.map({ $0 < incomingVersion }) ?? true {
                if !unit.isRecordDerived { counts.note(isNew: record == nil, superseded: unit.supersededRecords) }
                record = incoming
                version = incomingVersion
                try putContent(incoming, trace: row, isNew: stored.record == nil)
                isChanged = true
            } else if !unit.isRecordDerived {
                counts.note(isNew: nil, superseded: unit.supersededRecords)
            }
        }
        var added = 0
        for item in unit.spans {
            guard let isNew = try merge(item, trace: row, key: unit.key) else { continue }
            if isNew { added += 1 }
            isChanged = true
        }
        for item in unit.events where try merge(item, trace: row, owner: row, project: project) != nil { isChanged = true }
        guard isChanged else { return }
        // Once for all that the import adds to it: a trace may come in any number of pieces.
        try noteRecord(record, version, row: row, added: added)
        postponed.insert(row)
        if postponed.count >= ImportSession.mostPostponed { try assessPostponed() }
    }

    /// Writes a span when the store has none or an older version, and says whether it is new; nil when it stays as it is.
    private func merge(_ item: SpanItem, trace: Int64, key: TraceKey) throws(SQLError) -> Bool? {
        let find = statements.findSpan
        find.bind(trace)
        find.bind(item.record.spanID)
        guard try find.step() else {
            find.reset()
            item.row = RowIDs.next(&ids.span)
            item.source = source
            try put(item, trace: trace, isNew: true)
            counts.spans += 1
            counts.note(isNew: true, superseded: item.superseded)
            return true
        }
        let row = find.integer(0), t = find.optionalInteger(4), storedSource = find.integer(5)
        let stored = RowVersion(updatedAt: find.optionalInteger(1), richness: find.integer(2), digest: find.integer(3))
        find.reset()
        guard stored < item.version else {
            counts.note(isNew: nil, superseded: item.superseded)
            habits.note(unchanged: item, row: row, trace: trace, from: storedSource)
            return nil
        }
        item.source = try habits.better(storedSource, orNew: source)
        // The fact is found by the old time: it goes before the time is gone.
        if let t, let core = try ledger.call(row: row, at: t) {
            try ledger.remove(
                core, identity: FactNames.identity(project: key.project, trace: key.traceID, id: item.record.spanID))
        }
        item.row = row
        try put(item, trace: trace, isNew: false)
        counts.note(isNew: false, superseded: item.superseded)
        return false
    }

    /// Writes an event when the store has none or a poorer version; nil when it stays as it is.
    private func merge(_ item: EventItem, trace: Int64?, owner: Int64, project: Int64) throws(SQLError) -> Int64? {
        let find = statements.findEvent
        find.bind(owner)
        find.bind(item.record.eventID)
        guard try find.step() else {
            find.reset()
            var item = item
            item.row = RowIDs.next(&ids.event)
            try put(item, trace: trace, project: project, isNew: true)
            counts.events += 1
            counts.note(isNew: true, superseded: item.superseded)
            return item.row
        }
        var item = item
        item.row = find.integer(0)
        let stored = RowVersion(updatedAt: nil, richness: find.integer(1), digest: find.integer(2))
        find.reset()
        guard stored < item.version else {
            counts.note(isNew: nil, superseded: item.superseded)
            return nil
        }
        try put(item, trace: trace, project: project, isNew: false)
        counts.note(isNew: false, superseded: item.superseded)
        return item.row
    }

    /// Removes an error event that an older version of the program kept without a trace, with its facts.
    private func drop(lone record: EventRecord, project: Int64) throws(SQLError) {
        let find = statements.findEvent
        find.bind(-1 - project)
        find.bind(record.eventID)
        let row = try find.step() ? find.integer(0) : nil
        find.reset()
        guard let row else { return }
        if let time = try connection.integer("SELECT t FROM event WHERE id = \(row)") {
            let identity = FactNames.identity(project: record.project, trace: nil, id: record.eventID)
            for fact in try ledger.errors(ofEvent: row, at: time) { try ledger.remove(fact, identity: identity) }
        }
        try connection.execute("DELETE FROM event WHERE id = \(row)")
        counts.events -= 1
    }

    /// Writes an event that belongs to no trace, with its facts.
    func write(lone record: EventRecord) throws(SQLError) {
        let project = try dictionaries.project.entry(.init(first: record.project.isEmpty ? nil : record.project)).id
        var item = EventItem(record: record, version: record.version)
        // A changed event may have had another time: its old facts go first.
        let identity = FactNames.identity(project: record.project, trace: nil, id: record.eventID)
        let find = statements.findEvent
        find.bind(-1 - project)
        find.bind(record.eventID)
        let row = try find.step() ? find.integer(0) : nil
        find.reset()
        let oldTime =
            try row.map { row throws(SQLError) in try connection.integer("SELECT t FROM event WHERE id = \(row)") } ?? nil
        guard let written = try merge(item, trace: nil, owner: -1 - project, project: project) else { return }
        if let row, let oldTime {
            for fact in try ledger.errors(ofEvent: row, at: oldTime) { try ledger.remove(fact, identity: identity) }
        }
        item.row = written
        for fact in try builder.facts(ofLone: item, project: record.project) { try ledger.add(fact) }
    }

    /// Writes a score when the store has none or an older version.
    func write(_ score: ScoreRecord) throws(SQLError) {
        let project = try dictionaries.project.entry(.init(first: score.project.isEmpty ? nil : score.project)).id
        let find = statements.findScore, version = score.version
        find.bind(project)
        find.bind(score.scoreID)
        var row: Int64?
        if try find.step() {
            row = find.integer(0)
            let stored = RowVersion(updatedAt: find.optionalInteger(1), richness: find.integer(2), digest: find.integer(3))
            if stored >= version {
                find.reset()
                counts.note(isNew: nil)
                return
            }
        }
        find.reset()
        if row == nil { counts.scores += 1 }
        counts.note(isNew: row == nil)
        var sink = statements.putScore.row(isNew: row == nil)
        sink.put(row ?? RowIDs.next(&ids.score))
        sink.put(project)
        sink.put(source)
        sink.put(version.richness)
        sink.put(version.digest)
        score.putColumns(into: &sink)
        try sink.run()
    }

    // MARK: rows

    private func put(_ item: SpanItem, trace: Int64, isNew: Bool) throws(SQLError) {
        var sink = statements.putSpan.row(isNew: isNew)
        sink.put(item.row as Int64?)
        sink.put(trace as Int64?)
        sink.put(item.source as Int64?)
        sink.put(code: item.hasOutput ? 1 : 0)
        sink.put(item.inputDigest)
        sink.put(item.version.richness as Int64?)
        sink.put(item.version.digest as Int64?)
        item.record.putColumns(into: &sink)
        try sink.run()
        if let content = item.content {
            var sink = statements.putSpanContent.row(isNew: isNew)
            sink.put(item.row as Int64?)
            content.putColumns(into: &sink)
            try sink.run()
        } else if !isNew {
            statements.dropSpanContent.bind(item.row)
            try statements.dropSpanContent.run()
        }
    }

    private func put(_ item: EventItem, trace: Int64?, project: Int64, isNew: Bool) throws(SQLError) {
        var sink = statements.putEvent.row(isNew: isNew)
        sink.put(item.row as Int64?)
        sink.put(project as Int64?)
        sink.put(trace)
        sink.put(source as Int64?)
        sink.put(item.version.richness as Int64?)
        sink.put(item.version.digest as Int64?)
        item.record.putColumns(into: &sink)
        try sink.run()
    }

    private func putContent(_ record: TraceRecord, trace: Int64, isNew: Bool) throws(SQLError) {
        var sink = statements.putTraceContent.row(isNew: isNew)
        sink.put(trace as Int64?)
        sink.put(source as Int64?)
        record.putContent(into: &sink)
        try sink.run()
    }

    /// Writes the trace's row with everything computed.
    func put(
        _ facts: TraceFacts, key: TraceKey, row: Int64, project: Int64, record: TraceRecord?, version: RowVersion?, spans: Int,
        isNew: Bool
    ) throws(SQLError) {
        var sink = statements.putTrace.row(isNew: isNew)
        sink.put(row as Int64?)
        sink.put(project as Int64?)
        sink.put(key.traceID)
        facts.attributes.putColumns(into: &sink)
        sink.put(version?.updatedAt)
        sink.put((version?.richness ?? 0) as Int64?)
        sink.put((version?.digest ?? 0) as Int64?)
        sink.put(record.map { $0.known | TraceColumns.hasRecord } ?? 0 as Int64?)
        sink.put(facts.t)
        sink.put(facts.first)
        sink.put(facts.last)
        sink.put(facts.root)
        sink.put(facts.agent as Int64?)
        sink.put(facts.deployment as Int64?)
        sink.put(spans)
        sink.put(facts.callCount)
        sink.put(facts.errorCount)
        sink.put(facts.type)
        sink.put(facts.severity)
        sink.put(facts.cost)
        sink.put(facts.tokens)
        sink.put(code: facts.isFailed ? 1 : 0)
        try sink.run()
    }

    func storedRecord(_ row: Int64, _ traceID: String) throws(SQLError) -> StoredRecord? {
        let read = statements.readTrace
        read.bind(row)
        defer { read.reset() }
        guard try read.step() else { return nil }
        let known = read.integer(3)
        var record: TraceRecord?
        if known & TraceColumns.hasRecord != 0 {
            record = TraceRecord(traceID: traceID, read, from: 5, known: known)
            record?.updatedAt = read.optionalInteger(0).map(Timestamp.init(nanoseconds:))
        }
        return StoredRecord(
            version: RowVersion(updatedAt: read.optionalInteger(0), richness: read.integer(1), digest: read.integer(2)),
            record: record, spans: read.integer(4))
    }

    /// Keeps a trace's own attributes and count until it is assessed.
    private func noteRecord(_ record: TraceRecord?, _ version: RowVersion?, row: Int64, added: Int) throws(SQLError) {
        let columns = TraceColumns.names.map { "\($0) = ?" }.joined(separator: ", ")
        let statement = try connection.statement(
            "UPDATE trace SET \(columns), updated_at = ?, richness = ?, digest = ?, known = ?, spans = spans + ? WHERE id = ?")
        var sink = StatementSink(statement, room: TextRoom())
        (record ?? TraceRecord(traceID: "")).putColumns(into: &sink)
        sink.put(version?.updatedAt)
        sink.put((version?.richness ?? 0) as Int64?)
        sink.put((version?.digest ?? 0) as Int64?)
        sink.put(record.map { $0.known | TraceColumns.hasRecord } ?? 0 as Int64?)
        sink.put(added)
        sink.put(row as Int64?)
        try sink.run()
    }
}
