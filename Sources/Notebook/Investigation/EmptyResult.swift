import Engine
import Model
import QueryLanguage
import Render

/// Why a query found nothing: the conditions without which there are rows, and when rows last matched.
struct EmptyResult {
    /// A condition and how many rows there are without it.
    struct Loss {
        var condition: String
        var rows: Int64
        /// The question without the condition, as it would be typed.
        var question: String
    }

    /// Conditions without which there are rows, the one that hides most first.
    var losses: [Loss] = []
    /// Rows of tools, agents and other kinds of spans that satisfy every condition, where only calls were asked about.
    var ofOtherKinds: Loss?
    /// True when nothing but the time is asked for.
    var isUnconditional = false
    /// The newest row of the whole store that satisfies every condition; nil when there is none.
    var lastSeen: Timestamp?

    /// Conditions that are tried one by one.
    private static let mostConditions = 6

    /// Asks the store once without each condition, and once about all time.
    init(
        _ query: CheckedQuery, of syntax: QuerySyntax, text: String, context: CheckContext, facts: QueryFacts, engine: any Engine
    )
        throws
    {
        guard syntax.result == nil else { return }
        func asked(_ clauses: [ClauseSyntax], showing measure: String, always: Bool) -> Value? {
            var counted = syntax
            counted.clauses = clauses.filter { clause in
                switch clause.kind {
                case .where: true
                case .range: !always
                default: false
                }
            }
            let span = syntax.noun.span
            let item = ItemSyntax(name: Name(measure, span), argument: nil, span: span)
            counted.clauses.append(ClauseSyntax(kind: .show([item]), span: span))
            if always { counted.clauses.append(ClauseSyntax(kind: .range(.all), span: span)) }
            let query = try? QueryCompiler().compile(counted, text: text, context: context, facts: facts)
            return (try? query?.answer(from: engine))?.table.rows.first?.first
        }
        var conditions: [(clause: Int, parts: [PredicateSyntax])] = []
        for (place, clause) in syntax.clauses.enumerated() {
            if case .where(let predicate) = clause.kind { conditions.append((place, predicate.parts)) }
        }
        let count = conditions.reduce(0) { $0 + $1.parts.count }
        isUnconditional = count == 0 && syntax.text == nil
        if case .time(let time)? = asked(syntax.clauses, showing: "last_seen", always: true) { lastSeen = time }
        guard count > 0, count <= EmptyResult.mostConditions else { return }
        if [.errors, .calls].contains(query.noun), !query.coversEveryKind {
            var anyValue = Literal("any")
            anyValue.isQuoted = false
            let any = QuerySyntax(.errors, .where(.comparison(ItemSyntax("kind"), .equal, [anyValue], anyValue.span)))
            let clauses = syntax.clauses + any.clauses
            if case .count(let rows)? = asked(clauses, showing: "count", always: false), rows > 0 {
                var question = syntax
                question.clauses = clauses
                ofOtherKinds = Loss(condition: "kind = any", rows: rows, question: QueryPrinter.text(question))
            }
        }
        for (place, parts) in conditions {
            for dropped in parts.indices {
                var clauses = syntax.clauses
                var kept = parts
                let condition = kept.remove(at: dropped)
                if let first = kept.first {
                    clauses[place].kind = .where(kept.dropFirst().reduce(first) { .and($0, $1) })
                } else {
                    clauses.remove(at: place)
                }
                guard case .count(let rows)? = asked(clauses, showing: "count", always: false), rows > 0 else { continue }
                var question = syntax
                question.clauses = clauses
                losses.append(
                    Loss(condition: PredicatePrinter.text(condition), rows: rows, question: QueryPrinter.text(question)))
            }
        }
        losses.sort { ($1.rows, $0.condition) < ($0.rows, $1.condition) }
    }

    /// What to say under `no errors match`.
    func lines(noun: String, style: Style) -> [String] {
        let text = ValueText(style)
        var lines: [String] = []
        if let ofOtherKinds {
            lines.append("with `kind = any`: \(ofOtherKinds.rows.counted(noun)), which includes tools, agents and other spans")
        }
        lines += losses.prefix(3).map { loss in
            "without `\(Printable.safe(loss.condition, glyphs: style.glyphs))`: \(loss.rows.counted(noun))"
        }
        if let lastSeen { lines.append("the last \(isUnconditional ? "" : "that matched ")was at \(text.time(lastSeen))") }
        if lines.isEmpty { lines.append(isUnconditional ? "the store has none" : "nothing in the store matches, at any time") }
        if let best = ofOtherKinds ?? losses.first {
            lines.append("try: \(Printable.safe(best.question, glyphs: style.glyphs, columns: 2000))")
        }
        return lines.flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
    }
}

extension PredicateSyntax {
    /// The conditions that must all hold.
    fileprivate var parts: [PredicateSyntax] {
        if case .and(let a, let b) = self { a.parts + b.parts } else { [self] }
    }
}
