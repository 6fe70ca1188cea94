import Engine
import Model
import QueryLanguage

/// Hashes of data that were computed already; forgotten when the store changes.
struct FingerprintCache {
    private var mark: Int64?
    private var known: [DataScope: UInt64] = [:]

    mutating func value(of scope: DataScope, in engine: any Engine) throws -> UInt64 {
        let mark = try engine.changeMark()
        if mark != self.mark {
            known = [:]
            self.mark = mark
        }
        if let value = known[scope] { return value }
        let value = try engine.fingerprint(of: scope)
        known[scope] = value
        return value
    }
}

extension Session {
    /// The hash of all that a query reads: its window, what it looks back to, the window it is compared with, and others beside them.
    func fingerprint(of query: CheckedQuery, baseline: Window?, beside windows: [Window] = []) throws -> UInt64 {
        var scope = DataScope(window: query.window.map { query.lookback.widened($0) })
        scope.coversTraces = query.noun.isTraceNoun
        scope.coversEveryKind = query.coversEveryKind
        scope.coversWeakEvidence = query.evidence != .default
        var hash = ResultHash()
        hash.add(try fingerprints.value(of: scope, in: engine))
        for other in (baseline.map { [$0] } ?? []) + windows {
            scope.window = query.lookback.widened(other)
            hash.add(try fingerprints.value(of: scope, in: engine))
        }
        return hash.value
    }

    /// The hash of the data of a window; of all data when nil.
    func fingerprint(of window: Window?) throws -> UInt64 {
        var scope = DataScope(window: window)
        (scope.coversTraces, scope.coversEveryKind, scope.coversWeakEvidence) = (true, true, true)
        return try fingerprints.value(of: scope, in: engine)
    }

    /// Computes the hash of the data now, before the store changes.
    func pinFingerprint(_ outcome: inout Outcome) {
        guard let data = outcome.evidence?.data, let value = try? data() else { return }
        outcome.evidence?.data = { value }
    }
}

extension Noun {
    /// True for nouns whose rows are traces.
    var isTraceNoun: Bool { self == .traces || self == .failures || self == .events }
}

/// How far before its window a query looks.
struct Lookback {
    /// The length of time; nil for all that is older.
    var length: Duration? = .zero

    /// The window with what lies before it.
    func widened(_ window: Window) -> Window {
        Window(from: length.map { window.from - $0 } ?? Timestamp(nanoseconds: .min), to: window.to)
    }

    mutating func add(_ other: Lookback) {
        if let mine = length, let theirs = other.length { length = max(mine, theirs) } else { length = nil }
    }

    fileprivate static let everything = Lookback(length: nil)
}

extension CheckedQuery {
    /// What it reads from before its window: what is new was never there before, and `over D` reaches back from each bucket.
    var lookback: Lookback {
        var lookback = predicate.lookback
        for measure in measures { lookback.add(measure.lookback) }
        if let having { lookback.add(having.lookback) }
        for key in sort {
            if case .measure(let measure) = key.subject { lookback.add(measure.lookback) }
        }
        return lookback
    }
}

extension CheckedPredicate {
    fileprivate var lookback: Lookback {
        switch self {
        case .isNew: .everything
        case .not(let inner), .someRow(_, let inner): inner.lookback
        case .and(let parts), .or(let parts): parts.reduce(into: Lookback()) { $0.add($1.lookback) }
        default: Lookback()
        }
    }
}

extension HavingPredicate {
    fileprivate var lookback: Lookback {
        switch self {
        case .and(let a, let b), .or(let a, let b):
            var lookback = a.lookback
            lookback.add(b.lookback)
            return lookback
        case .not(let inner): return inner.lookback
        case .comparison(let measure, _, _), .isMissing(let measure): return measure.lookback
        }
    }
}

extension Measure {
    fileprivate var lookback: Lookback {
        switch self {
        case .new: return .everything
        case .over(let inner, let length):
            var lookback = inner.lookback
            lookback.add(Lookback(length: length))
            return lookback
        case .perMinute(let inner), .perSecond(let inner), .before(let inner): return inner.lookback
        case .countWhere(let predicate, _), .shareWhere(let predicate, _): return predicate.lookback
        default: return Lookback()
        }
    }
}
