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
        var redactor = RowRedactor(columns), table = self
        table.columns = redactor.columns
        for row in table.rows.indices {
            if StopFlag.isRaised {
                redactor.withhold(&table.rows[row])
            } else {
                redactor.redact(&table.rows[row])
            }
        }
        return table
    }
}

/// Redacts the rows of a table one after another.
package struct RowRedactor {
    /// The columns, their names redacted.
    package let columns: [ResultColumn]
    private let texts: [Int]
    /// Redacted texts, because values of a column repeat.
    private var seen: [String: String] = [:]
    /// The most texts that are remembered: ids differ in every row, and there may be millions of rows.
    private static let mostSeen = 20_000

    /// Creates a redactor for rows with these columns.
    package init(_ columns: [ResultColumn]) {
        texts = columns.indices.filter { columns[$0].type == .text }
        self.columns = columns.map { column in
            var column = column
            column.name = Redactor.redact(column.name)
            return column
        }
    }

    /// Replaces the texts of a row, when there is no time to look at them.
    func withhold(_ row: inout [Value]) {
        for column in texts where column < row.count { row[column] = .text(Redactor.stopped) }
    }

    /// Redacts the texts of a row.
    package mutating func redact(_ row: inout [Value]) {
        for column in texts where column < row.count {
            guard case .text(let text) = row[column] else { continue }
            let shown = seen[text] ?? Redactor.redact(text)
            if seen.count >= RowRedactor.mostSeen { seen.removeAll(keepingCapacity: true) }
            seen[text] = shown
            if shown != text { row[column] = .text(shown) }
        }
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
