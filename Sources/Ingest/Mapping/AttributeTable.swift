/// Finds the field of an attribute name.
struct AttributeTable: Sendable {
    /// The names that mean something on spans, resources and observations.
    static let spans = AttributeTable(AttributeNames.table)
    /// Those, and the plainer ones of events and log records.
    static let events = AttributeTable(
        AttributeNames.table.map { row in
            (row.field, row.names + AttributeNames.onEvents.filter { $0.field == row.field }.flatMap(\.names))
        })

    struct Entry: Sendable {
        let field: AttributeField
        /// The place among the names of the field; 0 is the newest.
        let rank: UInt8
    }

    private let entries: NameTable<Entry>
    private let rows: [(field: AttributeField, names: [StaticString])]

    init(_ table: [(field: AttributeField, names: [StaticString])]) {
        rows = table
        entries = NameTable(
            table.flatMap { row in
                row.names.enumerated().map { rank, name in (name, Entry(field: row.field, rank: UInt8(rank))) }
            })
    }

    /// The name that stands at `rank` among those of a field.
    func name(of field: AttributeField, rank: UInt8) -> JSONKey { JSONKey(rows[Int(field.rawValue)].names[Int(rank)]) }

    /// The entry with this name; nil when there is none.
    func entry(_ key: JSONKey) -> Entry? { entries[key] }
}
