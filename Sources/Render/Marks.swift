/// The characters that pictures are made of: one table for each glyph set. Every one fills one column.
struct Marks: Sendable {
    let ellipsis: String, missing: String, dash: String, between: String, aside: String, infinity: String, micro: String
    /// Bars from empty to full, in equal steps.
    let bars: [String]
    /// Columns from empty to full, in equal steps.
    let columns: [String]
    /// A column of a bucket that shows only a part.
    let partial: String
    let noData: String, noValue: String, below: String
    let axisTick: String, axisSide: String, corner: String, base: String, baseTick: String
    /// Fills of the six series of a stack, then of the rest.
    let fills: [String]
    let failed: String, propagated: String, succeeded: String, unfinished: String, unknown: String
    let branch: String, lastBranch: String, trunk: String
    let call: String, span: String, openEnd: String, instant: String, event: String, again: String, skipped: String

    static let unicode = Marks(
        ellipsis: "…", missing: "–", dash: "–", between: " · ", aside: " · ", infinity: "∞", micro: "µ",
        bars: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
        columns: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        partial: "░", noData: "·", noValue: "×", below: "▾",
        axisTick: "┤", axisSide: "│", corner: "┼", base: "─", baseTick: "┬",
        fills: ["█", "░", "▚", "●", "▒", "◆", "∙"],
        failed: "✗", propagated: "↑", succeeded: "✓", unfinished: "…", unknown: "?",
        branch: "├", lastBranch: "└", trunk: "│",
        call: "█", span: "━", openEnd: "╍", instant: "│", event: "◆", again: "↻", skipped: "⋮")

    static let ascii = Marks(
        ellipsis: "~", missing: "-", dash: "-", between: " | ", aside: " - ", infinity: "inf", micro: "u",
        bars: [" ", "#"], columns: [" ", ".", "#"],
        partial: ":", noData: "?", noValue: "x", below: "v",
        axisTick: "+", axisSide: "|", corner: "+", base: "-", baseTick: "+",
        fills: ["#", "=", "x", "o", "%", "+", "."],
        failed: "x", propagated: "^", succeeded: "+", unfinished: "~", unknown: "?",
        branch: "|", lastBranch: "`", trunk: "|",
        call: "#", span: "=", openEnd: "~", instant: "|", event: "*", again: "@", skipped: ":")

    /// A bar of `fraction` of `width` columns, without blanks after it.
    ///
    /// Anything above zero draws at least the smallest step; zero, negative and missing draw nothing.
    func bar(_ fraction: Double?, width: Int) -> String {
        guard let fraction, fraction > 0, width > 0 else { return "" }
        let steps = bars.count - 1
        let total = max(1, Int((min(1, fraction) * Double(width * steps)).rounded()))
        return String(repeating: bars[steps], count: total / steps) + (total % steps > 0 ? bars[total % steps] : "")
    }
}
