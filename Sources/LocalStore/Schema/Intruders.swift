import Model
import SQLite

/// What a store's file must not hold: triggers, which would run when the store is written, and views that this program did not
/// make, which would run when it is asked.
enum Intruders {
    /// Throws when a file that says it is a store holds any.
    static func refuse(in connection: Connection, path: String, views: Set<UInt64>) throws {
        let names = try connection.prepare(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY type, name")
        while try names.step() {
            let type = names.text(0) ?? "", name = names.text(1) ?? ""
            if type == "view", views.contains(ContentHash.of(names.text(2) ?? "")) { continue }
            throw StoreError.unusable(
                path: path,
                reason:
                    "contains the \(type) `\(name)`, which Faultline did not create; drop it to use the file as a store")
        }
    }
}

extension Schema {
    /// The hashes of the views that stores held before version 6, dropped by the migration before anything asks them:
    /// `llm_generations`, `llm_traces`, `llm_events`.
    static func views(version: Int64) -> Set<UInt64> {
        version < 6 ? [0x0343_F841_ECF9_9614, 0xFE11_A940_4947_853A, 0xE4A4_3C80_CEA0_C5ED] : []
    }
}
