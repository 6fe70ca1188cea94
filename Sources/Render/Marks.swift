/// The characters that charts are drawn with, one table per glyph set. Each is one column wide.
struct Marks: Sendable {
    let ellipsis: String, missing: String, dash: String, between: String, aside: String, infinity: String, micro: String
    /// Horizontal bars from empty to full, in equal steps.
    let bars: [String]
    /// Vertical columns from empty to full, in equal steps.
    let columns: [String]
    /// Fill of a partial bucket's column.
    let partial: String
    let noData: String, noValue: String, below: String
    let axisTick: String, axisSide: String, corner: String, base: String, baseTick: String
    /// Fills of the six series of a stack, then of the remaining groups.
    let fills: [String]
    let failed: String, propagated: String, succeeded: String, unfinished: String, unknown: String
    let branch: String, lastBranch: String, trunk: String
    let call: String, span: String, openEnd: String, instant: String, event: String, again: String, skipped: String,
        requested: String
    /// Separator between the bounds of a bin; sign before a factor.
    let until: String, times: String
    let up: String, down: String
    /// Mark of the baseline value.
    let before: String
    /// Glyphs of lines in a chart of several lines, then the marks in a chart of one line.
    let points: [String]
    let path: String, average: String, threshold: String, anomaly: String, levelChange: String, partialPoint: String
    /// Heatmap cells from low to high; scatter cells from few points to many.
    let grades: [String], density: [String]
    /// Sparkline glyphs from just above zero to the maximum.
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
        call: "█", span: "━", openEnd: "╍", instant: "│", event: "◆", again: "↻", skipped: "⋮", requested: "▶",
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
        call: "#", span: "=", openEnd: "~", instant: "|", event: "*", again: "@", skipped: ":", requested: ">",
        until: "..", times: "x", up: "^", down: "v", before: "-",
        points: ["*", "o", "+", "x", "#", "@"],
        path: ".", average: "-", threshold: "=", anomaly: "@", levelChange: "!", partialPoint: "o",
        grades: [".", "+", "*", "#"], density: [".", "o", "O", "#"],
        spark: [".", ":", "-", "=", "+", "*", "#"],
        inactive: "-", pending: ":", firing: "#")

    /// Returns a bar that fills `fraction` of `width` columns, without trailing spaces.
    ///
    /// A value above zero draws at least the smallest step; zero, negative and missing values draw nothing.
    func bar(_ fraction: Double?, width: Int) -> String {
        guard let fraction, fraction > 0, width > 0 else { return "" }
        let steps = bars.count - 1
        let total = max(1, Int((min(1, fraction) * Double(width * steps)).rounded()))
        return String(repeating: bars[steps], count: total / steps) + (total % steps > 0 ? bars[total % steps] : "")
    }

    /// Returns the sparkline glyph of `value` on a scale up to `largest`: blank at or below zero, otherwise at least the lowest
    /// glyph.
    func sparkGlyph(_ value: Double, of largest: Double) -> String {
        guard value > 0, largest > 0 else { return " " }
        let place = Int((min(1, value / largest) * Double(spark.count)).rounded(.up)) - 1
        return spark[max(0, min(spark.count - 1, place))]
    }
}
