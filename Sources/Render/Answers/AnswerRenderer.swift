import Model

/// Renders an answer as the chart that suits its shape, or as the requested form.
///
/// Listings become tables, a single row of measures cards, groups bars, bins a histogram, weekday by hour a heatmap, and two
/// fields a matrix. Time buckets become columns, with a trend a line, and by group stacked columns.
public struct AnswerRenderer: Sendable {
    let style: Style
    /// Height in rows of charts over time.
    public var heightInRows = 8

    /// Creates a renderer with this style.
    public init(_ style: Style) { self.style = style }

    /// Returns the chart of an answer, without its receipt.
    ///
    /// - Parameters:
    ///   - title: What is counted, without time: `errors`, `errors by type`; used in the charts' summaries.
    ///   - total: A row of totals below the groups, one value per column; nil for none.
    ///   - form: The word after `as`, one of `PictureForm`; nil and unknown words select the default chart. A form that does not
    ///     fit the answer falls back to the default chart and a line with the reason.
    public func lines(_ answer: Answer, title: String, total: [Value]? = nil, form: String? = nil) -> [String] {
        let labelled = LabelledAnswer(answer, title: title, total: total)
        let choice = PictureChoice(labelled, style: style, heightInRows: heightInRows)
        let chosen = choice.picture(form: form)
        var lines = chosen.picture.lines(style)
        for note in chosen.notes { lines += dim(note) }
        if let baseline = answer.baseline {
            let unknown = baseline.isUnknown ? " (no data)" : ""
            lines += dim("\(style.safe(baseline.name)) is \(ValueText(style).window(baseline.window))\(unknown)")
        }
        return lines
    }

    private func dim(_ text: String) -> [String] {
        wrap(text, width: style.widthInColumns, hanging: 2).map { Line($0, .dim) }.texts(style)
    }
}
