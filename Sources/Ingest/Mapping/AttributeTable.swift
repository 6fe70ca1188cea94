/// Maps attribute names to fields.
struct AttributeTable: Sendable {
    /// The names on spans, resources and observations.
    static let spans = AttributeTable(AttributeNames.table)
    /// Those names, and the plainer ones of events and log records.
    static let events = AttributeTable(
        AttributeNames.table.map { row in
            (row.field, row.names + AttributeNames.onEvents.filter { $0.field == row.field }.flatMap(\.names))
        })

    struct Entry: Sendable {
        let field: AttributeField
        /// The rank among the field's names; 0 is the newest.
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

    /// Returns the name with `rank` among those of a field.
    func name(of field: AttributeField, rank: UInt8) -> JSONKey { JSONKey(rows[Int(field.rawValue)].names[Int(rank)]) }

    /// Returns the entry with this name; nil when there is none.
    func entry(_ key: JSONKey) -> Entry? { entries[key] }
}
