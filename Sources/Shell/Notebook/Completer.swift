import Model
import QueryLanguage

/// What may stand at the cursor, by the state of the grammar there; values come from the data, most frequent first.
struct Completer {
    let catalog: any ValueCatalog

    /// What the grammar expects.
    private enum Expected {
        case statement, clause, measureOrField, measure, field, groupField, condition, comparison(Field), value(Field), afterCondition
        case duration, time, form, sortKey, direction, topic, setting, nothing
    }

    /// The candidates for the word that ends at the cursor.
    func completion(of text: String, cursorByte: Int) -> Completion {
        let before = String(decoding: Array(text.utf8).prefix(cursorByte), as: UTF8.self)
        var tokens = Parser.tokens(of: before)
        tokens.removeLast()
        var prefix = "", start = cursorByte
        if let last = tokens.last, last.span.end == before.utf8.count, last.kind == .word {
            prefix = last.value
            start = last.span.start
            tokens.removeLast()
        } else if let last = tokens.last, last.kind == .string, !last.isClosed {
            return Completion(replaceFrom: cursorByte, candidates: [])
        }
        let wanted = prefix.lowercased()
        let found = candidates(expected(tokens), used: tokens).filter { $0.text.lowercased().hasPrefix(wanted) || $0.text.lowercased().hasPrefix("\"" + wanted) }
        return Completion(replaceFrom: start, candidates: found)
    }

    // MARK: The state

    private func expected(_ tokens: [Token]) -> Expected {
        guard let first = tokens.first else { return .statement }
        guard first.kind == .word else { return .nothing }
        switch first.value.lowercased() {
        case "explain": return tokens.count == 1 ? .statement : query(tokens.dropFirst(2))
        case "help": return tokens.count == 1 ? .topic : .nothing
        case "fields": return tokens.count == 1 ? .field : .nothing
        case "set": return tokens.count == 1 ? .setting : .nothing
        case "errors", "calls", "failures", "traces": return query(tokens.dropFirst())
        default: return .nothing
        }
    }

    /// Walks the clauses up to the cursor.
    private func query(_ tokens: ArraySlice<Token>) -> Expected {
        var tokens = tokens
        if tokens.first?.kind == .string { tokens = tokens.dropFirst() }
        // Only the clause that the cursor is in matters; it begins at the last word that begins one.
        guard let begin = tokens.lastIndex(where: { $0.kind == .word && Completer.clauseWords.contains($0.value.lowercased()) && !isValue($0, in: tokens) })
        else { return tokens.isEmpty ? .clause : .nothing }
        let inside = tokens[tokens.index(after: begin)...]
        let endsInComma = inside.last?.value == ","
        switch tokens[begin].value.lowercased() {
        case "show": return inside.isEmpty || endsInComma ? .measureOrField : inside.last?.value == "(" ? .field : .clause
        case "by": return inside.isEmpty || endsInComma ? .groupField : .clause
        case "every": return inside.isEmpty ? .duration : .clause
        case "over": return inside.isEmpty ? .time : .clause
        case "last", "on": return inside.isEmpty ? .duration : .clause
        case "since", "from", "around", "to": return inside.isEmpty ? .nothing : .clause
        case "today", "yesterday", "all": return .clause
        case "where": return condition(inside)
        case "having": return inside.isEmpty || ["and", "or", "not", "("].contains(inside.last?.value.lowercased()) ? .measure : .nothing
        case "sort":
            if inside.isEmpty || endsInComma { return .sortKey }
            return ["asc", "desc"].contains(inside.last?.value.lowercased() ?? "") ? .clause : .direction
        case "top", "limit": return inside.isEmpty ? .nothing : .clause
        case "as": return inside.isEmpty ? .form : .clause
        default: return .clause
        }
    }

    /// A clause word behind a comparison or `has` is a value that lacks its quotes.
    private func isValue(_ token: Token, in tokens: ArraySlice<Token>) -> Bool {
        guard let place = tokens.firstIndex(of: token), place > tokens.startIndex else { return false }
        return tokens[tokens.index(before: place)].kind == .comparison
    }

    private func condition(_ tokens: ArraySlice<Token>) -> Expected {
        guard let last = tokens.last else { return .condition }
        let word = last.value.lowercased()
        if ["and", "or", "not", "("].contains(word) {
            // `in (` is followed by values of the field before it.
            if word == "(", let field = fieldBehind(tokens.dropLast()) { return .value(field) }
            return .condition
        }
        if last.kind == .comparison { return tokens.dropLast().last.flatMap { Field(named: $0.value) }.map { .value($0) } ?? .nothing }
        if word == "," { return fieldBehind(tokens) .map { .value($0) } ?? .condition }
        if ["in", "has", "is"].contains(word) { return .nothing }
        let before = tokens.dropLast().last
        let isSubject = before == nil || ["and", "or", "not", "("].contains(before!.value.lowercased())
        if isSubject, last.kind == .word, let field = Field(named: last.value) { return .comparison(field) }
        return .afterCondition
    }

    /// The field whose list of values is open at the end of the tokens.
    private func fieldBehind(_ tokens: ArraySlice<Token>) -> Field? {
        guard let place = tokens.lastIndex(where: { $0.kind == .comparison || $0.value.lowercased() == "in" }), place > tokens.startIndex else { return nil }
        return Field(named: tokens[tokens.index(before: place)].value)
    }

    private static let clauseWords = Set(Words.clauses.map(\.word))

    // MARK: The candidates

    private func candidates(_ expected: Expected, used: [Token]) -> [Completion.Candidate] {
        func words(_ entries: [WordEntry]) -> [Completion.Candidate] { entries.map { Completion.Candidate($0.word, note: $0.meaning) } }
        func fields(_ rows: [FieldRow]) -> [Completion.Candidate] { rows.filter { $0.id != .metadata }.map { Completion.Candidate($0.id.rawValue, note: $0.meaning) } }
        let noun = used.first { Noun(rawValue: $0.value.lowercased()) != nil }.flatMap { Noun(rawValue: $0.value.lowercased()) } ?? .errors
        let ofNoun = FieldTable.all.filter { FieldTable.names(for: noun).contains($0.id.rawValue) }
        switch expected {
        case .statement: return words(used.isEmpty ? Words.nouns + Words.statements : Words.nouns)
        case .clause:
            let present = Set(used.map { $0.value.lowercased() })
            return words(Words.clauses.filter { !present.contains($0.word) || $0.word == "where" })
        case .measure: return measures
        case .measureOrField: return measures + fields(ofNoun)
        case .field: return fields(ofNoun)
        case .groupField: return fields(ofNoun.filter { $0.id != .time && (!["failures", "traces"].contains(noun.rawValue) || $0.isOfTraces) })
        case .condition: return fields(ofNoun) + [Completion.Candidate("not", note: "the condition does not hold")]
        case .comparison(let field): return comparisons(field)
        case .value(let field): return values(field)
        case .afterCondition: return [Completion.Candidate("and"), Completion.Candidate("or")] + candidates(.clause, used: used)
        case .duration: return ["15m", "1h", "6h", "24h", "7d", "30d"].map { Completion.Candidate($0) }
        case .time: return [Completion.Candidate("time", note: "buckets whose width fits")]
        case .form: return Words.forms.map { Completion.Candidate($0) }
        case .sortKey: return measures + fields(ofNoun)
        case .direction: return [Completion.Candidate("desc"), Completion.Candidate("asc")] + candidates(.clause, used: used)
        case .topic: return Array(Set(Help.topics)).sorted().map { Completion.Candidate($0) }
        case .setting: return Settings.rows.map { Completion.Candidate($0.name, note: $0.meaning) }
        case .nothing: return []
        }
    }

    private var measures: [Completion.Candidate] {
        MeasureTable.all.map { row in
            let takesField = row.grammar.hasPrefix(row.name + "(")
            return Completion.Candidate(takesField ? row.name + "(" : row.name, note: row.meaning, ending: takesField ? "" : " ")
        }
    }

    private func comparisons(_ field: Field) -> [Completion.Candidate] {
        var marks: [String]
        switch field.type {
        case .flag: marks = ["and", "or"]
        case .text, .tags: marks = ["=", "!=", "in", "has", "is missing", "is present"]
        case .choice(_, let isOrdered): marks = ["=", "!=", "in"] + (isOrdered ? ["<", "<=", ">", ">="] : [])
        default: marks = ["=", "!=", "<", "<=", ">", ">=", "is missing", "is present"]
        }
        return marks.map { Completion.Candidate($0) }
    }

    private func values(_ field: Field) -> [Completion.Candidate] {
        if case .choice(let words, _) = field.type { return words.map { Completion.Candidate($0) } }
        return catalog.values(of: field.id).prefix(200).map { Completion.Candidate(Literal.spelling($0.value), note: "\(Int($0.calls).grouped) calls") }
    }
}
