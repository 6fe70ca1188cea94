import Model

/// Renders answers as SVG: the same charts, scales and marks as on the terminal, each a self-contained element.
///
/// Elements carry classes that `stylesheet` colours for light and dark pages; without it, they are shades of the page's text
/// colour. Each image has a title and the chart's summary as its description.
public struct SVGChart: Sendable {
    let style: Style
    /// Width of the images in pixels, at least 300; documents may scale them.
    public var widthInPixels = 760
    /// Height in rows of the terminal's charts over time, which sets the steps of the scales.
    public var heightInRows = 8

    /// Creates a renderer that takes the time zone and the current year from the style; width, glyphs and theme are ignored.
    public init(_ style: Style) {
        self.style = Style(widthInColumns: 200, glyphs: .unicode, theme: .plain, zone: style.zone, now: style.now)
    }

    /// Returns a scatter plot; nil without points.
    public func picture(_ chart: Scatter) -> String? { draw(chart) }

    /// Returns the images of an answer, one `<svg>` element each; none for tables, cards and sparklines.
    ///
    /// - Parameters:
    ///   - title: What is counted, without time: `errors`, `errors by type`.
    ///   - form: The word after `as`, see `AnswerRenderer`.
    public func pictures(_ answer: Answer, title: String, form: String? = nil) -> [String] {
        let choice = PictureChoice(LabelledAnswer(answer, title: title), style: style, heightInRows: heightInRows)
        return choice.picture(form: form).picture.elements(self)
    }

    /// Returns an empty canvas of the configured width.
    func canvas() -> SVGCanvas { SVGCanvas(style: style, width: Double(max(300, min(4000, widthInPixels)))) }

    /// Draws swatches and labels below a chart, in as many lines as needed; extends the canvas.
    func legend(_ entries: [(ink: SVGCanvas.Ink, words: String)], _ canvas: inout SVGCanvas, swatch: Swatch = .area) {
        var x = 14.0, y = canvas.height + 14
        for (ink, words) in entries {
            let words = DisplayWidth.cut(style.safe(words), to: 60, mark: "…")
            let width = 18 + Double(DisplayWidth.of(words) + 3) * SVGCanvas.column
            if x > 14, x + width > canvas.width {
                x = 14
                y += 18
            }
            draw(swatch, ink, x: x, y: y, &canvas)
            canvas.text(words, x: x + 18, y: y, .dim)
            x += width
        }
        if !entries.isEmpty { canvas.height = y + 8 }
    }

    /// The sample that a legend shows before a label.
    enum Swatch {
        case area, line
        /// A filled rectangle, regardless of the ink.
        case block
    }

    private func draw(_ swatch: Swatch, _ ink: SVGCanvas.Ink, x: Double, y: Double, _ canvas: inout SVGCanvas) {
        switch (swatch, ink) {
        case (.block, _): canvas.rect(x: x, y: y - 10, width: 12, height: ink == .threshold ? 7 : 12, ink)
        case (_, .anomaly): canvas.circle(x: x + 6, y: y - 4, radius: 4, ink)
        case (.line, .partial): canvas.circle(x: x + 6, y: y - 4, radius: 3, ink, isHollow: true)
        case (.line, .gap),
            (.area, _) where ink != .before:
            canvas.rect(x: x, y: y - 10, width: 12, height: 12, ink)
        default: canvas.line(x1: x, y1: y - 4, x2: x + 13, y2: y - 4, ink, dashes: SVGChart.dashes(ink), width: 2)
        }
    }

    /// Returns the dash pattern of a line, so that colour alone does not distinguish it.
    static func dashes(_ ink: SVGCanvas.Ink) -> String? {
        switch ink {
        case .series(let index): [nil, "7 3", "2 3", "10 3 2 3", "5 2 1 2", "1 2"][max(0, min(5, index))]
        case .average: "3 2"
        case .threshold: "6 4"
        case .before: "4 3"
        case .change: "2 3"
        default: nil
        }
    }

    /// CSS for light and dark pages; include it once per page.
    public static let stylesheet = """
        .fl-chart { color: inherit; max-width: 100%; height: auto;
          --fl-accent: #2463a6; --fl-bad: #b3261e; --fl-warn: #8a5a00;
          --fl-s0: #2463a6; --fl-s1: #b86a00; --fl-s2: #7b3fa0; --fl-s3: #2e7d32; --fl-s4: #00778a; --fl-s5: #a8324a;
          --fl-h0: #dbe9f6; --fl-h1: #9ecae1; --fl-h2: #2f7fbf; --fl-h3: #084594; --fl-on: #ffffff; }
        @media (prefers-color-scheme: dark) { .fl-chart {
          --fl-accent: #7ab3ee; --fl-bad: #ff8a80; --fl-warn: #ffcc66;
          --fl-s0: #7ab3ee; --fl-s1: #ffb74d; --fl-s2: #ce93d8; --fl-s3: #81c784; --fl-s4: #4dd0e1; --fl-s5: #f48fb1;
          --fl-h0: #0f2a44; --fl-h1: #1f4e79; --fl-h2: #6fb1ec; --fl-h3: #b9dcff; --fl-on: #06121f; } }
        .fl-accent { fill: var(--fl-accent); fill-opacity: 1 }
        .fl-anomaly { fill: var(--fl-bad) }
        .fl-threshold { fill: var(--fl-warn) }
        .fl-on { fill: var(--fl-on) }
        .fl-line { fill: none }
        .fl-accent.fl-line { stroke: var(--fl-accent); stroke-opacity: 1 }
        .fl-average.fl-line, .fl-before.fl-line, .fl-threshold.fl-line { stroke: var(--fl-warn); stroke-opacity: 1 }
        .fl-anomaly.fl-line { stroke: var(--fl-bad) }
        """
        + (0..<6).map { "\n.fl-s\($0) { fill: var(--fl-s\($0)); fill-opacity: 1 }" }.joined()
        + (0..<6).map { "\n.fl-s\($0).fl-line { fill: none; stroke: var(--fl-s\($0)); stroke-opacity: 1 }" }.joined()
        + (0..<4).map { "\n.fl-h\($0) { fill: var(--fl-h\($0)); fill-opacity: 1 }" }.joined() + "\n"
}
