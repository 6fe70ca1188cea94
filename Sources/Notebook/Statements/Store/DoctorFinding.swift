import Model
import Render

/// One thing that `doctor` found.
struct Finding {
    /// How bad it is.
    enum Level: String {
        /// The store's content cannot be trusted.
        case damage
        /// Answers may mislead.
        case warning
        /// Good to know.
        case note
        case ok
    }

    var level: Level
    /// What was looked at, such as `time zones`.
    var check: String
    /// What was found.
    var found: String
    /// What to do about it; "" when there is nothing to do.
    var advice = ""
}

extension [Finding] {
    /// As lines for people: the level and what was looked at, then what was found and what to do.
    func lines(_ style: Style) -> [String] {
        // Where there is little room the text stands below its head.
        let isNarrow = style.widthInColumns < 70, column = isNarrow ? 2 : 23
        let indent = String(repeating: " ", count: column), room = Swift.max(20, style.widthInColumns - column)
        return flatMap { finding -> [String] in
            let head = DisplayWidth.pad(finding.level.rawValue, to: 9) + DisplayWidth.pad(finding.check, to: 14)
            let found = wrap(finding.found, width: room, hanging: 0)
            var lines = isNarrow ? [head] + found.map { indent + $0 } : [head + (found.first ?? "")]
            if !isNarrow { lines += found.dropFirst().map { indent + $0 } }
            if !finding.advice.isEmpty {
                let arrow = style.glyphs == .unicode ? "→ " : "> "
                let advice = wrap(finding.advice, width: room - 2, hanging: 0)
                lines += advice.enumerated().map { indent + ($0.offset == 0 ? arrow : "  ") + $0.element }
            }
            return lines
        }
    }

    var table: ResultTable {
        ResultTable(
            columns: ["level", "check", "found", "advice"].map { ResultColumn($0, .text) },
            rows: map { finding in
                [
                    .text(finding.level.rawValue), .text(finding.check), .text(finding.found),
                    finding.advice.isEmpty ? .missing : .text(finding.advice),
                ]
            })
    }
}
