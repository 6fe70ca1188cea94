import Model

extension PictureChoice {
    /// Bins as a histogram, weekday by hour as a heatmap, two fields as a matrix; anything else as bars.
    func groups(_ keys: Int) -> Choice {
        let answer = labelled.answer
        if keys == 1, answer.foldedGroups == 0, answer.baseline == nil, isHistogram { return (histogram, []) }
        if keys == 2, let week { return week }
        let bars = bars(labelled, keys: keys)
        guard keys == 2, labelled.isWhole, answer.baseline == nil, isOfOneMeasure, let chart = bars as? BarChart,
            let pivot = Pivot(answer, measure: labelled.measure, title: labelled.title)
        else { return (bars, []) }
        // When a matrix does not fit, the bars show everything.
        return (MatrixPicture(matrix: pivot, bars: chart), pivot.fits(style) ? others : [])
    }

    func bars(_ labelled: LabelledAnswer, keys: Int) -> any Picture {
        let table = labelled.answer.table
        var chart = BarChart(
            title: labelled.title, table: table, keys: keys, measure: labelled.measure,
            foldedGroups: labelled.answer.foldedGroups,
            total: labelled.total)
        let cut = labelled.answer.receipt.isCut ? max(0, (labelled.answer.receipt.found ?? 0) - Int64(table.rows.count)) : 0
        chart.hiddenGroups = labelled.answer.receipt.droppedGroups + cut
        chart.baseline = labelled.answer.baseline
        guard table.columns.indices.contains(chart.measure), table.columns[chart.measure].isAmount else {
            var options = TableOptions()
            options.keys = keys
            options.foldedGroups = labelled.answer.foldedGroups
            return TablePicture(table: table, options: options)
        }
        return chart
    }

    /// True for bins whose first measure is an amount.
    var isHistogram: Bool {
        Histogram.isBinned(labelled.answer.table) && labelled.measure == labelled.keys && labelled.column.isAmount
    }

    var histogram: any Picture {
        Histogram(title: labelled.title, table: labelled.withoutBaseline, isWhole: labelled.isWhole)
    }

    /// The heatmap of two fields; nil when the measure is not a number.
    var heatmap: Choice? {
        if let week { return week }
        let column = labelled.column
        guard column.isAmount, let grid = KeyGrid(labelled.answer.table, measure: labelled.measure) else {
            return nil
        }
        let absent: HeatCell = labelled.isWhole && column.addsUp ? .value(0) : .noValue
        let cells = grid.cells.map { row in row.map { $0.map { HeatCell($0) } ?? absent } }
        let names = { (values: [Value]) in values.map { $0.isMissing ? "(none)" : ValueText(style).text($0) } }
        let map = Heatmap(
            title: labelled.title, rows: names(grid.rows), columns: .names(names(grid.columns)), cells: cells, type: column.type,
            addsUp: column.addsUp && labelled.isWhole)
        return (map, others)
    }

    private var week: Choice? {
        let column = labelled.column
        guard column.isAmount, let cells = WeekGrid.cells(labelled.answer, measure: labelled.measure) else {
            return nil
        }
        let map = Heatmap(week: cells, title: labelled.title, type: column.type, addsUp: column.addsUp && labelled.isWhole)
        return (map, others)
    }

    /// True when a matrix shows everything requested: one measure, or the measures that group counts include anyway.
    private var isOfOneMeasure: Bool {
        let names = labelled.measures.map { labelled.answer.table.columns[$0].name }
        return names.count == 1 || names == ["count", "share"] || names == ["count", "share", "error_rate"]
    }

    /// A note that lists the measures omitted by a chart with a single measure.
    private var others: [String] {
        let names = labelled.measures.filter { $0 != labelled.measure }
            .map { style.safe(labelled.answer.table.columns[$0].name, columns: 60) }
        return names.isEmpty ? [] : ["not in this chart: \(names.joined(separator: ", ")); `as table` shows them"]
    }
}

/// Two fields as a matrix; as bars when the matrix does not fit.
struct MatrixPicture: Picture {
    let matrix: Pivot
    let bars: BarChart

    func lines(_ style: Style) -> [String] { matrix.fits(style) ? matrix.lines(style) : bars.lines(style) }
    func elements(_ drawer: SVGChart) -> [String] { [drawer.draw(matrix)] }
}

extension PictureForm {
    static let bars = PictureForm(AnswerForm("bars", "one bar per group", needs: .groups)) { choice in
        let labelled = choice.labelled
        return switch labelled.answer.shape {
        case .groups(let keys): choice.fits(choice.bars(labelled, keys: keys))
        case .series(let axis): choice.fits(choice.bars(labelled.withoutUncovered(axis), keys: 1))
        case .groupedSeries(let axis, let keys): choice.fits(choice.bars(labelled.withoutUncovered(axis), keys: keys + 1))
        case .listing, .numbers: .needs("groups (`by FIELD`)")
        }
    }

    static let heatmap = PictureForm(
        AnswerForm("heatmap", "two fields, or a field and time buckets, as shades", needs: .grid)
    ) { choice in
        switch choice.labelled.answer.shape {
        case .groups(keys: 2): choice.heatmap.map { .fits($0) } ?? .needs("two fields and a numeric measure")
        case .groupedSeries(let axis, let keys):
            choice.labelled.drawable.isEmpty
                ? .needs("a numeric measure") : choice.fits(choice.heatmapOverTime(axis, keys))
        default: .needs("two fields (`by weekday, hour`), or a field and time buckets")
        }
    }

    static let histogram = PictureForm(AnswerForm("histogram", "bins of a numeric field", needs: .groups)) { choice in
        guard case .groups(keys: 1) = choice.labelled.answer.shape, choice.isHistogram else {
            return .needs("bins of a numeric field (`by latency`)")
        }
        return choice.fits(choice.histogram)
    }

    static let scatter = PictureForm(AnswerForm("scatter", "two columns of numbers as points", needs: .points)) { choice in
        let chart = Scatter(title: choice.labelled.title, table: choice.labelled.ofMeasures)
        return chart.map { choice.fits($0) } ?? .needs("two numeric columns (`show latency, output_tokens`)")
    }
}
