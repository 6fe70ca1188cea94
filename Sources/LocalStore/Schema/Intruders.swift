import SQLite

/// What a store's file must not hold: triggers, which would run when the store is written, and views that this program did not
/// make, which would run when it is asked.
enum Intruders {
    /// Throws when a file that says it is a store holds any.
    static func refuse(in connection: Connection, path: String, views: Set<String>) throws {
        let names = try connection.prepare(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY type, name")
        while try names.step() {
            let type = names.text(0) ?? "", name = names.text(1) ?? ""
            if type == "view", views.contains(name) { continue }
            throw StoreError.unusable(
                path: path,
                reason:
                    "holds the \(type) `\(name)`, which no faultline made; such a file is not opened as a store: drop it first")
        }
    }
}

extension Schema {
    /// The views that stores held before version 6, dropped by the migration before anything asks them.
    static func viewNames(version: Int64) -> Set<String> {
        version < 6 ? ["llm_generations", "llm_traces", "llm_events"] : []
    }
}
