import Model

/// Classifies error texts by an ordered table of rules.
public struct Classifier: Sendable {
    /// The table.
    public let rules: RuleSet
    private let matcher: RuleMatcher

    private static let builtInMatcher = RuleMatcher(rules: RuleSet.builtIn.rules)

    /// Creates a classifier. A user's table costs some milliseconds, the built-in one only the first time.
    public init(rules: RuleSet = .builtIn) {
        self.rules = rules
        matcher = rules.isBuiltIn ? Classifier.builtInMatcher : RuleMatcher(rules: rules.rules)
    }

    /// Returns the type of the error described by the text and its fields; nil when they describe none.
    ///
    /// A known failure is never nil: without a matching rule it is `unknown` by rule "none".
    public func classify(_ error: ErrorText) -> Classification? {
        var text = error.text
        return text.withUTF8 { raw in
            FoldedText.with(raw) { folded, offsets in classify(error, raw, folded, offsets) }
        }
    }

    private func classify(
        _ error: ErrorText, _ raw: UnsafeBufferPointer<UInt8>, _ folded: UnsafeBufferPointer<UInt8>,
        _ offsets: UnsafeBufferPointer<Int32>
    ) -> Classification? {
        let (hits, status) = look(at: error, raw, folded, offsets)
        let verdict = error.isKnownFailure ? .noBody : BodyVerdict.of(raw)
        let isNamed = hits.hasName || status != nil
        let isKnown = error.isKnownFailure || error.httpStatus.map { $0 >= 400 } == true || error.exceptionClass != nil
        if !isKnown, case .benign = verdict { return nil }
        var isFailure = isKnown || isNamed
        if case .failure = verdict { isFailure = true }

        let named = error.providerType.flatMap(Classifier.typeNamed)
        for index in matcher.decisions.indices {
            let decision = matcher.decisions[index]
            guard hits.matches[index].end >= 0 || (status != nil && decision.isByStatus) else { continue }
            if decision.wantsStatus {
                guard let status, rules.rules[index].statuses.contains(where: { $0.contains(status) }) else { continue }
            }
            if hits.forbidden.contains(Int32(index)) { continue }
            if decision.isMention || hits.matches[index].isTalkedAbout, !isFailure, !hits.isVague(from: matcher.firstVague) {
                continue
            }
            if decision.isBenign {
                if isKnown || (isNamed && !decision.beatsNames) { continue }
                return nil
            }
            let rule = rules.rules[index]
            guard let type = rule.type else { continue }
            // The source's own type, if it is one of ours, says more than a status and phrases that repeat it. Providers use
            // `server_error` for many things: there the text may say more.
            if let named, !rules.own.contains(rule.id), named != .serverError || decision.isByStatus { continue }
            let match = hits.matches[index]
            return Classification(
                type: type, severity: rule.severity ?? type.severity, rule: rule.id,
                matched: match.end >= 0 ? Int(match.start)..<Int(match.end) : nil,
                field: match.end >= 0 ? ErrorTextField(rawValue: Int(match.field)) : .httpStatus,
                httpStatus: status, code: code(error, raw), origin: rule.origin ?? type.usualOrigin)
        }
        if let named {
            return Classification(
                type: named, severity: named.severity, rule: "field.type", matched: nil, field: .providerType, httpStatus: status,
                code: code(error, raw), origin: named.usualOrigin)
        }
        return isKnown || verdict == .failure ? .unknown(httpStatus: status, code: code(error, raw)) : nil
    }

    /// Matches the rules against the error's fields and text, and finds the status.
    private func look(
        at error: ErrorText, _ raw: UnsafeBufferPointer<UInt8>, _ folded: UnsafeBufferPointer<UInt8>,
        _ offsets: UnsafeBufferPointer<Int32>
    ) -> (hits: RuleHits, status: Int?) {
        var hits = RuleHits(rules: rules.rules.count)
        scan(error.code, .code, into: &hits)
        scan(error.providerType, .providerType, into: &hits)
        scan(error.exceptionClass, .exceptionClass, into: &hits)
        matcher.scan(folded, offsets, raw, field: .text, into: &hits)
        let status =
            Classifier.status(error.httpStatus) ?? Classifier.status(error.code.flatMap { Int($0) })
            ?? StatusAnchor.find(folded, raw, offsets)
        return (hits, status)
    }

    private func scan(_ field: String?, _ kind: ErrorTextField, into hits: inout RuleHits) {
        guard var field, !field.isEmpty else { return }
        field.withUTF8 { raw in
            FoldedText.with(raw) { folded, offsets in
                matcher.scan(folded, offsets, raw, field: kind, into: &hits)
            }
        }
    }

    /// Returns the type with this name; nil for `unknown`, which says nothing.
    private static func typeNamed(_ word: String) -> ErrorType? {
        let type = ErrorType(name: word.lowercased())
        return type == .unknown ? nil : type
    }

    private static func status(_ number: Int?) -> Int? {
        guard let number, number >= 400, number < 600 else { return nil }
        return number
    }

    /// Returns the provider's code: the given one unless it is a plain status, else the one in the text, else the given type.
    private func code(_ error: ErrorText, _ raw: UnsafeBufferPointer<UInt8>) -> String? {
        if let code = error.code, !code.isEmpty, Int(code) == nil { return code }
        if let range = BodyFields.code(in: UnsafeBufferPointer(rebasing: raw[..<min(raw.count, 4096)])) {
            return String(decoding: raw[range], as: UTF8.self)
        }
        if let type = error.providerType, !type.isEmpty { return type }
        return error.code.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Classifier {
    /// Returns all rules that match a text, in evaluation order; the first that is strong enough gives the type.
    public func rulesMet(by error: ErrorText) -> [Rule] {
        var text = error.text
        return text.withUTF8 { raw in
            FoldedText.with(raw) { folded, offsets in
                let (hits, status) = look(at: error, raw, folded, offsets)
                return rules.rules.indices.filter { index in
                    let rule = rules.rules[index], decision = matcher.decisions[index]
                    guard hits.matches[index].end >= 0 || (status != nil && decision.isByStatus) else { return false }
                    let fits = !decision.wantsStatus || rule.statuses.contains { status.map($0.contains) == true }
                    return fits && !hits.forbidden.contains(Int32(index))
                }.map { rules.rules[$0] }
            }
        }
    }
}
