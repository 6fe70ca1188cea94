import Model

/// Draws an answer in the picture that fits its shape, or in the one that is asked for.
///
/// Listings are tables; one row of measures is cards; groups are bars, bins a histogram, weekday and hour a heatmap, two fields a matrix;
/// buckets are columns, with a trend a line, and by group stacked columns.
public struct AnswerRenderer: Sendable {
    let style: Style
    /// Rows of the charts over time.
    public var heightInRows = 8

    /// Makes a renderer for pictures of this style.
    public init(_ style: Style) { self.style = style }

    /// The picture of an answer, without its receipt.
    ///
    /// - Parameters:
    ///   - title: What is counted, without time: `errors`, `errors by type`; the sentences of charts name it.
    ///   - total: A row of totals under groups, one value for each column; nil shows none.
    ///   - form: The word behind `as`, one of `PictureForm`; nil, and every other word, draws the default picture. A form that does not fit
    ///     the answer gives the default picture and a line that says why.
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

    /// One chart a measure, parted by an empty line.
    private func apart(_ charts: [some Chart]) -> [String] { Array(charts.map { $0.lines(style) }.joined(separator: [""])) }

    private func dim(_ text: String) -> [String] {
        wrap(text, width: style.widthInColumns, hanging: 2).map { Line($0, .dim) }.texts(style)
    }
}
