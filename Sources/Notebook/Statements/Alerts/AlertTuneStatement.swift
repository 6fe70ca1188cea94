import Monitoring
import QueryLanguage

/// `alert tune SUBJECT [RANGE] [aim 2/week]`: how often a rule would have fired at each threshold.
struct AlertTuneStatement: Statement {
    let trial: RuleTestSyntax

    static let entry = StatementEntry(
        "alert tune", "alert tune NAME | when QUERY over D having P [RANGE] [aim 2/week]",
        "how often a rule would have fired at each threshold. With `aim` it recommends the most sensitive round threshold (two digits, or a whole percentage) that fires no more often than the aim and at most half of the time; a range shorter than the aim's period counts as one period",
        example: "alert tune when errors over 15m having count > 5 last 7d aim 2/week", synonyms: ["alerts"], role: .cell,
        traits: .asksStore)

    init(parsing parser: inout Parser) throws(ParseStop) { trial = try RuleTestSyntax(parsing: &parser, verb: "tune") }

    var effects: StatementEffects { trial.subject.effects }

    func check(in session: Session, as written: StatementText) throws {
        try trial.check(in: session, as: written)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        try session.tuneRule(trial.subject, range: trial.range, aim: trial.aim, written.text)
    }
}
