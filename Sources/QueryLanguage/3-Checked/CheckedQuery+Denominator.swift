import Model

/// The denominator of rates: calls.
///
/// Conditions and keys that only failed calls can satisfy do not apply to it: those on fields that only errors have, for any
/// noun, and under `errors` those on the outcome of a call (`status = 5xx`, `outcome = recovered`), which would otherwise select
/// only failures and make every rate 100%.
extension CheckedQuery {
    /// The condition on the calls of a rate.
    var callCondition: CheckedPredicate { .all(conjunctsBySubject.ofCalls) }

    /// The keys by which the calls of a rate are grouped.
    var callKeys: [Field] { keys.filter { !$0.row.isErrorOnly && !(noun == .errors && CheckedQuery.endings.contains($0.id)) } }

    /// True if the calls of a rate are not the counted rows.
    var hasOwnDenominator: Bool {
        switch noun {
        case .errors: true
        case .calls: predicate.fields.union(keys).contains { $0.row.isErrorOnly }
        case .traces, .failures, .events: false
        }
    }

    /// True if every condition is about errors only or about calls only, so that a rate has a denominator.
    var hasDenominator: Bool { conjunctsBySubject.mixed.isEmpty }

    /// For a query of calls, the fields of a condition that only failed calls satisfy; empty if other calls can satisfy it.
    var fieldsOfFailureAlone: [Field] {
        guard noun == .calls else { return [] }
        let endings = predicate.conjuncts.filter(CheckedQuery.isAboutEndings)
        guard !endings.isEmpty, !CheckedPredicate.all(endings).isMetBySuccess else { return [] }
        return endings.reduce(into: Set()) { $0.formUnion($1.fields) }.sorted { $0.name < $1.name }
    }

    /// Fields of calls that describe the outcome.
    private static let endings: Set<FieldID> = [.status, .failed, .outcome]

    private static func isAboutEndings(_ conjunct: CheckedPredicate) -> Bool {
        !conjunct.fields.isEmpty && conjunct.fields.allSatisfy { endings.contains($0.id) }
    }

    private var conjunctsBySubject: (ofCalls: [CheckedPredicate], mixed: [CheckedPredicate]) {
        var ofCalls: [CheckedPredicate] = [], mixed: [CheckedPredicate] = []
        // `status = 5xx` is two conditions, so all conditions on outcomes are checked together.
        let endings = predicate.conjuncts.filter(CheckedQuery.isAboutEndings)
        let leavesAlone = noun == .errors && !endings.isEmpty && !CheckedPredicate.all(endings).isMetBySuccess
        for conjunct in predicate.conjuncts {
            let fields = conjunct.fields, errorFields = fields.filter(\.row.isErrorOnly)
            if errorFields.isEmpty {
                if !(leavesAlone && CheckedQuery.isAboutEndings(conjunct)) { ofCalls.append(conjunct) }
            } else if errorFields.count < fields.count {
                let others = fields.subtracting(errorFields)
                let isOfFailures =
                    noun == .errors && others.allSatisfy { CheckedQuery.endings.contains($0.id) } && !conjunct.isMetBySuccess
                if !isOfFailures { mixed.append(conjunct) }
            }
        }
        return (ofCalls, mixed)
    }
}

extension CheckedPredicate {
    /// True if a successful call can satisfy it: one without error fields, with a status below 400 or none.
    fileprivate var isMetBySuccess: Bool { ([nil] + (100..<400).map { $0 }).contains { holds(ofSuccessWith: $0) } }

    private func holds(ofSuccessWith status: Int64?) -> Bool {
        switch self {
        case .always(let truth): truth
        case .isOneOf(let field, let values):
            switch field.id {
            case .status: status.map { values.contains(.integer($0)) } ?? false
            case .outcome: values.contains(.integer(0))
            default: false
            }
        case .ordered(let field, let comparison, let bound):
            if field.id == .status, let status, let bound = bound.integer {
                switch comparison {
                case .less: status < bound
                case .lessOrEqual: status <= bound
                case .greater: status > bound
                case .greaterOrEqual: status >= bound
                case .equal, .notEqual, .matches, .notMatches: false
                }
            } else {
                false
            }
        case .isMissing(let field): field.id == .status ? status == nil : field.row.isErrorOnly
        case .glob, .has, .matches, .isNew, .flag, .someRow: false
        case .not(let inner): !inner.holds(ofSuccessWith: status)
        case .and(let parts): parts.allSatisfy { $0.holds(ofSuccessWith: status) }
        case .or(let parts): parts.contains { $0.holds(ofSuccessWith: status) }
        }
    }
}
