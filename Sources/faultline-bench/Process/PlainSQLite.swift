import CSQLite

/// SQLite as a program without the store would use it: prepare once, bind, step, read the values.
final class PlainSQLite {
    private let handle: OpaquePointer

    /// Opens the file for reading, or with `create` for writing, with the settings of the store's own connections.
    init(_ path: String, create: Bool = false) throws {
        // As the store does; has no effect when the store in this process has already done so.
        csqlite_config(SQLITE_CONFIG_MEMSTATUS, 0)
        var opened: OpaquePointer?
        let flags = create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        guard sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK, let opened else {
            throw BenchError("\(path) cannot be opened")
        }
        handle = opened
        if create {
            try execute(
                """
                PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -49152;
                """)
        } else {
            try execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 17179869184;")
        }
    }

    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw BenchError(String(cString: sqlite3_errmsg(handle)))
        }
    }

    func prepare(_ sql: String) throws -> PlainStatement {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw BenchError("\(String(cString: sqlite3_errmsg(handle))) in: \(sql)")
        }
        return PlainStatement(statement)
    }
}

/// A prepared statement.
final class PlainStatement {
    /// A value read from a row.
    enum Cell {
        case null, integer(Int64), real(Double), text(String)

        /// The value as a number; nil for text and NULL.
        var number: Double? {
            switch self {
            case .integer(let n): Double(n)
            case .real(let x): x
            case .null, .text: nil
            }
        }
    }

    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { sqlite3_finalize(handle) }

    /// The column names, in order.
    var columns: [String] { (0..<sqlite3_column_count(handle)).map { String(cString: sqlite3_column_name(handle, $0)) } }

    /// Binds values to the placeholders with these names; ignores names that the statement does not use.
    func bind(_ values: [String: Cell]) {
        for (name, value) in values {
            let place = sqlite3_bind_parameter_index(handle, ":" + name)
            guard place > 0 else { continue }
            switch value {
            case .null: sqlite3_bind_null(handle, place)
            case .integer(let n): sqlite3_bind_int64(handle, place, n)
            case .real(let x): sqlite3_bind_double(handle, place, x)
            case .text(let text): csqlite_bind_text_copy(handle, place, text, Int32(text.utf8.count))
            }
        }
    }

    /// Number of placeholders of the next row already bound or skipped.
    private var filled: Int32 = 0

    /// Binds the next placeholder.
    func put(_ text: String?) {
        filled += 1
        guard var text else { return }
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                _ = csqlite_bind_text_copy(handle, filled, $0.baseAddress, Int32($0.count))
            }
        }
    }

    /// Binds the next placeholder.
    func put(_ number: Int64?) {
        filled += 1
        if let number { sqlite3_bind_int64(handle, filled, number) }
    }

    /// Leaves the next `count` placeholders NULL.
    func skip(_ count: Int32) { filled += count }

    /// Runs the statement with the bound values, then clears them.
    func insert() throws {
        guard sqlite3_step(handle) == SQLITE_DONE else {
            throw BenchError(String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
        }
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        filled = 0
    }

    /// Returns all rows and resets the statement.
    func rows() throws -> [[Cell]] {
        defer { sqlite3_reset(handle) }
        let count = sqlite3_column_count(handle)
        var rows: [[Cell]] = []
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: rows.append((0..<count).map(cell))
            case SQLITE_DONE: return rows
            default: throw BenchError(String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
            }
        }
    }

    private func cell(_ column: Int32) -> Cell {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: .null
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
        default: .text(sqlite3_column_text(handle, column).map { String(cString: $0) } ?? "")
        }
    }
}
