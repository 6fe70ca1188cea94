import Model
import QueryLanguage
import SQLite

@testable import LocalStore

/// Everything a store holds as sorted lines, told by names and identities and never by row ids: equal content, equal lines.
enum StoreDump {
    private static let trace =
        "(SELECT coalesce(p.name, '') || '/' || t.trace_id FROM trace t JOIN project p ON p.id = t.project WHERE t.id = %)"
    private static let span = "(SELECT s.span_id FROM span s WHERE s.id = %)"
    private static let model = "(SELECT quote(m.provider) || '/' || quote(m.name) FROM model m WHERE m.id = %)"
    private static let agent = "(SELECT quote(a.name) FROM agent a WHERE a.id = %)"
    private static let operation = "(SELECT o.kind || '/' || quote(o.name) FROM operation o WHERE o.id = %)"
    private static let deployment = """
        (SELECT quote(d.project) || quote(d.service) || quote(d.environment) || quote(d."release") FROM deployment d WHERE d.id = %)
        """
    private static let signature = "(SELECT g.text FROM signature g WHERE g.id = %)"
    private static let message = "(SELECT m.text FROM message m WHERE m.id = %)"

    private static func via(_ template: String, _ column: String) -> String {
        template.split(separator: "%", omittingEmptySubsequences: false).joined(separator: column)
    }

    private static var factNames: [String] {
        [
            "scope", "t",
            "CASE scope WHEN 2 THEN (SELECT v.event_id FROM event v WHERE v.id = f.id) ELSE \(via(span, "f.id")) END",
            via(trace, "f.trace"), via(model, "f.model"), via(agent, "f.agent"), via(operation, "f.operation"),
            via(deployment, "f.deployment"), "lat", "cost", "tin", "tout", "tok", "evidence",
        ]
    }

    /// Facts and rollups only.
    static func derived(_ store: Store) throws -> [String] {
        var queries: [(String, [String])] = [
            ("call f", factNames),
            (
                "err f",
                factNames + [
                    "type", "severity", "status", "code", "origin", "attempts", "recovery", "recovered_at", "settled_at",
                    via(signature, "f.signature"), via(message, "f.message"), "rule",
                ]
            ),
            (
                "trace f",
                TraceColumns.names.map { "f.\($0)" } + [
                    via(trace, "f.id"), "f.known", "f.t", "f.first", "f.last", via(span, "f.root"), via(agent, "f.agent"),
                    via(deployment, "f.deployment"), "f.spans", "f.calls", "f.errors", "f.type", "f.severity", "f.cost",
                    "f.tokens", "f.failed",
                ]
            ),
            ("meta f", ["f.key", "f.value"]),
        ]
        for rollup in Rollup.all {
            let dimensions = rollup.dimensions.map { dimension -> String in
                switch dimension {
                case .model: via(model, "f.model")
                case .agent: via(agent, "f.agent")
                case .signature: via(signature, "f.signature")
                case .scope, .type, .recovery, .cell: "f.\(dimension.rawValue)"
                }
            }
            queries.append(("\(rollup.name) f", ["f.bucket"] + dimensions + rollup.measures.map { "f.\($0)" }))
        }
        return try lines(store, queries)
    }

    /// Records, facts and rollups.
    static func all(_ store: Store) throws -> [String] {
        let content = SpanColumns.content.map { "(SELECT c.\($0) FROM span_content c WHERE c.span = f.id)" }
        let records: [(String, [String])] = [
            (
                "span f",
                [via(trace, "f.trace")] + SpanColumns.names.map { "f.\($0)" } + SpanColumns.derived.map { "f.\($0)" } + content
            ),
            (
                "event f",
                ["(SELECT quote(p.name) FROM project p WHERE p.id = f.project)", via(trace, "f.trace")]
                    + EventColumns.names.map { "f.\($0)" } + ["f.richness", "f.digest"]
            ),
            (
                "score f",
                ["(SELECT quote(p.name) FROM project p WHERE p.id = f.project)"] + ScoreColumns.names.map { "f.\($0)" }
                    + ["f.richness", "f.digest"]
            ),
            ("trace_content f", [via(trace, "f.trace")] + TraceColumns.content.map { "f.\($0)" }),
            ("trace f", [via(trace, "f.id"), "f.updated_at", "f.richness", "f.digest"]),
        ]
        return try lines(store, records) + derived(store)
    }

    private static func lines(_ store: Store, _ queries: [(String, [String])]) throws -> [String] {
        try queries.flatMap { table, columns in
            let sql = "SELECT \(columns.map { "quote(\($0))" }.joined(separator: " || '|' || ")) FROM \(table)"
            return try store.rows(SQLStatement(text: sql)).map { table + ": " + ($0[0].text ?? "") }.sorted()
        }
    }
}

/// The first lines that only one of two dumps has; empty when they are equal. Whole dumps would fill the screen.
func differences(_ found: [String], _ expected: [String]) -> [String] {
    if found == expected { return [] }
    let missing = Set(expected).subtracting(found).sorted().prefix(3).map { "- " + $0 }
    return missing + Set(found).subtracting(expected).sorted().prefix(3).map { "+ " + $0 }
}

extension Store {
    /// The rows of a statement written in a test.
    func ask(_ sql: String, _ bindings: [StoredValue] = []) throws -> [[StoredValue]] {
        try offerTables(for: sql, now: Timestamp(seconds: 0)) { AlertRows(rules: [], history: []) }
        return try rows(SQLStatement(text: sql, bindings: bindings))
    }

    /// The first value of the first row as a number.
    func number(_ sql: String) throws -> Int64? { try ask(sql).first?.first?.integer }
}
