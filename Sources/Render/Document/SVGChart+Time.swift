import Model

extension SVGChart {
    func draw(_ chart: ColumnChart) -> String? {
        var canvas = canvas()
        let values = chart.axis.starts.indices.map { chart.value($0) }
        let before = chart.axis.starts.indices.map { chart.baseline?.value($0) }
        let largest = (values + before).compactMap { $0 }.max() ?? 0
        guard let frame = SVGTimeFrame(chart.axis, largest: largest, type: chart.type, rows: chart.heightInRows, canvas: canvas)
        else { return nil }
        let text = ValueText(style)
        frame.drawGaps(&canvas) { values[$0] != nil }
        frame.draw(&canvas)
        var hasPartial = false, hasBefore = false
        for group in frame.groups {
            let x = frame.x(group.lowerBound), width = frame.x(group.upperBound) - x
            let inset = width > 6 ? width * 0.1 : 0
            if let index = group.filter({ values[$0] != nil }).max(by: { values[$0] ?? 0 < values[$1] ?? 0 }),
                let value = values[index], value > 0
            {
                let isPartial = chart.axis.isPartial(index)
                hasPartial = hasPartial || isPartial
                let y = min(frame.y(value), frame.bottom - 1)
                let words = "\(text.magnitude(value, chart.type)) \(AxisPhrases.place(index, chart.axis, style))"
                canvas.rect(
                    x: x + inset, y: y, width: max(1, width - 2 * inset), height: frame.bottom - y,
                    isPartial ? .partial : .accent,
                    title: words + (isPartial ? ", partial" : ""))
            }
            if let value = group.compactMap({ before[$0] }).max() {
                hasBefore = true
                canvas.line(x1: x, y1: frame.y(value), x2: x + width, y2: frame.y(value), .before, width: 2)
            }
        }
        var entries: [(ink: SVGCanvas.Ink, words: String)] = []
        if hasPartial { entries.append((.partial, "partial bucket")) }
        if let baseline = chart.baseline, hasBefore { entries.append((.before, baseline.name)) }
        legend(entries, &canvas)
        return canvas.document(title: chart.name, description: chart.summary(style))
    }

    func draw(_ chart: StackedColumns) -> String? {
        var canvas = canvas()
        let layers = chart.layers(style)
        let totals = chart.axis.starts.indices.map { chart.total($0, layers) }
        guard
            let frame = SVGTimeFrame(
                chart.axis, largest: totals.compactMap { $0 }.max() ?? 0, type: chart.type, rows: chart.heightInRows,
                canvas: canvas)
        else { return nil }
        let text = ValueText(style)
        frame.drawGaps(&canvas) { totals[$0] != nil }
        frame.draw(&canvas)
        for group in frame.groups {
            guard let index = group.filter({ totals[$0] != nil }).max(by: { totals[$0] ?? 0 < totals[$1] ?? 0 }) else { continue }
            let x = frame.x(group.lowerBound), width = frame.x(group.upperBound) - x
            let inset = width > 6 ? width * 0.1 : 0
            var sum = 0.0
            for layer in layers {
                guard let value = layer.value(index), value > 0 else { continue }
                let bottom = frame.y(sum), top = frame.y(sum + value)
                sum += value
                let words = "\(layer.name) \(text.magnitude(value, chart.type)) \(AxisPhrases.place(index, chart.axis, style))"
                canvas.rect(
                    x: x + inset, y: top, width: max(1, width - 2 * inset), height: max(0.5, bottom - top), .series(layer.fill),
                    title: words)
            }
        }
        legend(layers.map { (.series($0.fill), "\($0.name) \(text.magnitude($0.sum, chart.type))") }, &canvas)
        return canvas.document(title: chart.name, description: chart.summary(style))
    }

    func draw(_ chart: LineChart) -> String? {
        var canvas = canvas()
        guard let (_, entries) = draw(chart, on: &canvas) else { return nil }
        legend(entries, &canvas, swatch: .line)
        return canvas.document(title: chart.name, description: chart.summary(style))
    }

    /// Draws lines on a canvas; returns their frame and legend, or nil when there are no buckets.
    func draw(_ chart: LineChart, on canvas: inout SVGCanvas) -> (SVGTimeFrame, [(ink: SVGCanvas.Ink, words: String)])? {
        var largest = chart.thresholds.map(\.value).max() ?? 0
        for line in chart.drawnSeries {
            largest = max(largest, chart.axis.starts.indices.compactMap { chart.value(line, $0) }.max() ?? 0)
        }
        if let baseline = chart.baseline {
            largest = max(largest, chart.axis.starts.indices.compactMap { baseline.value($0) }.max() ?? 0)
        }
        guard let frame = SVGTimeFrame(chart.axis, largest: largest, type: chart.type, rows: chart.heightInRows, canvas: canvas)
        else { return nil }
        frame.drawGaps(&canvas) { index in chart.drawnSeries.contains { chart.value($0, index) != nil } }
        frame.draw(&canvas)
        var entries: [(ink: SVGCanvas.Ink, words: String)] = []
        for threshold in chart.thresholds {
            let y = frame.y(threshold.value)
            canvas.line(x1: frame.left, y1: y, x2: frame.left + frame.width, y2: y, .threshold, dashes: Self.dashes(.threshold))
            canvas.text(threshold.label, x: frame.left + 6, y: y - 4, .dim)
        }
        let isSingle = chart.series.count < 2 && chart.baseline == nil
        if isSingle, let line = chart.series.first {
            if let trend = chart.trend { entries += drawUnder(trend, chart, frame, &canvas) }
            entries += draw(line, of: chart, frame, &canvas)
        } else {
            for (index, line) in chart.drawnSeries.enumerated().reversed() {
                let ink = SVGCanvas.Ink.series(index)
                path(frame, ink, &canvas) { chart.value(line, $0) }
                let name = chart.series.count == 1 && chart.baseline != nil ? "now" : line.name
                entries.insert((ink, name), at: 0)
            }
            if let baseline = chart.baseline {
                path(frame, .before, &canvas) { baseline.value($0) }
                entries.append((.before, baseline.name))
            }
        }
        return (frame, entries)
    }

    /// Draws a line through the bucket centres, broken at gaps; where several buckets share a pixel, from the lowest to the
    /// highest.
    private func path(_ frame: SVGTimeFrame, _ ink: SVGCanvas.Ink, _ canvas: inout SVGCanvas, value: (Int) -> Double?) {
        var points: [(x: Double, y: Double)] = [], known = 0
        func flush() {
            canvas.path(points, ink, dashes: Self.dashes(ink))
            // A bucket between gaps has no neighbour to connect to.
            if known == 1, let only = points.first { canvas.circle(x: only.x, y: only.y, radius: 2, ink) }
            (points, known) = ([], 0)
        }
        for group in frame.groups {
            let values = group.compactMap(value)
            guard let first = values.first, let last = values.last, let low = values.min(), let high = values.max() else {
                flush()
                continue
            }
            let x = (frame.x(group.lowerBound) + frame.x(group.upperBound)) / 2
            known += 1
            points += (group.count == 1 ? [first] : [first, low, high, last]).map { (x, frame.y($0)) }
        }
        flush()
    }

    private func draw(
        _ line: LineChart.Series, of chart: LineChart, _ frame: SVGTimeFrame, _ canvas: inout SVGCanvas
    ) -> [(ink: SVGCanvas.Ink, words: String)] {
        var entries: [(ink: SVGCanvas.Ink, words: String)] = []
        let text = ValueText(style)
        func words(_ index: Int, _ value: Double) -> String {
            "\(text.magnitude(value, chart.type)) \(AxisPhrases.place(index, chart.axis, style))"
        }
        func middle(_ index: Int) -> Double { (frame.x(index) + frame.x(index + 1)) / 2 }
        path(frame, .accent, &canvas) { chart.axis.isPartial($0) ? nil : chart.value(line, $0) }
        for index in chart.axis.starts.indices where chart.axis.isPartial(index) {
            guard let value = chart.value(line, index) else { continue }
            if !entries.contains(where: { $0.ink == .partial }) { entries.append((.partial, "partial bucket")) }
            let title = words(index, value) + ", partial"
            canvas.circle(x: middle(index), y: frame.y(value), radius: 3, .partial, isHollow: true, title: title)
        }
        guard let trend = chart.trend else { return entries }
        for index in trend.anomalies where chart.axis.starts.indices.contains(index) {
            guard let value = chart.value(line, index) else { continue }
            if !entries.contains(where: { $0.ink == .anomaly }) { entries.append((.anomaly, "anomaly")) }
            let expected = TrendSummary(trend, chart).expected(index, text, style)
            canvas.circle(
                x: middle(index), y: frame.y(value), radius: 4, .anomaly,
                title: words(index, value) + (expected.isEmpty ? "" : ", expected \(expected)"))
        }
        return entries
    }

    private func drawUnder(
        _ trend: Trend, _ chart: LineChart, _ frame: SVGTimeFrame, _ canvas: inout SVGCanvas
    ) -> [(ink: SVGCanvas.Ink, words: String)] {
        var entries: [(ink: SVGCanvas.Ink, words: String)] = []
        func average(_ index: Int) -> Double? {
            guard index < trend.movingAverage.count, let value = trend.movingAverage[index], value.isFinite,
                chart.series.contains(where: { chart.value($0, index) != nil })
            else { return nil }
            return value
        }
        if chart.axis.starts.indices.contains(where: { average($0) != nil }) {
            path(frame, .average, &canvas, value: average)
            entries.append((.average, "moving average of \(DecimalText.grouped(Int64(trend.windowInBuckets)))"))
        }
        if let change = trend.changePoint, chart.axis.starts.indices.contains(change.index) {
            let x = frame.x(change.index)
            canvas.line(x1: x, y1: frame.top, x2: x, y2: frame.bottom, .change, dashes: Self.dashes(.change))
            let isLeft = x > frame.left + frame.width - 110
            canvas.text("level changed", x: x + (isLeft ? -4 : 4), y: frame.top + 10, .dim, anchor: isLeft ? "end" : "start")
        }
        return entries
    }
}
