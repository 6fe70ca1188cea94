import Model

extension PictureChoice {
    /// Bins as a histogram, weekday by hour as a heatmap, two fields as a matrix; anything else as bars.
    func groups(_ keys: Int) -> Choice {
        let answer = asked.answer
        if keys == 1, answer.foldedGroups == 0, answer.baseline == nil, isHistogram { return (histogram, []) }
        if keys == 2, let week { return week }
        let bars = bars(asked, keys: keys)
        guard keys == 2, asked.isWhole, answer.baseline == nil, isOfOneMeasure, case .bars(let chart) = bars,
            let pivot = Pivot(answer, measure: asked.measure, title: asked.title)
        else { return (bars, []) }
        // When a matrix does not fit, the bars show everything.
        return (.matrix(pivot, orElse: chart), pivot.fits(style) ? others : [])
    }

    func bars(_ asked: AskedAnswer, keys: Int) -> Picture {
        let table = asked.answer.table
        var chart = BarChart(
            title: asked.title, table: table, keys: keys, measure: asked.measure, foldedGroups: asked.answer.foldedGroups,
            total: asked.total)
        let cut = asked.answer.receipt.isCut ? max(0, (asked.answer.receipt.found ?? 0) - Int64(table.rows.count)) : 0
        chart.hiddenGroups = asked.answer.receipt.droppedGroups + cut
        chart.baseline = asked.answer.baseline
        guard table.columns.indices.contains(chart.measure), table.columns[chart.measure].isAmount else {
            var options = TableOptions()
            options.keys = keys
            options.foldedGroups = asked.answer.foldedGroups
            return .table(table, options)
        }
        return .bars(chart)
    }

    /// True for bins whose first measure is an amount.
    var isHistogram: Bool {
        Histogram.isBinned(asked.answer.table) && asked.measure == asked.keys && asked.column.isAmount
    }

    var histogram: Picture {
        .histogram(Histogram(title: asked.title, table: asked.withoutBaseline, isWhole: asked.isWhole))
    }

    /// The heatmap of two fields; nil when the measure is not a number.
    var heatmap: Choice? {
        if let week { return week }
        let column = asked.column
        guard column.isAmount, let grid = KeyGrid(asked.answer.table, measure: asked.measure) else {
            return nil
        }
        let absent: HeatCell = asked.isWhole && column.addsUp ? .value(0) : .noValue
        let cells = grid.cells.map { row in row.map { $0.map { HeatCell($0) } ?? absent } }
        let names = { (values: [Value]) in values.map { $0.isMissing ? "(none)" : ValueText(style).text($0) } }
        let map = Heatmap(
            title: asked.title, rows: names(grid.rows), columns: .names(names(grid.columns)), cells: cells, type: column.type,
            addsUp: column.addsUp && asked.isWhole)
        return (.heatmap(map), others)
    }

    private var week: Choice? {
        let column = asked.column
        guard column.isAmount, let cells = WeekGrid.cells(asked.answer, measure: asked.measure) else {
            return nil
        }
        let map = Heatmap(week: cells, title: asked.title, type: column.type, addsUp: column.addsUp && asked.isWhole)
        return (.heatmap(map), others)
    }

    /// True when a matrix shows everything requested: one measure, or the measures that group counts include anyway.
    private var isOfOneMeasure: Bool {
        let names = asked.measures.map { asked.answer.table.columns[$0].name }
        return names.count == 1 || names == ["count", "share"] || names == ["count", "share", "error_rate"]
    }

    /// A note that lists the measures omitted by a chart with a single measure.
    private var others: [String] {
        let names = asked.measures.filter { $0 != asked.measure }
            .map { style.safe(asked.answer.table.columns[$0].name, columns: 60) }
        return names.isEmpty ? [] : ["not in this picture: \(names.joined(separator: ", ")); `as table` shows them"]
    }
}
