import Model

/// Conditions of `share(P)`: what is unknown is neither part of the share nor of its whole.
extension CheckedPredicate {
    /// The condition, and that it does not rest on a value that is unknown.
    var isKnownToHold: CheckedPredicate { dependsOnUnknown ? holds(true) : self }

    /// That the condition is known to hold or known not to; nil when that is so for every row.
    var isKnown: CheckedPredicate? { dependsOnUnknown ? .or([holds(true), holds(false)]) : nil }

    /// What a share counts, and what it is taken of; nil for every row.
    public var shareParts: (part: CheckedPredicate, whole: CheckedPredicate?) { (isKnownToHold, isKnown) }

    /// The fields whose missing values leave it open.
    private var unknowableFields: Set<Field> { fields.filter(\.isUnknownWhenMissing) }

    private var dependsOnUnknown: Bool {
        switch self {
        case .isMissing, .always: false
        case .not(let inner), .someRow(_, let inner): inner.dependsOnUnknown
        case .and(let parts), .or(let parts): parts.contains(where: \.dependsOnUnknown)
        default: !unknowableFields.isEmpty
        }
    }

    /// That it is known to hold, or known not to.
    private func holds(_ wanted: Bool) -> CheckedPredicate {
        switch self {
        case .not(let inner): return inner.holds(!wanted)
        case .and(let parts): return wanted ? .and(parts.map { $0.holds(true) }) : .or(parts.map { $0.holds(false) })
        case .or(let parts): return wanted ? .or(parts.map { $0.holds(true) }) : .and(parts.map { $0.holds(false) })
        case .someRow(let field, let inner):
            // One row that is known to is enough; that none does is known when it is known of each.
            return wanted ? .someRow(field, inner.holds(true)) : .not(.someRow(field, .not(inner.holds(false))))
        case .always, .isMissing: return wanted ? self : .not(self)
        default:
            guard !wanted, let field = fields.first, field.isUnknownWhenMissing else { return wanted ? self : .not(self) }
            return .and([.not(self), .not(.isMissing(field))])
        }
    }
}

extension Field {
    /// True when a row without a value has one that the source does not tell, false when it has none: a call that did not fail
    /// has no type, one that stands in for no other no `fallback_from`, one without an HTTP answer no status.
    var isUnknownWhenMissing: Bool {
        if row.isErrorOnly { return false }
        switch id {
        case .status, .fallbackFrom, .tag, .metadata, .event: return false
        default: break
        }
        switch type {
        case .text, .count, .duration, .money, .httpStatus: return true
        case .choice, .time, .flag, .tags: return false
        }
    }

    /// True for fields of traces' errors: a condition on them holds for a trace when it holds for one of its errors, whether
    /// the trace itself shows the worst one's value or none.
    var isOfErrorsOfTraces: Bool { row.isErrorOnly || id == .status }
}
