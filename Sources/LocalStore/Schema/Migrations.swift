import CSQLite
import Errors
import Ingest
import Model
import SQLite

/// One step from a version to the next: text of its own that is never edited once files of its version exist.
///
/// A step that made what today's code describes would make something else tomorrow, and files that took it at different times
/// would differ. What changes is a new step.
struct Migration: Sendable {
    /// Makes the tables and indexes of the version.
    let sql: String
    /// Fills them from what a file already holds; not run on a file that is made.
    let backfill: String
    /// True when something derived is new or made otherwise: after the last step everything derived is made again from the records.
    let rebuilds: Bool

    init(_ sql: String, backfill: String = "", rebuilds: Bool = false) {
        self.sql = sql
        self.backfill = backfill
        self.rebuilds = rebuilds
    }
}

/// The steps that bring a file to the version this program writes; each is run once, in order, all in one transaction.
package struct Migrations: Sendable {
    /// Marks a file as this program's, in SQLite's `application_id`.
    package let applicationID: Int64
    /// Step `i` makes version `i + 1`.
    let steps: [Migration]
    /// Makes everything again that a file of this kind derives from what it holds.
    var derive: @Sendable (Connection, () -> Assessor) throws -> Void = { _, _ in }

    /// The newest version known.
    var version: Int64 { Int64(steps.count) }

    /// The steps of the store.
    package static let store = Migrations(
        applicationID: 0x666C_746E, steps: [.store1, .store2, .store3, .store4, .store5, .store6, .store7]
    ) { connection, assessor in
        try Store.fillLatencyCells(on: connection)
        guard try connection.integer("SELECT EXISTS(SELECT 1 FROM trace) OR EXISTS(SELECT 1 FROM event)") == 1 else { return }
        try Store.rebuildDerived(on: connection, assessor: assessor())
    }

    /// The steps of the file with the store's state.
    static let state = Migrations(applicationID: 0x666C_7473, steps: [.state1, .state2, .state3, .state4, .state5])

    /// What a file is before anything is done to it.
    enum State: Equatable {
        /// Nothing in it.
        case empty
        /// Of this kind, with this version.
        case version(Int64)
        /// A database of another program, with these tables.
        case foreign(tables: [String])
    }

    /// Looks at the file without changing it.
    func state(of connection: Connection) throws(SQLError) -> State {
        if try connection.integer("PRAGMA application_id") == applicationID {
            return .version(try connection.integer("PRAGMA user_version") ?? 0)
        }
        let tables = try DatabaseSchema.tables(of: connection)
        return tables.isEmpty ? .empty : .foreign(tables: tables)
    }

    /// Runs the steps that are missing. Nothing is done when the version is already the newest.
    ///
    /// - Parameter assessor: Says what is an error when everything derived has to be made again.
    func run(on connection: Connection, assessor: () -> Assessor = { Assessor() }) throws {
        guard try state(of: connection) != .version(version) else { return }
        // These cannot be set inside a transaction, and only take before the first table is made.
        if try state(of: connection) == .empty {
            try connection.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = NONE;")
            try connection.setWriteAheadLog()
        }
        try connection.transaction {
            // Looked at again under the lock: another process may have made the file meanwhile.
            var from: Int64 = 0
            if case .version(let found) = try state(of: connection) { from = found }
            guard from < version else { return }
            let missing = steps[Int(from)...]
            try dropViews(on: connection)
            for step in missing {
                try connection.execute(step.sql)
                if from > 0 { try connection.execute(step.backfill) }
            }
            if missing.contains(where: \.rebuilds) { try derive(connection, assessor) }
            try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version);")
        }
    }

    private func dropViews(on connection: Connection) throws(SQLError) {
        let statement = try connection.prepare("SELECT name FROM sqlite_master WHERE type = 'view'")
        var names: [String] = []
        while try statement.step() { names.append(statement.text(0) ?? "") }
        statement.reset()
        for name in names { try connection.execute("DROP VIEW \"\(name.replacing("\"", with: "\"\""))\"") }
    }
}
