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
        var lines: [String]
        if let form = form.flatMap({ PictureForm(rawValue: $0) }) {
            switch picture(asked, form) {
            case .drawn(let drawn): lines = drawn
            case .needs(let what):
                lines = usual(asked) + dim("`as \(form.rawValue)` needs \(what): this is the usual picture instead")
            }
        } else {
            lines = usual(asked)
        }
        if let baseline = answer.baseline {
            lines += dim("\(style.safe(baseline.name)) is \(ValueText(style).window(baseline.window))")
        }
        return lines
    }

    /// What became of a form that was asked for.
    enum Outcome {
        case drawn([String])
        /// What the form would need, in words.
        case needs(String)
    }

    private func usual(_ asked: AskedAnswer) -> [String] {
        switch asked.answer.shape {
        case .listing: table(asked)
        case .numbers: cards(asked)
        case .groups(let keys): groups(asked, keys)
        case .series(let axis): series(asked, axis)
        case .groupedSeries(let axis, let keys): groupedSeries(asked, axis, keys)
        }
    }

    private func picture(_ asked: AskedAnswer, _ form: PictureForm) -> Outcome {
        switch (form, asked.answer.shape) {
        case (.table, _): return .drawn(table(asked))
        case (.bars, .groups(let keys)): return .drawn(bars(asked, keys: keys))
        case (.bars, .series(let axis)): return .drawn(bars(asked.withoutUncovered(axis), keys: 1))
        case (.bars, .groupedSeries(let axis, let keys)): return .drawn(bars(asked.withoutUncovered(axis), keys: keys + 1))
        case (.bars, _): return .needs("groups (`by FIELD`)")
        case (.columns, .series(let axis)): return .drawn(columns(asked, axis))
        case (.columns, .groupedSeries(let axis, let keys)): return .drawn(columnsOfGroups(asked, axis, keys))
        case (.columns, _): return .needs("buckets of time (`every 1h`)")
        case (.line, .series(let axis)): return .drawn(line(asked, axis))
        case (.line, .groupedSeries(let axis, let keys)): return .drawn(linesOfGroups(asked, axis, keys))
        case (.line, _): return .needs("buckets of time (`every 1h`)")
        case (.stack, .groupedSeries(let axis, let keys)):
            guard asked.column.addsUp else { return .needs("a measure that adds up, such as `count`") }
            return .drawn(stack(asked, axis, keys))
        case (.stack, _): return .needs("groups and buckets of time (`by FIELD every 1h`)")
        case (.spark, .series(let axis)): return .drawn(sparklines(asked, axis, 0))
        case (.spark, .groupedSeries(let axis, let keys)): return .drawn(sparklines(asked, axis, keys))
        case (.spark, _): return .needs("buckets of time (`every 1h`)")
        case (.heatmap, .groups(keys: 2)):
            return heatmap(asked).map { .drawn($0) } ?? .needs("two fields and a measure of numbers")
        case (.heatmap, .groupedSeries(let axis, let keys)): return .drawn(heatmapOverTime(asked, axis, keys))
        case (.heatmap, _): return .needs("two fields (`by weekday, hour`), or a field and buckets of time")
        case (.histogram, .groups(keys: 1)) where Histogram.isBinned(asked.answer.table): return .drawn(histogram(asked))
        case (.histogram, _): return .needs("bins, which a numeric field makes (`by latency`)")
        case (.scatter, _):
            guard let chart = Scatter(title: asked.title, table: asked.withoutBaseline) else {
                return .needs("two columns of numbers (`show latency, output_tokens`)")
            }
            return .drawn(chart.lines(style))
        }
    }

    func dim(_ text: String) -> [String] {
        wrap(text, width: style.widthInColumns, hanging: 2).map { Line($0, .dim) }.texts(style)
    }

    // MARK: Tables and numbers

    private func table(_ asked: AskedAnswer) -> [String] {
        var options = TableOptions(), keys = 0
        switch asked.answer.shape {
        case .listing: options.numbersRows = true
        case .numbers: break
        case .groups(let count):
            keys = count
            options.foldedGroups = asked.answer.foldedGroups
        case .series: keys = 1
        case .groupedSeries(_, let count): keys = count + 1
        }
        options.keys = keys
        guard let baseline = asked.answer.baseline else { return TableRenderer(style).lines(asked.answer.table, options) }
        let comparison = Comparison(baseline, table: asked.answer.table, keys: keys)
        return TableRenderer(style).lines(comparison.shown(asked.answer.table, keys: keys, style: style).table, options)
    }

    private func cards(_ asked: AskedAnswer) -> [String] {
        let table = asked.answer.table, text = ValueText(style)
        let row = table.rows.first ?? []
        let comparison = asked.answer.baseline.map { Comparison($0, table: table, keys: 0) }
        let cards = (comparison?.measures ?? Array(table.columns.indices)).map { index -> Cards.Card in
            let column = table.columns[index]
            let value = index < row.count ? row[index] : .missing
            var card = Cards.Card(column.name, text.column([value], type: column.type)[0])
            if case .ratio(let ratio) = value {
                let parts = text.rateParts(ratio)
                card.value = parts.percent
                card.note = (parts.interval.map { "(\($0)) " } ?? "") + parts.counts
            }
            guard let comparison, let before = comparison.before(index, in: table), before < row.count else { return card }
            var words = "\(comparison.baseline.name) \(text.text(row[before]))"
            if let covered = comparison.baseline.covered {
                words += " (\(covered))"
            } else if let difference = comparison.difference(row, index, in: table, text) {
                let arrow = difference.isUp.map { $0 ? style.marks.up : style.marks.down } ?? style.marks.same
                words += " \(arrow) \(difference.text)"
                card.changeRole = AskedAnswer.role(isUp: difference.isUp, of: column, title: asked.title)
            }
            card.change = words
            return card
        }
        return Cards(cards).lines(style)
    }
}

/// The words behind `as` that name a picture.
public enum PictureForm: String, CaseIterable, Sendable {
    case bars, columns, line, stack, heatmap, histogram, scatter, spark, table
}

/// An answer with the words that its pictures need.
struct AskedAnswer {
    var answer: Answer
    let title: String
    let total: [Value]?

    init(_ answer: Answer, title: String, total: [Value]?) {
        self.answer = answer
        self.title = title
        self.total = total
    }

    /// How many columns come before the measures.
    private var keys: Int {
        switch answer.shape {
        case .listing, .numbers: 0
        case .groups(let keys): max(0, keys)
        case .series: 1
        case .groupedSeries(_, let keys): max(0, keys) + 1
        }
    }

    /// The columns of the measures, without those that hold values before.
    var measures: [Int] {
        let before = Set((answer.baseline?.columns ?? [:]).values)
        return answer.table.columns.indices.filter { $0 >= keys && !before.contains($0) }
    }

    /// The first measure, which pictures of one measure show.
    var measure: Int { measures.first ?? keys }

    /// Its column.
    var column: ResultColumn {
        answer.table.columns.indices.contains(measure) ? answer.table.columns[measure] : ResultColumn("", .text)
    }

    /// True when every group is in the table as itself.
    var isWhole: Bool { !answer.receipt.isCut && answer.receipt.droppedGroups == 0 && answer.foldedGroups == 0 }

    /// What a measure is called: the title for the count of rows, its own name otherwise.
    func name(_ measure: Int) -> String {
        let name = answer.table.columns[measure].name
        return name == "count" ? title : name
    }

    /// The table without the columns that hold values before.
    var withoutBaseline: ResultTable {
        guard let baseline = answer.baseline else { return answer.table }
        let before = Set(baseline.columns.values)
        let kept = answer.table.columns.indices.filter { !before.contains($0) }
        return ResultTable(
            columns: kept.map { answer.table.columns[$0] },
            rows: answer.table.rows.map { row in kept.map { $0 < row.count ? row[$0] : .missing } })
    }

    /// The values before of a measure with one row a bucket; nil without `vs`.
    func baselineSeries(_ measure: Int) -> BaselineSeries? {
        guard let baseline = answer.baseline, let column = baseline.columns[measure],
            answer.table.columns.indices.contains(column)
        else { return nil }
        let values = answer.table.rows.map { column < $0.count ? $0[column].magnitude : nil }
        return BaselineSeries(name: baseline.name, values: values, covered: baseline.covered)
    }

    /// The answer with missing measures where no data covers the bucket, whatever the rows say.
    func withoutUncovered(_ axis: TimeAxis) -> AskedAnswer {
        var asked = self
        let uncovered = Set(axis.starts.indices.filter { !axis.isCovered($0) }.map { axis.starts[$0] })
        for (index, row) in answer.table.rows.enumerated() {
            guard case .time(let start) = row.first, uncovered.contains(start) else { continue }
            for column in row.indices.dropFirst(keys) { asked.answer.table.rows[index][column] = .missing }
        }
        return asked
    }

    /// Whether a change is good news: more errors, time or money are not, more reliability is; of other measures nothing is known.
    static func role(isUp: Bool?, of column: ResultColumn, title: String) -> Role {
        guard let isUp else { return .dim }
        let name = column.name
        let isCount = name == "count" || name.hasPrefix("per_") || name.hasPrefix("count(")
        if name == "reliability" || name == "recovered" { return isUp ? .good : .bad }
        let worse = ["errors", "failures", "error_rate", "rate", "cost", "recovery_time"]
        let isWorse =
            worse.contains(name) || name.contains("latency") || name.contains("ttft") || name.contains("cost")
            || (isCount && ["errors", "failures"].contains { title.hasPrefix($0) })
        return isWorse ? (isUp ? .bad : .good) : .dim
    }
}
