import Errors
import Model
import QueryLanguage
import Render
import Terminal

/// The candidates for what the grammar expects.
extension Completer {
    func candidates(_ expected: Expected, used: [Token]) -> [Completion.Candidate] {
        let noun = used.lazy.compactMap { Noun(rawValue: $0.value.lowercased()) }.first ?? .errors
        switch expected {
        case .rule: return rules().map { Completion.Candidate(Literal.spelling($0)) }
        case .classificationRule: return RuleSet.builtIn.rules.map { Completion.Candidate($0.id) }
        case .script: return session.scripts().map { Completion.Candidate($0.name) }
        case .parameter(let script): return parameters(of: script).map { Completion.Candidate($0) }
        case .column: return session.columns().map { Completion.Candidate($0.name) } + [Completion.Candidate("rows")]
        case .statement: return words(Words.nouns + Statements.entries)
        case .noun: return words(Words.nouns)
        case .clause: return clauses(used)
        case .measure: return measures(MeasureTable.all)
        case .measureOrField: return measures(MeasureTable.all) + fields(of: noun)
        case .argument:
            let isOfMeasure = used.dropLast().last.map { ["per_minute", "per_second"].contains($0.value.lowercased()) } ?? false
            // Only what adds up has a pace.
            let adding = MeasureTable.all.filter { ["count", "calls", "errors", "cost", "tokens", "sum"].contains($0.name) }
            return isOfMeasure ? measures(adding) : fields(of: noun)
        // Time itself is grouped by `every`.
        case .groupField: return fields(of: noun).filter { $0.text != FieldID.time.rawValue }
        case .condition: return fields(of: noun) + [Completion.Candidate("not", note: "the condition does not hold")]
        case .comparison(let field): return comparisons(field)
        case .value(let field): return values(field)
        case .words(let words): return words.map { Completion.Candidate($0) }
        case .duration: return ["15m", "1h", "6h", "24h", "7d", "30d"].map { Completion.Candidate($0) }
        case .form: return AnswerForms.all.map { Completion.Candidate($0.name, note: $0.meaning) }
        case .sortKey: return measures(MeasureTable.all) + fields(of: noun)
        case .topic: return Array(Set(Help.topics)).sorted().map { Completion.Candidate($0) }
        case .fieldTopic: return fields(FieldTable.all)
        case .setting: return Settings.rows.map { Completion.Candidate($0.name, note: $0.meaning) }
        case .settingValue(let name): return settingValues(name)
        }
    }

    private func words(_ entries: [WordEntry]) -> [Completion.Candidate] {
        entries.map { Completion.Candidate($0.word, note: $0.meaning) }
    }

    private func fields(of noun: Noun) -> [Completion.Candidate] {
        let names = Set(FieldTable.names(for: noun))
        return fields(FieldTable.all.filter { names.contains($0.id.rawValue) })
    }

    private func fields(_ rows: [FieldRow]) -> [Completion.Candidate] {
        rows.filter { $0.id != .metadata }.map { Completion.Candidate($0.id.rawValue, note: $0.meaning) }
    }

    /// Clauses that may still come: each stands once, and there is one range.
    private func clauses(_ used: [Token]) -> [Completion.Candidate] {
        let ranges = Set(Expected.rangeWords)
        var present = Set(used.filter { $0.kind == .word }.map { $0.value.lowercased() })
        if !present.isDisjoint(with: ranges) { present.formUnion(ranges) }
        if !present.isDisjoint(with: ["every", "over"]) { present.formUnion(["every", "over"]) }
        return words(Words.clauses.filter { !present.contains($0.word) || ["where", "having"].contains($0.word) })
    }

    private func measures(_ rows: [MeasureRow]) -> [Completion.Candidate] {
        rows.map { row in
            let takesField = row.grammar.hasPrefix(row.name + "(")
            return Completion.Candidate(takesField ? row.name + "(" : row.name, note: row.meaning, ending: takesField ? "" : " ")
        }
    }

    private func comparisons(_ field: Field) -> [Completion.Candidate] {
        let marks: [String]
        switch field.type {
        case .text, .tags: marks = ["=", "!=", "in", "has", "~", "is missing", "is present", "is new"]
        case .choice(_, let isOrdered): marks = ["=", "!=", "in", "is new"] + (isOrdered ? ["<", "<=", ">", ">="] : [])
        default: marks = ["=", "!=", "<", "<=", ">", ">=", "in", "is missing", "is present"]
        }
        return marks.map { Completion.Candidate($0) }
    }

    private func values(_ field: Field) -> [Completion.Candidate] {
        if case .choice(let words, _) = field.type { return words.map { Completion.Candidate($0) } }
        return catalog.values(of: field.id).prefix(200).map { Completion.Candidate(Literal.spelling($0.value), note: $0.words) }
    }

    private func settingValues(_ name: String) -> [Completion.Candidate] {
        let texts: [String]
        switch name {
        case "form": texts = ["auto"] + AnswerForms.names
        case "detect": texts = ["default"] + Evidence.named.map { "+" + $0.name }
        case "range": texts = ["24h", "7d", "30d", "all"]
        case "tz": texts = ["UTC"]
        default: texts = []
        }
        return texts.map { Completion.Candidate($0) }
    }
}
