import Model
import QueryLanguage

/// What a replay compares, as it stands below a recorded statement.
enum MachineLine: Hashable, Sendable {
    /// `#= rows 2 · data 8c41d0… · result 5be0a9…`; rows where the result is a table.
    case answer(rows: Int?, data: String, result: String)
    /// `#= failed unknown-field 10-14 · no-value 33-38`: ids of mistakes with their places in the statement, in bytes.
    case failed([Mistake])
    /// `#= failed`, in another way than by a mistake in the text.
    case trouble
    /// `#= interrupted`
    case interrupted

    /// A mistake that a statement made.
    struct Mistake: Hashable, Sendable {
        var id: String
        var span: TextSpan

        /// Mistakes that a statement makes or not by what is kept in the store, whatever the language: names and ids that nothing
        /// has (any more), rows of results that have fewer of them.
        private static let idsOfData: Set<String> = [
            "no-value", "no-trace", "ambiguous-id", "no-row", "no-row-time", "no-rows", "no-result", "unknown-source",
            "ambiguous-source", "unknown-rule", "unknown-firing", "unknown-incident", "no-dead-notice",
        ]

        /// True when other rows could have made the statement right.
        var isOfData: Bool { Mistake.idsOfData.contains(id) }
    }

    private static let between = " · "

    /// Reads a line; nil when it says nothing that this program knows.
    init?(_ line: String) {
        guard line.hasPrefix("#=") else { return nil }
        let parts = line.dropFirst(2).split(separator: "·").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
        guard let first = parts.first, let word = first.first else { return nil }
        switch word {
        case "interrupted": self = .interrupted
        case "failed":
            let mistakes = parts.compactMap { words -> Mistake? in
                let words = words.first == "failed" ? Array(words.dropFirst()) : words
                guard words.count == 2 else { return nil }
                let ends = words[1].split(separator: "-").compactMap { Int($0) }
                guard ends.count == 2, ends[0] >= 0, ends[1] >= ends[0] else { return nil }
                return Mistake(id: words[0], span: TextSpan(ends[0], ends[1]))
            }
            self = mistakes.isEmpty ? .trouble : .failed(mistakes)
        default:
            var values: [String: String] = [:]
            for words in parts where words.count == 2 { values[words[0]] = words[1] }
            guard let data = values["data"], let result = values["result"] else { return nil }
            self = .answer(rows: values["rows"].flatMap { Int($0) }, data: data, result: result)
        }
    }

    /// The line, without its end.
    var text: String {
        switch self {
        case .answer(let rows, let data, let result):
            let parts = [rows.map { "rows \($0)" }, "data \(data)", "result \(result)"].compactMap { $0 }
            return "#= " + parts.joined(separator: MachineLine.between)
        case .failed(let mistakes):
            return "#= failed "
                + mistakes.map { "\($0.id) \($0.span.start)-\($0.span.end)" }.joined(separator: MachineLine.between)
        case .trouble: return "#= failed"
        case .interrupted: return "#= interrupted"
        }
    }

    /// What is to be recorded of a statement; nil when nothing of it is compared.
    init?(_ outcome: Outcome, role: StatementRole) throws {
        if outcome.reply.exit == .interrupted {
            self = .interrupted
        } else if !outcome.mistakes.isEmpty {
            self = .failed(outcome.mistakes.map { Mistake(id: $0.id, span: $0.span) })
        } else if let evidence = outcome.evidence, role.isJudged {
            self = .answer(
                rows: evidence.rows, data: ResultHash.text(try evidence.data()), result: ResultHash.text(evidence.result))
        } else if outcome.reply.exit != .ok {
            self = .trouble
        } else {
            return nil
        }
    }
}
