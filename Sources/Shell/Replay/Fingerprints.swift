import Model
import QueryLanguage
import Storage

/// Hashes of data that were computed already; forgotten when the store changes.
struct FingerprintCache {
    private var mark: Int64?
    private var known: [DataScope: UInt64] = [:]

    mutating func value(of scope: DataScope, in store: Store) throws -> UInt64 {
        let mark = try store.changeMark()
        if mark != self.mark {
            known = [:]
            self.mark = mark
        }
        if let value = known[scope] { return value }
        let value = try store.fingerprint(of: scope)
        known[scope] = value
        return value
    }
}

extension Interpreter {
    /// The hash of all that a query reads: its window, the one it is compared with, and what lies before.
    func fingerprint(of query: CheckedQuery, baseline: Window?) throws -> UInt64 {
        var scope = DataScope(window: query.window)
        scope.coversTraces = query.noun.isTraceNoun
        scope.coversEveryKind = query.coversEveryKind
        scope.coversWeakEvidence = query.evidence != .default
        var hash = ResultHash()
        hash.add(try fingerprints.value(of: scope, in: store))
        if let baseline {
            scope.window = baseline
            hash.add(try fingerprints.value(of: scope, in: store))
        }
        return hash.value
    }

    /// The hash of the data of a window; of all data when nil.
    func fingerprint(of window: Window?) throws -> UInt64 {
        var scope = DataScope(window: window)
        (scope.coversTraces, scope.coversEveryKind, scope.coversWeakEvidence) = (true, true, true)
        return try fingerprints.value(of: scope, in: store)
    }

    /// Computes the hash of the data now, before the store changes.
    func pinFingerprint(_ outcome: inout Outcome) {
        guard let data = outcome.evidence?.data, let value = try? data() else { return }
        outcome.evidence?.data = { value }
    }
}

extension Noun {
    /// True for nouns whose rows are traces.
    var isTraceNoun: Bool { self == .traces || self == .failures }
}
