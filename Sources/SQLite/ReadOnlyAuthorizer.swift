import CSQLite

/// What statements on the reading connection may do: read, and nothing else.
package enum ReadOnlyAuthorizer {
    /// One action of a statement as SQLite tells it while preparing.
    package struct Action {
        package var code: Int32
        package var first: String?
        package var second: String?
        package var database: String?
    }

    /// Pragmas that only tell, when they are given no new value.
    private static let tellingPragmas: Set<String> = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "compile_options", "function_list", "pragma_list", "collation_list", "database_list", "encoding",
        // The full-text index asks for this one itself.
        "data_version",
    ]
    /// Of these, the ones whose argument names what to tell about.
    private static let pragmasWithSubject: Set<String> = [
        "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list", "table_list",
    ]
    /// Functions that reach outside the file, or change it.
    private static let refusedFunctions: Set<String> = [
        "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "fts5_rowid_delete",
    ]

    /// True when the action reads.
    package static func allows(_ action: Action) -> Bool {
        switch action.code {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return true
        // Asked for when a virtual table is first used: it declares its columns. A statement that really changes the schema is
        // refused by the connection itself.
        case SQLITE_UPDATE: return action.first == "sqlite_master"
        case SQLITE_FUNCTION: return !refusedFunctions.contains((action.second ?? "").lowercased())
        case SQLITE_PRAGMA:
            let name = (action.first ?? "").lowercased()
            return tellingPragmas.contains(name) && (action.second == nil || pragmasWithSubject.contains(name))
        default: return false
        }
    }
}
