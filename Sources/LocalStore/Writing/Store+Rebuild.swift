import Errors
import Model
import SQLite

extension Store {
    /// Makes everything derived anew from the records: facts, dictionaries, the full-text index, rollups and counts.
    ///
    /// The result equals what imports built up step by step. One transaction: readers see the old state until it is done.
    public func rebuildDerived(assessor: Assessor = Assessor()) throws(StoreError) {
        try StoreError.about(path) {
            let connection = try writer()
            try connection.transaction { try Store.rebuildDerived(on: connection, assessor: assessor) }
            try tidy(after: .max)
        }
    }

    /// As above, inside a transaction of the caller's.
    static func rebuildDerived(on connection: Connection, assessor: Assessor) throws {
        let tables = ["call", "err", "error_kind", "error_day", "call_day"] + Rollup.all.map(\.name)
        try connection.execute(tables.map { "DELETE FROM \($0);" }.joined())
        try connection.execute("INSERT INTO message_index(message_index) VALUES('delete-all');")
        try connection.execute("DELETE FROM message; DELETE FROM signature;")
        for dictionary in ["model", "agent", "operation", "deployment"] {
            try connection.execute("DELETE FROM \(dictionary) WHERE id != 0;")
        }
        let session = try ImportSession(on: connection, assessor: assessor)
        try session.noteRules(assessor.classifier.rules.version, anew: true)
        try session.rebuild()
        for table in ["trace", "span", "event", "score"] {
            let count = try connection.integer("SELECT count(*) FROM \(table)") ?? 0
            let statement = try connection.statement("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)")
            statement.bind("count." + table)
            statement.bind(count)
            try statement.run()
        }
    }

    /// Makes the table of latency cells what `LatencyCell` says; rollups that were made of other cells have to be rebuilt then.
    static func fillLatencyCells(on connection: Connection) throws(SQLError) {
        try connection.execute("DELETE FROM latency_cell")
        let cell = try connection.prepare("INSERT INTO latency_cell VALUES(?, ?, ?)")
        let bounds = LatencyCell.bounds
        for (index, low) in bounds.enumerated() {
            cell.bind(index)
            cell.bind(low)
            cell.bind(index + 1 < bounds.count ? bounds[index + 1] : Int64.max)
            try cell.run()
        }
    }

    /// Folds the log of a large change into the file, as far as readers allow, and refreshes the planner's figures.
    package func tidy(after changedRows: Int) throws {
        guard changedRows > 10_000 else { return }
        let connection = try writer()
        // Readers that hold an older state keep the log, and another writer or Ctrl-C keeps both from being done: later is soon
        // enough, and the change itself is kept.
        do {
            try connection.execute("PRAGMA analysis_limit = 400; ANALYZE;")
            try connection.withoutWaiting { _ = try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") }
        } catch let error as SQLError where error.isBusy || error.isInterrupted {}
    }
}

extension ImportSession {
    /// Makes all facts from the records; the tables of facts and rollups are empty.
    func rebuild() throws(SQLError) {
        try reassessTraces("SELECT id FROM trace WHERE id > ? ORDER BY id LIMIT 1000")
        try eachLoneEvent { item, project throws(SQLError) in
            for fact in try builder.facts(ofLone: item, project: project) { try ledger.add(fact) }
        }
        try ledger.flush(to: connection, all: true)
    }

    /// Assesses traces anew, a page after another, until there are no more.
    ///
    /// - Parameter page: Selects the next ids of traces above its one value, in ascending order.
    func reassessTraces(_ page: String) throws(SQLError) {
        // Row ids, not rows: the loop changes the rows it walks over.
        var last: Int64 = -1
        let next = try connection.prepare(page)
        while true {
            next.bind(last)
            var rows: [Int64] = []
            while try next.step() { rows.append(next.integer(0)) }
            next.reset()
            guard let end = rows.last else { return }
            last = end
            for row in rows {
                try StopFlag.checkBetweenStatements()
                try reassess(traceAt: row)
            }
            try ledger.flush(to: connection, all: false)
        }
    }

    /// Hands out the events that belong to no trace, each with its project, in the order of their rows.
    func eachLoneEvent(_ take: (EventItem, String) throws(SQLError) -> Void) throws(SQLError) {
        let lone = try connection.prepare(
            """
            SELECT e.id, e.richness, e.digest, \(EventColumns.names.map { "e.\($0)" }.joined(separator: ", ")), p.name
            FROM event e JOIN project p ON p.id = e.project WHERE e.trace IS NULL ORDER BY e.id
            """)
        while try lone.step() {
            let item = EventItem(
                row: lone.integer(0), record: EventRecord(lone, from: 3),
                version: RowVersion(updatedAt: nil, richness: lone.integer(1), digest: lone.integer(2)))
            try take(item, lone.text(3 + Int32(EventColumns.names.count)) ?? "")
        }
    }
}
