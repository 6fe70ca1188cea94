import Model

/// Charts of alert tests.
extension SVGChart {
    /// Draws the measure with its threshold and, below, when each series was pending and firing; nil without evaluations.
    public func picture(_ chart: FiringChart) -> String? {
        var canvas = canvas()
        let lines = LineChart(
            axis: chart.axis, series: chart.series.map { LineChart.Series($0.name, $0.values) }, type: chart.type,
            name: chart.name, addsUp: false, thresholds: chart.threshold.map { [$0] } ?? [], heightInRows: chart.heightInRows)
        guard let (frame, entries) = draw(lines, on: &canvas) else { return nil }
        var y = canvas.height + 4
        let strips = chart.series.prefix(FiringChart.mostStrips)
        for series in strips {
            if !series.name.isEmpty {
                canvas.text(DisplayWidth.cut(style.safe(series.name), to: 60, mark: "…"), x: frame.left, y: y + 10, .dim)
                y += 16
            }
            for interval in intervals(series, chart) {
                let x = frame.x(interval.instants.lowerBound), width = frame.x(interval.instants.upperBound) - x
                let title = title(interval, chart)
                // Height distinguishes the states as well.
                switch interval.state {
                case .firing: canvas.rect(x: x, y: y, width: max(1, width), height: 10, .anomaly, title: title)
                case .pending: canvas.rect(x: x, y: y + 4, width: max(1, width), height: 6, .threshold, title: title)
                case .inactive: canvas.line(x1: x, y1: y + 9.5, x2: x + width, y2: y + 9.5, .axis)
                case .noValue: canvas.rect(x: x, y: y, width: width, height: 10, .gap, title: title)
                }
            }
            y += 16
        }
        canvas.height = y
        let found = Set(strips.flatMap { intervals($0, chart).map(\.state) })
        var states: [(ink: SVGCanvas.Ink, words: String)] = []
        if found.contains(.firing) { states.append((.anomaly, "firing")) }
        if found.contains(.pending) { states.append((.threshold, "pending")) }
        if found.contains(.noValue) { states.append((.gap, "no value")) }
        legend(states, &canvas, swatch: .block)
        if chart.series.count > 1 { legend(entries, &canvas, swatch: .line) }
        return canvas.document(title: chart.name, description: chart.summary(style))
    }

    /// A state and the instants over which it lasts.
    private struct StateInterval {
        var state: FiringChart.State
        var instants: Range<Int>
    }

    private func intervals(_ series: FiringChart.Series, _ chart: FiringChart) -> [StateInterval] {
        var found: [StateInterval] = []
        for index in chart.axis.starts.indices {
            let state = index < series.states.count ? series.states[index] : .inactive
            if let last = found.last, last.state == state {
                found[found.count - 1].instants = last.instants.lowerBound..<index + 1
            } else {
                found.append(StateInterval(state: state, instants: index..<index + 1))
            }
        }
        return found
    }

    private func title(_ interval: StateInterval, _ chart: FiringChart) -> String {
        let words =
            switch interval.state {
            case .firing: "firing"
            case .pending: "pending"
            case .inactive: "inactive"
            case .noValue: "no value"
            }
        let length = chart.axis.bucket(interval.instants.upperBound - 1).to - chart.axis.bucket(interval.instants.lowerBound).from
        return
            "\(words) \(AxisPhrases.place(interval.instants.lowerBound, chart.axis, style)) for \(ValueText(style).duration(length))"
    }

    /// Draws the number of firings at each threshold; nil without thresholds.
    public func picture(_ chart: StepCurve) -> String? {
        let points = chart.sorted
        let chosen = chart.chosen.flatMap { abs($0) <= NumberAxis.largest ? $0 : nil }
        let aim = chart.aim.flatMap { $0 >= 0 && $0 <= NumberAxis.largest ? $0 : nil }
        var canvas = canvas()
        guard !points.isEmpty,
            let x = NumberAxis(points.map(\.threshold) + (chosen.map { [$0] } ?? []), type: chart.type, steps: 7),
            let y = NumberAxis(
                points.map { Double($0.firings) } + (aim.map { [$0] } ?? []), type: .count, steps: 5, fromZero: true)
        else { return nil }
        let frame = NumberPlane(x: x, y: y, height: 220, canvas: canvas)
        frame.draw(&canvas)
        var legend: [(ink: SVGCanvas.Ink, words: String)] = []
        if let aim {
            let height = frame.y(aim)
            canvas.line(
                x1: frame.left, y1: height, x2: frame.left + frame.width, y2: height, .threshold, dashes: Self.dashes(.threshold))
            legend.append((.threshold, "aim \(ValueText(style).number(aim))"))
        }
        var path: [(x: Double, y: Double)] = []
        for point in points {
            if let before = path.last { path.append((frame.x(point.threshold), before.y)) }
            path.append((frame.x(point.threshold), frame.y(Double(point.firings))))
        }
        canvas.path(path, .accent)
        if points.count == 1 { canvas.circle(x: path[0].x, y: path[0].y, radius: 2, .accent) }
        if let chosen, let point = points.last(where: { $0.threshold <= chosen }) ?? points.first {
            canvas.line(
                x1: frame.x(chosen), y1: frame.top, x2: frame.x(chosen), y2: frame.top + frame.height, .change,
                dashes: Self.dashes(.change))
            canvas.circle(x: frame.x(chosen), y: frame.y(Double(point.firings)), radius: 4, .anomaly)
            legend.append((.anomaly, "chosen \(ValueText(style).magnitude(chosen, chart.type))"))
        }
        canvas.text(
            "x: threshold of \(style.safe(chart.name, columns: 60)) · y: firings", x: frame.left, y: frame.bottom + 36, .dim
        )
        canvas.height = frame.bottom + 44
        self.legend(legend, &canvas, swatch: .line)
        return canvas.document(title: chart.name, description: chart.summary(style))
    }
}

/// A plot area with two numeric axes.
struct NumberPlane {
    let horizontal: NumberAxis, vertical: NumberAxis
    /// The plot area in pixels.
    let left: Double, top = 10.0, width: Double, height: Double
    private let style: Style

    var bottom: Double { top + height }

    init(x: NumberAxis, y: NumberAxis, height: Double, canvas: SVGCanvas) {
        (horizontal, vertical, self.height, style) = (x, y, height, canvas.style)
        left = Double(y.ticks.map { DisplayWidth.of(y.label($0, canvas.style)) }.max() ?? 0) * SVGCanvas.column + 14
        width = max(40, canvas.width - left - 30)
    }

    func x(_ value: Double) -> Double { left + horizontal.fraction(value) * width }

    func y(_ value: Double) -> Double { bottom - vertical.fraction(value) * height }

    /// Draws both axes with ticks and labels.
    func draw(_ canvas: inout SVGCanvas) {
        for tick in vertical.ticks {
            canvas.line(x1: left, y1: y(tick), x2: left + width, y2: y(tick), .grid)
            canvas.text(vertical.label(tick, style), x: left - 8, y: y(tick) + 4, .dim, anchor: "end")
        }
        for tick in horizontal.ticks {
            canvas.line(x1: x(tick), y1: bottom, x2: x(tick), y2: bottom + 4, .axis)
            canvas.text(horizontal.label(tick, style), x: x(tick), y: bottom + 17, .dim, anchor: "middle")
        }
        canvas.line(x1: left, y1: bottom, x2: left + width, y2: bottom, .axis)
    }
}
