import Model

/// The differences between SQL engines. The compiler asks the dialect and never tests which engine it is.
public protocol Dialect: Sendable {
    /// The placeholder of the binding with this 1-based number.
    func placeholder(_ number: Int) -> String
    /// Integer division that truncates.
    func divide(_ a: SQLFragment, by b: Int64) -> SQLFragment
    /// `year · 12 + month − 1` of the day with this number since 1970.
    func monthNumber(ofDay day: SQLFragment) -> SQLFragment
    /// True if the text contains `part`, ignoring the case of ASCII letters.
    func contains(_ text: SQLFragment, _ part: String) -> SQLFragment
    /// True if the text matches the glob, in which only `*` is special; case matters.
    func matchesGlob(_ text: SQLFragment, _ glob: String) -> SQLFragment
    /// True if part of the text matches the regular expression, with the semantics of `Pattern`.
    func matchesPattern(_ text: SQLFragment, _ pattern: String) -> SQLFragment
    /// True if the condition is false or unknown: two-valued logic.
    func isNotTrue(_ condition: SQLFragment) -> SQLFragment
    /// The text at `key` of a JSON object, as a flat key or else as a dotted path. Numbers and Booleans are spelled as in JSON;
    /// NULL for an empty text, for null, and for invalid JSON.
    func jsonText(_ object: SQLFragment, key: String) -> SQLFragment
    /// The number at `key` of a JSON object, found the same way; NULL if there is no number.
    func jsonNumber(_ object: SQLFragment, key: String) -> SQLFragment
    /// True if an element of the JSON array of strings satisfies the condition, which receives the element.
    func anyElement(of array: SQLFragment, satisfies condition: (SQLFragment) -> SQLFragment) -> SQLFragment
    /// The message of an error object such as `{"error": {"message": …}}`; other texts are unchanged.
    func errorWords(_ text: SQLFragment) -> SQLFragment
    /// The suffix of a table name that forces an index; empty for engines that choose well themselves.
    func entered(by index: String) -> SQLFragment
    /// Ids of messages that may contain `part`, from the message index; nil if the index cannot answer.
    func messageCandidates(containing part: String) -> SQLFragment?
}

/// SQLite's dialect. Manual: https://www.sqlite.org/lang_expr.html, https://www.sqlite.org/json1.html,
/// https://www.sqlite.org/fts5.html.
public struct SQLiteDialect: Dialect {
    /// Creates the dialect.
    public init() {}

    public func placeholder(_ number: Int) -> String { "?\(number)" }

    public func divide(_ a: SQLFragment, by b: Int64) -> SQLFragment { "(\(a) / \(raw: String(b)))" }

    public func monthNumber(ofDay day: SQLFragment) -> SQLFragment {
        let date: SQLFragment = "\(day) * 86400, 'unixepoch'"
        return "(CAST(strftime('%Y', \(date)) AS INTEGER) * 12 + CAST(strftime('%m', \(date)) AS INTEGER) - 1)"
    }

    public func contains(_ text: SQLFragment, _ part: String) -> SQLFragment {
        "\(text) LIKE \(.text("%" + escaped(part) + "%")) ESCAPE '\\'"
    }

    public func matchesGlob(_ text: SQLFragment, _ glob: String) -> SQLFragment {
        // Brackets make GLOB's other wildcards literal.
        var pattern = ""
        for character in glob { pattern += "?[".contains(character) ? "[\(character)]" : String(character) }
        return "\(text) GLOB \(.text(pattern))"
    }

    public func matchesPattern(_ text: SQLFragment, _ pattern: String) -> SQLFragment {
        // A function registered on the store's connections.
        "matches_pattern(\(.text(pattern)), \(text))"
    }

    public func isNotTrue(_ condition: SQLFragment) -> SQLFragment { "((\(condition)) IS NOT TRUE)" }

    public func jsonText(_ object: SQLFragment, key: String) -> SQLFragment {
        json(object, key) { object, path in
            """
            nullif(CASE json_type(\(object), \(path)) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
            ELSE CAST(\(object) ->> \(path) AS TEXT) END, '')
            """
        }
    }

    public func jsonNumber(_ object: SQLFragment, key: String) -> SQLFragment {
        json(object, key) { object, path in
            "CASE WHEN json_type(\(object), \(path)) IN ('integer', 'real') THEN \(object) ->> \(path) END"
        }
    }

    private func json(_ object: SQLFragment, _ key: String, _ value: (SQLFragment, SQLFragment) -> SQLFragment) -> SQLFragment {
        // Quotes and backslashes cannot occur in a path's key, so keys with them are not found.
        let quoted = key.filter { $0 != "\"" && $0 != "\\" }
        let flat = "$.\"\(quoted)\""
        let path = "$" + quoted.split(separator: ".").map { ".\"\($0)\"" }.joined()
        let found = value(object, "\(.text(flat))")
        let either: SQLFragment = path == flat || path == "$" ? found : "coalesce(\(found), \(value(object, "\(.text(path))")))"
        return "(CASE WHEN json_valid(\(object)) THEN \(either) END)"
    }

    public func anyElement(of array: SQLFragment, satisfies condition: (SQLFragment) -> SQLFragment) -> SQLFragment {
        "EXISTS (SELECT 1 FROM json_each(\(array)) AS element WHERE \(condition("element.value")))"
    }

    public func errorWords(_ text: SQLFragment) -> SQLFragment { "error_words(\(text))" }

    public func entered(by index: String) -> SQLFragment { " INDEXED BY \(raw: index)" }

    public func messageCandidates(containing part: String) -> SQLFragment? {
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

    private func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text { escaped += "%_\\".contains(character) ? "\\\(character)" : String(character) }
        return escaped
    }
}
