import Model

/// Queries for the rows behind something that is not a row of an answer, such as a firing.
extension CheckedQuery {
    /// Creates a listing of the rows that a rule counts for one of its groups in a window: errors, or traces or events if the
    /// rule is about them.
    ///
    /// - Parameter knownAt: The time up to which recoveries are known; nil for all.
    public init(behind rule: CheckedRule, keys: [Value], in window: Window, knownAt: Timestamp? = nil) {
        self = rule.query
        if noun == .calls { noun = .errors }
        let groups = zip(self.keys, keys).map { FieldCodec.isShownAs($0, $1) }
        predicate = .all(rule.query.predicate.conjuncts + groups)
        // The state of knowledge when it began to fire.
        if let knownAt { knownUntil = knownAt }
        makeListing(in: window)
    }

    /// Creates a listing of the errors in a window that satisfy a condition and have these field values. Unknown values match
    /// nothing.
    public init(
        errorsWith values: [(field: FieldID, text: String)], and condition: CheckedPredicate = .always(true), in window: Window,
        evidence: Evidence, zone: Zone
    ) {
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
            } + condition.conjuncts)
        makeListing(in: window)
    }

    /// A query for what the rows have in common: the most frequent type and model, and the trace of the latest row.
    public var commonTraits: CheckedQuery {
        var query = self
        query.columns = []
        query.measures = [.common(Field(.type)), .common(Field(.model)), .sample].filter { $0.isTaken(of: noun) }
        if noun.isTrace { query.measures = [.sample] }
        query.limit = .standard
        return query
    }

    mutating func makeListing(in window: Window?) {
        self.window = window
        (keys, measures, having, bucket, sort, top) = ([], [], nil, nil, [], nil)
        (versus, baseline, changed, ruleLength, trend, form, path) = (nil, nil, nil, nil, nil, nil, nil)
        columns = Checker.standardColumns(of: noun).map { Field($0) }
        limit = .standard
    }
}

extension CheckedRule {
    /// Returns the values of the rule's keys from their display texts; nil is a missing value.
    public func keys(shownAs text: (String) -> String?) -> [Value] {
        query.keys.map { key in
            guard let text = text(key.name) else { return .missing }
            switch key.type.valueType {
            case .count: return Int64(text).map { .count($0) } ?? .text(text)
            case .flag: return .flag(text == "true")
            default: return .text(text)
            }
        }
    }
}

extension CheckedPredicate {
    /// Returns the condition that the field has one of these display texts, or none if `orMissing`. Unknown texts match nothing.
    public static func isShown(_ id: FieldID, as texts: [String], orMissing: Bool) -> CheckedPredicate {
        let field = Field(id)
        let stored = texts.flatMap { text -> [StoredValue] in
            if case .choice(let words, _) = field.type {
                return words.firstIndex(of: text).map { FieldCodec.stored(field, choice: $0) } ?? []
            }
            if case .count = field.type.valueType { return Int64(text).map { [.integer($0)] } ?? [] }
            return [.text(text)]
        }
        var parts: [CheckedPredicate] = stored.isEmpty ? [] : [.isOneOf(field, stored)]
        if orMissing { parts.append(.isMissing(field)) }
        return parts.isEmpty ? .always(false) : parts.count == 1 ? parts[0] : .or(parts)
    }
}
