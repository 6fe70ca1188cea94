import Model

/// The words after `as` that select a chart.
public enum PictureForm: String, CaseIterable, Sendable {
    case bars, columns, line, stack, heatmap, histogram, scatter, spark, table
}

/// The chart of an answer, before it is rendered as text or SVG.
enum Picture {
    case table(ResultTable, TableOptions)
    case cards(Cards)
    case bars(BarChart)
    case histogram(Histogram)
    case heatmap(Heatmap)
    /// Two fields as a matrix; as bars when the matrix does not fit.
    case matrix(Pivot, orElse: BarChart)
    /// One chart per measure or group.
    case columns([ColumnChart])
    case lines([LineChart])
    case stack(StackedColumns)
    case sparklines([Sparklines])
    case scatter(Scatter)
}

/// Selects the chart of an answer from its shape or from the word after `as`.
struct PictureChoice {
    let asked: AskedAnswer
    let style: Style
    let heightInRows: Int

    init(_ asked: AskedAnswer, style: Style, heightInRows: Int) {
        self.asked = asked
        self.style = style
        self.heightInRows = heightInRows
    }

    /// A chart and the notes below it.
    typealias Choice = (picture: Picture, notes: [String])

    /// The result of requesting a form.
    private enum Outcome {
        case fits(Choice)
        /// What the answer lacks for this form.
        case needs(String)
    }

    /// The chart of the form; the default chart when the form is unknown or does not fit, then with the reason.
    func picture(form: String?) -> Choice {
        guard let form = form.flatMap({ PictureForm(rawValue: $0) }) else { return usual }
        switch outcome(form) {
        case .fits(let choice): return choice
        case .needs(let what):
            let usual = usual
            let reason = "`as \(form.rawValue)` needs \(what): this is the usual picture instead"
            return (usual.picture, usual.notes + [reason])
        }
    }

    /// The default chart for the answer's shape.
    var usual: Choice {
        if let cut = asked.cutBuckets { return cutSeries(cut.held, of: cut.of, cut.axis) }
        return switch asked.answer.shape {
        case .listing: (table, [])
        case .numbers: (cards, [])
        case .groups(let keys): groups(keys)
        // Times and text cannot be drawn as heights; a table omits none of them.
        case .series where asked.drawable.count < asked.measures.count: (table, [])
        case .groupedSeries where asked.drawable.isEmpty: (table, [])
        case .series(let axis): (asked.answer.trend == nil ? columns(axis) : lines(axis), [])
        case .groupedSeries(let axis, let keys): groupedSeries(axis, keys)
        }
    }

    private func outcome(_ form: PictureForm) -> Outcome {
        func fits(_ picture: Picture) -> Outcome { .fits((picture, [])) }
        let time = "buckets of time (`every 1h`)"
        if let cut = asked.cutBuckets, form != .table, form != .bars {
            let buckets = "\(DecimalText.grouped(Int64(cut.held))) of \(DecimalText.grouped(Int64(cut.of)))"
            return .needs("every bucket of the window, and this answer holds \(buckets)")
        }
        switch (form, asked.answer.shape) {
        case (.columns, .series), (.line, .series), (.spark, .series), (.columns, .groupedSeries), (.line, .groupedSeries),
            (.spark, .groupedSeries), (.heatmap, .groupedSeries):
            if asked.drawable.isEmpty { return .needs("a measure of numbers") }
        default: break
        }
        switch (form, asked.answer.shape) {
        case (.table, _): return fits(table)
        case (.bars, .groups(let keys)): return fits(bars(asked, keys: keys))
        case (.bars, .series(let axis)): return fits(bars(asked.withoutUncovered(axis), keys: 1))
        case (.bars, .groupedSeries(let axis, let keys)): return fits(bars(asked.withoutUncovered(axis), keys: keys + 1))
        case (.bars, _): return .needs("groups (`by FIELD`)")
        case (.columns, .series(let axis)): return fits(columns(axis))
        case (.columns, .groupedSeries(let axis, let keys)): return .fits(columnsOfGroups(axis, keys))
        case (.columns, _): return .needs(time)
        case (.line, .series(let axis)): return fits(lines(axis))
        case (.line, .groupedSeries(let axis, let keys)): return fits(linesOfGroups(axis, keys))
        case (.line, _): return .needs(time)
        case (.stack, .groupedSeries(let axis, let keys)):
            return asked.column.addsUp ? fits(stack(axis, keys)) : .needs("a measure that adds up, such as `count`")
        case (.stack, _): return .needs("groups and buckets of time (`by FIELD every 1h`)")
        case (.spark, .series(let axis)): return fits(sparklines(axis, 0))
        case (.spark, .groupedSeries(let axis, let keys)): return fits(sparklines(axis, keys))
        case (.spark, _): return .needs(time)
        case (.heatmap, .groups(keys: 2)): return heatmap.map { .fits($0) } ?? .needs("two fields and a measure of numbers")
        case (.heatmap, .groupedSeries(let axis, let keys)): return fits(heatmapOverTime(axis, keys))
        case (.heatmap, _): return .needs("two fields (`by weekday, hour`), or a field and buckets of time")
        case (.histogram, .groups(keys: 1)) where isHistogram: return fits(histogram)
        case (.histogram, _): return .needs("bins, which a numeric field makes (`by latency`)")
        case (.scatter, _):
            let chart = Scatter(title: asked.title, table: asked.withoutBaseline)
            return chart.map { fits(.scatter($0)) } ?? .needs("two columns of numbers (`show latency, output_tokens`)")
        }
    }

    // MARK: Tables and numbers

    /// Part of a series as a table: a chart over time would show the missing buckets as if nothing had happened.
    private func cutSeries(_ held: Int, of all: Int, _ axis: TimeAxis) -> Choice {
        let number = { (count: Int) in DecimalText.grouped(Int64(count)) }
        let buckets = "\(number(held)) of \(number(all)) \("buckets".counted(Int64(all))) of \(style.safe(axis.width))"
        return (table, [buckets])
    }

    private var table: Picture {
        var options = TableOptions()
        let table = asked.answer.table, keys = asked.keys
        if case .listing = asked.answer.shape { options.numbersRows = true }
        if asked.cutBuckets != nil { options.numbersRows = true }
        if case .groups = asked.answer.shape { options.foldedGroups = asked.answer.foldedGroups }
        options.keys = keys
        guard let baseline = asked.answer.baseline else { return .table(table, options) }
        return .table(Comparison(baseline, table: table, keys: keys).shown(table, keys: keys, style: style).table, options)
    }

    private var cards: Picture {
        let table = asked.answer.table, text = ValueText(style)
        let row = table.rows.first ?? []
        let comparison = asked.answer.baseline.map { Comparison($0, table: table, keys: 0) }
        let cards = asked.measures.map { index -> Cards.Card in
            let column = table.columns[index]
            let value = index < row.count ? row[index] : .missing
            var card = Cards.Card(column.name, text.column([value], type: column.type)[0])
            if case .ratio(let ratio) = value {
                let parts = text.rateParts(ratio)
                card.value = parts.percent
                card.note = (parts.interval.map { "(\($0)) " } ?? "") + parts.counts
            }
            // When no data covers the baseline, the receipt says so once; the cards do not repeat it.
            guard let comparison, !comparison.baseline.isUnknown, let before = comparison.before(index, in: table),
                before < row.count
            else { return card }
            var words = "\(comparison.baseline.name) \(text.text(row[before]))"
            if let covered = comparison.baseline.covered {
                words += " (\(covered))"
            } else if let difference = comparison.difference(row, index, in: table, text) {
                if let isUp = difference.isUp {
                    words += " \(isUp ? style.marks.up : style.marks.down) \(difference.behindArrow)"
                } else {
                    words = "unchanged"
                }
                card.changeRole = AskedAnswer.role(isUp: difference.isUp, of: column, title: asked.title)
            }
            card.change = words
            return card
        }
        return .cards(Cards(cards))
    }
}
