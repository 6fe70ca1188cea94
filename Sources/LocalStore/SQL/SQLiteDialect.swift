import Model
import SQLite

/// Expressions as SQLite spells them. Manual: https://www.sqlite.org/lang_expr.html, https://www.sqlite.org/json1.html, https://www.sqlite.org/fts5.html.
enum SQLiteDialect {
    /// Integer division that truncates.
    static func divide(_ a: SQLFragment, by b: Int64) -> SQLFragment { "(\(a) / \(raw: String(b)))" }

    /// `year · 12 + month − 1` of the day with this number since 1970.
    static func monthNumber(ofDay day: SQLFragment) -> SQLFragment {
        let date: SQLFragment = "\(day) * 86400, 'unixepoch'"
        return "(CAST(strftime('%Y', \(date)) AS INTEGER) * 12 + CAST(strftime('%m', \(date)) AS INTEGER) - 1)"
    }

    /// True if the text contains `part`, ignoring the case of ASCII letters.
    static func contains(_ text: SQLFragment, _ part: String) -> SQLFragment {
        "\(text) LIKE \(.text("%" + escaped(part) + "%")) ESCAPE '\\'"
    }

    /// True if the text matches the glob, in which only `*` is special; case matters.
    static func matchesGlob(_ text: SQLFragment, _ glob: String) -> SQLFragment {
        // Brackets make GLOB's other wildcards literal.
        var pattern = ""
        for character in glob { pattern += "?[".contains(character) ? "[\(character)]" : String(character) }
        return "\(text) GLOB \(.text(pattern))"
    }

    /// True if part of the text matches the regular expression, with the semantics of `Pattern`.
    static func matchesPattern(_ text: SQLFragment, _ pattern: String) -> SQLFragment {
        // A function registered on the store's connections.
        "matches_pattern(\(.text(pattern)), \(text))"
    }

    /// The message of an error object such as `{"error": {"message": …}}`; other texts are unchanged.
    static func errorWords(_ text: SQLFragment) -> SQLFragment { "error_words(\(text))" }

    /// True when the condition does not hold or is unknown: two-valued logic.
    static func isNotTrue(_ condition: SQLFragment) -> SQLFragment { "((\(condition)) IS NOT TRUE)" }

    /// The text at `key` of a JSON object, as a flat key or else as a dotted path. Numbers and Booleans are spelled as in JSON;
    /// NULL for an empty text, for null, and for invalid JSON.
    static func jsonText(_ object: SQLFragment, key: String) -> SQLFragment {
        json(object, key) { object, path in
            """
            nullif(CASE json_type(\(object), \(path)) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
            ELSE CAST(\(object) ->> \(path) AS TEXT) END, '')
            """
        }
    }

    /// The number at `key` of a JSON object, found the same way; NULL if there is no number.
    static func jsonNumber(_ object: SQLFragment, key: String) -> SQLFragment {
        json(object, key) { object, path in
            "CASE WHEN json_type(\(object), \(path)) IN ('integer', 'real') THEN \(object) ->> \(path) END"
        }
    }

    private static func json(_ object: SQLFragment, _ key: String, _ value: (SQLFragment, SQLFragment) -> SQLFragment)
        -> SQLFragment
    {
        // Quotes and backslashes cannot occur in a path's key, so keys with them are not found.
        let quoted = key.filter { $0 != "\"" && $0 != "\\" }
        let flat = "$.\"\(quoted)\""
        let path = "$" + quoted.split(separator: ".").map { ".\"\($0)\"" }.joined()
        let found = value(object, "\(.text(flat))")
        let either: SQLFragment = path == flat || path == "$" ? found : "coalesce(\(found), \(value(object, "\(.text(path))")))"
        return "(CASE WHEN json_valid(\(object)) THEN \(either) END)"
    }

    /// True if an element of the JSON array of strings satisfies the condition, which receives the element.
    static func anyElement(of array: SQLFragment, satisfies condition: (SQLFragment) -> SQLFragment) -> SQLFragment {
        "EXISTS (SELECT 1 FROM json_each(\(array)) AS element WHERE \(condition("element.value")))"
    }

    /// What is said behind a table's name so that it is entered by this index.
    static func entered(by index: String) -> SQLFragment { " INDEXED BY \(raw: index)" }

    /// Ids of messages that may contain `part`, from the message index; nil if the index cannot answer.
    static func messageCandidates(containing part: String) -> SQLFragment? {
        // The trigram index contains runs of three characters; all must occur, and the text itself is checked afterwards.
        let scalars = Array(part.unicodeScalars)
        guard scalars.count >= 3, !part.unicodeScalars.contains("\0") else { return nil }
        var trigrams: [String] = []
        for start in 0...(scalars.count - 3) where trigrams.count < 32 {
            let trigram = String(String.UnicodeScalarView(scalars[start..<start + 3])).replacing("\"", with: "\"\"")
            if !trigrams.contains(trigram) { trigrams.append(trigram) }
        }
        let match = trigrams.map { "\"\($0)\"" }.joined(separator: " AND ")
        return "SELECT rowid FROM message_index WHERE message_index MATCH \(.text(match))"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text { escaped += "%_\\".contains(character) ? "\\\(character)" : String(character) }
        return escaped
    }
}
