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
    let call: String, span: String, openEnd: String, instant: String, event: String, again: String, skipped: String, asked: String
    /// Between the ends of a bin, and before a factor.
    let until: String, times: String
    let up: String, down: String
    /// The value before, beside what it is compared with.
    let before: String
    /// Lines told apart by their glyph, then the parts of a chart of one line.
    let points: [String]
    let path: String, average: String, threshold: String, anomaly: String, levelChange: String, partialPoint: String
    /// Cells of a heatmap from little to much, and of a scatter from few points to many.
    let grades: [String], density: [String]
    /// Values from more than nothing to the largest, in one row.
    let spark: [String]
    let inactive: String, pending: String, firing: String

    static let unicode = Marks(
        ellipsis: "…", missing: "–", dash: "–", between: " · ", aside: " · ", infinity: "∞", micro: "µ",
        bars: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
        columns: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        partial: "░", noData: "·", noValue: "×", below: "▾",
        axisTick: "┤", axisSide: "│", corner: "┼", base: "─", baseTick: "┬",
        fills: ["█", "░", "▚", "●", "▒", "◆", "∙"],
        failed: "✗", propagated: "↑", succeeded: "✓", unfinished: "…", unknown: "?",
        branch: "├", lastBranch: "└", trunk: "│",
        call: "█", span: "━", openEnd: "╍", instant: "│", event: "◆", again: "↻", skipped: "⋮", asked: "▶",
        until: "…", times: "×", up: "▲", down: "▼", before: "╌",
        points: ["●", "○", "◆", "◇", "■", "□"],
        path: "•", average: "─", threshold: "╌", anomaly: "◆", levelChange: "┊", partialPoint: "○",
        grades: ["░", "▒", "▓", "█"], density: ["·", "○", "●", "█"],
        spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        inactive: "─", pending: "▒", firing: "█")

    static let ascii = Marks(
        ellipsis: "~", missing: "-", dash: "-", between: " | ", aside: " - ", infinity: "inf", micro: "u",
        bars: [" ", "#"], columns: [" ", ".", "#"],
        partial: ":", noData: "?", noValue: "x", below: "v",
        axisTick: "+", axisSide: "|", corner: "+", base: "-", baseTick: "+",
        fills: ["#", "=", "x", "o", "%", "+", "."],
        failed: "x", propagated: "^", succeeded: "+", unfinished: "~", unknown: "?",
        branch: "|", lastBranch: "`", trunk: "|",
        call: "#", span: "=", openEnd: "~", instant: "|", event: "*", again: "@", skipped: ":", asked: ">",
        until: "..", times: "x", up: "^", down: "v", before: "-",
        points: ["*", "o", "+", "x", "#", "@"],
        path: ".", average: "-", threshold: "=", anomaly: "@", levelChange: "!", partialPoint: "o",
        grades: [".", "+", "*", "#"], density: [".", "o", "O", "#"],
        spark: [".", ":", "-", "=", "+", "*", "#"],
        inactive: "-", pending: ":", firing: "#")

    /// A bar of `fraction` of `width` columns, without blanks after it.
    ///
    /// Anything above zero draws at least the smallest step; zero, negative and missing draw nothing.
    func bar(_ fraction: Double?, width: Int) -> String {
        guard let fraction, fraction > 0, width > 0 else { return "" }
        let steps = bars.count - 1
        let total = max(1, Int((min(1, fraction) * Double(width * steps)).rounded()))
        return String(repeating: bars[steps], count: total / steps) + (total % steps > 0 ? bars[total % steps] : "")
    }

    /// The glyph of `value` in a row whose largest value is `largest`: blank for zero and below, the lowest for anything above.
    func sparkGlyph(_ value: Double, of largest: Double) -> String {
        guard value > 0, largest > 0 else { return " " }
        let place = Int((min(1, value / largest) * Double(spark.count)).rounded(.up)) - 1
        return spark[max(0, min(spark.count - 1, place))]
    }
}
