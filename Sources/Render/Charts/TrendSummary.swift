import Model

/// The findings of a trend analysis, in words.
struct TrendSummary {
    let trend: Trend
    let chart: LineChart

    init(_ trend: Trend, _ chart: LineChart) {
        self.trend = trend
        self.chart = chart
    }

    /// Maximum number of anomalies listed.
    static let most = 12

    /// Returns the parts of the chart's summary: direction with its test, slope, level change, number of anomalies.
    func parts(_ style: Style) -> [String] {
        let text = ValueText(style)
        var parts = ["\(trend.direction.rawValue) (\(style.safe(trend.test)))"]
        if let slope = trend.slopePerBucket, slope.isFinite {
            parts.append("slope \(signed(slope, text)) per bucket")
        }
        if let change = trend.changePoint, chart.axis.starts.indices.contains(change.index) {
            let levels = "\(text.magnitude(change.before, chart.type)) to \(text.magnitude(change.after, chart.type))"
            parts.append("level changed from \(levels) \(AxisPhrases.place(change.index, chart.axis, style))")
        }
        let count = Int64(trend.anomalies.count)
        parts.append(
            count == 0
                ? "no anomalous buckets" : "\(DecimalText.grouped(count)) anomalous \("buckets".counted(count))")
        return parts
    }

    /// Lists the anomalies below the chart with time, value and expected range; those farthest from their range when there are
    /// many.
    func list(_ style: Style, mark: String) -> [Line] {
        let all = trend.anomalies.filter { index in
            chart.axis.starts.indices.contains(index) && chart.series.first.flatMap { chart.value($0, index) } != nil
        }
        guard !all.isEmpty, let series = chart.series.first else { return [] }
        let shown = all.sorted { (-distance($0, series), $0) < (-distance($1, series), $1) }.prefix(TrendSummary.most).sorted()
        let text = ValueText(style)
        let times = text.column(shown.map { .time(chart.axis.starts[$0]) })
        let values = shown.map { text.magnitude(chart.value(series, $0) ?? 0, chart.type) }
        let timeWidth = times.map { DisplayWidth.of($0) }.max() ?? 0, valueWidth = values.map { DisplayWidth.of($0) }.max() ?? 0
        let rule: String =
            switch trend.method {
            case .mad: "median \(style.glyphs == .unicode ? "±" : "+-") 3.5 scaled MAD"
            case .zscore: "mean \(style.glyphs == .unicode ? "±" : "+-") 2 standard deviations"
            }
        let window = DecimalText.grouped(Int64(trend.windowInBuckets))
        var lines = wrap("anomalies (outside the \(rule) of the previous \(window) buckets):", width: style.widthInColumns)
            .map { Line($0, .dim) }
        for (place, index) in shown.enumerated() {
            var line = Line(mark + " ", .bad)
            line.append(DisplayWidth.pad(times[place], to: timeWidth, right: true) + "  ")
            line.append(DisplayWidth.pad(values[place], to: valueWidth, right: true), .strong)
            line.append(chart.axis.partialWord(index), .dim)
            let expected = expected(index, text, style)
            let words = line.width + 2 + 9 + DisplayWidth.of(expected) <= style.widthInColumns ? "  expected " : "  "
            if !expected.isEmpty { line.append(words + expected, .dim) }
            lines.append(line)
        }
        if all.count > shown.count {
            lines.append(Line("and \(DecimalText.grouped(Int64(all.count - shown.count))) more, closer to their range", .dim))
        }
        return lines
    }

    func expected(_ index: Int, _ text: ValueText, _ style: Style) -> String {
        guard index < trend.lower.count, index < trend.upper.count, let lower = trend.lower[index], let upper = trend.upper[index]
        else { return "" }
        return "\(bound(lower, text)) \(style.marks.dash) \(bound(upper, text))"
    }

    /// Formats a bound; the bound of a count need not be an integer.
    private func bound(_ value: Double, _ text: ValueText) -> String {
        chart.type == .count && abs(value) < 1e15
            ? text.number((value * 10).rounded() / 10) : text.magnitude(value, chart.type)
    }

    private func distance(_ index: Int, _ series: LineChart.Series) -> Double {
        guard let value = chart.value(series, index), index < trend.lower.count, index < trend.upper.count,
            let lower = trend.lower[index], let upper = trend.upper[index]
        else { return 0 }
        return max(lower - value, value - upper, 0)
    }

    private func signed(_ slope: Double, _ text: ValueText) -> String {
        switch chart.type {
        case .ratio: text.points(slope)
        case .count: (slope > 0 ? "+" : "") + text.number(slope)
        default: (slope > 0 ? "+" : "") + text.magnitude(slope, chart.type)
        }
    }
}
