import Errors
import Model
import Render

/// True when the text holds something that redaction would take out.
package func holdsSecret(_ text: String) -> Bool { Redactor.redact(text) != text }

extension ResultTable {
    /// The table without secrets in its texts and in the names of its columns.
    ///
    /// Messages are redacted when they are imported; names, users, tags and whatever `sql` reads from the records are not.
    package var redacted: ResultTable {
        let texts = columns.indices.filter { columns[$0].type == .text }
        var table = self
        for column in columns.indices { table.columns[column].name = Redactor.redact(columns[column].name) }
        guard !texts.isEmpty else { return table }
        // Values of a column come again and again.
        var seen: [String: String] = [:]
        for row in table.rows.indices {
            for column in texts where column < table.rows[row].count {
                guard case .text(let text) = table.rows[row][column] else { continue }
                let shown = seen[text] ?? Redactor.redact(text)
                seen[text] = shown
                if shown != text { table.rows[row][column] = .text(shown) }
            }
        }
        return table
    }
}

extension Style {
    /// A text of a record without its secrets, unless they are to be shown.
    package func cleared(_ text: String) -> String { showsSecrets ? text : Redactor.redact(text) }
}

/// Texts of the program's own that may hold what users wrote.
package enum Redaction {
    /// The text without secrets.
    package static func text(_ text: String) -> String { Redactor.redact(text) }
}
