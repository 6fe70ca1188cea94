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
        guard let answer = cell.answer, !cell.isFailed, !cell.isComposed, !answer.table.rows.isEmpty else {
            return picture(cell.picture)
        }
        var receipt = ReceiptText.line(answer.receipt, rows: isListing(answer) ? answer.table.rows.count : nil, cell.style)
        if let before = answer.baseline {
            let text = ValueText(cell.style)
            receipt += " · \(before.name) is \(text.time(before.window.from)) – \(text.time(before.window.to))"
        }
        let under = receipt.isEmpty ? "" : "<p class=\"receipt\">\(HTMLText.escaped(receipt))</p>\n"
        switch answer.shape {
        case .listing: return HTMLTable(answer, cell.style).text() + under
        case .numbers where answer.table.rows.count == 1: return cards(answer, cell.style) + under
        case .groups(let keys) where keys == 1 && answer.table.rows.count <= mostBars:
            return HTMLTable(answer, cell.style).text(bars: true) + under
        case .numbers, .groups, .series, .groupedSeries:
            return picture(cell.picture) + "<details><summary>\(answer.table.rows.count.grouped) rows</summary>\n"
                + HTMLTable(answer, cell.style).text() + "</details>\n"
        }
    }

    /// Groups whose numbers are shown as bars; more of them are a picture.
    private static let mostBars = 60

    private static func isListing(_ answer: Answer) -> Bool { if case .listing = answer.shape { true } else { false } }

    private static func picture(_ lines: [String]) -> String {
        lines.isEmpty ? "" : "<pre>\(HTMLText.escaped(lines.joined(separator: "\n")))</pre>\n"
    }

    /// One number a card.
    private static func cards(_ answer: Answer, _ style: Style) -> String {
        let text = ValueText(style)
        let items = zip(answer.table.columns, answer.table.rows[0]).map { column, value in
            var shown = text.text(value), note = ""
            if case .ratio(let ratio) = value { note = "<small>\(ratio.numerator)/\(ratio.denominator)</small>" }
            if column.type == .change, case .number(let change) = value { shown = text.change(change) }
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
                return table.rows.map { row in if case .number(let change) = row[index] { text.change(change) } else { text.text(row[index]) } }
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
                let classes = isRight(column.type) ? " class=\"n\"" : shown.count <= 28 ? " class=\"s\"" : ""
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
            return key == 0 ? "other (\(answer.foldedGroups.grouped) groups)" : ""
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
