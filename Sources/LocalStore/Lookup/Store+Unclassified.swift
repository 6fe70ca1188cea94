import Model
import SQLite

/// Errors of one signature that no rule knows.
public struct UnclassifiedSignature: Hashable, Sendable {
    public var signature: String
    public var count: Int64
    /// Of the newest of them.
    public var newest: Timestamp
    /// One of their messages, redacted: the smallest in byte order.
    public var message: String
    /// The HTTP status of the most of them; nil when none has one.
    public var httpStatus: Int?
}

/// Errors with the same message and type.
public struct TypedMessage: Hashable, Sendable {
    public var message: String
    public var signature: String
    public var type: ErrorType
    public var count: Int64
}

extension Store {
    /// Errors that count by default.
    private static let counted = "e.scope IN (0, 2) AND e.evidence & \(Evidence.default.rawValue) != 0"

    /// The signatures of type unknown, the most frequent first, then by text; at most `limit`, of all times without a window.
    public func unclassified(in window: Window?, limit: Int) throws(StoreError) -> [UnclassifiedSignature] {
        try StoreError.about(path) {
            var bindings: [StoredValue] = [.integer(Int64(ErrorType.unknown.rawValue))]
            var condition = ""
            if let window {
                condition = " AND e.t >= ? AND e.t < ?"
                bindings += [.integer(window.from.nanoseconds), .integer(window.to.nanoseconds)]
            }
            let text = """
                SELECT g.text, count(*), max(e.t), min(m.text),
                    (SELECT s.status FROM err s WHERE s.signature = e.signature AND s.status IS NOT NULL
                        GROUP BY s.status ORDER BY count(*) DESC, s.status LIMIT 1)
                FROM err e JOIN signature g ON g.id = e.signature JOIN message m ON m.id = e.message
                WHERE \(Store.counted) AND e.type = ?\(condition) GROUP BY e.signature ORDER BY 2 DESC, 1 LIMIT \(max(0, limit))
                """
            return try rows(SQLStatement(text: text, bindings: bindings)).map { row in
                UnclassifiedSignature(
                    signature: row[0].text ?? "", count: row[1].integer ?? 0,
                    newest: Timestamp(nanoseconds: row[2].integer ?? 0), message: row[3].text ?? "",
                    httpStatus: row[4].integer.flatMap { Int(exactly: $0) })
            }
        }
    }

    /// Hands every message with its type and how many errors have it to `take`.
    public func eachTypedMessage(_ take: (TypedMessage) throws -> Void) throws(StoreError) {
        try StoreError.about(path) {
            let text = """
                SELECT m.text, g.text, e.type, count(*) FROM err e JOIN message m ON m.id = e.message
                JOIN signature g ON g.id = e.signature WHERE \(Store.counted) GROUP BY e.message, e.signature, e.type
                """
            _ = try eachRow(of: SQLStatement(text: text, bindings: [])) { row in
                guard let type = row[2].integer.flatMap({ ErrorType(rawValue: Int($0)) }) else { return }
                try take(
                    TypedMessage(
                        message: row[0].text ?? "", signature: row[1].text ?? "", type: type, count: row[3].integer ?? 0))
            }
        }
    }

    /// How many errors each rule typed, by its id.
    public func errorsByRule() throws(StoreError) -> [String: Int64] {
        try StoreError.about(path) {
            var counts: [String: Int64] = [:]
            let text = "SELECT e.rule, count(*) FROM err e WHERE \(Store.counted) GROUP BY e.rule"
            for row in try rows(SQLStatement(text: text, bindings: [])) { counts[row[0].text ?? ""] = row[1].integer ?? 0 }
            return counts
        }
    }
}
