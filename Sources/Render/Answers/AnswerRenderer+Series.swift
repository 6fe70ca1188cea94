import Model

extension AnswerRenderer {
    /// Columns, one chart a measure; a line for the first measure when its trend was asked for.
    func series(_ asked: AskedAnswer, _ axis: TimeAxis) -> [String] {
        asked.answer.trend == nil ? columns(asked, axis) : line(asked, axis)
    }

    /// The measures that can be drawn over time.
    private func drawable(_ asked: AskedAnswer) -> [Int] {
        asked.measures.filter { ![.text, .time].contains(asked.answer.table.columns[$0].type) }
    }

    /// One chart a measure: counts of errors and a latency have no common axis.
    func columns(_ asked: AskedAnswer, _ axis: TimeAxis) -> [String] {
        apart(
            drawable(asked).map { measure in
                var chart = ColumnChart(
                    axis: axis, table: asked.answer.table, column: measure, name: asked.name(measure), heightInRows: heightInRows)
                chart.baseline = asked.baselineSeries(measure)
                return chart.lines(style)
            })
    }

    /// One line chart a measure; the trend, which is of the first measure, on that one.
    func line(_ asked: AskedAnswer, _ axis: TimeAxis) -> [String] {
        let table = asked.answer.table
        return apart(
            drawable(asked).enumerated().map { place, measure in
                let values = table.rows.map { measure < $0.count ? $0[measure].magnitude : nil }
                let name = asked.name(measure)
                return LineChart(
                    axis: axis, series: [LineChart.Series(name, values)], type: table.columns[measure].type, name: name,
                    addsUp: table.columns[measure].type == .count && table.columns[measure].addsUp,
                    trend: place == 0 ? asked.answer.trend : nil, baseline: asked.baselineSeries(measure),
                    heightInRows: heightInRows * 3 / 2
                ).lines(style)
            })
    }

    private func apart(_ charts: [[String]]) -> [String] { Array(charts.joined(separator: [""])) }

    // MARK: Groups over time

    /// A stack where the measure adds up, one chart a group elsewhere.
    func groupedSeries(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [String] {
        guard keys > 0, asked.answer.table.columns.indices.contains(asked.measure) else {
            return TableRenderer(style).lines(asked.answer.table)
        }
        let column = asked.column
        return column.addsUp && [.count, .money].contains(column.type)
            ? stack(asked, axis, keys) : columnsOfGroups(asked, axis, keys)
    }

    private func groups(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [StackedColumns.Series] {
        SeriesGroups(asked.answer.table, axis: axis, keys: keys, measure: asked.measure).groups.map { group in
            StackedColumns.Series(SeriesGroups.name(group.keys, style), group.magnitudes)
        }
    }

    func stack(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [String] {
        var series = groups(asked, axis, keys)
        let rest = asked.answer.foldedGroups > 0 ? series.popLast() : nil
        var chart = StackedColumns(
            axis: axis, series: series, rest: rest, foldedGroups: asked.answer.foldedGroups, type: asked.column.type,
            name: asked.title, heightInRows: heightInRows * 3 / 2)
        chart.baseline = baselineTotals(asked, axis, keys)
        return chart.lines(style)
    }

    /// What all groups had before, bucket by bucket.
    private func baselineTotals(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> BaselineSeries? {
        guard let baseline = asked.answer.baseline, let column = baseline.columns[asked.measure] else { return nil }
        let groups = SeriesGroups(asked.answer.table, axis: axis, keys: keys, measure: column).groups.map(\.magnitudes)
        let totals = axis.starts.indices.map { index -> Double? in
            let known = groups.compactMap { $0[index] }.filter(\.isFinite)
            return known.isEmpty ? nil : known.reduce(0, +)
        }
        return BaselineSeries(name: baseline.name, values: totals, covered: baseline.covered)
    }

    func columnsOfGroups(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [String] {
        let series = groups(asked, axis, keys), column = asked.column
        let shown = series.prefix(StackedColumns.mostSeries)
        let charts = shown.map { group -> [String] in
            var chart = ColumnChart(
                axis: axis, values: group.values, type: column.type, name: "\(asked.column.name) of \(group.name)",
                heightInRows: max(2, heightInRows / 2))
            chart.addsUp = false
            return chart.lines(style)
        }
        let more = Int64(series.count - shown.count)
        return apart(charts) + (more > 0 ? dim("\(DecimalText.grouped(more)) more \("groups".counted(more)) not drawn") : [])
    }

    func linesOfGroups(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [String] {
        var series = groups(asked, axis, keys)
        if asked.answer.foldedGroups > 0, !series.isEmpty { series.removeLast() }
        var chart = LineChart(
            axis: axis, series: series, type: asked.column.type, name: asked.title,
            addsUp: asked.column.type == .count && asked.column.addsUp, heightInRows: heightInRows * 3 / 2)
        chart.hiddenGroups = asked.answer.foldedGroups
        return chart.lines(style)
    }

    func sparklines(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [String] {
        let table = asked.answer.table
        func lines(_ measure: Int, _ name: String) -> [String] {
            let groups = SeriesGroups(table, axis: axis, keys: keys, measure: measure).groups
            return Sparklines(
                title: name, axis: axis, keys: keys > 0 ? Array(table.columns[1..<1 + keys]) : [],
                measure: table.columns[measure],
                series: groups.map { Sparklines.Series(keys: $0.keys, values: $0.values) },
                foldedGroups: keys > 0 ? asked.answer.foldedGroups : 0
            ).lines(style)
        }
        let measures = drawable(asked)
        return apart(
            measures.map { lines($0, keys == 0 ? asked.name($0) : measures.count == 1 ? asked.title : table.columns[$0].name) })
    }

    /// Groups by buckets of time as a heatmap.
    func heatmapOverTime(_ asked: AskedAnswer, _ axis: TimeAxis, _ keys: Int) -> [String] {
        let groups = SeriesGroups(asked.answer.table, axis: axis, keys: keys, measure: asked.measure).groups
        return Heatmap(
            title: asked.title, rows: groups.map { SeriesGroups.name($0.keys, style) }, columns: .buckets(axis),
            cells: groups.map { $0.values.map { HeatCell($0) } }, type: asked.column.type, addsUp: asked.column.addsUp
        ).lines(style)
    }
}
