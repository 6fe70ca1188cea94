import Model

/// Draws an answer in the picture that fits its shape: table, cards, bars, columns or stacked columns.
public struct AnswerRenderer: Sendable {
    let style: Style
    /// Rows of the charts over time.
    public var heightInRows = 8

    /// Makes a renderer for pictures of this style.
    public init(_ style: Style) { self.style = style }

    /// The default picture of an answer, without its receipt.
    ///
    /// - Parameters:
    ///   - title: What is counted, without time: `errors`, `errors by type`; the sentences of charts name it.
    ///   - total: A row of totals under groups, one value for each column; nil shows none.
    public func lines(_ answer: Answer, title: String, total: [Value]? = nil) -> [String] {
        let table = answer.table
        switch answer.shape {
        case .listing:
            var options = TableOptions()
            options.numbersRows = true
            return TableRenderer(style).lines(table, options)
        case .numbers:
            return cards(table)
        case .groups(let keys):
            var chart = BarChart(title: title, table: table, keys: keys, foldedGroups: answer.foldedGroups, total: total)
            let cut = answer.receipt.isCut ? max(0, (answer.receipt.found ?? 0) - Int64(table.rows.count)) : 0
            chart.hiddenGroups = answer.receipt.droppedGroups + cut
            guard table.columns.indices.contains(chart.measure), table.columns[chart.measure].type != .text else {
                var options = TableOptions()
                options.keys = keys
                options.foldedGroups = answer.foldedGroups
                return TableRenderer(style).lines(table, options)
            }
            return chart.lines(style)
        case .series(let axis):
            return series(table, axis, title)
        case .groupedSeries(let axis, let keys):
            return stack(answer, axis, keys, title)
        }
    }

    private func cards(_ table: ResultTable) -> [String] {
        let row = table.rows.first ?? []
        let text = ValueText(style)
        return Cards(
            table.columns.enumerated().map { index, column in
                let value = index < row.count ? row[index] : .missing
                guard case .ratio(let ratio) = value else { return Cards.Card(column.name, text.text(value)) }
                let parts = text.rateParts(ratio)
                return Cards.Card(column.name, parts.percent, note: (parts.interval.map { "(\($0)) " } ?? "") + parts.counts)
            }
        ).lines(style)
    }

    /// One chart a measure: counts of errors and a latency have no common axis.
    private func series(_ table: ResultTable, _ axis: TimeAxis, _ title: String) -> [String] {
        let measures = table.columns.indices.dropFirst().filter { ![.text, .time].contains(table.columns[$0].type) }
        var lines: [String] = []
        for column in measures {
            let name = table.columns[column].name == "count" ? title : table.columns[column].name
            if !lines.isEmpty { lines.append("") }
            lines += ColumnChart(axis: axis, table: table, column: column, name: name, heightInRows: heightInRows).lines(style)
        }
        return lines
    }

    private func stack(_ answer: Answer, _ axis: TimeAxis, _ keys: Int, _ title: String) -> [String] {
        let table = answer.table, measure = keys + 1
        guard keys > 0, table.columns.indices.contains(measure) else { return TableRenderer(style).lines(table) }
        var order: [[Value]] = [], places: [[Value]: Int] = [:], values: [[Double?]] = []
        var buckets: [Timestamp: Int] = [:]
        for (index, start) in axis.starts.enumerated() { buckets[start] = index }
        for row in table.rows where row.count > measure {
            guard case .time(let start) = row[0], let bucket = buckets[start] else { continue }
            let key = Array(row[1...keys])
            if places[key] == nil {
                places[key] = order.count
                order.append(key)
                values.append([Double?](repeating: nil, count: axis.starts.count))
            }
            if let place = places[key] { values[place][bucket] = row[measure].magnitude }
        }
        var series = order.indices.map { place in
            let names = order[place].map { $0.isMissing ? "(none)" : ValueText(style).text($0) }
            return StackedColumns.Series(names.joined(separator: ", "), values[place])
        }
        let type = table.columns[measure].type
        // What does not add up cannot be stacked: one chart a group.
        if ![.count, .money].contains(type) {
            return series.prefix(StackedColumns.mostSeries).flatMap { group in
                ColumnChart(
                    axis: axis, values: group.values, type: type, name: "\(table.columns[measure].name) of \(group.name)",
                    heightInRows: max(2, heightInRows / 2)
                ).lines(style) + [""]
            }.dropLast()
        }
        let rest = answer.foldedGroups > 0 ? series.popLast() : nil
        return StackedColumns(
            axis: axis, series: series, rest: rest, foldedGroups: answer.foldedGroups, type: type, name: title,
            heightInRows: heightInRows * 3 / 2
        ).lines(style)
    }
}
