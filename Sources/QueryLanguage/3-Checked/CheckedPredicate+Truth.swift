import Model

/// Conditions of `share(P)`: rows for which the condition is unknown count neither in the numerator nor in the denominator.
extension CheckedPredicate {
    /// The condition, restricted to rows where it does not depend on an unknown value.
    var isKnownToHold: CheckedPredicate { dependsOnUnknown ? holds(true) : self }

    /// The condition that the truth is known; nil if it always is.
    var isKnown: CheckedPredicate? { dependsOnUnknown ? .or([holds(true), holds(false)]) : nil }

    /// The numerator and the denominator of a share; nil for all rows.
    public var shareParts: (part: CheckedPredicate, whole: CheckedPredicate?) { (isKnownToHold, isKnown) }

    /// The fields whose missing values make the condition unknown.
    private var unknowableFields: Set<Field> { fields.filter(\.isUnknownWhenMissing) }

    private var dependsOnUnknown: Bool {
        switch self {
        case .isMissing, .always: false
        case .not(let inner), .someRow(_, let inner): inner.dependsOnUnknown
        case .and(let parts), .or(let parts): parts.contains(where: \.dependsOnUnknown)
        default: !unknowableFields.isEmpty
        }
    }

    /// The condition that it is known to be true, or known to be false.
    private func holds(_ wanted: Bool) -> CheckedPredicate {
        switch self {
        case .not(let inner): return inner.holds(!wanted)
        case .and(let parts): return wanted ? .and(parts.map { $0.holds(true) }) : .or(parts.map { $0.holds(false) })
        case .or(let parts): return wanted ? .or(parts.map { $0.holds(true) }) : .and(parts.map { $0.holds(false) })
        case .someRow(let field, let inner):
            // One row known to satisfy it is enough; that none does is known only if it is known for each.
            return wanted ? .someRow(field, inner.holds(true)) : .not(.someRow(field, .not(inner.holds(false))))
        case .always, .isMissing: return wanted ? self : .not(self)
        default:
            guard !wanted, let field = fields.first, field.isUnknownWhenMissing else { return wanted ? self : .not(self) }
            return .and([.not(self), .not(.isMissing(field))])
        }
    }
}

extension Field {
    /// True if a missing value means that the source does not report it, false if it means that there is none: a call that did
    /// not fail has no type, a call that is not a fallback has no `fallback_from`, one of a model no `tool`, a call without an HTTP response has no status.
    var isUnknownWhenMissing: Bool {
        if row.isErrorOnly { return false }
        switch id {
        case .status, .fallbackFrom, .retryOf, .tool, .tag, .metadata, .event: return false
        default: break
        }
        switch type {
        case .text, .count, .duration, .money, .httpStatus: return true
        case .choice, .time, .flag, .tags: return false
        }
    }

    /// True for fields of a trace's errors: a condition on them holds for a trace if it holds for one of its errors, even if the
    /// trace itself shows another value.
    package var isOfErrorsOfTraces: Bool { row.isErrorOnly || id == .status }
}
