import Model

/// Renders diagnostics: the source text, carets under each span, one line per message, and the corrected text. The only code that
/// draws carets.
public struct DiagnosticRenderer: Sendable {
    let style: Style
    /// Maximum number of diagnostics shown.
    static let most = 3
    /// Longest source, in lines, that is shown whole; of longer ones only the lines with carets are shown.
    private static let mostLines = 8

    /// Creates a renderer with this style.
    public init(_ style: Style) { self.style = style }

    /// The lines of the source, each with its carets; then the messages; then `try:` with a correction that is known to run. The
    /// correction is never wrapped, so that it can be copied: it is the only line that may exceed the style's width.
    public func lines(_ diagnostics: Diagnostics) -> [String] {
        guard style.widthInColumns > 0 else { return [] }
        let shown = Array(diagnostics.all.prefix(DiagnosticRenderer.most))
        var lines = textLines(diagnostics.text, shown) + messageLines(shown)
        let more = diagnostics.all.count - shown.count
        if more > 0 { lines.append(Line("and \(DecimalText.grouped(Int64(more))) more", .dim)) }
        return lines.texts(style) + correction(diagnostics)
    }

    private func textLines(_ text: String, _ shown: [Diagnostic]) -> [Line] {
        let bytes = Array(text.utf8)
        let spans = shown.map { diagnostic in
            // Clamp spans to the text.
            let start = max(0, min(bytes.count, diagnostic.span.start))
            return (start: start, end: max(start, min(bytes.count, diagnostic.span.end)), role: role(diagnostic))
        }
        var sources: [(from: Int, to: Int)] = [], from = 0
        for (place, byte) in bytes.enumerated() where byte == 0x0A {
            sources.append((from, place))
            from = place + 1
        }
        // The empty line after a final line break counts only when a caret is on it.
        if from < bytes.count || sources.isEmpty || spans.contains(where: { $0.start == bytes.count }) {
            sources.append((from, bytes.count))
        }
        var lines: [Line] = []
        for source in sources {
            let drawn = drawn(bytes[source.from..<source.to], from: source.from, spans)
            if sources.count > DiagnosticRenderer.mostLines && !drawn.contains(where: { $0.carets.width > 0 }) { continue }
            for part in drawn {
                lines.append(part.text)
                if part.carets.width > 0 { lines.append(part.carets) }
            }
        }
        return lines
    }

    /// A line of the source and the line of its carets, wrapped at the style's width.
    private func drawn(
        _ bytes: ArraySlice<UInt8>, from: Int, _ spans: [(start: Int, end: Int, role: Role)]
    ) -> [(text: Line, carets: Line)] {
        var printer = PrintableScalars(glyphs: style.glyphs)
        var parts: [(text: Line, carets: Line)] = [], text = Line(), carets = Line()
        func breakLine() {
            parts.append((text, carets))
            (text, carets) = (Line(), Line())
        }
        func mark(_ width: Int, _ role: Role, at column: Int) {
            carets.fill(to: column)
            carets.append(String(repeating: "^", count: width), role)
        }
        var offset = from
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let size = UTF8.width(scalar)
            let shown = scalar == "\t" ? " " : scalar == "\r" && offset + 1 == from + bytes.count ? "" : printer.shown(scalar)
            let width = DisplayWidth.of(shown)
            if text.width > 0, width > 0, text.width + width > style.widthInColumns { breakLine() }
            let column = text.width
            text.append(shown)
            // A span inside a character marks the whole character; an empty span marks the position before it.
            let span = spans.first {
                $0.start < $0.end ? $0.start < offset + size && $0.end > offset : $0.start >= offset && $0.start < offset + size
            }
            if let span, width > 0 { mark(span.start < span.end ? width : 1, span.role, at: column) }
            offset += size
        }
        // An empty span after the last character marks that something is missing.
        if let span = spans.first(where: { $0.start == offset && ($0.end == offset || $0.end == offset + 1) }) {
            if text.width >= style.widthInColumns { breakLine() }
            mark(1, span.role, at: text.width)
        }
        breakLine()
        return parts
    }

    private func messageLines(_ shown: [Diagnostic]) -> [Line] {
        let heads = shown.map { diagnostic in
            (diagnostic.level == .warning ? "warning: " : "") + style.safe(diagnostic.message, columns: 600)
                + " [\(style.safe(diagnostic.id))]"
        }
        let widths = zip(heads, shown).filter { $0.1.closest != nil }.map { DisplayWidth.of($0.0) }
        let column = (widths.max() ?? 0) + 2
        let closest = shown.map { $0.closest.map { "closest: " + style.safe($0, columns: 600) } }
        let widest = closest.compactMap { $0 }.map { DisplayWidth.of($0) }.max() ?? 0
        // Suggestions go beside the messages when all of them fit there, below otherwise.
        let isBeside = column + widest <= style.widthInColumns
        var lines: [Line] = []
        for (place, head) in heads.enumerated() {
            let role = role(shown[place])
            lines += wrap(head, width: style.widthInColumns, hanging: 2).map { Line($0, role) }
            guard let closest = closest[place] else { continue }
            if isBeside, lines[lines.count - 1].width <= column - 2 {
                lines[lines.count - 1].fill(to: column)
                lines[lines.count - 1].append(closest)
            } else {
                lines += wrap("  " + closest, width: style.widthInColumns, hanging: 2).map { Line($0) }
            }
        }
        return lines
    }

    private func correction(_ diagnostics: Diagnostics) -> [String] {
        guard let corrected = diagnostics.correction else { return [] }
        return corrected.split(separator: "\n").enumerated().map { place, line in
            let text = String(line.unicodeScalars.map { $0 == "\t" ? " " : String($0) }.joined())
            let safe = Printable.safe(text, glyphs: style.glyphs)
            return (place == 0 ? "try: " : "     ") + style.theme.paint(safe, .good)
        }
    }

    private func role(_ diagnostic: Diagnostic) -> Role { diagnostic.level == .error ? .bad : .warning }
}
