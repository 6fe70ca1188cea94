import Model

/// What differs between SQL engines. The compiler asks; it never tests which engine it writes for.
public protocol Dialect: Sendable {
    /// The placeholder of the binding with this 1-based number.
    func placeholder(_ number: Int) -> String
    /// Whole-number division that truncates, of two integers.
    func divide(_ a: SQLFragment, by b: Int64) -> SQLFragment
    /// `year · 12 + month − 1` of the day with this number since 1970.
    func monthNumber(ofDay day: SQLFragment) -> SQLFragment
    /// True when the text contains `part`; ASCII letters match in either case.
    func contains(_ text: SQLFragment, _ part: String) -> SQLFragment
    /// True when the text matches the glob, in which only `*` is special; letters match as written.
    func matchesGlob(_ text: SQLFragment, _ glob: String) -> SQLFragment
    /// True when some part of the text matches the regular expression, as `Pattern` reads it.
    func matchesPattern(_ text: SQLFragment, _ pattern: String) -> SQLFragment
    /// True when the condition holds, false when it does not or is unknown: two-valued logic.
    func isNotTrue(_ condition: SQLFragment) -> SQLFragment
    /// The text at `key` of a JSON object: as a flat key, else as a path of keys with dots between. Numbers and truth values
    /// as JSON spells them; NULL for an empty text, for null, and when the text is no JSON.
    func jsonText(_ object: SQLFragment, key: String) -> SQLFragment
    /// The number at `key` of a JSON object, found in the same way; NULL when there is no number.
    func jsonNumber(_ object: SQLFragment, key: String) -> SQLFragment
    /// True when the JSON array of texts holds one that satisfies the condition, which is given the element.
    func anyElement(of array: SQLFragment, satisfies condition: (SQLFragment) -> SQLFragment) -> SQLFragment
    /// What is said behind a table's name so that the engine enters it by this index; empty where engines choose well alone.
    func entered(by index: String) -> SQLFragment
    /// Ids of messages that may contain `part`, from an index over messages; nil when the index cannot tell.
    func messageCandidates(containing part: String) -> SQLFragment?
}

/// SQLite's dialect. Manual: https://www.sqlite.org/lang_expr.html, https://www.sqlite.org/json1.html, https://www.sqlite.org/fts5.html.
public struct SQLiteDialect: Dialect {
    /// Makes the dialect.
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
        // GLOB's other wildcards are made literal by brackets.
        var pattern = ""
        for character in glob { pattern += "?[".contains(character) ? "[\(character)]" : String(character) }
        return "\(text) GLOB \(.text(pattern))"
    }

    public func matchesPattern(_ text: SQLFragment, _ pattern: String) -> SQLFragment {
        // A function of the store's connections.
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
        // Quotes and backslashes end a path's key, so keys with them are found by neither form.
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

    public func entered(by index: String) -> SQLFragment { " INDEXED BY \(raw: index)" }

    public func messageCandidates(containing part: String) -> SQLFragment? {
        // The trigram index holds runs of three characters; all of them must occur, the text itself is checked afterwards.
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
