import Ingest
import LocalStore
import Model
import SQLite

/// How sources are read as far as the user says: in which zone local times are that name none, and what columns of logs mean.
///
/// A clock change makes two kinds of local times ambiguous: of one that occurs twice the earlier instant is meant, one that was
/// skipped means the instant after the gap by the same distance.
public struct ReadingOptions {
    /// What the user says of the sources that are read now; nil for what was said before, else UTC.
    private let zone: Zone?
    /// As above; nil for what was said before, else nothing.
    private let columns: ColumnMap?
    /// How web APIs are reached; nil where nothing is read from the web.
    private let remote: RemoteAccess?
    private let named: (String) -> Zone?

    /// - Parameters:
    ///   - zone: The zone of the sources that are read now; nil when nothing is said.
    ///   - columns: What their columns mean; nil when nothing is said.
    ///   - remote: How web APIs are reached.
    ///   - named: Finds the zone that was given for a source earlier, by its name.
    public init(
        zone: Zone? = nil, columns: ColumnMap? = nil, remote: RemoteAccess? = nil,
        named: @escaping (String) -> Zone? = { $0 == Zone.utc.name ? .utc : nil }
    ) {
        self.zone = zone
        self.columns = columns
        self.remote = remote
        self.named = named
    }

    /// Runs `body`, which reads the source at `path`, as the user said.
    func reading<R>(_ path: String, into store: Store, _ body: () throws -> R) throws -> R {
        let said = try said(of: path, in: store)
        return try TimeValue.$localZone.withValue(said.zone ?? .utc) {
            try ColumnMap.$current.withValue(said.columns ?? ColumnMap()) { try body() }
        }
    }

    /// Returns how the web API at `address` is reached.
    func access(to address: LangfuseAddress) throws(IngestError) -> RemoteAccess {
        guard let remote else { throw IngestError(path: address.text, "nothing is read from the web here") }
        return remote
    }

    private func said(of path: String, in store: Store) throws -> (zone: Zone?, columns: ColumnMap?) {
        let rows = try store.rows(SQLStatement(text: "SELECT zone, columns FROM source WHERE path = ?", bindings: [.text(path)]))
        let kept = rows.first.flatMap { $0.count > 1 ? $0[1].text : nil }.flatMap { try? ColumnMap($0) }
        if let zone { return (zone, columns ?? kept) }
        guard let name = rows.first?.first?.text else { return (nil, columns ?? kept) }
        guard let zone = named(name) else {
            throw StoreError.source(
                path: path, line: nil, reason: "its times were read as \(name), a time zone unknown here")
        }
        return (zone, columns ?? kept)
    }

    /// Keeps what the user says of a source.
    func note(_ source: Int64, on connection: Connection) throws(SQLError) {
        for (column, value) in [("zone", zone?.name), ("columns", columns?.text)] {
            guard let value else { continue }
            let statement = try connection.statement("UPDATE source SET \(column) = ? WHERE id = ?")
            statement.bind(value)
            statement.bind(source)
            try statement.run()
        }
    }
}
