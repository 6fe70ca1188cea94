import Model

/// What the user says that columns of a source mean: `provider=vendor,latency=took_ms`.
public struct ColumnMap: Sendable, Equatable {
    /// The mapping of the source that is being read.
    @TaskLocal public static var current = ColumnMap()

    /// The meanings by the names of columns, in one spelling.
    private var meanings: [String: String] = [:]
    /// The mapping as it is written, its parts in order.
    public private(set) var text = ""

    /// Why a text is no mapping.
    public struct Fault: Error, Equatable, CustomStringConvertible {
        /// One lower-case sentence.
        public var description: String
    }

    /// Makes an empty mapping.
    public init() {}

    /// Reads `field=column, …`. Throws when a part is none, or names a field that does not exist.
    public init(_ text: String) throws(Fault) {
        var parts: [(field: String, column: String)] = []
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmed }
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw Fault(description: "`\(part.trimmed)` is not FIELD=COLUMN, as in `latency=took_ms`")
            }
            guard LogName.isTarget(sides[0]) else {
                let near = NearestName.best(for: sides[0], among: ColumnMap.fields).map { "; did you mean \($0)?" } ?? ""
                throw Fault(description: "`\(sides[0])` is not a field of a log\(near)")
            }
            parts.append((LogName.plain(sides[0]), sides[1]))
        }
        guard !parts.isEmpty else { throw Fault(description: "an empty mapping") }
        for part in parts { meanings[LogName.plain(part.column)] = part.field }
        self.text = parts.map { "\($0.field)=\($0.column)" }.sorted().joined(separator: ",")
    }

    /// True when nothing is mapped.
    public var isEmpty: Bool { meanings.isEmpty }

    /// What the user says that a column means.
    func field(of column: String) -> String? { meanings.isEmpty ? nil : meanings[LogName.plain(column)] }

    /// The names that are worth giving, for help and for messages.
    public static let fields = [
        "time", "provider", "model", "error", "error_type", "status", "outcome", "success", "message", "level", "latency_ms",
        "latency_s", "input_tokens", "output_tokens", "total_tokens", "cost", "attempt", "retries", "agent", "user", "session",
        "environment", "release", "service", "project", "request_id", "trace_id", "span_id", "finish_reason", "name",
    ]
}

extension Substring {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
