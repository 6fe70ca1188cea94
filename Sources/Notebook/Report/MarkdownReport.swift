import Model
import Render

/// A report as Markdown, as GitHub reads it.
enum MarkdownReport {
    static func text(_ document: ReportDocument) -> String {
        var lines = ["# " + oneLine(document.title), "", "*\(escaped(document.basis))*"]
        for part in document.parts {
            lines.append("")
            switch part {
            // Prose is Markdown already; HTML in it would be obeyed.
            case .prose(let text): lines.append(text.replacing("<", with: "&lt;"))
            case .cell(let cell): lines += self.lines(cell)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ cell: ReportCell) -> [String] {
        var lines =
            ["**\(cell.number)**", ""] + fenced(cell.statement.split(whereSeparator: \.isNewline).map(String.init), "faultline")
        if let answer = cell.answer, !cell.isComposed, !cell.isFailed, case .listing = answer.shape, !answer.table.rows.isEmpty {
            lines.append("")
            lines += ExportFormat.markdown.text(answer.table, style: cell.style).split(separator: "\n").map(String.init)
            lines += ["", "*" + escaped(ReceiptText.line(answer.receipt, rows: answer.table.rows.count, cell.style)) + "*"]
        } else if !cell.picture.isEmpty {
            lines.append("")
            lines += fenced(cell.picture, "text")
        }
        return lines
    }

    /// Lines in a fence that none of them can end.
    private static func fenced(_ lines: [String], _ language: String) -> [String] {
        var fence = "```"
        while lines.contains(where: { $0.contains(fence) }) { fence += "`" }
        return [fence + language] + lines + [fence]
    }

    private static func oneLine(_ text: String) -> String {
        escaped(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "#": escaped += "\\" + String(character)
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

/// What stands under an answer of a document.
enum ReceiptText {
    static func line(_ receipt: Receipt, rows: Int?, _ style: Style) -> String {
        var renderer = ReceiptRenderer(style)
        renderer.isForFile = true
        guard receipt.window != nil || receipt.errors != nil || receipt.calls != nil || receipt.newest != nil else { return "" }
        return renderer.lines(receipt, rows: rows).joined(separator: " · ")
    }
}
