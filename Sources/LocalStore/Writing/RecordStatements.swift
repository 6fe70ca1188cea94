import SQLite

/// The prepared statements of an import; each is used from within one transaction.
final class RecordStatements {
    let findTrace: Statement
    let readTrace: Statement
    let putTrace: RowInsertion
    let putTraceContent: RowInsertion
    let spansOfTrace: Statement
    let findSpan: Statement
    let putSpan: RowInsertion
    let putSpanContent: RowInsertion
    let dropSpanContent: Statement
    let eventsOfTrace: Statement
    let findEvent: Statement
    let putEvent: RowInsertion
    let findScore: Statement
    let putScore: RowInsertion
    let readCall: Statement
    let putCall: RowInsertion
    let dropCall: Statement
    let errorsOfTrace: Statement
    let errorsOfEvent: Statement
    let putError: RowInsertion
    let dropError: Statement

    /// The columns of `trace` behind its identity, in the order of `putTrace`.
    static let traceComputed = [
        "updated_at", "richness", "digest", "known", "t", "first", "last", "root", "agent", "deployment", "spans", "calls",
        "errors", "type", "severity", "cost", "tokens", "failed",
    ]

    init(on connection: Connection) throws(SQLError) {
        let room = TextRoom()
        func insert(_ table: String, _ columns: [String]) throws(SQLError) -> RowInsertion {
            try RowInsertion(into: table, columns, on: connection, room: room)
        }
        func list(_ columns: [String]) -> String { columns.joined(separator: ", ") }
        findTrace = try connection.prepare("SELECT id FROM trace WHERE trace_id = ? AND project = ?")
        readTrace = try connection.prepare(
            "SELECT updated_at, richness, digest, known, spans, \(list(TraceColumns.names)) FROM trace WHERE id = ?")
        putTrace = try insert("trace", ["id", "project", "trace_id"] + TraceColumns.names + RecordStatements.traceComputed)
        putTraceContent = try insert("trace_content", ["trace", "source"] + TraceColumns.content)
        let span = ["id", "source"] + SpanColumns.derived + SpanColumns.names
        spansOfTrace = try connection.prepare("SELECT \(list(span)) FROM span WHERE trace = ?")
        findSpan = try connection.prepare(
            #"SELECT id, updated_at, richness, digest, coalesce("end", start), source FROM span WHERE trace = ? AND span_id = ?"#)
        putSpan = try insert("span", ["id", "trace", "source"] + SpanColumns.derived + SpanColumns.names)
        putSpanContent = try insert("span_content", ["span"] + SpanColumns.content)
        dropSpanContent = try connection.prepare("DELETE FROM span_content WHERE span = ?")
        // Spelt as the unique index spells it.
        let owner = "ifnull(trace, -1 - project)"
        eventsOfTrace = try connection.prepare(
            "SELECT id, richness, digest, \(list(EventColumns.names)) FROM event WHERE \(owner) = ?")
        findEvent = try connection.prepare("SELECT id, richness, digest FROM event WHERE \(owner) = ? AND event_id = ?")
        putEvent = try insert(
            "event", ["id", "project", "trace", "source", "richness", "digest"] + EventColumns.names)
        findScore = try connection.prepare("SELECT id, t, richness, digest FROM score WHERE project = ? AND score_id = ?")
        putScore = try insert("score", ["id", "project", "source", "richness", "digest"] + ScoreColumns.names)
        let call = list(FactCore.callColumns)
        readCall = try connection.prepare("SELECT \(call) FROM call WHERE scope IN (0, 1) AND t = ? AND id = ?")
        putCall = try insert("call", FactCore.callColumns)
        dropCall = try connection.prepare("DELETE FROM call WHERE scope = ? AND t = ? AND id = ?")
        let error = list(FactCore.callColumns + ErrorFact.columns)
        errorsOfTrace = try connection.prepare("SELECT \(error) FROM err WHERE trace = ?")
        errorsOfEvent = try connection.prepare("SELECT \(error) FROM err WHERE t = ? AND scope = 2 AND id = ?")
        putError = try insert("err", FactCore.callColumns + ErrorFact.columns)
        dropError = try connection.prepare("DELETE FROM err WHERE t = ? AND scope = ? AND id = ?")
    }
}
