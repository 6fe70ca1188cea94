import Model
import Render

/// A report as one HTML file that needs no other: light and dark, tables that sort, readable without scripts.
enum HTMLReport {
    static func text(_ document: ReportDocument) -> String {
        var body = "<h1>\(HTMLText.escaped(document.title))</h1>\n<p class=\"basis\">\(HTMLText.escaped(document.basis))</p>\n"
        for part in document.parts {
            switch part {
            case .prose(let text): body += HTMLText.prose(text)
            case .cell(let cell): body += section(cell)
            }
        }
        return HTMLPage.text(title: document.title, body: body)
    }

    private static func section(_ cell: ReportCell) -> String {
        var html = "<section id=\"cell-\(cell.number)\"\(cell.isFailed ? " class=\"failed\"" : "")>\n"
        html += "<h2><a href=\"#cell-\(cell.number)\">\(cell.number)</a> <span class=\"prompt\">faultline&gt;</span> "
        html += "<code class=\"statement\">\(HTMLText.escaped(cell.statement))</code></h2>\n"
        html += answer(cell)
        return html + "</section>\n"
    }

    private static func answer(_ cell: ReportCell) -> String {
        guard let answer = cell.answer, !cell.isFailed, !answer.table.rows.isEmpty else {
            return figures(cell.drawings) + remarks(cell.remarks) + picture(cell.picture)
        }
        if cell.isComposed { return composed(cell, answer) }
        if let form = cell.form, ExportFormat(rawValue: form) != nil { return picture(cell.picture) }
        return part(answer, title: cell.title, form: cell.form, cell) + receipt(answer, cell.style)
    }

    /// An answer of several: figures, pictures and tables of its parts, and below them all of it as the terminal shows it.
    private static func composed(_ cell: ReportCell, _ answer: Answer) -> String {
        var html = figures(cell.drawings) + remarks(cell.remarks)
        if case .numbers = answer.shape {
            html += cards(answer, cell.style)
        } else {
            html += HTMLTable(answer, cell.style).text()
        }
        for (title, shown) in cell.parts where !shown.table.rows.isEmpty {
            html += "<h4>\(HTMLText.escaped(title))</h4>\n" + part(shown, title: title, form: nil, cell)
        }
        html += receipt(answer, cell.style)
        return html + "<details><summary>as in the terminal</summary>\n\(picture(cell.picture))</details>\n"
    }

    /// The picture or table that fits an answer; the rows behind a picture are there, too.
    private static func part(_ answer: Answer, title: String, form: String?, _ cell: ReportCell) -> String {
        switch answer.shape {
        case .listing: return HTMLTable(answer, cell.style).text()
        case .numbers where answer.table.rows.count == 1: return cards(answer, cell.style)
        case .groups(let keys) where keys == 1 && answer.table.rows.count <= mostBars && !isAsked(form):
            return HTMLTable(answer, cell.style).text(bars: true)
        case .numbers, .groups, .series, .groupedSeries:
            let rows =
                "<details><summary>\(answer.table.rows.count.counted("rows"))</summary>\n"
                + HTMLTable(answer, cell.style).text() + "</details>\n"
            if form == "table" { return HTMLTable(answer, cell.style).text() }
            let charts = SVGChart(cell.style).pictures(answer, title: title, form: form)
            guard !charts.isEmpty else { return picture(cell.picture) + rows }
            return figures(charts) + rows
        }
    }

    private static func remarks(_ sentences: [String]) -> String {
        sentences.isEmpty
            ? "" : "<ul class=\"remarks\">\(sentences.map { "<li>\(HTMLText.escaped($0))</li>" }.joined())</ul>\n"
    }

    private static func figures(_ charts: [String]) -> String {
        charts.map { "<figure>\(caption(of: $0))\($0)</figure>\n" }.joined()
    }

    /// The sentence that a picture carries for those who cannot see it, for everybody.
    private static func caption(of svg: String) -> String {
        guard let start = svg.firstRange(of: "<desc"), let open = svg[start.upperBound...].firstIndex(of: ">"),
            let end = svg[open...].firstRange(of: "</desc>")
        else { return "" }
        return "<figcaption>\(svg[svg.index(after: open)..<end.lowerBound])</figcaption>"
    }

    /// True for a picture that the statement asks for by name.
    private static func isAsked(_ form: String?) -> Bool { form.map { $0 != "table" && $0 != "bars" } ?? false }

    /// Groups whose numbers are shown as bars; more of them are a picture.
    private static let mostBars = 60

    private static func receipt(_ answer: Answer, _ style: Style) -> String {
        var receipt = ReceiptText.line(answer.receipt, rows: isListing(answer) ? answer.table.rows.count : nil, style)
        if let before = answer.baseline {
            let text = ValueText(style)
            receipt += " · \(before.name) is \(text.time(before.window.from)) – \(text.time(before.window.to))"
            if let covered = before.covered { receipt += ", known for \(covered)" }
        }
        return receipt.isEmpty ? "" : "<p class=\"receipt\">\(HTMLText.escaped(receipt))</p>\n"
    }

    private static func isListing(_ answer: Answer) -> Bool { if case .listing = answer.shape { true } else { false } }

    private static func picture(_ lines: [String]) -> String {
        lines.isEmpty ? "" : "<pre>\(HTMLText.escaped(lines.joined(separator: "\n")))</pre>\n"
    }

    /// One number a card, with what it was before.
    private static func cards(_ answer: Answer, _ style: Style) -> String {
        let text = ValueText(style), row = answer.table.rows[0]
        let before = answer.baseline?.columns ?? [:]
        let items = answer.table.columns.indices.filter { !before.values.contains($0) }.map { index in
            let column = answer.table.columns[index]
            var notes: [String] = []
            if case .ratio(let ratio) = row[index] { notes.append("\(ratio.numerator)/\(ratio.denominator)") }
            if let place = before[index] { notes.append("\(answer.baseline?.name ?? "before") \(text.text(row[place]))") }
            var shown = text.text(row[index])
            if column.type == .change, case .number(let change) = row[index] { shown = text.change(change) }
            let note = notes.isEmpty ? "" : "<small>\(HTMLText.escaped(notes.joined(separator: " · ")))</small>"
            return "<div><dt>\(HTMLText.escaped(column.name))</dt><dd>\(HTMLText.escaped(shown)) \(note)</dd></div>"
        }
        return "<dl class=\"cards\">\(items.joined())</dl>\n"
    }
}

/// A table of HTML: numbers to the right, each cell with the value that it sorts by.
struct HTMLTable {
    private let answer: Answer
    private let style: Style

    init(_ answer: Answer, _ style: Style) {
        self.answer = answer
        self.style = style
    }

    /// The table; with `bars` the first measure is drawn behind the rows.
    func text(bars: Bool = false) -> String {
        let table = answer.table
        let counted = TableOptions().countedRatios
        let text = ValueText(style)
        let cells = table.columns.indices.map { index -> [String] in
            if table.columns[index].type == .change {
                return table.rows.map { row in
                    if case .number(let change) = row[index] { text.change(change) } else { text.text(row[index]) }
                }
            }
            return text.column(
                table.rows.map { index < $0.count ? $0[index] : .missing }, counted: counted.contains(table.columns[index].name))
        }
        let barred = bars ? table.columns.indices.first { $0 >= keys && isDrawn(table.columns[$0].type) } : nil
        let largest = barred.map { column in table.rows.compactMap { $0[column].magnitude }.max() ?? 0 } ?? 0
        var html = "<table class=\"sortable\">\n<thead><tr>"
        for column in table.columns {
            html += "<th\(isRight(column.type) ? " class=\"n\"" : "")>\(HTMLText.escaped(column.name))</th>"
        }
        if barred != nil { html += "<th class=\"bar\"></th>" }
        html += "</tr></thead>\n<tbody>\n"
        for (row, values) in table.rows.enumerated() {
            html += "<tr>"
            for (index, column) in table.columns.enumerated() where index < values.count {
                let shown = index < keys ? name(values[index], cells[index][row], row: row, key: index) : cells[index][row]
                let classes =
                    isRight(column.type)
                    ? " class=\"n\"" : shown.count <= 28 || shown.count <= 40 && !shown.contains(" ") ? " class=\"s\"" : ""
                html += "<td\(classes)\(sortKey(values[index]))>\(HTMLText.escaped(shown.trimmed))</td>"
            }
            if let barred, largest > 0 {
                let share = max(0, values[barred].magnitude ?? 0) / largest * 100
                let width = Double(Int((share * 10).rounded())) / 10
                html += "<td class=\"bar\">\(width > 0 ? "<i style=\"width:\(width)%\"></i>" : "")</td>"
            }
            html += "</tr>\n"
        }
        return html + "</tbody>\n</table>\n"
    }

    private var keys: Int {
        switch answer.shape {
        case .groups(let keys): keys
        case .series: 1
        case .groupedSeries(_, let keys): keys + 1
        case .listing, .numbers: 0
        }
    }

    /// The name of a group as people read it.
    private func name(_ value: Value, _ shown: String, row: Int, key: Int) -> String {
        if answer.foldedGroups > 0, row == answer.table.rows.count - 1 {
            return key == 0 ? "other (\(answer.foldedGroups.counted("groups")))" : ""
        }
        return value.isMissing ? "(none)" : shown
    }

    private func sortKey(_ value: Value) -> String { value.magnitude.map { " data-v=\"\($0)\"" } ?? "" }

    private func isRight(_ type: ValueType) -> Bool { type != .text && type != .flag }

    private func isDrawn(_ type: ValueType) -> Bool { isRight(type) && type != .time && type != .change }
}

extension String {
    /// The text without blanks at both ends.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
