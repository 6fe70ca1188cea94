import Engine
import Model
import QueryLanguage
import Platform

/// The values that an engine holds, for suggestions and completion; asked for once and kept until something changes.
final class StoreCatalog: ValueCatalog {
    private let engine: any Engine
    private var known: [FieldID: [KnownValue]] = [:]

    init(_ engine: any Engine) { self.engine = engine }

    /// Forgets what is known; the store has changed.
    func forget() { known = [:] }

    func contains(_ value: String, in field: FieldID) -> Bool? {
        do { return try engine.contains(value, in: field) } catch { return false }
    }

    func values(of field: FieldID) -> [KnownValue] {
        if let values = known[field] { return values }
        // A value with a key in it is offered to nobody.
        guard let found = try? engine.values(of: field) else { return [] }
        let values = found.filter { !holdsSecret($0.value) }
        // What Ctrl-C cut short is asked for again.
        guard !StopFlag.isRaised else { return [] }
        known[field] = values
        return values
    }
}
