import Model

/// The layout of a waterfall: columns of labels, bars and durations, and the branches of the tree.
struct WaterfallPlan {
    private let rows: [WaterfallRow]
    private let style: Style
    private let window: WaterfallWindow?
    /// Indices of the rows drawn, ascending.
    let shown: [Int]
    private let labelWidth: Int
    /// Width of the bars in columns; 0 when there are no times or no room.
    private let barWidth: Int
    private let lengthWidth: Int
    /// For each drawn row and each depth up to its own, whether a later sibling follows.
    private let trunks: [Int: [Bool]]
    /// Drawn rows with a drawn child.
    private let parents: Set<Int>
    private let deepest: Int
    private let requested: String?

    init(_ waterfall: Waterfall, _ style: Style) {
        rows = waterfall.rows
        requested = waterfall.requested
        self.style = style
        shown = waterfall.chosen()
        let found = WaterfallWindow(waterfall.rows)
        window = found
        let width = style.widthInColumns
        // The tree takes at most two columns per level and a third of the label column.
        let deepest = max(1, min(12, width / 10))
        self.deepest = deepest
        let widest =
            shown.map { index in
                let row = waterfall.rows[index]
                let detail = row.detail.isEmpty ? 0 : 3 + DisplayWidth.of(style.safe(row.detail, columns: 60))
                let levels = row.depth > deepest ? 2 + String(row.depth - deepest).count : 0
                return (row.isRequested ? 4 : 2) + levels + 2 * min(deepest, max(0, row.depth))
                    + DisplayWidth.of(style.safe(row.title, columns: 60))
                    + detail
            }.max() ?? 0
        lengthWidth = 10
        labelWidth = found == nil ? max(0, min(widest, width)) : min(widest, width * 9 / 20)
        barWidth = found == nil || width < 40 ? 0 : min(100, width - labelWidth - lengthWidth - 2)
        trunks = WaterfallPlan.trunks(waterfall.rows, shown, deepest)
        parents = Set(zip(shown, shown.dropFirst()).filter { waterfall.rows[$1].depth > waterfall.rows[$0].depth }.map { $0.0 })
    }

    /// Returns, for every drawn row, one flag per level: true when that level's branch continues below the row.
    private static func trunks(_ rows: [WaterfallRow], _ shown: [Int], _ deepest: Int) -> [Int: [Bool]] {
        var open = [Bool](repeating: false, count: deepest + 1), found: [Int: [Bool]] = [:]
        // Bottom-up: a level is open when a row of that depth follows before a shallower one.
        for index in shown.reversed() {
            let depth = min(deepest, max(0, rows[index].depth))
            for level in open.indices where level > depth { open[level] = false }
            found[index] = Array(open[...depth])
            open[depth] = true
        }
        return found
    }

    /// The time axis above the bars; nil without bars.
    var axisLine: Line? {
        guard let window, barWidth > 0, window.lengthInNanoseconds > 0 else { return nil }
        let length = Double(window.lengthInNanoseconds) / 1e9
        var line = Line()
        let step = Scale.step(atLeast: length * 8 / Double(max(1, barWidth)), .duration)
        var k = 0.0, end = -2
        while k * step <= length, k < 100 {
            let column = labelWidth + 1 + Int((k * step / length * Double(barWidth - 1)).rounded())
            let text = Scale.label(k * step, step: step, top: length, .duration, style)
            if column >= end + 2, column + DisplayWidth.of(text) <= labelWidth + 1 + barWidth {
                line.fill(to: column)
                line.append(text, .dim)
                end = column + DisplayWidth.of(text)
            }
            k += 1
        }
        return line
    }

    /// The legend of the requested span's mark and, when there are bars, of their glyphs.
    var legendLines: [Line] {
        let marks = style.marks, drawn = shown.map { rows[$0] }
        var parts: [String] = []
        if let requested, drawn.contains(where: \.isRequested) {
            parts.append("\(marks.requested) \(style.safe(requested, columns: 60))")
        }
        guard barWidth > 0 else { return .legend(parts, style) }
        if drawn.contains(where: \.isCall) { parts.append("\(marks.call) model call") }
        if drawn.contains(where: { !$0.isCall }) { parts.append("\(marks.span) other span") }
        if drawn.contains(where: { $0.start != nil && $0.end == nil }) { parts.append("\(marks.openEnd) end unknown") }
        if drawn.contains(where: { $0.events.contains { $0.time != nil } }) { parts.append("\(marks.event) event") }
        if drawn.contains(where: { $0.mark == .failed }) { parts.append("\(marks.failed) failed") }
        if drawn.contains(where: { $0.mark == .propagated }) { parts.append("\(marks.propagated) propagated from below") }
        return .legend(parts, style)
    }

    /// Returns the line that replaces omitted rows.
    func skippedLine(_ range: Range<Int>) -> Line {
        Line("\(style.marks.skipped) \(DecimalText.grouped(Int64(range.count))) \("spans".counted(Int64(range.count)))", .dim)
    }

    /// Returns the line of a span and the lines below it.
    func lines(_ index: Int) -> [Line] {
        let row = rows[index]
        var line = label(index)
        if barWidth > 0 {
            line.fill(to: labelWidth + 1)
            for cell in bar(row) { line.append(cell.glyph, cell.role) }
        }
        let length = self.length(row)
        if window != nil, line.width + 1 + DisplayWidth.of(length) <= style.widthInColumns {
            let end = barWidth > 0 ? labelWidth + 1 + barWidth + lengthWidth : style.widthInColumns
            line.fill(to: max(line.width + 1, end - DisplayWidth.of(length)))
            line.append(length, row.mark == .failed ? .bad : .plain)
        }
        var lines = [line]
        let marks = style.marks
        if let lineage = row.lineage { lines += note("\(marks.again) \(style.safe(lineage))", .warning, under: index) }
        for event in row.events where !event.text.isEmpty {
            let offset = event.time.flatMap { time in window.map { ValueText(style).duration(time - $0.from) } }
            lines += note(
                "\(marks.event) \(offset.map { "+\($0) " } ?? "")\(style.safe(event.text, columns: .max))", .plain, under: index,
                limit: 12)
        }
        // What failed is read here: a message is never cut.
        if let error = row.error { lines += note(style.safe(error, columns: .max), .bad, under: index, limit: .max) }
        return lines
    }

    /// Returns the tree's branches before a row's text; `branch` draws the branch to this row, otherwise its continuation.
    private func tree(_ index: Int, branch: Bool) -> String {
        let marks = style.marks
        let trunk = trunks[index] ?? []
        let depth = trunk.count - 1
        guard depth > 0 else { return "" }
        var text = ""
        for level in 1...depth {
            if level < depth || !branch {
                text += (trunk[level] ? marks.trunk : " ") + " "
            } else {
                text += (trunk[level] ? marks.branch : marks.lastBranch) + " "
            }
        }
        return text
    }

    private func label(_ index: Int) -> Line {
        let row = rows[index], marks = style.marks
        var line = Line(tree(index, branch: true), .dim)
        if row.isRequested { line.append(marks.requested + " ", .strong) }
        switch row.mark {
        case .failed: line.append(marks.failed, .bad)
        case .propagated: line.append(marks.propagated, .warning)
        case .succeeded: line.append(marks.succeeded, .good)
        case .unfinished: line.append(marks.unfinished, .warning)
        case .unknown: line.append(marks.unknown, .dim)
        }
        line.append(" ")
        // A number replaces levels for which the tree has no room.
        if row.depth > deepest { line.append("+\(row.depth - deepest) ", .dim) }
        let title = DisplayWidth.cut(
            style.safe(row.title, columns: 200), to: max(1, labelWidth - line.width), mark: marks.ellipsis)
        line.append(title, row.mark == .failed ? .bad : .plain)
        let room = labelWidth - line.width - 3
        // A detail cut to a few characters is useless.
        let detail = style.safe(row.detail, columns: 200)
        if !detail.isEmpty, room >= min(6, DisplayWidth.of(detail)) {
            line.append(marks.aside, .dim)
            line.append(DisplayWidth.cut(detail, to: room, mark: marks.ellipsis), .dim)
        }
        return line
    }

    private func note(_ text: String, _ role: Role, under index: Int, limit: Int = 1) -> [Line] {
        let hasChild = parents.contains(index)
        let depth = (trunks[index]?.count ?? 1) - 1
        let lead = tree(index, branch: false) + (hasChild && depth < deepest ? style.marks.trunk : " ") + "   "
        let room = max(8, style.widthInColumns - lead.count)
        var texts = wrap(text, width: room)
        if texts.count > limit {
            texts = Array(texts.prefix(limit))
            let last = texts[limit - 1], mark = style.marks.ellipsis
            texts[limit - 1] = DisplayWidth.of(last) < room ? last + mark : DisplayWidth.cut(last + " ", to: room, mark: mark)
        }
        return texts.map { text in
            var line = Line(lead, .dim)
            line.append(text, role)
            return line
        }
    }

    private func bar(_ row: WaterfallRow) -> [Cell] {
        var cells = [Cell](repeating: .blank, count: barWidth)
        guard let window else { return cells }
        let marks = style.marks, last = barWidth - 1
        func column(_ instant: Timestamp) -> Int { max(0, min(last, Int(window.place(instant) * Double(barWidth)))) }
        let role: Role = row.mark == .failed ? .bad : row.mark == .propagated ? .warning : .accent
        // A span with only an end time is a mark at its end.
        if let start = row.start ?? row.end {
            let first = column(start)
            if let end = row.end {
                if end <= start {
                    cells[first] = Cell(glyph: marks.instant, role: role)
                } else {
                    // Rounded up, so that every duration above zero is visible.
                    let stop = max(first, min(last, Int((window.place(end) * Double(barWidth)).rounded(.up)) - 1))
                    for place in first...stop { cells[place] = Cell(glyph: row.isCall ? marks.call : marks.span, role: role) }
                }
            } else {
                for place in first...last { cells[place] = Cell(glyph: marks.openEnd, role: role) }
            }
        }
        for event in row.events {
            if let time = event.time { cells[column(time)] = Cell(glyph: marks.event, role: .warning) }
        }
        return cells
    }

    private func length(_ row: WaterfallRow) -> String {
        guard let start = row.start else { return row.end == nil ? "no times" : "no start" }
        guard let end = row.end else { return "no end" }
        return ValueText(style).duration(row.latency ?? (end - start))
    }
}

extension [String] {
    /// Returns the texts joined into lines with three spaces between them, at most `width` wide unless a single text is wider.
    func flowing(width: Int) -> [String] {
        var lines: [String] = []
        for text in self {
            if let last = lines.last, DisplayWidth.of(last) + 3 + DisplayWidth.of(text) <= width {
                lines[lines.count - 1] += "   " + text
            } else {
                lines.append(text)
            }
        }
        return lines
    }
}
