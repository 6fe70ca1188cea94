/// How an answer compares with the one that was recorded.
enum Verdict: String, CaseIterable {
    /// The same result; the data may have changed all the same.
    case same
    /// Another result, because the rows that were read are others: late, corrected, deleted.
    case data
    /// Another result of the same data: rules, language or schema moved.
    case meaning
    /// Another result of other data under other rules.
    case both
    /// The same result, drawn otherwise.
    case rendering
    /// Nothing was recorded to compare with.
    case new
    /// Run, and never compared.
    case unjudged
    /// Not run, because it would change something.
    case skipped

    /// True for what `--check` fails on.
    var isDrift: Bool { [.data, .meaning, .both].contains(self) }
}

/// The judgement of one cell.
struct Judgement {
    var verdict: Verdict
    /// What must be said besides; nil when nothing.
    var remark: String?

    init(_ verdict: Verdict, _ remark: String? = nil) {
        self.verdict = verdict
        self.remark = remark
    }

    /// Compares what was recorded with what is answered now.
    ///
    /// - Parameters:
    ///   - then: The recorded line and output.
    ///   - now: The same of the present answer.
    ///   - rulesMoved: True when the rules that classify errors are others than those pinned.
    init(
        then: (machine: MachineLine?, output: [String]?), now: (machine: MachineLine?, output: [String]), rulesMoved: Bool
    ) {
        switch (then.machine, now.machine) {
        // What has no answer, such as a setting, did again what it did.
        case (nil, nil): self.init(.same)
        case (nil, .failed?), (nil, .trouble?): self.init(.meaning, "it fails now")
        case (nil, _): self.init(.new, "nothing was recorded to compare")
        case (.interrupted?, _): self.init(.unjudged, "was interrupted when recorded")
        case (_, .interrupted?): self.init(.unjudged, "interrupted")
        case (.answer(_, let data, let result)?, .answer(_, let dataNow, let resultNow)?):
            let isSameData = data == dataNow
            if result == resultNow {
                if !isSameData {
                    self.init(.same, "the data changed, the result did not")
                } else {
                    self.init(then.output.map { $0 == now.output } ?? true ? .same : .rendering)
                }
            } else if isSameData {
                self.init(.meaning, rulesMoved ? "the classification rules changed" : nil)
            } else {
                self.init(rulesMoved ? .both : .data, rulesMoved ? "the data and the classification rules changed" : nil)
            }
        case (.failed(let mistakes)?, .failed(let mistakesNow)?):
            // What either fails on beyond the other decides.
            let differing = mistakes.filter { !mistakesNow.contains($0) } + mistakesNow.filter { !mistakes.contains($0) }
            if mistakes == mistakesNow {
                self.init(.same)
            } else {
                self.init(Judgement.verdict(of: differing), "it fails otherwise")
            }
        // Without its secret a statement fails at another place.
        case (.trouble?, .trouble?), (.trouble?, .failed?): self.init(.same)
        case (.answer?, .failed(let mistakes)?): self.init(Judgement.verdict(of: mistakes), "it fails now")
        case (.answer?, .trouble?), (.failed?, .trouble?): self.init(.meaning, "it fails now")
        case (.failed(let mistakes)?, _): self.init(Judgement.verdict(of: mistakes), "now succeeds (failed when recorded)")
        case (.trouble?, _): self.init(.meaning, "now succeeds (failed when recorded)")
        case (.answer?, nil): self.init(.meaning, "now has no answer")
        }
    }

    /// The verdict of mistakes that came or went: a value that no call had may have come with the data, and what was forgotten is
    /// gone with it.
    private static func verdict(of mistakes: [MachineLine.Mistake]) -> Verdict {
        mistakes.allSatisfy(\.isOfData) ? .data : .meaning
    }
}
