import Model

/// The rows behind something that is no row of an answer: a firing of a rule.
extension CheckedQuery {
    /// The errors, or for a rule about traces the traces, that a rule counts for one of its groups in a window, as a listing.
    public init(behind rule: CheckedRule, keys: [Value], in window: Window) {
        self = rule.query
        if !noun.isTrace { noun = .errors }
        let groups = zip(self.keys, keys).map { FieldCodec.isShownAs($0, $1) }
        predicate = .all(rule.query.predicate.conjuncts + groups)
        makeListing(in: window)
    }

    /// The errors of a window whose fields have these values, as a listing. Words that a field does not know select nothing.
    public init(errorsWith values: [(field: FieldID, text: String)], in window: Window, evidence: Evidence, zone: Zone) {
        self.init(noun: .errors)
        self.evidence = evidence
        self.zone = zone
        predicate = .all(
            values.map { id, text in
                let field = Field(id)
                if case .count = field.type.valueType, let number = Int64(text) {
                    return FieldCodec.isShownAs(field, .count(number))
                }
                return FieldCodec.isShownAs(field, .text(text))
            })
        makeListing(in: window)
    }

    /// What the rows have in common: the most frequent type and model, and the trace of the newest.
    public var commonTraits: CheckedQuery {
        var query = self
        query.columns = []
        query.measures = noun.isTrace ? [.sample] : [.common(Field(.type)), .common(Field(.model)), .sample]
        query.limit = .standard
        return query
    }

    private mutating func makeListing(in window: Window) {
        self.window = window
        (keys, measures, having, bucket, sort, top) = ([], [], nil, nil, [], nil)
        (versus, baseline, changed, ruleLength, trend, form, path) = (nil, nil, nil, nil, nil, nil, nil)
        columns = Checker.standardColumns(of: noun).map { Field($0) }
        limit = .standard
    }
}
