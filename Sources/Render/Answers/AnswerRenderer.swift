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
        let asked = AskedAnswer(answer, title: title, total: total)
        let choice = PictureChoice(asked, style: style, heightInRows: heightInRows)
        let chosen = choice.picture(form: form)
        var lines = drawn(chosen.picture)
        for note in chosen.notes { lines += dim(note) }
        if let baseline = answer.baseline {
            let unknown = baseline.isUnknown ? ", of which there is no data" : ""
            lines += dim("\(style.safe(baseline.name)) is \(ValueText(style).window(baseline.window))\(unknown)")
        }
        return lines
    }

    private func drawn(_ picture: Picture) -> [String] {
        switch picture {
        case .table(let table, let options): TableRenderer(style).lines(table, options)
        case .cards(let cards): cards.lines(style)
        case .bars(let chart): chart.lines(style)
        case .histogram(let chart): chart.lines(style)
        case .heatmap(let chart): chart.lines(style)
        case .matrix(let chart, let bars): chart.fits(style) ? chart.lines(style) : bars.lines(style)
        case .columns(let charts): apart(charts)
        case .lines(let charts): apart(charts)
        case .stack(let chart): chart.lines(style)
        case .sparklines(let charts): apart(charts)
        case .scatter(let chart): chart.lines(style)
        }
    }

    /// Renders one chart per measure, separated by an empty line.
    private func apart(_ charts: [some Chart]) -> [String] { Array(charts.map { $0.lines(style) }.joined(separator: [""])) }

    private func dim(_ text: String) -> [String] {
        wrap(text, width: style.widthInColumns, hanging: 2).map { Line($0, .dim) }.texts(style)
    }
}
