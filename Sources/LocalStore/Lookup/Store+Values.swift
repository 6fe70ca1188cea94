import Model
import QueryLanguage
import SQLite

/// The values that the store holds, for suggestions and completion.
///
/// Counts that a rollup keeps are of all rows. Of every other field the newest rows tell, so that an answer takes no longer on
/// a long history than on a short one.
extension Store {
    /// Rows that are counted where no rollup counts.
    private static let newestRows = 5000

    /// Fields whose values are few and kept in dictionaries, with their place there.
    private static let listedFields: [FieldID: (table: String, column: String)] = [
        .model: ("model", "name"), .provider: ("model", "provider"), .agent: ("agent", "name"), .name: ("operation", "name"),
        .environment: ("deployment", "environment"), .release: ("deployment", "\"release\""), .service: ("deployment", "service"),
        .project: ("deployment", "project"),
    ]
    /// Fields whose counts a rollup keeps.
    private static let countedFields: Set<FieldID> = [.model, .provider, .agent]
    /// Fields of which the newest rows tell, with the noun of these rows.
    private static let sampledFields: [FieldID: Noun] = [
        .name: .calls, .environment: .calls, .release: .calls, .service: .calls, .project: .calls, .modelRequested: .calls,
        .finish: .calls, .host: .calls, .prompt: .calls, .promptVersion: .calls,
        .user: .calls, .session: .calls,
        .fallbackFrom: .calls,
        .status: .errors, .code: .errors, .exceptionType: .errors,
    ]

    /// True when some row has the value; nil for fields whose values are not in a dictionary.
    public func contains(_ value: String, in field: FieldID) throws -> Bool? {
        guard let place = Store.listedFields[field] else { return nil }
        let sql: SQLFragment = "SELECT 1 FROM \(raw: place.table) WHERE \(raw: place.column) = \(.text(value)) LIMIT 1"
        return try !rows(sql.statement()).isEmpty
    }

    /// The values of a field, most frequent first; empty for fields whose values are not listed.
    public func values(of field: FieldID) throws -> [KnownValue] {
        if Store.countedFields.contains(field) { return try counted(field, of: .calls, since: nil) }
        return try Store.sampledFields[field].map { try newest(field, of: $0) } ?? []
    }

    /// The values of the newest rows; behind them those that only older rows have, where a dictionary keeps them.
    private func newest(_ field: FieldID, of noun: Noun) throws -> [KnownValue] {
        let table: SQLFragment = noun == .calls ? "call WHERE scope = 0" : "err"
        let statement: SQLFragment =
            "SELECT t FROM \(table) ORDER BY t DESC LIMIT 1 OFFSET \(.integer(Int64(Store.newestRows)))"
        let first = try rows(statement.statement()).first?.first?.integer.map { Timestamp(nanoseconds: $0) }
        var values = try counted(field, of: noun, since: first)
        if first != nil, let place = Store.listedFields[field] {
            let known = Set(values.map(\.value))
            let all: SQLFragment = "SELECT DISTINCT \(raw: place.column) FROM \(raw: place.table) ORDER BY 1 LIMIT 1000"
            for row in try rows(all.statement()) {
                guard let text = row.first?.text, !known.contains(text) else { continue }
                values.append(KnownValue(text, 0, of: noun, isOfNewest: true))
            }
        }
        return values
    }

    /// The values of the rows from an instant on, most frequent first.
    private func counted(_ field: FieldID, of noun: Noun, since first: Timestamp?) throws -> [KnownValue] {
        let syntax = QuerySyntax(
            noun, .by([Name(field.rawValue, TextSpan(0, 0))]), .show([ItemSyntax("count")]), .range(.all))
        let facts = QueryFacts(coverage: nil, newest: nil, keepsSuccesses: true, rules: "")
        var query = try QueryCompiler().compile(
            syntax, text: "", context: CheckContext(now: Timestamp(nanoseconds: 0)), facts: facts
        ).query
        if let first { query.window = Window(from: first, to: Timestamp(nanoseconds: .max)) }
        let answer = try QueryCompiler().compile(query, facts: facts).answer(from: self)
        return answer.table.rows.compactMap { row in
            guard case .count(let count) = row[1] else { return nil }
            let value: String
            switch row[0] {
            case .text(let text): value = text
            case .count(let number): value = String(number)
            default: return nil
            }
            return KnownValue(value, count, of: noun, isOfNewest: first != nil)
        }
    }
}
