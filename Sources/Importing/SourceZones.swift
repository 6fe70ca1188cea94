import Ingest
import LocalStore
import Model
import QueryLanguage
import SQLite

/// In which zone the local times of sources are read that name none.
///
/// A clock change makes two kinds of local times ambiguous: of one that occurs twice the earlier instant is meant, one that was
/// skipped means the instant after the gap by the same distance.
public struct SourceZones {
    /// What the user says of the sources that are read now; nil for what was said before, else UTC.
    private let given: Zone?
    private let named: (String) -> Zone?

    /// - Parameters:
    ///   - given: The zone of the sources that are read now; nil when nothing is said.
    ///   - named: Finds the zone that was given for a source earlier, by its name.
    public init(_ given: Zone? = nil, named: @escaping (String) -> Zone? = { $0 == Zone.utc.name ? .utc : nil }) {
        self.given = given
        self.named = named
    }

    /// Runs `body`, which reads the source at `path`, with its zone.
    func reading<R>(_ path: String, into store: Store, _ body: () throws -> R) throws -> R {
        try TimeValue.$localZone.withValue(zone(of: path, in: store) ?? .utc) { try body() }
    }

    private func zone(of path: String, in store: Store) throws -> Zone? {
        if let given { return given }
        let rows = try store.rows(SQLStatement(text: "SELECT zone FROM source WHERE path = ?", bindings: [.text(path)]))
        guard let name = rows.first?.first?.text else { return nil }
        guard let zone = named(name) else {
            throw StoreError.source(
                path: path, line: nil, reason: "its times were read as \(name), and there is no such zone here")
        }
        return zone
    }

    /// Keeps what the user says of a source.
    func note(_ source: Int64, on connection: Connection) throws(SQLError) {
        guard let given else { return }
        let statement = try connection.statement("UPDATE source SET zone = ? WHERE id = ?")
        statement.bind(given.name)
        statement.bind(source)
        try statement.run()
    }
}
