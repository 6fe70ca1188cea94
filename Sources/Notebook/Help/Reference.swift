import Ingest
import QueryLanguage
import Render

/// The reference of the README: the language's own tables as Markdown.
enum Reference {
    /// The whole section, without its heading; ends with a line break.
    static var markdown: String {
        var text = entries("Nouns", Words.nouns) + entries("Clauses", Words.clauses) + entries("Statements", Statements.entries)
        text += "\n**Measures**, for `show`, `having` and `sort`\n\n| measure | meaning |\n|---|---|\n"
        for row in MeasureTable.all { text += "| \(code(row.grammar)) | \(cell(row.meaning)) |\n" }
        text += "\n**Fields**, for `where`, `by` and listings\n\n| field | type | meaning | example |\n|---|---|---|---|\n"
        for row in FieldTable.all {
            let name = row.id == .metadata ? "metadata.KEY" : row.id.rawValue
            text += "| `\(name)` | \(cell(row.type.meaning)) | \(cell(row.meaning)) | \(code(row.example)) |\n"
        }
        text += "\n**Forms**, after `as`\n\n| form | what it shows |\n|---|---|\n"
        for form in AnswerForms.all { text += "| `\(form.name)` | \(cell(form.meaning)) |\n" }
        text +=
            "\n**Formats** that `import` reads, detected by content; gzip and zstd files are read as they are\n\n| format | what it is |\n|---|---|\n"
        for row in ImportFormats.all { text += "| `\(row.name)` | \(cell(row.summary)) |\n" }
        for paragraph in ImportHelp.paragraphs { text += "\n\(paragraph)\n" }
        return text
    }

    private static func entries(_ title: String, _ entries: [WordEntry]) -> String {
        var text = "\n**\(title)**\n\n| grammar | meaning | example |\n|---|---|---|\n"
        for entry in entries { text += "| \(code(entry.grammar)) | \(cell(entry.meaning)) | \(code(entry.example)) |\n" }
        return text
    }

    /// Bars would end the cell.
    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    private static func code(_ text: String) -> String { "`\(cell(text))`" }
}
