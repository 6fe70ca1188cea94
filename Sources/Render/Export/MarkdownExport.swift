import Model

/// A GitHub-flavoured Markdown table with values as displayed, padded so that the source is readable.
enum MarkdownExport {
    static func text(_ table: ResultTable, _ style: Style) -> String {
        guard !table.columns.isEmpty else { return "" }
        let text = ValueText(style)
        let columns = table.columns.indices.map { index -> (cells: [String], isRight: Bool) in
            let column = table.columns[index]
            // Text is not truncated: a document has no width.
            let values = table.rows.map { index < $0.count ? $0[index] : .missing }
            let plain = text.column(values, type: column.type)
            let cells = zip(values, plain).map { value, shown in
                if case .text(let text) = value { return escaped(text, style) }
                return escaped(shown, style)
            }
            return ([escaped(column.name, style)] + cells, column.type != .text && column.type != .flag)
        }
        let widths = columns.map { min(40, max(3, $0.cells.map { DisplayWidth.of($0) }.max() ?? 0)) }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        func row(_ index: Int) -> String {
            line(columns.indices.map { DisplayWidth.pad(columns[$0].cells[index], to: widths[$0], right: columns[$0].isRight) })
        }
        let rule = columns.indices.map { index in
            String(repeating: "-", count: widths[index] - (columns[index].isRight ? 1 : 0)) + (columns[index].isRight ? ":" : "")
        }
        return row(0) + line(rule) + (0..<table.rows.count).prefix { !StopFlag.stops(atRow: $0) }.map { row($0 + 1) }.joined()
    }

    /// Escapes what Markdown or HTML would interpret; line breaks become `<br>`.
    private static func escaped(_ text: String, _ style: Style) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return lines.map { line in
            Printable.safe(String(line), glyphs: style.glyphs)
                .unicodeScalars.map { character -> String in
                    switch character {
                    case "\\", "|", "`", "*", "[", "]": "\\" + String(character)
                    case "<": "&lt;"
                    case ">": "&gt;"
                    case "&": "&amp;"
                    default: String(character)
                    }
                }.joined()
        }.joined(separator: "<br>")
    }
}

extension ExportFormat {
    /// A Markdown table.
    public static let markdown = ExportFormat(
        AnswerForm("markdown", "a table of GitHub-flavoured Markdown", isData: true, endings: [".md"])
    ) { table, style in MarkdownExport.text(table, style) }
}
