import Model

extension PictureChoice {
    /// One chart per measure, because counts and latencies have no common axis.
    func columns(_ axis: TimeAxis) -> any Picture {
        ChartsPicture(
            charts: labelled.drawable.map { measure in
                var chart = ColumnChart(
                    axis: axis, table: labelled.answer.table, column: measure, name: labelled.name(measure),
                    heightInRows: heightInRows)
                chart.baseline = labelled.baselineSeries(measure, axis)
                return chart
            })
    }

    /// One line chart per measure; the trend belongs to the first measure.
    func lines(_ axis: TimeAxis) -> any Picture {
        let table = labelled.answer.table
        return ChartsPicture(
            charts: labelled.drawable.enumerated().map { place, measure in
                let values = SeriesGroups.values(table, column: measure, axis: axis).map(\.magnitude)
                let name = labelled.name(measure)
                return LineChart(
                    axis: axis, series: [LineChart.Series(name, values)], type: table.columns[measure].type, name: name,
                    addsUp: table.columns[measure].type == .count && table.columns[measure].addsUp,
                    trend: place == 0 ? labelled.answer.trend : nil, baseline: labelled.baselineSeries(measure, axis),
                    heightInRows: heightInRows * 3 / 2)
            })
    }

    // MARK: Groups over time

    /// A stack when the measure is additive, otherwise one chart per group.
    func groupedSeries(_ axis: TimeAxis, _ keys: Int) -> Choice {
        guard keys > 0, labelled.answer.table.columns.indices.contains(labelled.measure) else {
            return (TablePicture(table: labelled.answer.table, options: TableOptions()), [])
        }
        let column = labelled.column
        let isStack = column.addsUp && [.count, .money].contains(column.type)
        return isStack ? (stack(axis, keys), []) : columnsOfGroups(axis, keys)
    }

    private func series(_ axis: TimeAxis, _ keys: Int) -> [StackedColumns.Series] {
        SeriesGroups(labelled.answer.table, axis: axis, keys: keys, measure: labelled.measure).groups.map { group in
            StackedColumns.Series(SeriesGroups.name(group.keys, style), group.magnitudes)
        }
    }

    func stack(_ axis: TimeAxis, _ keys: Int) -> any Picture {
        var series = series(axis, keys)
        let rest = labelled.answer.foldedGroups > 0 ? series.popLast() : nil
        var chart = StackedColumns(
            axis: axis, series: series, rest: rest, foldedGroups: labelled.answer.foldedGroups, type: labelled.column.type,
            name: labelled.title, heightInRows: heightInRows * 3 / 2)
        chart.baseline = labelled.baselineTotals(axis, keys: keys)
        return chart
    }

    func columnsOfGroups(_ axis: TimeAxis, _ keys: Int) -> Choice {
        let series = series(axis, keys), column = labelled.column
        let shown = series.prefix(StackedColumns.mostSeries)
        let charts = shown.map { group -> ColumnChart in
            var chart = ColumnChart(
                axis: axis, values: group.values, type: column.type, name: "\(labelled.column.name) of \(group.name)",
                heightInRows: max(2, heightInRows / 2))
            chart.addsUp = false
            return chart
        }
        let more = Int64(series.count - shown.count)
        let note = "\(DecimalText.grouped(more)) more \("groups".counted(more)) not drawn"
        return (ChartsPicture(charts: charts), more > 0 ? [note] : [])
    }

    func linesOfGroups(_ axis: TimeAxis, _ keys: Int) -> any Picture {
        var series = series(axis, keys)
        if labelled.answer.foldedGroups > 0, !series.isEmpty { series.removeLast() }
        var chart = LineChart(
            axis: axis, series: series, type: labelled.column.type, name: labelled.title,
            addsUp: labelled.column.type == .count && labelled.column.addsUp, heightInRows: heightInRows * 3 / 2)
        chart.hiddenGroups = labelled.answer.foldedGroups
        return chart
    }

    func sparklines(_ axis: TimeAxis, _ keys: Int) -> any Picture {
        let table = labelled.answer.table, measures = labelled.drawable
        return ChartsPicture(
            charts: measures.map { measure in
                let groups = SeriesGroups(table, axis: axis, keys: keys, measure: measure).groups
                let isOnly = measures.count == 1
                return Sparklines(
                    title: keys == 0 ? labelled.name(measure) : isOnly ? labelled.title : table.columns[measure].name, axis: axis,
                    keys: keys > 0 ? Array(table.columns[1..<1 + keys]) : [], measure: table.columns[measure],
                    series: groups.map { Sparklines.Series(keys: $0.keys, values: $0.values) },
                    foldedGroups: keys > 0 ? labelled.answer.foldedGroups : 0)
            })
    }

    /// Groups by time bucket as a heatmap.
    func heatmapOverTime(_ axis: TimeAxis, _ keys: Int) -> any Picture {
        let groups = SeriesGroups(labelled.answer.table, axis: axis, keys: keys, measure: labelled.measure).groups
        return Heatmap(
            title: labelled.title, rows: groups.map { SeriesGroups.name($0.keys, style) }, columns: .buckets(axis),
            cells: groups.map { $0.values.map { HeatCell($0) } }, type: labelled.column.type, addsUp: labelled.column.addsUp)
    }
}

extension PictureForm {
    static let columns = PictureForm(AnswerForm("columns", "one column per time bucket", needs: .buckets)) { choice in
        choice.overTime({ (choice.columns($0), []) }, groups: { choice.columnsOfGroups($0, $1) })
    }

    static let line = PictureForm(AnswerForm("line", "a line over time", needs: .buckets)) { choice in
        choice.overTime({ (choice.lines($0), []) }, groups: { (choice.linesOfGroups($0, $1), []) })
    }

    static let spark = PictureForm(AnswerForm("spark", "one small line per group", needs: .buckets)) { choice in
        choice.overTime({ (choice.sparklines($0, 0), []) }, groups: { (choice.sparklines($0, $1), []) })
    }

    static let stack = PictureForm(
        AnswerForm("stack", "groups over time, stacked", needs: .groupsAndBuckets)
    ) { choice in
        guard case .groupedSeries(let axis, let keys) = choice.labelled.answer.shape else {
            return .needs("groups and time buckets (`by FIELD every 1h`)")
        }
        guard choice.labelled.column.addsUp else { return .needs("an additive measure, such as `count`") }
        return choice.fits(choice.stack(axis, keys))
    }
}
