import Render

/// Text as HTML that is obeyed nowhere.
enum HTMLText {
    /// The text with everything escaped that HTML would act upon; control characters are shown, not sent.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if !escaped.isEmpty || line.startIndex != text.startIndex { escaped += "\n" }
            for scalar in Printable.safe(String(line), glyphs: .unicode, columns: .max).unicodeScalars {
                escaped += MarkupEntity.of(scalar) ?? String(scalar)
            }
        }
        return escaped
    }

    /// Prose in a little of Markdown: headings, lists, `code`, **bold**; all else is text.
    static func prose(_ text: String) -> String {
        var html = "", paragraph: [String] = [], list: [String] = []
        func flush() {
            if !paragraph.isEmpty { html += "<p>\(paragraph.joined(separator: "\n"))</p>\n" }
            if !list.isEmpty { html += "<ul>\(list.map { "<li>\($0)</li>" }.joined())</ul>\n" }
            (paragraph, list) = ([], [])
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let words = line.drop { $0 == " " }
            if words.isEmpty {
                flush()
            } else if words.hasPrefix("#") {
                flush()
                html += "<h3>\(inline(String(words.drop { $0 == "#" || $0 == " " })))</h3>\n"
            } else if words.hasPrefix("- ") || words.hasPrefix("* ") {
                if !paragraph.isEmpty { flush() }
                list.append(inline(String(words.dropFirst(2))))
            } else {
                if !list.isEmpty { flush() }
                paragraph.append(inline(String(line)))
            }
        }
        flush()
        return html
    }

    /// `code` and **bold** of a line; the rest escaped.
    private static func inline(_ line: String) -> String {
        var html = ""
        for (place, part) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            if place % 2 == 1 {
                html += "<code>\(escaped(String(part)))</code>"
                continue
            }
            let pieces = String(part).split(separator: "**", omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() {
                let isBold = index % 2 == 1 && index + 1 < pieces.count
                html += isBold ? "<b>\(escaped(String(piece)))</b>" : escaped(String(piece))
            }
        }
        return html
    }

    /// The text behind entities, as they stand in documents of this program.
    static func unescaped(_ html: String) -> String {
        html.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing(
            "&#39;", with: "'"
        )
        .replacing("&amp;", with: "&")
    }
}
