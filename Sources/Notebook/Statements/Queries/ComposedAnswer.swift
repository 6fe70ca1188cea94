import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// Answers of statements that ask several questions at once.
extension Session {
    /// The outcome of a statement that asks several questions: its figures are its result, and all answers are judged.
    /// - Parameter windows: What was read beside the question's own window and its baseline.
    func composed(
        _ figures: Answer, _ question: CellResult.Question, all answers: [Answer], beside windows: [Window] = [],
        elapsed: Duration?, lines: @escaping (Style) -> [String]
    ) -> Outcome {
        var outcome = composed(
            figures, form: question.query.form ?? settings.form, elapsed: elapsed, lines: lines)
        outcome.result = CellResult(answer: figures, question: question)
        let hashes = answers.map { "\(ResultHash.of($0))" }.joined(separator: " ")
        let query = question.query
        outcome.evidence = CellEvidence(rows: figures.table.rows.count, result: ResultHash.of(hashes)) { [unowned self] in
            try fingerprint(of: query, baseline: query.baseline, beside: windows)
        }
        return outcome
    }

    /// The outcome of a statement whose rows are no groups of one question: each has its own rows behind it.
    /// - Parameter window: All that was read.
    func composed(
        _ figures: Answer, behind: [CheckedQuery], in window: Window, form: String? = nil, elapsed: Duration?,
        lines: @escaping (Style) -> [String]
    ) -> Outcome {
        var outcome = composed(figures, form: form ?? settings.form, elapsed: elapsed, lines: lines)
        outcome.result = CellResult(answer: figures)
        outcome.result?.behind = behind
        outcome.evidence = CellEvidence(rows: figures.table.rows.count, result: ResultHash.of(figures)) { [unowned self] in
            try fingerprint(of: window)
        }
        return outcome
    }

    /// The figures and what is shown around them, without what later statements and a replay use.
    private func composed(
        _ figures: Answer, form: String?, elapsed: Duration?, lines: @escaping (Style) -> [String]
    ) -> Outcome {
        let form = form.flatMap(ExportFormat.init(rawValue:))
        func reply(_ style: Style, isForFile: Bool, elapsed: Duration?) -> Reply {
            if let form { return Reply(data: form.text(figures.table, style: style)) }
            var renderer = ReceiptRenderer(style)
            renderer.isForFile = isForFile
            // What was asked for by ids has no window to report.
            let hasReceipt = figures.receipt.window != nil || figures.receipt.newest != nil
            return Reply(lines(style) + (hasReceipt ? renderer.lines(figures.receipt, elapsed: elapsed) : []))
        }
        var outcome = Outcome(reply(style, isForFile: false, elapsed: elapsed))
        outcome.picture = { reply($0, isForFile: true, elapsed: nil).output }
        outcome.isComposed = true
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
