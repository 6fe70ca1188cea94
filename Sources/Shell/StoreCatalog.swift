import Model
import QueryLanguage
import Storage

/// The values that calls of a store have, for suggestions and completion; asked for once and kept until something changes.
final class StoreCatalog: ValueCatalog {
    private let store: Store
    private var known: [FieldID: [(value: String, calls: Int64)]] = [:]

    init(_ store: Store) { self.store = store }

    /// Fields whose values are few and kept in dictionaries, with their place there.
    private static let listed: [FieldID: (table: String, column: String)] = [
        .model: ("model", "name"), .provider: ("model", "provider"), .agent: ("agent", "name"), .name: ("operation", "name"),
        .environment: ("deployment", "environment"), .release: ("deployment", "\"release\""), .service: ("deployment", "service"),
        .project: ("deployment", "project"),
    ]

    /// Forgets what is known; the store has changed.
    func forget() { known = [:] }

    func contains(_ value: String, in field: FieldID) -> Bool? {
        guard let place = StoreCatalog.listed[field] else { return nil }
        let sql: SQLFragment = "SELECT 1 FROM \(raw: place.table) WHERE \(raw: place.column) = \(.text(value)) LIMIT 1"
        return (try? store.rows(sql.statement()))?.isEmpty == false
    }

    func values(of field: FieldID) -> [(value: String, calls: Int64)] {
        if let values = known[field] { return values }
        guard StoreCatalog.listed[field] != nil,
            case .query(let syntax) = Parser.parse("calls by \(field.rawValue) show count all").statement,
            let query = try? QueryCompiler().compile(
                syntax, text: "", context: CheckContext(now: Timestamp(nanoseconds: 0)),
                facts: QueryFacts(coverage: nil, newest: nil, keepsSuccesses: true, rules: "")),
            let answer = try? query.answer(from: store)
        else { return [] }
        let values: [(value: String, calls: Int64)] = answer.table.rows.compactMap { row in
            // A value with a key in it is offered to nobody.
            if case .text(let text) = row[0], case .count(let count) = row[1], !holdsSecret(text) { (text, count) } else { nil }
        }
        known[field] = values
        return values
    }
}
