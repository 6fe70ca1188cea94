import Model
import SQLite

/// Finds the generation to which the `observation_id` of an event in a metrics database refers.
///
/// One writer sets `observation_id` on generations and refers to calls by it; the schema's own queries join events on the
/// generations' `id`; some writers store the parent's id in the column. The values decide, and both conventions may occur in one
/// database.
final class GenerationIndex {
    /// The generation of an event.
    struct Generation {
        let spanID: String
        let traceID: String?
        let time: Timestamp?
    }

    /// True when `observation_id` is unique per generation: then it is their identity.
    let hasObservationIDs: Bool
    /// The column to use when a value occurs in both.
    private let prefersID: Bool
    private let connection: Connection
    private let columns: LLMMetricsColumns
    /// The lookup of rows by value, for each of the two columns.
    private var lookups: [String: Lookup] = [:]

    private enum Lookup {
        /// Through the column's index.
        case indexed(Statement)
        /// Without an index: row numbers by the hash of the value.
        case hashed([UInt64: [Int64]], Statement)
    }

    private static let decisions = (observation: "observation_id", id: "observation_id names id")
    private static let mostProbes = 1000, mostRows = 8

    /// Decides for a database, or restores the decision of its first reading, so that a followed call keeps its id.
    init(_ connection: Connection, _ columns: LLMMetricsColumns, decided: DatabaseMarks?) throws(SQLError) {
        self.connection = connection
        self.columns = columns
        if let known = decided?.tables[GenerationIndex.decisions.observation] {
            hasObservationIDs = known.row != 0
        } else {
            hasObservationIDs = try GenerationIndex.tellsApart(connection, columns)
        }
        if let known = decided?.tables[GenerationIndex.decisions.id] {
            prefersID = known.row != 0
        } else {
            prefersID = try GenerationIndex.namesID(connection, columns)
        }
    }

    /// Stores the decisions with the marks.
    func note(in marks: inout DatabaseMarks) {
        marks.tables[GenerationIndex.decisions.observation] = DatabaseMarks.Mark(row: hasObservationIDs ? 1 : 0)
        marks.tables[GenerationIndex.decisions.id] = DatabaseMarks.Mark(row: prefersID ? 1 : 0)
    }

    /// Returns false when the column is empty, or contains the parent's id and therefore repeats within a trace.
    private static func tellsApart(_ connection: Connection, _ columns: LLMMetricsColumns) throws(SQLError) -> Bool {
        guard columns.has(.generations, "observation_id"),
            try connection.integer("SELECT 1 FROM llm_generations WHERE observation_id > '' LIMIT 1") != nil
        else { return false }
        let trace = columns.has(.generations, "trace_id") ? "trace_id, " : ""
        return try connection.integer(
            """
            SELECT 1 FROM llm_generations WHERE observation_id > ''
            GROUP BY \(trace)observation_id HAVING count(*) > 1 LIMIT 1
            """) == nil
    }

    /// Returns true when more events refer to a generation by its id than by its observation id; samples the first events.
    private static func namesID(_ connection: Connection, _ columns: LLMMetricsColumns) throws(SQLError) -> Bool {
        guard columns.has(.events, "observation_id") else { return true }
        func matches(_ column: String) throws(SQLError) -> Int64 {
            guard columns.has(.generations, column) else { return 0 }
            return try connection.integer(
                """
                SELECT count(*) FROM (SELECT DISTINCT observation_id AS named FROM (
                    SELECT observation_id FROM llm_events WHERE observation_id > '' LIMIT \(mostProbes)))
                WHERE named IN (SELECT \(column) FROM llm_generations)
                """) ?? 0
        }
        return try matches("id") >= matches("observation_id")
    }

    /// Returns the generation to which an event of this trace refers; nil when there is none or it is ambiguous.
    ///
    /// Prefers one of the same trace, then one of the preferred column.
    func find(_ name: String, trace: String?) throws(SQLError) -> Generation? {
        let places = prefersID ? ["id", "observation_id"] : ["observation_id", "id"]
        var elsewhere: [(generation: Generation, place: String)] = []
        for place in places where columns.has(.generations, place) && (place == "id" || hasObservationIDs) {
            for generation in try rows(place, name) {
                if generation.traceID == trace { return generation }
                elsewhere.append((generation, place))
            }
        }
        guard let first = elsewhere.first else { return nil }
        return elsewhere.filter { $0.place == first.place }.count == 1 ? first.generation : nil
    }

    /// Returns the generations with this value in a column.
    private func rows(_ column: String, _ value: String) throws(SQLError) -> [Generation] {
        if lookups[column] == nil { lookups[column] = try lookup(column) }
        switch lookups[column] {
        case .indexed(let statement):
            statement.bind(value)
            return try read(statement).map(\.generation)
        case .hashed(let places, let statement):
            var found: [Generation] = []
            for row in places[Model.ContentHash.of(value)] ?? [] {
                statement.bind(row)
                found += try read(statement).filter { $0.value == value }.map(\.generation)
            }
            return found
        case nil: return []
        }
    }

    private func read(_ statement: Statement) throws(SQLError) -> [(value: String?, generation: Generation)] {
        defer { statement.reset() }
        var found: [(String?, Generation)] = []
        while try statement.step(), found.count < GenerationIndex.mostRows {
            let trace = statement.text(1).flatMap { $0.isEmpty ? nil : Identifier.normalise($0) }
            let identity = LLMMetricsRow.identity(
                id: statement.text(2), observation: hasObservationIDs ? statement.text(3) : nil, row: statement.integer(4),
                trace: trace, created: statement.text(5))
            found.append(
                (
                    statement.text(0),
                    Generation(
                        // A span without a trace is its own trace.
                        spanID: identity, traceID: trace ?? "span-" + identity,
                        time: (statement.text(6) ?? statement.text(5)).flatMap(TimeValue.any))
                ))
        }
        return found
    }

    private func lookup(_ column: String) throws(SQLError) -> Lookup? {
        func name(_ column: String) -> String { columns.has(.generations, column) ? column : "NULL" }
        let isNumbered = columns.numbered.contains("llm_generations")
        let fields =
            [column, "trace_id", "id", "observation_id"].map(name) + [isNumbered ? "rowid" : "0"]
            + ["created_at", "end_time"].map(name)
        let select = "SELECT \(fields.joined(separator: ", ")) FROM llm_generations WHERE "
        let index = try connection.integer(
            """
            SELECT 1 FROM pragma_index_list('llm_generations') l JOIN pragma_index_info(l.name) i
            WHERE l.partial = 0 AND i.seqno = 0 AND i.name = '\(column)'
            """)
        guard index == nil, isNumbered else { return .indexed(try connection.prepare(select + "\(column) = ? LIMIT 8")) }
        var places: [UInt64: [Int64]] = [:]
        let all = try connection.prepare("SELECT \(column), rowid FROM llm_generations WHERE \(column) > ''")
        while try all.step() {
            let hash = Model.ContentHash.of(all.text(0) ?? "")
            if places[hash, default: []].count < GenerationIndex.mostRows { places[hash, default: []].append(all.integer(1)) }
        }
        return .hashed(places, try connection.prepare(select + "rowid = ?"))
    }
}
