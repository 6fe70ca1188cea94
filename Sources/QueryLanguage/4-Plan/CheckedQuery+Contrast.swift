import Model

/// What `why QUERY` compares: the rows that the query selects, and others like them.
public struct ContrastQuestion: Sendable {
    /// The relation of both.
    public let relation: Relation
    /// The condition on all rows: the part of the query's condition that says whose traffic is meant.
    public let population: CheckedPredicate
    /// The condition that selects rows among them.
    public let selecting: CheckedPredicate
    /// Fields by which rows are selected, which say nothing about why.
    public let selectingFields: Set<FieldID>
    /// All fields in the conditions.
    public let mentioned: Set<FieldID>
}

extension CheckedQuery {
    /// Fields of what came out of a call, as opposed to what was sent, by whom and where.
    private static let outcomes: Set<FieldID> = [
        .status, .failed, .outcome, .latency, .ttft, .duration, .cost, .inputTokens, .outputTokens, .tokens, .finish, .attempts,
        .retries, .fallback, .errors,
    ]

    /// Divides the query's condition: conditions on outcomes select, the others say whose traffic is meant. A query without a
    /// condition on outcomes selects by all of its conditions.
    public var contrast: ContrastQuestion {
        let parts = predicate.conjuncts
        let isOutcome = { (part: CheckedPredicate) in
            part.fields.contains { $0.row.isErrorOnly || CheckedQuery.outcomes.contains($0.id) }
        }
        let failed: [CheckedPredicate] = noun == .errors || noun == .failures ? [.flag(Field(.failed))] : []
        var selecting = parts.filter(isOutcome), others = parts.filter { !isOutcome($0) }
        if selecting.isEmpty, failed.isEmpty { (selecting, others) = (others, []) }
        let relation: Relation = noun == .traces || noun == .failures ? .traces(failedOnly: false) : .calls
        return ContrastQuestion(
            relation: relation, population: .all(others), selecting: .all(failed + selecting),
            selectingFields: Set((failed + selecting).flatMap { $0.fields.map(\.id) }),
            mentioned: Set(predicate.fields.map(\.id)))
    }

    /// The scope of the query's rows.
    public func scope(in window: Window) -> StatementScope {
        var asked = self
        asked.window = window
        return StatementScope(asked, data: window)
    }

    /// A listing of the query's rows that have these values, in a window.
    public func rows(with values: [(field: Field, value: Value)], in window: Window?) -> CheckedQuery {
        var rows = self
        rows.predicate = .all(predicate.conjuncts + values.map { FieldCodec.isShownAs($0.field, $0.value) })
        rows.makeListing(in: window)
        return rows
    }
}
