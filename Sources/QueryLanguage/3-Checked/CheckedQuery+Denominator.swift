import Model

/// The calls that a rate is taken of.
///
/// Conditions and keys that only failed calls can meet leave them alone: those on fields that only errors have, whatever the
/// noun, and under `errors` those on how a call ended (`status = 5xx`, `outcome = recovered`), which would otherwise select
/// nothing but failures and make every rate 100 %.
extension CheckedQuery {
    /// The conditions that the calls of a rate satisfy.
    var callCondition: CheckedPredicate { .all(conjunctsBySubject.ofCalls) }

    /// The keys by which the calls of a rate are grouped.
    var callKeys: [Field] { keys.filter { !$0.row.isErrorOnly && !(noun == .errors && CheckedQuery.endings.contains($0.id)) } }

    /// True when the calls that a rate is taken of are not the rows that are counted.
    var hasOwnDenominator: Bool {
        switch noun {
        case .errors: true
        case .calls: predicate.fields.union(keys).contains { $0.row.isErrorOnly }
        case .traces, .failures, .events: false
        }
    }

    /// True when every condition is either about errors alone or about calls alone, so that a rate has a denominator.
    var hasDenominator: Bool { conjunctsBySubject.mixed.isEmpty }

    /// Of a question about calls: the fields of the condition that only failed calls can meet; empty when others can.
    var fieldsOfFailureAlone: [Field] {
        guard noun == .calls else { return [] }
        let endings = predicate.conjuncts.filter(CheckedQuery.isAboutEndings)
        guard !endings.isEmpty, !CheckedPredicate.all(endings).isMetBySuccess else { return [] }
        return endings.reduce(into: Set()) { $0.formUnion($1.fields) }.sorted { $0.name < $1.name }
    }

    /// Fields of calls that say how they ended.
    private static let endings: Set<FieldID> = [.status, .failed, .outcome]

    private static func isAboutEndings(_ conjunct: CheckedPredicate) -> Bool {
        !conjunct.fields.isEmpty && conjunct.fields.allSatisfy { endings.contains($0.id) }
    }

    private var conjunctsBySubject: (ofCalls: [CheckedPredicate], mixed: [CheckedPredicate]) {
        var ofCalls: [CheckedPredicate] = [], mixed: [CheckedPredicate] = []
        // `status = 5xx` is two conditions: what is said of endings is looked at together.
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
    /// True when a call that did not fail can meet it: one without any field of errors, with a status below 400 or none.
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
