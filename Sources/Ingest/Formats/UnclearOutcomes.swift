/// Counts fields that look like a failure and are not understood, to report them once at the end.
final class UnclearOutcomes {
    private struct Key: Hashable {
        var name: String
        /// What the field says; nil for the rest when there are too many words.
        var word: String?
    }

    private var counts: [Key: (count: Int, line: Int)] = [:]

    /// Counts such fields of a record, unless it counts as an error anyway.
    func count(_ fields: [(name: String, word: String)], isError: Bool, line: Int) {
        guard !isError else { return }
        for field in fields {
            var key = Key(name: field.name, word: String(field.word.prefix(40)))
            // Free text under such a name is one entry, not thousands.
            if counts[key] == nil, counts.count >= 50 { key.word = nil }
            counts[key, default: (0, line)].count += 1
        }
    }

    /// Reports each, the most frequent first.
    func report(to sink: RecordSink) {
        let ordered = counts.sorted { a, b in
            (b.value.count, a.key.name, a.key.word ?? "") < (a.value.count, b.key.name, b.key.word ?? "")
        }
        for (key, found) in ordered.prefix(5) {
            let records = "\(found.count.counted("records")) \(found.count == 1 ? "has" : "have")"
            let word = key.word.map { ": \($0)" } ?? ""
            let condition =
                key.word.map { " = \($0.contains { !$0.isLetter && !$0.isNumber } ? "\"\($0)\"" : $0)" } ?? " is present"
            sink.notice(
                "\(records) `\(key.name)\(word)`; not counted as errors; `where metadata.\(key.name)\(condition)` finds them",
                line: found.line)
        }
    }
}
