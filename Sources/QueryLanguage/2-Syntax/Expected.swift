import Model

/// What may stand where a text ends, as the parser found it there; completion offers nothing else.
///
/// Words and kinds of things that the language does not know by itself (settings, scripts …) are found by who asks.
package enum Expected: Hashable, Sendable {
    /// Words of the grammar.
    case words([String])
    /// A statement or a noun, at the beginning; a noun alone.
    case statement, noun
    /// A clause of a query.
    case clause
    case measure, measureOrField, sortKey, groupField
    /// What stands in the parentheses of a measure.
    case argument
    /// The beginning of a condition on rows; on the columns of the last result.
    case condition, column
    case comparison(Field), value(Field)
    case duration, form
    /// The name of an alert rule, and of a classification rule.
    case rule, classificationRule
    /// What `help` explains, a field alone, and a setting with its values.
    case topic, fieldTopic, setting, settingValue(String)
    /// A script or session, and the parameters of one.
    case script, parameter(String)

    /// Words of time ranges.
    package static let rangeWords = ["last", "today", "yesterday", "since", "from", "between", "around", "on", "all"]
    /// The comparisons of measures.
    static let comparisons = Expected.words(["=", "!=", "<", "<=", ">", ">="])
}

/// A statement ended before it was read; what is wrong was reported to its parser.
package struct ParseStop: Error {
    package init() {}
}

extension Parser {
    /// Notes what may stand here, when the text ends here and nothing is missing before.
    package mutating func offer(_ expected: Expected...) { offer(behind: 0, expected) }

    /// Notes what may stand behind the next `distance` tokens, when the text ends there.
    package mutating func offer(behind distance: Int, _ expected: [Expected]) {
        guard !isLost, ahead(distance).kind == .end, distance == 0 || ahead(distance - 1).kind != .end else { return }
        offers += expected
        // What stands behind the end of the statement as it is read is not asked for.
        if distance > 0 { isLost = true }
    }

    /// Ends what may follow: what was read cannot stand by itself.
    package mutating func offerNothingElse() { if token.kind == .end { isLost = true } }
}
