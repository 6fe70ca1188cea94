import CSQLite
import Model

/// A prepared statement: bind, step, read columns. Used by the thread of its connection only.
///
/// Values are bound in order with `bind`, from the first placeholder on; `reset` starts anew and unbinds all of them.
package final class Statement {
    package let handle: OpaquePointer
    /// The text it was prepared from.
    package let sql: String
    private let database: OpenedDatabase
    private var bound: Int32 = 0

    package init(handle: OpaquePointer, of database: OpenedDatabase, sql: String) {
        self.handle = handle
        self.database = database
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// True between the first `step` and the end of the rows or `reset`.
    package var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }

    /// Makes the statement ready to be bound and run from the beginning.
    package func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        bound = 0
    }

    // MARK: binding

    /// Leaves the next placeholder NULL.
    @inline(__always)
    package func bindNull() { bound += 1 }

    @inline(__always)
    package func bind(_ value: Int64) {
        bound += 1
        sqlite3_bind_int64(handle, bound, value)
    }

    @inline(__always)
    package func bind(_ value: Int64?) {
        bound += 1
        if let value { sqlite3_bind_int64(handle, bound, value) }
    }

    @inline(__always)
    package func bind(_ value: Int) { bind(Int64(value)) }

    @inline(__always)
    package func bind(_ value: Int?) { bind(value.map(Int64.init)) }

    @inline(__always)
    package func bind(_ value: Bool) { bind(value ? 1 as Int64 : 0) }

    @inline(__always)
    package func bind(_ value: Bool?) { bind(value.map { $0 ? 1 as Int64 : 0 }) }

    package func bind(_ value: Double?) {
        bound += 1
        if let value { sqlite3_bind_double(handle, bound, value) }
    }

    /// Binds a text; SQLite takes a copy.
    package func bind(_ value: String?) {
        bound += 1
        guard var value else { return }
        let index = bound
        _ = value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                // An empty text may have no address, and without one NULL would be bound.
                guard let start = $0.baseAddress else { return csqlite_bind_text_copy(handle, index, "", 0) }
                return csqlite_bind_text_copy(handle, index, start, Int32(clamping: $0.count))
            }
        }
    }

    /// Binds bytes; SQLite takes a copy.
    package func bind(bytes: [UInt8]) {
        bound += 1
        let index = bound
        bytes.withUnsafeBytes { _ = csqlite_bind_blob_copy(handle, index, $0.baseAddress, Int32(clamping: $0.count)) }
    }

    package func bind(_ value: StoredValue) {
        switch value {
        case .null: bindNull()
        case .integer(let number): bind(number)
        case .real(let number): bind(number as Double?)
        case .text(let text): bind(text as String?)
        }
    }

    // MARK: running

    /// Moves to the next row; false at the end.
    package func step() throws(SQLError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = Connection.lastError(database.handle, sql: sql)
            sqlite3_reset(handle)
            throw database.hasSpentItsWork && error.isInterrupted ? SQLError.gaveUp(on: sql) : error
        }
    }

    /// Runs a statement whose rows do not matter to its end, and resets it.
    package func run() throws(SQLError) {
        while try step() {}
        reset()
    }

    // MARK: columns, from 0

    /// How many columns a row has.
    package var columnCount: Int32 { sqlite3_column_count(handle) }

    /// The name of a column as the statement gives it.
    package func columnName(_ column: Int32) -> String { sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "" }

    /// The integer; 0 when the value is NULL.
    @inline(__always)
    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    package func optionalInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
    }

    /// The integer; nil for every other value.
    package func onlyInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_INTEGER ? sqlite3_column_int64(handle, column) : nil
    }

    package func optionalReal(_ column: Int32) -> Double? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_double(handle, column)
    }

    /// The text; nil when the value is NULL. Bytes that are no UTF-8 are replaced.
    package func text(_ column: Int32) -> String? {
        guard let start = sqlite3_column_text(handle, column) else { return nil }
        return String(
            decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
    }

    /// The bytes, which stay until the statement moves on; none when the value is NULL.
    package func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }

    /// The value in its own type. A blob reads as its bytes in hexadecimal digits.
    package func value(_ column: Int32) -> StoredValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT: return .text(text(column) ?? "")
        default:
            guard let start = sqlite3_column_blob(handle, column) else { return .text("") }
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            let digits = Array("0123456789abcdef".utf8)
            var text: [UInt8] = []
            text.reserveCapacity(2 * bytes.count)
            for byte in bytes {
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
            return .text(String(decoding: text, as: UTF8.self))
        }
    }
}
