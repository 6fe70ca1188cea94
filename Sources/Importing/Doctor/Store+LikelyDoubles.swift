import LocalStore
import Model
import SQLite

/// A source most of whose calls another source seems to hold too.
public struct LikelyDouble: Hashable, Sendable {
    public var source: String
    public var other: String
    /// Calls of `source` that were compared, and those among them that have a like in `other`.
    public var compared: Int64
    public var alike: Int64
}

extension Store {
    /// Sources whose calls seem to be those of another one, though neither ids nor instants agree: the same model and tokens
    /// within two seconds, for three of five calls. Looks at the newest 20,000 spans, with their neighbours.
    ///
    /// Of a pair the source that has more of its calls in the other is told, once; in the order of the paths.
    public func likelyDoubles() throws(StoreError) -> [LikelyDouble] {
        try StoreError.about(path) {
            let paths = try sourcePaths()
            guard paths.count > 1 else { return [] }
            let newest = """
                WITH newest AS MATERIALIZED (
                    SELECT s.source AS source, c.id AS id, c.t AS t, c.tin AS tin, c.tout AS tout, lower(m.name) AS model
                    FROM span s JOIN call c ON c.scope = 0 AND c.t = coalesce(s."end", s.start) AND c.id = s.id
                    JOIN model m ON m.id = c.model
                    WHERE s.id > (SELECT max(id) FROM span) - 20000 AND c.tin > 0 AND c.tout > 0 AND m.name NOT NULL)
                """
            var compared: [Int64: Int64] = [:]
            for row in try rows(SQLStatement(text: newest + "SELECT source, count(*) FROM newest GROUP BY 1")) {
                if let source = row[0].integer { compared[source] = row[1].integer }
            }
            // A gateway writes `openai/gpt-4o` where a client writes `gpt-4o`.
            let likes = """
                SELECT n.source, o.source, count(DISTINCT n.id) FROM newest n
                JOIN call c ON c.scope = 0 AND c.t BETWEEN n.t - 2000000000 AND n.t + 2000000000
                    AND c.tin = n.tin AND c.tout = n.tout AND c.id <> n.id
                JOIN model m ON m.id = c.model AND (lower(m.name) = n.model
                    OR substr(lower(m.name), -length(n.model) - 1) = '/' || n.model
                    OR substr(n.model, -length(m.name) - 1) = '/' || lower(m.name))
                JOIN span o ON o.id = c.id AND o.source <> n.source GROUP BY 1, 2
                """
            var best: [[Int64]: LikelyDouble] = [:]
            for row in try rows(SQLStatement(text: newest + likes)) {
                guard let source = row[0].integer, let other = row[1].integer, let alike = row[2].integer,
                    let all = compared[source], alike >= 5, alike * 5 >= all * 3
                else { continue }
                let found = LikelyDouble(
                    source: paths[source] ?? "", other: paths[other] ?? "", compared: all, alike: alike)
                let pair = [min(source, other), max(source, other)]
                if let known = best[pair], (known.alike * all, found.source) >= (alike * known.compared, known.source) {
                    continue
                }
                best[pair] = found
            }
            return best.values.sorted { ($0.source, $0.other) < ($1.source, $1.other) }
        }
    }
}
