import Model

/// An SVG image under construction. All text is made safe and escaped here, and only here.
struct SVGCanvas {
    /// The meaning of an element: sets its CSS class and its look without a stylesheet.
    enum Ink: Hashable {
        /// `onDark` is text on the two highest heatmap grades.
        case text, dim, strong, onDark, axis, grid, accent, partial, gap, before, average, threshold, anomaly, change
        /// One of the six series of a chart, from 0; 6 is the remaining groups.
        case series(Int)
        /// A heatmap cell, from 0 (low) to 3 (high).
        case heat(Int)

        var name: String {
            switch self {
            case .text: "text"
            case .dim: "dim"
            case .strong: "strong"
            case .onDark: "on"
            case .axis: "axis"
            case .grid: "grid"
            case .accent: "accent"
            case .partial: "partial"
            case .gap: "gap"
            case .before: "before"
            case .average: "average"
            case .threshold: "threshold"
            case .anomaly: "anomaly"
            case .change: "change"
            case .series(let index): "s\(index)"
            case .heat(let grade): "h\(grade)"
            }
        }

        /// Opacity of `currentColor`, which distinguishes elements without a stylesheet.
        var opacity: String {
            switch self {
            case .text, .strong, .onDark, .anomaly, .change: "1"
            case .axis, .threshold: "0.6"
            case .dim: "0.7"
            case .grid: "0.15"
            case .gap: "0.06"
            case .partial: "0.3"
            case .accent, .average, .before: "0.8"
            case .series(let index): ["0.85", "0.6", "0.45", "0.75", "0.35", "0.55", "0.25"][max(0, min(6, index))]
            case .heat(let grade): ["0.08", "0.18", "0.3", "0.45"][max(0, min(3, grade))]
            }
        }
    }

    let style: Style
    /// Width in pixels.
    let width: Double
    var height: Double
    private var elements: [String] = []
    private var patterns: Set<Int> = []

    /// Width in pixels of one character at font size 12.
    static let column = 7.2

    init(style: Style, width: Double, height: Double = 0) {
        self.style = style
        self.width = width
        self.height = height
    }

    // MARK: Elements

    mutating func rect(x: Double, y: Double, width: Double, height: Double, _ ink: Ink, title: String? = nil) {
        guard width > 0, height > 0 else { return }
        let paint: String
        if case .series(let index) = ink, index > 0 {
            patterns.insert(index)
            paint = "fill=\"url(#@ID@-p\(index))\""
        } else {
            paint = "class=\"fl-\(ink.name)\" fill=\"currentColor\" fill-opacity=\"\(ink.opacity)\""
        }
        let place = "x=\"\(px(x))\" y=\"\(px(y))\" width=\"\(px(width))\" height=\"\(px(height))\""
        add("rect", "\(place) \(paint)", title)
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, _ ink: Ink, dashes: String? = nil, width: Double = 1) {
        let place = "x1=\"\(px(x1))\" y1=\"\(px(y1))\" x2=\"\(px(x2))\" y2=\"\(px(y2))\""
        add("line", "\(place) \(stroke(ink, dashes, width))", nil)
    }

    /// Draws a polyline; nothing for fewer than two points.
    mutating func path(_ points: [(x: Double, y: Double)], _ ink: Ink, dashes: String? = nil, width: Double = 1.6) {
        guard points.count > 1 else { return }
        let places = points.map { "\(px($0.x)),\(px($0.y))" }.joined(separator: " ")
        add("polyline", "points=\"\(places)\" fill=\"none\" stroke-linejoin=\"round\" \(stroke(ink, dashes, width))", nil)
    }

    mutating func circle(x: Double, y: Double, radius: Double, _ ink: Ink, isHollow: Bool = false, title: String? = nil) {
        let place = "cx=\"\(px(x))\" cy=\"\(px(y))\" r=\"\(px(radius))\""
        let paint =
            isHollow
            ? "fill=\"none\" \(stroke(ink, nil, 1.4))"
            : "class=\"fl-\(ink.name)\" fill=\"currentColor\" fill-opacity=\"\(ink.opacity)\""
        add("circle", "\(place) \(paint)", title)
    }

    /// Draws text with its baseline at `y`.
    mutating func text(_ text: String, x: Double, y: Double, _ ink: Ink = .text, anchor: String = "start", size: Int? = nil) {
        guard !text.isEmpty else { return }
        let size = size.map { " font-size=\"\($0)\"" } ?? ""
        let weight = ink == .strong ? " font-weight=\"bold\"" : ""
        elements.append(
            """
            <text x="\(px(x))" y="\(px(y))" text-anchor="\(anchor)" class="fl-\(ink.name)" fill="currentColor" \
            fill-opacity="\(ink.opacity)"\(size)\(weight)>\(SVGCanvas.escaped(text, style))</text>
            """)
    }

    private mutating func add(_ name: String, _ attributes: String, _ title: String?) {
        guard let title else { elements.append("<\(name) \(attributes)/>"); return }
        elements.append("<\(name) \(attributes)><title>\(SVGCanvas.escaped(title, style))</title></\(name)>")
    }

    private func stroke(_ ink: Ink, _ dashes: String?, _ width: Double) -> String {
        let dashes = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        return """
            class="fl-\(ink.name) fl-line" stroke="currentColor" stroke-opacity="\(ink.opacity)" stroke-width="\(px(width))"\(dashes)
            """
    }

    // MARK: Document

    /// Returns the complete image: title and description for screen readers, then the elements.
    func document(title: String, description: String) -> String {
        let title = SVGCanvas.escaped(title, style), description = SVGCanvas.escaped(description, style)
        let body = elements.joined(separator: "\n")
        // Pattern ids must differ between the images of a page.
        let id = "fl-" + SVGCanvas.hash(title + description + body)
        let definitions = patterns.sorted().map { SVGCanvas.pattern($0) }.joined(separator: "\n")
        let size = "viewBox=\"0 0 \(px(width)) \(px(height))\" width=\"\(px(width))\" height=\"\(px(height))\""
        let text = """
            <svg xmlns="http://www.w3.org/2000/svg" class="fl-chart" \(size) role="img" aria-labelledby="@ID@-t @ID@-d" \
            font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12">
            <title id="@ID@-t">\(title)</title>
            <desc id="@ID@-d">\(description)</desc>
            \(definitions.isEmpty ? "" : "<defs>\n\(definitions)\n</defs>\n")\(body)
            </svg>

            """
        return text.split(separator: "@ID@", omittingEmptySubsequences: false).joined(separator: id)
    }

    /// Returns a fill with its own hatching, so that colour alone does not distinguish it.
    private static func pattern(_ index: Int) -> String {
        let ink = Ink.series(index)
        let strokes = ["", "M0 8L8 0", "M0 0L8 8", "M0 4H8", "M4 0V8", "M0 4H8M4 0V8", "M0 8L8 0M0 0L8 8"][max(0, min(6, index))]
        return """
            <pattern id="@ID@-p\(index)" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" \
            class="fl-\(ink.name)" fill="currentColor" fill-opacity="\(ink.opacity)"/><path d="\(strokes)" class="fl-hatch" \
            stroke="currentColor" stroke-opacity="0.55"/></pattern>
            """
    }

    /// Escapes text for SVG: control characters are made visible, then `& < > " '` become entities. The placeholder for the
    /// image's id cannot come from data, because `@` becomes an entity, too.
    static func escaped(_ text: String, _ style: Style) -> String {
        var escaped = ""
        for scalar in style.safe(text, columns: 2000).unicodeScalars {
            switch scalar {
            case "@": escaped += "&#64;"
            // Characters that XML 1.0 forbids (section 2.2); most control characters are already replaced by visible ones.
            case "\u{FFFE}", "\u{FFFF}": escaped += "?"
            default: escaped += MarkupEntity.of(scalar) ?? String(scalar)
            }
        }
        return escaped
    }

    /// Returns the 32-bit FNV-1a hash (Fowler, Noll, Vo) in hexadecimal.
    private static func hash(_ text: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return String(hash, radix: 16)
    }

    /// Formats a length in pixels with one decimal.
    private func px(_ value: Double) -> String {
        let tenths = Int((max(-1e6, min(1e6, value.isFinite ? value : 0)) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
