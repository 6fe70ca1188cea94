import Monitoring
import QueryLanguage

/// `alert test SUBJECT [RANGE] [step D] [as json]`: what a rule would have done.
struct AlertTestStatement: Statement {
    let trial: RuleTestSyntax

    static let entry = StatementEntry(
        "alert test", "alert test NAME | FILE.yaml | when QUERY over D having P [RANGE] [step D] [as json]",
        "test a rule on history: a chart, its firings with the errors behind each, findings",
        example: "alert test when errors over 15m having count > 5 last 7d", synonyms: ["alerts"], role: .cell,
        traits: .asksStore)

    init(parsing parser: inout Parser) throws(ParseStop) { trial = try RuleTestSyntax(parsing: &parser, verb: "test") }

    var effects: StatementEffects { trial.subject.effects }

    func check(in session: Session, as written: StatementText) throws {
        try trial.check(in: session, as: written)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        try session.testRules(trial.subject, range: trial.range, step: trial.step, form: trial.form, written.text)
    }
}
