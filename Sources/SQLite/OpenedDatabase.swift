import CSQLite

/// SQLite's connection, closed when neither the `Connection` nor any of its statements is left.
package final class OpenedDatabase {
    package let handle: OpaquePointer
    /// What SQLite calls while statements run or are prepared: they must live as long as the handle, and so longer than the
    /// `Connection` where a statement outlives it.
    package var progress: Connection.ProgressBox?, authorizer: AnyObject?
    private let file: OpenDatabases.File?

    package init(_ handle: OpaquePointer) {
        self.handle = handle
        file = sqlite3_db_filename(handle, "main").flatMap { OpenDatabases.opened(String(cString: $0)) }
    }

    /// True once all the work was done that its statements may take.
    var hasSpentItsWork: Bool { progress.map { $0.isForGood && $0.isSpent } ?? false }

    deinit {
        sqlite3_close_v2(handle)
        if let file { OpenDatabases.closed(file) }
    }
}
