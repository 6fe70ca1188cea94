import Model
import QueryLanguage
import Render
import System
import Terminal

/// Answers of statements that ask several questions at once.
extension Session {
    /// The outcome of a statement that asks several questions: its figures are its result, and all answers are judged.
    /// - Parameter windows: What was read beside the question's own window and its baseline.
    func composed(
        _ figures: Answer, _ question: CellResult.Question, all answers: [Answer], beside windows: [Window] = [],
        elapsed: Duration?, lines: @escaping (Style) -> [String]
    ) -> Outcome {
        let form = settings.form.flatMap(ExportFormat.init(rawValue:))
        func reply(_ style: Style, isForFile: Bool, elapsed: Duration?) -> Reply {
            if let form { return Reply(data: form.text(figures.table, style: style)) }
            var renderer = ReceiptRenderer(style)
            renderer.isForFile = isForFile
            return Reply(lines(style) + renderer.lines(figures.receipt, elapsed: elapsed))
        }
        var outcome = Outcome(reply(style, isForFile: false, elapsed: elapsed))
        outcome.picture = { reply($0, isForFile: true, elapsed: nil).output }
        outcome.result = CellResult(answer: figures, question: question)
        outcome.isComposed = true
        let hashes = answers.map { "\(ResultHash.of($0))" }.joined(separator: " ")
        let query = question.query
        outcome.evidence = CellEvidence(rows: figures.table.rows.count, result: ResultHash.of(hashes)) { [unowned self] in
            try fingerprint(of: query, baseline: query.baseline, beside: windows)
        }
        return outcome
    }
}

extension Answer {
    /// The answer without secrets in its texts.
    var redacted: Answer {
        var answer = self
        answer.table = table.redacted
        return answer
    }
}
