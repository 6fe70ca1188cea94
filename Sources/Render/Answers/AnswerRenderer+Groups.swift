import Model

extension AnswerRenderer {
    /// Bins as a histogram, weekday and hour as a heatmap, two fields as a matrix where it has room; everything else as bars.
    func groups(_ asked: AskedAnswer, _ keys: Int) -> [String] {
        if keys == 1, asked.answer.foldedGroups == 0, asked.answer.baseline == nil, Histogram.isBinned(asked.answer.table) {
            return histogram(asked)
        }
        if keys == 2, let week = week(asked) { return week }
        if keys == 2, asked.isWhole, asked.answer.baseline == nil, isOfOneMeasure(asked),
            let pivot = Pivot(asked.answer, measure: asked.measure, title: asked.title), pivot.fits(style)
        {
            return pivot.lines(style) + others(asked)
        }
        return bars(asked, keys: keys)
    }

    func bars(_ asked: AskedAnswer, keys: Int) -> [String] {
        let table = asked.answer.table
        var chart = BarChart(
            title: asked.title, table: table, keys: keys, measure: asked.measure, foldedGroups: asked.answer.foldedGroups,
            total: asked.total)
        let cut = asked.answer.receipt.isCut ? max(0, (asked.answer.receipt.found ?? 0) - Int64(table.rows.count)) : 0
        chart.hiddenGroups = asked.answer.receipt.droppedGroups + cut
        chart.baseline = asked.answer.baseline
        guard table.columns.indices.contains(chart.measure), table.columns[chart.measure].type != .text else {
            var options = TableOptions()
            options.keys = keys
            options.foldedGroups = asked.answer.foldedGroups
            return TableRenderer(style).lines(table, options)
        }
        return chart.lines(style)
    }

    func histogram(_ asked: AskedAnswer) -> [String] {
        Histogram(title: asked.title, table: asked.withoutBaseline, isWhole: asked.isWhole).lines(style)
    }

    /// The heatmap of two fields; nil when the measure is no number.
    func heatmap(_ asked: AskedAnswer) -> [String]? {
        if let week = week(asked) { return week }
        let column = asked.column
        guard Scatter.numeric.contains(column.type) || column.type == .change,
            let grid = KeyGrid(asked.answer.table, measure: asked.measure)
        else { return nil }
        let absent: HeatCell = asked.isWhole && column.addsUp ? .value(0) : .noValue
        let cells = grid.cells.map { row in row.map { $0.map { HeatCell($0) } ?? absent } }
        let names = { (values: [Value]) in values.map { $0.isMissing ? "(none)" : ValueText(style).text($0) } }
        let map = Heatmap(
            title: asked.title, rows: names(grid.rows), columns: .names(names(grid.columns)), cells: cells, type: column.type,
            addsUp: column.addsUp && asked.isWhole)
        return map.lines(style) + others(asked)
    }

    private func week(_ asked: AskedAnswer) -> [String]? {
        let column = asked.column
        guard Scatter.numeric.contains(column.type), let cells = WeekGrid.cells(asked.answer, measure: asked.measure) else {
            return nil
        }
        let map = Heatmap(week: cells, title: asked.title, type: column.type, addsUp: column.addsUp && asked.isWhole)
        return map.lines(style) + others(asked)
    }

    /// True when a matrix loses nothing that was asked for: one measure, or those that counts of groups come with anyway.
    private func isOfOneMeasure(_ asked: AskedAnswer) -> Bool {
        let names = asked.measures.map { asked.answer.table.columns[$0].name }
        return names.count == 1 || names == ["count", "share"] || names == ["count", "share", "error_rate"]
    }

    /// Names the measures that a picture of one measure does not show.
    private func others(_ asked: AskedAnswer) -> [String] {
        let names = asked.measures.dropFirst().map { style.safe(asked.answer.table.columns[$0].name, columns: 60) }
        return names.isEmpty ? [] : dim("not in this picture: \(names.joined(separator: ", ")); `as table` shows them")
    }
}
