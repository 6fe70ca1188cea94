import Model

/// Something that really happened, which rules should have found.
public struct IncidentEntry: Hashable, Sendable {
    public var id: Int64
    public var window: Window
    public var text: String

    /// Makes an incident that is not kept yet; its id is 0.
    public init(_ window: Window, text: String) {
        id = 0
        self.window = window
        self.text = text
    }
}

extension StateStore {
    /// Keeps incidents, all or none; one that is there already is not kept twice. The result is how many are new.
    public func add(_ incidents: [IncidentEntry]) throws(StoreError) -> Int {
        try StoreError.about(path) {
            try connection.transaction {
                var added = 0
                for incident in incidents {
                    added += try run(
                        "INSERT INTO incident(\"from\", \"to\", text) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
                        [
                            .integer(incident.window.from.nanoseconds), .integer(incident.window.to.nanoseconds),
                            .text(incident.text),
                        ])
                }
                return added
            }
        }
    }

    /// Takes an incident away; false when there is none with this number.
    public func deleteIncident(_ id: Int64) throws(StoreError) -> Bool {
        try StoreError.about(path) { try run("DELETE FROM incident WHERE id = ?", [.integer(id)]) == 1 }
    }

    /// The incidents that touch an interval, or all, by time.
    public func incidents(in window: Window? = nil) throws(StoreError) -> [IncidentEntry] {
        try read("SELECT id, \"from\", \"to\", text FROM incident ORDER BY \"from\", id") { row in
            var incident = IncidentEntry(
                Window(from: Timestamp(nanoseconds: row.integer(1)), to: Timestamp(nanoseconds: row.integer(2))),
                text: row.text(3) ?? "")
            incident.id = row.integer(0)
            return incident
        }.filter { incident in window.map { $0.from < incident.window.to && incident.window.from < $0.to } ?? true }
    }
}
