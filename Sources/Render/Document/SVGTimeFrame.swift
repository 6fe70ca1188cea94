import Model

/// The axes shared by SVG charts over time: the same scale and calendar ticks as on the terminal.
struct SVGTimeFrame {
    let axis: TimeAxis
    let scale: Scale
    /// The plot area in pixels.
    let left: Double, top = 10.0, width: Double, height: Double
    private let isFlat: Bool

    /// Lays out a frame as wide as the canvas; nil when there are no buckets.
    ///
    /// - Parameter rows: Height of the terminal chart, which sets the steps of the scale.
    init?(_ axis: TimeAxis, largest: Double, type: ValueType, rows: Int, canvas: SVGCanvas) {
        guard !axis.starts.isEmpty else { return nil }
        self.axis = axis
        isFlat = !(largest > 0)
        let scale = Scale(to: largest, type: type, height: max(1, min(100, rows)))
        self.scale = scale
        height = Double(max(4, min(20, rows))) * 18
        let labels = (0...scale.steps).map { DisplayWidth.of(scale.label($0, canvas.style)) }.max() ?? 0
        left = Double(labels) * SVGCanvas.column + 14
        width = max(40, canvas.width - left - 12)
    }

    /// The bottom edge of the plot area.
    var bottom: Double { top + height }
    var end: Double { bottom + 36 }

    /// Returns the left edge of bucket `index`.
    func x(_ index: Int) -> Double { left + Double(index) / Double(axis.starts.count) * width }

    func y(_ value: Double) -> Double { bottom - max(0, min(1, value / scale.top)) * height }

    /// The buckets in each drawn column: one, unless a column would be narrower than two pixels.
    var groups: [Range<Int>] { ColumnLayout(buckets: axis.starts.count, room: Int(width / 2))?.groups ?? [] }

    /// Draws the value axis, the calendar and the zone.
    func draw(_ canvas: inout SVGCanvas) {
        for step in 0...(isFlat ? 0 : scale.steps) {
            let y = y(scale.step * Double(step))
            let zero = scale.type == .money ? "$0" : scale.type == .ratio ? "0%" : "0"
            if step > 0 { canvas.line(x1: left, y1: y, x2: left + width, y2: y, .grid) }
            canvas.text(step == 0 ? zero : scale.label(step, canvas.style), x: left - 8, y: y + 4, .dim, anchor: "end")
        }
        canvas.line(x1: left, y1: bottom, x2: left + width, y2: bottom, .axis)
        guard let layout = ColumnLayout(buckets: axis.starts.count, room: Int(width / SVGCanvas.column)) else { return }
        let ticks = TimeTicks(axis, layout, style: canvas.style)
        for bucket in ticks.markedBuckets { canvas.line(x1: x(bucket), y1: bottom, x2: x(bucket), y2: bottom + 4, .axis) }
        for (row, labels) in [ticks.upper, ticks.lower].enumerated() {
            for label in labels { canvas.text(label.text, x: x(label.bucket), y: bottom + 17 + Double(row) * 15, .dim) }
        }
        let zone = AxisPhrases.zone(axis, canvas.style)
        let last = ticks.lower.last.map { x($0.bucket) + Double(DisplayWidth.of($0.text) + 2) * SVGCanvas.column } ?? left
        if last + Double(DisplayWidth.of(zone)) * SVGCanvas.column <= left + width {
            canvas.text(zone, x: left + width, y: bottom + 32, .dim, anchor: "end")
        }
        canvas.height = end
    }

    /// Draws the intervals without data or values, labeled where the text fits.
    func drawGaps(_ canvas: inout SVGCanvas, hasValue: (Int) -> Bool) {
        var index = 0
        while index < axis.starts.count {
            guard !hasValue(index) else { index += 1; continue }
            let isCovered = axis.isCovered(index)
            let from = index
            while index < axis.starts.count, !hasValue(index), axis.isCovered(index) == isCovered { index += 1 }
            let words = isCovered ? "no value" : "no data", width = x(index) - x(from)
            canvas.rect(x: x(from), y: top, width: width, height: height, .gap, title: words)
            if width > 80 { canvas.text(words, x: x(from) + width / 2, y: bottom - 8, .dim, anchor: "middle") }
        }
    }
}
