import Model
import SQLite

/// A row of a dictionary table: its id, and the hash of the names it stands for.
struct DictionaryEntry: Equatable {
    var id: Int64
    var hash: UInt64
}

/// One dictionary table: names in, ids out; rows are added when a name is new.
final class DictionaryTable {
    /// The names that identify a row; nil stands for "none".
    struct Key: Hashable {
        var number: Int64 = 0
        var first: String?
        var second: String?
        var third: String?
        var fourth: String?

        /// True when it names nothing at all.
        var isEmpty: Bool { number == 0 && first == nil && second == nil && third == nil && fourth == nil }
    }

    /// What tells one dictionary from another.
    struct Shape {
        let table: String
        /// The text columns in the order of the key's texts.
        let columns: [String]
        /// The integer column of the key; nil when there is none.
        var number: String?
        /// True when texts are never NULL, and there is no row 0.
        var isText = false
        var cacheLimit = 20_000
    }

    private let shape: Shape
    private let find: Statement
    private let insert: Statement
    private let read: Statement
    private let afterInsert: Statement?
    private var cache: BoundedCache<Key, DictionaryEntry>
    private var hashes = BoundedCache<Int64, UInt64>(limit: 2_000)
    private let connection: Connection
    private var lastKey: Key?
    private var lastEntry = DictionaryEntry(id: 0, hash: 0)

    /// Prepares the table's statements; `afterInsert` is run with the new id and the first text.
    init(_ shape: Shape, on connection: Connection, afterInsert: String? = nil) throws(SQLError) {
        self.shape = shape
        self.connection = connection
        cache = BoundedCache(limit: shape.cacheLimit)
        let columns = (shape.number.map { [$0] } ?? []) + shape.columns
        // Spelt as the unique index spells them, so that it is used.
        let single = columns.count == 1
        let conditions = columns.map { $0 == shape.number || single ? "\($0) = ?" : "ifnull(\($0), '') = ?" }
        find = try connection.prepare("SELECT id FROM \(shape.table) WHERE \(conditions.joined(separator: " AND "))")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        insert = try connection.prepare("INSERT INTO \(shape.table)(\(columns.joined(separator: ", "))) VALUES(\(places))")
        read = try connection.prepare("SELECT \(columns.joined(separator: ", ")) FROM \(shape.table) WHERE id = ?")
        self.afterInsert = try afterInsert.map { sql throws(SQLError) in try connection.prepare(sql) }
    }

    /// The row that stands for these names; made when it is missing. A key that names nothing is row 0.
    func entry(_ key: Key) throws(SQLError) -> DictionaryEntry {
        if key == lastKey { return lastEntry }
        let entry: DictionaryEntry
        if let known = cache.value(key) { entry = known } else { entry = try look(key) }
        lastKey = key
        lastEntry = entry
        return entry
    }

    private func look(_ key: Key) throws(SQLError) -> DictionaryEntry {
        var entry = DictionaryEntry(id: 0, hash: DictionaryTable.hash(key))
        if !key.isEmpty || shape.isText {
            bind(key, to: find, orEmpty: shape.columns.count + (shape.number == nil ? 0 : 1) > 1)
            defer { find.reset() }
            if try find.step() {
                entry.id = find.integer(0)
            } else {
                bind(key, to: insert, orEmpty: shape.isText)
                try insert.run()
                entry.id = connection.lastInsertedRow
                if let afterInsert {
                    afterInsert.bind(entry.id)
                    afterInsert.bind(key.first ?? "")
                    try afterInsert.run()
                }
            }
        }
        cache.keep(entry, for: key)
        return entry
    }

    private func bind(_ key: Key, to statement: Statement, orEmpty: Bool) {
        if shape.number != nil { statement.bind(key.number) }
        for text in [key.first, key.second, key.third, key.fourth].prefix(shape.columns.count) {
            statement.bind(orEmpty ? text ?? "" : text)
        }
    }

    /// The hash of the names that row `id` stands for.
    func hash(of id: Int64) throws(SQLError) -> UInt64 {
        if let known = hashes.value(id) { return known }
        read.bind(id)
        defer { read.reset() }
        var key = Key()
        if try read.step() {
            var column: Int32 = 0
            if shape.number != nil {
                key.number = read.integer(0)
                column = 1
            }
            let texts = (0..<Int32(shape.columns.count)).map { read.text(column + $0) }
            key.first = texts[0]
            if texts.count > 1 { key.second = texts[1] }
            if texts.count > 2 { key.third = texts[2] }
            if texts.count > 3 { key.fourth = texts[3] }
        }
        let hash = DictionaryTable.hash(key)
        hashes.keep(hash, for: id)
        return hash
    }

    /// The hash of the names of a key.
    static func hash(_ key: Key) -> UInt64 {
        var hash = ContentHash()
        hash.add(key.number)
        for text in [key.first, key.second, key.third, key.fourth] { hash.add(text) }
        return hash.value
    }
}

/// All dictionaries of the store, with bounded memory.
final class Dictionaries {
    let project: DictionaryTable
    let model: DictionaryTable
    let agent: DictionaryTable
    let operation: DictionaryTable
    let deployment: DictionaryTable
    let signature: DictionaryTable
    let message: DictionaryTable

    init(on connection: Connection) throws(SQLError) {
        project = try DictionaryTable(.init(table: "project", columns: ["name"]), on: connection)
        model = try DictionaryTable(.init(table: "model", columns: ["provider", "name"]), on: connection)
        agent = try DictionaryTable(.init(table: "agent", columns: ["name"]), on: connection)
        operation = try DictionaryTable(.init(table: "operation", columns: ["name"], number: "kind"), on: connection)
        deployment = try DictionaryTable(
            .init(table: "deployment", columns: ["project", "service", "environment", "\"release\""]), on: connection)
        signature = try DictionaryTable(.init(table: "signature", columns: ["text"], isText: true), on: connection)
        message = try DictionaryTable(
            .init(table: "message", columns: ["text"], isText: true, cacheLimit: 10_000), on: connection,
            afterInsert: "INSERT INTO message_index(rowid, text) VALUES(?, ?)")
    }
}
