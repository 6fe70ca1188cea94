import CSQLite
import Model
import SQLite

/// A statement takes fields as the values of its placeholders, from the first one on; then it is run once.
struct StatementSink: FieldSink {
    private let statement: Statement
    private let handle: OpaquePointer
    private let room: TextRoom
    private var index: Int32 = 0
    private var used = 0

    init(_ statement: Statement, room: TextRoom) {
        self.statement = statement
        handle = statement.handle
        self.room = room
    }

    @inline(__always)
    mutating func put(_ number: Int64?) {
        index += 1
        if let number { sqlite3_bind_int64(handle, index, number) }
    }

    mutating func put(real: Double?) {
        index += 1
        if let real { sqlite3_bind_double(handle, index, real) }
    }

    @inline(__always)
    mutating func put(code: Int) { put(Int64(code) as Int64?) }

    /// Lists are stored as JSON arrays.
    mutating func put(list: [String]) { put(list.isEmpty ? nil : JSONText.array(list)) }

    @inline(__always)
    mutating func put(_ text: String?) {
        index += 1
        if let text { bind(text) }
    }

    private mutating func bind(_ text: String) {
        if text.utf8.withContiguousStorageIfAvailable({ bind($0) }) == nil {
            Array(text.utf8).withUnsafeBufferPointer { bind($0) }
        }
    }

    private mutating func bind(_ bytes: UnsafeBufferPointer<UInt8>) {
        let length = Int32(clamping: bytes.count)
        if bytes.count < TextRoom.size - used {
            let place = room.base + used
            if let from = bytes.baseAddress { UnsafeMutableRawPointer(place).copyMemory(from: from, byteCount: bytes.count) }
            used += bytes.count + 1
            sqlite3_bind_text(handle, index, place, length, nil)
        } else {
            bytes.withMemoryRebound(to: CChar.self) { _ = csqlite_bind_text_copy(handle, index, $0.baseAddress, length) }
        }
    }

    /// Runs the statement with what was put; nothing stays bound.
    func run() throws(SQLError) { try statement.run() }
}

/// Room for the texts of one row on their way into SQLite, used again for each row: an allocation for each text would cost
/// more than its copy. Serves one statement at a time, from its first text until it has run.
final class TextRoom {
    static let size = 65_536
    fileprivate let base = UnsafeMutablePointer<CChar>.allocate(capacity: TextRoom.size)

    deinit { base.deallocate() }
}

/// Two ways to write a row: as a new one, and in place of an older version of it.
///
/// Replacing costs a savepoint for each row, which new rows are spared.
struct RowInsertion {
    private let adding: Statement
    private let replacing: Statement
    private let room: TextRoom

    init(into table: String, _ columns: [String], on connection: Connection, room: TextRoom) throws(SQLError) {
        let values =
            "INTO \(table)(\(columns.joined(separator: ", "))) VALUES(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        adding = try connection.prepare("INSERT \(values)")
        replacing = try connection.prepare("INSERT OR REPLACE \(values)")
        self.room = room
    }

    /// Takes the values of one row.
    func row(isNew: Bool) -> StatementSink { StatementSink(isNew ? adding : replacing, room: room) }
}
